"""The outbox: what leaves the house, written in the transaction of the act and sent afterwards.

A row is sent at least once and under one idempotency key, so that a receiver can tell a repetition. A sender takes a
row on lease, works outside any transaction, and says so at the end under its fence number: one that was frozen past
its lease can't mark what another sent meanwhile. A receiver that doesn't answer keeps nobody else waiting.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Select, String, func, select, update
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Base, Json, UtcDateTime, new_id, one_of
from app.foundation.text import LANGUAGES, Text

log = logging.getLogger(__name__)

Sessions = Callable[[], Session]
"""Makes sessions: a sessionmaker, or anything called like one."""

LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=2)
MOST_ATTEMPTS = 30


class OutgoingState(StrEnum):
    """What became of a message to somebody outside."""

    WAITING = "waiting"  #: to be sent, for the first time or again
    SENT = "sent"  #: its receiver's server has it
    FAILED = "failed"  #: given up; a person must look


class Outgoing(Base):
    """One message to somebody outside.

    ``key`` is the idempotency key; ``fence`` counts the leases. ``recipient_id``: the account it is to, if it is to one
    person; ``read_at``: when that person opened it on this service.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (Index(None, "state", "next_at"), Index(None, "recipient_id", "read_at"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(20), default="mail")
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[OutgoingState] = mapped_column(one_of(OutgoingState, 10, "state"), default=OutgoingState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(LongText)
    recipient_id: Mapped[str | None] = mapped_column(String(32), default=None)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    def said(self, language: str) -> tuple[str, str]:
        """Subject and body as its receiver reads them on this service; as they were mailed, where there is one language only."""
        texts = self.content.get("texts", {})
        subject, body = texts.get(language) or (self.content["subject"], self.content["body"])
        return subject, body


class GivenUp(Exception):
    """The receiver will never take this: don't try again."""


Sender = Callable[[Outgoing], None]
"""Sends one message under its key; raises ``GivenUp`` when trying again is of no use, anything else to be tried again."""


def mail(session: Session, *, key: str, to: Iterable[str], subject: str, body: str) -> Outgoing:
    """Put a mail into the outbox; a key that is there already gives the message it is there for, unchanged."""
    return put(session, key=key, channel="mail", content={"to": list(to), "subject": subject, "body": body})


def mail_person(
    session: Session, *, key: str, recipient_id: str, to: str, language: str, subject: Text, body: Text, page: str
) -> Outgoing:
    """Put a mail to one person into the outbox: sent in their language, kept in both, with the path of the page it is about."""
    texts = {each: [subject.in_(each), body.in_(each)] for each in LANGUAGES}
    content = {"to": [to], "subject": subject.in_(language), "body": body.in_(language), "texts": texts, "page": page}
    return put(session, key=key, channel="mail", content=content, recipient_id=recipient_id)


def put(
    session: Session, *, key: str, channel: str, content: dict[str, Any], recipient_id: str | None = None
) -> Outgoing:
    """Put a message into the outbox, for the sender of its channel."""
    there = session.scalars(select(Outgoing).where(Outgoing.key == key)).first()
    if there is not None:
        return there
    now = clock.now(session)
    row = Outgoing(key=key, channel=channel, content=content, created_at=now, next_at=now, recipient_id=recipient_id)
    session.add(row)
    session.flush()
    return row


def send_due(session_factory: Sessions, senders: dict[str, Sender], limit: int = 100) -> int:
    """Send what is due, at most ``limit``; returns how many were sent. Several nodes may do this at once."""
    sent = tried = 0
    while tried < limit:
        with session_factory() as session:
            session.connection(execution_options={"read_only": True})
            nothing = session.scalars(_due(clock.now(session), list(senders))).first() is None
            session.rollback()
        if nothing:
            break
        with session_factory() as session:
            row = _lease(session, list(senders))
            session.commit()
        if row is None:
            break
        tried += 1
        sent += _send(session_factory, row, senders[row.channel])
    return sent


def waiting(session: Session) -> int:
    """How many messages haven't been sent yet."""
    return (
        session.scalar(select(func.count()).select_from(Outgoing).where(Outgoing.state == OutgoingState.WAITING)) or 0
    )


def failed(session: Session) -> list[Outgoing]:
    """The messages that were given up."""
    return list(
        session.scalars(select(Outgoing).where(Outgoing.state == OutgoingState.FAILED).order_by(Outgoing.created_at))
    )


def again(session: Session, identity: str) -> None:
    """Try a message that was given up once more, under the same key."""
    session.execute(
        update(Outgoing)
        .where(Outgoing.id == identity, Outgoing.state == OutgoingState.FAILED)
        .values(state=OutgoingState.WAITING, attempts=0, next_at=clock.now(session))
    )


def _due(now: datetime, channels: list[str]) -> Select[Outgoing]:
    return (
        select(Outgoing)
        .where(Outgoing.state == OutgoingState.WAITING, Outgoing.next_at <= now, Outgoing.channel.in_(channels))
        .where(Outgoing.leased_until.is_(None) | (Outgoing.leased_until <= now))
        .order_by(Outgoing.next_at, Outgoing.id)
        .limit(1)
    )


def _lease(session: Session, channels: list[str]) -> Outgoing | None:
    now = clock.now(session)
    row = session.scalars(_due(now, channels).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.leased_until, row.fence, row.attempts = now + LEASE, row.fence + 1, row.attempts + 1
    session.flush()
    session.expunge(row)
    return row


def _send(session_factory: Sessions, row: Outgoing, sender: Sender) -> bool:
    """Send a leased message and say how it went, unless the lease has passed to somebody else."""
    try:
        sender(row)
        outcome: dict[str, Any] = {"state": OutgoingState.SENT, "last_error": None}
    except GivenUp as error:
        outcome = {"state": OutgoingState.FAILED, "last_error": str(error)}
    except Exception as error:  # noqa: BLE001 - a sender may fail in any way: it is kept, and tried again
        log.warning("message %s (%s) could not be sent: %s", row.id, row.key, error)
        over = row.attempts >= MOST_ATTEMPTS
        outcome = {
            "state": OutgoingState.FAILED if over else OutgoingState.WAITING,
            "last_error": f"{type(error).__name__}: {error}",
        }
    with session_factory() as session:
        now = clock.now(session)
        if outcome["state"] == OutgoingState.SENT:
            outcome["sent_at"] = now
        pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
        session.execute(
            update(Outgoing)
            .where(Outgoing.id == row.id, Outgoing.fence == row.fence, Outgoing.state == OutgoingState.WAITING)
            .values(leased_until=None, next_at=now + pause, **outcome)
        )
        session.commit()
    return bool(outcome["state"] == OutgoingState.SENT)


@dataclass(frozen=True)
class Smtp:
    """Sends mails by a real SMTP conversation. ``starttls`` needs the server to offer it, and a certificate that holds."""

    host: str
    port: int = 25
    sender: str = "no-reply@localhost"
    user: str | None = None
    password: str | None = None
    starttls: bool = False
    timeout: float = 20

    def __call__(self, row: Outgoing) -> None:
        """Hand one mail over.

        :raises GivenUp: when the server refuses the mail or all its receivers for good (5xx)
        """
        message = self.compose(row)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout) as server:
                if self.starttls:
                    server.starttls(context=ssl.create_default_context())
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                raise GivenUp(f"all receivers were refused: {error.recipients}") from error
            raise
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError):
                raise GivenUp(f"{error.smtp_code} {error.smtp_error!r}") from error
            raise

    def compose(self, row: Outgoing) -> EmailMessage:
        """The mail; its Message-ID is made of the key, so that a repetition carries the same one."""
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(_one_line(address) for address in row.content["to"])
        message["Subject"] = _one_line(row.content["subject"])
        message["Date"] = format_datetime(row.created_at)
        message["Message-ID"] = f"<{row.id}@{self.sender.rpartition('@')[2] or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(row.content["body"])
        return message


def _one_line(text: str) -> str:
    return " ".join(text.split())
