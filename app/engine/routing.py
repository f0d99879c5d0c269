"""Which instance gets a message or signal: who waits for it, which process starts by it, and what keeps it until then.

A receiver that somebody else is just moving isn't waited for (that is how two instances would lock each other out for
ever) but gets it from the buffer a moment later.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import failed_steps, forms, history, locks, spiff, starting, steps
from app.engine.engine import Engine
from app.engine.environment import FATAL
from app.engine.records import BufferedMessage, Definition, InstanceRow, SubscriptionRow, stored_key
from app.engine.states import DeliveryKind, InstanceState, SubscriptionKind
from app.engine.steps import SnapshotUnreadable
from app.engine.transactions import Delivery, Transaction
from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor

log = logging.getLogger(__name__)

MOST_DELIVERIES = 1_000
"""How many messages one transaction delivers between instances; what comes after them waits in the buffer."""
UNTIL_TAKEN = timedelta(days=3650)
"""How long a message that found its receiver busy or suspended is kept for it."""


@dataclass(frozen=True)
class Sent:
    """What became of a message. ``instance_id`` took it in; ``kept``: buffered, or on its way after the running step."""

    instance_id: str | None = None
    kept: bool = False
    repeated: bool = False


def deliver(engine: Engine, session: Session) -> None:
    """Deliver everything that instances of this transaction sent, once all of them have come to rest."""
    transaction = Transaction.of(session)
    if transaction.delivering or transaction.moving:
        return
    transaction.delivering = True
    try:
        delivered = 0
        while transaction.pending:
            delivery = transaction.pending.popleft()
            if delivered < MOST_DELIVERIES:
                _deliver(engine, session, delivery)
            else:
                _postpone(session, delivery)
            delivered += 1
    finally:
        transaction.delivering = False
        transaction.pending.clear()


def _deliver(engine: Engine, session: Session, delivery: Delivery) -> None:
    """Deliver what an instance sent. A receiver's failure is the receiver's: what it was sent waits for it."""
    try:
        with Transaction.of(session).sending(), session.begin_nested():
            _route(engine, session, delivery)
    except (spiff.Abort, *FATAL):
        raise
    except Exception:
        log.exception("what instance %s sent (%s) could not be delivered yet", delivery.sender_id, delivery.name)
        _postpone(session, delivery)


def _route(engine: Engine, session: Session, delivery: Delivery) -> None:
    if delivery.kind == DeliveryKind.SIGNAL:
        broadcast(engine, session, SYSTEM, delivery, wait=False)
    elif delivery.kind == DeliveryKind.BUFFERED:
        _deliver_buffered(engine, session, delivery)
    elif correlate(engine, session, SYSTEM, delivery, wait=False) is None:
        if delivery.ttl:
            keep(session, delivery)
        elif delivery.sender_id:
            sender = locks.locked(session, delivery.sender_id)
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
        variables=spiff.encode(spiff.plain(dict(delivery.variables))),
        kind=delivery.kind,
        target_id=target.instance_id if target else None,
        token_id=target.token_id if target else None,
        sent_at=now,
        expires_at=now + ttl,
    )
    session.add(row)
    session.flush()
    return row


def _postpone(session: Session, delivery: Delivery) -> None:
    """Let a delivery wait for the next look at the buffer, so that one transaction doesn't go on for ever."""
    if delivery.kind == DeliveryKind.BUFFERED:
        return
    row = keep(session, delivery)
    row.target_id, row.expires_at = "", clock.now(session) + UNTIL_TAKEN


def _deliver_buffered(engine: Engine, session: Session, delivery: Delivery) -> None:
    """Give the oldest kept message of a name and key to the subscription that was opened for it."""
    message = session.scalars(
        select(BufferedMessage)
        .where(
            BufferedMessage.name == delivery.name,
            _same_key(BufferedMessage.correlation_key, delivery.key),
            BufferedMessage.kind == DeliveryKind.MESSAGE,
            BufferedMessage.target_id.is_(None),
            BufferedMessage.expires_at > clock.now(session),
        )
        .order_by(BufferedMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if message is not None and correlate(engine, session, SYSTEM, out_of_buffer(message), wait=False, starts=False):
        session.delete(message)
        session.flush()


def out_of_buffer(message: BufferedMessage) -> Delivery:
    variables = spiff.decoded(orjson.loads(message.variables))
    return Delivery(message.kind, message.name, message.correlation_key, variables)


def _same_key(column: Any, key: str | None) -> Any:
    return column.is_(None) if key is None else column == stored_key(key)


def _ttl(ttl: Any) -> timedelta:
    if isinstance(ttl, timedelta):
        return ttl
    return timedelta(milliseconds=int(ttl)) if ttl else timedelta()


def correlate(
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
        row = locks.lock(session, subscription.instance_id, skip_locked=not wait)
        if row is None or row.state == InstanceState.SUSPENDED:
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
    statement = select(SubscriptionRow).where(
        SubscriptionRow.kind == SubscriptionKind.MESSAGE,
        SubscriptionRow.name == delivery.name,
        _same_key(SubscriptionRow.correlation_key, delivery.key),
        SubscriptionRow.instance_id.is_not(None),
        SubscriptionRow.id.not_in(passed),
    )
    return session.scalars(
        statement.order_by(SubscriptionRow.instance_id != (first or ""), SubscriptionRow.id).limit(1)
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
            steps.move(engine, session, row, lambda live: live.message(token, delivery.name, variables), actor=actor)
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
    subscription = _start_subscriptions(delivery).limit(1)
    found = session.execute(subscription).first()
    if found is None:
        return None
    definition, element_id = found
    row = starting.start(
        engine,
        session,
        actor,
        definition.key,
        delivery.variables,
        start_id=element_id,
        message=delivery.name if delivery.kind == DeliveryKind.MESSAGE else None,
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


def signalled(engine: Engine, session: Session, actor: Actor, row: InstanceRow, delivery: Delivery) -> bool:
    """Wake an instance by a signal; False when it can't be read, so that the signal has to be kept for it."""
    variables = dict(delivery.variables)
    try:
        steps.move(engine, session, row, lambda live: live.signal(delivery.name, variables), actor=actor)
    except SnapshotUnreadable:
        return False
    return True


def broadcast(engine: Engine, session: Session, actor: Actor, delivery: Delivery, *, wait: bool) -> int:
    """Wake every instance that waits for a signal, and start every process that starts by it."""
    waiting = select(SubscriptionRow).where(
        SubscriptionRow.kind == SubscriptionKind.SIGNAL,
        SubscriptionRow.name == delivery.name,
        SubscriptionRow.instance_id.is_not(None),
    )
    receivers = {row.instance_id: row for row in session.scalars(waiting.order_by(SubscriptionRow.instance_id))}
    receivers.pop(delivery.sender_id, None)  # the sender's own events were woken as it threw
    woken = 0
    for instance_id, subscription in receivers.items():
        row = locks.lock(session, instance_id or "", skip_locked=not wait)
        if row is None or row.state == InstanceState.SUSPENDED:
            keep(session, delivery, subscription)
        elif row.state == InstanceState.ACTIVE:
            if signalled(engine, session, actor, row, delivery):
                woken += 1
            else:
                keep(session, delivery, subscription)
    for definition, element_id in session.execute(_start_subscriptions(delivery)).all():
        try:
            starting.start(
                engine, session, actor, definition.key, delivery.variables, start_id=element_id, definition=definition
            )
            woken += 1
        except (forms.FormInvalid, starting.StartUnfit) as refusal:  # before anything was written; the others go on
            failed_steps.open_incident(session, None, "", element_id, definition.key, refusal)
    return woken
