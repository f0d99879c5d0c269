"""SQLite as we use it: a library that is new enough, a commit that survives a power cut, writers that take turns.

With a library that has the fix of the WAL bug (sqlite.org, 3.51.3; also 3.50.7 and 3.44.6) the database keeps a
write-ahead log: readers and the writer don't wait for each other, and a commit syncs once. With an older one it keeps a
rollback journal (docs/decisions/0003). Either way ``synchronous=FULL``: what was acknowledged is on the disk.

SQLite lets one connection write at a time, and who finds it busy asks again and again until its patience ends. Within a
process the writers therefore queue here, the first first; only other processes are waited for in SQLite's own way.
"""

from __future__ import annotations

import time
from collections import deque
from importlib import import_module
from threading import Event, Lock
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""The first versions with the fix, the newest first; later ones of the second and third line have it too."""
PATIENCE = 120.0
"""Seconds a writer waits for its turn: longer than any queue that a deadline makes."""
_ONCE = 5000
"""Milliseconds SQLite itself asks before we look whether the patience has ended."""


def library() -> ModuleType:
    """The newest SQLite there is: the one of the wheel ``pysqlite3``, or Python's own."""
    try:
        return import_module("pysqlite3")
    except ImportError:
        return import_module("sqlite3")


def has_wal_fix(version: tuple[int, ...]) -> bool:
    """Whether a version of SQLite doesn't lose commits in WAL mode."""
    newest, *older = FIXED
    return version >= newest or any(version[:2] == fixed[:2] and version >= fixed for fixed in older)


class Turns:
    """Lets one after the other through, in the order they came."""

    def __init__(self) -> None:
        self._lock, self._taken, self._waiting = Lock(), False, deque[Event]()

    def take(self, patience: float) -> bool:
        """Wait for one's turn; False when the patience ends before."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = Event()
            self._waiting.append(mine)
        if mine.wait(patience):
            return True
        with self._lock:
            if mine.is_set():  # it came just now
                return True
            self._waiting.remove(mine)
        return False

    def give(self) -> None:
        """Let the next through."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


def prepare(engine: Engine) -> None:
    """Give an engine's connections their settings, and its writers their queue."""
    turns = Turns()
    version = library().sqlite_version_info
    event.listen(engine, "connect", lambda connection, _: _settle(connection, has_wal_fix(version)))
    event.listen(engine, "begin", lambda connection: _begin(connection, turns))
    for leaving in ("checkin", "invalidate", "close", "detach"):
        event.listen(engine, leaving, lambda _, record, *__: _leave(record, turns))


def tidy(engine: Engine) -> None:
    """Bring what the write-ahead log holds into the file and empty the log; does nothing with a rollback journal.

    What was deleted stays readable in the log until then.
    """
    with engine.connect().execution_options(read_only=True) as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _settle(connection: Any, wal: bool) -> None:
    connection.isolation_level = None
    durable = (f"busy_timeout={_ONCE}", f"journal_mode={'WAL' if wal else 'TRUNCATE'}", "synchronous=FULL")
    for setting in (*durable, "foreign_keys=ON", "secure_delete=ON"):  # what is deleted is overwritten
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: Connection, turns: Turns) -> None:
    if connection.get_execution_options().get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + PATIENCE
    info = connection.connection.record_info
    assert info is not None, "a connection is used while it belongs to the pool"
    if not info.get("writes"):
        if not turns.take(PATIENCE):
            raise TimeoutError(f"no turn to write within {PATIENCE:.0f} seconds")
        info["writes"] = True
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise


def _is_busy(error: OperationalError) -> bool:
    """Whether another process is writing."""
    return "database is locked" in str(error.orig)


def _leave(record: Any, turns: Turns) -> None:
    """A connection goes back: whoever waits to write may."""
    if record is not None and record.record_info.pop("writes", False):
        turns.give()
