"""What has arrived and isn't decided yet, and the instant before which there is no such thing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from threading import Lock

log = logging.getLogger(__name__)

MARGIN = timedelta(milliseconds=200)
"""How much longer than the network's own work a byte that has arrived may take until it can be read."""
GIVEN_UP_AFTER = timedelta(minutes=10)
"""A request that is still being decided after so long no longer keeps openings waiting; if it ends after all, it is late."""


class Undecided:
    """The requests of one process that act, from their arrival until they are decided.

    ``until``: everything that arrived before it is decided; it only grows. Kept by the thread that reads the sockets.
    """

    def __init__(self) -> None:
        self.until = datetime.now(UTC)
        self._waiting: dict[int, datetime] = {}
        self._lock = Lock()

    def begin(self, request: object, arrived_at: datetime) -> None:
        """A request that acts has arrived whole."""
        with self._lock:
            self._waiting[id(request)] = arrived_at

    def end(self, request: object) -> None:
        """It is decided: what it did is committed, or it did nothing."""
        with self._lock:
            self._waiting.pop(id(request), None)

    def look(self, empty_at: datetime, unread: Iterable[datetime]) -> None:
        """Move ``until`` on: at ``empty_at`` nothing was left to read, but for bytes that came at or after ``unread``."""
        with self._lock:
            self._give_up(empty_at - GIVEN_UP_AFTER)
            earliest = min((empty_at, *unread, *self._waiting.values()))
        self.until = max(self.until, earliest - MARGIN)

    def _give_up(self, before: datetime) -> None:
        for request, arrived_at in list(self._waiting.items()):
            if arrived_at < before:
                log.error(
                    "a request that arrived at %s is still being decided; openings wait for it no longer", arrived_at
                )
                del self._waiting[request]
