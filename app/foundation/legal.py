"""Which rows are legal records, and their digests as the journal binds them.

Every table is one of records unless ``legal_records.json`` says why not; every column of such a table is bound unless it
says why not. A digest is keyed (HMAC-SHA-256 with the instance's key, over the canonical JSON, RFC 8785, of table, row,
column and value, cut to 120 bits), so that a score or a price can't be guessed from the journal, and whoever can write the
database but hasn't the key can't make the journal say something else (docs/decisions/0014).
"""

from __future__ import annotations

import hashlib
import json
from binascii import b2a_base64
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, Date, DateTime, Table
from sqlalchemy.types import TypeDecorator

_LIST = json.loads(Path(__file__).with_name("legal_records.json").read_text())
NO_RECORDS: Mapping[str, str] = _LIST["tables that hold no record"]
"""Why a table isn't one of legal records, by its name."""
MAY_DIFFER: Mapping[str, str] = _LIST["columns that may differ"]
"""Why a column of a legal record isn't bound, by ``table.column``."""

DIGEST_BYTES = 15


@dataclass(frozen=True)
class Records:
    """A table of legal records: its key, and the columns that are bound, each with how its value is written down."""

    name: str
    key: tuple[str, ...]
    forms: Mapping[str, Callable[[Any], Any]]
    """Of a value as the program gives it to the database, or reads it back."""
    raw: Mapping[str, Callable[[Any], Any]]
    """Of a value as the driver finds it, whatever was put there."""

    def limited(self, columns: Collection[str]) -> Records:
        """The same with these columns only."""
        given = {name: form for name, form in self.forms.items() if name in columns}
        return Records(self.name, self.key, given, {name: self.raw[name] for name in given})


@cache
def records(table: Table) -> Records | None:
    """How the rows of a table are bound; None when they are no legal records."""
    if table.name in NO_RECORDS:
        return None
    key = tuple(_text(column.name) for column in table.primary_key)
    bound = {_text(c.name): c for c in table.c if c.name not in key and f"{table.name}.{c.name}" not in MAY_DIFFER}
    given, found = {name: _given(c) for name, c in bound.items()}, {name: _found(c) for name, c in bound.items()}
    return Records(_text(table.name), key, given, found)


def row_id(values: Iterable[Any]) -> str:
    """A row's key as one word."""
    return "/".join(value.isoformat() if isinstance(value, date) else str(value) for value in values)


def digest(key: bytes, table: str, row: str, column: str, value: Any) -> str:
    """The keyed digest of one value, already written down: 20 characters, or none at all for no value."""
    return digests(key, table, row, {column: value})[column]


def digests(key: bytes, table: str, row: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The keyed digests of a row's values, already written down, by column.

    NULL is told by an empty word: it can't be guessed wrong, the entry's own hash keeps it, and half of all columns are.
    """
    inner, outer = _hmac(key)
    begun = inner.copy()
    begun.update(orjson.dumps((table, row))[:-1] + b",")  # what the arrays of all its columns begin with
    begin, end, dumps = begun.copy, outer.copy, orjson.dumps  # a step comes here a hundred times
    told = dict.fromkeys(values, "")
    for column, value in values.items():
        if value is None:
            continue
        first, second = begin(), end()
        first.update(dumps((column, value))[1:])
        second.update(first.digest())
        told[column] = str(b2a_base64(second.digest()[:DIGEST_BYTES], newline=False), "ascii")
    return told


@lru_cache(maxsize=16)
def _hmac(key: bytes) -> tuple[Any, Any]:
    """The two hashes of HMAC-SHA-256 (RFC 2104) with the key in them: a step makes a hundred digests, one key serves all."""
    filled = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    return hashlib.sha256(bytes(b ^ 0x36 for b in filled)), hashlib.sha256(bytes(b ^ 0x5C for b in filled))


def _given(column: Column[Any]) -> Callable[[Any], Any]:
    plain, kind = _found(column), column.type
    if not isinstance(kind, TypeDecorator):
        return plain
    stored: Any = kind.process_bind_param
    return lambda value: None if value is None else plain(stored(value, None))


def _found(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, DateTime):
        return _instant
    if isinstance(kind, Boolean):
        return _truth
    return _day if isinstance(kind, Date) else _plain


def _plain(value: Any) -> Any:
    """Text and whole numbers as they are, bytes as their SHA-256, what JSON can't hold exactly as text."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    return value if isinstance(value, int) and -(2**53) < value < 2**53 else str(value)


def _text(value: str) -> str:
    """Text without what a subclass (a member of an enumeration, a quoted name) makes of it."""
    return str.__str__(value)


def _truth(value: Any) -> Any:
    return bool(value) if value in (0, 1) and not isinstance(value, str) else _plain(value)


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else _plain(value)


def _instant(value: Any) -> Any:
    if isinstance(value, str):  # SQLite keeps it as text
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return f"not a time: {value}"
    if not isinstance(value, datetime):
        return _plain(value)
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")
