"""Tenders as those work with them who run them: lists, one with its versions and questions, its change, its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.engine import forms, tasks
from app.engine.forms import Form
from app.engine.records import OpenTaskRow
from app.foundation import documents, repeats
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.proposals import Proposal
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.procurement import evaluation, projects, queries, rules, tenders
from app.procurement.experts import Committee
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders import Reading, Tender, TenderState, lists, places
from app.web import current, errors, files, listing, notices
from app.web.tasks import entries, uploads
from app.web.tasks.entries import Entry, Texts
from app.workflow import cases, changes, facts
from app.workflow.feeding import overrides
from app.workflow.intake.tenders import documents_as_values, read_documents

blueprint = Blueprint("tenders", __name__, url_prefix="/tenders")

FORM = "prepare_documents"
PHASES = {
    "": Text("All", "全部"),
    "preparing": Text("In preparation", "编制中"),
    "open": Text("Taking bids", "投标中"),
    "closed": Text("After the deadline", "已截止"),
    "terminated": Text("Terminated", "已终止"),
}
TONES = {"preparing": "draft", "open": "now", "closed": "done", "terminated": "stopped"}
KINDS = {
    "tender": Text("Tender notice", "招标公告"),
    "change": Text("Correction notice", "更正公告"),
    "clarification": Text("Clarification notice", "澄清公告"),
    "failure": Text("Failed-tender notice", "废标公告"),
    "termination": Text("Termination notice", "终止公告"),
    "award": Text("Award notice", "中标公告"),
}
REDRAWN = frozenset({"_add", "_remove", "_drop"})
"""Buttons that only change the form."""

OF_OVERRIDES = (ReasonsMissing, overrides.AskedAlready, overrides.FindingGone)
"""What refuses the request for an override of a correction's finding, after the correction was read."""

# -- looking


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
        rows=listing.Rows([(tender, phase_of(tender)) for tender in rows], asked.page, asked.size, total),
        asked=asked,
        phase=phase,
        phases=PHASES,
        tones=TONES,
        outcome=projects.outcome,
        counts=lists.counts(session, actor, now, search=asked.search),
    )


@blueprint.get("/<tender_id>")
def show(tender_id: str) -> str:
    """Show a tender: its deadline, its lots, its documents, what was published."""
    session, tender = current.session(), _tender(tender_id)
    published = [(notice, text_of(notice.title), _papers(notice)) for notice in reversed(tender.notices)]
    return render_template(
        "tenders/show.html",
        **_head(tender, "tenders.show"),
        published=published,
        kinds=KINDS,
        papers=_papers(tender.versions[-1]) if tender.versions else _papers(tender, "draft_"),
        attachments=tenders.of_draft(tender),
        notice_at=tenders.notice_at(session, tender.project) if tender.state == TenderState.CONFIRMED else None,
        findings=[] if tender.published_at else _findings(tender),
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
    tender = _tender(tender_id)
    made = {change.version: change for change in tender.changes}
    session = current.session()
    shown = [
        (version, made.get(version.number), _papers(version), tenders.of_version(session, tender, version))
        for version in reversed(tender.versions)
    ]
    return render_template(
        "tenders/versions.html", **_head(tender, "tenders.versions"), versions=shown, place=places.place
    )


@blueprint.get("/<tender_id>/questions")
def questions(tender_id: str) -> str:
    """Show the questions, without their askers, and where those that wait are answered."""
    session, actor, tender = current.session(), current.actor(), _tender(tender_id)
    asked = tenders.public_questions(session, tender.id)
    waiting = select(OpenTaskRow).where(
        OpenTaskRow.element_id == "answer_question", OpenTaskRow.business_key == tender.project.number
    )
    mine = [task for task in session.scalars(waiting.order_by(OpenTaskRow.due_at)) if tasks.may(actor, task)]
    stated_by = {each.id: facts.person(session, each.answered_by or "") for each in tender.questions if each.effect}
    return render_template(
        "tenders/questions.html",
        **_head(tender, "tenders.questions"),
        questions=asked,
        stated_by=stated_by,
        tasks=mine,
    )


# -- findings that were misread


def _findings(tender: Tender) -> list[tuple[Text, Text, str | None, Proposal | None]]:
    """What the check finds in a draft: where, what, and of what may have been misread the mark and the waiting request."""
    session = current.session()
    found = tenders.preview(session, tender.project_id)
    shown, asked = facts.of_findings(found), overrides.asked(session, tender)
    may_ask = current.actor().has_role("agency-officer", tender.agency_id)
    marks = {reading.found: mark for mark, reading in tenders.readings(tender, found).items()} if may_ask else {}
    rows = [(fact[0], fact[1], marks.get(each)) for each, fact in zip(found, shown, strict=True)]
    return [(where, what, mark, asked.get(mark) if mark else None) for where, what, mark in rows]


@blueprint.route("/<tender_id>/findings/<mark>", methods=["GET", "POST"])
def override(tender_id: str, mark: str) -> AnyResponse | str:
    """Ask the buyer's reviewer to override a finding of the check."""
    session, tender = current.session(), _tender(tender_id)
    waiting = overrides.asked(session, tender).get(mark)
    if waiting is not None:
        return redirect(url_for("data.proposal", proposal_id=waiting.id))
    found = overrides.readings(session, tender)
    if mark not in found:
        raise overrides.FindingGone
    if request.method == "GET":
        return _overriding(tender, found[mark])
    try:
        return _asked(tender, found, mark)
    except Refusal as refusal:
        session.rollback()
        page = _overriding(_tender(tender_id), found[mark], errors.parts_of(refusal))
        return Response(page, errors.status_of(type(refusal)))


def _asked(
    tender: Tender, found: Mapping[str, Reading], mark: str, entered: dict[str, list[str]] | None = None
) -> AnyResponse:
    session, reasons = current.session(), request.form.get(f"why-{mark}", "")
    made = overrides.ask(
        session, current.actor(), tender=tender, readings=found, mark=mark, reasons=reasons, entered=entered
    )
    current.commit()
    notices.notice(
        Text("The override has been requested.", "已申请认定误报。"),
        Text("The buyer's reviewer finds it in the inbox and decides.", "采购人审核人将在待办中查看并决定。"),
    )
    return redirect(url_for("data.proposal", proposal_id=made.id))


def _overriding(tender: Tender, reading: Reading, problems: Sequence[Refusal] = ()) -> str:
    return render_template(
        "tenders/override.html",
        **_head(tender, "tenders.override"),
        found=facts.of_findings([reading.found]),
        mark=reading.mark,
        reasons=request.form.get(f"why-{reading.mark}", ""),
        problems=problems,
    )


# -- changing


@blueprint.get("/<tender_id>/change")
def change(tender_id: str) -> str:
    """Show the form that changes published documents, as they stand now."""
    tender, form = _changeable(tender_id), _form()
    published, asked_with = _as_published(form, tender), request.args.get("entry")
    if asked_with is None:
        return _changing(tender, _entry(form, published))
    entered = overrides.entered(current.session(), current.actor(), tender_id, asked_with)
    texts = entries.laid_over(form, published, entries.posted(form, entered)) if entered else published
    return _changing(tender, _entry(form, texts), given=MultiDict(entered))


@blueprint.post("/<tender_id>/change")
@files.takes_files(many=True)
def publish_change(tender_id: str) -> AnyResponse | str:
    """Do what the pressed button says: one row more or less, say what the change would come to, or publish it."""
    session, actor, form = current.session(), current.actor(), _form()
    tender = _changeable(tender_id)
    typed, wrong = _typed(form, tender)
    if REDRAWN & request.form.keys():
        return _changing(tender, _entry(form, typed, wrong), problems=wrong)
    if wrong:
        return _refused(tender_id, form, typed, wrong)
    key, place = request.form.get("_key", ""), url_for("tenders.versions", tender_id=tender_id)
    if (
        not {"_preview", "_override"} & request.form.keys()
        and (answered := repeats.earlier(session, actor, key)) is not None
    ):
        return redirect(answered)
    try:
        wanted = _read(form, typed)
        if {"_preview", "_override"} & request.form.keys():
            seen = tenders.preview_change(session, actor, tender_id=tender_id, **wanted)
            if "_override" in request.form:
                return _asked(_tender(tender_id), seen.readings, request.form["_override"], _entered(typed))
            session.rollback()
            return _changing(_tender(tender_id), _entry(form, typed), preview=seen)
        made = changes.change(
            current.engine(),
            session,
            actor,
            tender_id=tender_id,
            reasons=request.form.get("reasons", ""),
            keeper=current.house().keeper,
            cures=request.form.getlist("cures"),
            signer=current.house().authority,
            arrived_at=current.arrived_at(),
            **wanted,
        )
        repeats.answer(session, actor, key, place)
        current.commit()
    except Refusal as refusal:
        session.rollback()
        return _refused(tender_id, form, typed, errors.parts_of(refusal))
    moved = made.new_deadline_at > made.old_deadline_at
    said = Text("The deadline has moved; ", "投标截止时间已顺延；") if moved else Text("", "")
    told = Text(
        "all suppliers that got the tender documents are notified by email.", "已邮件通知所有获取招标文件的供应商。"
    )
    notices.notice(
        Text("Version %(number)s is published.", "第%(number)s版已发布。").filled(number=made.version),
        Text(*(first + second for first, second in zip(said, told, strict=True))),
    )
    return redirect(place)


def _entered(typed: Texts) -> dict[str, list[str]]:
    """All that was entered of a correction, its reasons and what it cures too."""
    beside = {name: request.form.getlist(name) for name in ("reasons", "cures")}
    return entries.kept(typed) | beside


def _read(form: Form, typed: Texts) -> dict[str, Any]:
    """What was entered, as the act takes it; raises what the form says is wrong."""
    values = forms.take(form, forms.coerce(form, typed, zone=current.zone()), zone=current.zone())
    found = forms.errors(form, values, zone=current.zone())
    if found:
        forms.refuse(found)
    return read_documents(values)


def _typed(form: Form, tender: Tender) -> tuple[Texts, list[Refusal]]:
    """What was posted, with its files kept and its rows as the button asks; and the files that can't be taken."""
    typed, refused = uploads.typed(form, FORM, _as_published(form, tender))
    return typed, [*refused, *uploads.problems(form, typed, {tender.project_id})]


def _entry(form: Form, typed: Texts, problems: list[Refusal] | None = None) -> Entry:
    by_field = {problem.field: problem.sentence for problem in reversed(problems or []) if problem.field}
    return Entry(form, typed, problems=by_field, documents=uploads.documents_in(form, typed))


def _as_published(form: Form, tender: Tender) -> Texts:
    return entries.in_texts(form, documents_as_values(tender), current.zone())


def _refused(tender_id: str, form: Form, typed: Texts, problems: list[Refusal]) -> AnyResponse:
    judged = (tenders.FindingsOpen, *OF_OVERRIDES) if "_override" in request.form else tenders.FindingsOpen
    is_read = any(isinstance(problem, judged) for problem in problems)
    preview = _found_in(tender_id, form, typed) if is_read else None
    page = _changing(_tender(tender_id), _entry(form, typed, problems), preview=preview, problems=problems)
    return Response(page, max(errors.status_of(type(problem)) for problem in problems))


def _found_in(tender_id: str, form: Form, typed: Texts) -> tenders.Preview:
    """What stands against a correction as it was entered."""
    session = current.session()
    seen = tenders.preview_change(session, current.actor(), tender_id=tender_id, **_read(form, typed))
    session.rollback()
    return seen


def _changing(
    tender: Tender,
    entry: Entry,
    *,
    preview: tenders.Preview | None = None,
    problems: list[Refusal] | None = None,
    given: MultiDict[str, str] | None = None,
) -> str:
    now = current.now()
    return render_template(
        "tenders/change.html",
        **_head(tender, "tenders.change"),
        entry=entry,
        problems=problems or [],
        preview=preview,
        preview_findings=_findings_of(preview) if preview else [],
        place=places.place,
        deadline_after=tenders.deadline_after(current.session(), tender, now),
        rule=_period_rule(tender),
        held=[query for lot in tender.project.lots for query in queries.uncured(current.session(), lot.id)],
        key=repeats.new_key(),
        given=request.form if given is None else given,
    )


def _findings_of(preview: tenders.Preview) -> list[tuple[Text, Text, str | None]]:
    """What the check finds in a correction: where, what, and the mark of what may have been misread."""
    marks = {reading.found: mark for mark, reading in preview.readings.items()}
    shown = facts.of_findings(preview.findings)
    return [(fact[0], fact[1], marks.get(found)) for found, fact in zip(preview.findings, shown, strict=True)]


def _period_rule(tender: Tender) -> rules.Rule:
    return rules.find(
        "clarification_period",
        on=local_day(current.now()),
        object=tender.project.object,
        method=tender.method,
        jurisdiction=tenders.jurisdiction(current.session(), tender.project),
    )


# -- ending


@blueprint.get("/<tender_id>/terminate")
def terminate(tender_id: str) -> str:
    """Ask for the reasons of a termination."""
    tender = _tender(tender_id)
    if tender.state != TenderState.PUBLISHED:
        raise tenders.TenderNotOpen(state=tenders.STATE_NAMES[tender.state])
    return _terminating(tender, "", [])


@blueprint.post("/<tender_id>/terminate")
def publish_termination(tender_id: str) -> AnyResponse:
    """The buyer ends a tender for a major change."""
    session, reasons = current.session(), request.form.get("reasons", "")
    try:
        changes.terminate(
            current.engine(),
            session,
            current.actor(),
            tender_id=tender_id,
            reasons=reasons,
            signer=current.house().authority,
        )
        current.commit()
    except Refusal as refusal:
        session.rollback()
        page = _terminating(_tender(tender_id), reasons, errors.parts_of(refusal))
        return Response(page, errors.status_of(type(refusal)))
    notices.notice(
        Text("The tender has been terminated.", "招标已终止。"),
        Text(
            "The termination notice has been published, bid bonds will be returned and suppliers have been notified.",
            "终止公告已发布，投标保证金进入退还程序，供应商已获通知。",
        ),
    )
    return redirect(url_for("tenders.show", tender_id=tender_id))


def _terminating(tender: Tender, reasons: str, problems: list[Refusal]) -> str:
    return render_template(
        "tenders/terminate.html", **_head(tender, "tenders.terminate"), reasons=reasons, problems=problems
    )


# -- what the pages share


def _tender(tender_id: str) -> Tender:
    return tenders.get(current.session(), tender_id)


def _changeable(tender_id: str) -> Tender:
    """A tender that is open for bids; what has closed isn't changed any more."""
    tender = _tender(tender_id)
    if not tenders.open_for_bids(tender, current.arrived_at()):
        raise tenders.DeadlinePassed
    return tender


def _form() -> Form:
    form = current.engine().forms.get(FORM)
    assert form is not None, f"the form {FORM} comes with the program"
    return form


def phase_of(tender: Tender) -> str:
    """The phase of a tender now."""
    if tender.published_at is None:
        return "preparing"
    if tender.state == "terminated":
        return "terminated"
    return "open" if tenders.open_for_bids(tender, current.now()) else "closed"


def _head(tender: Tender, endpoint: str) -> dict[str, Any]:
    """What stands above every page of a tender."""
    session, actor, phase = current.session(), current.actor(), phase_of(tender)
    unanswered = sum(question.answer is None for question in tender.questions)
    parts = [
        ("tenders.show", Text("Overview", "概览")),
        ("tenders.versions", Text("Versions", "文件版本")),
        ("tenders.questions", Text("Questions", "询问与答复")),
    ]
    return {
        "tender": tender,
        "project": tender.project,
        "phase": phase,
        "phase_name": PHASES[phase],
        "tone": TONES[phase],
        "parts": [(url_for(name, tender_id=tender.id), words, name == endpoint) for name, words in parts],
        "may_terminate": tender.state == TenderState.PUBLISHED and actor.has_role("buyer-reviewer", tender.buyer_id),
        "may_change": phase == "open" and actor.has_role("agency-officer", tender.agency_id),
        "unanswered": unanswered,
        "case": cases.instance_of(session, tender.project_id),
    }


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
