"""A forgotten password: a link by mail that sets a new one, once, within an hour."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal, outbox
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import NotAllowed
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.identity import accounts, roles, sessions
from app.identity.accounts import Account

PLACE = "[link]"
"""Where a mail has its link once it leaves."""
RESET = "reset"
"""What names, in a mail's content, the row that its link belongs to."""
LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)
MOST_OPEN = 3
"""How many unused links an account may have at once, so that nobody's letter box is filled."""


class PasswordReset(Base):
    """A link that was mailed. ``token_hash`` is the SHA-256 of what the link holds."""

    __tablename__ = "password_reset"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkOver(NotAllowed):
    """The link was used, or its time is over."""

    text = Text("This link has been used or has expired. Ask for a new one.", "该链接已使用或已过期，请重新申请。")


@dataclass(frozen=True)
class Links:
    """Makes the links. A token follows from its row's id and the installation's key, which the database doesn't hold.

    So nobody who reads the database, its backup or the outbox has a link: it is made when its mail leaves.
    """

    secret: str
    base: str

    def token(self, reset_id: str) -> str:
        """The token of a row."""
        key = hashlib.sha256(b"links to set a password\0" + self.secret.encode()).digest()
        return base64.urlsafe_b64encode(hmac.digest(key, reset_id.encode(), "sha256")).decode().rstrip("=")

    def address(self, reset_id: str) -> str:
        """The address of the page behind a row's link."""
        return f"{self.base}/set-password/{self.token(reset_id)}"

    def filled(self, message: Outgoing) -> Outgoing:
        """A mail with its link in it, if it is to have one; what the outbox keeps stays without."""
        if RESET not in message.content:
            return message
        said = {**message.content}
        said["body"] = said["body"].replace(PLACE, self.address(said.pop(RESET)))
        return Outgoing(id=message.id, key=message.key, created_at=message.created_at, content=said)


def ask(session: Session, login_or_address: str, links: Links) -> None:
    """Mail a link to whom the name or address belongs; whether there is anybody isn't said."""
    for account in accounts.by_login_or_address(session, login_or_address):
        if account.is_active and account.email and _open_links(session, account) < MOST_OPEN:
            _mail(session, account, _new(session, account, links, LASTS), _FORGOTTEN, _FORGOTTEN_SUBJECT)


def invite(session: Session, actor: Actor, account: Account, links: Links) -> str:
    """Mail a person the link under which they set their password; returns the link.

    A supplier's administrator invites people who never had a password, so that nobody else's account can be taken.

    :raises roles.RoleMissing:
    """
    roles.require_one(actor, "system", "administrator", *(() if account.password_hash else ("supplier-admin",)))
    journal.write(session, actor, case=f"account:{account.id}", act="resets.invite")
    reset_id = _new(session, account, links, INVITATION_LASTS)
    if account.email:
        _mail(session, account, reset_id, _INVITED, _INVITED_SUBJECT)
    return links.address(reset_id)


def account_of(session: Session, token: str) -> Account:
    """Whose password a link may set.

    :raises LinkOver:
    """
    return accounts.get(session, _usable(session, token).account_id)


def set_password(session: Session, *, token: str, password: str) -> Account:
    """Use a link: set the password and end all sessions.

    :raises LinkOver:
    :raises passwords.PasswordUnfit:
    """
    reset = _usable(session, token, lock=True)
    account = accounts.get(session, reset.account_id)
    accounts.change_password(session, Actor(account.id, account.name), account_id=account.id, password=password)
    reset.used_at = clock.now(session)
    sessions.end_all(session, account.id)
    return account


def _new(session: Session, account: Account, links: Links, lasts: timedelta) -> str:
    """A row for a link: its id."""
    identity = secrets.token_hex(16)
    token_hash = _hash(links.token(identity))
    session.add(
        PasswordReset(id=identity, account_id=account.id, token_hash=token_hash, ends_at=clock.now(session) + lasts)
    )
    session.flush()
    return identity


def _usable(session: Session, token: str, *, lock: bool = False) -> PasswordReset:
    statement = select(PasswordReset).where(PasswordReset.token_hash == _hash(token))
    row = session.scalars(statement.with_for_update() if lock else statement).first()
    if row is None or row.used_at is not None or row.ends_at <= clock.now(session):
        raise LinkOver
    return row


def _open_links(session: Session, account: Account) -> int:
    statement = select(func.count()).where(
        PasswordReset.account_id == account.id,
        PasswordReset.used_at.is_(None),
        PasswordReset.ends_at > clock.now(session),
    )
    return session.scalar(statement) or 0


def _mail(session: Session, account: Account, reset_id: str, body: Text, subject: Text) -> None:
    words = body.filled(name=account.name, login=account.login, link=PLACE)
    languages = (account.language,) if account.language else ("zh", "en")
    said = {
        "to": [account.email],
        "subject": " / ".join(subject.in_(language) for language in languages),
        "body": "\n\n".join(words.in_(language) for language in languages),
        RESET: reset_id,
    }
    outbox.put(session, key=f"password:{_hash(reset_id)[:40]}", channel="mail", content=said)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_FORGOTTEN_SUBJECT = Text("Set a new password", "重置密码")
_FORGOTTEN = Text(
    "%(name)s,\n\nwe received a request to set a new password for your account. If you made it, open this "
    "page within an hour:\n\n%(link)s\n\nIf you did not, ignore this email. Your password will not change.",
    "%(name)s：\n\n有人申请重置您的账号密码。如为本人操作，请在一小时内打开以下页面：\n\n%(link)s\n\n如非本人操作，请忽略本邮件，您的密码不会改变。",
)
_INVITED_SUBJECT = Text("Your user account", "您的账号已开通")
_INVITED = Text(
    "%(name)s,\n\nan account has been made for you; its sign-in name is %(login)s. Set its password within seven days:\n\n%(link)s",
    "%(name)s：\n\n已为您开通账号，登录名：%(login)s。请在7日内打开以下页面设置密码：\n\n%(link)s",
)
