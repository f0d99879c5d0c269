"""A bank's file taken in: kept as the bank sent it, its statements of the agency's account read into credits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import documents, journal
from app.foundation.actor import Actor
from app.foundation.database import new_id
from app.foundation.documents import Document
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text
from app.identity import roles
from app.procurement.bonds import layouts
from app.procurement.bonds.accounts import require_account
from app.procurement.bonds.credits import Credit, StatementKnown, import_credits
from app.procurement.bonds.records import BankStatement, Source, StatementEntry
from app.procurement.bonds.statements import Statement, read_statements
from app.procurement.bonds.tables import LayoutIncomplete, Table, TableUnread, read_table


class AnothersAccount(Invalid):
    """The file has no statement of the agency's account."""

    text = Text(
        "This statement is for account %(account)s. Your account for bid bonds is %(own)s.",
        "该对账单账号为%(account)s，本单位投标保证金账号为%(own)s。",
    )


class AlreadyBooked(Conflict):
    """A payment that is booked by hand is known from the bank."""

    code = "payment-already-booked"
    text = Text("This payment is known already from a statement.", "该笔付款已随对账单入账。")


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


def keep_table(session: Session, actor: Actor, *, data: bytes, name: str) -> Document:
    """Keep a bank's table for whoever brought it to say what its columns mean; nothing counts yet.

    :raises NotAStatement:
    :raises StatementKnown:
    :raises NoBondAccount:
    :raises RoleMissing:
    """
    roles.require(actor, "agency-officer", actor.organisation_id)
    own = require_account(session, actor.organisation_id or "")
    read_table(data, own.account, known=layouts.remembered(session, own.account))
    if session.scalars(select(BankStatement).where(BankStatement.digest == hashlib.sha256(data).hexdigest())).first():
        raise StatementKnown(field="file")
    return documents.add(
        session,
        actor,
        name=name,
        source=data,
        case=f"bank:{own.account}",
        kind="bank_table",
        access="private",
    )


def kept_table(session: Session, actor: Actor, document_id: str) -> Document:
    """A table that this person brought, of the account of their agency.

    :raises NoSuchDocument:
    """
    own = require_account(session, actor.organisation_id or "")
    found = documents.get(session, document_id)
    if (found.kind, found.case_id, found.created_by) != ("bank_table", f"bank:{own.account}", actor.id):
        raise documents.NoSuchDocument
    return found


def look_at_table(session: Session, actor: Actor, document_id: str, chosen: Mapping[str, int] | None = None) -> Table:
    """What a kept table says, by the columns that are chosen; by the remembered ones, or a guess, if none are."""
    found = kept_table(session, actor, document_id)
    account = require_account(session, actor.organisation_id or "").account
    data = documents.read(session, found.id)
    return read_table(data, account, known=layouts.remembered(session, account), chosen=chosen)


def import_table(session: Session, actor: Actor, document_id: str, chosen: Mapping[str, int]) -> Imported:
    """Take the credits of a kept table (see ``import_credits``), and remember what its columns mean.

    :raises LayoutIncomplete:
    :raises TableUnread:
    :raises AnothersAccount:
    :raises StatementKnown:
    :raises NoSuchDocument:
    :raises RoleMissing:
    """
    roles.require(actor, "agency-officer", actor.organisation_id)
    own = require_account(session, actor.organisation_id or "", lock=True)
    file, table = kept_table(session, actor, document_id), look_at_table(session, actor, document_id, chosen)
    if not table.is_laid_out:
        raise LayoutIncomplete
    if table.unread:
        raise TableUnread(count=len(table.unread))
    if table.others and not table.lines:
        raise AnothersAccount(field="file", account=", ".join(table.others), own=own.account)
    layouts.remember(session, actor, own.account, table.layout)
    entries = import_credits(
        session,
        actor,
        statement_id=f"{file.name[:31]} {file.digest[:8]}",
        account=own.account,
        digest=file.digest,
        credits=table.credits,
        source=Source.TABLE,
        document_id=file.id,
    )
    return Imported(tuple(entries), table.others)


def book_by_hand(session: Session, actor: Actor, credit: Credit) -> StatementEntry:
    """Book a payment that two persons have seen at the bank; it is known, matched or asked as any other credit."""
    own = require_account(session, actor.organisation_id or "", lock=True)
    made = new_id()
    entries = import_credits(
        session,
        actor,
        statement_id=f"{credit.bank_reference[:31]} {made[:8]}",
        account=own.account,
        digest=hashlib.sha256(made.encode()).hexdigest(),
        credits=[credit],
        source=Source.BY_HAND,
    )
    if not entries:
        raise AlreadyBooked
    return entries[0]


def _digests(statements: list[Statement], data: bytes) -> Iterator[str]:
    """What tells each statement of a file, also the second of one id."""
    seen: Counter[str] = Counter()
    for statement in statements:
        again = b"\0%d" % seen[statement.statement_id] if seen[statement.statement_id] else b""
        seen[statement.statement_id] += 1
        yield hashlib.sha256(statement.statement_id.encode() + b"\0" + data + again).hexdigest()
