"""What the rows of an instance say, as a projection compares it with what its live object waits for.

It is read whenever a case isn't in memory, so its statements are made once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.engine import unreadable
from app.engine.records import IncidentRow, OpenTaskRow, SubscriptionRow, TimerRow, table_of

_TASK, _TIMER = table_of(OpenTaskRow).c, table_of(TimerRow).c
_SUBSCRIPTION, _INCIDENT = table_of(SubscriptionRow).c, table_of(IncidentRow).c
_OF: BindParameter[str] = bindparam("instance")
_TASKS = select(
    _TASK.token_id,
    _TASK.id,
    _TASK.assignee_id,
    _TASK.due_at,
    _TASK.follow_up_at,
    _TASK.priority,
    _TASK.form_id,
).where(_TASK.instance_id == _OF)
_TIMERS = select(_TIMER.token_id, _TIMER.occurrence, _TIMER.due_at).where(_TIMER.instance_id == _OF)
_SUBSCRIPTIONS = select(
    _SUBSCRIPTION.id,
    _SUBSCRIPTION.token_id,
    _SUBSCRIPTION.element_id,
    _SUBSCRIPTION.kind,
    _SUBSCRIPTION.name,
    _SUBSCRIPTION.correlation_key,
).where(_SUBSCRIPTION.instance_id == _OF)
STEP_INCIDENTS = ("step", unreadable.KIND)
"""Incidents of a whole step that failed, or that none could begin: they aren't in any snapshot."""
_INCIDENTS = (
    select(_INCIDENT.token_id, _INCIDENT.id, _INCIDENT.kind, _INCIDENT.message_en, _INCIDENT.retries_left)
    .where(_INCIDENT.instance_id == _OF, _INCIDENT.resolved_at.is_(None))
    .where(_INCIDENT.kind.not_in(STEP_INCIDENTS))
)


def stored(session: Session, instance_id: str) -> dict[str, dict[Any, Any]]:
    """What the rows of an instance say, in the form in which a projection compares."""
    session.flush()
    connection, of = session.connection(), {"instance": instance_id}
    tasks, timers = connection.execute(_TASKS, of), connection.execute(_TIMERS, of)
    subscriptions, incidents = connection.execute(_SUBSCRIPTIONS, of), connection.execute(_INCIDENTS, of)
    return {
        "tasks": {token: (identity, tuple(rest)) for token, identity, *rest in tasks},
        "timers": {(token, occurrence): due_at for token, occurrence, due_at in timers},
        "subscriptions": {tuple(key): identity for identity, *key in subscriptions},
        "incidents": {token: (identity, tuple(rest)) for token, identity, *rest in incidents},
    }
