"""The first of a supplier's people, who comes with its registration; the others are added like anywhere (``identity``)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, resets, roles
from app.identity.resets import Links
from app.procurement.suppliers.records import Registration
from app.procurement.suppliers.registrations import declare

ROLES = tuple(role.id for role in roles.of_kind("supplier"))
"""What a supplier's people may be; who registers it is all of them at first."""


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


def register(
    session: Session,
    *,
    uscc: str,
    name: Text,
    login: str,
    person: str,
    email: str,
    links: Links,
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
    return registration, resets.invite(session, SYSTEM, account, links)
