"""What a transaction owns until it ends: the instances that it moved, and what they sent to others.

Whoever stands at the door has what is pending delivered (``routing.deliver``), once every instance has come to rest;
before that nothing is committed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.engine.cache import Cache, CachedInstance
from app.engine.states import DeliveryKind
from app.foundation.belongings import Belonging


@dataclass(frozen=True)
class Delivery:
    """A message or signal on its way from an instance to others."""

    kind: DeliveryKind
    name: str
    key: str | None
    variables: Mapping[str, Any]
    ttl: Any = None
    sender_id: str | None = None
    element_id: str | None = None


class Transaction:
    """What moves in a session's transaction: the instances on their way, those at rest, and what is to be delivered."""

    def __init__(self) -> None:
        self.pending: deque[Delivery] = deque()
        self.moving: set[str] = set()
        self.delivering = False
        self._at_rest: dict[str, tuple[CachedInstance, Cache, SessionTransaction | None]] = {}

    @classmethod
    def of(cls, session: Session) -> Transaction:
        """The session's running one."""
        return _TRANSACTIONS.of(session)

    @contextmanager
    def step(self, instance_id: str) -> Iterator[None]:
        """While an instance moves."""
        assert instance_id not in self.moving, "an instance can't be moved from inside its own step"
        self.moving.add(instance_id)
        try:
            with self.sending():
                yield
        finally:
            self.moving.discard(instance_id)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Whoever sends: what is undone has sent nothing."""
        before = len(self.pending)
        try:
            yield
        except BaseException:
            while len(self.pending) > before:
                self.pending.pop()
            raise

    @property
    def has_moved(self) -> bool:
        """Whether it holds locks of instances that it moved, so that waiting for another could go on for ever."""
        return bool(self._at_rest)

    def moved(self, instance_id: str) -> bool:
        """Whether an instance was moved in it."""
        return instance_id in self._at_rest

    def take(self, cache: Cache, instance_id: str, version: int) -> CachedInstance | None:
        """An instance moved before in this transaction, else the cache's."""
        kept = self._at_rest.get(instance_id)
        if kept is None or kept[1] is not cache:
            return cache.take(instance_id, version)
        del self._at_rest[instance_id]
        return kept[0] if kept[0].version == version else None

    def hold(self, session: Session, cache: Cache, instance_id: str, live: CachedInstance) -> None:
        """Keep an instance until the transaction ends."""
        made_in = session.get_nested_transaction() or session.get_transaction()
        self._at_rest[instance_id] = live, cache, made_in

    def committed(self) -> None:
        """Its instances are what the database holds now: they go into the cache."""
        for instance_id, (live, cache, _) in self._at_rest.items():
            live.environment.release()
            cache.put(instance_id, live)
        self._at_rest = {}

    def rolled_back(self, ended: SessionTransaction) -> None:
        """Drop what was moved inside the transaction or savepoint that was rolled back."""
        self._at_rest = {name: kept for name, kept in self._at_rest.items() if not _inside(kept[2], ended)}


_TRANSACTIONS = Belonging(lambda _: Transaction(), in_transaction=True)


@event.listens_for(Session, "before_commit")
def _refuse_undelivered(session: Session) -> None:
    transaction = _TRANSACTIONS.known(session)
    if transaction is not None and transaction.pending and not session.in_nested_transaction():
        raise RuntimeError("what instances sent is committed only after it was delivered")


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    transaction = _TRANSACTIONS.known(session)
    if transaction is not None and not session.in_nested_transaction():
        transaction.committed()


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, ended: SessionTransaction) -> None:
    transaction = _TRANSACTIONS.known(session)
    if transaction is not None:
        transaction.rolled_back(ended)


def _inside(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False
