"""Columns that a copy of the database doesn't give away: their values are encrypted with a key that lies beside it, not in it.

AES-256-GCM under a key made of the instance's own (``JOURNAL_KEY_PATH``), which no dump and no backup of the database
holds. Values that an earlier release left readable are read as they are. What this protects against and what not stands
in docs/decisions.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

MARK = b"tw1:"
"""Begins what is encrypted: neither JSON nor a file that anybody may attach does."""
_NONCE = 12


class KeyMissing(Exception):
    """A value was encrypted with another instance's key."""


class CipheredBytes(TypeDecorator[bytes]):
    """Bytes, encrypted where the database has a key."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypted(value, dialect)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else decrypted(bytes(value), dialect)


class CipheredJson(TypeDecorator[Any]):
    """A JSON value in a text column, encrypted where the database has a key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        written = encrypted(orjson.dumps(value), dialect)
        if not written.startswith(MARK):
            return written.decode()
        return (MARK + base64.b64encode(written[len(MARK) :])).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None or not value.startswith(MARK.decode()):
            return None if value is None else orjson.loads(value)
        return orjson.loads(decrypted(MARK + base64.b64decode(value[len(MARK) :]), dialect))


def use(dialect: Dialect, key: bytes) -> None:
    """Encrypt what a database is given from now on; without a key (``b""``) nothing is."""
    dialect.ciphered_key = hashlib.sha256(b"ciphered columns\0" + key).digest() if key else b""  # type: ignore[attr-defined]


def encrypted(value: bytes, dialect: Dialect) -> bytes:
    """A value as it is stored."""
    key: bytes = getattr(dialect, "ciphered_key", b"")
    if not key:
        return value
    nonce = os.urandom(_NONCE)
    return b"".join((MARK, nonce, AESGCM(key).encrypt(nonce, value, None)))


def decrypted(stored: bytes, dialect: Dialect) -> bytes:
    """A stored value; raises KeyMissing."""
    if not stored.startswith(MARK):
        return stored
    view, key = memoryview(stored)[len(MARK) :], getattr(dialect, "ciphered_key", b"")
    try:
        return AESGCM(key).decrypt(view[:_NONCE], view[_NONCE:], None)
    except (InvalidTag, ValueError) as error:
        raise KeyMissing("a draft was encrypted with the key of another instance (JOURNAL_KEY_PATH)") from error
