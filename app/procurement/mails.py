"""Mails to the people of an organisation, each in the language they chose; they go out with the commit, once for their key."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.foundation import outbox
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
