"""Tenders in a list, and one with its versions and questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app.engine import tasks
from app.engine.records import OpenTaskRow
from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.text import Text, text_of
from app.procurement import evaluation, projects, tenders
from app.procurement.experts import Committee
from app.procurement.rules import methods
from app.procurement.tenders import Tender, TenderState, lists, places
from app.web import current, listing
from app.web.tenders import blueprint
from app.web.tenders.heads import PHASES, TONES, head, phase_of, tender_of
from app.web.tenders.overriding import findings
from app.workflow import facts

KINDS = {
    "tender": Text("Tender notice", "招标公告"),
    "change": Text("Correction notice", "更正公告"),
    "clarification": Text("Clarification notice", "澄清公告"),
    "failure": Text("Failed-tender notice", "废标公告"),
    "termination": Text("Termination notice", "终止公告"),
    "award": Text("Award notice", "中标公告"),
}


@blueprint.get("")
def index() -> AnyResponse | str:
    """List the tenders of one's organisation."""
    session, actor, now = current.session(), current.actor(), current.now()
    asked = listing.asked(sorts=("-deadline", "-published", "-number", "-estimate"))
    phase = listing.chosen("phase", PHASES)
    rows, total = lists.find(
        session,
        actor,
        now,
        phase=phase,
        search=asked.search,
        by=asked.by,
        descending=asked.is_descending,
        offset=asked.offset,
        limit=asked.limit,
    )
    if asked.wants_csv:
        header = (
            Text("Number", "项目编号"),
            Text("Title", "项目名称"),
            Text("Phase", "阶段"),
            Text("Deadline", "截止"),
        )
        lines = ((t.project.number, t.project.title, PHASES[phase_of(t)], t.bid_deadline_at) for t in rows)
        return listing.csv("tenders", header, lines)
    return render_template(
        "tenders/index.html",
        lead=_lead(rows),
        rows=listing.Rows([(tender, phase_of(tender)) for tender in rows], asked.page, asked.size, total),
        asked=asked,
        phase=phase,
        phases=PHASES,
        tones=TONES,
        outcome=projects.outcome,
        counts=lists.counts(session, actor, now, search=asked.search),
    )


def _lead(listed: Sequence[Tender]) -> Text:
    """What is listed, by its methods."""
    found = {tender.method: methods.named(tender.method) for tender in listed} or {"": methods.main()}
    english = " and ".join(f"{method.within.en}s" for method in found.values())
    chinese = "、".join(method.name.zh for method in found.values())
    return Text(
        f"{english[0].upper()}{english[1:]} that your organisation buys, runs or supervises.",
        f"本单位采购、代理或监管的{chinese}项目。",
    )


@blueprint.get("/<tender_id>")
def show(tender_id: str) -> str:
    """Show a tender: its deadline, its lots, its documents, what was published."""
    session, tender = current.session(), tender_of(tender_id)
    published = [(notice, text_of(notice.title), _papers(notice)) for notice in reversed(tender.notices)]
    return render_template(
        "tenders/show.html",
        **head(tender, "tenders.show"),
        published=published,
        kinds=KINDS,
        papers=_papers(tender.versions[-1]) if tender.versions else _papers(tender, "draft_"),
        attachments=tenders.of_draft(tender),
        notice_at=tenders.notice_at(session, tender.project) if tender.state == TenderState.CONFIRMED else None,
        findings=[] if tender.published_at else findings(tender),
        overrides=[
            (places.place(each.place), text_of(each.problem), facts.of_override(each)) for each in tender.overrides
        ],
        timetable=facts.of_timetable(session, tender.project_id),
        takers=_takers(tender),
        evaluated=_lots_evaluated(tender),
        drawn=_lots_drawn(tender),
        standing=tenders.standing,
    )


@blueprint.get("/<tender_id>/versions")
def versions(tender_id: str) -> str:
    """Show every published version of the documents, and what differs from the one before."""
    tender = tender_of(tender_id)
    made = {change.version: change for change in tender.changes}
    session = current.session()
    shown = [
        (version, made.get(version.number), _papers(version), tenders.of_version(session, tender, version))
        for version in reversed(tender.versions)
    ]
    return render_template(
        "tenders/versions.html", **head(tender, "tenders.versions"), versions=shown, place=places.place
    )


@blueprint.get("/<tender_id>/questions")
def questions(tender_id: str) -> str:
    """Show the questions, without their askers, and where those that wait are answered."""
    session, actor, tender = current.session(), current.actor(), tender_of(tender_id)
    asked = tenders.public_questions(session, tender.id)
    waiting = select(OpenTaskRow).where(
        OpenTaskRow.element_id == "answer_question", OpenTaskRow.business_key == tender.project.number
    )
    mine = [task for task in session.scalars(waiting.order_by(OpenTaskRow.due_at)) if tasks.may(actor, task)]
    stated_by = {each.id: facts.person(session, each.answered_by or "") for each in tender.questions if each.effect}
    return render_template(
        "tenders/questions.html",
        **head(tender, "tenders.questions"),
        questions=asked,
        stated_by=stated_by,
        tasks=mine,
    )


def _papers(row: Any, prefix: str = "document_") -> list[Document]:
    """The drawn files of a row, Chinese and English."""
    ids = [getattr(row, f"{prefix}{language}_id") for language in ("zh", "en")]
    return [documents.get(current.session(), document_id) for document_id in ids if document_id]


def _lots_evaluated(tender: Tender) -> set[str]:
    """The lots whose evaluation report this person may read."""
    session, actor = current.session(), current.actor()
    return {lot.id for lot in tender.project.lots if evaluation.report_visible_to(session, actor, lot.id)}


def _lots_drawn(tender: Tender) -> set[str]:
    """The lots whose committee is public."""
    revealed = select(Committee.lot_id).where(
        Committee.lot_id.in_([lot.id for lot in tender.project.lots]), Committee.revealed_at.is_not(None)
    )
    return set(current.session().scalars(revealed))


def _takers(tender: Tender) -> list[tuple[Text, Any]]:
    """Who took the documents: for the opening host, after the deadline (O87 28)."""
    if not tenders.accesses_visible_to(current.actor(), tender, current.now()):
        return []
    return tenders.takers(current.session(), tender.id)
