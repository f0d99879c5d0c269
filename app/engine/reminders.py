"""When the people of a task are reminded of it: some time before it is due, and when it has turned late, once each.

The next instant stands in the task's own row: it goes with the task when that is done, and is set anew when its due date
moves. Whoever wakes us only says when to look, and several may look at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.engine.records import InstanceRow, OpenTaskRow
from app.engine.states import InstanceState
from app.foundation import clock

BEFORE = timedelta(days=1)
"""How long before its due date people are reminded of a task; of one that has less time, at half of it."""


@dataclass(frozen=True)
class Due:
    """A task to remind people of: before it is due, or because it has turned late."""

    task: OpenTaskRow
    is_late: bool


def first(now: datetime, due_at: datetime | None) -> datetime | None:
    """When people are first reminded of a task that came, or whose due date moved, now; None without a due date."""
    return None if due_at is None else max(due_at - BEFORE, now + (due_at - now) / 2)


def is_waiting(session: Session) -> bool:
    """Whether there is a task to remind people of by now."""
    return session.scalar(select(func.count()).select_from(_waiting(clock.now(session)).subquery())) != 0


def take(session: Session) -> Due | None:
    """The next task to remind people of, its row locked and its next reminder set; None if others have what there is.

    The caller writes the reminders in the same transaction.
    """
    now = clock.now(session)
    task = session.scalars(_waiting(now).with_for_update(skip_locked=True, of=OpenTaskRow)).first()
    if task is None:
        return None
    is_late = task.due_at is not None and task.due_at <= now
    task.remind_at = None if is_late else task.due_at
    session.flush()
    return Due(task, is_late)


def _waiting(now: datetime) -> Select[OpenTaskRow]:
    """Tasks of instances that go on; a suspended one's wait until it does."""
    return (
        select(OpenTaskRow)
        .join(InstanceRow, InstanceRow.id == OpenTaskRow.instance_id)
        .where(OpenTaskRow.remind_at <= now, InstanceRow.state == InstanceState.ACTIVE)
        .order_by(OpenTaskRow.remind_at, OpenTaskRow.id)
        .limit(1)
    )
