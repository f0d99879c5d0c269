"""The request's database session: on the house's records, clock and engine settings.

A request that only looks gets a read-only transaction, which on SQLite takes no write lock.
"""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine

from app.foundation.database import Base


class RequestSession(FlaskSession):
    """A session whose transactions are read-only while ``info["read_only"]`` is set."""

    def get_bind(self, *arguments: Any, **named: Any) -> Any:
        """The engine; for a reader, the same one with its read-only option."""
        bind = super().get_bind(*arguments, **named)
        if not self.info.get("read_only") or not isinstance(bind, Engine):
            return bind
        readers: dict[int, Engine] = self.info.setdefault("readers", {})
        if id(bind) not in readers:
            readers[id(bind)] = bind.execution_options(read_only=True)
        return readers[id(bind)]


db = SQLAlchemy(model_class=Base, session_options={"class_": RequestSession, "expire_on_commit": False})
"""Flask-SQLAlchemy on the house's own declarative base."""
