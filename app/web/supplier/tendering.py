"""The tenders that take bids, as suppliers look for them; one with its documents, questions, lots and what is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.text import Text, text_of
from app.procurement import bids, bonds, projects, suppliers, tenders
from app.procurement.bids import Bid, BidDraft
from app.procurement.bonds import Bond
from app.procurement.projects import Lot
from app.procurement.suppliers import NotRegistered, SupplierExcluded
from app.procurement.tenders import DocumentAccess, Tender, lists, places, terms
from app.web import current, errors, listing
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier import blueprint, progress
from app.workflow import questions

SHOWS = {"": Text("All", "全部"), "mine": Text("Documents received", "已获取文件")}
NOTICES = {
    "tender": Text("Tender notice", "招标公告"),
    "change": Text("Correction notice", "更正公告"),
    "clarification": Text("Clarification notice", "澄清公告"),
    "failure": Text("Failed-tender notice", "废标公告"),
    "termination": Text("Termination notice", "终止公告"),
}


@dataclass(frozen=True)
class Standing:
    """How far a supplier is with a lot: draft, submitted bid, bond."""

    lot: Lot
    draft: BidDraft | None
    bid: Bid | None
    bond: Bond | None
    bond_in_order: bool
    needs_confirmation: bool


@blueprint.get("/supplier/tenders")
def tenders_open() -> str | Response:
    """List the tenders that take bids now."""
    session, actor, now = current.session(), current.actor(), current.now()
    asked = listing.asked(sorts=("deadline", "-published", "number", "-estimate"))
    show = listing.chosen("show", SHOWS)
    taken = set(
        session.scalars(select(DocumentAccess.tender_id).where(DocumentAccess.supplier_id == actor.organisation_id))
    )
    found, total = lists.open_now(
        session,
        now,
        search=asked.search,
        ids=taken if show == "mine" else None,
        by=asked.by,
        descending=asked.is_descending,
        offset=asked.offset,
        limit=asked.limit,
    )
    if asked.wants_csv:
        header = (
            Text("Number", "项目编号"),
            Text("Title", "项目名称"),
            Text("Buyer", "采购人"),
            Text("Deadline", "截止"),
        )
        rows = ((t.project.number, t.project.title, t.project.buyer.name, t.bid_deadline_at) for t in found)
        return listing.csv("tenders", header, rows)
    submitted = {
        bid.lot_id for bid in bids.all_of_supplier(session, actor.organisation_id or "") if bid.ended_at is None
    }
    drafted = {draft.lot_id for draft in bids.drafts_of(session, actor.organisation_id or "")}
    return render_template(
        "supplier/tenders.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        asked=asked,
        show=show,
        shows=SHOWS,
        taken=taken,
        submitted=submitted,
        drafted=drafted,
        registration=_registration_problem(),
    )


@blueprint.get("/supplier/tenders/<tender_id>")
def tender(tender_id: str) -> str:
    """Show a tender to a supplier: what is asked, until when, and how far they are with it."""
    return _page(tender_id)


@blueprint.post("/supplier/tenders/<tender_id>/documents")
def take_documents(tender_id: str) -> AnyResponse:
    """Take the documents: free, without any condition, and nobody is told."""
    tenders.take_documents(current.session(), current.actor(), tender_id=tender_id)
    current.commit()
    notice(
        Text("You have received the tender documents.", "您已获取招标文件。"),
        Text("We will email you every correction and clarification.", "如有更正或澄清，将通过邮件通知您。"),
    )
    return redirect("supplier.tender", tender_id=tender_id)


@blueprint.post("/supplier/tenders/<tender_id>/questions")
def ask(tender_id: str) -> AnyResponse | str | tuple[str, int]:
    """Ask about the documents without being named."""
    words = request.form.get("text", "")
    try:
        questions.ask(
            current.engine(),
            current.session(),
            current.actor(),
            tender_id=tender_id,
            text=words,
            arrived_at=current.arrived_at(),
        )
    except Refusal as refusal:
        current.session().rollback()
        return _page(tender_id, errors.parts_of(refusal), words), errors.status_of(type(refusal))
    current.commit()
    notice(
        Text("Your enquiry has been sent.", "询问已提交。"),
        Text(
            "It appears here without your name. The answer is sent to all suppliers at the same time.",
            "询问将匿名显示，答复同时向所有供应商公布。",
        ),
    )
    return redirect("supplier.tender", tender_id=tender_id)


def standings(tender: Tender) -> list[Standing]:
    """How far the person's supplier is with each lot of a tender."""
    session, supplier_id = current.session(), current.actor().organisation_id
    found = []
    for lot in tender.project.lots:
        bid = bids.of_supplier(session, lot.id, supplier_id)
        found.append(
            Standing(
                lot,
                bids.draft_of(session, lot.id, supplier_id),
                bid,
                bonds.of_supplier(session, lot.id, supplier_id or ""),
                bonds.in_order(session, tender, lot.id, supplier_id or ""),
                bid is not None and not bid.confirmed_for(tender.binding_version),
            )
        )
    return found


def head(tender: Tender, here: str, lot: Lot | None = None) -> dict[str, object]:
    """What the pages around a tender share: its head, its deadline, the way through them."""
    crumbs = [(url_for("supplier.tenders_open"), Text("Open tenders", "招标项目"))]
    if here != "supplier.tender":
        crumbs.append((url_for("supplier.tender", tender_id=tender.id), tender.project.title))
    return {
        "tender": tender,
        "project": tender.project,
        "lot": lot,
        "is_open": tenders.open_for_bids(tender, current.now()),
        "crumbs": crumbs,
        "steps": progress.steps(tender, lot) if lot is not None else [],
        "here": here,
    }


def lot_and_tender(lot_id: str) -> tuple[Lot, Tender]:
    """A lot of a published tender; anything else isn't there for a supplier."""
    session = current.session()
    tender = tenders.of_lot(session, lot_id)
    if not tenders.visible_to(None, tender, current.now()):
        raise tenders.TenderUnknown
    return projects.lot(session, lot_id), tender


def _page(tender_id: str, problems: list[Refusal] | None = None, words: str = "") -> str:
    session, actor = current.session(), current.actor()
    tender = tenders.get(session, tender_id)
    if not tenders.visible_to(None, tender, current.now()):
        raise tenders.TenderUnknown
    return render_template(
        "supplier/tender.html",
        **head(tender, "supplier.tender"),
        taken=tenders.documents_taken(session, tender.id, actor.organisation_id),
        versions=[
            (version, _papers(version), tenders.of_version(session, tender, version))
            for version in reversed(tender.versions)
        ],
        published=[(each, text_of(each.title), _papers(each)) for each in reversed(tender.notices)],
        kinds=NOTICES,
        standings=standings(tender),
        questions=tenders.public_questions(session, tender.id),
        payment_period=terms.payment(tender.payment_days, tenders.law_of_notice(session, tender)),
        own={question.id for question in tenders.own_questions(session, actor, tender.id)},
        changes={change.version: change for change in tender.changes},
        place=places.place,
        states=projects.STATE_NAMES,
        registration=_registration_problem(),
        problems=problems or [],
        words=words,
    )


def _papers(row: object) -> list[Document]:
    ids = [getattr(row, f"document_{language}_id", None) for language in ("zh", "en")]
    return [documents.get(current.session(), id_) for id_ in ids if id_]


def _registration_problem() -> Refusal | None:
    """Why the person's supplier may not bid, if it may not."""
    try:
        suppliers.require_active(current.session(), current.actor().organisation_id)
    except (NotRegistered, SupplierExcluded) as refusal:
        return refusal
    return None
