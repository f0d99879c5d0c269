"""Accounts: people who sign in, the roles they hold, and their sessions.

Passwords are kept as argon2id hashes. A session is a row; the cookie holds a random token of which only the hash is
stored, so that a session can be ended from here and a copy of the database opens none.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import Conflict, NotAllowed
from app.foundation.text import Text
from app.identity import roles

SESSION_LENGTH = timedelta(hours=12)
FREE_TRIES = 5
"""Wrong passwords in a row before an account waits; then the wait doubles from one minute to an hour."""

_hasher = PasswordHasher()
_DECOY = _hasher.hash(secrets.token_urlsafe(16))


class Grant(Base):
    """A role held at an organisation (None: of the platform itself)."""

    __tablename__ = "identity_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "organisation_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("identity_account.id"))
    role: Mapped[str] = mapped_column(String(50))
    organisation_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"))


class Account(Base):
    """A person who can sign in."""

    __tablename__ = "identity_account"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    wrong_tries: Mapped[int] = mapped_column(default=0)
    waits_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    grants: Mapped[list[Grant]] = relationship(lazy="selectin", order_by=Grant.role)

    @property
    def actor(self) -> Actor:
        """The account as the engine and the domain see it."""
        groups = {grant.role for grant in self.grants} | {
            f"{grant.role}@{grant.organisation_id}" for grant in self.grants if grant.organisation_id
        }
        organisation = next((grant.organisation_id for grant in self.grants if grant.organisation_id), None)
        return Actor(self.id, self.name, organisation, frozenset(groups))


class UserSession(Base):
    """A signed-in browser."""

    __tablename__ = "identity_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("identity_account.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInRefused(NotAllowed):
    """Unknown login, wrong password or a closed account: which of them isn't said."""

    code = "sign-in-refused"
    text = Text("The login or the password is wrong.", "登录名或密码错误。")


class SignInWaits(NotAllowed):
    """Too many wrong passwords in a row."""

    code = "sign-in-waits"
    text = Text(
        "Too many wrong passwords. Try again in %(minutes)s minutes.", "密码错误次数过多，请在 %(minutes)s 分钟后重试。"
    )


class LoginTaken(Conflict):
    """Another account has this login."""

    code = "login-taken"
    text = Text("The login %(login)s is taken.", "登录名 %(login)s 已被使用。")


def create(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str,
    grants: Iterable[tuple[str, str | None]] = (),
) -> Account:
    """Make an account holding roles: (role, organisation id or None).

    :raises LoginTaken: when another account has the login
    :raises KeyError: when a role isn't one of ``roles.ROLES``
    """
    if session.scalars(select(Account.id).where(Account.login == login)).first():
        raise LoginTaken(field="login", login=login)
    account = Account(login=login, name=name, password_hash=_hasher.hash(password), created_at=clock.now(session))
    account.grants = [Grant(role=roles.ROLES[role].id, organisation_id=organisation) for role, organisation in grants]
    session.add(account)
    session.flush()
    journal.write(
        session,
        actor,
        case="accounts",
        act="accounts.create",
        facts={"login": login, "roles": [g.role for g in account.grants]},
    )
    return account


def check_password(session: Session, login: str, password: str) -> Account | None:
    """The account when login and password fit; None when they don't, which is counted: commit either way.

    :raises SignInWaits: while an account waits after too many wrong passwords
    """
    account = session.scalars(select(Account).where(Account.login == login).with_for_update()).first()
    now = clock.now(session)
    if account is not None and account.waits_until is not None and account.waits_until > now:
        raise SignInWaits(minutes=int((account.waits_until - now).total_seconds() // 60) + 1)
    try:
        _hasher.verify(account.password_hash if account is not None else _DECOY, password)
    except VerificationError:
        if account is not None:
            _count_wrong(account, now)
        return None
    if account is None or not account.active:
        return None
    account.wrong_tries, account.waits_until = 0, None
    return account


def _count_wrong(account: Account, now: datetime) -> None:
    account.wrong_tries += 1
    if account.wrong_tries >= FREE_TRIES:
        account.waits_until = now + timedelta(minutes=min(2 ** (account.wrong_tries - FREE_TRIES), 60))


def open_session(session: Session, account: Account) -> str:
    """Begin a session; the token goes into the browser's cookie and nowhere else."""
    token, now = secrets.token_urlsafe(32), clock.now(session)
    session.add(
        UserSession(token_hash=_digest(token), account_id=account.id, started_at=now, ends_at=now + SESSION_LENGTH)
    )
    journal.write(session, account.actor, case="accounts", act="accounts.sign_in")
    return token


def of_session(session: Session, token: str) -> Account | None:
    """The account behind a cookie's token, while its session lasts."""
    row = session.get(UserSession, _digest(token))
    if row is None or row.ends_at <= clock.now(session):
        return None
    account = session.get(Account, row.account_id)
    return account if account is not None and account.active else None


def close_session(session: Session, token: str) -> None:
    """End a session."""
    row = session.get(UserSession, _digest(token))
    if row is not None:
        session.delete(row)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create_administrator(session: Session, *, login: str, name: str, password: str) -> Account:
    """The first account of a real office."""
    return create(session, SYSTEM, login=login, name=name, password=password, grants=[("administrator", None)])
