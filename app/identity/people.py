"""Finding people: accounts with the roles they hold now, for who looks after them; and who may look after whom."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed
from app.foundation.journal import JournalEntry
from app.foundation.text import Text
from app.identity import accounts, grants
from app.identity.accounts import Account
from app.identity.grants import Grant

STATES = ("active", "disabled", "waiting")
"""May sign in; may not any more; never set a password."""


class NotTheirPerson(NotAllowed):
    """A supplier's administrator looks after people who hold a role at that supplier."""

    code = "not-their-person"
    text = Text("This person does not work for your organisation.", "该人员不属于贵单位。")


@dataclass(frozen=True)
class Person:
    """An account and the grants it holds now."""

    account: Account
    held: list[Grant]


@dataclass(frozen=True)
class Filters:
    """``place`` is an organisation's id; ``search`` looks in names, sign-in names and addresses."""

    search: str = ""
    state: str = ""
    role: str = ""
    place: str | None = None


def find(
    session: Session, filters: Filters, *, sort: str = "name", limit: int = 25, offset: int = 0
) -> tuple[list[Person], int]:
    """A page of people and how many there are; ``sort``: name or since, with ``-`` before it descending."""
    wanted = _matching(session, filters)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    column = Account.created_at if sort.removeprefix("-") == "since" else Account.name
    ordered = wanted.order_by(column.desc() if sort.startswith("-") else column, Account.id)
    found = list(session.scalars(ordered.limit(limit).offset(offset)))
    held = grants.of_accounts(session, [account.id for account in found])
    return [Person(account, held.get(account.id, [])) for account in found], total


def count_by_state(session: Session, filters: Filters) -> dict[str, int]:
    """How many people the other filters leave in each state."""
    return {
        state: session.scalar(
            select(func.count()).select_from(
                _matching(session, Filters(filters.search, state, filters.role, filters.place)).subquery()
            )
        )
        or 0
        for state in ("", *STATES)
    }


def history(session: Session, account_id: str, limit: int = 30) -> list[JournalEntry]:
    """What was done with an account, the latest first."""
    query = select(JournalEntry).where(JournalEntry.case_id == f"account:{account_id}")
    return list(session.scalars(query.order_by(JournalEntry.sequence.desc()).limit(limit)))


def looks_after(actor: Actor) -> str | None:
    """The organisation whose people an actor looks after; None: everybody's (administrators)."""
    return None if actor.has_role("administrator") or actor.has_role("auditor") else actor.organisation_id


def refuse_strangers(session: Session, actor: Actor, account_id: str) -> None:
    """Go on only if the actor looks after this person. Raises accounts.AccountUnknown or NotTheirPerson."""
    accounts.get(session, account_id)
    place = looks_after(actor)
    if place is None and not (actor.has_role("administrator") or actor.has_role("auditor")):
        raise NotTheirPerson
    held = select(Grant.id).where(Grant.account_id == account_id, Grant.organisation_id == place)
    if place is not None and session.scalar(held.limit(1)) is None:
        raise NotTheirPerson


def _matching(session: Session, filters: Filters) -> Select[Account]:
    query = select(Account)
    text = filters.search.strip()
    if text:
        query = query.where(
            or_(*(column.icontains(text, autoescape=True) for column in (Account.name, Account.login, Account.email)))
        )
    if filters.state == "active":
        query = query.where(Account.disabled_at.is_(None), Account.password_hash.is_not(None))
    elif filters.state == "disabled":
        query = query.where(Account.disabled_at.is_not(None))
    elif filters.state == "waiting":
        query = query.where(Account.disabled_at.is_(None), Account.password_hash.is_(None))
    if filters.role or filters.place is not None:
        holding = select(Grant.account_id).where(*grants.holding(clock.now(session)))
        if filters.role:
            holding = holding.where(Grant.role == filters.role)
        if filters.place is not None:
            holding = holding.where(Grant.organisation_id == filters.place)
        query = query.where(Account.id.in_(holding))
    return query
