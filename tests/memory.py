"""What a test only needs to have happened: done once in a process, kept, and put back whenever it is asked for again.

A state is all that differs afterwards: the rows of the test's database, the instant of its clock, the keys of its
keeper, and what a ``Play`` knows of its case. Each test gets a copy of its own, to change as it likes.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import CellType, FunctionType
from typing import Any, TypeVar, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, event, inspect, select, text
from sqlalchemy.orm import Session

from app.bootstrap import House
from app.demonstration import settling
from app.demonstration.players import Play
from app.foundation import embedded, legal
from app.foundation.clock import VirtualClock
from app.foundation.database import Base, reading
from app.foundation.journal import JournalEntry
from app.keeper import Keeper
from app.keeper.local import LocalKeeper

T = TypeVar("T")
sqlite = embedded.library()
Rows = Any
"""A database's rows: on SQLite a copy in memory, on PostgreSQL the schema that holds copies of its tables."""


@dataclass(frozen=True)
class _State:
    rows: Rows
    instant: datetime
    value: Any


_ABOUT_A_CASE = ("key", "instance_id", "steps", "_told", "_journalled")
_states: dict[Hashable, _State] = {}
_ends: set[str | None] = {None}
"""What told the rows where something was kept; None is the empty database."""


def recall(database: Engine, clock: VirtualClock, name: Hashable, act: Callable[[], T]) -> T:
    """What ``act`` gives, with all it leaves in the database and on the clock: put back if it was done before, else done.

    It counts as done before only if it is the same function's under the same name, with the same captured, at the same
    hour, on the same rows; what is done after something that isn't itself remembered is done each time.
    """
    last = _rows_told(database)
    key = (database.url, name, *_function_told(act), clock.instant, last)
    if state := _states.get(key):
        put_back(database, state.rows)
        clock.instant = state.instant
        return cast(T, copy.deepcopy(state.value))
    value = act()
    if last in _ends:
        _states[key] = _State(keep(database, f"kept_{len(_states)}"), clock.instant, copy.deepcopy(value))
        _ends.add(_rows_told(database))
    return value


_OF_THE_MOMENT = {"journal_head", "journal_entry", "journal_checkpoint", "journal_scrub", "serving_node"}


def _rows_told(database: Engine) -> str | None:
    """What tells the rows of a database from others: the journal's entries, which bind most, and all rows that it doesn't."""
    unbound = [table for table in Base.metadata.sorted_tables if table.name in legal.NO_RECORDS.keys() - _OF_THE_MOMENT]
    told = hashlib.sha256()
    with reading(database) as session:
        entries = session.scalars(select(JournalEntry.hash).order_by(JournalEntry.id)).all()
        rows = [tuple(row) for table in unbound for row in session.execute(table.select().order_by(*table.primary_key))]
    for one in (*entries, *rows):
        told.update(repr(one).encode())
    return told.hexdigest() if entries or rows else None


def _function_told(act: Callable[..., Any], seen: frozenset[int] = frozenset()) -> tuple[Hashable, ...]:
    """A function by its name and by what it captured; what is made anew for each test (a session, a house) by its type."""
    cells = [cell.cell_contents for cell in getattr(act, "__closure__", None) or () if cell != CellType()]
    captured = (*cells, *(getattr(act, "__defaults__", None) or ()))
    return act.__module__, act.__qualname__, *(_value_told(value, seen | {id(act)}) for value in captured)


def _value_told(value: Any, seen: frozenset[int]) -> Hashable:
    if value is None or isinstance(value, str | bytes | int | float | Decimal | date | timedelta | Path):
        return repr(value)
    if isinstance(value, Base):
        return type(value).__qualname__, inspect(value).identity
    if isinstance(value, FunctionType) and id(value) not in seen:
        return _function_told(value, seen)
    if isinstance(value, list | tuple | set | frozenset):
        return type(value).__qualname__, *(_value_told(item, seen) for item in value)
    if isinstance(value, dict):
        return "dict", *((_value_told(key, seen), _value_told(item, seen)) for key, item in value.items())
    return type(value).__module__, type(value).__qualname__


def found(house: House, clock: VirtualClock, processes: Path) -> None:
    """The demonstration's town, and nothing that has happened yet."""
    recall(house.database, clock, "the demonstration's town", lambda: settling.found(house, processes))


def played(play: Play, subject: Any, scripts: Sequence[Callable[[Play, Any], None]]) -> None:
    """What these scripts, one after the other, make of a subject (a ``Case``; whatever they all take)."""

    def act() -> tuple[Keys, dict[str, Any]]:
        if before:
            played(play, subject, before)
        last(play, subject)
        return keys_of(play.house.keeper), {name: getattr(play, name) for name in _ABOUT_A_CASE}

    *before, last = scripts
    names = tuple(f"{each.__module__}.{each.__qualname__}" for each in scripts)
    keys, case = recall(play.house.database, play.clock, (repr(subject), play.instance_id, names), act)
    give(play.house.keeper, keys)
    vars(play).update(case)
    play.house.engine.cache.clear()


@dataclass
class Remembered:
    """Recalls what is made in one session. Its ``values`` are all that were made so far, by name.

    Records are told by their keys and read anew. What is made after the session wrote something of its own is made
    each time.
    """

    session: Session
    database: Engine
    clock: VirtualClock
    keeper: LocalKeeper
    values: dict[str, Any] = field(default_factory=dict)
    _written: bool = False
    _making: int = 0

    def __post_init__(self) -> None:
        event.listen(self.session, "after_flush", self._note)

    def _note(self, *_: object) -> None:
        self._written = self._written or not self._making

    def __call__(self, name: str, make: Callable[[], T]) -> T:
        if name not in self.values:
            self.session.flush()
            if self._written:
                return make()
            self.session.commit()
            whose = (name, make.__module__, make.__qualname__)
            keys, self.values = recall(self.database, self.clock, whose, lambda: self._made(name, make))
            give(self.keeper, keys)
            self.session.expire_all()
        return cast(T, self._read(self.values[name]))

    def _made(self, name: str, make: Callable[[], object]) -> tuple[Keys, dict[str, Any]]:
        self._making += 1
        try:
            self.values[name] = _told(make())
            self.session.commit()
        finally:
            self._making -= 1
        return keys_of(self.keeper), self.values

    def _read(self, value: Any) -> Any:
        if isinstance(value, _Record):
            return self.session.get_one(value.type, value.key)
        return type(value)(map(self._read, value)) if isinstance(value, list | tuple) else copy.deepcopy(value)


@dataclass(frozen=True)
class _Record:
    type: type[Base]
    key: tuple[Any, ...]


def _told(value: Any) -> Any:
    """A value in which records are told by their keys."""
    if isinstance(value, Base):
        return _Record(type(value), inspect(value).identity)
    return type(value)(map(_told, value)) if isinstance(value, list | tuple) else value


def keep(database: Engine, name: str) -> Rows:
    """Copy all rows."""
    if database.dialect.name == "sqlite":
        rows = sqlite.connect(":memory:", check_same_thread=False)
        with closing(database.raw_connection()) as connection:
            connection.driver_connection.backup(rows)
        return rows
    with database.begin() as connection:
        copies = [f"CREATE TABLE {name}.{table} AS TABLE {table}" for table in _filled(connection)]
        _each(connection, (f"DROP SCHEMA IF EXISTS {name} CASCADE", f"CREATE SCHEMA {name}", *copies))
    return name


def put_back(database: Engine, rows: Rows) -> None:
    """Make the database what it was when ``rows`` were kept."""
    if isinstance(rows, sqlite.Connection):
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


@dataclass(frozen=True)
class Keys:
    """All that a keeper in memory keeps; never changed, so its copies are itself."""

    file: bytes
    cipher: AESGCM
    log: dict[str, Any]

    def __deepcopy__(self, memo: object) -> Keys:
        return self


def keys_of(keeper: Keeper) -> Keys:
    """What a keeper in memory keeps by now."""
    assert isinstance(keeper, LocalKeeper)
    return Keys(keeper._vault._file.serialize(), keeper._vault._cipher, copy.deepcopy(vars(keeper.log)))


def give(keeper: Keeper, keys: Keys) -> None:
    """Let a keeper in memory keep that, and nothing else."""
    assert isinstance(keeper, LocalKeeper)
    keeper._vault._file.deserialize(keys.file)
    keeper._vault._cipher = keys.cipher
    vars(keeper.log).update(copy.deepcopy(keys.log))
