"""Another mail address for somebody's account: whoever holds the address can set the password, so nobody changes it alone.

Somebody's own address changes at once. An administrator's change of another person's address waits three days, is told to
both addresses, and counts only when a second administrator confirms it; the person can refuse it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, dates, journal, outbox
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import NotAllowed, NotFound
from app.foundation.text import Text
from app.identity import accounts, roles
from app.identity.accounts import Account

WAITS = timedelta(days=3)


class AddressChange(Base):
    """A change of an address that waits, or did: ``ended_at`` is when it was confirmed or given up."""

    __tablename__ = "account_address_change"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    asked_by: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoChange(NotFound):
    """No change of this account's address waits."""

    code = "no-address-change"
    text = Text("There is no change of this email address to confirm.", "没有待确认的邮箱变更。")


class ChangeTooEarly(NotAllowed):
    """The time in which the person can refuse the change isn't over."""

    code = "address-change-too-early"
    text = Text("You can confirm this change from %(at)s.", "该变更须于%(at)s之后确认。")


class SecondPersonNeeded(NotAllowed):
    """Who asked for a change doesn't confirm it."""

    code = "address-change-second-person"
    text = Text("Another administrator must confirm this change.", "该变更须由其他管理员确认。")


def change(session: Session, actor: Actor, *, account_id: str, name: str, email: str) -> AddressChange | None:
    """Change a person's name, and the address if it is one's own or nobody has signed in with the account yet.

    Else the address waits: gives the change.

    :raises accounts.NameMissing:
    :raises accounts.AddressInvalid:
    """
    account = accounts.get(session, account_id)
    before, wanted = account.email, email.strip().lower()
    may_at_once = actor.id == account_id or not account.password_hash or not before
    accounts.change_details(session, actor, account_id=account_id, name=name, email=email)
    if wanted == before:
        return None
    if may_at_once:
        _tell(session, account, (before, wanted), _CHANGED, key=f"{before}:{wanted}:{clock.now(session).isoformat()}")
        return None
    account.email = before
    _end_waiting(session, account_id)
    now = clock.now(session)
    asked = AddressChange(account_id=account_id, email=wanted, asked_by=actor.id, asked_at=now, due_at=now + WAITS)
    session.add(asked)
    _note(session, actor, asked, "addresses.ask")
    _tell(session, account, (before, wanted), _ASKED, key=asked.id, at=dates.when(asked.due_at))
    return asked


def confirm(session: Session, actor: Actor, *, account_id: str) -> Account:
    """Let a waiting change count.

    :raises NoChange:
    :raises SecondPersonNeeded:
    :raises ChangeTooEarly:
    """
    roles.require_one(actor, "system", "administrator")
    asked = waiting(session, account_id, lock=True)
    if asked is None:
        raise NoChange
    if actor.id == asked.asked_by:
        raise SecondPersonNeeded
    if clock.now(session) < asked.due_at:
        raise ChangeTooEarly(at=dates.when(asked.due_at))
    account = accounts.get(session, account_id)
    before, account.email, asked.ended_at = account.email, asked.email, clock.now(session)
    _note(session, actor, asked, "addresses.confirm")
    _tell(session, account, (before, asked.email), _CHANGED, key=f"{asked.id}:confirmed")
    return account


def refuse(session: Session, actor: Actor, *, account_id: str) -> None:
    """Give a waiting change up: the person whose account it is, or an administrator.

    :raises NoChange:
    """
    if actor.id != account_id:
        roles.require_one(actor, "system", "administrator")
    asked = waiting(session, account_id, lock=True)
    if asked is None:
        raise NoChange
    asked.ended_at = clock.now(session)
    _note(session, actor, asked, "addresses.refuse")
    account = accounts.get(session, account_id)
    _tell(session, account, (account.email, asked.email), _REFUSED, key=f"{asked.id}:refused")


def waiting(session: Session, account_id: str, *, lock: bool = False) -> AddressChange | None:
    """The change of a person's address that waits."""
    statement = select(AddressChange).where(AddressChange.account_id == account_id, AddressChange.ended_at.is_(None))
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def _end_waiting(session: Session, account_id: str) -> None:
    earlier = waiting(session, account_id, lock=True)
    if earlier is not None:
        earlier.ended_at = clock.now(session)


def _note(session: Session, actor: Actor, asked: AddressChange, act: str) -> None:
    session.flush()
    journal.write(session, actor, case=f"account:{asked.account_id}", act=act, facts={"change": asked.id})


def _tell(
    session: Session, account: Account, addresses: tuple[str, str], body: Text, *, key: str, **said: object
) -> None:
    """A mail to the old and one to the new address."""
    words = body.filled(name=account.name, email=addresses[1] or "–", **said)
    languages = (account.language,) if account.language else ("zh", "en")
    for which, address in zip(("old", "new"), addresses, strict=True):
        if address:
            outbox.mail(
                session,
                key=f"address:{which}:{key}"[:200],
                to=[address],
                subject=" / ".join(_SUBJECT.in_(language) for language in languages),
                body="\n\n".join(words.in_(language) for language in languages),
            )


_SUBJECT = Text("The email address of your account", "您账号的电子邮箱")
_CHANGED = Text(
    "%(name)s,\n\nthe email address of your account is now %(email)s. If you did not expect this, contact an "
    "administrator at once.",
    "%(name)s：\n\n您账号的电子邮箱已变更为%(email)s。如非本人意愿，请立即联系管理员。",
)
_ASKED = Text(
    "%(name)s,\n\nan administrator has asked to change the email address of your account to %(email)s. The change takes "
    "effect when a second administrator confirms it, at %(at)s at the earliest. To refuse it, sign in and go to "
    "“My account”.",
    "%(name)s：\n\n管理员申请将您账号的电子邮箱变更为%(email)s。该变更须经另一名管理员确认，最早于%(at)s生效。如不同意，"
    "请登录后在“我的账号”页面拒绝。",
)
_REFUSED = Text(
    "%(name)s,\n\nthe email address of your account was not changed to %(email)s. The change was refused.",
    "%(name)s：\n\n您账号的电子邮箱变更为%(email)s的申请已被拒绝，邮箱未变更。",
)
