"""Accounts: the people who can sign in. What they may do are grants, where they are signed in are sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text
from app.identity import passwords


class Account(Base):
    """A person. Without ``password_hash`` nobody can sign in yet; a disabled account never can."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.disabled_at is None


class AccountUnknown(NotFound):
    """There is no such account."""

    code = "account-unknown"
    text = Text("There is no such account.", "没有该账户。")


class LoginTaken(Conflict):
    """Another account has this sign-in name."""

    code = "login-taken"
    text = Text("The sign-in name %(login)s is taken.", "登录名 %(login)s 已被使用。")


def create(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str | None = None,
    email: str = "",
    language: str = "zh",
) -> Account:
    """Make an account; raises LoginTaken or PasswordUnfit."""
    login = login.strip().lower()
    if by_login(session, login) is not None:
        raise LoginTaken(field="login", login=login)
    if password is not None:
        passwords.check(password, login, name)
    account = Account(
        login=login,
        name=name,
        email=email.strip().lower(),
        language=language,
        password_hash=None if password is None else passwords.hashed(password),
        created_at=clock.now(session),
    )
    session.add(account)
    session.flush()
    journal.write(session, actor, case=f"account:{account.id}", act="accounts.create", facts={"login": login})
    return account


def get(session: Session, account_id: str) -> Account:
    """An account by id; raises AccountUnknown."""
    account = session.get(Account, account_id)
    if account is None:
        raise AccountUnknown
    return account


def by_login(session: Session, login: str) -> Account | None:
    """An account by its sign-in name, however it is written."""
    return session.scalars(select(Account).where(Account.login == login.strip().lower())).first()


def by_login_or_address(session: Session, wanted: str) -> list[Account]:
    """The accounts that have this sign-in name or mail address."""
    wanted = wanted.strip().lower()
    if not wanted:
        return []
    return list(session.scalars(select(Account).where(or_(Account.login == wanted, Account.email == wanted))))


def change_password(session: Session, actor: Actor, *, account_id: str, password: str) -> Account:
    """Give an account another password; raises PasswordUnfit."""
    account = get(session, account_id)
    passwords.check(password, account.login, account.name)
    account.password_hash = passwords.hashed(password)
    journal.write(session, actor, case=f"account:{account.id}", act="accounts.change_password")
    return account


def set_language(session: Session, *, account_id: str, language: str) -> None:
    """Remember the language a person reads."""
    get(session, account_id).language = language


def disable(session: Session, actor: Actor, *, account_id: str, reasons: str) -> Account:
    """Close an account: its sessions are over at once."""
    account = get(session, account_id)
    account.disabled_at = account.disabled_at or clock.now(session)
    journal.write(session, actor, case=f"account:{account.id}", act="accounts.disable", facts={"reasons": reasons})
    return account


def count(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(Account)) or 0
