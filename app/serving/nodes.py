"""What a serving process tells the others: up to when everything that arrived here is decided."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from app.engine import timers
from app.foundation import arrivals, clock
from app.serving.undecided import Undecided

ANYWAY = timedelta(seconds=10)
"""How often a node says so although nothing waits for it."""


class Node:
    """This process among those that share the database. ``time_at``: what the deadlines' clock shows at a host's instant."""

    def __init__(
        self, sessions: sessionmaker[Session], undecided: Undecided, time_at: Callable[[datetime], datetime]
    ) -> None:
        self.id = f"{socket.gethostname()[:30]}:{os.getpid()}:{os.urandom(4).hex()}"
        self._sessions, self._undecided, self._time_at = sessions, undecided, time_at
        self._said_at = datetime.min.replace(tzinfo=UTC)

    def say(self) -> None:
        """Say how far we are, if something that is due waits for it or it hasn't been said for a while."""
        with self._sessions() as session:
            session.connection(execution_options={"read_only": True})
            now, due_at = clock.now(session), timers.next_due(session)
            session.rollback()
        if (due_at is None or due_at > now) and now - self._said_at < ANYWAY:
            return
        with self._sessions() as session:
            arrivals.publish(session, self.id, self._time_at(self._undecided.until))
            session.commit()
        self._said_at = now

    def leave(self) -> None:
        """Say that we serve no more."""
        with self._sessions() as session:
            arrivals.leave(session, self.id)
            session.commit()
