"""The scrubber: everything that ``verify`` checks, once an hour by itself; what it finds stands in operations."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.engine import invariants
from app.engine.engine import Engine
from app.foundation import clock
from app.foundation.database import Base, Json, UtcDateTime, reading

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=55)
KEPT = timedelta(days=30)
MOST = 200
"""Violations that are noted of one run."""


class Scrub(Base):
    """One run: when it began, how many violations it found (at most ``MOST``), and their lines."""

    __tablename__ = "journal_scrub"
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    found: Mapped[int]
    lines: Mapped[list[Any]] = mapped_column(Json)


def scrub(engine: Engine, database: Database, sessions: sessionmaker[Session]) -> Scrub | None:
    """Check everything and note what was found, unless some node did so within the hour."""
    with sessions() as session:
        session.connection(execution_options={"read_only": True})
        now, last = clock.now(session), latest(session)
    if last is not None and now - last.at < EVERY:
        return None
    with reading(database) as session:
        lines = [str(one) for one in islice(invariants.violations(engine, session), MOST)]
    for line in lines:
        log.error("verify: %s", line)
    with sessions() as session:
        row = Scrub(at=now, found=len(lines), lines=lines)
        session.execute(delete(Scrub).where(Scrub.at < now - KEPT))
        session.add(row)
        session.commit()
    return row


def latest(session: Session) -> Scrub | None:
    """The last run."""
    return session.scalars(select(Scrub).order_by(Scrub.at.desc()).limit(1)).first()
