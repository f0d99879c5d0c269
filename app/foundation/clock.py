"""The one clock. "Now" is read once for each transaction and stays the same to its end.

PostgreSQL's clock decides for all nodes; on SQLite it is the host's; demonstrations, scenarios and tests turn a
virtual one. Nothing else in the house reads the time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

PLACE = ZoneInfo("Asia/Shanghai")
"""Where the offices are, unless the settings say otherwise."""


class Clock(Protocol):
    """Where a session's time comes from."""

    def read(self, session: Session) -> datetime:
        """The present instant, aware, in UTC."""


class DatabaseClock:
    """The database's transaction time on PostgreSQL, the host's on SQLite."""

    def read(self, session: Session) -> datetime:
        """The present instant by the clock that all nodes share."""
        if session.get_bind().dialect.name == "postgresql":
            return session.execute(text("SELECT now()")).scalar_one().astimezone(UTC)
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is turned; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self.instant = start.astimezone(UTC)

    def read(self, session: Session) -> datetime:
        """The instant it was last turned to."""
        return self.instant

    def turn_to(self, instant: datetime) -> None:
        """Turn forward to ``instant``; a time that has passed is refused."""
        if instant < self.instant:
            raise ValueError("the clock doesn't go back")
        self.instant = instant.astimezone(UTC)

    def turn(self, duration: timedelta) -> None:
        """Turn forward by ``duration``."""
        self.turn_to(self.instant + duration)


_HOST = DatabaseClock()


def use(session_or_factory: object, clock: Clock) -> None:
    """Let a session (``session.info``) or a session factory (its ``info`` option) take its time from ``clock``."""
    info = getattr(session_or_factory, "info", None)
    if info is None:
        known = session_or_factory.kw.get("info", {})  # type: ignore[attr-defined]
        session_or_factory.configure(info={**known, "clock": clock})  # type: ignore[attr-defined]
    else:
        info["clock"] = clock


def now(session: Session) -> datetime:
    """The instant of this session's transaction: aware, UTC, the same at every call until it ends."""
    transaction = session.get_transaction() or session.begin()
    root = transaction
    while root.parent is not None:
        root = root.parent
    held = session.info.get("clock_reading")
    if held is None or held[0] is not root:
        held = (root, session.info.get("clock", _HOST).read(session))
        session.info["clock_reading"] = held
    return held[1]
