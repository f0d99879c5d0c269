"""Awards and contracts of a release, worked out from the records as they are public now (OCDS 1.1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.text import Text
from app.foundation.workdays import last_second_of
from app.procurement import awards, contracts, payments, projects
from app.procurement.acceptance import Delivery
from app.procurement.awards import Award
from app.procurement.contracts import Contract
from app.procurement.disclosure import parts
from app.procurement.projects import Lot, LotState
from app.procurement.tenders import Notice


def awarded(session: Session, lots: Iterable[Lot], parties: parts.Parties) -> list[dict[str, Any]]:
    """The published awards, those that were revoked too; of a lot that failed, that nobody was awarded it."""
    return [section for lot in lots for section in _of_lot(session, lot, parties)]


def _of_lot(session: Session, lot: Lot, parties: parts.Parties) -> Iterator[dict[str, Any]]:
    for award in awards.all_of_lot(session, lot.id):
        if award.published_at is not None:
            yield _award(session, lot, award, parties)
    if lot.state == LotState.FAILED:
        yield _failure(session, lot)


def _award(session: Session, lot: Lot, award: Award, parties: parts.Parties) -> dict[str, Any]:
    opened = award.bid.opened
    if opened is not None and award.revoked_at is None:
        parties.declare(award.supplier_id, opened.sme)
    offered = (
        {item: parts.value(price, opened.currency) for item, price in opened.binding_unit_prices.items()}
        if opened
        else {}
    )
    notice = session.get(Notice, award.notice_id) if award.notice_id else None
    section: dict[str, Any] = {
        "id": award.id,
        "title": f"{lot.title.zh}中标结果",
        "title_en": f"Award: {lot.title.en}",
        "status": "cancelled" if award.revoked_at is not None else "active",
        "date": parts.instant(award.decided_at),
        "value": parts.value(award.price, award.currency),
        "suppliers": [parties.refer(award.supplier_id, "supplier")],
        "items": [parts.item(item, unit_price=offered.get(item.id)) for item in lot.items],
        "relatedLots": [lot.id],
        "relatedBid": award.bid_id,
        "documents": parts.announced(session, notice, "awardNotice") if notice else [],
    }
    if award.reasons:
        section["description"] = award.reasons
    return section


def _failure(session: Session, lot: Lot) -> dict[str, Any]:
    """A lot that failed (GPL 36): an award that could not be made, with its reason and its notice."""
    why = projects.failure(lot) or Text("", "")
    statement = select(Notice).where(Notice.lot_id == lot.id, Notice.kind == "failure").order_by(Notice.id)
    section: dict[str, Any] = {
        "id": f"failure-{lot.id}",
        "title": f"{lot.title.zh}废标",
        "title_en": f"Failed-tender notice: {lot.title.en}",
        "description": why.zh,
        "description_en": why.en,
        "status": "unsuccessful",
        "relatedLots": [lot.id],
        "documents": [
            each
            for notice in session.scalars(statement)
            for each in parts.announced(session, notice, "cancellationDetails")
        ],
    }
    return section | ({"date": parts.instant(lot.failed_at)} if lot.failed_at else {})


# -- contracts


def contracted(session: Session, lots: Iterable[Lot], parties: parts.Parties) -> list[dict[str, Any]]:
    """The published contracts, with what of their implementation is public."""
    ids = [lot.id for lot in lots]
    statement = (
        select(Contract).where(Contract.lot_id.in_(ids), Contract.published_at.is_not(None)).order_by(Contract.id)
    )
    return [_contract(session, contract, parties) for contract in session.scalars(statement)]


def _contract(session: Session, contract: Contract, parties: parts.Parties) -> dict[str, Any]:
    assert contract.signed_at is not None, "a published contract is signed"
    title = contract.title
    section: dict[str, Any] = {
        "id": contract.number,
        "awardID": contract.award_id,
        "title": title.zh,
        "title_en": title.en,
        "status": "terminated" if contract.completed_at is not None else "active",
        "value": parts.value(contract.total, contract.currency),
        "dateSigned": parts.instant(contract.signed_at),
        "items": _items(contract),
        "documents": _documents(session, contract),
        "implementation": _implementation(session, contract, parties),
    }
    if contract.delivery_due_on is not None:
        section["period"] = {
            "startDate": parts.instant(contract.signed_at),
            "endDate": parts.until(contract.delivery_due_on),
        }
    amendments = [
        {
            "id": f"{contract.number}-{each.number}",
            "date": parts.instant(each.agreed_at),
            "rationale": each.reasons,
            "description": "；".join(f"追加{item['name']}{item['quantity']}{item['unit']}" for item in each.items),
        }
        for each in contract.amendments
        if each.agreed_at is not None
    ]
    return section | ({"amendments": amendments} if amendments else {})


def _items(contract: Contract) -> list[dict[str, Any]]:
    """What is bought as it was agreed: contract and additions, at the contract's unit prices."""
    agreed = {row.position: row for row in contracts.items(contract)}
    sections = []
    for item in contract.lot.items:
        row = agreed.get(item.position)
        if row is not None:
            unit_price = None if row.unit_price is None else parts.value(row.unit_price, contract.currency)
            sections.append(parts.item(item, quantity=row.quantity, unit_price=unit_price))
    return sections


def _documents(session: Session, contract: Contract) -> list[dict[str, Any]]:
    """The contract's own notices, and its text as it was published."""
    statement = select(Notice).where(Notice.lot_id == contract.lot_id, Notice.kind == "contract").order_by(Notice.id)
    notices = [notice for notice in session.scalars(statement) if notice.content.get("contract") == contract.id]
    listed = [each for notice in notices for each in parts.announced(session, notice, "contractNotice")]
    return [
        *listed,
        *parts.both(session, contract.public_zh_id, contract.public_en_id, "contractSigned", contract.title),
    ]


def _implementation(session: Session, contract: Contract, parties: parts.Parties) -> dict[str, Any]:
    """Deliveries as milestones, payments as transactions."""
    deliveries = session.scalars(select(Delivery).where(Delivery.contract_id == contract.id).order_by(Delivery.number))
    paid = session.scalars(
        select(payments.Invoice)
        .where(payments.Invoice.contract_id == contract.id, payments.Invoice.paid_at.is_not(None))
        .order_by(payments.Invoice.id)
    )
    transactions = [
        {
            "id": invoice.request_number,
            "date": parts.instant(invoice.paid_at),
            "value": parts.value(invoice.amount, invoice.currency),
            "payer": parties.refer(contract.buyer_id, "payer"),
            "payee": parties.refer(contract.supplier_id, "payee"),
        }
        for invoice in paid
        if invoice.paid_at is not None
    ]
    return {"milestones": [_milestone(contract, each) for each in deliveries], "transactions": transactions}


def _milestone(contract: Contract, delivery: Delivery) -> dict[str, Any]:
    """A delivery; it was met on the day it was delivered, once the buyer has accepted it, not on the day of the decision."""
    accepted = delivery.acceptance
    milestone = {
        "id": delivery.id,
        "title": f"第{delivery.number}次交付",
        "title_en": f"Delivery {delivery.number}",
        "type": "delivery",
        "dueDate": parts.until(contract.delivery_due_on or delivery.delivered_on),
        "status": "scheduled" if accepted is None else "met" if accepted.accepted else "notMet",
        "dateModified": parts.instant(delivery.reported_at if accepted is None else accepted.decided_at),
    }
    if accepted is not None and accepted.accepted:
        milestone["dateMet"] = parts.instant(min(last_second_of(delivery.delivered_on), delivery.reported_at))
    return milestone
