"""Signing in, and the sessions that come of it: rows that can be looked at and ended.

The browser holds only a random token; the table holds only its hash. What a role allows is read at every request,
so that taking a role away or disabling an account works at once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import NotAllowed, NotFound
from app.foundation.text import Text
from app.identity import accounts, attempts, passwords
from app.identity.accounts import Account
from app.identity.attempts import Whence

NOWHERE = Whence()
IDLE = timedelta(hours=4)
"""How long a session lives without being used."""
LONGEST = timedelta(hours=16)
"""How long a session lives at most."""
NOTED_EVERY = timedelta(minutes=10)
"""How exactly it is known when a session was last used: looking at pages shouldn't write each time."""


class SignedIn(Base):
    """One sign-in of a person in one browser. ``token_hash`` is the SHA-256 of what the cookie holds."""

    __tablename__ = "account_session"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Opened:
    """A new session, and the token that must be given to the browser now and is kept nowhere."""

    session: SignedIn
    token: str


class WrongPassword(NotAllowed):
    """No account with this name and password; which of the two is wrong isn't said."""

    text = Text("The sign-in name or password is incorrect.", "登录名或密码不正确。")


class SessionUnknown(NotFound):
    """There is no such session of this person."""

    text = Text("There is no such session.", "没有该会话。")


@dataclass(frozen=True)
class Verified:
    """What came of looking at a password: whose it is (None: nobody's), and the hash it was compared with.

    ``renewed`` is a hash by today's parameters, where the kept one was made with weaker ones.
    """

    login: str
    account_id: str | None
    password_hash: str | None
    is_right: bool
    renewed: str | None = None


def verify(session: Session, *, login: str, password: str, whence: Whence = NOWHERE) -> Verified:
    """Look at a password. Nothing is written, so that a reading session will do: hashing takes an eighth of a second,
    and on SQLite a writing one would keep everybody else waiting for as long.

    :raises attempts.TooManyAttempts:
    """
    attempts.refuse_if_too_many(session, login, whence)
    account = accounts.by_login(session, login)
    hash_ = account.password_hash if account else None
    is_right = passwords.matches(password, hash_)
    renewed = passwords.hashed(password) if is_right and hash_ and passwords.is_dated(hash_) else None
    return Verified(login, account.id if account else None, hash_, is_right, renewed)


def admit(
    session: Session, verified: Verified, *, whence: Whence = NOWHERE, browser: str = "", is_demonstration: bool = True
) -> Opened:
    """Open a session for whose password was right. The caller commits in either case: failures are counted.

    Without a demonstration its people are nobody.

    :raises attempts.TooManyAttempts: also when others guessed on in the meantime
    :raises WrongPassword: also for an account that doesn't exist, is disabled, or has another password by now
    """
    attempts.refuse_if_too_many(session, verified.login, whence)
    account = session.get(Account, verified.account_id) if verified.account_id and verified.is_right else None
    is_welcome = account is not None and account.is_active and (is_demonstration or not account.demonstration)
    if account is None or not is_welcome or account.password_hash != verified.password_hash:
        attempts.count_failure(session, verified.login, whence)
        raise WrongPassword
    attempts.forget(session, verified.login, whence)
    if verified.renewed is not None:
        account.password_hash = verified.renewed
    return open_for(session, account, address=whence.address, browser=browser)


def open_for(session: Session, account: Account, *, address: str = "", browser: str = "") -> Opened:
    """Open a session for a person who has been recognised."""
    now = clock.now(session)
    token = secrets.token_urlsafe(32)
    opened = SignedIn(
        account_id=account.id,
        token_hash=_hash(token),
        address=address[:64],
        browser=browser[:300],
        opened_at=now,
        seen_at=now,
        ends_at=now + LONGEST,
    )
    session.add(opened)
    session.flush()
    actor = Actor(account.id, account.name)
    journal.write(session, actor, case=f"account:{account.id}", act="sessions.open", facts={"session": opened.id})
    return Opened(opened, token)


def find(session: Session, token: str | None, uses: Uses | None = None) -> tuple[SignedIn, Account] | None:
    """The running session of a token and its person, or None: unknown, ended, too old, idle too long, disabled.

    ``uses``: those that aren't written down yet.
    """
    if not token:
        return None
    row = session.execute(
        select(SignedIn, Account)
        .join(Account, Account.id == SignedIn.account_id)
        .where(SignedIn.token_hash == _hash(token), SignedIn.ended_at.is_(None), Account.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    now = clock.now(session)
    found: SignedIn = row[0]
    seen_at = uses.last(found) if uses is not None else found.seen_at
    return None if now >= found.ends_at or now >= seen_at + IDLE else (found, row[1])


def whose(session: Session, token: str | None) -> Account | None:
    """Whose session a token was, though it has ended by now; None for a token that never was, or a disabled account."""
    statement = select(Account).join(SignedIn, Account.id == SignedIn.account_id)
    return session.scalar(statement.where(SignedIn.token_hash == _hash(token or ""), Account.disabled_at.is_(None)))


def left(session: Session, found: SignedIn) -> timedelta:
    """How long a session lives on if it isn't used."""
    return min(found.ends_at, found.seen_at + IDLE) - clock.now(session)


def is_to_be_noted(session: Session, found: SignedIn, uses: Uses) -> bool:
    """Whether it is time to note that a session is being used."""
    return clock.now(session) >= uses.last(found) + NOTED_EVERY


def note_use(session: Session, session_id: str) -> None:
    """Write down that a session was used now."""
    session.execute(update(SignedIn).where(SignedIn.id == session_id).values(seen_at=clock.now(session)))


def move(session: Session, by: timedelta) -> None:
    """Move the running sessions along with a clock that is turned by so much: nobody was idle meanwhile."""
    now = clock.now(session)
    running = (SignedIn.ended_at.is_(None), SignedIn.ends_at > now, SignedIn.seen_at > now - IDLE)
    for found in session.scalars(select(SignedIn).where(*running)):
        found.seen_at, found.ends_at = found.seen_at + by, found.ends_at + by


class Uses:
    """When sessions were last used, kept until it is written down: looking at a page never needs to write."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}
        self._lock = Lock()

    def note(self, session_id: str, at: datetime) -> None:
        """A session was used."""
        with self._lock:
            self._seen[session_id] = at

    def last(self, found: SignedIn) -> datetime:
        """When a session was last used."""
        return max(found.seen_at, self._seen.get(found.id, found.seen_at))

    def write(self, session: Session) -> None:
        """Write them down; what can't be committed is noted again at its next use."""
        with self._lock:
            seen, self._seen = self._seen, {}
        for session_id, at in seen.items():
            session.execute(update(SignedIn).where(SignedIn.id == session_id).values(seen_at=at))

    def __bool__(self) -> bool:
        return bool(self._seen)


def act_for(found: SignedIn, organisation_id: str) -> None:
    """Let a session act for another of the person's organisations."""
    found.organisation_id = organisation_id


def of_account(session: Session, account_id: str) -> list[SignedIn]:
    """A person's running sessions, the one used last first."""
    now = clock.now(session)
    statement = select(SignedIn).where(
        SignedIn.account_id == account_id,
        SignedIn.ended_at.is_(None),
        SignedIn.ends_at > now,
        SignedIn.seen_at > now - IDLE,
    )
    return list(session.scalars(statement.order_by(SignedIn.seen_at.desc(), SignedIn.id.desc())))


def end(session: Session, account_id: str, session_id: str) -> None:
    """End one of a person's sessions.

    :raises SessionUnknown:
    """
    found = session.get(SignedIn, session_id)
    if found is None or found.account_id != account_id:
        raise SessionUnknown
    if found.ended_at is None:
        found.ended_at = clock.now(session)
        journal.write(session, SYSTEM, case=f"account:{account_id}", act="sessions.end", facts={"session": session_id})


def end_all(session: Session, account_id: str, *, except_id: str | None = None) -> int:
    """End all of a person's sessions but one; returns how many ended."""
    ended = [found for found in of_account(session, account_id) if found.id != except_id]
    for found in ended:
        end(session, account_id, found.id)
    return len(ended)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
