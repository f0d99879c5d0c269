"""The second door: time. What is due is looked for, locked, looked at again and fired, once, however many look.

The table of due times is the truth; whoever wakes us (a scheduler's heartbeat, a test) only says when to look. Each
firing is its own transaction: a killed node loses nothing, and an instance whose step fails is left for later with an
incident, so that it doesn't keep the others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine import corridor, failed_steps, instances, locks, spiff, starts, steps
from app.engine.engine import Engine
from app.engine.records import Definition, InstanceRow, TimerRow
from app.engine.states import InstanceState
from app.foundation import arrivals, clock
from app.foundation.actor import SYSTEM

log = logging.getLogger(__name__)

Sessions = Callable[[], Session]
"""Makes sessions: a sessionmaker, or anything called like one."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class _Due:
    timer_id: str
    instance_id: str | None


def fire_due(engine: Engine, session_factory: Sessions, limit: int = 100) -> int:
    """Fire what is due now, the earliest first, at most ``limit``; returns how many fired.

    Several workers may do this at once: each instance's row is locked with ``SKIP LOCKED``, what is due is looked at
    again under the lock, and the timer's row goes in the transaction that fires it. Nothing fires early, nor before every
    request that arrived earlier than its time is decided.
    """
    fired = 0
    busy: set[str] = set()
    while fired < limit:
        with session_factory() as session:
            session.connection(execution_options={"read_only": True})
            found = _next(session, busy)
            session.rollback()
        if found is None:
            break
        outcome = _fire(engine, session_factory, found)
        if outcome:
            fired += 1
        else:
            busy.add(found.instance_id or found.timer_id)
    return fired


def next_due(session: Session) -> datetime | None:
    """When the next timer is due, or None."""
    return session.scalar(select(func.min(TimerRow.wake_at)))


def due_now(session: Session) -> int:
    """How many timers are due and haven't fired yet."""
    late = select(func.count()).select_from(TimerRow).where(TimerRow.wake_at <= clock.now(session))
    return session.scalar(late) or 0


def upcoming(session: Session, limit: int = 100) -> list[TimerRow]:
    """The armed timers, the earliest first; those of suspended instances too."""
    return list(session.scalars(select(TimerRow).order_by(TimerRow.due_at, TimerRow.id).limit(limit)))


def _next(session: Session, busy: set[str]) -> _Due | None:
    row = session.execute(
        select(TimerRow.id, TimerRow.instance_id)
        .where(TimerRow.wake_at <= arrivals.decided_until(session))
        .where(TimerRow.instance_id.is_(None) | TimerRow.instance_id.not_in(busy))
        .where(TimerRow.id.not_in(busy))
        .order_by(TimerRow.due_at, TimerRow.position, TimerRow.id)
        .limit(1)
    ).first()
    return None if row is None else _Due(*row)


def _fire(engine: Engine, session_factory: Sessions, found: _Due) -> bool:
    """Fire one timer in a transaction of its own; False when somebody else has it or its step failed."""
    with session_factory() as session:
        try:
            fired = (
                _fire_start(engine, session, found.timer_id)
                if found.instance_id is None
                else _fire_in(engine, session, found.timer_id, found.instance_id)
            )
            session.commit()
            return fired
        except Exception as error:
            log.exception("the timer %s of instance %s could not be fired", found.timer_id, found.instance_id)
            session.rollback()
            failure = error
    with session_factory() as session:
        _put_off(session, found, failure)
        session.commit()
    return False


def _fire_in(engine: Engine, session: Session, timer_id: str, instance_id: str) -> bool:
    row = locks.lock(session, instance_id, skip_locked=True)
    if row is None or row.state != InstanceState.ACTIVE:
        return False
    timer = _still_due(session, timer_id)
    if timer is None:
        return False
    token, occurrence = timer.token_id, timer.occurrence
    session.expunge(timer)  # the step deletes its row
    fired = corridor.move(engine, session, row, lambda live: live.fire_timer(token, occurrence))
    if not fired and session.scalar(select(TimerRow.id).where(TimerRow.id == timer_id)):
        raise RuntimeError(f"the timer at {timer.element_id} is due in the table but not in its instance")
    return fired


def _still_due(session: Session, timer_id: str) -> TimerRow | None:
    timer = session.get(TimerRow, timer_id, populate_existing=True)
    due = timer is not None and timer.wake_at is not None and max(timer.wake_at, timer.due_at) <= clock.now(session)
    return timer if due else None


def _fire_start(engine: Engine, session: Session, timer_id: str) -> bool:
    """Start a process by its timer, and arm the next time."""
    locking = select(TimerRow).where(TimerRow.id == timer_id).with_for_update(skip_locked=True)
    timer = session.scalars(locking.execution_options(populate_existing=True)).first()
    if timer is None or timer.wake_at is None or timer.due_at > clock.now(session):
        return False
    definition = session.get_one(Definition, timer.definition_id)
    element_id, previous = timer.element_id, spiff.StartDue(timer.due_at, timer.occurrence, timer.armed_at)
    session.delete(timer)
    session.flush()
    starts.arm(engine, session, definition, element_id, previous)
    instances.start(engine, session, SYSTEM, definition.key, start_id=element_id, definition=definition)
    return True


def _put_off(session: Session, found: _Due, error: Exception) -> None:
    """Look at a timer again later, and let an administrator see why."""
    if found.instance_id is not None:
        row = locks.lock(session, found.instance_id)
        if row is None or row.state != InstanceState.ACTIVE:
            return
    timer = session.get(TimerRow, found.timer_id, populate_existing=True, with_for_update=True)
    if timer is None:
        return
    timer.attempts += 1
    pause = min(FIRST_PAUSE * 2 ** (timer.attempts - 1), LONGEST_PAUSE)
    timer.wake_at = clock.now(session) + pause
    if isinstance(error, steps.SnapshotUnreadable) and error.instance_id == found.instance_id:
        return  # no step began; the case has an incident of its own
    instance = session.get(InstanceRow, found.instance_id) if found.instance_id else None
    failed_steps.open_incident(session, instance, timer.token_id, timer.element_id, timer.process_id, error)
