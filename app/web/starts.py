"""Starting something new: the procedures a person may begin, and the forms that some of them begin with."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app.engine import tasks
from app.engine.forms import Form
from app.engine.projection import name_of
from app.engine.records import Definition, InstanceRow, OpenTaskRow
from app.foundation import repeats
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.web import current, errors, files, listing, notices
from app.web.answers import redirect, redirect_to
from app.web.tasks import entries, uploads
from app.web.tasks.entries import Entry, Texts
from app.workflow import starts

blueprint = Blueprint("starts", __name__, url_prefix="/start")


@blueprint.get("")
def index() -> str:
    """List the procedures the person may start."""
    engine, session, actor = current.engine(), current.session(), current.actor()
    offered = [
        (
            definition,
            _first_step(definition.key, definition.deployment_id),
            starts.form_of(engine, session, definition),
            starts.draft(session, actor, definition.key),
        )
        for definition in starts.offered(engine, session, actor)
    ]
    return render_template("starts/index.html", offered=offered, new_key=repeats.new_key)


@blueprint.get("/<process_id>")
def show(process_id: str) -> AnyResponse | str:
    """Show the form that a procedure begins with, as far as the person has filled it in."""
    definition, form = _asked(process_id)
    return redirect("starts.index") if form is None else _page(definition, form)


@blueprint.post("/<process_id>")
@files.takes_files(many=True)
def start(process_id: str) -> AnyResponse:
    """Start a procedure, with its form where it has one; or keep a draft, or change the form and show it again."""
    definition, form = _asked(process_id)
    if form is None:
        return _started(process_id, {})
    typed, problems = uploads.typed(form, form.id, Texts())
    problems += uploads.problems(form, typed, set())
    if entries.REDRAWN & request.form.keys():
        return Response(_page(definition, form, typed, problems))
    if "_save" in request.form:
        return _kept(definition, form, typed, problems)
    if problems:
        return _refused(definition, form, typed, problems)
    try:
        return _started(process_id, entries.values(form, typed, current.zone()), form, typed)
    except Refusal as refusal:
        current.session().rollback()
        definition, form = _asked(process_id)
        if form is None:
            raise
        return _refused(definition, form, typed, errors.parts_of(refusal))


@blueprint.post("/<process_id>/draft")
def save_draft(process_id: str) -> AnyResponse:
    """Keep what was typed so far (for the script that saves by itself)."""
    _, form = _asked(process_id)
    if form is None:
        raise starts.MayNotStart
    _keep(process_id, entries.posted(form, request.form))
    return jsonify(saved_at=current.now().isoformat())


@blueprint.post("/<process_id>/draft/discard")
def discard_draft(process_id: str) -> AnyResponse:
    """Delete what was entered in a form of which nothing was sent."""
    _asked(process_id)
    starts.forget_draft(current.session(), current.actor(), process_id)
    current.commit()
    notices.notice(DISCARDED)
    return redirect("starts.index")


@blueprint.post("/discard/<instance_id>")
def discard(instance_id: str) -> AnyResponse:
    """Discard a case of which nothing was sent yet."""
    starts.discard(current.engine(), current.session(), current.actor(), instance_id)
    current.commit()
    notices.notice(DISCARDED)
    return redirect("inbox.index")


DISCARDED = Text("The draft has been discarded. No one else has seen it.", "草稿已放弃，未提交给任何人。")


def _asked(process_id: str) -> tuple[Definition, Form | None]:
    engine, session = current.engine(), current.session()
    definition = starts.to_start(engine, session, current.actor(), process_id)
    return definition, starts.form_of(engine, session, definition)


def _started(
    process_id: str, values: dict[str, object], form: Form | None = None, typed: Texts | None = None
) -> AnyResponse:
    """Start a procedure and go to its first task; the same form sent again starts nothing more."""
    session, actor, key = current.session(), current.actor(), request.form.get("_key", "")
    if key and (answered := repeats.earlier(session, actor, key)) is not None:
        return redirect_to(answered)
    seen = listing.whole(request.form.get("_version", ""))
    row = starts.start(current.engine(), session, actor, process_id, values, seen_version=seen)
    if form is not None and typed is not None:
        uploads.hand_in(form, typed, row)
    place = _first_task(row) or url_for("cases.show", instance_id=row.id)
    if key:
        repeats.answer(session, actor, key, place)
    current.commit()
    notices.notice(Text("The case has been started.", "流程已发起。"))
    return redirect_to(place)


# -- the form


def _page(definition: Definition, form: Form, typed: Texts | None = None, problems: list[Refusal] | None = None) -> str:
    """The form with what was typed, else with the person's draft."""
    draft = starts.draft(current.session(), current.actor(), definition.key)
    if typed is None:
        typed = entries.posted(form, draft.entered if draft is not None else Texts())
    return render_template(
        "starts/form.html",
        definition=definition,
        form=form,
        entry=Entry(form, typed, {}, entries.by_field(problems or []), uploads.documents_in(form, typed)),
        draft=draft,
        problems=problems or [],
        key=repeats.new_key(),
    )


def _refused(definition: Definition, form: Form, typed: Texts, problems: list[Refusal]) -> AnyResponse:
    """The form again with everything that was typed, and what is wrong with it."""
    status = max(errors.status_of(type(problem)) for problem in problems)
    return Response(_page(definition, form, typed, problems), status)


def _keep(process_id: str, typed: Texts) -> None:
    starts.save_draft(current.engine(), current.session(), current.actor(), process_id, entries.kept(typed))
    current.commit()


def _kept(definition: Definition, form: Form, typed: Texts, problems: list[Refusal]) -> AnyResponse:
    """Keep a draft by the button, for whoever has no script; what isn't in it is said."""
    _keep(definition.key, typed)
    if problems:
        return _refused(definition, form, typed, problems)
    more = Text("You can continue it here, under “Start a new case”.", "可在“发起新流程”中继续填写。")
    notices.notice(Text("Your draft has been saved.", "草稿已保存。"), more)
    return redirect("starts.show", process_id=definition.key)


# -- what comes first


def _first_task(row: InstanceRow) -> str | None:
    """The first open task of a case that is for the person who started it."""
    session, actor = current.session(), current.actor()
    waiting = session.scalars(select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id).order_by(OpenTaskRow.id))
    mine = next((task for task in waiting if tasks.may(actor, task)), None)
    return None if mine is None else url_for("tasks.show", task_id=mine.id)


def _first_step(process_id: str, deployment_id: str) -> Text | None:
    """What a procedure begins with: the name of the first task after its start."""
    process = current.engine().package(current.session(), deployment_id).diagrams.processes[process_id]
    begin, seen = process.body.none_start, set()
    while begin is not None and begin.id not in seen:
        seen.add(begin.id)
        if begin.is_activity:
            return name_of(begin, begin.id)
        begin = process.nodes.get(begin.outgoing[0].target) if begin.outgoing else None
    return None
