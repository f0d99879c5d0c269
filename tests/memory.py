"""What a test only needs to have happened: done once in a process, kept, and put back whenever it is asked for again.

A state is all that differs afterwards: the rows of the test's database, the instant of its clock, the keys of its
keeper, and what a ``Play`` knows of its case. Each test gets a copy of its own, to change as it likes.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from app.bootstrap import House
from app.demonstration import settling
from app.demonstration.players import Play
from app.foundation.clock import VirtualClock
from app.foundation.database import Base
from app.foundation.journal import JournalEntry
from app.keeper.local import LocalKeeper

Rows = sqlite3.Connection | str
"""A database's rows: on SQLite a copy in memory, on PostgreSQL the schema that holds copies of its tables."""


@dataclass(frozen=True)
class _State:
    rows: Rows
    instant: datetime
    keys: tuple[Any, ...]
    case: dict[str, Any]


_states: dict[Hashable, _State] = {}


def recall(play: Play, name: Hashable, act: Callable[[], object]) -> None:
    """Put back what ``act`` left when it was done under this name by a play that had come as far, or do it now."""
    house = play.house
    assert isinstance(house.keeper, LocalKeeper)
    key = (house.database.url, name, *_whence(play))
    state = _states.get(key)
    if state is None:
        act()
        rows = keep(house.database, f"kept_{len(_states)}")
        _states[key] = _State(rows, play.clock.instant, _keys(house.keeper), _case(play))
    else:
        put_back(house.database, state.rows)
        house.engine.cache.clear()
        play.clock.instant = state.instant
        _give(house.keeper, state.keys)
        vars(play).update(copy.deepcopy(state.case))


def _whence(play: Play) -> tuple[Hashable, ...]:
    """What tells a state from those that other acts led to: the hour, the case, and how much was done."""
    with play.house.sessions() as session:
        return play.clock.instant, play.instance_id, session.scalar(select(func.count()).select_from(JournalEntry))


def found(house: House, clock: VirtualClock, processes: Path) -> None:
    """The demonstration's town, and nothing that has happened yet."""
    recall(Play(house, clock), "town", lambda: settling.found(house, processes))


def played(play: Play, subject: Any, scripts: Sequence[Callable[[Play, Any], None]]) -> None:
    """What these scripts, one after the other, make of a subject (a ``Case``; whatever they all take)."""

    def act() -> None:
        if before:
            played(play, subject, before)
        last(play, subject)

    *before, last = scripts
    recall(play, (repr(subject), *(f"{each.__module__}.{each.__qualname__}" for each in scripts)), act)


def keep(database: Engine, name: str) -> Rows:
    """Copy all rows."""
    if database.dialect.name == "sqlite":
        rows = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(database.raw_connection()) as connection:
            connection.driver_connection.backup(rows)
        return rows
    with database.begin() as connection:
        copies = [f"CREATE TABLE {name}.{table} AS TABLE {table}" for table in _filled(connection)]
        _each(connection, (f"DROP SCHEMA IF EXISTS {name} CASCADE", f"CREATE SCHEMA {name}", *copies))
    return name


def put_back(database: Engine, rows: Rows) -> None:
    """Make the database what it was when ``rows`` were kept."""
    if isinstance(rows, sqlite3.Connection):
        with closing(database.raw_connection()) as connection:
            rows.backup(connection.driver_connection)
        return
    empty(database)
    with database.begin() as connection:
        kept = connection.scalars(
            text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = :name"), {"name": rows}
        )
        _each(connection, (f"INSERT INTO {table} TABLE {rows}.{table}" for table in kept))


def empty(database: Engine) -> None:
    """Take all rows out; a truncation would make new files for every table and index."""
    with database.begin() as connection:
        _each(connection, (f"DELETE FROM {table}" for table in _filled(connection)))


def _each(connection: Connection, statements: Iterable[str]) -> None:
    """Change many tables in one go, whichever refers to which."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for statement in statements:
            connection.execute(text(statement))
    else:
        connection.execute(text("; ".join(("SET LOCAL session_replication_role = replica", *statements))))


def _filled(connection: Connection) -> list[str]:
    names = [f'"{table.name}"' for table in Base.metadata.sorted_tables]
    query = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
    return list(connection.scalars(text(query)))


def _keys(keeper: LocalKeeper) -> tuple[Any, ...]:
    vault = keeper._vault
    return vault._file.serialize(), vault._cipher, copy.deepcopy(vars(keeper.log))


def _give(keeper: LocalKeeper, keys: tuple[Any, ...]) -> None:
    file, cipher, log = keys
    keeper._vault._file.deserialize(file)
    keeper._vault._cipher = cipher
    vars(keeper.log).update(copy.deepcopy(log))


def _case(play: Play) -> dict[str, Any]:
    names = ("key", "instance_id", "steps", "_told", "_journalled")
    return copy.deepcopy({name: getattr(play, name) for name in names})
