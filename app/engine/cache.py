"""Live instances kept between steps.

An entry is taken out before a step and comes back only after the commit; whatever is rolled back is dropped. So the
cache never holds anything the database doesn't: an entry counts only if its version is the row's.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.engine import spiff
    from app.engine.environment import CaseEnvironment


@dataclass
class CachedInstance:
    """A live instance at a version, its environment, and what its projection wrote last."""

    version: int
    live: spiff.Instance
    environment: CaseEnvironment
    projected: dict[str, dict[Any, Any]] | None = None


class Cache:
    """The instances used last, by id."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._entries: OrderedDict[str, CachedInstance] = OrderedDict()
        self._lock = Lock()

    def take(self, instance_id: str, version: int) -> CachedInstance | None:
        """Take an instance out, if it is there in that version; an older one is dropped, a newer one stays."""
        with self._lock:
            entry = self._entries.get(instance_id)
            if entry is None or entry.version > version:
                return None
            del self._entries[instance_id]
        return entry if entry.version == version else None

    def put(self, instance_id: str, entry: CachedInstance) -> None:
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
