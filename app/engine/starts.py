"""Start events that wait by themselves: for a message, a signal or a time."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.engine import spiff
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.records import Definition, SubscriptionRow, TimerRow


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
        arm(engine, session, current, element_id, None)
    session.flush()


def due(
    engine: Engine, session: Session, definition: Definition, element_id: str, previous: spiff.StartDue | None
) -> spiff.StartDue | None:
    """When a timer start event is due first, or after ``previous``; None when never again."""
    environment = CaseEnvironment(engine)
    environment.bind(session, None)
    bundle = engine.package(session, definition.deployment_id).diagrams
    return spiff.start_timer_due(bundle, definition.key, element_id, environment, previous)


def arm(
    engine: Engine, session: Session, definition: Definition, element_id: str, previous: spiff.StartDue | None
) -> None:
    """Write the next due time of a timer start event, if there is one."""
    found = due(engine, session, definition, element_id, previous)
    if found is None:
        return
    session.add(
        TimerRow(
            definition_id=definition.id,
            element_id=element_id,
            process_id=definition.key,
            occurrence=found.occurrence,
            due_at=found.due_at,
            wake_at=found.due_at,
            armed_at=found.armed_at,
        )
    )
    session.flush()
