"""Acceptance: the supplier reports a delivery, the buyer accepts it requirement by requirement, or has it put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.database import Base, Json, UtcDateTime, new_id
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.foundation.workdays import Sense, local_day
from app.identity import roles
from app.identity.accounts import Account
from app.procurement import contracts, duties, mails, papers, projects
from app.procurement.contracts import Contract, ContractState
from app.procurement.projects import LotState

RATINGS: dict[int, Text] = {
    5: Text("very good", "优秀"),
    4: Text("good", "良好"),
    3: Text("satisfactory", "合格"),
    2: Text("poor", "较差"),
    1: Text("very poor", "差"),
}
"""The buyer's feedback on how a supplier performed."""


class Delivery(Base):
    """What the supplier reported as delivered; ``number`` counts the rounds. ``attachments`` are document ids."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("contract_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contract_id: Mapped[str] = mapped_column(String(32), ForeignKey("contract.id"))
    number: Mapped[int]
    delivered_on: Mapped[date]
    note: Mapped[str] = mapped_column(LongText)
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    reported_by: Mapped[str] = mapped_column(String(64))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accept_by_on: Mapped[date]

    acceptance: Mapped[Acceptance | None] = relationship(back_populates="delivery")


class Acceptance(Base):
    """The buyer's decision on a delivery, with its sheet (验收书). ``rating`` is 1 to 5, about the supplier."""

    __tablename__ = "acceptance"
    __table_args__ = (Index(None, "supplier_id", "accepted"),)
    delivery_id: Mapped[str] = mapped_column(String(32), ForeignKey("delivery.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    accepted: Mapped[bool]
    rating: Mapped[int]
    feedback: Mapped[str] = mapped_column(LongText, default="")
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)

    delivery: Mapped[Delivery] = relationship(back_populates="acceptance")
    rows: Mapped[list[AcceptanceRow]] = relationship(order_by="AcceptanceRow.id")


class AcceptanceRow(Base):
    """Whether one requirement of the contract is met, and by what evidence."""

    __tablename__ = "acceptance_row"
    __table_args__ = (UniqueConstraint("delivery_id", "requirement_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(String(32), ForeignKey("acceptance.delivery_id"))
    requirement_id: Mapped[str] = mapped_column(String(32), ForeignKey("requirement.id"))
    met: Mapped[bool]
    evidence: Mapped[str] = mapped_column(LongText)


class NothingDelivered(Conflict):
    """There is no delivery that waits for the acceptance."""

    code = "nothing-delivered"
    text = Text("No delivery is waiting for acceptance.", "没有待验收的交付。")


class DeliveryOpen(Conflict):
    """A delivery was reported already and isn't decided on, or the contract is accepted."""

    code = "delivery-open"
    text = Text("This delivery has already been reported.", "交付已报告。")


class DeliveryInFuture(Invalid):
    """What is delivered was delivered by today, and after the contract was concluded."""

    code = "delivery-in-future"
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

    code = "evidence-missing"
    text = Text("Give the evidence for %(code)s.", "请填写%(code)s的验收依据。")
    statute = "IR 45"


class DeliveryUnknown(NotFound):
    """There is no such delivery."""

    code = "delivery-unknown"
    text = Text("There is no such delivery.", "没有该交付记录。")


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

    Raises DeliveryOpen, DeliveryInFuture, ContractNotOpen or RoleMissing.
    """
    contract = contracts.get(session, contract_id, lock=True)
    roles.require(actor, "supplier-bidder", contract.supplier_id)
    if contract.state != ContractState.ACTIVE or contract.published_at is None:
        raise contracts.ContractNotOpen(state=contracts.STATE_NAMES[contract.state])
    last = latest(session, contract.id)
    if last is not None and (last.acceptance is None or last.acceptance.accepted):
        raise DeliveryOpen()
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
    _tell_of_delivery(session, contract, delivery)
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
) -> Acceptance:
    """Judge the reported delivery: accepted when every requirement is met, else the supplier puts it right.

    Raises NothingDelivered, RowsIncomplete, EvidenceMissing, RoleMissing or DutiesApart (GPL 61).
    """
    contract = contracts.get(session, contract_id, lock=True)
    roles.require(actor, "buyer-contract-officer", contract.buyer_id)
    delivery = latest(session, contract.id)
    if delivery is None or delivery.acceptance is not None:
        raise NothingDelivered()
    duties.require_apart(session, actor, "acceptance.accept", contract.lot_id)
    if rating not in RATINGS:
        raise ValueError(f"unknown rating: {rating}")
    _check_rows(contract, rows)
    now = clock.now(session)
    acceptance = Acceptance(
        delivery_id=delivery.id,
        number=projects.next_number(session, "YS"),
        supplier_id=contract.supplier_id,
        accepted=all(row.met for row in rows),
        rating=rating,
        feedback=feedback,
        attachments=list(attachments),
        decided_by=actor.id,
        decided_by_name=actor.name,
        decided_at=now,
    )
    session.add(acceptance)
    session.flush()
    session.add_all(
        AcceptanceRow(delivery_id=delivery.id, requirement_id=row.requirement_id, met=row.met, evidence=row.evidence)
        for row in rows
    )
    session.flush()
    session.expire(acceptance, ["rows"])
    session.expire(delivery, ["acceptance"])
    if acceptance.accepted:
        projects.move_lot(session, projects.lot(session, contract.lot_id, lock=True), LotState.ACCEPTED)
    _keep_sheet(session, actor, contract, acceptance)
    _tell_of_acceptance(session, contract, acceptance)
    facts = {
        "contract": contract.id,
        "delivery": delivery.number,
        "number": acceptance.number,
        "accepted": acceptance.accepted,
        "not_met": [row.requirement_id for row in rows if not row.met],
        "rating": rating,
        "late": local_day(now) > delivery.accept_by_on,
    }
    journal.write(session, actor, case=contract.lot.project_id, act="acceptance.accept", facts=facts)
    return acceptance


def requirements_of(contract: Contract) -> list[dict[str, Any]]:
    """The contract's requirements: id, code, requirement, response (texts in both languages or as they were written)."""
    return [row for clause in contract.content["clauses"] for row in clause.get("requirements", ())]


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
    query = select(Delivery).where(Delivery.contract_id == contract_id).order_by(Delivery.number.desc()).limit(1)
    return session.scalars(query).first()


def of_contract(session: Session, contract_id: str) -> list[Delivery]:
    """All deliveries of a contract with what was decided on them, in order."""
    query = select(Delivery).where(Delivery.contract_id == contract_id).order_by(Delivery.number)
    judged = joinedload(Delivery.acceptance).selectinload(Acceptance.rows)
    return list(session.scalars(query.options(judged)))


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
    query = (
        select(Contract, Acceptance)
        .join(Delivery, Delivery.contract_id == Contract.id)
        .join(Acceptance, Acceptance.delivery_id == Delivery.id)
        .where(Acceptance.supplier_id == supplier_id, Acceptance.accepted)
        .order_by(Acceptance.decided_at.desc())
    )
    return [(contract, accepted) for contract, accepted in session.execute(query)]


def _keep_sheet(session: Session, actor: Actor, contract: Contract, acceptance: Acceptance) -> None:
    delivery = acceptance.delivery
    judged = {row.requirement_id: row for row in acceptance.rows}
    reporter = session.get(Account, delivery.reported_by)
    content = {
        "number": acceptance.number,
        "contract": {
            "title": contract.title,
            "number": contract.number,
            "price": Money(contract.total, contract.currency),
        },
        "buyer": contract.buyer.name,
        "supplier": contract.supplier.name,
        "delivered_on": delivery.delivered_on,
        "delivery": delivery.note,
        "reported_by": reporter.name if reporter is not None else "",
        "reported_at": delivery.reported_at,
        "round": delivery.number,
        "rows": [
            {
                "code": row["code"],
                "requirement": row["requirement"],
                "response": row["response"],
                "met": judged[row["id"]].met,
                "evidence": judged[row["id"]].evidence,
            }
            for row in requirements_of(contract)
        ],
        "accepted": acceptance.accepted,
        "accepted_by": acceptance.decided_by_name,
        "accepted_at": acceptance.decided_at,
        "rating": RATINGS[acceptance.rating],
        "feedback": acceptance.feedback,
    }
    title = Text(f"Acceptance certificate {acceptance.number}", f"履约验收书{acceptance.number}")
    drawn = papers.keep(
        session, actor, "acceptance_sheet", content, case=contract.lot_id, title=title, kind="acceptance_report"
    )
    acceptance.document_zh_id, acceptance.document_en_id = (document.id for document in drawn)


def _tell_of_delivery(session: Session, contract: Contract, delivery: Delivery) -> None:
    due = dates.by(delivery.accept_by_on)
    mails.tell(
        session,
        organisation_id=contract.buyer_id,
        roles=("buyer-contract-officer",),
        key=f"delivery:{delivery.id}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"Delivery reported: {contract.number}", f"交付报告：{contract.number}"),
        body=Text(
            f"{contract.supplier.name.en} reported a delivery under “{contract.title.en}”. Accept it {due.en}.",
            f"{contract.supplier.name.zh}已就《{contract.title.zh}》报告交付，请于{due.zh}完成验收。",
        ),
        project=contract.lot.project.number,
    )


def _tell_of_acceptance(session: Session, contract: Contract, acceptance: Acceptance) -> None:
    not_met = {row.requirement_id for row in acceptance.rows if not row.met}
    wanting = [row for row in requirements_of(contract) if row["id"] in not_met]
    if acceptance.accepted:
        body = Text(
            f"Your delivery under “{contract.title.en}” was accepted. You can send the payment application now.",
            f"贵单位《{contract.title.zh}》项下的交付已验收合格，可以提交资金支付申请。",
        )
    else:
        english = "; ".join(f"{row['code']} {text_of(row['requirement']).en}" for row in wanting)
        chinese = "；".join(f"{row['code']} {text_of(row['requirement']).zh}" for row in wanting)
        body = Text(
            f"Your delivery under “{contract.title.en}” was not accepted. Correct this and report the delivery again: {english}.",
            f"贵单位《{contract.title.zh}》项下的交付验收不合格，请就下列事项整改后重新报告：{chinese}。",
        )
    mails.tell(
        session,
        organisation_id=contract.supplier_id,
        roles=("supplier-bidder", "supplier-signer"),
        key=f"acceptance:{acceptance.number}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"Acceptance: {contract.number}", f"验收结果：{contract.number}"),
        body=body,
        project=contract.lot.project.number,
    )
