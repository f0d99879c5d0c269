"""Live instances kept between steps.

An entry is taken out before a step and comes back only after the commit; whatever is rolled back is dropped. So the
cache never holds anything the database doesn't: an entry counts only if its version is the row's.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

if TYPE_CHECKING:
    from app.engine import spiff
    from app.engine.environment import CaseEnvironment


@dataclass
class Entry:
    """A live instance at a version, its environment, and what its projection wrote last."""

    version: int
    live: spiff.Instance
    environment: CaseEnvironment
    projected: dict[str, dict[Any, Any]] | None = None
    made_in: SessionTransaction | None = field(default=None, repr=False)


class Cache:
    """The instances used last, by id."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = Lock()

    def take(self, instance_id: str, version: int) -> Entry | None:
        """Take an instance out, if it is there in that version; an older one is dropped, a newer one stays."""
        with self._lock:
            entry = self._entries.get(instance_id)
            if entry is None or entry.version > version:
                return None
            del self._entries[instance_id]
        return entry if entry.version == version else None

    def put(self, instance_id: str, entry: Entry) -> None:
        """Put an instance back after its step was committed; an older version never replaces a newer one."""
        with self._lock:
            there = self._entries.get(instance_id)
            if there is not None and there.version >= entry.version:
                return
            self._entries[instance_id] = entry
            self._entries.move_to_end(instance_id)
            while len(self._entries) > self.size:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)


class Held:
    """The instances a session moved in its running transaction; they go back into the cache when it commits."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.entries: dict[str, Entry] = {}

    @classmethod
    def of(cls, session: Session, cache: Cache) -> Held:
        """The session's own."""
        held = session.info.get("engine_held")
        if held is None or held.cache is not cache:
            held = session.info["engine_held"] = cls(cache)
        return held

    def take(self, instance_id: str, version: int) -> Entry | None:
        """An instance moved before in this transaction, else the cache's."""
        entry = self.entries.pop(instance_id, None)
        if entry is not None:
            return entry if entry.version == version else None
        return self.cache.take(instance_id, version)

    def hold(self, session: Session, instance_id: str, entry: Entry) -> None:
        """Keep an instance until the transaction ends."""
        entry.made_in = session.get_nested_transaction() or session.get_transaction()
        self.entries[instance_id] = entry

    def committed(self, session: Session) -> None:
        """The transaction's instances are what the database holds now."""
        if session.in_nested_transaction():
            return
        entries, self.entries = self.entries, {}
        for instance_id, entry in entries.items():
            entry.made_in = None
            entry.environment.release()
            self.cache.put(instance_id, entry)

    def rolled_back(self, ended: SessionTransaction) -> None:
        """Drop what was moved inside the transaction or savepoint that was rolled back."""
        self.entries = {
            instance_id: entry for instance_id, entry in self.entries.items() if not _inside(entry.made_in, ended)
        }


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if held := session.info.get("engine_held"):
        held.committed(session)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, ended: SessionTransaction) -> None:
    if held := session.info.get("engine_held"):
        held.rolled_back(ended)


def _inside(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False
