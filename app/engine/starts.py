"""Start events that wait by themselves: for a message, a signal or a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.engine.engine import Engine
from app.engine.records import Definition, SubscriptionRow, TimerRow
from app.engine.spiff import timing
from app.foundation import clock


def listen(engine: Engine, session: Session, key: str, current: Definition | None) -> None:
    """Let the start events of a process's current version, and of no other, wait for messages, signals and times."""
    earlier = select(Definition.id).where(Definition.kind == "process", Definition.key == key)
    session.execute(delete(SubscriptionRow).where(SubscriptionRow.definition_id.in_(earlier)))
    session.execute(delete(TimerRow).where(TimerRow.definition_id.in_(earlier)))
    if current is None:
        return
    process = engine.package(session, current.deployment_id).diagrams.processes[key]
    for kind, names in (("message", process.start_messages), ("signal", process.start_signals)):
        for name, element_id in names.items():
            session.add(
                SubscriptionRow(definition_id=current.id, element_id=element_id, process_id=key, kind=kind, name=name)
            )
    for element_id in process.start_timers:
        due_at = due(engine, session, current, element_id, 0, clock.now(session))
        if due_at is not None:
            session.add(
                TimerRow(definition_id=current.id, element_id=element_id, process_id=key, due_at=due_at, wake_at=due_at)
            )
    session.flush()


def due(
    engine: Engine, session: Session, definition: Definition, element_id: str, occurrence: int, previous: datetime
) -> datetime | None:
    """When a timer start event is due for the ``occurrence``-th time (from 0), after ``previous``; None when never again."""
    node = engine.package(session, definition.deployment_id).diagrams.processes[definition.key].nodes[element_id]
    timer = node.event.timer
    assert timer is not None, element_id
    now = clock.now(session)
    first, cycle = timing.arm(timer.kind, timer.source.evaluate({}, now), now, engine.zone)
    if occurrence == 0:
        return first
    if cycle is None:
        return None
    remaining = None if cycle.remaining is None else cycle.remaining - occurrence + 1
    if remaining is not None and remaining <= 1:
        return None
    return cycle.span.after(previous, cycle.zone or engine.zone)
