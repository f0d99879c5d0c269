"""A supplier's people: the first one comes with the registration, the others are added by its administrator."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict, Invalid, RuleBroken
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, resets, roles
from app.identity.accounts import Account
from app.identity.grants import Grant, GrantUnknown
from app.procurement.suppliers.records import Registration
from app.procurement.suppliers.registrations import declare

ROLES = tuple(role.id for role in roles.of_kind("supplier"))
"""What a supplier's people may be; who registers it is all of them at first."""

Link = Callable[[str], str]
"""Makes the address under which a token's holder sets a password."""


class KnownAlready(Conflict):
    """The supplier is registered: its own administrator goes on from there."""

    code = "supplier-known"
    text = Text(
        "An organisation with this code is registered already. Its administrator adds people and renews its registration.",
        "该统一社会信用代码已注册。新增人员和续期由本单位管理员办理。",
    )


class EmailMissing(Invalid):
    """The link to set a password goes to a mail address."""

    code = "email-missing"
    text = Text("Enter the mail address that the link is sent to.", "请填写用于接收链接的电子邮箱。")


class RolesMissing(Invalid):
    """Somebody without a role can do nothing."""

    code = "roles-missing"
    text = Text("Choose at least one role.", "请至少选择一个角色。")


class LastAdministrator(RuleBroken):
    """A supplier keeps an administrator."""

    code = "last-administrator"
    text = Text("The supplier must keep an administrator.", "供应商须至少保留一名管理员。")


@dataclass(frozen=True)
class Member:
    """One of a supplier's people, with the grants held there."""

    account: Account
    grants: tuple[Grant, ...]


def register(
    session: Session,
    *,
    uscc: str,
    name: Text,
    login: str,
    person: str,
    email: str,
    link: Link,
    language: str | None = None,
    **declared: object,
) -> tuple[Registration, str]:
    """Register a supplier with its first person, who confirms the mail address by setting a password through a link.

    ``declared`` is what ``declare`` takes besides. Gives the registration and the link. Raises KnownAlready,
    EmailMissing, and what ``declare`` and ``accounts.create`` refuse.
    """
    if organisations.by_code(session, organisations.checked_code(uscc)) is not None:
        raise KnownAlready(field="uscc")
    if not email.strip():
        raise EmailMissing(field="email")
    account = accounts.create(session, SYSTEM, login=login, name=person, email=email, language=language)
    actor = Actor(id=account.id, name=account.name)
    registration = declare(session, actor, uscc=uscc, name=name, **declared)  # type: ignore[arg-type]
    for role in ROLES:
        grants.grant(session, SYSTEM, account_id=account.id, role=role, organisation_id=registration.organisation_id)
    return registration, resets.invite(session, SYSTEM, account, link)


def add_person(
    session: Session, actor: Actor, *, login: str, name: str, email: str, held: Collection[str], link: Link
) -> tuple[Account, str]:
    """The administrator adds somebody to their supplier; gives the account and the link that was mailed.

    Raises RolesMissing, EmailMissing, and what ``accounts.create`` and ``grants.grant`` refuse.
    """
    roles.require(actor, "supplier-admin", actor.organisation_id)
    wanted = [role for role in ROLES if role in held]
    if not wanted:
        raise RolesMissing(field="held")
    if not email.strip():
        raise EmailMissing(field="email")
    account = accounts.create(session, actor, login=login, name=name, email=email)
    for role in wanted:
        grants.grant(session, actor, account_id=account.id, role=role, organisation_id=actor.organisation_id)
    return account, resets.invite(session, actor, account, link)


def take_role(session: Session, actor: Actor, *, grant_id: str) -> Grant:
    """The administrator takes a role away from somebody of their supplier; raises GrantUnknown or LastAdministrator."""
    roles.require(actor, "supplier-admin", actor.organisation_id)
    granted = session.get(Grant, grant_id)
    if granted is None or granted.organisation_id != actor.organisation_id:
        raise GrantUnknown()
    administrators = grants.holders(session, "supplier-admin", actor.organisation_id)
    if granted.role == "supplier-admin" and len(administrators) < 2:
        raise LastAdministrator()
    return grants.revoke(session, actor, grant_id=grant_id)


def people_of(session: Session, organisation_id: str) -> list[Member]:
    """A supplier's people with the roles they hold now, by name."""
    query = (
        select(Account, Grant)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.organisation_id == organisation_id, Account.disabled_at.is_(None))
        .where(Grant.from_at <= clock.now(session), Grant.to_at.is_(None) | (Grant.to_at > clock.now(session)))
        .order_by(Account.name, Account.id, Grant.role)
    )
    found: dict[str, tuple[Account, list[Grant]]] = {}
    for account, granted in session.execute(query):
        found.setdefault(account.id, (account, []))[1].append(granted)
    return [Member(account, tuple(held)) for account, held in found.values()]
