"""The parts of a release, worked out from the records as they are public now (research: OCDS 1.1.5 reference)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, documents
from app.foundation.text import Text
from app.foundation.workdays import end_of, start_of
from app.identity import organisations
from app.identity.organisations import Organisation
from app.procurement import awards, bids, payments, tenders
from app.procurement.acceptance import Delivery
from app.procurement.awards import Award
from app.procurement.bids import Bid
from app.procurement.contracts import Contract
from app.procurement.projects import Item, Lot, LotState, Project
from app.procurement.publishers import publisher
from app.procurement.tenders import Tender, TenderState

PLACE: ZoneInfo = clock.PLACE
METHODS = {
    "open_tender": ("open", Text("Open tender", "公开招标")),
    "invited_tender": ("selective", Text("Invited tender", "邀请招标")),
    "negotiation": ("limited", Text("Competitive negotiation", "竞争性谈判")),
    "consultation": ("limited", Text("Competitive consultation", "竞争性磋商")),
    "inquiry": ("limited", Text("Inquiry", "询价")),
    "single_source": ("direct", Text("Single source", "单一来源采购")),
}
"""Each method of the law with the OCDS method it is (codelist method) and its name."""
CRITERIA = {"lowest_price": "priceOnly", "comprehensive": "ratedCriteria"}
_LOT_STATES = {
    LotState.PLANNED: "planned",
    LotState.BIDDING: "active",
    LotState.OPENED: "active",
    LotState.EVALUATING: "active",
    LotState.FAILED: "unsuccessful",
    LotState.CANCELLED: "cancelled",
}


def amount(value: Decimal) -> float | int:
    """An amount as a JSON number: a whole one without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)


def value(of: Decimal, currency: str) -> dict[str, Any]:
    """An OCDS Value."""
    return {"amount": amount(of), "currency": currency}


def instant(at: datetime) -> str:
    """A date and time as people of the place read it, with its offset (RFC 3339)."""
    return at.astimezone(PLACE).isoformat(timespec="seconds")


def period(start: datetime | None, end: datetime | None) -> dict[str, str]:
    """An OCDS Period."""
    found = {"startDate": start, "endDate": end}
    return {name: instant(at) for name, at in found.items() if at is not None}


def of_days(start: date, end: date) -> dict[str, str]:
    """A Period of whole days of the place."""
    return period(start_of(start), end_of(end))


# -- parties


class Parties:
    """The organisations a release names, each once, with all its roles."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.roles: dict[str, list[str]] = {}

    def refer(self, organisation_id: str, *roles: str) -> dict[str, str]:
        """An OrganizationReference; the organisation joins the parties with these roles."""
        organisation = organisations.get(self.session, organisation_id)
        known = self.roles.setdefault(organisation.id, [])
        known += [role for role in roles if role not in known]
        return {"id": identifier(organisation), "name": organisation.name.zh}

    def as_json(self) -> list[dict[str, Any]]:
        """The parties section."""
        return [self._party(organisations.get(self.session, key), roles) for key, roles in self.roles.items()]

    def _party(self, organisation: Organisation, roles: list[str]) -> dict[str, Any]:
        party: dict[str, Any] = {
            "id": identifier(organisation),
            "name": organisation.name.zh,
            "name_en": organisation.name.en,
            "identifier": {"scheme": "CN-USCC", "id": organisation.uscc, "legalName": organisation.name.zh},
            "roles": roles,
        }
        if organisation.address:
            party["address"] = {"streetAddress": organisation.address, "countryName": "中国"}
        if organisation.contact_name and "supplier" not in roles and "tenderer" not in roles:
            party["contactPoint"] = {"name": organisation.contact_name, "telephone": organisation.contact_phone}
        return party


def identifier(organisation: Organisation) -> str:
    """An organisation's id in the open data: the unified social credit code under its scheme."""
    return f"CN-USCC-{organisation.uscc}"


# -- documents


def document(session: Session, document_id: str | None, kind: str, title: Text, language: str) -> dict[str, Any] | None:
    """A Document of the portal, or None where there is none, or none that is public."""
    found = session.get(documents.Document, document_id) if document_id else None
    if found is None or found.access != "public":
        return None
    return {
        "id": found.id,
        "documentType": kind,
        "title": title.in_(language),
        "url": publisher(session).address(f"documents/{found.id}"),
        "datePublished": instant(found.created_at),
        "format": found.media_type,
        "language": language,
    }


def both(session: Session, zh_id: str | None, en_id: str | None, kind: str, title: Text) -> list[dict[str, Any]]:
    """The Chinese and the English paper, those that are there."""
    found = [document(session, zh_id, kind, title, "zh"), document(session, en_id, kind, title, "en")]
    return [each for each in found if each is not None]


# -- planning


def planning(session: Session, project: Project) -> dict[str, Any]:
    """What a published project says of its plan: budget and method, never the application itself (D1)."""
    line = project.budget_line
    return {
        "rationale": project.need,
        "budget": {
            "id": line.code,
            "description": line.name.zh,
            "amount": value(project.estimate, project.currency),
        },
    }


# -- tender


def tender(session: Session, found: Tender, parties: Parties) -> dict[str, Any]:
    """The tender section as it stands."""
    project = found.project
    method, name = METHODS.get(found.method, ("open", Text(found.method, found.method)))
    section: dict[str, Any] = {
        "id": found.id,
        "title": project.title.zh,
        "title_en": project.title.en,
        "description": project.need,
        "status": status(found),
        "procuringEntity": parties.refer(found.agency_id, "procuringEntity"),
        "value": value(sum((lot.budget for lot in project.lots), Decimal(0)), project.currency),
        "procurementMethod": method,
        "procurementMethodDetails": name.zh,
        "mainProcurementCategory": project.object,
        "awardCriteria": CRITERIA.get(found.review_method, "ratedCriteria"),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": period(found.published_at, found.bid_deadline_at),
        "enquiryPeriod": period(found.published_at, found.bid_deadline_at),
        "hasEnquiries": any(question.answer is not None for question in found.questions),
        "items": [_item(item) for lot in project.lots for item in lot.items],
        "lots": [_lot(lot) for lot in project.lots],
        "documents": _tender_documents(session, found),
    }
    if project.legal_ground:
        section["procurementMethodRationale"] = project.legal_ground
    section |= _eligibility(found) | _bidders(session, project.lots, parties) | _amendments(found)
    return section


def status(found: Tender) -> str:
    """The OCDS tender status: of the tender itself, and once it is closed that of its lots."""
    if found.state == TenderState.TERMINATED:
        return "cancelled"
    states = {lot.state for lot in found.project.lots}
    if states and states <= {LotState.FAILED, LotState.CANCELLED}:
        return "unsuccessful"
    running = {LotState.PLANNED, LotState.BIDDING, LotState.OPENED, LotState.EVALUATING, LotState.DECIDED}
    return "active" if states & running else "complete"


def _eligibility(found: Tender) -> dict[str, str]:
    conditions = [each.text.zh for each in found.requirements if each.kind == "qualification"]
    return {"eligibilityCriteria": "；".join(conditions)} if conditions else {}


def _item(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.id,
        "description": item.name,
        "quantity": amount(item.quantity),
        "unit": {"name": item.unit},
    }
    if item.code:
        found["classification"] = {"scheme": "CN-PCC", "id": item.code, "description": item.name}
    if item.lot_id:
        found["relatedLot"] = item.lot_id
    return found


def _lot(lot: Lot) -> dict[str, Any]:
    """A lot (OCDS lots extension)."""
    return {
        "id": lot.id,
        "title": lot.name.zh,
        "title_en": lot.name.en,
        "status": _LOT_STATES.get(LotState(lot.state), "complete"),
        "value": value(lot.budget, lot.currency),
    }


def _tender_documents(session: Session, found: Tender) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    for version in found.versions:
        title = Text(f"Procurement documents, version {version.number}", f"采购文件（第{version.number}版）")
        listed += both(session, version.document_zh_id, version.document_en_id, "biddingDocuments", title)
    for notice in found.notices:
        kind = "clarifications" if notice.kind in ("clarification", "change") else "tenderNotice"
        if notice.kind == "award":
            continue
        title = Text(notice.title["en"], notice.title["zh"])
        page = {
            "id": f"notice-{notice.id}",
            "documentType": kind,
            "title": title.zh,
            "url": publisher(session).address(f"portal/notices/{notice.id}"),
            "datePublished": instant(notice.published_at),
            "format": "text/html",
            "language": "zh",
        }
        listed += [page, *both(session, notice.document_zh_id, notice.document_en_id, kind, title)]
    return listed


def _bidders(session: Session, lots: Iterable[Lot], parties: Parties) -> dict[str, Any]:
    """Who took part: public once bids were opened (O87 41), the prices with the result."""
    opened = [bid for lot in lots for bid in _opened(session, lot)]
    if not opened:
        return {}
    suppliers = dict.fromkeys(bid.supplier_id for bid in opened)
    return {
        "tenderers": [parties.refer(supplier, "tenderer") for supplier in suppliers],
        "numberOfTenderers": len(suppliers),
    }


def _opened(session: Session, lot: Lot) -> list[Bid]:
    """A lot's opened bids, once its result (an award or its failure) has been published (O87 28, 66)."""
    disclosed = lot.state == LotState.FAILED or any(a.published_at for a in awards.all_of_lot(session, lot.id))
    query = select(Bid).join(bids.OpenedBid, bids.OpenedBid.bid_id == Bid.id).where(Bid.lot_id == lot.id)
    return list(session.scalars(query.order_by(Bid.id))) if disclosed else []


def bid_details(session: Session, lots: Iterable[Lot], parties: Parties) -> list[dict[str, Any]]:
    """The bids of lots whose result is public (OCDS bid extension)."""
    details = []
    for lot in lots:
        for bid in _opened(session, lot):
            assert bid.opened is not None
            details.append(
                {
                    "id": bid.id,
                    "date": instant(bid.received_at),
                    "status": "valid" if bid.state in _VALID else "disqualified",
                    "tenderers": [parties.refer(bid.supplier_id, "tenderer")],
                    "value": value(bid.opened.price, bid.opened.currency),
                    "relatedLots": [lot.id],
                }
            )
    return details


_VALID = frozenset({bids.BidState.RANKED, bids.BidState.CANDIDATE, bids.BidState.WINNER, bids.BidState.LOST})


def _amendments(found: Tender) -> dict[str, Any]:
    amendments = [
        {
            "id": change.id,
            "date": instant(change.made_at),
            "rationale": change.reasons,
            "description": "；".join(difference["place"] for difference in change.differences)[:2000],
        }
        for change in found.changes
    ]
    return {"amendments": amendments} if amendments else {}


# -- awards


def awarded(session: Session, lots: Iterable[Lot], parties: Parties) -> list[dict[str, Any]]:
    """The published awards."""
    return [
        _award(session, lot, award, parties)
        for lot in lots
        for award in awards.all_of_lot(session, lot.id)
        if award.published_at is not None
    ]


def _award(session: Session, lot: Lot, award: Award, parties: Parties) -> dict[str, Any]:
    assert award.published_at is not None
    section: dict[str, Any] = {
        "id": award.id,
        "title": f"{lot.name.zh}中标结果",
        "status": "cancelled" if award.revoked_at is not None else "active",
        "date": instant(award.decided_at),
        "value": value(award.price, award.currency),
        "suppliers": [parties.refer(award.supplier_id, "supplier")],
        "items": [_item(item) for item in lot.items],
        "relatedLots": [lot.id],
        "relatedBid": award.bid_id,
        "documents": list(_award_documents(session, award)),
    }
    if award.reasons:
        section["description"] = award.reasons
    return section


def _award_documents(session: Session, award: Award) -> Iterator[dict[str, Any]]:
    notice = session.get(tenders.Notice, award.notice_id) if award.notice_id else None
    if notice is None:
        return
    title = Text(notice.title["en"], notice.title["zh"])
    yield {
        "id": f"notice-{notice.id}",
        "documentType": "awardNotice",
        "title": title.zh,
        "url": publisher(session).address(f"portal/notices/{notice.id}"),
        "datePublished": instant(notice.published_at),
        "format": "text/html",
        "language": "zh",
    }
    yield from both(session, notice.document_zh_id, notice.document_en_id, "awardNotice", title)


# -- contracts


def contracted(session: Session, lots: Iterable[Lot], parties: Parties) -> list[dict[str, Any]]:
    """The published contracts, with what of their implementation is public."""
    ids = [lot.id for lot in lots]
    query = select(Contract).where(Contract.lot_id.in_(ids), Contract.published_at.is_not(None)).order_by(Contract.id)
    return [_contract(session, contract, parties) for contract in session.scalars(query)]


def _contract(session: Session, contract: Contract, parties: Parties) -> dict[str, Any]:
    assert contract.published_at is not None
    assert contract.signed_at is not None
    title = contract.title
    section: dict[str, Any] = {
        "id": contract.number,
        "awardID": contract.award_id,
        "title": title.zh,
        "title_en": title.en,
        "status": "terminated" if contract.completed_at is not None else "active",
        "value": value(contract.total, contract.currency),
        "dateSigned": instant(contract.signed_at),
        "items": [_item(item) for item in contract.lot.items],
        "documents": both(session, contract.public_zh_id, contract.public_en_id, "contractSigned", title),
        "implementation": _implementation(session, contract, parties),
    }
    if contract.delivery_due_on is not None:
        section["period"] = {
            "startDate": instant(contract.signed_at),
            "endDate": instant(end_of(contract.delivery_due_on)),
        }
    amendments = [
        {"id": f"{contract.number}-{each.number}", "date": instant(each.agreed_at), "rationale": each.reasons}
        for each in contract.amendments
        if each.agreed_at is not None
    ]
    return section | ({"amendments": amendments} if amendments else {})


def _implementation(session: Session, contract: Contract, parties: Parties) -> dict[str, Any]:
    """Deliveries as milestones, payments as transactions."""
    deliveries = session.scalars(select(Delivery).where(Delivery.contract_id == contract.id).order_by(Delivery.number))
    milestones = []
    for delivery in deliveries:
        accepted = delivery.acceptance
        milestone = {
            "id": delivery.id,
            "title": f"第{delivery.number}次交付",
            "type": "delivery",
            "dueDate": instant(end_of(contract.delivery_due_on or delivery.delivered_on)),
            "status": "scheduled" if accepted is None else "met" if accepted.accepted else "notMet",
        }
        if accepted is not None:
            milestone |= {"dateMet": instant(accepted.decided_at)} if accepted.accepted else {}
            milestone["dateModified"] = instant(accepted.decided_at)
        milestones.append(milestone)
    paid = session.scalars(
        select(payments.Invoice)
        .where(payments.Invoice.contract_id == contract.id, payments.Invoice.paid_at.is_not(None))
        .order_by(payments.Invoice.id)
    )
    transactions = [
        {
            "id": invoice.request_number,
            "date": instant(invoice.paid_at),
            "value": value(invoice.amount, invoice.currency),
            "payer": parties.refer(contract.buyer_id, "payer"),
            "payee": parties.refer(contract.supplier_id, "payee"),
        }
        for invoice in paid
        if invoice.paid_at is not None
    ]
    return {"milestones": milestones, "transactions": transactions}
