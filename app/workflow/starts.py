"""Who may start which procedure: who holds the role in whose lane it begins.

A procedure that another one calls isn't started by hand, nor is one that begins by a message, a signal or a time, nor
one that an act of the program starts with what it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import definitions, instances
from app.engine.engine import ADMINISTRATOR, Engine
from app.engine.records import Definition, HistoryRow, InstanceRow
from app.engine.spiff import Process
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

    code = "may-not-start"
    text = Text("You cannot start this procedure.", "您不能启动该流程。")


def offered(engine: Engine, session: Session, actor: Actor) -> list[Definition]:
    """The procedures this person may start, by their English names."""
    latest = definitions.all_latest(session)
    others = {process_id for each in latest for process_id in _called(_process(engine, session, each))}
    others |= STARTED_BY_ACTS
    may = [each for each in latest if each.key not in others and _may(actor, _process(engine, session, each))]
    return sorted(may, key=lambda definition: definition.name.en)


def start(engine: Engine, session: Session, actor: Actor, process_id: str) -> InstanceRow:
    """Start a procedure as one's own organisation's case; raises MayNotStart."""
    definition = next((each for each in offered(engine, session, actor) if each.key == process_id), None)
    if definition is None:
        raise MayNotStart
    return instances.start(engine, session, actor, process_id, parties(session, actor), definition=definition)


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
    """The ids of the processes it calls, as far as they are written down (not worked out while it runs)."""
    return (node.called.text for node in process if node.called is not None and not node.called.is_expression)


def _may(actor: Actor, process: Process) -> bool:
    begin = process.body.none_start
    if begin is None:
        return False
    return actor.has_role(begin.lane or ADMINISTRATOR)


class SentAlready(Conflict):
    """Something of the case was sent: it is others' too, and only an administrator ends it."""

    code = "sent-already"
    text = Text("Part of this case has already been submitted.", "该流程已有提交内容，不能放弃。")


def is_unsent(session: Session, actor: Actor, row: InstanceRow) -> bool:
    """Whether a case is still nobody's but its starter's: started by this person, running, and no step of it was done."""
    done = select(HistoryRow.sequence).where(HistoryRow.instance_id == row.id, HistoryRow.kind == "completed")
    by_people = done.where(HistoryRow.actor_id != SYSTEM.id).limit(1)
    mine = row.started_by == actor.id and row.state == "active"
    return mine and session.scalar(by_people) is None


def discard(engine: Engine, session: Session, actor: Actor, instance_id: str) -> InstanceRow:
    """End a case of which nothing was sent, by who started it; raises SentAlready."""
    if not is_unsent(session, actor, instances.get(session, instance_id)):
        raise SentAlready
    return instances.cancel(engine, session, actor, instance_id, "discarded before anything was sent")
