"""The correction of published documents: entered in the form they were drafted in, looked at beforehand, published."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.engine import forms
from app.engine.forms import Form
from app.foundation import repeats
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.procurement import queries, rules, tenders
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders import Tender, places
from app.web import current, errors, files, notices
from app.web.answers import redirect_to
from app.web.tasks import entries, uploads
from app.web.tasks.entries import Entry, Texts
from app.web.tenders import blueprint
from app.web.tenders.heads import head, tender_of
from app.web.tenders.overriding import asked_for
from app.workflow import changes, facts
from app.workflow.documents_form import documents_as_values, read_documents
from app.workflow.feeding import overrides

FORM = "prepare_documents"
OF_OVERRIDES = (ReasonsMissing, overrides.AskedAlready, overrides.FindingGone)
"""What refuses the request for an override of a correction's finding, after the correction was read."""


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
    if entries.REDRAWN & request.form.keys():
        return _changing(tender, _entry(form, typed, wrong), problems=wrong)
    if wrong:
        return _refused(tender_id, form, typed, wrong)
    key, place = request.form.get("_key", ""), url_for("tenders.versions", tender_id=tender_id)
    if (
        not {"_preview", "_override"} & request.form.keys()
        and (answered := repeats.earlier(session, actor, key)) is not None
    ):
        return redirect_to(answered)
    try:
        wanted = _read(form, typed)
        if {"_preview", "_override"} & request.form.keys():
            seen = tenders.preview_change(session, actor, tender_id=tender_id, **wanted)
            if "_override" in request.form:
                return asked_for(tender_of(tender_id), seen.readings, request.form["_override"], _entered(typed))
            session.rollback()
            return _changing(tender_of(tender_id), _entry(form, typed), preview=seen)
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
    return redirect_to(place)


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
    return Entry(form, typed, problems=entries.by_field(problems or ()), documents=uploads.documents_in(form, typed))


def _as_published(form: Form, tender: Tender) -> Texts:
    return entries.in_texts(form, documents_as_values(tender), current.zone())


def _refused(tender_id: str, form: Form, typed: Texts, problems: list[Refusal]) -> AnyResponse:
    judged = (tenders.FindingsOpen, *OF_OVERRIDES) if "_override" in request.form else tenders.FindingsOpen
    is_read = any(isinstance(problem, judged) for problem in problems)
    preview = _found_in(tender_id, form, typed) if is_read else None
    page = _changing(tender_of(tender_id), _entry(form, typed, problems), preview=preview, problems=problems)
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
        **head(tender, "tenders.change"),
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
    return rules.law(current.session(), tender.project).rule("clarification_period")


def _changeable(tender_id: str) -> Tender:
    """A tender that is open for bids; what has closed isn't changed any more."""
    tender = tender_of(tender_id)
    if not tenders.open_for_bids(tender, current.arrived_at()):
        raise tenders.DeadlinePassed(under=rules.law(current.session(), tender.project))
    return tender


def _form() -> Form:
    form = current.engine().forms.get(FORM)
    assert form is not None, f"the form {FORM} comes with the program"
    return form
