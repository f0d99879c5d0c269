"""The third door: messages and signals from the world, and from one instance to others.

A message wakes one subscription (the one that has waited longest for its name and key) or starts a process. What
nobody waits for is kept for its time to live, else refused. An id is taken in once, for good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.engine import corridor, forms, history, incidents, spiff, unreadable
from app.engine.cache import Held
from app.engine.corridor import Delivery, SnapshotUnreadable, Traffic
from app.engine.engine import Engine
from app.engine.environment import FATAL
from app.engine.records import (
    BufferedMessage,
    Definition,
    DeliveredMessageId,
    InstanceRow,
    SubscriptionRow,
    stored_key,
)
from app.engine.spiff import snapshots
from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict
from app.foundation.text import Text

log = logging.getLogger(__name__)

Sessions = Callable[[], Session]
"""Makes sessions: a sessionmaker, or anything called like one."""

MOST_ATTEMPTS = 10
UNTIL_TAKEN = timedelta(days=3650)
"""How long a message that found its receiver busy or suspended is kept for it."""


class NobodyWaits(Conflict):
    """No instance waits for this message and no process starts by it."""

    code = "nobody-waits"
    text = Text("Nothing is waiting for the message “%(name)s”.", "没有流程在等待消息“%(name)s”。")


@dataclass(frozen=True)
class Sent:
    """What became of a message. ``instance_id`` took it in; ``kept``: buffered, or on its way after the running step."""

    instance_id: str | None = None
    kept: bool = False
    repeated: bool = False


def send(
    engine: Engine,
    session: Session,
    actor: Actor,
    name: str,
    key: Any = None,
    variables: Mapping[str, Any] | None = None,
    message_id: str | None = None,
    ttl: timedelta | None = None,
) -> Sent:
    """Send a message. From inside a step (an operation) it is delivered when the step has come to rest.

    :raises NobodyWaits: when nobody waits and it has no time to live
    """
    if len(name) > 200:
        raise NobodyWaits(name=name[:200])
    delivery = Delivery("message", name, spiff.correlation_text(key), dict(variables or {}), ttl)
    with session.begin_nested():
        if message_id is not None and not _first_time(session, message_id, name):
            known = session.get(DeliveredMessageId, message_id)
            return Sent(known.instance_id if known else None, repeated=True)
        if Traffic.of(session).moving:
            Traffic.of(session).deliveries.append(delivery)
            return Sent(kept=True)
        sent = _correlate(engine, session, actor, delivery, wait=not Held.of(session, engine.cache).entries)
        if sent is None and ttl:
            keep(session, delivery)
            sent = Sent(kept=True)
        if sent is None:
            raise NobodyWaits(name=name)
        if message_id is not None and sent.instance_id:
            session.get_one(DeliveredMessageId, message_id).instance_id = sent.instance_id
    corridor.deliver(engine, session)
    return sent


def signal(
    engine: Engine, session: Session, actor: Actor, name: str, variables: Mapping[str, Any] | None = None
) -> int:
    """Send a signal to everyone who waits for it; returns how many instances it woke or started.

    From inside a step it is delivered when the step has come to rest (0 is returned).
    """
    delivery = Delivery("signal", name, None, dict(variables or {}))
    if Traffic.of(session).moving:
        Traffic.of(session).deliveries.append(delivery)
        return 0
    woken = _broadcast(engine, session, actor, delivery, wait=not Held.of(session, engine.cache).entries)
    corridor.deliver(engine, session)
    return woken


def route(engine: Engine, session: Session, delivery: Delivery) -> None:
    """Deliver what an instance sent. A receiver's failure is the receiver's: what it was sent waits for it."""
    deliveries = Traffic.of(session).deliveries
    before = list(deliveries)
    try:
        with session.begin_nested():
            _route(engine, session, delivery)
    except (spiff.Abort, *FATAL):
        raise
    except Exception:
        log.exception("what instance %s sent (%s) could not be delivered yet", delivery.sender_id, delivery.name)
        deliveries.clear()
        deliveries.extend(before)
        postpone(session, delivery)


def _route(engine: Engine, session: Session, delivery: Delivery) -> None:
    if delivery.kind == "signal":
        _broadcast(engine, session, SYSTEM, delivery, wait=False)
    elif delivery.kind == "buffered":
        _deliver_buffered(engine, session, delivery)
    elif _correlate(engine, session, SYSTEM, delivery, wait=False) is None:
        if delivery.ttl:
            keep(session, delivery)
        elif delivery.sender_id:
            sender = corridor.locked(session, delivery.sender_id)
            history.note(
                session,
                SYSTEM,
                sender,
                "lost_message",
                element_id=delivery.element_id,
                message_name=delivery.name,
            )
            session.flush()


def keep(session: Session, delivery: Delivery, target: SubscriptionRow | None = None) -> BufferedMessage:
    """Keep a message for its time to live, or for a receiver that can't take it just now."""
    now = clock.now(session)
    ttl = _ttl(delivery.ttl) if target is None else UNTIL_TAKEN
    row = BufferedMessage(
        name=delivery.name,
        correlation_key=stored_key(delivery.key),
        variables=snapshots.encode(spiff.plain(dict(delivery.variables))),
        kind=delivery.kind,
        target_id=target.instance_id if target else None,
        token_id=target.token_id if target else None,
        sent_at=now,
        expires_at=now + ttl,
    )
    session.add(row)
    session.flush()
    return row


def postpone(session: Session, delivery: Delivery) -> None:
    """Let a delivery wait for the next look at the buffer, so that one transaction doesn't go on for ever."""
    if delivery.kind == "buffered":
        return
    row = keep(session, delivery)
    row.target_id, row.expires_at = "", clock.now(session) + UNTIL_TAKEN


def deliver_to(engine: Engine, session: Session, row: InstanceRow) -> None:
    """Deliver what waited for an instance while it was suspended."""
    waiting = select(BufferedMessage).where(BufferedMessage.target_id == row.id).order_by(BufferedMessage.id)
    for message in session.scalars(waiting.with_for_update(skip_locked=True)).all():
        _take(engine, session, message)
    corridor.deliver(engine, session)


def deliver_waiting(engine: Engine, session_factory: Sessions, limit: int = 100) -> int:
    """Deliver what found its receiver busy, each in its own transaction, and drop what has expired.

    A message whose delivery fails is tried again at later looks, behind all others; after the last it is an incident.
    """
    with session_factory() as session:
        session.connection(execution_options={"read_only": True})
        now = clock.now(session)
        expired = session.scalars(select(BufferedMessage.id).where(BufferedMessage.expires_at <= now).limit(1)).first()
        suspended = select(InstanceRow.id).where(InstanceRow.state == "suspended")
        found = session.scalars(
            select(BufferedMessage.id)
            .where(BufferedMessage.target_id.is_not(None), BufferedMessage.attempts < MOST_ATTEMPTS)
            .where(BufferedMessage.target_id.not_in(suspended), BufferedMessage.target_id.not_in(unreadable.cases()))
            .order_by(BufferedMessage.attempts, BufferedMessage.id)
            .limit(limit)
        ).all()
        session.rollback()
    if expired is not None:
        with session_factory() as session:
            session.execute(delete(BufferedMessage).where(BufferedMessage.expires_at <= clock.now(session)))
            session.commit()
    return sum(_deliver_one(engine, session_factory, identity) for identity in found)


def _deliver_one(engine: Engine, session_factory: Sessions, identity: str) -> bool:
    locking = select(BufferedMessage).where(BufferedMessage.id == identity).with_for_update(skip_locked=True)
    with session_factory() as session:
        message = session.scalars(locking).first()
        if message is None:
            return False
        try:
            _take(engine, session, message)
            corridor.deliver(engine, session)
            session.commit()
            return True
        except Exception as error:
            log.exception("the message %s could not be delivered", identity)
            session.rollback()
            failure = error
        message = session.scalars(locking).first()
        if message is not None:
            _note_failure(session, message, failure)
            session.commit()
        return False


def _note_failure(session: Session, message: BufferedMessage, failure: Exception) -> None:
    """Count a failed delivery; the last one is an administrator's matter."""
    message.attempts += 1
    if message.attempts < MOST_ATTEMPTS:
        return
    row = session.get(InstanceRow, message.target_id) if message.target_id else None
    place = message.name[:200]
    incidents.open_for_step(session, row, message.token_id or "", place, row.process_id if row else "", failure)


def _take(engine: Engine, session: Session, message: BufferedMessage) -> None:
    """Take a kept message out of the buffer and deliver it: to its receiver, else to whoever waits for it now."""
    delivery = _delivery(message)
    if message.kind == "signal" and message.target_id:
        row = corridor.lock(session, message.target_id)
        if row is not None and row.state == "active" and not _signalled(engine, session, SYSTEM, row, delivery):
            return
        session.delete(message)
        session.flush()
        return
    session.delete(message)
    session.flush()
    if message.kind == "signal":
        _broadcast(engine, session, SYSTEM, delivery, wait=True)
    elif _correlate(engine, session, SYSTEM, delivery, wait=True, first=message.target_id) is None:
        log.warning("nobody waits any more for the message %s (%s)", message.name, message.correlation_key)


def _delivery(message: BufferedMessage) -> Delivery:
    variables = snapshots.decoded(orjson.loads(message.variables))
    return Delivery(message.kind, message.name, message.correlation_key, variables)


def _deliver_buffered(engine: Engine, session: Session, delivery: Delivery) -> None:
    """Give the oldest kept message of a name and key to the subscription that was opened for it."""
    message = session.scalars(
        select(BufferedMessage)
        .where(
            BufferedMessage.name == delivery.name,
            _same_key(BufferedMessage.correlation_key, delivery.key),
            BufferedMessage.kind == "message",
            BufferedMessage.target_id.is_(None),
            BufferedMessage.expires_at > clock.now(session),
        )
        .order_by(BufferedMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if message is not None and _correlate(engine, session, SYSTEM, _delivery(message), wait=False, starts=False):
        session.delete(message)
        session.flush()


def _same_key(column: Any, key: str | None) -> Any:
    return column.is_(None) if key is None else column == stored_key(key)


def _ttl(ttl: Any) -> timedelta:
    if isinstance(ttl, timedelta):
        return ttl
    return timedelta(milliseconds=int(ttl)) if ttl else timedelta()


def _first_time(session: Session, message_id: str, name: str) -> bool:
    """Whether this id was never seen: notes it, in this transaction."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(DeliveredMessageId).values(message_id=message_id, name=name, at=clock.now(session))
    noted = statement.on_conflict_do_nothing().returning(DeliveredMessageId.message_id)
    return session.execute(noted).first() is not None


def _correlate(
    engine: Engine,
    session: Session,
    actor: Actor,
    delivery: Delivery,
    *,
    wait: bool,
    starts: bool = True,
    first: str | None = None,
) -> Sent | None:
    """Give a message to one subscription, else start a process by it; None when nobody waits.

    A receiver that is suspended or can't be read, or with ``wait`` false is just being moved by somebody else, gets it later.
    """
    passed: set[str] = set()
    while (subscription := _next_subscription(session, delivery, passed, first)) is not None:
        assert subscription.instance_id is not None
        passed.add(subscription.id)
        row = corridor.lock(session, subscription.instance_id, skip_locked=not wait)
        if row is None or row.state == "suspended":
            keep(session, delivery, subscription)
            return Sent(subscription.instance_id, kept=True)
        try:
            if _still_there(session, subscription) and _wake(engine, session, actor, row, subscription, delivery):
                return Sent(row.id)
        except SnapshotUnreadable:
            keep(session, delivery, subscription)
            return Sent(row.id, kept=True)
    return _start(engine, session, actor, delivery) if starts else None


def _next_subscription(
    session: Session, delivery: Delivery, passed: set[str], first: str | None
) -> SubscriptionRow | None:
    query = select(SubscriptionRow).where(
        SubscriptionRow.kind == "message",
        SubscriptionRow.name == delivery.name,
        _same_key(SubscriptionRow.correlation_key, delivery.key),
        SubscriptionRow.instance_id.is_not(None),
        SubscriptionRow.id.not_in(passed),
    )
    return session.scalars(
        query.order_by(SubscriptionRow.instance_id != (first or ""), SubscriptionRow.id).limit(1)
    ).first()


def _still_there(session: Session, subscription: SubscriptionRow) -> bool:
    return session.scalar(select(SubscriptionRow.id).where(SubscriptionRow.id == subscription.id)) is not None


def _wake(
    engine: Engine,
    session: Session,
    actor: Actor,
    row: InstanceRow,
    subscription: SubscriptionRow,
    delivery: Delivery,
) -> bool:
    """Give a message to an instance; when its step fails as a whole, the message is kept for it."""
    token, variables = subscription.token_id, dict(delivery.variables)
    session.expunge(subscription)
    try:
        with session.begin_nested():
            corridor.move(engine, session, row, lambda live: live.message(token, delivery.name, variables), actor=actor)
    except spiff.NoSuchToken:
        return False
    except (spiff.Abort, *FATAL):
        raise
    history.note(
        session, actor, row, "message", element_id=subscription.element_id, value=delivery.key, of=delivery.name
    )
    session.flush()
    if actor is not SYSTEM:
        facts = {"name": delivery.name, "key": delivery.key}
        journal.write(session, actor, case=row.id, act="messages.send", facts=facts)
    return True


def _start(engine: Engine, session: Session, actor: Actor, delivery: Delivery) -> Sent | None:
    from app.engine import instances  # instances deliver what they send through this module

    subscription = _start_subscriptions(delivery).limit(1)
    found = session.execute(subscription).first()
    if found is None:
        return None
    definition, element_id = found
    row = instances.start(
        engine,
        session,
        actor,
        definition.key,
        delivery.variables,
        start_id=element_id,
        message=delivery.name if delivery.kind == "message" else None,
        definition=definition,
    )
    return Sent(row.id)


def _start_subscriptions(delivery: Delivery) -> Any:
    return (
        select(Definition, SubscriptionRow.element_id)
        .join(SubscriptionRow, SubscriptionRow.definition_id == Definition.id)
        .where(SubscriptionRow.kind == delivery.kind, SubscriptionRow.name == delivery.name)
        .order_by(SubscriptionRow.id)
    )


def _signalled(engine: Engine, session: Session, actor: Actor, row: InstanceRow, delivery: Delivery) -> bool:
    """Wake an instance by a signal; False when it can't be read, so that the signal has to be kept for it."""
    variables = dict(delivery.variables)
    try:
        corridor.move(engine, session, row, lambda live: live.signal(delivery.name, variables), actor=actor)
    except SnapshotUnreadable:
        return False
    return True


def _broadcast(engine: Engine, session: Session, actor: Actor, delivery: Delivery, *, wait: bool) -> int:
    """Wake every instance that waits for a signal, and start every process that starts by it."""
    from app.engine import instances

    waiting = select(SubscriptionRow).where(
        SubscriptionRow.kind == "signal",
        SubscriptionRow.name == delivery.name,
        SubscriptionRow.instance_id.is_not(None),
    )
    receivers = {row.instance_id: row for row in session.scalars(waiting.order_by(SubscriptionRow.instance_id))}
    receivers.pop(delivery.sender_id, None)  # the sender's own events were woken as it threw
    woken = 0
    for instance_id, subscription in receivers.items():
        row = corridor.lock(session, instance_id or "", skip_locked=not wait)
        if row is None or row.state == "suspended":
            keep(session, delivery, subscription)
        elif row.state == "active":
            if _signalled(engine, session, actor, row, delivery):
                woken += 1
            else:
                keep(session, delivery, subscription)
    for definition, element_id in session.execute(_start_subscriptions(delivery)).all():
        try:
            instances.start(
                engine, session, actor, definition.key, delivery.variables, start_id=element_id, definition=definition
            )
            woken += 1
        except (forms.FormInvalid, instances.StartUnfit) as refusal:  # before anything was written; the others go on
            incidents.open_for_step(session, None, "", element_id, definition.key, refusal)
    return woken
