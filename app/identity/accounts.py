"""Accounts: the people who can sign in. What they may do are grants, where they are signed in are sessions."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id, one_of
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, refuse_all
from app.foundation.text import LANGUAGES, Text
from app.identity import passwords, roles

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}\Z")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+\Z")


class Reminders(StrEnum):
    """Which mails remind a person of tasks that are due soon or late: each by itself, a day's together, or none."""

    EACH = "each"  #: one mail for each task
    DIGEST = "digest"  #: one mail a day for all of them
    NONE = "none"  #: no mail; the inbox alone shows them


class Account(Base):
    """A person. Without ``password_hash`` nobody can sign in yet; a disabled account never can.

    ``name`` is as it is shown and journalled, ``login`` and ``email`` are lower case, ``language`` is empty until
    the person chooses one, ``reminders`` is one of ``Reminders``. ``demonstration`` marks the people of the
    demonstration town, who exist only in demonstration mode.
    """

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    reminders: Mapped[Reminders] = mapped_column(one_of(Reminders, 10, "reminders"), default=Reminders.EACH)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in (Flask-Login asks too)."""
        return self.disabled_at is None

    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The id, as Flask-Login asks for it."""
        return self.id


class AccountUnknown(NotFound):
    """There is no such user account."""

    text = Text("There is no such user account.", "没有该账号。")


class LoginTaken(Conflict):
    """Another account has this sign-in name."""

    text = Text("The sign-in name %(login)s is already in use.", "登录名 %(login)s 已被使用。")


class LoginInvalid(Invalid):
    """A sign-in name that can't be typed and told apart safely."""

    text = Text(
        "A sign-in name has 2 to 64 letters, digits, dots, dashes or @, and begins with a letter or digit.",
        "登录名为2至64位字母、数字、点、短横线或@，并以字母或数字开头。",
    )


class NameMissing(Invalid):
    """An account needs the person's name."""

    text = Text("Enter the person's name.", "请填写姓名。")


class AddressInvalid(Invalid):
    """Not an e-mail address."""

    text = Text("“%(email)s” is not an email address.", "“%(email)s”不是有效的电子邮箱。")


class OwnAccount(NotAllowed):
    """Nobody closes the account they act with: the house would lose its last administrator one day."""

    text = Text("Another administrator must close your user account.", "本人账号须由其他管理员停用。")


class RemindersUnknown(Invalid):
    """There is no such choice of reminders."""

    text = Text("Choose which reminders you get.", "请选择接收哪些提醒。")


class LanguageUnknown(Invalid):
    """A language the house doesn't speak."""

    text = Text("Choose English or Chinese.", "请选择中文或者英文。")


def problems(session: Session, *, login: str, name: str, email: str) -> list[Refusal]:
    """Everything that is wrong with what a new account is to be called."""
    found = _details_problems(name, email)
    if not _LOGIN.match(login.strip().lower()):
        found.insert(0, LoginInvalid(field="login"))
    elif by_login(session, login.strip().lower()) is not None:
        found.insert(0, LoginTaken(field="login", login=login))
    return found


def free_login(session: Session, wanted: str) -> str:
    """The sign-in name that was wanted, or the next like it that nobody has."""
    login, number = wanted.strip().lower(), 2
    while by_login(session, login) is not None:
        login, number = f"{wanted.strip().lower()[:60]}-{number}", number + 1
    return login


def create(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str | None = None,
    email: str = "",
    language: str | None = None,
    demonstration: bool = False,
) -> Account:
    """Make an account; without a password the person sets one through a mailed link.

    :raises roles.RoleMissing: :raises LoginInvalid: :raises LoginTaken: :raises NameMissing: :raises AddressInvalid:
    :raises passwords.PasswordUnfit:
    """
    roles.require_one(actor, "system", "administrator", "supplier-admin")
    login = login.strip().lower()
    refuse_all(problems(session, login=login, name=name, email=email))
    account = Account(login=login, language=language, demonstration=demonstration, created_at=clock.now(session))
    _set_details(account, name, email)
    if password is not None:
        _set_password(session, account, password)
    session.add(account)
    _note(session, actor, account, "accounts.create", login=login, name=account.name)
    return account


def change_password(session: Session, actor: Actor, *, account_id: str, password: str) -> Account:
    """Give an account another password.

    :raises passwords.PasswordUnfit:
    """
    _require_self_or_administrator(actor, account_id)
    account = get(session, account_id)
    _set_password(session, account, password)
    _note(session, actor, account, "accounts.change_password")
    return account


def change_details(session: Session, actor: Actor, *, account_id: str, name: str, email: str) -> Account:
    """Change a person's name and address.

    :raises NameMissing:
    :raises AddressInvalid:
    """
    _require_self_or_administrator(actor, account_id)
    account = get(session, account_id)
    _set_details(account, name, email)
    _note(session, actor, account, "accounts.change_details", name=account.name)
    return account


def set_language(session: Session, *, account_id: str, language: str) -> None:
    """Remember the language a person reads.

    :raises LanguageUnknown:
    """
    if language not in LANGUAGES:
        raise LanguageUnknown(field="language")
    get(session, account_id).language = language


def set_reminders(session: Session, *, account_id: str, reminders: str) -> None:
    """Remember which reminders of tasks a person wants.

    :raises RemindersUnknown:
    """
    if reminders not in set(Reminders):
        raise RemindersUnknown(field="reminders")
    get(session, account_id).reminders = Reminders(reminders)


def disable(session: Session, actor: Actor, *, account_id: str, reasons: str = "") -> Account:
    """Close an account: its sessions are over at once; what the person did stays.

    :raises OwnAccount:
    """
    roles.require_one(actor, "system", "administrator")
    if actor.id == account_id:
        raise OwnAccount
    account = get(session, account_id)
    if account.disabled_at is None:
        account.disabled_at = clock.now(session)
        _note(session, actor, account, "accounts.disable", reasons=reasons)
    return account


def enable(session: Session, actor: Actor, *, account_id: str) -> Account:
    """Let a person sign in again."""
    roles.require_one(actor, "system", "administrator")
    account = get(session, account_id)
    if account.disabled_at is not None:
        account.disabled_at = None
        _note(session, actor, account, "accounts.enable")
    return account


def get(session: Session, account_id: str) -> Account:
    """An account by id.

    :raises AccountUnknown:
    """
    account = session.get(Account, account_id)
    if account is None:
        raise AccountUnknown
    return account


def by_ids(session: Session, ids: Collection[str]) -> list[Account]:
    """The accounts of these ids, in no order; those that aren't there are left out."""
    return list(session.scalars(select(Account).where(Account.id.in_(list(ids))))) if ids else []


def by_login(session: Session, login: str) -> Account | None:
    """An account by its sign-in name, however it is written."""
    return session.scalars(select(Account).where(Account.login == login.strip().lower())).one_or_none()


def by_login_or_address(session: Session, wanted: str) -> list[Account]:
    """The accounts that have this sign-in name or mail address."""
    wanted = wanted.strip().lower()
    if not wanted:
        return []
    return list(session.scalars(select(Account).where(or_(Account.login == wanted, Account.email == wanted))))


def demonstration_people(session: Session) -> list[Account]:
    """The people of the demonstration town, in the order in which they were made."""
    statement = select(Account).where(Account.demonstration.is_(True), Account.disabled_at.is_(None))
    return list(session.scalars(statement.order_by(Account.id)))


def count(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(Account)) or 0


def _require_self_or_administrator(actor: Actor, account_id: str) -> None:
    if actor.id != account_id:
        roles.require_one(actor, "system", "administrator")


def _set_details(account: Account, name: str, email: str) -> None:
    refuse_all(_details_problems(name, email))
    account.name, account.email = name.strip(), email.strip().lower()


def _details_problems(name: str, email: str) -> list[Refusal]:
    found: list[Refusal] = [] if name.strip() else [NameMissing(field="name")]
    if email.strip() and not _ADDRESS.match(email.strip().lower()):
        found.append(AddressInvalid(field="email", email=email.strip()))
    return found


def _set_password(session: Session, account: Account, password: str) -> None:
    passwords.check(password, account.login, account.name)
    account.password_hash = passwords.hashed(password)
    account.password_changed_at = clock.now(session)


def _note(session: Session, actor: Actor, account: Account, act: str, **facts: str) -> None:
    session.flush()
    journal.write(session, actor, case=f"account:{account.id}", act=act, facts=facts)
