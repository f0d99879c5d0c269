"""A bank's file taken in: kept as the bank sent it, its statements of the agency's account read into credits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.foundation import documents, journal
from app.foundation.actor import Actor
from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.identity import roles
from app.procurement.bonds.accounts import require_account
from app.procurement.bonds.credits import import_credits
from app.procurement.bonds.records import StatementEntry
from app.procurement.bonds.statements import Statement, read_statements


class AnothersAccount(Invalid):
    """The file has no statement of the agency's account."""

    code = "anothers-account"
    text = Text(
        "This statement is of the account %(account)s; yours for bonds is %(own)s.",
        "该对账单账号为%(account)s，本单位保证金账号为%(own)s。",
    )


@dataclass(frozen=True)
class Imported:
    """What came of a file: the entries that weren't known before, and the other accounts it has statements of."""

    entries: tuple[StatementEntry, ...]
    others: tuple[str, ...]

    def __iter__(self) -> Iterator[StatementEntry]:
        return iter(self.entries)


def import_statement(session: Session, actor: Actor, *, data: bytes, name: str, reasons: str = "") -> Imported:
    """Take the credits of a camt.053 file of the agency's account (see ``import_credits``); the file is kept.

    ``reasons``: why a statement that contradicts itself is taken all the same. Raises NotAStatement and its kin,
    AnothersAccount, NoBondAccount, StatementKnown or RoleMissing.
    """
    roles.require(actor, "agency-officer", actor.organisation_id)
    own = require_account(session, actor.organisation_id or "", lock=True)
    statements = read_statements(data, account=own.account, with_doubts=bool(reasons.strip()))
    ours = [statement for statement in statements if statement.account == own.account]
    others = sorted({statement.account for statement in statements} - {own.account})
    if not ours:
        raise AnothersAccount(field="file", account=", ".join(others), own=own.account)
    case = f"bank:{own.account}"
    file = documents.add(
        session,
        actor,
        name=name,
        source=data,
        case=case,
        kind="bank_statement",
        access="private",
        media_type="application/xml",
    )
    doubts = [str(doubt) for statement in ours for doubt in statement.doubts]
    if doubts:
        facts = {"document": file.id, "doubts": doubts, "reasons": reasons.strip()}
        journal.write(session, actor, case=case, act="bonds.take_in_doubt", facts=facts)
    entries: list[StatementEntry] = []
    for statement, digest in zip(ours, _digests(ours, data), strict=True):
        entries += import_credits(
            session,
            actor,
            statement_id=statement.statement_id[:40],
            account=statement.account,
            digest=digest,
            credits=statement.credits,
            document_id=file.id,
        )
    return Imported(tuple(entries), tuple(others))


def _digests(statements: list[Statement], data: bytes) -> Iterator[str]:
    """What tells each statement of a file, also the second of one id."""
    seen: Counter[str] = Counter()
    for statement in statements:
        again = b"\0%d" % seen[statement.statement_id] if seen[statement.statement_id] else b""
        seen[statement.statement_id] += 1
        yield hashlib.sha256(statement.statement_id.encode() + b"\0" + data + again).hexdigest()
