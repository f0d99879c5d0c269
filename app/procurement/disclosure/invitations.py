"""Planning, tender and bids of a release, worked out from the records as they are public now (OCDS 1.1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.text import Text
from app.procurement import awards, bids, tenders
from app.procurement.bids import Bid
from app.procurement.disclosure import parts
from app.procurement.projects import Lot, LotState, Project
from app.procurement.rules import methods
from app.procurement.tenders import DocumentVersion, Requirement, Tender, TenderState, places

CRITERIA = {"lowest_price": "priceOnly", "comprehensive": "ratedCriteria"}
_LOT_STATES = {
    LotState.PLANNED: "planned",
    LotState.BIDDING: "active",
    LotState.OPENED: "active",
    LotState.EVALUATING: "active",
    LotState.FAILED: "unsuccessful",
    LotState.CANCELLED: "cancelled",
}

NOTICES = {
    "tender": "tenderNotice",
    "change": "clarifications",
    "clarification": "clarifications",
    "termination": "cancellationDetails",
}
"""The document type of each notice that is the tender's; those of a result or a contract stand with theirs."""

ATTACHMENTS = {
    "specification": "technicalSpecifications",
    "drawing": "technicalSpecifications",
    "bill_of_quantities": "billOfQuantity",
}
"""The document type of what is attached to the tender documents."""


# -- planning


def planning(_session: Session, project: Project) -> dict[str, Any]:
    """What a published project says of its plan: budget and method, never the application itself (D1)."""
    line = project.budget_line
    section: dict[str, Any] = {
        "rationale": project.need,
        "budget": {
            "id": line.code,
            "description": line.name.zh,
            "description_en": line.name.en,
            "amount": parts.value(project.estimate, project.currency),
        },
    }
    if project.intention_on is not None:
        section["documents"] = [_intention(project, project.intention_on)]
    return section


def _intention(project: Project, on: date) -> dict[str, Any]:
    """The published intention, a page of another site."""
    title = Text(f"Procurement intention: {project.title.en}", f"{project.title.zh}采购意向")
    return {
        "id": f"intention-{project.id}",
        "documentType": "plannedProcurementNotice",
        "title": title.zh,
        "title_en": title.en,
        "url": project.intention_address,
        "datePublished": parts.instant(datetime.combine(on, time(), parts.PLACE)),
        "language": "zh",
    }


# -- tender


def tender(session: Session, found: Tender, parties: parts.Parties) -> dict[str, Any]:
    """The tender section as it stands."""
    project = found.project
    criteria = [each for each in found.requirements if each.kind == "qualification"]
    method = methods.named(found.method)
    section: dict[str, Any] = {
        "id": found.id,
        "title": project.title.zh,
        "title_en": project.title.en,
        "description": project.need,
        "status": status(found),
        "procuringEntity": parties.refer(found.agency_id, "procuringEntity"),
        "value": parts.value(sum((lot.budget for lot in project.lots), Decimal(0)), project.currency),
        "procurementMethod": method.ocds,
        "procurementMethodDetails": method.name.zh,
        "mainProcurementCategory": project.object,
        "awardCriteria": CRITERIA.get(found.review_method, "ratedCriteria"),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": parts.period(found.published_at, found.bid_deadline_at),
        "enquiryPeriod": parts.period(found.published_at, found.bid_deadline_at),
        "hasEnquiries": any(question.answer is not None for question in found.questions),
        "items": [parts.item(item) for lot in project.lots for item in lot.items],
        "lots": [_lot(lot, criteria) for lot in project.lots],
        "documents": _documents(session, found),
    }
    if project.legal_ground:
        section["procurementMethodRationale"] = project.legal_ground
    if criteria:
        section["eligibilityCriteria"] = "；".join(dict.fromkeys(each.text.zh for each in criteria))
    section |= _selection(criteria) | _bidders(session, project.lots, parties) | _amendments(found)
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


def _lot(lot: Lot, criteria: Sequence[Requirement]) -> dict[str, Any]:
    """A lot (OCDS lots extension), with the highest price a bid for it may have (O87 63)."""
    return {
        "id": lot.id,
        "title": lot.name.zh,
        "title_en": lot.name.en,
        "status": _LOT_STATES.get(LotState(lot.state), "complete"),
        "value": parts.value(lot.budget, lot.currency),
        "maximumValue": parts.value(lot.price_limit, lot.currency),
        **_selection([each for each in criteria if each.lot_id == lot.id]),
    }


def _selection(criteria: Iterable[Requirement]) -> dict[str, Any]:
    """What a supplier must be to take part (GPL 22; OCDS selection criteria extension), each condition once."""
    texts = dict.fromkeys(each.text for each in criteria)
    rows = [{"type": "suitability", "description": text.zh, "description_en": text.en} for text in texts]
    return {"selectionCriteria": {"criteria": rows}} if rows else {}


def _documents(session: Session, found: Tender) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    for version in found.versions:
        title = Text(f"Tender documents, version {version.number}", f"招标文件（第{version.number}版）")
        listed += parts.both(session, version.document_zh_id, version.document_en_id, "biddingDocuments", title)
        listed += _attached(session, found, version, listed)
    for notice in found.notices:
        if notice.kind in NOTICES:
            listed += parts.announced(session, notice, NOTICES[notice.kind])
    return listed


def _attached(
    session: Session, found: Tender, version: DocumentVersion, listed: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """A version's attachments, but for those that came with an earlier one already."""
    known = {each["id"] for each in listed}
    for each in tenders.of_version(session, found, version):
        kind = ATTACHMENTS.get(each.kind, "biddingDocuments")
        title = Text(f"Attachment {each.number}: {each.title.en}", f"附件{each.number}：{each.title.zh}")
        document = parts.document(session, each.document.id, kind, title, "zh")
        if document is not None and document["id"] not in known:
            yield document


def _bidders(session: Session, lots: Iterable[Lot], parties: parts.Parties) -> dict[str, Any]:
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
    statement = select(Bid).join(bids.OpenedBid, bids.OpenedBid.bid_id == Bid.id).where(Bid.lot_id == lot.id)
    return list(session.scalars(statement.order_by(Bid.id))) if disclosed else []


def bid_details(session: Session, lots: Iterable[Lot], parties: parts.Parties) -> list[dict[str, Any]]:
    """The bids of lots whose result is public (OCDS bid extension)."""
    details = []
    for lot in lots:
        for bid in _opened(session, lot):
            assert bid.opened is not None
            details.append(
                {
                    "id": bid.id,
                    "date": parts.instant(bid.received_at),
                    "status": "valid" if bid.state in _VALID else "disqualified",
                    "tenderers": [parties.refer(bid.supplier_id, "tenderer")],
                    "value": parts.value(bid.opened.binding_price, bid.opened.currency),
                    "relatedLots": [lot.id],
                }
            )
    return details


_VALID = frozenset({bids.BidState.RANKED, bids.BidState.CANDIDATE, bids.BidState.WINNER, bids.BidState.LOST})


def _amendments(found: Tender) -> dict[str, Any]:
    amendments = [
        {
            "id": change.id,
            "date": parts.instant(change.made_at),
            "rationale": change.reasons,
            "description": "；".join(places.place(each["place"]).zh for each in change.differences)[:2000],
        }
        for change in found.changes
    ]
    return {"amendments": amendments} if amendments else {}
