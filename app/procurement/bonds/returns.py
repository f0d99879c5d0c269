"""Bonds going back: by when, to whom, with what interest if late, in one file for the bank; or kept, on a lawful ground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, journal, workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict, Invalid, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.procurement import projects, rules, suppliers, tenders
from app.procurement.bonds.deposits import BondUnknown, of_lot
from app.procurement.bonds.records import Bond, BondState, ReturnBatch

CAUSES = ("withdrawn", "lost", "won", "terminated", "failed", "late")
"""Why a bond goes back; each has its rule ``bond_return_<cause>``."""

GROUNDS: dict[str, Text] = {
    "withdrawn_in_validity": Text("withdrew the bid during its validity", "在投标有效期内撤销投标文件"),
    "refused_contract": Text("refused to sign the contract without good reason", "中标后无正当理由不与采购人签订合同"),
    "false_material": Text("provided false material", "提供虚假材料谋取中标"),
    "collusion": Text("colluded", "与采购人、其他供应商或者采购代理机构恶意串通"),
    "in_documents": Text("another ground in the tender documents", "招标文件规定的其他情形"),
}
"""When a bond may be kept (O87 23, and as the documents list)."""


class BondNotDue(Conflict):
    """The bond isn't waiting to go back."""

    text = Text("This bid bond is not waiting to be returned.", "该投标保证金不处于待退还状态。")


class GroundUnknown(RuleBroken):
    """A bond is kept only on a ground the documents list (O87 23)."""

    text = Text(
        "A bid bond can only be forfeited on a ground given in the tender documents.",
        "仅在招标文件规定的情形下不予退还投标保证金。",
    )


class EarnedByNobody(Invalid):
    """What a bond earned at the bank goes back with a transfer after a termination only (O87 29)."""

    text = Text(
        "Interest from the bank goes back only with a transferred bond after a termination, and is not below zero.",
        "仅终止招标退还转账保证金时一并退还银行孳息，且不得为负数。",
    )


NOTHING: Mapping[str, Decimal] = {}


@dataclass(frozen=True)
class Repayment:
    """One line of a return: the bond, what goes back (with interest), and to which account."""

    bond_id: str
    reference: str
    supplier_id: str
    name: str
    account: str
    bank: str
    amount: Decimal
    currency: str


def schedule(session: Session, actor: Actor, *, bond_id: str, cause: str, from_on: date) -> Bond:
    """Schedule a held (or late) bond for refund; the due day follows from the rule of its cause (O87 38, 29)."""
    if cause not in CAUSES:
        raise ValueError(f"unknown cause: {cause}")
    bond = session.get(Bond, bond_id, with_for_update=True, populate_existing=True)
    if bond is None:
        raise BondUnknown
    if bond.state not in (BondState.HELD, BondState.LATE):
        return bond
    rule = projects.law_of_lot(session, bond.lot_id, on=from_on).rule(f"bond_return_{cause}")
    bond.return_cause, bond.return_from_on = cause, from_on
    bond.return_due_on = rule.last_day(workdays.load(session), from_on)
    bond.state = BondState.DUE_BACK
    facts = {"bond": bond.id, "cause": cause, "due_on": str(bond.return_due_on)}
    journal.write(session, actor, case=f"bond:{bond.id}", act="bonds.schedule", facts=facts)
    return bond


def schedule_all(
    session: Session, actor: Actor, *, lot_id: str, cause: str, from_on: date, except_ids: Iterable[str] = ()
) -> list[Bond]:
    """Schedule all bonds of a lot for refund, but for those of the suppliers ``except_ids``."""
    kept = set(except_ids)
    waiting = [bond for bond in of_lot(session, lot_id) if bond.supplier_id not in kept]
    return [
        schedule(
            session, actor, bond_id=bond.id, cause="late" if bond.state == BondState.LATE else cause, from_on=from_on
        )
        for bond in waiting
        if bond.state in (BondState.HELD, BondState.LATE)
    ]


def schedule_losers(session: Session, actor: Actor, *, lot_id: str, winner_id: str, from_on: date) -> list[Bond]:
    """With the award letter, every bond but the winner's waits to go back (O87 38)."""
    return schedule_all(session, actor, lot_id=lot_id, cause="lost", from_on=from_on, except_ids=[winner_id])


def schedule_winner(session: Session, actor: Actor, *, lot_id: str, winner_id: str, from_on: date) -> list[Bond]:
    """With the contract signed, the winner's bond waits to go back (O87 38)."""
    others = [bond.supplier_id for bond in of_lot(session, lot_id) if bond.supplier_id != winner_id]
    return schedule_all(session, actor, lot_id=lot_id, cause="won", from_on=from_on, except_ids=others)


def due_back(session: Session, lot_id: str) -> list[Bond]:
    """A lot's bonds that are scheduled for refund, the most urgent first."""
    statement = select(Bond).where(Bond.lot_id == lot_id, Bond.state == BondState.DUE_BACK).order_by(Bond.return_due_on)
    return list(session.scalars(statement))


def interest_on(bond: Bond, on: date) -> Decimal:
    """What a late return costs: base rate plus a fifth, for each day after the due day (O87 38); nothing in time.

    Of a bond that went back, what was paid with it: no day costs anything after that.
    """
    if bond.state == BondState.RETURNED:
        return bond.interest
    if bond.return_due_on is None or on <= bond.return_due_on or bond.kind != "transfer":
        return Decimal("0.00")
    law = rules.common(on)
    rate = law.value("loan_base_rate") * (1 + law.value("late_bond_markup"))
    days = (on - bond.return_due_on).days
    interest = bond.amount * rate * days / law.value("interest_day_basis")
    return interest.quantize(Decimal("0.01"), ROUND_HALF_UP)


def return_bonds(
    session: Session,
    actor: Actor,
    *,
    bond_ids: Sequence[str],
    earned: Mapping[str, Decimal] = NOTHING,
    document_id: str | None = None,
) -> tuple[ReturnBatch, list[Repayment]]:
    """Send bonds back: each is marked returned, transfers come out as lines of one payment file (guarantees as letters).

    ``earned``: by bond, what it earned at the bank, which after a termination belongs to the bidder (O87 29). Raises
    EarnedByNobody, BondNotDue, BondUnknown or RoleMissing. The caller makes the pain.001 file of the lines.
    """
    now, today = clock.now(session), local_day(clock.now(session))
    lines = []
    batch = ReturnBatch(message_id="", document_id=document_id, total=Decimal(0), made_by=actor.id, made_at=now)
    for bond_id in bond_ids:
        bond = session.get(Bond, bond_id, with_for_update=True, populate_existing=True)
        if bond is None:
            raise BondUnknown
        if actor is not SYSTEM:
            roles.require(actor, "agency-officer", tenders.of_lot(session, bond.lot_id).agency_id)
        if bond.state != BondState.DUE_BACK:
            raise BondNotDue
        if earned.get(bond_id, Decimal(0)) < 0 or (earned.get(bond_id) and not earns(bond)):
            raise EarnedByNobody(field="rows", under=projects.law_of_lot(session, bond.lot_id))
        lines += _returned(session, bond, today, earned.get(bond_id, Decimal(0)))
    batch.total = sum((line.amount for line in lines), Decimal(0))
    session.add(batch)
    session.flush()
    batch.message_id = f"TW{batch.id}"
    for bond_id in bond_ids:
        session.get_one(Bond, bond_id).return_batch_id = batch.id
    session.flush()
    facts = {"batch": batch.message_id, "bonds": list(bond_ids), "total": str(batch.total)}
    journal.write(session, actor, case=f"bond-return:{batch.id}", act="bonds.return", facts=facts)
    return batch, lines


def earns(bond: Bond) -> bool:
    """Whether what a bond earned at the bank goes back with it: a transfer, after a termination (O87 29)."""
    return bond.kind == "transfer" and bond.return_cause == "terminated"


def _returned(session: Session, bond: Bond, today: date, earned: Decimal) -> list[Repayment]:
    """A bond goes back to the account it came from; to the registered one where the bank's statement named none."""
    bond.interest = interest_on(bond, today) + earned
    bond.state, bond.returned_on = BondState.RETURNED, today
    if bond.kind != "transfer":
        return []
    if not bond.payer_account:
        registration = suppliers.of_organisation(session, bond.supplier_id)
        bond.payer_account = registration.bank_account if registration is not None else ""
    if not bond.payer_name:
        bond.payer_name = organisations.get(session, bond.supplier_id).name.zh
    return [
        Repayment(
            bond_id=bond.id,
            reference=bond.reference,
            supplier_id=bond.supplier_id,
            name=bond.payer_name,
            account=bond.payer_account,
            bank=bond.payer_bank,
            amount=bond.amount + bond.interest,
            currency=bond.currency,
        )
    ]


def forfeit(session: Session, actor: Actor, *, bond_id: str, ground: str) -> Bond:
    """Keep a bond, on a ground of GROUNDS only (O87 23)."""
    bond = session.get(Bond, bond_id, with_for_update=True, populate_existing=True)
    if bond is None:
        raise BondUnknown
    if ground not in GROUNDS:
        raise GroundUnknown(under=projects.law_of_lot(session, bond.lot_id))
    roles.require(actor, "agency-officer", tenders.of_lot(session, bond.lot_id).agency_id)
    if bond.state not in (BondState.HELD, BondState.DUE_BACK):
        raise BondNotDue
    bond.state, bond.forfeit_ground = BondState.FORFEITED, ground
    journal.write(session, actor, case=f"bond:{bond.id}", act="bonds.forfeit", facts={"ground": ground})
    return bond
