"""The pages of a task: looked at, filled in, saved for later, taken on, given back, done."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import forms, tasks
from app.engine.history import Done
from app.engine.tasks import Shown, TaskChanged, TaskHeld
from app.foundation import repeats
from app.foundation.errors import Conflict, NotAllowed, Refusal
from app.foundation.text import Text
from app.web import current, errors, files, language, listing, notices
from app.web.answers import redirect, redirect_to
from app.web.tasks import entries, pages, sections, uploads
from app.web.tasks.entries import Entry, Texts
from app.workflow.intake.tenders import preview_documents

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")

PREVIEWS = {"prepare_documents": preview_documents}
"""The forms whose paper can be looked at before they are sent, with what draws it from their values."""


@blueprint.get("/<task_id>")
def show(task_id: str) -> AnyResponse | str:
    """Show a task; one that is done says by whom, and when."""
    try:
        shown = _shown(task_id)
    except TaskChanged:
        return redirect("tasks.done", task_id=task_id)
    return pages.task(shown, _entry(shown))


@blueprint.post("/<task_id>")
@files.takes_files(many=True)
def submit(task_id: str) -> AnyResponse:
    """Do what the pressed button says: complete the task, keep a draft, or change the form and show it again."""
    try:
        shown = _shown(task_id)
    except TaskChanged:
        return _after_the_act(task_id)
    typed, problems = _typed(shown)
    if entries.REDRAWN & request.form.keys():
        return Response(pages.task(shown, _entry(shown, typed, problems), problems=problems))
    if "_save" in request.form:
        return _keep(shown, typed, problems)
    if problems:
        return _refused(shown, typed, problems)
    if "_preview" in request.form:
        return _previewed(shown, typed)
    return _complete(shown, typed)


@blueprint.post("/<task_id>/draft")
def save_draft(task_id: str) -> AnyResponse:
    """Keep what was typed so far (for the script that saves by itself), and say how far each section of the form is."""
    shown = _shown(task_id)
    typed = _posted(shown)
    _save(shown, typed)
    entry = _entry(shown, typed)
    found = sections.of(entry, current.zone()) if entry is not None else []
    parts = {"sections": render_template("tasks/sections.html", sections=found)} if found else {}
    return jsonify(saved_at=current.now().isoformat(), parts=parts)


@blueprint.post("/<task_id>/claim")
def claim(task_id: str) -> AnyResponse:
    """Take a task on."""
    task = tasks.claim(current.engine(), current.session(), current.actor(), task_id)
    name = task.name
    current.commit()
    notices.notice(Text("You claimed “%(task)s”.", "您已领取“%(task)s”。").filled(task=name), link=_link_to(task_id))
    return redirect_to(pages.back_to(task_id))


@blueprint.post("/<task_id>/give-back")
def give_back(task_id: str) -> AnyResponse:
    """Offer a task that one took on to the others again."""
    task = tasks.give_back(current.engine(), current.session(), current.actor(), task_id)
    name = task.name
    current.commit()
    more = Text("It is in the inbox of everyone who can do it again.", "该任务已重新开放给所有可办理人员领取。")
    notices.notice(Text("You released “%(task)s”.", "您已取消领取“%(task)s”。").filled(task=name), more)
    return redirect("inbox.index")


@blueprint.post("/<task_id>/hand-over")
def hand_over(task_id: str) -> AnyResponse:
    """Give a task that one has taken on to a colleague it is also for; an administrator gives anybody's."""
    session, actor = current.session(), current.actor()
    shown = _shown(task_id)
    wanted = request.form.get("colleague", "")
    to = next((each for each in pages.colleagues(shown) if each.id == wanted), None)
    if to is None:
        notices.notice(
            Text("Choose a colleague.", "请选择接手办理的同事。"),
            Text("The task has not been reassigned.", "任务仍由原办理人办理。"),
            tone="bad",
        )
        return redirect("tasks.show", task_id=task_id)
    task = tasks.assign(current.engine(), session, actor, task_id, to)
    name = task.name
    current.commit()
    notices.notice(
        Text("You reassigned “%(task)s” to %(who)s.", "您已将“%(task)s”转交给%(who)s。").filled(task=name, who=to.name),
        Text("It is now in their inbox.", "任务已在对方的待办中。"),
    )
    return redirect("inbox.index")


@blueprint.get("/<task_id>/done")
def done(task_id: str) -> AnyResponse | str:
    """Say what was done, what happens next, and which task is next."""
    found = pages.outcome(task_id)
    if found is None:
        return redirect("tasks.show", task_id=task_id)
    return render_template("tasks/done.html", **found)


# -- what was posted


def _shown(task_id: str) -> Shown:
    return tasks.show(current.engine(), current.session(), current.actor(), task_id)


def _prepared(shown: Shown) -> Texts:
    assert shown.form is not None
    return entries.in_texts(shown.form, shown.values, current.zone())


def _posted(shown: Shown) -> Texts:
    """What the browser sent, as far as it belongs to the form."""
    if shown.form is None:
        return Texts()
    return entries.laid_over(shown.form, _prepared(shown), entries.posted(shown.form, request.form))


def _typed(shown: Shown) -> tuple[Texts, list[Refusal]]:
    """What was posted, with its files kept and its rows as the button asks; and the files that can't be taken."""
    form = shown.form
    if form is None:
        return Texts(), []
    typed, refused = uploads.typed(form, uploads.form_of(shown.task), _prepared(shown))
    return typed, [*refused, *uploads.problems(form, typed, uploads.cases_of(shown.instance))]


def _entry(shown: Shown, typed: Texts | None = None, problems: list[Refusal] | None = None) -> Entry | None:
    """The form with what was typed, else with the draft, else with what is prepared."""
    form = shown.form
    if form is None:
        return None
    if typed is None:
        typed = _prepared(shown)
        if shown.draft is not None:
            typed = entries.laid_over(form, typed, entries.posted(form, shown.draft))
    return Entry(form, typed, shown.options, entries.by_field(problems or ()), uploads.documents_in(form, typed))


# -- drafts


def _save(shown: Shown, typed: Texts) -> None:
    tasks.save_draft(
        current.engine(),
        current.session(),
        current.actor(),
        shown.task.id,
        entries.kept(typed),
        seen_version=_seen_version(),
    )
    current.commit()


def _keep(shown: Shown, typed: Texts, problems: list[Refusal]) -> AnyResponse:
    """Keep a draft by the button, for whoever has no script; what isn't in it is said."""
    task_id = shown.task.id
    try:
        _save(shown, typed)
    except (Conflict, NotAllowed) as refusal:
        current.session().rollback()
        return _not_done(task_id, typed, refusal)
    if problems:
        return _refused(_shown(task_id), typed, problems)
    more = Text("You can continue it here or from your inbox.", "可在此页面或待办中继续填写。")
    notices.notice(Text("Your draft has been saved.", "草稿已保存。"), more)
    return redirect("tasks.show", task_id=task_id)


# -- the act


def _complete(shown: Shown, typed: Texts) -> AnyResponse:
    """Complete the task once, however often its form is sent."""
    session, actor, task_id = current.session(), current.actor(), shown.task.id
    key, place = request.form.get("_key", ""), url_for("tasks.done", task_id=task_id)
    if key and (answered := repeats.earlier(session, actor, key)) is not None:
        return redirect_to(answered)
    values = {} if shown.form is None else entries.values(shown.form, typed, current.zone())
    try:
        row = tasks.complete(
            current.engine(),
            session,
            actor,
            task_id,
            values,
            seen_version=_seen_version(),
            arrived_at=current.arrived_at(),
        )
        if shown.form is not None:
            uploads.hand_in(shown.form, typed, row)
        if key:
            repeats.answer(session, actor, key, place)
        current.commit()
    except Refusal as refusal:
        session.rollback()
        return _not_done(task_id, typed, refusal)
    return redirect_to(place)


def _previewed(shown: Shown, typed: Texts) -> AnyResponse:
    """The paper as the form's values make it; what they did is undone, and the form stays as it was typed."""
    assert shown.form is not None, "a task without a form has no values"
    session, form = current.session(), shown.form
    try:
        values = forms.take(form, entries.values(form, typed, current.zone()), zone=current.zone())
        if found := forms.errors(form, values, options=shown.options, zone=current.zone()):
            forms.refuse(found)
        draw, project_id = PREVIEWS[form.id], shown.variables["project_id"]
        drawn = draw(session, current.actor(), project_id, values, language.language())
    except Refusal as refusal:
        session.rollback()
        return _not_done(shown.task.id, typed, refusal)
    session.rollback()
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = "inline; filename=preview.pdf"
    return answer


def _seen_version() -> int | None:
    seen = request.form.get("_version", "")
    return listing.whole(seen)


def _refused(shown: Shown, typed: Texts, problems: list[Refusal]) -> AnyResponse:
    """The form again with everything that was typed, and what is wrong with it."""
    status = max(errors.status_of(type(problem)) for problem in problems)
    return Response(pages.task(shown, _entry(shown, typed, problems), problems=problems), status)


def _not_done(task_id: str, typed: Texts, refusal: Refusal) -> AnyResponse:
    """Nothing was done: all that was typed, and what is wrong; or what somebody else did in between, if that is why."""
    try:
        shown = _shown(task_id)
    except TaskChanged:
        return _after_the_act(task_id)
    if not isinstance(refusal, TaskChanged | TaskHeld):
        return _refused(shown, typed, errors.parts_of(refusal))
    page = pages.task(shown, _entry(shown, typed), changed=refusal, seen=_seen_history())
    return Response(page, errors.status_of(type(refusal)))


def _seen_history() -> int:
    seen = request.form.get("_seen", "")
    return listing.whole(seen) or 0


def _after_the_act(task_id: str) -> AnyResponse:
    """A task that is done: by the same form a moment ago (then its answer), or by somebody else."""
    key = request.form.get("_key", "")
    session, actor = current.session(), current.actor()
    answered = repeats.earlier(session, actor, key) if key else None
    if answered is not None:
        return redirect_to(answered)
    session.rollback()
    found = pages.outcome(task_id)
    if found is None:
        raise tasks.NoSuchTask
    return Response(render_template("tasks/done.html", **found, lost=_lost(found["closed"])), 409)


def _lost(closed: Done) -> list[tuple[Text | None, str | Text]]:
    """What was entered in vain, each with the name of its field, as it was read on the page."""
    form = tasks.form_of_closed(current.engine(), current.session(), closed)
    if form is None:
        given = {name: texts for name, texts in request.form.lists() if name[:1] != "_" and name != "csrf_token"}
        return [(None, text) for texts in given.values() for text in texts if text.strip()]
    typed = entries.posted(form, request.form)
    return list(entries.in_words(form, typed, uploads.documents_in(form, typed)))


def _link_to(task_id: str) -> tuple[str, Text]:
    return url_for("tasks.show", task_id=task_id), Text("Open", "打开")
