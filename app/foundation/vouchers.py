"""A token that says of itself that it was given out here: the server knows it at the header, without asking the database."""

from __future__ import annotations

import hashlib
import hmac

SIGN = "."
"""Between a token and its voucher; no token has it."""
_LENGTH = 32


def vouched(secret: str, token: str) -> str:
    """A token with its voucher."""
    return f"{token}{SIGN}{_voucher(secret, token)}"


def token_in(value: str) -> str:
    """The token of a value, whether it is vouched for or not (tokens of the first release aren't)."""
    return value.partition(SIGN)[0]


def holds(secret: str, value: str) -> bool:
    """Whether a value is a token that was given out here."""
    token, sign, voucher = value.partition(SIGN)
    return bool(sign) and hmac.compare_digest(voucher.encode(), _voucher(secret, token).encode())


def _voucher(secret: str, token: str) -> str:
    key = hashlib.sha256(b"tokens that were given out\0" + secret.encode()).digest()
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
