"""Mails to the people of an organisation, each in the language they chose; they go out with the commit, once for their key.

Every mail is a letter: whom it addresses, what there is to say, which project it is about, where to go on, who writes.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.foundation import clock, dates, outbox
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import grants, organisations
from app.identity.accounts import Account
from app.procurement.publishers import publisher


def tell(
    session: Session,
    *,
    organisation_id: str,
    roles: Iterable[str],
    key: str,
    subject: Text,
    body: Text,
    page: str,
    project: str = "",
) -> list[Account]:
    """Mail everybody who holds one of ``roles`` there; gives the people told. ``key`` names the occasion, once for all.

    ``project`` is the number of the project it is about, left out where a mail mustn't name it (O87 28); ``page`` the
    path of the page that it is about.
    """
    people: dict[str, Account] = {}
    for role in roles:
        for account in grants.holders(session, role, organisation_id):
            people.setdefault(account.id, account)
    letter = written(session, organisations.get(session, organisation_id).name, body, project=project, page=page)
    return _send(session, people.values(), key, subject, dict.fromkeys(people, letter), page)


def tell_people(
    session: Session, people: Iterable[Account], *, key: str, subject: Text, body: Text, page: str
) -> list[Account]:
    """Mail each of these people who has an address, by name, in their language (Chinese if they chose none)."""
    people = list(people)
    letters = {account.id: written(session, Text(account.name, account.name), body, page=page) for account in people}
    return _send(session, people, key, subject, letters, page)


def written(session: Session, whom: Text, body: Text, *, project: str = "", page: str = "") -> Text:
    """A letter's text: salutation, body, the project's number, where to go on, and from whom on which day."""
    office, on = publisher(session), dates.day(local_day(clock.now(session)))
    about = Text(f"Project number: {project}\n", f"项目编号：{project}\n") if project else Text("", "")
    address = office.address(page)
    return Text(
        f"Dear {whom.en},\n\n{body.en}\n\n{about.en}Sign in to continue: {address}\n\n{office.name.en}\n{on.en}",
        f"{whom.zh}：\n\n{body.zh}\n\n{about.zh}请登录本平台办理：{address}\n\n{office.name.zh}\n{on.zh}",
    )


def _send(
    session: Session, people: Iterable[Account], key: str, subject: Text, letters: dict[str, Text], page: str
) -> list[Account]:
    told = [account for account in people if account.email]
    for account in told:
        outbox.mail_person(
            session,
            key=f"{key}:{account.id}",
            recipient_id=account.id,
            to=account.email,
            language=account.language or "zh",
            subject=subject,
            body=letters[account.id],
            page=f"/{page.lstrip('/')}",
        )
    return told


def written_to(session: Session, account_id: str, *, offset: int = 0, limit: int = 25) -> tuple[list[Outgoing], int]:
    """One page of the mails to a person, the newest first, and how many there are.

    Links that set a password aren't among them: they have no receiver.
    """
    statement = select(Outgoing).where(Outgoing.recipient_id == account_id)
    total = session.scalar(select(func.count()).select_from(statement.with_only_columns(Outgoing.id).subquery())) or 0
    ordered = statement.order_by(Outgoing.created_at.desc(), Outgoing.id.desc())
    return list(session.scalars(ordered.offset(offset).limit(limit))), total


def unread(session: Session, account_id: str) -> int:
    """How many mails a person hasn't opened yet."""
    statement = select(func.count(Outgoing.id)).where(Outgoing.recipient_id == account_id, Outgoing.read_at.is_(None))
    return session.scalar(statement) or 0


def read(session: Session, account_id: str, message_id: str | None = None) -> Outgoing | None:
    """Mark a mail as read (all of them if none is named), and give it; None if it isn't this person's."""
    mine = select(Outgoing).where(Outgoing.recipient_id == account_id)
    one = session.scalars(mine.where(Outgoing.id == message_id)).first() if message_id is not None else None
    if message_id is None:
        unread_ones = update(Outgoing).where(Outgoing.recipient_id == account_id, Outgoing.read_at.is_(None))
        session.execute(unread_ones.values(read_at=clock.now(session)))
    elif one is not None and one.read_at is None:
        one.read_at = clock.now(session)
        session.flush()
    return one
