"""Receipts: what the house took in and when, signed so that nobody can say otherwise later (O87 33).

A receipt is JSON: its ``content``, and an Ed25519 signature over the content's canonical form (RFC 8785) by the house's
key, whose public half is published. It proves that a bid of this digest was taken in at this time; it says nothing of
what is in it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.foundation.foreign import Unreadable, jsons
from app.foundation.keyfiles import made_once

FORMAT = "tenderway-receipt/1"
ALGORITHM = "Ed25519"


class Signer:
    """The house's key for receipts. ``public_key`` is published: base64 of its 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self.public_key = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    @classmethod
    def of_file(cls, path: Path) -> Signer:
        """The key of a file, made once and readable by its owner only."""
        return cls(bytes.fromhex(made_once(path, secrets.token_hex(32))))

    def sign(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The signed receipt of a content."""
        whole = {"format": FORMAT, **content}
        signature = base64.b64encode(self._key.sign(rfc8785.dumps(whole))).decode()
        return {"content": whole, "signature": {"algorithm": ALGORITHM, "key": self.public_key, "value": signature}}


class Verdict(StrEnum):
    """What verifying a receipt says."""

    GENUINE = "genuine"
    CHANGED = "changed"
    STRANGER = "stranger"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Verified:
    """The verdict on a receipt, and its content where it could be read. Only a genuine one proves anything."""

    verdict: Verdict
    content: Mapping[str, Any]

    @property
    def is_genuine(self) -> bool:
        """Whether the house signed exactly this."""
        return self.verdict == Verdict.GENUINE


def verify_receipt(receipt: str | bytes | Mapping[str, Any], public_key: str) -> Verified:
    """Check a receipt's signature against the house's published key; whatever is handed in, it only says what it is."""
    try:
        read = receipt if isinstance(receipt, Mapping) else jsons.read(receipt)
        content, signature = read["content"], read["signature"]
        given, value = str(signature["key"]), base64.b64decode(signature["value"], validate=True)
        if not isinstance(content, dict) or content["format"] != FORMAT or signature["algorithm"] != ALGORITHM:
            return Verified(Verdict.UNREADABLE, {})
        said = rfc8785.dumps(content)
    except (Unreadable, ValueError, KeyError, TypeError, rfc8785.CanonicalizationError):
        return Verified(Verdict.UNREADABLE, {})
    if given != public_key:
        return Verified(Verdict.STRANGER, content)
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key)).verify(value, said)
    except InvalidSignature:
        return Verified(Verdict.CHANGED, content)
    return Verified(Verdict.GENUINE, content)
