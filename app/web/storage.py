"""The request's database session: on the house's records, clock and engine settings.

A request that only looks gets a read-only transaction, which on SQLite takes no write lock.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine, event

from app.foundation.database import Base


class RequestSession(FlaskSession):
    """A session whose transactions are read-only while ``read_only`` is set."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.prepared = self.read_only = False
        self._readers: dict[int, Engine] = {}
        self.held: deque[object] = deque(maxlen=HELD)

    def get_bind(self, *arguments: Any, **named: Any) -> Any:
        """The engine; for a reader, the same one with its read-only option."""
        bind = super().get_bind(*arguments, **named)
        if not self.read_only or not isinstance(bind, Engine):
            return bind
        if id(bind) not in self._readers:
            self._readers[id(bind)] = bind.execution_options(read_only=True)
        return self._readers[id(bind)]


HELD = 1_000
"""So many of the rows that a request has read it holds on to: a session itself knows only those that somebody holds."""


@event.listens_for(RequestSession, "loaded_as_persistent")
def _hold(session: RequestSession, row: object) -> None:
    """Whoever asks for a row again within the request is given the same one, and the database isn't asked."""
    session.held.append(row)


db = SQLAlchemy(model_class=Base, session_options={"class_": RequestSession, "expire_on_commit": False})
"""Flask-SQLAlchemy on the house's own declarative base."""
