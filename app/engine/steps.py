"""A step of one instance: take the live object, act, run the automatic steps, project, write history and snapshot.

What it sends to others stays with the transaction; whoever stands at the door has it delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.engine import history, spiff, unreadable
from app.engine.cache import CachedInstance
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.projection import Locator, project, relocate
from app.engine.records import InstanceRow
from app.engine.states import DeliveryKind, InstanceState
from app.engine.transactions import Delivery, Transaction
from app.foundation import clock, ledger
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict
from app.foundation.text import Text

T = TypeVar("T")


class SnapshotUnreadable(Conflict):
    """What is kept of an instance can't be read. Administrators find why, and the remedy, in its incident."""

    text = Text(
        "The stored state of this case cannot be read, so the case cannot continue. Documents and records are not "
        "affected. Administrators see this incident and will resolve it.",
        "该流程保存的状态无法读取，流程暂时无法继续。文件与记录不受影响。系统管理员可在异常中看到此问题并予以处理。",
    )

    def __init__(self, row: InstanceRow, found: spiff.UnknownSnapshot) -> None:
        self.instance_id = row.id
        self.found = found
        super().__init__()


def move(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    act: Callable[[spiff.Instance], T],
    *,
    actor: Actor = SYSTEM,
    token_id: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> T:
    """Move a locked instance by one act and all automatic steps that follow from it.

    What the act itself does, and the end of the token it was done to, is the actor's in the history, which keeps with it
    what is ``told``; what follows is the system's.
    """

    def done(entry: CachedInstance) -> T:
        if token_id is not None and told:
            entry.environment.told[token_id] = told
        return act(entry.live)

    return _step(engine, session, row, done, actor, token_id)


def exchange(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    make: Callable[[CachedInstance], spiff.Instance],
    *,
    actor: Actor = SYSTEM,
) -> None:
    """Put another live object in the place of a locked instance's, rewrite what its rows copied from the diagram, and run it."""

    def act(entry: CachedInstance) -> None:
        made = make(entry)
        entry.live.events()
        entry.live = made
        relocate(engine, session, row, entry)

    _step(engine, session, row, act, actor, None)


def _step(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    act: Callable[[CachedInstance], T],
    actor: Actor,
    token_id: str | None,
) -> T:
    transaction = Transaction.of(session)
    with transaction.step(row.id):
        entry = take_out(engine, session, row)
        result = act(entry)
        mine = [(actor, event) for event in entry.live.events()]
        entry.live.run()
        transaction.pending += settle(engine, session, row, entry, actor, mine, token_id)
    return result


def begin(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    live: spiff.Instance,
    environment: CaseEnvironment,
    actor: Actor,
) -> None:
    """Run a new instance for the first time and keep it. ``row`` is already in the database."""
    transaction = Transaction.of(session)
    with transaction.step(row.id):
        projected: dict[str, dict[Any, Any]] = {"tasks": {}, "timers": {}, "subscriptions": {}, "incidents": {}}
        entry = CachedInstance(row.version, live, environment, projected)
        mine = [(actor, event) for event in live.events()]
        live.run()
        transaction.pending += settle(engine, session, row, entry, actor, mine)


def take_out(engine: Engine, session: Session, row: InstanceRow) -> CachedInstance:
    """The live object of a locked row: out of the transaction's or the cache's keeping, else restored."""
    entry = Transaction.of(session).take(engine.cache, row.id, row.version)
    if entry is None:
        environment = CaseEnvironment(engine)
        environment.bind(session, row)
        entry = CachedInstance(row.version, restore(engine, session, row, environment), environment)
    entry.environment.bind(session, row)
    return entry


def restore(engine: Engine, session: Session, row: InstanceRow, environment: CaseEnvironment) -> spiff.Instance:
    """The live object made anew from the snapshot.

    :raises SnapshotUnreadable: when it is damaged, or was written by a version of the engine that this one can't read
    """
    bundle = engine.package(session, row.deployment_id).diagrams
    with reading(session, row):
        live = spiff.restore(bundle, row.snapshot or b"", environment)
    unreadable.was_read(session, row)
    return live


@contextmanager
def reading(session: Session, row: InstanceRow) -> Iterator[None]:
    """While an instance's snapshot is read: that it can't be is an incident, whoever met it.

    :raises SnapshotUnreadable:
    """
    try:
        yield
    except spiff.UnknownSnapshot as found:
        unreadable.met(session, row, found)
        raise SnapshotUnreadable(row, found) from found


def settle(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    entry: CachedInstance,
    actor: Actor,
    before: list[tuple[Actor, spiff.StepEvent]],
    token_id: str | None = None,
) -> list[Delivery]:
    """Write what a step came to: projection, history, snapshot, the row. Gives what it sends to others."""
    events = before + [
        (actor if token_id is not None and event.token_id == token_id else SYSTEM, event)
        for event in entry.live.events()
    ]
    session.flush()
    now = clock.now(session)
    projected = project(engine, session, actor, row, entry)
    place = Locator(entry.live, entry.environment).place
    length = history.write(session, row, events, place, projected.task_ids, entry.environment.told)
    kept = {"snapshot": entry.live.snapshot(), "engine_version": spiff.VERSION, "moved_at": now}
    if row.state == InstanceState.ACTIVE and entry.live.state != InstanceState.ACTIVE:
        kept |= {"state": entry.live.state, "ended_at": now}
    ledger.write(session, row, {**kept, "history_length": length, "version": row.version + 1})
    entry.version = row.version
    Transaction.of(session).hold(session, engine.cache, row.id, entry)
    if engine.observe is not None:
        engine.observe(row.id, [event for _, event in events])
    sent = [delivery for _, event in events if (delivery := _sent(row, event)) is not None]
    opened = [
        Delivery(DeliveryKind.BUFFERED, name, key, {}, sender_id=row.id) for name, key in projected.opened_messages
    ]
    return sent + opened


def _sent(row: InstanceRow, event: spiff.StepEvent) -> Delivery | None:
    if event.kind not in ("thrown_message", "thrown_signal"):
        return None
    details = event.details
    if details.get("delivered"):
        return None
    return Delivery(
        DeliveryKind.MESSAGE if event.kind == "thrown_message" else DeliveryKind.SIGNAL,
        str(details.get("name", "")),
        details.get("key"),
        details.get("variables") or {},
        details.get("ttl"),
        row.id,
        event.element_id,
    )
