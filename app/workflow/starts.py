"""Who may start which procedure: who holds the role in whose lane it begins.

A procedure that another one calls isn't started by hand, nor is one that begins by a message, a signal or a time, nor
one that an act of the program starts with what it is about. Where its start event has a form, the person fills it in
first; until it is sent nothing is started, and what was entered so far is a draft that only its writer sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import definitions, forms, history, instances, start_forms
from app.engine.engine import ADMINISTRATOR, Engine
from app.engine.records import Definition, HistoryRow, InstanceRow, StartDraft
from app.engine.spiff import Process
from app.engine.states import InstanceState
from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict, NotAllowed
from app.foundation.text import Text
from app.identity import organisations
from app.workflow.assignment import PARTIES
from app.workflow.changes import TERMINATED
from app.workflow.queries import EARLY

STARTED_BY_ACTS = frozenset({EARLY, TERMINATED})


class MayNotStart(NotAllowed):
    """The person doesn't hold the role in whose lane the procedure begins, or it isn't started by hand."""

    text = Text("You cannot start this procedure.", "您不能启动该流程。")


def offered(engine: Engine, session: Session, actor: Actor) -> list[Definition]:
    """The procedures this person may start, by their English names."""
    latest = definitions.all_latest(session)
    others = {process_id for each in latest for process_id in _called(_process(engine, session, each))}
    others |= STARTED_BY_ACTS
    may = [each for each in latest if each.key not in others and _may(actor, _process(engine, session, each))]
    return sorted(may, key=lambda definition: definition.name.en)


class ProcedureChanged(Conflict):
    """Another version of the procedure was deployed since its form was opened."""

    text = Text(
        "This procedure has changed since you opened its form. Check what you entered and send it again.",
        "您打开表单后，该流程已更新。请核对填写内容后重新提交。",
    )


def to_start(engine: Engine, session: Session, actor: Actor, process_id: str) -> Definition:
    """The version of a procedure that this person would start now.

    :raises MayNotStart:
    """
    definition = next((each for each in offered(engine, session, actor) if each.key == process_id), None)
    if definition is None:
        raise MayNotStart
    return definition


def form_of(engine: Engine, session: Session, definition: Definition) -> forms.Form | None:
    """The form that a procedure begins with, or None."""
    return start_forms.form_of(engine, session, definition.deployment_id, definition.key)


def start(
    engine: Engine,
    session: Session,
    actor: Actor,
    process_id: str,
    entered: Mapping[str, Any] | None = None,
    *,
    seen_version: int | None = None,
) -> InstanceRow:
    """Start a procedure as one's own organisation's case, with what the person entered in its form, if it has one.

    Of ``entered`` only what the form knows is kept.

    :raises MayNotStart:
    :raises ProcedureChanged: when the form that was filled in is another version's than ``seen_version``
    :raises forms.FormInvalid: with one refusal for each field
    """
    definition = to_start(engine, session, actor, process_id)
    form = form_of(engine, session, definition)
    if form is not None and seen_version is not None and definition.version != seen_version:
        raise ProcedureChanged
    known = form.names if form is not None else frozenset()
    values = {name: value for name, value in (entered or {}).items() if name in known}
    given = values | parties(session, actor)
    row = instances.start(engine, session, actor, process_id, given, definition=definition)
    forget_draft(session, actor, process_id)
    return row


def draft(session: Session, actor: Actor, process_id: str) -> StartDraft | None:
    """What this person has entered so far in a procedure's form."""
    return session.get(StartDraft, (process_id, actor.id))


def save_draft(engine: Engine, session: Session, actor: Actor, process_id: str, entered: Mapping[str, Any]) -> datetime:
    """Keep what a person has entered so far; returns when it was saved.

    :raises MayNotStart:
    """
    to_start(engine, session, actor, process_id)
    now, kept = clock.now(session), history.storable(dict(entered))
    row = draft(session, actor, process_id)
    if row is None:
        session.add(StartDraft(process_id=process_id, person_id=actor.id, entered=kept, saved_at=now))
    else:
        row.entered, row.saved_at = kept, now
    session.flush()
    return now


def forget_draft(session: Session, actor: Actor, process_id: str) -> None:
    """Delete what a person has entered so far."""
    row = draft(session, actor, process_id)
    if row is not None:
        session.delete(row)
        session.flush()


def parties(session: Session, actor: Actor) -> dict[str, Any]:
    """The organisations that have a part in a case from its start: the actor's own, and who supervises it."""
    if actor.organisation_id is None:
        return {}
    own = organisations.get(session, actor.organisation_id)
    known = {PARTIES[own.kind]: own.id} if own.kind in PARTIES else {}
    if own.supervisor_id is not None:
        known[PARTIES["finance"]] = own.supervisor_id
    return known


def _process(engine: Engine, session: Session, definition: Definition) -> Process:
    return engine.package(session, definition.deployment_id).diagrams.processes[definition.key]


def _called(process: Process) -> Iterator[str]:
    """The ids of the processes it calls, or may call."""
    return (called for node in process for called in node.may_call)


def _may(actor: Actor, process: Process) -> bool:
    begin = process.body.none_start
    if begin is None:
        return False
    return actor.has_role(begin.lane or ADMINISTRATOR)


class SentAlready(Conflict):
    """Something of the case was sent: it is others' too, and only an administrator ends it."""

    text = Text("Part of this case has already been submitted.", "该流程已有提交内容，不能放弃。")


def is_unsent(engine: Engine, session: Session, actor: Actor, row: InstanceRow) -> bool:
    """Whether a case is still nobody's but its starter's: started by this person, running, and nothing of it was sent."""
    if start_forms.form_of(engine, session, row.deployment_id, row.process_id) is not None:
        return False
    done = select(HistoryRow.sequence).where(HistoryRow.instance_id == row.id, HistoryRow.kind == "completed")
    by_people = done.where(HistoryRow.actor_id != SYSTEM.id).limit(1)
    mine = row.started_by == actor.id and row.state == InstanceState.ACTIVE
    return mine and session.scalar(by_people) is None


def discard(engine: Engine, session: Session, actor: Actor, instance_id: str) -> InstanceRow:
    """End a case of which nothing was sent, by who started it.

    :raises SentAlready:
    """
    if not is_unsent(engine, session, actor, instances.get(session, instance_id)):
        raise SentAlready
    return instances.cancel(engine, session, actor, instance_id, "discarded before anything was sent")
