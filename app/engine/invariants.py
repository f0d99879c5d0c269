"""What must always hold, whatever happened: read-only, for every instance, in production as in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.engine import projection, spiff, steps
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.records import IncidentRow, InstanceRow, Offer, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.states import InstanceState
from app.engine.stored_rows import stored
from app.foundation import checkpoints, documents, journal, proof
from app.foundation.journal import Violation


def violations(engine: Engine, session: Session) -> Iterator[Violation]:
    """Every violation there is; nothing when all holds."""
    yield from journal.violations(session)
    yield from checkpoints.violations(session)
    yield from proof.violations(session)
    for digest in documents.damaged(session):
        yield Violation("document_chunk", digest, "content", "it isn't what was stored under this digest")
    yield from _without_next_step(session)
    yield from _leftovers(session)
    yield from _without_offers(session)
    for instance_id in session.scalars(select(InstanceRow.id).order_by(InstanceRow.id)).all():
        yield from _projection(engine, session, instance_id)


def _without_next_step(session: Session) -> Iterator[Violation]:
    """Active instances that wait for nothing: nobody would ever move them."""
    nothing = [
        ~exists().where(record.instance_id == InstanceRow.id) for record in (OpenTaskRow, TimerRow, SubscriptionRow)
    ]
    no_incident = ~exists().where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
    stuck = select(InstanceRow.id).where(InstanceRow.state == InstanceState.ACTIVE, no_incident, *nothing)
    for instance_id in session.scalars(stuck):
        yield Violation("engine_instance", instance_id, None, "it is active, and nothing is open that could move it")


def _leftovers(session: Session) -> Iterator[Violation]:
    """Rows of instances that have ended."""
    ended = InstanceRow.state.in_((InstanceState.COMPLETED, InstanceState.CANCELLED))
    kinds: list[tuple[type, str]] = [(OpenTaskRow, "task"), (TimerRow, "timer"), (SubscriptionRow, "subscription")]
    for record, word in kinds:
        for instance_id in session.scalars(select(InstanceRow.id).join(record).where(ended).distinct()):
            yield Violation("engine_instance", instance_id, None, f"it has ended and still has an open {word}")


def _without_offers(session: Session) -> Iterator[Violation]:
    """Open tasks that show in nobody's inbox."""
    unseen = select(OpenTaskRow).where(~exists().where(Offer.task_id == OpenTaskRow.id))
    for task in session.scalars(unseen):
        yield Violation(
            "engine_instance", task.instance_id, None, f"its task {task.element_id} shows in nobody's inbox"
        )


def _projection(engine: Engine, session: Session, instance_id: str) -> Iterator[Violation]:
    """Whether an instance's rows are what its snapshot waits for."""
    row = session.get_one(InstanceRow, instance_id)
    environment = CaseEnvironment(engine)
    environment.bind(session, row)
    try:
        live = steps.restore(engine, session, row, environment)
    except steps.SnapshotUnreadable as error:
        yield Violation("engine_instance", instance_id, None, f"its snapshot can't be read: {error.found}")
        return
    state = InstanceState.ACTIVE if row.state == InstanceState.SUSPENDED else row.state
    if live.state != state:
        yield Violation("engine_instance", instance_id, None, f"its row says {row.state}, its snapshot {live.state}")
    rows, waiting = stored(session, instance_id), live.waiting()
    for word, (expected, there) in _pairs(waiting, rows).items():
        for key in sorted(expected - there, key=str):
            yield Violation("engine_instance", instance_id, None, f"its snapshot has a {word} that has no row: {key}")
        for key in sorted(there - expected, key=str):
            yield Violation(
                "engine_instance", instance_id, None, f"a {word} has a row and isn't in its snapshot: {key}"
            )
    session.expire(row, ["snapshot"])


def _pairs(waiting: spiff.Waiting, stored: dict[str, dict[Any, Any]]) -> dict[str, tuple[set[Any], set[Any]]]:
    of: Callable[[str], set[Any]] = lambda name: set(stored[name])  # noqa: E731
    return {
        "task": ({task.token_id for task in waiting.tasks}, of("tasks")),
        "timer": (
            {(timer.token_id, timer.occurrence, timer.due_at) for timer in waiting.timers},
            {(*key, due_at) for key, due_at in stored["timers"].items()},
        ),
        "subscription": (
            {projection.subscription_key(subscription) for subscription in waiting.subscriptions},
            of("subscriptions"),
        ),
        "incident": ({incident.token_id for incident in waiting.incidents}, of("incidents")),
    }
