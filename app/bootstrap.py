"""The composition root: the one place that knows which parts the house is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session, sessionmaker

from app.engine.engine import Engine
from app.engine.forms import Library
from app.foundation import documents
from app.foundation.clock import Clock
from app.foundation.database import sessions
from app.identity import accounts, attempts, grants, organisations, resets, roles
from app.identity import sessions as signed_in
from app.workflow.assignment import resolve_group

__all__ = ["House", "build"]

RECORDS = (accounts, attempts, documents, grants, organisations, resets, signed_in)
"""Modules named here so that their tables are known wherever the house is built."""


@dataclass
class House:
    """The parts a serving process holds."""

    engine: Engine
    sessions: sessionmaker[Session]
    database: Database


def build(database: Database, *, forms_folder: Path, zone: ZoneInfo, clock: Clock | None = None, **parts: Any) -> House:
    """Build the house on a database; ``parts`` are further parts of the engine (operations, intake, prepare)."""
    known: Mapping[str, Any] = {role.id: role.name for role in roles.ROLES.values()}
    engine = Engine(
        clock=clock, forms=Library(forms_folder), roles=known, resolve_group=resolve_group, zone=zone, **parts
    )
    factory = sessions(database)
    engine.use_clock(factory)
    return House(engine, factory, database)
