"""Mails to the people of an organisation, each in the language they chose; they go out with the commit, once for their key."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.foundation import outbox
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.identity import grants
from app.identity.accounts import Account


def tell(
    session: Session, *, organisation_id: str, roles: Iterable[str], key: str, subject: Text, body: Text
) -> list[Account]:
    """Mail everybody who holds one of ``roles`` there; gives the people told. ``key`` names the occasion, once for all."""
    people: dict[str, Account] = {}
    for role in roles:
        for account in grants.holders(session, role, organisation_id):
            people.setdefault(account.id, account)
    return tell_people(session, people.values(), key=key, subject=subject, body=body)


def tell_people(session: Session, people: Iterable[Account], *, key: str, subject: Text, body: Text) -> list[Account]:
    """Mail each of these people who has an address, in their language (Chinese if they chose none)."""
    told = [account for account in people if account.email]
    for account in told:
        language = account.language or "zh"
        outbox.mail(
            session,
            key=f"{key}:{account.id}",
            to=[account.email],
            subject=subject.in_(language),
            body=body.in_(language),
        )
    return told


def written_to(
    session: Session, account_id: str, organisation_id: str | None, *, offset: int = 0, limit: int = 25
) -> tuple[list[Outgoing], int]:
    """One page of the mails to a person or their organisation, the newest first, and how many there are.

    Links that set a password aren't among them: their keys name nobody.
    """
    ends = [f"%:{whom}" for whom in (account_id, organisation_id) if whom is not None]
    query = select(Outgoing).where(Outgoing.channel == "mail", or_(*(Outgoing.key.like(end) for end in ends)))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Outgoing.id).subquery())) or 0
    ordered = query.order_by(Outgoing.created_at.desc(), Outgoing.id.desc())
    return list(session.scalars(ordered.offset(offset).limit(limit))), total
