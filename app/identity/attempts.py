"""Attempts to sign in that failed: who guesses has to wait longer and longer.

What is slowed down is guessing, not a person: a rival who types wrong passwords for somebody else's account from
elsewhere may not keep that person out before a deadline. So the long pauses are for an account *from one address*
and for one address over all accounts; an account as a whole, guessed at from everywhere, only answers slowly.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Base, UtcDateTime
from app.foundation.errors import NotAllowed
from app.foundation.text import Text

FORGOTTEN_AFTER = timedelta(hours=24)
"""After this long without a failure, counting begins anew."""


@dataclass(frozen=True)
class Pace:
    """How many failures are free, how long the first pause is (it doubles with each failure), and the longest."""

    free: int
    first: timedelta
    longest: timedelta

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures."""
        beyond = failures - self.free
        if beyond < 0:
            return timedelta()
        return min(self.first * 2 ** min(beyond, 20), self.longest)


PACES = {
    "pair": Pace(5, timedelta(seconds=30), timedelta(minutes=15)),
    "address": Pace(30, timedelta(seconds=30), timedelta(minutes=15)),
    "account": Pace(50, timedelta(seconds=2), timedelta(seconds=15)),
}


class SignInAttempt(Base):
    """Failures in a row under one key: an account from an address, an address, or an account."""

    __tablename__ = "sign_in_attempt"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TooManyAttempts(NotAllowed):
    """Too many failures: the next attempt isn't looked at yet."""

    code = "too-many-attempts"
    text = Text(
        "Too many attempts. Try again in %(seconds)s seconds.",
        "尝试次数过多，请在%(seconds)s秒后重试。",
    )


def refuse_if_too_many(session: Session, login: str, address: str) -> None:
    """Go on only if nobody has to wait; raises TooManyAttempts with the seconds that are left."""
    now = clock.now(session)
    rows = [session.get(SignInAttempt, key) for key in _keys(login, address).values()]
    waits = [
        row.blocked_until - now for row in rows if row is not None and row.blocked_until and row.blocked_until > now
    ]
    if waits:
        raise TooManyAttempts(seconds=ceil(max(waits).total_seconds()))


def count_failure(session: Session, login: str, address: str) -> None:
    """Count a failure under each of its keys."""
    now = clock.now(session)
    for kind, key in _keys(login, address).items():
        row = _locked(session, key, now)
        if now - row.failed_at > FORGOTTEN_AFTER:
            row.failures = 0
        row.failures, row.failed_at = row.failures + 1, now
        pause = PACES[kind].pause(row.failures)
        row.blocked_until = now + pause if pause else None
    session.flush()


def _locked(session: Session, key: str, now: datetime) -> SignInAttempt:
    """The row of a key, made if need be, locked; two first failures at once are two."""
    row = session.get(SignInAttempt, key, with_for_update=True)
    if row is not None:
        return row
    row = SignInAttempt(key=key, failures=0, failed_at=now)
    try:
        with session.begin_nested():
            session.add(row)
        return row
    except IntegrityError:
        return session.get_one(SignInAttempt, key, with_for_update=True)


def forget(session: Session, login: str, address: str) -> None:
    """After a success, an account from that address starts anew; the address and the account as wholes don't."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.key == _keys(login, address)["pair"]))


def forget_old(session: Session) -> None:
    """Drop what doesn't count any more."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.failed_at < clock.now(session) - FORGOTTEN_AFTER))


def _keys(login: str, address: str) -> dict[str, str]:
    name = login.strip().lower()
    parts = {"pair": f"{name}\n{address}", "address": address, "account": name}
    return {kind: hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest() for kind, text in parts.items()}
