"""Columns that a copy of the database doesn't give away: their values are encrypted with a key that lies beside it, not in it.

The key is made of the instance's own (``JOURNAL_KEY_PATH``), which no dump and no backup of the database holds. What this
protects against and what not stands in docs/decisions.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from sqlalchemy import Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from app.foundation import ciphers


class CipheredBytes(TypeDecorator[bytes]):
    """Bytes, encrypted where the database has a key."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else ciphers.encrypted(value, key_of(dialect))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else ciphers.decrypted(bytes(value), key_of(dialect))


class CipheredJson(TypeDecorator[Any]):
    """A JSON value in a text column, encrypted where the database has a key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else ciphers.written(orjson.dumps(value), key_of(dialect))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(ciphers.read(value, key_of(dialect)))


def use(dialect: Dialect, key: bytes) -> None:
    """Encrypt what a database is given from now on; without a key (``b""``) nothing is."""
    dialect.ciphered_key = hashlib.sha256(b"ciphered columns\0" + key).digest() if key else b""  # type: ignore[attr-defined]


def key_of(dialect: Dialect) -> bytes:
    """The key of a database's encrypted columns; ``b""`` where it has none."""
    key: bytes = getattr(dialect, "ciphered_key", b"")
    return key
