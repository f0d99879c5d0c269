"""What each case of a list waits for, and since when: in a few queries, however many cases there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import charts, spiff
from app.engine.charts import Chart
from app.engine.records import IncidentRow, InstanceRow, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.states import RUNNING
from app.foundation.text import Text
from app.web import current, holders


@dataclass(frozen=True)
class Awaited:
    """One thing that a case waits for. ``kind``: incident, task, message or timer; ``who``: the roles that may act.

    ``since`` is None where nobody wrote down when the waiting began.
    """

    kind: str
    name: Text
    since: datetime | None = None
    due: datetime | None = None
    who: tuple[Text, ...] = ()
    stage: str | None = None


def of(session: Session, rows: Sequence[InstanceRow]) -> dict[str, list[Awaited]]:
    """By case: what keeps it, what is stuck first, then people, then the world, then the clock; the longest waiting first."""
    by_id = {row.id: row for row in rows if row.state in RUNNING}
    known = _Charts(session, by_id)
    found: dict[str, list[Awaited]] = {}
    for part in (_incidents, _tasks, _messages, _timers):
        for instance_id, one in part(session, by_id, known):
            found.setdefault(instance_id, []).append(one)
    return found


class _Charts:
    """The diagrams of the cases, each deployment's read once."""

    def __init__(self, session: Session, rows: dict[str, InstanceRow]) -> None:
        self._session, self._rows = session, rows
        self._known: dict[tuple[str, str], Chart] = {}

    def name(self, instance_id: str, process_id: str, element_id: str) -> Text:
        row = self._rows[instance_id]
        key = (row.process_id, row.deployment_id)
        if key not in self._known:
            self._known[key] = charts.of_instance(current.engine(), self._session, row)
        return self._known[key].name(process_id, element_id)


Found = Iterable[tuple[str, Awaited]]


def _incidents(session: Session, rows: dict[str, InstanceRow], _: _Charts) -> Found:
    statement = select(IncidentRow).where(IncidentRow.instance_id.in_(rows), IncidentRow.resolved_at.is_(None))
    for incident in session.scalars(statement.order_by(IncidentRow.opened_at, IncidentRow.id)):
        yield incident.instance_id or "", Awaited("incident", incident.name, incident.opened_at)


def _tasks(session: Session, rows: dict[str, InstanceRow], _: _Charts) -> Found:
    statement = select(OpenTaskRow).where(OpenTaskRow.instance_id.in_(rows))
    tasks = list(session.scalars(statement.order_by(OpenTaskRow.created_at, OpenTaskRow.id)))
    held = holders.of_tasks(session, tasks)
    for task in tasks:
        groups = held[task.id].groups
        yield task.instance_id, Awaited("task", task.name, task.created_at, task.due_at, groups, task.stage)


def _messages(session: Session, rows: dict[str, InstanceRow], known: _Charts) -> Found:
    for one in session.scalars(_of(SubscriptionRow, rows).order_by(SubscriptionRow.id)):
        yield one.instance_id, Awaited("message", known.name(one.instance_id, one.process_id, one.element_id))


def _timers(session: Session, rows: dict[str, InstanceRow], known: _Charts) -> Found:
    statement = _of(TimerRow, rows).where(TimerRow.occurrence != spiff.GOING_ON)
    for one in session.scalars(statement.order_by(TimerRow.due_at, TimerRow.id)):
        yield (
            one.instance_id,
            Awaited("timer", known.name(one.instance_id, one.process_id, one.element_id), due=one.due_at),
        )


def _of(record: Any, rows: dict[str, InstanceRow]) -> Any:
    return select(record).where(record.instance_id.in_(rows))
