"""Who has a task, and who else could: the roles, organisations and people behind its candidate groups, for whole lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.engine import tasks
from app.engine.history import Naming
from app.engine.records import OpenTaskRow
from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.identity import roles
from app.identity.accounts import Account
from app.identity.grants import Grant
from app.identity.organisations import Organisation
from app.workflow import assignment

MOST_NAMED = 3
"""How many people are named; more are counted."""


@dataclass(frozen=True)
class Holding:
    """Who has a task (``holder``), and who may take it: ``groups`` in words, ``people`` by name."""

    holder: str | Text | None
    groups: tuple[Text, ...]
    people: tuple[str | Text, ...]

    @property
    def named(self) -> tuple[str | Text, ...]:
        """The first few people."""
        return self.people[:MOST_NAMED]

    @property
    def further(self) -> int:
        """How many more there are."""
        return max(0, len(self.people) - MOST_NAMED)


def of_tasks(session: Session, open_tasks: Iterable[OpenTaskRow], naming: Naming | None = None) -> dict[str, Holding]:
    """The holdings of tasks, by task: three queries, however many tasks there are."""
    rows = list(open_tasks)
    groups = {group for row in rows for group in row.candidate_groups}
    people = _people(session, groups)
    places = _places(session, groups)
    single = {row.assignee_id for row in rows if row.assignee_id} | {
        user for row in rows for user in row.candidate_users
    }
    names = _names(session, single)
    called = naming or _by_name
    return {row.id: _holding(row, people, places, names, called) for row in rows}


def colleagues(session: Session, task: OpenTaskRow, giver: Actor, naming: Naming) -> list[Actor]:
    """To whom a task may be handed: the active people it is for, each acting for the place that makes it theirs.

    Without the giver and who has it already, without whom separation of duties keeps from it, and without those whose
    names the giver may not know.
    """
    people = _people(session, set(task.candidate_groups))
    names = {user: name for group in task.candidate_groups for user, name in people.get(group, {}).items()}
    names |= _names(session, set(task.candidate_users))
    known = [
        user for user, name in names.items() if user not in (giver.id, task.holder_id) and naming(user, name) == name
    ]
    found = [assignment.acting(session, session.get_one(Account, user), task) for user in known]
    return sorted((to for to in found if tasks.may_be_given(session, to, task)), key=lambda to: (to.name, to.id))


def _by_name(_account_id: str, name: str) -> str:
    return name


def _holding(
    row: OpenTaskRow,
    people: dict[str, dict[str, str]],
    places: dict[str, Organisation],
    names: dict[str, str],
    naming: Naming,
) -> Holding:
    holder = row.claimed_by or row.assignee_id
    known = row.claimed_by_name or names.get(row.assignee_id or "", row.assignee_id or "")
    could: dict[str, str] = {user: names.get(user, user) for user in row.candidate_users}
    for group in row.candidate_groups:
        could |= people.get(group, {})
    return Holding(
        naming(holder, known) if holder else None,
        tuple(_in_words(group, places) for group in row.candidate_groups),
        tuple(naming(account, name) for account, name in could.items()),
    )


def _in_words(group: str, places: dict[str, Organisation]) -> Text:
    role, _, place = group.partition("@")
    name = roles.name(role) if roles.known(role) else Text(role, role)
    organisation = places.get(place)
    if organisation is None:
        return name
    return Text("%(role)s, %(place)s", "%(place)s%(role)s").filled(role=name, place=organisation.name)


def _people(session: Session, groups: set[str]) -> dict[str, dict[str, str]]:
    """The active people of each group: account ids and names."""
    known = {group for group in groups if roles.known(group.partition("@")[0])}
    if not known:
        return {}
    now = clock.now(session)
    asked = [
        and_(Grant.role == role, Grant.organisation_id == place) if place else Grant.role == role
        for role, _, place in (group.partition("@") for group in sorted(known))
    ]
    rows = session.execute(
        select(Grant.role, Grant.organisation_id, Account.id, Account.name)
        .join(Account, Account.id == Grant.account_id)
        .where(or_(*asked), Account.disabled_at.is_(None))
        .where(Grant.from_at <= now, or_(Grant.to_at.is_(None), Grant.to_at > now))
        .order_by(Account.name, Account.id)
    )
    found: dict[str, dict[str, str]] = {}
    for role, place, account, name in rows:
        for group in {role, f"{role}@{place}"} & known:
            found.setdefault(group, {})[account] = name
    return found


def _places(session: Session, groups: set[str]) -> dict[str, Organisation]:
    wanted = {group.partition("@")[2] for group in groups} - {""}
    found = session.scalars(select(Organisation).where(Organisation.id.in_(wanted))) if wanted else ()
    return {organisation.id: organisation for organisation in found}


def _names(session: Session, accounts: set[str]) -> dict[str, str]:
    if not accounts:
        return {}
    return {
        row.id: row.name for row in session.execute(select(Account.id, Account.name).where(Account.id.in_(accounts)))
    }
