"""The one clock. "Now" is read once for each transaction and stays the same to its end.

PostgreSQL's clock decides for all nodes; on SQLite it is the host's; scenarios and tests turn a virtual one, and a
demonstration one that is kept in a file. Nothing else in the house reads the time.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Protocol
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.foundation.belongings import Belonging

PLACE = ZoneInfo("Asia/Shanghai")
"""Where the offices are, unless the settings say otherwise."""


class Clock(Protocol):
    """Where a session's time comes from."""

    def read(self, session: Session) -> datetime:
        """The present instant, aware, in UTC."""

    def at(self, seen: datetime) -> datetime:
        """What this clock showed when the host's showed ``seen``."""


class DatabaseClock:
    """The database's transaction time on PostgreSQL, the host's on SQLite."""

    def read(self, session: Session) -> datetime:
        """The present instant by the clock that all nodes share."""
        if session.get_bind().dialect.name == "postgresql":
            now: datetime = session.execute(text("SELECT now()")).scalar_one()
            return now.astimezone(UTC)
        return datetime.now(UTC)

    def at(self, seen: datetime) -> datetime:
        """The host's own time; how far the other clocks are from it is measured elsewhere."""
        return seen


class VirtualClock:
    """A clock that stands still until it is turned; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self.instant = start.astimezone(UTC)

    def read(self, _session: Session) -> datetime:
        """The instant it was last turned to."""
        return self.instant

    def at(self, _seen: datetime) -> datetime:
        """Always what it shows: it has nothing to do with the host's."""
        return self.instant

    def turn_to(self, instant: datetime) -> None:
        """Turn forward to ``instant``; a time that has passed is refused."""
        if instant < self.instant:
            raise ValueError("the clock doesn't go back")
        self.instant = instant.astimezone(UTC)

    def turn(self, duration: timedelta) -> None:
        """Turn forward by ``duration``."""
        self.turn_to(self.instant + duration)


class KeptClock:
    """A demonstration's clock: it can be turned ahead, and lies in a file that every process of the installation reads.

    The file says what time it was (``at``) when the host's clock showed ``since``, and how far it runs on by itself
    (``until``). The serving process prolongs that as long as it lives: while nobody serves, or the machine
    sleeps, the clock stands, and goes on from there. Only that process writes. Without a file it is the host's.
    """

    LEASE = timedelta(seconds=60)
    """How far the clock runs on by itself."""

    def __init__(self, path: Path) -> None:
        self.path, self._writing = path, Lock()

    @property
    def instant(self) -> datetime:
        """The present instant, aware, in UTC."""
        kept = self._kept()
        if kept is None:
            return datetime.now(UTC)
        at, since, until = kept
        return min(max(at, at + (datetime.now(UTC) - since)), until)

    def at(self, seen: datetime) -> datetime:
        """What it showed when the host's clock showed ``seen``, as if it hadn't been turned since.

        A clock that stands shows the same whenever that was: while it is being turned, nothing arrives between two stops.
        """
        kept = self._kept()
        if kept is None:
            return seen
        at, since, until = kept
        if until <= at:
            return at
        return min(at + (seen - since), until)

    def _kept(self) -> tuple[datetime, datetime, datetime] | None:
        """What the file says: ``at``, ``since`` and ``until``."""
        try:
            kept = orjson.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return (
            datetime.fromisoformat(kept["at"]),
            datetime.fromisoformat(kept["since"]),
            datetime.fromisoformat(kept["until"]),
        )

    def read(self, _session: Session) -> datetime:
        """The present instant, aware, in UTC."""
        return self.instant

    def turn_to(self, instant: datetime) -> None:
        """Turn forward to ``instant`` and stand there until ``go_on``; a time that has passed is refused."""
        with self._writing:
            if self.path.exists() and instant < self.instant:
                raise ValueError("the clock doesn't go back")
            self._keep(instant, timedelta(0))

    def go_on(self) -> None:
        """Run on from where it stands."""
        with self._writing:
            self._keep(self.instant, self.LEASE)

    def prolong(self) -> None:
        """Let a clock that runs do so for another ``LEASE`` (a heartbeat of the serving process)."""
        with self._writing:
            kept = orjson.loads(self.path.read_bytes())
            if kept["until"] > kept["at"]:
                self._keep(self.instant, self.LEASE)

    def stand(self) -> None:
        """Stand still from now on: nobody serves any more."""
        with self._writing:
            self._keep(self.instant, timedelta(0))

    def _keep(self, at: datetime, lease: timedelta) -> None:
        """Write the file whole or not at all, so that no reader sees half of it."""
        kept = {"at": at.astimezone(UTC), "since": datetime.now(UTC), "until": (at + lease).astimezone(UTC)}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        new.write_bytes(orjson.dumps({name: instant.isoformat() for name, instant in kept.items()}))
        new.replace(self.path)


_HOST = DatabaseClock()
_CLOCKS: Belonging[Clock] = Belonging(lambda _: _HOST)
_READINGS: Belonging[datetime] = Belonging(lambda session: of(session).read(session), in_transaction=True)


def use(session_or_factory: Session | sessionmaker[Session], clock: Clock) -> None:
    """Let a session, or all sessions that a factory makes, take their time from ``clock``."""
    _CLOCKS.give(session_or_factory, clock)


def of(session: Session) -> Clock:
    """The clock that a session takes its time from: the database's, unless it was given another."""
    return _CLOCKS.of(session)


def now(session: Session) -> datetime:
    """The instant of this session's transaction: aware, UTC, the same at every call until it ends."""
    if session.get_transaction() is None:
        session.begin()
    return _READINGS.of(session)
