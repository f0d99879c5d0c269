"""The fourth door: what can't go on by itself, seen by an administrator and tried again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.engine import corridor, history, locks, spiff, steps, unreadable
from app.engine.engine import ADMINISTRATOR, Engine
from app.engine.environment import CaseEnvironment
from app.engine.records import IncidentRow, InstanceRow, TimerRow
from app.engine.stored_rows import STEP_INCIDENTS
from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotAllowed, NotFound
from app.foundation.text import Text

log = logging.getLogger(__name__)


class NoSuchIncident(NotFound):
    """There is no incident of that id."""

    text = Text("There is no such incident.", "没有该异常。")


class IncidentResolved(Conflict):
    """The incident isn't open any more."""

    text = Text("This incident has already been resolved.", "该异常已被排除。")


class AdministratorsOnly(NotAllowed):
    """Repairs are for administrators."""

    text = Text("Only an administrator can do this.", "仅系统管理员可执行此操作。")


@dataclass(frozen=True)
class Filters:
    """Which incidents: of a process, an instance, an element, a kind; ``resolved`` shows those set right instead."""

    process_id: str | None = None
    instance_id: str | None = None
    element_id: str | None = None
    kind: str | None = None
    resolved: bool = False


def open(session: Session, filters: Filters | None = None, *, page: int = 1, size: int = 25) -> list[IncidentRow]:
    """Open incidents (or those set right), the latest first."""
    statement = _where(filters or Filters()).order_by(IncidentRow.opened_at.desc(), IncidentRow.id.desc())
    return list(session.scalars(statement.offset((page - 1) * size).limit(size)))


def count(session: Session, filters: Filters | None = None) -> int:
    """How many there are."""
    statement = _where(filters or Filters()).with_only_columns(func.count())
    return session.scalar(statement) or 0


def _where(filters: Filters) -> Select[Any]:
    resolved = IncidentRow.resolved_at.is_not(None) if filters.resolved else IncidentRow.resolved_at.is_(None)
    statement = select(IncidentRow).where(resolved)
    for name in ("process_id", "instance_id", "element_id", "kind"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(getattr(IncidentRow, name) == wanted)
    return statement


def retry(engine: Engine, session: Session, actor: Actor, incident_id: str, reasons: str = "") -> InstanceRow | None:
    """Let an element go on where it stopped. If it fails again, the incident stays open with what is wrong now.

    :raises IncidentResolved: when it is open no more
    :raises AdministratorsOnly: for anybody else
    """
    if not actor.has_role(ADMINISTRATOR):
        raise AdministratorsOnly
    incident = session.get(IncidentRow, incident_id)
    if incident is None:
        raise NoSuchIncident
    if incident.instance_id is None:
        return _retry_timer(session, actor, incident, None, reasons)
    row = locks.locked(session, incident.instance_id)
    session.refresh(incident)
    if incident.resolved_at is not None:
        raise IncidentResolved
    if incident.kind == unreadable.KIND:
        return _read_again(engine, session, actor, incident, row, reasons)
    locks.refuse_unless_active(row)
    if incident.kind in STEP_INCIDENTS:
        return _retry_timer(session, actor, incident, row, reasons)
    history.note(session, actor, row, "retried", element_id=incident.element_id, name=incident.name, reasons=reasons)
    token = incident.token_id
    try:
        corridor.move(engine, session, row, lambda live: live.retry(token), actor=actor)
    except spiff.NoSuchToken as error:
        raise IncidentResolved from error
    session.refresh(incident)
    facts = {"incident": incident.id, "element": incident.element_id, "resolved": incident.resolved_at is not None}
    facts |= {"reasons": reasons} if reasons else {}
    journal.write(session, actor, case=row.id, act="incidents.retry", facts=facts)
    return row


def _read_again(
    engine: Engine, session: Session, actor: Actor, incident: IncidentRow, row: InstanceRow, reasons: str
) -> InstanceRow:
    """See whether an instance's snapshot can be read now; if it can't, the incident stays open with what is wrong now."""
    environment = CaseEnvironment(engine)
    environment.bind(session, row)
    try:
        steps.restore(engine, session, row, environment)
        unreadable.close(session, row, actor.id)
    except steps.SnapshotUnreadable as error:
        log.info("the snapshot of instance %s still can't be read: %s", row.id, error.found)
    history.note(session, actor, row, "retried", element_id=None, name=incident.name, reasons=reasons)
    session.flush()
    session.refresh(incident)
    facts = {"incident": incident.id, "resolved": incident.resolved_at is not None}
    facts |= {"reasons": reasons} if reasons else {}
    journal.write(session, actor, case=row.id, act="incidents.retry", facts=facts)
    return row


def _retry_timer(
    session: Session, actor: Actor, incident: IncidentRow, row: InstanceRow | None, reasons: str
) -> InstanceRow | None:
    """Let the timer whose whole step failed be looked at at once."""
    now = clock.now(session)
    waking = update(TimerRow).where(TimerRow.token_id == incident.token_id, TimerRow.element_id == incident.element_id)
    if row is None:
        waking = waking.where(TimerRow.instance_id.is_(None), TimerRow.process_id == incident.process_id)
    else:
        waking = waking.where(TimerRow.instance_id == row.id)
        history.note(
            session, actor, row, "retried", element_id=incident.element_id, name=incident.name, reasons=reasons
        )
    session.execute(waking.values(wake_at=TimerRow.due_at))
    incident.resolved_at, incident.resolved_by = now, actor.id
    session.flush()
    facts = {"incident": incident.id, "element": incident.element_id}
    facts |= {"reasons": reasons} if reasons else {}
    journal.write(session, actor, case=row.id if row else incident.process_id, act="incidents.retry", facts=facts)
    return row
