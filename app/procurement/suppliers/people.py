"""The first of a supplier's people, who comes with its registration; the others are added like anywhere (``identity``)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation import clock, outbox
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import new_id
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import accounts, grants, organisations, resets, roles
from app.identity.resets import Links
from app.procurement import mails
from app.procurement.suppliers.records import Registration
from app.procurement.suppliers.registrations import declare

ROLES = tuple(role.id for role in roles.of_kind("supplier"))
"""What a supplier's people may be; who registers it is all of them at first."""


class KnownAlready(Conflict):
    """The supplier is registered: its own administrator goes on from there."""

    code = "supplier-known"
    text = Text(
        "An organisation with this code is already registered. Its administrator adds people and renews its registration.",
        "该统一社会信用代码已注册。新增人员和续期由本单位管理员办理。",
    )


class EmailMissing(Invalid):
    """The link to set a password goes to a mail address."""

    text = Text("Enter the email address to send the link to.", "请填写用于接收链接的电子邮箱。")


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

    A sign-in name that somebody has gets a number; the mail says which it became, and the page doesn't say that it was
    taken: nobody learns here who has an account. ``declared`` is what ``declare`` takes besides. Gives the registration and the link. Raises KnownAlready,
    EmailMissing, and what ``declare`` and ``accounts.create`` refuse.
    """
    if organisations.by_code(session, organisations.checked_code(uscc, is_confirmed=True)) is not None:
        raise KnownAlready(field="uscc")
    if not email.strip():
        raise EmailMissing(field="email")
    login = accounts.free_login(session, login)
    account = accounts.create(session, SYSTEM, login=login, name=person, email=email, language=language)
    actor = Actor(id=account.id, name=account.name)
    registration = declare(session, actor, uscc=uscc, name=name, **declared)  # type: ignore[arg-type]
    for role in ROLES:
        grants.grant(session, SYSTEM, account_id=account.id, role=role, organisation_id=registration.organisation_id)
    return registration, resets.invite(session, SYSTEM, account, links)


_KNOWN_SUBJECT = Text("About your registration", "关于供应商注册申请")
_KNOWN = Text(
    "You asked to register the unified social credit code %(uscc)s. An organisation with this code is registered already: its "
    "administrator adds people and renews its registration. If you do not know who that is, ask the registrar.",
    "您申请注册的统一社会信用代码%(uscc)s已经注册。新增人员和续期由该单位的管理员办理；如不清楚管理员是谁，请联系注册审核机构。",
)
_TRIED = Text(
    "Someone asked to register your organisation again, with the email address %(email)s. Nothing was changed. If it was one of "
    "your people, add them under “Our people”.",
    "有人使用邮箱%(email)s再次申请注册贵单位，未产生任何变更。如系本单位人员，请在“本单位人员”中添加。",
)


def tell_known(session: Session, *, uscc: str, person: str, email: str, language: str | None) -> None:
    """Answer who registers a known code by mail only, and tell those who look after it: a page would tell anybody."""
    code = organisations.checked_code(uscc, is_confirmed=True)
    body = mails.written(session, Text(person, person), _KNOWN.filled(uscc=code))
    spoken = language or "zh"
    key = f"registration-known:{new_id()}"
    outbox.mail(session, key=key, to=[email], subject=_KNOWN_SUBJECT.in_(spoken), body=body.in_(spoken))
    known = organisations.by_code(session, code)
    if known is not None:
        day = local_day(clock.now(session)).isoformat()
        mails.tell(
            session,
            organisation_id=known.id,
            roles=["supplier-admin"],
            key=f"registration-tried:{known.id}:{day}",
            page="/people",
            subject=_KNOWN_SUBJECT,
            body=_TRIED.filled(email=email),
        )
