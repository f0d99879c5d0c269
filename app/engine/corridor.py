"""The corridor: the one way in which an instance moves.

Lock the instance's row, take the live object out of the cache or restore it, act, run the automatic steps, project,
snapshot, write history. What one instance sends to others is delivered in the same transaction, after it has come to
rest; a receiver that somebody else is just moving isn't waited for (that is how two instances would lock each other
out for ever) but gets it from the buffer a moment later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.engine import history, spiff, unreadable
from app.engine.cache import Entry, Held
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.projection import Locator, project, relocate
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import clock, ledger
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text

T = TypeVar("T")

MOST_DELIVERIES = 1_000
"""How many messages one transaction delivers between instances; what comes after them waits in the buffer."""


class NoSuchInstance(NotFound):
    """There is no instance of that id."""

    code = "no-such-instance"
    text = Text("There is no such case.", "没有该流程。")


class InstanceSuspended(Conflict):
    """The instance is suspended: nothing in it moves until it is resumed."""

    code = "instance-suspended"
    text = Text("This case is suspended. It can continue after it is resumed.", "该流程已暂停，恢复后方可继续。")


class InstanceEnded(Conflict):
    """The instance has ended."""

    code = "instance-ended"
    text = Text("This case has ended.", "该流程已结束。")


class SnapshotUnreadable(Conflict):
    """What is kept of an instance can't be read. Administrators find why, and the remedy, in its incident."""

    code = "snapshot-unreadable"
    text = Text(
        "The stored state of this case cannot be read, so the case cannot continue. Documents and records are not "
        "affected. Administrators see this incident and will resolve it.",
        "该流程保存的状态无法读取，流程暂时无法继续。文件与记录不受影响。系统管理员可在异常中看到此问题并予以处理。",
    )

    def __init__(self, row: InstanceRow, found: spiff.UnknownSnapshot) -> None:
        self.instance_id = row.id
        self.found = found
        super().__init__()


@dataclass(frozen=True)
class Delivery:
    """A message or signal on its way from an instance to others."""

    kind: str
    name: str
    key: str | None
    variables: Mapping[str, Any]
    ttl: Any = None
    sender_id: str | None = None
    element_id: str | None = None


@dataclass
class Traffic:
    """What moves in a session's transaction: the instances on their way, and what is to be delivered when they rest."""

    moving: set[str] = field(default_factory=set)
    deliveries: deque[Delivery] = field(default_factory=deque)
    delivering: bool = False

    @classmethod
    def of(cls, session: Session) -> Traffic:
        """The session's own."""
        own: Traffic = session.info.setdefault("engine_traffic", cls())
        return own

    def stop(self, instance_id: str) -> None:
        """An instance's step came to nothing; when no other is on its way, so did all that was sent."""
        self.moving.discard(instance_id)
        if not self.moving and not self.delivering:
            self.deliveries.clear()


def lock(session: Session, instance_id: str, *, skip_locked: bool = False) -> InstanceRow | None:
    """The instance's row, locked until the transaction ends; with ``skip_locked``, None when another has it."""
    return session.scalars(
        select(InstanceRow)
        .where(InstanceRow.id == instance_id)
        .with_for_update(skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    ).first()


def lock_of_task(session: Session, task_id: str) -> tuple[InstanceRow, OpenTaskRow] | None:
    """The row of the instance that an open task belongs to, and the task, both locked in this order; None: no such task."""
    found = session.execute(_OF_TASK, {"task": task_id}).first()
    return None if found is None else (found[0], found[1])


_OF_TASK = (
    select(InstanceRow, OpenTaskRow)
    .join(OpenTaskRow, OpenTaskRow.instance_id == InstanceRow.id)
    .where(OpenTaskRow.id == bindparam("task"))
    .with_for_update(of=(InstanceRow, OpenTaskRow))
    .execution_options(populate_existing=True)
)


def locked(session: Session, instance_id: str) -> InstanceRow:
    """The instance's row, locked.

    :raises NoSuchInstance:
    """
    row = lock(session, instance_id)
    if row is None:
        raise NoSuchInstance
    return row


def refuse_unless_active(row: InstanceRow) -> None:
    """Refuse to move what is suspended or has ended."""
    if row.state == "suspended":
        raise InstanceSuspended
    if row.state != "active":
        raise InstanceEnded


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

    def done(entry: Entry) -> T:
        if token_id is not None and told:
            entry.environment.told[token_id] = told
        return act(entry.live)

    return _step(engine, session, row, done, actor, token_id)


def exchange(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    make: Callable[[Entry], spiff.Instance],
    *,
    actor: Actor = SYSTEM,
) -> None:
    """Put another live object in the place of a locked instance's, rewrite what its rows copied from the diagram, and run it."""

    def act(entry: Entry) -> None:
        made = make(entry)
        entry.live.events()
        entry.live = made
        relocate(engine, session, row, entry)

    _step(engine, session, row, act, actor, None)


def _step(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    act: Callable[[Entry], T],
    actor: Actor,
    token_id: str | None,
) -> T:
    traffic = Traffic.of(session)
    assert row.id not in traffic.moving, "an instance can't be moved from inside its own step"
    traffic.moving.add(row.id)
    try:
        entry = take_out(engine, session, row)
        result = act(entry)
        mine = [(actor, event) for event in entry.live.events()]
        entry.live.run()
        traffic.deliveries += settle(engine, session, row, entry, actor, mine, token_id)
    except BaseException:
        traffic.stop(row.id)
        raise
    traffic.moving.discard(row.id)
    deliver(engine, session)
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
    traffic = Traffic.of(session)
    traffic.moving.add(row.id)
    try:
        entry = Entry(row.version, live, environment, {"tasks": {}, "timers": {}, "subscriptions": {}, "incidents": {}})
        mine = [(actor, event) for event in live.events()]
        live.run()
        traffic.deliveries += settle(engine, session, row, entry, actor, mine)
    except BaseException:
        traffic.stop(row.id)
        raise
    traffic.moving.discard(row.id)
    deliver(engine, session)


def take_out(engine: Engine, session: Session, row: InstanceRow) -> Entry:
    """The live object of a locked row: out of the transaction's or the cache's keeping, else restored."""
    entry = Held.of(session, engine.cache).take(row.id, row.version)
    if entry is None:
        environment = CaseEnvironment(engine)
        environment.bind(session, row)
        entry = Entry(row.version, restore(engine, session, row, environment), environment)
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
    entry: Entry,
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
    if row.state == "active" and entry.live.state != "active":
        kept |= {"state": entry.live.state, "ended_at": now}
    ledger.write(session, row, {**kept, "history_length": length, "version": row.version + 1})
    entry.version = row.version
    Held.of(session, engine.cache).hold(session, row.id, entry)
    if engine.observe is not None:
        engine.observe(row.id, [event for _, event in events])
    sent = [delivery for _, event in events if (delivery := _sent(row, event)) is not None]
    opened = [Delivery("buffered", name, key, {}, sender_id=row.id) for name, key in projected.opened_messages]
    return sent + opened


def _sent(row: InstanceRow, event: spiff.StepEvent) -> Delivery | None:
    if event.kind not in ("thrown_message", "thrown_signal"):
        return None
    details = event.details
    if details.get("delivered"):
        return None
    return Delivery(
        "message" if event.kind == "thrown_message" else "signal",
        str(details.get("name", "")),
        details.get("key"),
        details.get("variables") or {},
        details.get("ttl"),
        row.id,
        event.element_id,
    )


def deliver(engine: Engine, session: Session) -> None:
    """Deliver everything that instances of this transaction sent, once all of them have come to rest."""
    from app.engine import messages  # messages move instances, so they stand above the corridor

    traffic = Traffic.of(session)
    if traffic.delivering or traffic.moving:
        return
    traffic.delivering = True
    try:
        delivered = 0
        while traffic.deliveries:
            delivery = traffic.deliveries.popleft()
            if delivered < MOST_DELIVERIES:
                messages.route(engine, session, delivery)
            else:
                messages.postpone(session, delivery)
            delivered += 1
    finally:
        traffic.delivering = False
        traffic.deliveries.clear()
