"""The credits of a bank's statement: each line is taken, known from before, or asked of a person; none is lost.

A repeat is recognised by the whole entry: account, amount, day, payer, words and reference. Banks repeat their references
(each transaction of a batch carries the batch's, numbers begin again in every statement), so a reference alone says nothing.
What is known from two sources (a bank's camt.053, a table of its site, a booking by hand) is rarely said in the same words:
there the same amount on the same day is a repeat by the bank's own reference, and asked of a person by payer or bond.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum import iso11649

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, end_of, local_day
from app.identity import roles
from app.procurement import tenders
from app.procurement.bonds.accounts import account_of
from app.procurement.bonds.deposits import write_down
from app.procurement.bonds.records import BankStatement, Bond, BondState, Source, StatementEntry
from app.procurement.projects import ReasonsMissing

KNOWN, ASKED = "known", "asked"
"""What comes of a line that is no new credit for certain; all other outcomes are of a credit that was taken."""

_REFERENCE = re.compile(r"RF\d{2}[A-Z0-9]{1,21}")


class StatementKnown(Conflict):
    """This bank statement has already been imported."""

    text = Text("This bank statement has already been imported.", "该银行对账单已导入。")


class EntryUnknown(NotFound):
    """There is no such entry, or it is of another agency's account."""

    text = Text("There is no such entry.", "没有该入账记录。")


class EntrySettled(Conflict):
    """Nobody needs to decide on this entry (any more)."""

    text = Text("This entry has already been decided.", "该入账记录已处理。")


@dataclass(frozen=True)
class Credit:
    """One incoming payment of a statement.

    ``booked_at`` is the instant of booking; where the bank gives a day only, the end of that day. ``position`` is the
    place in the statement (entry, or entry/transaction). ``is_identified``: ``bank_reference`` is the bank's own id, not a
    number within the statement or one made from the words. ``is_unclear``: the entry contradicts itself; a person decides.
    """

    bank_reference: str
    booked_at: datetime
    amount: Decimal
    currency: str
    remittance: str
    payer_name: str = ""
    payer_account: str = ""
    payer_bank: str = ""
    position: str = ""
    is_identified: bool = True
    is_unclear: bool = False


def import_credits(
    session: Session,
    actor: Actor,
    *,
    statement_id: str,
    account: str,
    digest: str,
    credits: Iterable[Credit],
    source: Source = Source.CAMT,
    document_id: str | None = None,
) -> list[StatementEntry]:
    """Keep every line of a statement, and give those that weren't known before.

    ``outcome``: matched, late, wrong_amount, repeated, unknown or no_reference of a credit that was taken; known of one
    that was taken before; asked where nobody but a person can tell.

    :raises StatementKnown: for a file imported before
    """
    roles.require(actor, "agency-officer")
    if session.scalars(select(BankStatement).where(BankStatement.digest == digest)).first():
        raise StatementKnown
    statement = BankStatement(
        digest=digest,
        statement_id=statement_id,
        account=account,
        source=source,
        document_id=document_id,
        imported_by=actor.id,
        imported_at=clock.now(session),
    )
    session.add(statement)
    session.flush()
    placed = [replace(credit, position=credit.position or str(n)) for n, credit in enumerate(credits, 1)]
    known = _Known(session, statement, placed)
    entries = [_keep(session, actor.organisation_id, statement, credit, known.of(credit)) for credit in placed]
    session.flush()
    facts = {"statement": statement_id, "digest": digest, "sums": _sums(entries)}
    journal.write(session, actor, case=f"bank:{account}", act="bonds.import_statement", facts=facts)
    return [entry for entry in entries if entry.outcome != KNOWN]


def _sums(entries: Iterable[StatementEntry]) -> dict[str, str]:
    """What lines come to, by currency and outcome; before a deadline nobody is told how many there are (O87 28)."""
    found: dict[str, Decimal] = {}
    for entry in entries:
        key = f"{entry.currency} {entry.outcome}"
        found[key] = found.get(key, Decimal(0)) + entry.amount
    return {key: f"{found[key]:.2f}" for key in sorted(found)}


class _Known:
    """The entries of an account before a statement, each of which can be repeated by one of its lines only."""

    def __init__(self, session: Session, statement: BankStatement, credits: Sequence[Credit]) -> None:
        self._statement = statement
        self._before: dict[tuple[object, ...], list[tuple[StatementEntry, BankStatement]]] = {}
        self._elsewhere: list[StatementEntry] = []
        for entry, of in _around(session, statement.account, [credit.booked_at for credit in credits]):
            self._before.setdefault(_whole(entry), []).append((entry, of))
            if of.source != statement.source:
                self._elsewhere.append(entry)
        before = Counter(entry.bank_reference for found in self._before.values() for entry, _ in found)
        self._most_named = before | Counter(credit.bank_reference for credit in credits)

    def of(self, credit: Credit) -> str:
        """KNOWN or ASKED; empty for a credit that is new."""
        found = [
            pair for pair in self._before.get(_whole(credit), []) if _at_one_time(pair[0].booked_at, credit.booked_at)
        ]
        if not found:
            return self._told_elsewhere(credit) or (ASKED if credit.is_unclear else "")
        pair = min(
            found, key=lambda pair: (not self._is_same_place(credit, *pair), pair[0].booked_at != credit.booked_at)
        )
        self._before[_whole(credit)].remove(pair)
        if pair[0] in self._elsewhere:
            self._elsewhere.remove(pair[0])
        if self._is_same_place(credit, *pair):
            return KNOWN
        return KNOWN if self._names_one(credit) and pair[0].booked_at == credit.booked_at else ASKED

    def _names_one(self, credit: Credit) -> bool:
        return credit.is_identified and self._most_named[credit.bank_reference] == 1

    def _told_elsewhere(self, credit: Credit) -> str:
        """Whether another source told of it before, in other words; empty if none did."""
        alike = [entry for entry in self._elsewhere if _alike(entry, credit)]
        if not alike:
            return ""
        by_reference = [entry for entry in alike if entry.bank_reference == credit.bank_reference]
        self._elsewhere.remove((by_reference or alike)[0])
        return KNOWN if by_reference and self._names_one(credit) else ASKED

    def _is_same_place(self, credit: Credit, entry: StatementEntry, of: BankStatement) -> bool:
        """Whether it is the same line of the same statement, in another file."""
        return (
            (of.statement_id, entry.position) == (self._statement.statement_id, credit.position)
            and entry.booked_at == credit.booked_at
            and (of.document_id is None or of.document_id != self._statement.document_id)
        )


def _around(
    session: Session, account: str, times: Sequence[datetime]
) -> Iterable[tuple[StatementEntry, BankStatement]]:
    """The credits of an account that were booked about these times."""
    if not times:
        return []
    statement = (
        select(StatementEntry, BankStatement)
        .join(BankStatement, BankStatement.id == StatementEntry.bank_statement_id)
        .where(StatementEntry.account == account, StatementEntry.outcome != KNOWN)
        .where(StatementEntry.booked_at >= min(times) - ONE_DAY, StatementEntry.booked_at <= max(times) + ONE_DAY)
        .order_by(StatementEntry.id)
    )
    return [(entry, of) for entry, of in session.execute(statement)]


def _whole(line: Credit | StatementEntry) -> tuple[object, ...]:
    """Everything that a line says, the reference first; of its time the day (a bank may give that alone)."""
    day = _day(line.booked_at)
    return (line.bank_reference, line.amount, line.currency, day, line.payer_account, line.payer_name, line.remittance)


def _alike(entry: StatementEntry, credit: Credit) -> bool:
    """Whether an entry of another source may be this credit: amount and day, and whose or for what it is."""
    if (entry.amount, entry.currency, _day(entry.booked_at)) != (
        credit.amount,
        credit.currency,
        _day(credit.booked_at),
    ):
        return False
    said = (
        (entry.bank_reference, credit.bank_reference),
        (entry.payer_account, credit.payer_account),
        (read_reference(entry.remittance), read_reference(credit.remittance)),
    )
    return any(one and one == other for one, other in said)


def _day(booked_at: datetime) -> date:
    return local_day(booked_at - timedelta(microseconds=1))


def _at_one_time(one: datetime, other: datetime) -> bool:
    """Whether two bookings of a day may be one: at the same instant, or the bank gave the day alone of one of them."""
    return one == other or end_of(_day(one)) in (one, other)


def _keep(
    session: Session, agency_id: str | None, statement: BankStatement, credit: Credit, found: str
) -> StatementEntry:
    entry = StatementEntry(
        bank_statement_id=statement.id,
        position=credit.position,
        account=statement.account,
        bank_reference=credit.bank_reference,
        amount=credit.amount,
        currency=credit.currency,
        booked_at=credit.booked_at,
        payer_name=credit.payer_name,
        payer_account=credit.payer_account,
        payer_bank=credit.payer_bank,
        remittance=credit.remittance,
        outcome=found,
    )
    session.add(entry)
    if found:
        bond, _ = _bond_for(session, agency_id, entry)
        entry.bond_id = bond.id if bond else None
    else:
        _match(session, agency_id, entry)
    return entry


def _match(session: Session, agency_id: str | None, entry: StatementEntry) -> None:
    """Hold an entry against the bond of its reference, and settle the bond if it fits."""
    bond, entry.outcome = _bond_for(session, agency_id, entry)
    entry.bond_id = bond.id if bond else None
    if bond is not None and entry.outcome in ("matched", "late"):
        bond.kind = "transfer"
        bond.state = BondState.HELD if entry.outcome == "matched" else BondState.LATE
        bond.arrived_at, bond.payer_name = entry.booked_at, entry.payer_name
        bond.payer_account, bond.payer_bank = entry.payer_account, entry.payer_bank
        write_down(session, bond, "bonds.arrive", {"outcome": entry.outcome, "booked_at": entry.booked_at.isoformat()})


def decide(session: Session, actor: Actor, *, entry_id: str, is_new: bool, reasons: str) -> StatementEntry:
    """A person says of an asked entry whether it is a payment of its own, and why; a new one is matched as any other.

    :raises EntryUnknown:
    :raises EntrySettled:
    :raises ReasonsMissing:
    :raises RoleMissing:
    """
    roles.require(actor, "agency-officer", actor.organisation_id)
    entry = session.get(StatementEntry, entry_id, with_for_update=True, populate_existing=True)
    own = account_of(session, actor.organisation_id or "")
    if entry is None or own is None or own.account != entry.account:
        raise EntryUnknown
    if entry.outcome != ASKED:
        raise EntrySettled
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    entry.outcome = KNOWN
    if is_new:
        _match(session, actor.organisation_id, entry)
    session.flush()
    facts = {"entry": entry.id, "is_new": is_new, "outcome": entry.outcome, "reasons": reasons.strip()}
    journal.write(session, actor, case=f"bank:{entry.account}", act="bonds.decide_entry", facts=facts)
    return entry


def _bond_for(session: Session, agency_id: str | None, entry: StatementEntry) -> tuple[Bond | None, str]:
    """The bond an entry is for, of a tender that this agency runs, and what comes of it."""
    reference = read_reference(entry.remittance)
    if reference is None:
        return None, "no_reference"
    statement = (
        select(Bond).where(Bond.reference == reference).with_for_update().execution_options(populate_existing=True)
    )
    bond = session.scalars(statement).first()
    tender = tenders.of_lot(session, bond.lot_id) if bond is not None else None
    if bond is None or tender is None or tender.agency_id != agency_id:
        return None, "unknown"
    if bond.state != BondState.REQUESTED:
        return bond, "repeated"
    if (entry.amount, entry.currency) != (bond.amount, bond.currency):
        return bond, "wrong_amount"
    in_time = tender.bid_deadline_at is not None and entry.booked_at < tender.bid_deadline_at
    return bond, "matched" if in_time else "late"


def read_reference(remittance: str) -> str | None:
    """The bond's reference in a payment's words, whatever the spaces and case; only with right check digits."""
    joined = re.sub(r"[\s\-/.]", "", remittance).upper()
    for found in _REFERENCE.finditer(joined):
        for end in range(len(found[0]), 4, -1):
            if iso11649.is_valid(found[0][:end]) and len(found[0][:end]) == 16:
                return found[0][:end]
    return None
