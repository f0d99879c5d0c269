"""Attempts to sign in that failed: who guesses has to wait longer and longer.

What is slowed down is guessing, not a person: a rival who types wrong passwords for somebody else's account from
elsewhere may not keep that person out before a deadline. So the long pauses are for an account *from one address*
and for one address over all accounts; an account as a whole, guessed at from everywhere, only answers slowly. A browser in
which that account has signed in before is counted by itself alone: no one else's guesses stop it, from whichever address.

What anybody may ask for without an account is counted too, by the hour: for one address, and for all together.
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
        return min(self.first * (1 << min(beyond, 20)), self.longest)


PACES = {
    "device": Pace(5, timedelta(seconds=30), timedelta(minutes=15)),
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

    text = Text(
        "Too many attempts. Try again in %(seconds)s seconds.",
        "尝试次数过多，请在%(seconds)s秒后重试。",
    )


@dataclass(frozen=True)
class Whence:
    """Where an attempt comes from. ``device``: the mark of a browser in which this very account has signed in before."""

    address: str = ""
    device: str = ""


MOST_AN_HOUR = {"from one address": 20, "for one receiver": 3, "from everywhere": 400}
"""How often in an hour strangers may ask for something that writes or mails: registrations, links."""


def spend(session: Session, what: str, address: str = "", receiver: str = "") -> None:
    """Count a stranger's request for ``what``.

    ``receiver`` is whom it would send a mail to. The caller commits also when the request itself is refused afterwards.

    :raises TooManyAttempts: where the hour's are used up
    """
    now = clock.now(session)
    hour = now.replace(minute=0, second=0, microsecond=0)
    whose = {"from one address": address, "for one receiver": receiver.strip().lower(), "from everywhere": ""}
    for kind, who in whose.items():
        if not who and kind != "from everywhere":
            continue
        said = f"{what}\n{kind}\n{who}\n{hour.isoformat()}"
        row = _locked(session, hashlib.sha256(said.encode()).hexdigest(), now)
        if row.failures >= MOST_AN_HOUR[kind]:
            raise TooManyAttempts(seconds=ceil((hour + timedelta(hours=1) - now).total_seconds()))
        row.failures, row.failed_at = row.failures + 1, now
    session.flush()


def refuse_if_too_many(session: Session, login: str, whence: Whence) -> None:
    """Go on only if nobody has to wait.

    :raises TooManyAttempts: with the seconds that are left
    """
    now = clock.now(session)
    rows = [session.get(SignInAttempt, key) for key in _keys(login, whence).values()]
    waits = [
        row.blocked_until - now for row in rows if row is not None and row.blocked_until and row.blocked_until > now
    ]
    if waits:
        raise TooManyAttempts(seconds=ceil(max(waits).total_seconds()))


def count_failure(session: Session, login: str, whence: Whence) -> None:
    """Count a failure under each of its keys."""
    now = clock.now(session)
    for kind, key in _keys(login, whence).items():
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


def forget(session: Session, login: str, whence: Whence) -> None:
    """After a success, an account from that address or device starts anew; address and account as wholes don't."""
    keys = _keys(login, whence)
    session.execute(delete(SignInAttempt).where(SignInAttempt.key == keys.get("device", keys.get("pair"))))


def forget_old(session: Session) -> None:
    """Drop what doesn't count any more."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.failed_at < clock.now(session) - FORGOTTEN_AFTER))


def _keys(login: str, whence: Whence) -> dict[str, str]:
    name, address = login.strip().lower(), whence.address
    if whence.device:
        parts = {"device": f"{name}\n{whence.device}"}
    else:
        parts = {"pair": f"{name}\n{address}", "address": address, "account": name}
    return {kind: hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest() for kind, text in parts.items()}
