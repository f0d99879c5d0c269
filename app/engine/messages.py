"""The third door: messages and signals from the world, and from one instance to others.

A message wakes one subscription (the one that has waited longest for its name and key) or starts a process. What
nobody waits for is kept for its time to live, else refused. An id is taken in once, for good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.engine import failed_steps, locks, routing, spiff, unreadable
from app.engine.engine import Engine
from app.engine.records import BufferedMessage, DeliveredMessageId, InstanceRow
from app.engine.routing import Sent
from app.engine.states import DeliveryKind, InstanceState
from app.engine.transactions import Delivery, Transaction
from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict
from app.foundation.text import Text

__all__ = ["MOST_ATTEMPTS", "NobodyWaits", "Sent", "deliver_to", "deliver_waiting", "send", "signal"]

log = logging.getLogger(__name__)

Sessions = Callable[[], Session]
"""Makes sessions: a sessionmaker, or anything called like one."""

MOST_ATTEMPTS = 10


class NobodyWaits(Conflict):
    """No instance waits for this message and no process starts by it."""

    text = Text("Nothing is waiting for the message “%(name)s”.", "没有流程在等待消息“%(name)s”。")


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
    delivery = Delivery(DeliveryKind.MESSAGE, name, spiff.correlation_text(key), dict(variables or {}), ttl)
    transaction = Transaction.of(session)
    with transaction.sending(), session.begin_nested():
        if message_id is not None and not _first_time(session, message_id, name):
            known = session.get(DeliveredMessageId, message_id)
            return Sent(known.instance_id if known else None, repeated=True)
        if transaction.moving:
            transaction.pending.append(delivery)
            return Sent(kept=True)
        sent = routing.correlate(engine, session, actor, delivery, wait=not transaction.has_moved)
        if sent is None and ttl:
            routing.keep(session, delivery)
            sent = Sent(kept=True)
        if sent is None:
            raise NobodyWaits(name=name)
        if message_id is not None and sent.instance_id:
            session.get_one(DeliveredMessageId, message_id).instance_id = sent.instance_id
    routing.deliver(engine, session)
    return sent


def signal(
    engine: Engine, session: Session, actor: Actor, name: str, variables: Mapping[str, Any] | None = None
) -> int:
    """Send a signal to everyone who waits for it; returns how many instances it woke or started.

    From inside a step it is delivered when the step has come to rest (0 is returned).
    """
    delivery = Delivery(DeliveryKind.SIGNAL, name, None, dict(variables or {}))
    transaction = Transaction.of(session)
    if transaction.moving:
        transaction.pending.append(delivery)
        return 0
    with transaction.sending():
        woken = routing.broadcast(engine, session, actor, delivery, wait=not transaction.has_moved)
    routing.deliver(engine, session)
    return woken


def deliver_to(engine: Engine, session: Session, row: InstanceRow) -> None:
    """Deliver what waited for an instance while it was suspended."""
    waiting = select(BufferedMessage).where(BufferedMessage.target_id == row.id).order_by(BufferedMessage.id)
    for message in session.scalars(waiting.with_for_update(skip_locked=True)).all():
        _take(engine, session, message)
    routing.deliver(engine, session)


def deliver_waiting(engine: Engine, session_factory: Sessions, limit: int = 100) -> int:
    """Deliver what found its receiver busy, each in its own transaction, and drop what has expired.

    A message whose delivery fails is tried again at later looks, behind all others; after the last it is an incident.
    """
    with session_factory() as session:
        session.connection(execution_options={"read_only": True})
        now = clock.now(session)
        expired = session.scalars(select(BufferedMessage.id).where(BufferedMessage.expires_at <= now).limit(1)).first()
        suspended = select(InstanceRow.id).where(InstanceRow.state == InstanceState.SUSPENDED)
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
            routing.deliver(engine, session)
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
    failed_steps.open_incident(session, row, message.token_id or "", place, row.process_id if row else "", failure)


def _take(engine: Engine, session: Session, message: BufferedMessage) -> None:
    """Take a kept message out of the buffer and deliver it: to its receiver, else to whoever waits for it now."""
    delivery = routing.out_of_buffer(message)
    if message.kind == DeliveryKind.SIGNAL and message.target_id:
        row = locks.lock(session, message.target_id)
        if (
            row is not None
            and row.state == InstanceState.ACTIVE
            and not routing.signalled(engine, session, SYSTEM, row, delivery)
        ):
            return
        session.delete(message)
        session.flush()
        return
    session.delete(message)
    session.flush()
    if message.kind == DeliveryKind.SIGNAL:
        routing.broadcast(engine, session, SYSTEM, delivery, wait=True)
    elif routing.correlate(engine, session, SYSTEM, delivery, wait=True, first=message.target_id) is None:
        log.warning("nobody waits any more for the message %s (%s)", message.name, message.correlation_key)


def _first_time(session: Session, message_id: str, name: str) -> bool:
    """Whether this id was never seen: notes it, in this transaction."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(DeliveredMessageId).values(message_id=message_id, name=name, at=clock.now(session))
    noted = statement.on_conflict_do_nothing().returning(DeliveredMessageId.message_id)
    return session.execute(noted).first() is not None
