"""One form, one act: a form carries a key that is good for one act, and sending it again gets the first answer.

The key is written in the act's own transaction, so that a double click, a reload or a second try after a lost
connection neither acts twice nor is told that somebody else was faster.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime

KEPT = timedelta(days=7)
"""How long an answer is remembered."""


class FormKey(Base):
    """A key that was used, by whom and when, and where its answer stands (empty while the act is under way)."""

    __tablename__ = "form_key"
    __table_args__ = (Index(None, "used_at"),)
    actor_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[str] = mapped_column(String(2000), default="")
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


def new_key() -> str:
    """A key for a form that is about to be shown."""
    return secrets.token_urlsafe(24)


def earlier(session: Session, actor: Actor, key: str) -> str | None:
    """Use a key: None when it is new or empty, else the answer to the act it was used for.

    Who sends the same form at the same moment waits here until the first has committed, or was undone.
    """
    if not key:
        return None  # a form without a key is sent as often as it is sent
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    now = clock.now(session)
    row = {"actor_id": actor.id, "key": key[:64], "answer": "", "used_at": now}
    written = session.execute(dialect.insert(FormKey).on_conflict_do_nothing().returning(FormKey.key), row).first()
    if written is not None:
        session.execute(delete(FormKey).where(FormKey.used_at < now - KEPT))
        return None
    found = session.get(FormKey, (actor.id, key[:64]), populate_existing=True)
    return found.answer if found is not None else None


def answer(session: Session, actor: Actor, key: str, place: str) -> None:
    """Note where the answer to the act stands, before it commits."""
    if not key:
        return
    row = session.get(FormKey, (actor.id, key[:64]))
    assert row is not None, "a key is used before it is answered"
    row.answer = place
    session.flush()
