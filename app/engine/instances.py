"""Instances: started, moved, suspended, resumed, cancelled, looked into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.engine import corridor, history, locks, messages, routing, spiff, starting, steps
from app.engine.engine import Engine
from app.engine.locks import InstanceEnded, InstanceSuspended, NoSuchInstance
from app.engine.records import Definition, IncidentRow, InstanceRow, OpenTaskRow, TimerRow
from app.engine.starting import CannotStart, NoSuchProcess, StartUnfit
from app.engine.states import InstanceState
from app.engine.transactions import Transaction
from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text

T = TypeVar("T")

__all__ = [
    "CannotStart",
    "InstanceEnded",
    "InstanceSuspended",
    "NoSuchInstance",
    "NoSuchProcess",
    "NoSuchScope",
    "NotSuspended",
    "OwnOfEngine",
    "StartUnfit",
    "cancel",
    "find",
    "get",
    "looking",
    "redate",
    "resume",
    "set_variables",
    "start",
    "suspend",
    "variables",
]  # fmt: skip


class NoSuchScope(Conflict):
    """The scope whose variables were to be set isn't open."""

    text = Text("The part of the case these variables belong to has ended.", "这些变量所属的流程部分已经结束。")


class OwnOfEngine(Invalid):
    """A counter of a repetition, or its outputs so far: nobody but the engine writes them."""

    text = Text(
        "“%(name)s” is set by the repetition itself and cannot be changed. Choose another name.",
        "“%(name)s”由重复执行自行维护，不能设置。请使用其他名称。",
    )


class NotSuspended(Conflict):
    """The instance isn't suspended."""

    text = Text("This case is not suspended.", "该流程未处于暂停状态。")


def start(
    engine: Engine,
    session: Session,
    actor: Actor,
    process_id: str,
    variables: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    *,
    start_id: str | None = None,
    definition: Definition | None = None,
) -> InstanceRow:
    """Start a process (``starting.start``: with what it takes and raises), and deliver what was sent."""
    row = starting.start(
        engine, session, actor, process_id, variables, business_key, start_id=start_id, definition=definition
    )
    routing.deliver(engine, session)
    return row


def set_variables(
    engine: Engine,
    session: Session,
    actor: Actor,
    instance_id: str,
    variables: Mapping[str, Any],
    scope_id: str | None = None,
    *,
    reasons: str = "",
) -> None:
    """Set variables of the process, or of one scope, as an administrator.

    The names, their values before and after and the reasons are journalled.

    :raises NoSuchScope: when the scope isn't open (any more)
    :raises OwnOfEngine: for a counter of a repetition, or its outputs so far
    """

    def act(live: spiff.Instance) -> dict[str, Any]:
        scopes = live.scopes()
        scope = next((one for one in scopes if scope_id in (None, one.scope_id)), None)
        if scope is None:
            raise NoSuchScope
        if owned := sorted(scope.own & variables.keys()):
            raise OwnOfEngine(field="name", name=owned[0])
        live.set_variables(dict(variables), scope.scope_id)
        return {name: scope.variables.get(name) for name in variables}

    row = locks.locked(session, instance_id)
    locks.refuse_unless_active(row)
    before = corridor.move(engine, session, row, act, actor=actor)
    history.note(session, actor, row, "set", names=", ".join(variables), reasons=reasons)
    facts = {"before": history.storable(before), "after": history.storable(dict(variables)), "scope": scope_id}
    facts |= {"reasons": reasons} if reasons else {}
    journal.write(session, actor, case=row.id, act="instances.set_variables", facts=facts)


def redate(
    engine: Engine,
    session: Session,
    actor: Actor,
    name: str,
    before: datetime,
    after: datetime,
    where: Mapping[str, Any],
) -> int:
    """An instant was worked out anew: move it in every live instance that waits for it (see ``spiff.Instance.redate``).

    Gives how many instances were moved; suspended ones are too, so that they go on with the right day.
    """
    waiting = select(TimerRow.instance_id).where(TimerRow.due_at == before)
    open_tasks = select(OpenTaskRow.instance_id).where(OpenTaskRow.due_at == before)
    concerned = {found for found in (*session.scalars(waiting), *session.scalars(open_tasks)) if found is not None}
    moved = 0
    for instance_id in sorted(concerned):
        row = locks.locked(session, instance_id)
        if not corridor.move(engine, session, row, lambda live: live.redate(name, before, after, where), actor=actor):
            continue
        moved += 1
        history.note(session, actor, row, "set", names=name, reasons="")
        facts = {"name": name, "before": before.isoformat(), "after": after.isoformat(), "where": dict(where)}
        journal.write(session, actor, case=row.id, act="instances.redate", facts=facts)
    return moved


def suspend(_engine: Engine, session: Session, actor: Actor, instance_id: str, reasons: str) -> InstanceRow:
    """Let nothing in an instance move until it is resumed: its timers and messages wait, its tasks reject completion."""
    row = locks.locked(session, instance_id)
    locks.refuse_unless_active(row)
    row.state = InstanceState.SUSPENDED
    session.execute(update(TimerRow).where(TimerRow.instance_id == row.id).values(wake_at=None))
    _note(session, actor, row, "suspended", "instances.suspend", reasons)
    return row


def resume(engine: Engine, session: Session, actor: Actor, instance_id: str, reasons: str = "") -> InstanceRow:
    """Let a suspended instance go on; timers that were due meanwhile fire at the next look."""
    row = locks.locked(session, instance_id)
    if row.state != InstanceState.SUSPENDED:
        raise NotSuspended
    row.state = InstanceState.ACTIVE
    session.execute(update(TimerRow).where(TimerRow.instance_id == row.id).values(wake_at=TimerRow.due_at, attempts=0))
    _note(session, actor, row, "resumed", "instances.resume", reasons)
    messages.deliver_to(engine, session, row)
    return row


def cancel(engine: Engine, session: Session, actor: Actor, instance_id: str, reasons: str) -> InstanceRow:
    """End an instance for good, also a suspended one: its tasks, timers, subscriptions and incidents go."""
    row = locks.locked(session, instance_id)
    if row.state == InstanceState.SUSPENDED:
        row.state = InstanceState.ACTIVE
    locks.refuse_unless_active(row)
    corridor.move(engine, session, row, lambda live: live.cancel(), actor=actor)
    now = clock.now(session)
    session.execute(
        update(IncidentRow)
        .where(IncidentRow.instance_id == row.id, IncidentRow.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=actor.id)
    )
    _note(session, actor, row, "case_cancelled", "instances.cancel", reasons)
    return row


def _note(session: Session, actor: Actor, row: InstanceRow, kind: str, act: str, reasons: str) -> None:
    history.note(session, actor, row, kind, reasons=reasons)
    session.flush()
    journal.write(session, actor, case=row.id, act=act, facts={"reasons": reasons} if reasons else {})


def get(session: Session, instance_id: str) -> InstanceRow:
    """The instance's row, without a lock.

    :raises NoSuchInstance:
    """
    row = session.get(InstanceRow, instance_id)
    if row is None:
        raise NoSuchInstance
    return row


@contextmanager
def looking(engine: Engine, session: Session, instance_id: str) -> Iterator[spiff.Instance]:
    """The live object for looking at (tokens, variables, what waits); nothing may be moved.

    It is out of the cache meanwhile, so that no step can change it under the reader's eyes.
    """
    row = get(session, instance_id)
    transaction = Transaction.of(session)
    moved_here = transaction.moved(instance_id)
    entry = steps.take_out(engine, session, row)
    try:
        yield entry.live
    finally:
        entry.live.events()
        if moved_here:
            transaction.hold(session, engine.cache, row.id, entry)
        else:
            entry.environment.release()
            engine.cache.put(row.id, entry)


def variables(engine: Engine, session: Session, instance_id: str) -> dict[str, Any]:
    """The variables of the started process."""
    with looking(engine, session, instance_id) as live:
        return dict(live.variables)


@dataclass(frozen=True)
class Found:
    """One page of instances. ``total`` counts all that match."""

    rows: list[InstanceRow]
    total: int
    incidents: Mapping[str, int]


def find(
    session: Session,
    *,
    state: str | None = None,
    process_id: str | None = None,
    business_key: str | None = None,
    with_incident: bool = False,
    page: int = 1,
    size: int = 25,
) -> Found:
    """Instances by state, process and key, the latest first. ``with_incident``: only those with an open one."""
    open_incident = select(IncidentRow.instance_id).where(IncidentRow.resolved_at.is_(None))
    statement = select(InstanceRow)
    if state:
        statement = statement.where(InstanceRow.state == state)
    if process_id:
        statement = statement.where(InstanceRow.process_id == process_id)
    if business_key:
        statement = statement.where(InstanceRow.business_key == business_key)
    if with_incident:
        statement = statement.where(InstanceRow.id.in_(open_incident))
    total = (
        session.scalar(select(func.count()).select_from(statement.with_only_columns(InstanceRow.id).subquery())) or 0
    )
    ordered = statement.order_by(InstanceRow.started_at.desc(), InstanceRow.id.desc())
    rows = list(session.scalars(ordered.offset((page - 1) * size).limit(size)))
    counts = session.execute(
        select(IncidentRow.instance_id, func.count())
        .where(IncidentRow.instance_id.in_([row.id for row in rows]), IncidentRow.resolved_at.is_(None))
        .group_by(IncidentRow.instance_id)
    )
    return Found(rows, total, {instance_id: count for instance_id, count in counts if instance_id})
