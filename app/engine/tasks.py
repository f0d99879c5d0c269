"""The first door: a person takes a task, fills in its form and completes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.engine import corridor, forms, history, instances, locks, spiff
from app.engine.acts import IntakeContext
from app.engine.engine import ADMINISTRATOR, Engine
from app.engine.inbox import Counts, Facet, Filters, Page, counts, facets, inbox
from app.engine.projection import offer_anew
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import arrivals, clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotAllowed, NotFound, Refusal
from app.foundation.text import Text

__all__ = [
    "Counts", "Facet", "Filters", "NoSuchTask", "NotYourTask", "Page", "SamePerson", "Shown", "TaskChanged", "TaskHeld", "assign",
    "claim", "complete", "counts", "facets", "form_of_closed", "give_back", "inbox", "may", "may_be_given", "obstacle", "save_draft", "show",
]  # fmt: skip


class NoSuchTask(NotFound):
    """There never was a task of that id."""

    text = Text("There is no such task.", "没有该任务。")


class NotYourTask(NotAllowed):
    """The person is neither the assignee nor one of the candidates."""

    text = Text("This task is not assigned to you.", "该任务未分派给您。")


class SamePerson(NotAllowed):
    """Separation of duties: who did one step may not do this one."""

    text = Text(
        "You did an earlier step of this case. Someone else must do this one.",
        "您已办理本流程的前序环节，本环节须由他人办理。",
    )


class TaskHeld(Conflict):
    """Somebody else has taken the task."""

    text = Text("%(who)s has claimed this task.", "该任务已由%(who)s领取。")


class TaskChanged(Conflict):
    """The task isn't as it was shown: done, gone, or in other hands. ``done`` says who did it and when, if it is done."""

    text = Text("This task has changed since you opened it.", "该任务在您打开后已发生变化。")

    def __init__(self, done: history.Done | None = None) -> None:
        self.done = done
        super().__init__()

    @property
    def sentence(self) -> Text:
        """Who did it, if somebody did."""
        if self.done is None:
            return self.text
        if self.done.kind == "completed":
            return Text("%(who)s has already done this task.", "%(who)s已办理该任务。").filled(who=self.done.actor_name)
        return Text("This task is no longer needed.", "该任务已不再需要。")


@dataclass(frozen=True)
class Shown:
    """A task as a page shows it: its form, the values to start from, the person's draft if there is one, choices, facts.

    ``notes`` are facts to know before one begins: why it came back, what a check found. ``documents`` are the ids of the
    documents to look at before deciding, ``tables`` (title, head, rows of Texts) what is judged, where it has two dimensions.
    """

    task: OpenTaskRow
    instance: InstanceRow
    form: forms.Form | None
    values: dict[str, Any] = field(default_factory=dict)
    draft: dict[str, Any] | None = None
    options: Mapping[str, list[forms.Option]] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    tables: list[Any] = field(default_factory=list)
    variables: Mapping[str, Any] = field(default_factory=dict)


def may(actor: Actor, task: OpenTaskRow) -> bool:
    """Whether the task is for this person: as assignee, candidate, or one of a candidate group.

    Where nobody is named, it is for administrators.
    """
    if actor.id in (task.assignee_id, task.claimed_by) or actor.id in task.candidate_users:
        return True
    if not actor.groups.isdisjoint(task.candidate_groups):
        return True
    named = task.assignee_id or task.claimed_by or task.candidate_users or task.candidate_groups
    return not named and actor.has_role(ADMINISTRATOR)


def complete(
    engine: Engine,
    session: Session,
    actor: Actor,
    task_id: str,
    values: Mapping[str, Any],
    *,
    seen_version: int | None = None,
    arrived_at: datetime | None = None,
) -> InstanceRow:
    """Complete a task with what the person entered, and let the instance go on.

    Of ``values`` only what the form knows is kept. A form with an intake hands them to it, in this transaction, and
    only the variables it gives enter the process. ``arrived_at``: when the request reached the server, for the intake.

    :raises TaskChanged: when it was done meanwhile, or isn't in ``seen_version``
    :raises forms.FormInvalid: with one refusal for each field; any refusal of the intake goes to the caller too
    """
    row, task = _locked(session, task_id)
    _refuse_others(session, actor, task)
    if seen_version is not None and task.version != seen_version:
        raise TaskChanged
    form = _form(engine, session, row, task)
    told: Mapping[str, Any] = {}
    if form is None:
        variables = dict(values)
    else:
        variables, told = _taken_in(engine, session, actor, row, task, form, values, arrived_at)
    facts = {"task": task.id, "element": task.element_id, "form": task.form_id, "names": sorted(variables)}
    _move(engine, session, actor, row, task, lambda live: live.complete(task.token_id, variables), told)
    journal.write(session, actor, case=row.id, act="tasks.complete", facts=facts)
    return row


def claim(
    _engine: Engine, session: Session, actor: Actor, task_id: str, *, seen_version: int | None = None
) -> OpenTaskRow:
    """Take a task on, so that it leaves the others' inboxes; taking one's own again changes nothing."""
    row, task = _locked(session, task_id)
    if task.claimed_by == actor.id:
        return task
    _refuse_others(session, actor, task)
    if seen_version is not None and task.version != seen_version:
        raise TaskChanged
    _hand_to(session, task, actor.id, actor.name)
    _note(session, actor, row, task, "claimed", "tasks.claim")
    return task


def give_back(_engine: Engine, session: Session, actor: Actor, task_id: str) -> OpenTaskRow:
    """Offer a task that one has taken to all its candidates again; administrators may give back anybody's."""
    row, task = _locked(session, task_id)
    if task.claimed_by is None or (task.claimed_by != actor.id and not actor.has_role(ADMINISTRATOR)):
        raise NotYourTask
    _hand_to(session, task, None, None)
    _note(session, actor, row, task, "given_back", "tasks.give_back")
    return task


def assign(_engine: Engine, session: Session, actor: Actor, task_id: str, to: Actor) -> OpenTaskRow:
    """Give a task to a person it is for: by its holder, or by an administrator (to anybody).

    :raises NotYourTask: when the actor may not give it, or the other may not have it
    :raises SamePerson: when separation of duties keeps it from the other
    """
    row, task = _locked(session, task_id)
    administrator = actor.has_role(ADMINISTRATOR)
    if not administrator and (task.holder_id != actor.id or not may(to, task)):
        raise NotYourTask
    _refuse_same_person(session, to, task)
    _hand_to(session, task, to.id, to.name)
    _note(session, actor, row, task, "assigned", "tasks.assign", to=to.name)
    return task


def may_be_given(session: Session, to: Actor, task: OpenTaskRow) -> bool:
    """Whether a task could be somebody's: it is for them, and separation of duties doesn't keep it from them."""
    return may(to, task) and not _done_before(session, to, task)


def save_draft(
    _engine: Engine,
    session: Session,
    actor: Actor,
    task_id: str,
    values: Mapping[str, Any],
    *,
    seen_version: int | None = None,
) -> datetime:
    """Keep what a person has entered so far, as it stands; returns when it was saved.

    :raises TaskChanged: when the task was done, or taken by somebody else
    """
    task = session.get(OpenTaskRow, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise _gone(session, task_id)
    _refuse_others(session, actor, task, duty=False)
    if seen_version is not None and task.version != seen_version:
        raise TaskChanged
    now = clock.now(session)
    task.draft, task.draft_by, task.draft_at = history.storable(dict(values)), actor.id, now
    session.flush()
    return now


def show(engine: Engine, session: Session, actor: Actor, task_id: str) -> Shown:
    """A task with its form, prepared for this person.

    The form's ``prepare`` gives values, options (``{name: [(value, Text)]}``), facts, tables, notes and documents; a draft is
    shown to who wrote it.

    :raises TaskChanged: when it isn't open any more
    :raises NotYourTask: when it isn't for this person (administrators may look)
    """
    task = session.get(OpenTaskRow, task_id)
    if task is None:
        raise _gone(session, task_id)
    if not may(actor, task) and not actor.has_role(ADMINISTRATOR):
        raise NotYourTask
    row = instances.get(session, task.instance_id)
    form = _form(engine, session, row, task)
    visible = _visible(engine, session, row, task)
    if form is None:
        return Shown(task, row, None, draft=_draft(task, actor), variables=visible)
    prepared = _prepared(engine, _context(engine, session, actor, row, task, visible), form)
    shown = {name: visible[name] for name in form.names if visible.get(name) is not None}
    values = shown | dict(prepared.get("values") or {})
    said = {name: list(prepared.get(name) or ()) for name in ("facts", "documents", "notes", "tables")}
    return Shown(task, row, form, values, _draft(task, actor), _options(prepared), variables=visible, **said)


def form_of_closed(engine: Engine, session: Session, closed: history.Done) -> forms.Form | None:
    """The form of a task that isn't open any more, as its deployment has it; None where it had none."""
    row = instances.get(session, closed.instance_id)
    processes = engine.package(session, row.deployment_id).diagrams.processes.values()
    found = (process.nodes[closed.element_id] for process in processes if closed.element_id in process.nodes)
    node = next(found, None)
    return engine.form(session, row.deployment_id, node.form_id) if node is not None and node.form_id else None


def _draft(task: OpenTaskRow, actor: Actor) -> dict[str, Any] | None:
    return dict(task.draft) if task.draft is not None and task.draft_by == actor.id else None


def _locked(session: Session, task_id: str) -> tuple[InstanceRow, OpenTaskRow]:
    """The instance's row, locked, and the task as it is under that lock."""
    found = locks.lock_of_task(session, task_id)
    if found is None:
        raise _gone(session, task_id)
    row, task = found
    locks.refuse_unless_active(row)
    return row, task


def _gone(session: Session, task_id: str) -> Conflict | NotFound:
    done = history.completed_task(session, task_id)
    return NoSuchTask() if done is None else TaskChanged(done)


def obstacle(session: Session, actor: Actor, task: OpenTaskRow) -> Refusal | None:
    """What keeps a person from doing an open task, or None: it isn't theirs, others have it, or duties are apart."""
    try:
        _refuse_others(session, actor, task)
    except (NotAllowed, Conflict) as refusal:
        return refusal
    return None


def _refuse_others(session: Session, actor: Actor, task: OpenTaskRow, *, duty: bool = True) -> None:
    if not may(actor, task):
        raise NotYourTask
    if task.claimed_by is not None and task.claimed_by != actor.id:
        raise TaskHeld(who=task.claimed_by_name or task.claimed_by)
    if duty:
        _refuse_same_person(session, actor, task)


def _refuse_same_person(session: Session, actor: Actor, task: OpenTaskRow) -> None:
    if _done_before(session, actor, task):
        raise SamePerson


def _done_before(session: Session, actor: Actor, task: OpenTaskRow) -> bool:
    return task.duty is not None and actor.id in history.doers(session, task.instance_id, task.duty)


def _hand_to(session: Session, task: OpenTaskRow, person_id: str | None, name: str | None) -> None:
    task.claimed_by, task.claimed_by_name = person_id, name
    task.claimed_at = clock.now(session) if person_id else None
    task.version += 1
    session.flush()
    offer_anew(session, task)


def _note(
    session: Session, actor: Actor, row: InstanceRow, task: OpenTaskRow, kind: str, act: str, **details: str
) -> None:
    history.note(session, actor, row, kind, element_id=task.element_id, name=task.name, task_id=task.id, **details)
    session.flush()
    journal.write(session, actor, case=row.id, act=act, facts={"task": task.id, "element": task.element_id, **details})


def _move(
    engine: Engine,
    session: Session,
    actor: Actor,
    row: InstanceRow,
    task: OpenTaskRow,
    act: Callable[[spiff.Instance], Any],
    told: Mapping[str, Any] | None = None,
) -> None:
    session.expunge(task)  # the step deletes its row
    try:
        corridor.move(engine, session, row, act, actor=actor, token_id=task.token_id, told=told)
    except spiff.NoSuchToken as error:
        raise TaskChanged from error


def _form(engine: Engine, session: Session, row: InstanceRow, task: OpenTaskRow) -> forms.Form | None:
    if task.form_id is None or engine.stand_ins:
        return None
    return engine.form(session, row.deployment_id, task.form_id)


def _visible(engine: Engine, session: Session, row: InstanceRow, task: OpenTaskRow) -> Mapping[str, Any]:
    with instances.looking(engine, session, row.id) as live:
        try:
            return dict(live.task_variables(task.token_id))
        except spiff.NoSuchToken as error:  # somebody completed it between our reading of its row and of its case
            raise TaskChanged(history.completed_task(session, task.id)) from error


def _context(
    engine: Engine,
    session: Session,
    actor: Actor,
    row: InstanceRow,
    task: OpenTaskRow,
    visible: Mapping[str, Any],
    arrived_at: datetime | None = None,
) -> IntakeContext:
    arrived = arrivals.arrived(session, arrived_at)
    return IntakeContext(session, actor, row, task, visible, clock.now(session), arrived, engine.partners)


def _prepared(engine: Engine, context: IntakeContext, form: forms.Form) -> Mapping[str, Any]:
    prepare, act = engine.acts.prepare_of(form.id), engine.acts.of_form(form.id)
    if prepare is None:
        return {}
    return prepare(context if act is None else act.seen(context))


def _options(prepared: Mapping[str, Any]) -> dict[str, list[forms.Option]]:
    return {
        name: [forms.Option(value, label) for value, label in choices]
        for name, choices in (prepared.get("options") or {}).items()
    }


def _taken_in(
    engine: Engine,
    session: Session,
    actor: Actor,
    row: InstanceRow,
    task: OpenTaskRow,
    form: forms.Form,
    values: Mapping[str, Any],
    arrived_at: datetime | None,
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The variables that the form's values become, and what the history tells of them."""
    taken = forms.take(form, values, zone=engine.zone)
    act = engine.acts.of_form(form.id)
    is_prepared = engine.acts.prepare_of(form.id) is not None
    needs_options = is_prepared and any(field.options_from for field in form.fields)
    context = None
    if act or needs_options:
        context = _context(engine, session, actor, row, task, _visible(engine, session, row, task), arrived_at)
    options = _options(_prepared(engine, context, form)) if context and needs_options else {}
    found = forms.errors(form, taken, options=options, zone=engine.zone)
    if found:
        forms.refuse(found)
    variables = taken
    if act is not None and context is not None:
        with session.begin_nested():
            variables = act.take(context, taken)
    if engine.tells is None:
        return variables, {}
    seen = context.variables if context is not None else {}
    return variables, engine.tells(session, actor, form.id, {**seen, **taken, **variables})
