"""What is stored encrypted, with a key that lies beside it: AES-256-GCM, a mark and a fresh nonce before each value."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"tw1:"
"""Begins what is encrypted: neither JSON nor a file that anybody may attach does."""
_NONCE = 12


class KeyMissing(Exception):
    """A value was encrypted with another instance's key."""


def encrypted(value: bytes | memoryview, key: bytes) -> bytes:
    """A value as it is stored; without a key (``b""``) as it is."""
    if not key:
        return bytes(value)
    nonce = os.urandom(_NONCE)
    return b"".join((MARK, nonce, AESGCM(key).encrypt(nonce, value, None)))


def decrypted(stored: bytes, key: bytes) -> bytes:
    """A stored value; one that an earlier release left readable as it is.

    :raises KeyMissing:
    """
    if not stored.startswith(MARK):
        return stored
    view = memoryview(stored)[len(MARK) :]
    try:
        return AESGCM(key).decrypt(view[:_NONCE], view[_NONCE:], None)
    except (InvalidTag, ValueError) as error:
        raise KeyMissing("a draft was encrypted with the key of another instance (JOURNAL_KEY_PATH)") from error


def written(value: bytes, key: bytes) -> str:
    """A value as it is stored in a column of text."""
    stored = encrypted(value, key)
    return stored.decode() if not stored.startswith(MARK) else (MARK + base64.b64encode(stored[len(MARK) :])).decode()


def read(stored: str, key: bytes) -> bytes:
    """What ``written`` wrote.

    :raises KeyMissing:
    """
    if not stored.startswith(MARK.decode()):
        return stored.encode()
    return decrypted(MARK + base64.b64decode(stored[len(MARK) :]), key)
