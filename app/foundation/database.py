"""The database: one declarative base, exact column types, ids, and engines set up so that a commit is a promise.

SQLite is the embedded default (``app.foundation.embedded``): an acknowledged commit survives a power cut, and writers
take turns instead of failing (docs/decisions/0003).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Enum, MetaData, Text, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from app.foundation import ciphered, embedded, relations

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


CONNECTIONS = {"pool_size": 20, "max_overflow": 60, "pool_timeout": embedded.PATIENCE}
"""How many connections a process has at most: more than threads, so that none waits for one."""


class Base(DeclarativeBase):
    """The base of every record of the house."""

    metadata = MetaData(naming_convention=NAMING)


class _Ids:
    """Makes UUIDs of version 7 (RFC 9562 section 5.7), each greater than the last one (section 6.2, method 2)."""

    def __init__(self) -> None:
        self._newest = 0
        self._one_at_a_time = threading.Lock()

    def make(self) -> str:
        """The next one, as 32 hex digits."""
        fresh = time.time_ns() // 1_000_000 << 74 | int.from_bytes(os.urandom(10), "big") >> 6
        step = int.from_bytes(os.urandom(6), "big") + 1
        with self._one_at_a_time:
            value = self._newest = max(fresh, self._newest + step)
        version_and_variant = 0x7 << 76 | 0b10 << 62
        return f"{value >> 74 << 80 | (value >> 62 & 0xFFF) << 64 | value & (1 << 62) - 1 | version_and_variant:032x}"


_IDS = _Ids()


def new_id() -> str:
    """A new id: 32 hex digits that sort in the order in which this process made them, and by time across processes."""
    return _IDS.make()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on both sides, stored in UTC. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone can't be stored")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as an integer so that both databases keep and sort it exactly."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | str | None, _dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


def one_of(values: type[StrEnum], length: int, column: str) -> Enum:
    """The type of ``column``, which holds one of an enum's values as text: the table itself refuses any other.

    ``length``: of the text, with room for a longer value to come.
    """
    return Enum(
        values,
        name=column,
        length=length,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda each: [member.value for member in each],
    )


class Json(TypeDecorator[Any]):
    """A JSON value in a text column; decimals are written as strings, keys keep their order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value, default=_plain).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be stored as JSON")


def connect(url: str, *, key: bytes | None = None, **options: Any) -> Engine:
    """An SQLAlchemy engine for ``url``, with the settings that make a commit durable and writers patient.

    ``key`` is the journal's (``UNBOUND``: none); where it isn't given the database is of the moment, and nobody else can verify it.
    """
    engine = create_engine(url, **options_of(url), **options)
    prepare(engine, os.urandom(32) if key is None else key)
    return engine


def options_of(url: str) -> dict[str, Any]:
    """What an engine for ``url`` is made with, wherever it is made: a connection for each thread that may want one."""
    if not url.startswith("sqlite"):
        return dict(CONNECTIONS)
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    return {"module": embedded.library(), **({} if in_memory else CONNECTIONS)}


def prepare(engine: Engine, key: bytes) -> None:
    """Give an engine (made here or by Flask-SQLAlchemy) the connection settings, and the key of its journal."""
    use_key(engine, key)
    if engine.dialect.name == "sqlite":
        embedded.prepare(engine)
    else:
        event.listen(engine, "connect", _prepare_postgresql)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


UNBOUND = b""
"""In the place of a key: the journal binds no records, because they are to be journalled where they are taken to."""


def use_key(engine: Engine, key: bytes) -> None:
    """Let the journal of a database make its digests with a key, from the next connection on."""
    engine.update_execution_options(journal_key=key)
    ciphered.use(engine.dialect, key)


def journal_key(bind: Engine | Connection) -> bytes:
    """The key of a database's journal."""
    key: bytes = bind.get_execution_options()["journal_key"]
    return key


relations.follow()


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A short read-only session: on SQLite it takes no write lock."""
    with engine.connect().execution_options(read_only=True) as connection, Session(connection) as session:
        yield session
