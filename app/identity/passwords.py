"""Passwords: what a new one must be, and how it is kept (Argon2id, RFC 9106)."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from app.foundation.errors import Invalid
from app.foundation.text import Text

LEAST = 10
"""The fewest characters of a password."""
MOST = 256
"""The most characters of a password: hashing costs time."""

_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
"""A hash takes an eighth of a second and 64 MiB, so that a crowd of sign-ins may not take the whole machine."""


@cache
def _nobody() -> str:
    """A hash to compare with where there is no account, so that it takes as long."""
    return _HASHER.hash("the password of an account that doesn't exist")


_KNOWN = frozenset(
    {
        "1234567890",
        "12345678910",
        "0123456789",
        "9876543210",
        "0987654321",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "password12",
        "password123",
        "passw0rd123",
        "administrator",
        "adminadmin",
        "iloveyou123",
        "letmein1234",
        "welcome123",
        "woaini1314520",
        "abcdefghij",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "qwerty12345",
        "qwerty123456",
        "asdfghjkl1",
        "zxcvbnm123",
        "password1234",
        "changeme123",
        "test123456",
        "a123456789",
    }
)


class PasswordUnfit(Invalid):
    """A new password that would be guessed."""

    text = Text("Choose another password: %(why)s.", "请更换密码：%(why)s。")


def hashed(password: str) -> str:
    """The Argon2id hash of a password, with its parameters and salt."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password: str, hash_: str | None) -> bool:
    """Whether a password is the one of a hash. Without a hash it takes as long and is never right."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(hash_ or _nobody(), password[:MOST]) and hash_ is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def is_dated(hash_: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(hash_)


def check(password: str, *known_of_the_person: str) -> None:
    """Refuse a new password that is short, common, or made of the person's own names.

    Length counts, kinds of characters don't (NIST SP 800-63B 5.1.1).

    :raises PasswordUnfit:
    """
    why = _weakness(password, known_of_the_person)
    if why is not None:
        raise PasswordUnfit(field="password", why=why)


def _weakness(password: str, names: tuple[str, ...]) -> Text | None:
    lowered = password.casefold()
    if len(password) < LEAST:
        return Text(f"it needs at least {LEAST} characters", f"至少需要{LEAST}个字符")
    if len(password) > MOST:
        return Text(f"it may have at most {MOST} characters", f"最多{MOST}个字符")
    if lowered in _KNOWN or len(set(lowered)) < 4:
        return Text("this password is too common", "该密码过于常见")
    if any(len(name) > 3 and name.casefold() in lowered for name in names):
        return Text("it contains your name or sign-in name", "不得包含本人姓名或登录名")
    return None
