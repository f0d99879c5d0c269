"""The house that the commands work on."""

from __future__ import annotations

from typing import Protocol

from flask import current_app
from sqlalchemy import Engine as Database
from sqlalchemy import inspect
from sqlalchemy.orm import Session, sessionmaker

from app.engine.engine import Engine
from app.procurement.rules import entries


class House(Protocol):
    """What the composition root leaves in ``app.extensions["tenderway"]`` for the commands."""

    engine: Engine
    sessions: sessionmaker[Session]
    database: Database


def house() -> House:
    """The parts of the running application."""
    found: House = current_app.extensions["tenderway"]
    if inspect(found.database).has_table(entries.Entry.__tablename__):  # a command may be there to make the tables
        entries.refresh(found.database)
    return found
