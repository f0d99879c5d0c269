"""Bonds asked for, each with a payment reference of its own, or lodged as a letter of guarantee; who may know of them."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_97_10

from app.foundation import arrivals, clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, local_day
from app.identity import roles
from app.procurement import projects, rules, suppliers, tenders
from app.procurement.bonds.records import Bond, BondState
from app.procurement.projects import Lot
from app.procurement.tenders import Tender

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class BondUnknown(NotFound):
    """There is no such bond, or none this person may know of."""

    text = Text("There is no such bid bond.", "没有该投标保证金。")


class NoBondAsked(RuleBroken):
    """This tender does not require a bid bond."""

    text = Text("This tender does not require a bid bond.", "本项目不收取投标保证金。")


class BondSettled(Conflict):
    """The bond has arrived already."""

    text = Text("This bond has already arrived.", "该投标保证金已到账。")


class GuaranteeTooSmall(Invalid):
    """The guarantee covers less than the bond."""

    text = Text("The letter of guarantee must cover at least ¥%(amount)s.", "保函金额不得低于%(amount)s元。")
    statute = "IR 33"


class GuaranteeTooShort(Invalid):
    """The guarantee ends before the bids do (O87 23)."""

    text = Text(
        "The letter of guarantee must be valid until %(until)s, when the bid validity ends.",
        "保函有效期不得早于投标有效期届满日%(until)s。",
    )


def amount_for(lot: Lot, tender: Tender) -> Decimal:
    """The bond of a lot in yuan: its percentage of the lot's budget, never rounded above the ceiling (IR 33)."""
    return (lot.budget * tender.bond_percent / 100).quantize(Decimal("0.01"), ROUND_DOWN)


def request(session: Session, actor: Actor, *, lot_id: str, arrived_at: datetime | None = None) -> Bond:
    """A supplier asks where to pay: the bond with its payment reference (ISO 11649), the same one at every asking.

    :raises NoBondAsked:
    :raises DeadlinePassed:
    :raises NotRegistered:
    :raises SupplierExcluded:
    :raises RoleMissing:
    """
    lot, tender, supplier_id = _open_lot(session, actor, lot_id, arrived_at)
    bond = of_supplier(session, lot.id, supplier_id)
    if bond is None:
        bond = _made(session, lot, tender, supplier_id, "transfer")
    return bond


def _open_lot(session: Session, actor: Actor, lot_id: str, arrived_at: datetime | None) -> tuple[Lot, Tender, str]:
    registration = suppliers.require_active(session, actor.organisation_id)
    roles.require(actor, "supplier-bidder", registration.organisation_id)
    tender = tenders.of_lot(session, lot_id, lock=True)
    if not tenders.open_for_bids(tender, arrivals.arrived(session, arrived_at)):
        raise tenders.DeadlinePassed(under=rules.law(session, tender.project))
    if tender.bond_percent <= 0:
        raise NoBondAsked
    return projects.lot(session, lot_id), tender, registration.organisation_id


def _made(session: Session, lot: Lot, tender: Tender, supplier_id: str, kind: str) -> Bond:
    bond = Bond(
        lot_id=lot.id,
        supplier_id=supplier_id,
        reference=_new_reference(),
        kind=kind,
        amount=amount_for(lot, tender),
        currency=lot.currency,
        requested_at=clock.now(session),
    )
    session.add(bond)
    session.flush()
    return bond


def _new_reference() -> str:
    """A structured creditor reference (ISO 11649): random, so that it tells the bank nothing of tender or bidder."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def lodge_guarantee(
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    number: str,
    issuer: str,
    amount: Decimal,
    valid_until: date,
    document_id: str,
    arrived_at: datetime | None = None,
) -> Bond:
    """Take a letter of guarantee for a bond, in the supplier's own choice of form (IR 33, N38).

    Raises GuaranteeTooSmall, GuaranteeTooShort or BondSettled besides the refusals of ``request``.
    """
    lot, tender, supplier_id = _open_lot(session, actor, lot_id, arrived_at)
    bond = of_supplier(session, lot.id, supplier_id) or _made(session, lot, tender, supplier_id, "guarantee")
    if bond.state != BondState.REQUESTED:
        raise BondSettled
    if amount < bond.amount:
        raise GuaranteeTooSmall(field="amount", amount=f"{bond.amount:,.2f}")
    needed = bids_valid_until(tender)
    if valid_until < needed:
        raise GuaranteeTooShort(field="valid_until", until=needed, under=rules.law(session, tender.project))
    bond.kind, bond.guarantee_number, bond.guarantee_issuer = "guarantee", number, issuer
    bond.guarantee_until, bond.guarantee_document_id = valid_until, document_id
    bond.state, bond.arrived_at = BondState.HELD, arrivals.arrived(session, arrived_at)
    write_down(
        session, bond, "bonds.lodge_guarantee", {"amount": str(amount), "arrived_at": bond.arrived_at.isoformat()}
    )
    return bond


def bids_valid_until(tender: Tender) -> date:
    """The last day of the bids' validity, counted from the deadline (O87 23)."""
    if tender.bid_deadline_at is None:
        raise ValueError("a tender without a deadline has no validity")
    return local_day(tender.bid_deadline_at) + tender.validity_days * ONE_DAY


def of_supplier(session: Session, lot_id: str, supplier_id: str) -> Bond | None:
    """A supplier's bond for a lot."""
    statement = select(Bond).where(Bond.lot_id == lot_id, Bond.supplier_id == supplier_id)
    return session.scalars(statement).one_or_none()


def all_of_supplier(session: Session, supplier_id: str) -> list[Bond]:
    """All bonds of a supplier, the newest first."""
    statement = select(Bond).where(Bond.supplier_id == supplier_id)
    return list(session.scalars(statement.order_by(Bond.requested_at.desc(), Bond.id.desc())))


def of_lot(session: Session, lot_id: str) -> list[Bond]:
    """All bonds of a lot."""
    return list(session.scalars(select(Bond).where(Bond.lot_id == lot_id).order_by(Bond.id)))


def in_order(session: Session, tender: Tender, lot_id: str, supplier_id: str) -> bool:
    """Whether the bond of a bid arrived in time, or none was asked for (O87 63(1))."""
    if tender.bond_percent <= 0:
        return True
    bond = of_supplier(session, lot_id, supplier_id)
    return bond is not None and arrived_in_time(bond)


def arrived_in_time(bond: Bond) -> bool:
    """Whether a bond is here, and was before the deadline (O87 63(1))."""
    return bond.arrived_at is not None and bond.state != BondState.LATE


def shared_accounts(session: Session, lot_id: str) -> list[list[str]]:
    """Groups of suppliers whose bonds came from one account: presumed collusion (O87 37(6))."""
    by_account: dict[str, list[str]] = {}
    for bond in of_lot(session, lot_id):
        if bond.payer_account:
            by_account.setdefault(bond.payer_account, []).append(bond.supplier_id)
    return [group for group in by_account.values() if len(group) > 1]


def write_down(session: Session, bond: Bond, act: str, facts: dict[str, object]) -> None:
    """A line of the journal under the bond's own case: a project's journal is read by people who mustn't know who takes part (O87 28)."""
    anonymous = Actor(id="supplier", name="Supplier")
    journal.write(session, anonymous, case=f"bond:{bond.id}", act=act, facts={"bond": bond.id, **facts})
