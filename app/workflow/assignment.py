"""Who a task is for: a role of the diagram becomes the role at the organisation that has its part in the case; and the
people who hold it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import tasks
from app.engine.engine import ADMINISTRATOR
from app.engine.records import OpenTaskRow
from app.foundation.actor import Actor
from app.identity import grants, roles
from app.identity.accounts import Account

PARTIES = {
    "buyer": "buyer_id",
    "payment": "buyer_id",
    "finance": "finance_id",
    "agency": "agency_id",
    "supplier": "supplier_id",
}
"""The first word of a role, and the process variable that holds its organisation."""


def resolve_group(group: str, variables: Mapping[str, Any]) -> str:
    """``buyer-handler`` in a case of the buyer B is ``buyer-handler@B``; a role without a party stays as it is.

    A group that already names its organisation, and a case that has no such party, are left alone: then nobody but
    holders of the role as such may take the task.
    """
    if "@" in group:
        return group
    organisation = variables.get(PARTIES.get(group.partition("-")[0], ""))
    return f"{group}@{organisation}" if isinstance(organisation, str) else group


def people(session: Session, task: OpenTaskRow) -> list[tuple[Account, Actor]]:
    """Who has a task, else who may take it, by name; each as they act for the place that makes it theirs."""
    if task.holder_id is not None:
        held = session.get(Account, task.holder_id)
        return [(held, acting(session, held, task))] if held is not None and held.is_active else []
    found = {account.id: account for account in _candidates(session, task)}
    everybody = sorted(found.values(), key=lambda account: (account.name, account.id))
    could = [(account, acting(session, account, task)) for account in everybody]
    return [(account, actor) for account, actor in could if tasks.may_be_given(session, actor, task)]


def acting(session: Session, account: Account, task: OpenTaskRow) -> Actor:
    """A person acting for the first of their places that makes a task theirs."""
    places: list[str | None] = [*grants.places(grants.of_account(session, account.id))]
    possible = [grants.actor_of(session, account, place) for place in places or [None]]
    return next((actor for actor in possible if tasks.may(actor, task)), possible[0])


def _candidates(session: Session, task: OpenTaskRow) -> Iterator[Account]:
    groups = task.candidate_groups or ([] if task.candidate_users else [ADMINISTRATOR])
    for group in groups:
        role, _, place = group.partition("@")
        if roles.known(role):
            yield from grants.holders(session, role, place or None)
    named = select(Account).where(Account.id.in_(task.candidate_users), Account.disabled_at.is_(None))
    yield from session.scalars(named) if task.candidate_users else ()
