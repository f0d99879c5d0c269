"""Finding people: accounts with the roles they hold now, for whoever looks after them; and who may look after whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed
from app.foundation.journal import JournalEntry
from app.foundation.text import Text
from app.identity import accounts, grants
from app.identity.accounts import Account
from app.identity.grants import Grant
from app.identity.organisations import Organisation


class AccountState(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "active"  #: may sign in
    DISABLED = "disabled"  #: may not any more
    WAITING = "waiting"  #: never set a password


STATES = tuple(AccountState)


class NotTheirPerson(NotAllowed):
    """A supplier's administrator looks after people who hold a role at that supplier."""

    text = Text("This person does not work for your organisation.", "该人员不属于贵单位。")


@dataclass(frozen=True)
class Person:
    """An account and the grants it holds now, those at its ``place`` first.

    ``place`` is the organisation under which it is listed: of those at which it holds a role now, the first by kind and name.
    """

    account: Account
    held: list[Grant]
    place: str | None = None


@dataclass(frozen=True)
class Filters:
    """``place`` is an organisation's id; ``search`` looks in names, sign-in names, addresses and the names of organisations."""

    search: str = ""
    state: str = ""
    role: str = ""
    place: str | None = None


def find(
    session: Session, filters: Filters, *, sort: str = "name", limit: int = 25, offset: int = 0
) -> tuple[list[Person], int]:
    """A page of people and how many there are; ``sort``: place, name or since, with ``-`` before it descending."""
    wanted = _matching(session, filters)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    place = _place(session)
    found = session.execute(
        wanted.add_columns(place)
        .outerjoin(Organisation, Organisation.id == place)
        .order_by(*_order(sort), Account.name, Account.id)
        .limit(limit)
        .offset(offset)
    ).all()
    held = grants.of_accounts(session, [account.id for account, _ in found])
    return [Person(account, _first(held.get(account.id, []), place_id), place_id) for account, place_id in found], total


def _first(held: list[Grant], place: str | None) -> list[Grant]:
    """Grants with those of one organisation before the others."""
    return sorted(held, key=lambda grant: grant.organisation_id != place)


def _place(session: Session) -> ScalarSelect[str]:
    return (
        select(Grant.organisation_id)
        .join(Organisation, Organisation.id == Grant.organisation_id)
        .where(Grant.account_id == Account.id, *grants.holding(clock.now(session)))
        .order_by(Organisation.kind, Organisation.name_zh, Organisation.id)
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )


def _order(sort: str) -> list[ColumnElement[Any]]:
    if sort.removeprefix("-") == "place":  # who belongs nowhere comes last, either way
        ordered = [Organisation.kind, Organisation.name_zh, Organisation.id]
        way = [column.desc() if sort.startswith("-") else column.asc() for column in ordered]
        return [Organisation.id.is_(None), *way]
    column = Account.created_at if sort.removeprefix("-") == "since" else Account.name
    return [column.desc() if sort.startswith("-") else column.asc()]


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
    statement = select(JournalEntry).where(JournalEntry.case_id == f"account:{account_id}")
    return list(session.scalars(statement.order_by(JournalEntry.sequence.desc()).limit(limit)))


def looks_after(actor: Actor) -> str | None:
    """The organisation whose people an actor looks after; None: everybody's (administrators)."""
    return None if actor.has_role("administrator") or actor.has_role("auditor") else actor.organisation_id


def refuse_strangers(session: Session, actor: Actor, account_id: str) -> None:
    """Go on only if the actor looks after this person.

    :raises accounts.AccountUnknown:
    :raises NotTheirPerson:
    """
    accounts.get(session, account_id)
    place = looks_after(actor)
    if place is None and not (actor.has_role("administrator") or actor.has_role("auditor")):
        raise NotTheirPerson
    held = select(Grant.id).where(Grant.account_id == account_id, Grant.organisation_id == place)
    if place is not None and session.scalar(held.limit(1)) is None:
        raise NotTheirPerson


def _matching(session: Session, filters: Filters) -> Select[Account]:
    statement = select(Account)
    text = filters.search.strip()
    if text:
        places = (name.icontains(text, autoescape=True) for name in (Organisation.name_zh, Organisation.name_en))
        working = select(Grant.account_id).join(Organisation, Organisation.id == Grant.organisation_id)
        there = working.where(or_(*places), *grants.holding(clock.now(session)))
        own = (Account.name, Account.login, Account.email)
        statement = statement.where(
            or_(*(column.icontains(text, autoescape=True) for column in own), Account.id.in_(there))
        )
    if filters.state == AccountState.ACTIVE:
        statement = statement.where(Account.disabled_at.is_(None), Account.password_hash.is_not(None))
    elif filters.state == AccountState.DISABLED:
        statement = statement.where(Account.disabled_at.is_not(None))
    elif filters.state == AccountState.WAITING:
        statement = statement.where(Account.disabled_at.is_(None), Account.password_hash.is_(None))
    if filters.role or filters.place is not None:
        holding = select(Grant.account_id).where(*grants.holding(clock.now(session)))
        if filters.role:
            holding = holding.where(Grant.role == filters.role)
        if filters.place is not None:
            holding = holding.where(Grant.organisation_id == filters.place)
        statement = statement.where(Account.id.in_(holding))
    return statement
