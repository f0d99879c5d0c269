"""Deliveries: the supplier reports one, the buyer accepts it requirement by requirement, or has it put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.foundation import clock, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text
from app.foundation.workdays import Sense, local_day
from app.identity import roles
from app.procurement import contracts, duties, projects
from app.procurement.acceptance import groups, sheets
from app.procurement.acceptance.groups import NewMember
from app.procurement.acceptance.records import RATINGS, Acceptance, AcceptanceRow, Delivery
from app.procurement.acceptance.sheets import requirements_of
from app.procurement.contracts import Contract, ContractState
from app.procurement.projects import LotState


class NothingDelivered(Conflict):
    """There is no delivery that waits for the acceptance."""

    text = Text("No delivery is waiting for acceptance.", "没有待验收的交付。")


class DeliveryOpen(Conflict):
    """A delivery was reported already and isn't decided on, or the contract is accepted."""

    text = Text("This delivery has already been reported.", "交付已报告。")


class DeliveryInFuture(Invalid):
    """What is delivered was delivered by today, and after the contract was concluded."""

    text = Text(
        "The day of delivery must be between the day of the contract and today.", "交付日期应在合同签订之日至今日之间。"
    )


class RowsIncomplete(Invalid):
    """The acceptance goes through every requirement of the contract, once (IR 45)."""

    code = "acceptance-rows-incomplete"
    text = Text(
        "Give a result for each requirement of the contract once: %(codes)s.",
        "应当对合同约定的每一项要求逐项验收：%(codes)s。",
    )
    statute = "IR 45"


class EvidenceMissing(Invalid):
    """A judgement without evidence is none."""

    text = Text("Give the evidence for %(code)s.", "请填写%(code)s的验收依据。")
    statute = "IR 45"


@dataclass(frozen=True)
class Row:
    """The judgement of one requirement."""

    requirement_id: str
    met: bool
    evidence: str


def report(
    session: Session,
    actor: Actor,
    *,
    contract_id: str,
    delivered_on: date,
    note: str,
    attachments: Sequence[str] = (),
) -> Delivery:
    """The supplier reports what it delivered, and from then the buyer has the agreed time to accept it.

    :raises DeliveryOpen:
    :raises DeliveryInFuture:
    :raises ContractNotOpen:
    :raises RoleMissing:
    """
    contract = contracts.get(session, contract_id, lock=True)
    roles.require(actor, "supplier-bidder", contract.supplier_id)
    if contract.state != ContractState.ACTIVE or contract.published_at is None:
        raise contracts.ContractNotOpen(state=contracts.STATE_NAMES[contract.state])
    last = latest(session, contract.id)
    if last is not None and (last.acceptance is None or last.acceptance.accepted):
        raise DeliveryOpen
    today = local_day(clock.now(session))
    signed_on = local_day(contract.signed_at) if contract.signed_at else today
    if not signed_on <= delivered_on <= today:
        raise DeliveryInFuture(field="delivered_on")
    accept_by = workdays.load(session).add_working_days(today, contract.acceptance_days)
    delivery = Delivery(
        contract_id=contract.id,
        number=1 if last is None else last.number + 1,
        delivered_on=delivered_on,
        note=note,
        attachments=list(attachments),
        reported_by=actor.id,
        reported_at=clock.now(session),
        accept_by_on=Sense.DUTY.last_day(accept_by),
    )
    session.add(delivery)
    session.flush()
    sheets.tell_of_delivery(session, contract, delivery)
    facts = {
        "contract": contract.id,
        "delivery": delivery.number,
        "delivered_on": str(delivered_on),
        "late": contract.delivery_due_on is not None and delivered_on > contract.delivery_due_on,
    }
    journal.write(session, actor, case=contract.lot.project_id, act="acceptance.report", facts=facts)
    return delivery


def accept(
    session: Session,
    actor: Actor,
    *,
    contract_id: str,
    rows: Sequence[Row],
    rating: int,
    feedback: str = "",
    attachments: Sequence[str] = (),
    members: Sequence[NewMember] = (),
    signed_sheets: Sequence[str] = (),
) -> Acceptance:
    """Judge the reported delivery: accepted when every requirement is met, else the supplier puts it right.

    ``members``: the acceptance group, where one judged it; ``signed_sheets`` bear its signatures.
    Raises NothingDelivered, RowsIncomplete, EvidenceMissing, GroupInvalid, SignedSheetMissing, RoleMissing or
    DutiesApart (GPL 61).
    """
    contract = contracts.get(session, contract_id, lock=True)
    roles.require(actor, "buyer-contract-officer", contract.buyer_id)
    delivery = latest(session, contract.id)
    if delivery is None or delivery.acceptance is not None:
        raise NothingDelivered
    duties.require_apart(session, actor, "acceptance.accept", contract.lot_id)
    if rating not in RATINGS:
        raise ValueError(f"unknown rating: {rating}")
    _check_rows(contract, rows)
    groups.check(contract, members, signed_sheets)
    acceptance = Acceptance(
        delivery_id=delivery.id,
        number=projects.next_number(session, "YS"),
        supplier_id=contract.supplier_id,
        accepted=all(row.met for row in rows),
        rating=rating,
        feedback=feedback,
        attachments=list(attachments),
        signed_sheets=list(signed_sheets),
        decided_by=actor.id,
        decided_by_name=actor.name,
        decided_at=clock.now(session),
    )
    _enter(session, delivery, acceptance, rows, members)
    if acceptance.accepted:
        projects.move_lot(session, projects.lot(session, contract.lot_id, lock=True), LotState.ACCEPTED)
    sheets.keep(session, actor, contract, acceptance)
    sheets.tell_of_acceptance(session, contract, acceptance)
    facts = {
        "contract": contract.id,
        "delivery": delivery.number,
        "number": acceptance.number,
        "accepted": acceptance.accepted,
        "not_met": [row.requirement_id for row in rows if not row.met],
        "rating": rating,
        "members": len(members),
        "late": local_day(acceptance.decided_at) > delivery.accept_by_on,
    }
    journal.write(session, actor, case=contract.lot.project_id, act="acceptance.accept", facts=facts)
    return acceptance


def _enter(
    session: Session, delivery: Delivery, acceptance: Acceptance, rows: Sequence[Row], members: Sequence[NewMember]
) -> None:
    """Keep a decision with its judgements and its group."""
    session.add(acceptance)
    session.flush()
    session.add_all(
        AcceptanceRow(delivery_id=delivery.id, requirement_id=row.requirement_id, met=row.met, evidence=row.evidence)
        for row in rows
    )
    session.flush()
    session.expire(acceptance, ["rows"])
    session.expire(delivery, ["acceptance"])
    groups.enter(session, acceptance, members)


def _check_rows(contract: Contract, rows: Sequence[Row]) -> None:
    codes = {row["id"]: row["code"] for row in requirements_of(contract)}
    given = [row.requirement_id for row in rows]
    if sorted(given) != sorted(codes):
        wrong = [codes[id] for id in codes if given.count(id) != 1] or ["?"]
        raise RowsIncomplete(field="rows", codes=", ".join(wrong))
    for row in rows:
        if not row.evidence.strip():
            raise EvidenceMissing(field="rows", code=codes[row.requirement_id])


def latest(session: Session, contract_id: str) -> Delivery | None:
    """The newest delivery of a contract."""
    statement = select(Delivery).where(Delivery.contract_id == contract_id).order_by(Delivery.number.desc()).limit(1)
    return session.scalars(statement).first()


def of_contract(session: Session, contract_id: str) -> list[Delivery]:
    """All deliveries of a contract with what was decided on them, in order."""
    statement = select(Delivery).where(Delivery.contract_id == contract_id).order_by(Delivery.number)
    judged = joinedload(Delivery.acceptance)
    with_parts = (judged.selectinload(Acceptance.rows), judged.selectinload(Acceptance.members))
    return list(session.scalars(statement.options(*with_parts)))


def accepted(session: Session, contract_id: str) -> Acceptance | None:
    """The acceptance of a contract that was accepted."""
    delivery = latest(session, contract_id)
    found = delivery.acceptance if delivery is not None else None
    return found if found is not None and found.accepted else None


def overdue(session: Session, contract_id: str, on: date) -> Delivery | None:
    """The delivery of a contract that the buyer should have judged before this day and hasn't (SMEPay 10)."""
    delivery = latest(session, contract_id)
    is_waiting = delivery is not None and delivery.acceptance is None
    return delivery if delivery is not None and is_waiting and on > delivery.accept_by_on else None


def feedback_on(session: Session, supplier_id: str) -> list[tuple[Contract, Acceptance]]:
    """What buyers said of a supplier with each accepted contract, the newest first."""
    statement = (
        select(Contract, Acceptance)
        .join(Delivery, Delivery.contract_id == Contract.id)
        .join(Acceptance, Acceptance.delivery_id == Delivery.id)
        .where(Acceptance.supplier_id == supplier_id, Acceptance.accepted)
        .order_by(Acceptance.decided_at.desc())
    )
    return [(contract, accepted) for contract, accepted in session.execute(statement)]
