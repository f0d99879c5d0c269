"""Grants: which roles a person holds, for which organisation, from when to when; and the actor they make of a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.identity import accounts, organisations, roles
from app.identity.accounts import Account


class Grant(Base):
    """A role of a person. ``organisation_id`` is empty for roles no organisation grants (experts, auditors)."""

    __tablename__ = "role_grant"
    __table_args__ = (Index(None, "role", "organisation_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_by: Mapped[str] = mapped_column(String(64))

    @property
    def group(self) -> str:
        """The group of the actor that this grant gives: ``role@organisation``, or the bare role."""
        return f"{self.role}@{self.organisation_id}" if self.organisation_id else self.role

    @property
    def role_name(self) -> Text:
        """The role's name."""
        return roles.name(self.role)


class RoleUnknown(Invalid):
    """There is no such role, or the organisation's kind doesn't grant it."""

    text = Text("This organisation cannot grant that role.", "该单位不授予此角色。")


class DutiesMixed(RuleBroken):
    """Separation of duties: the person holds a role there that must be kept apart from this one."""

    text = Text(
        "One person cannot be both “%(one)s” and “%(other)s” at one organisation.",
        "同一人在该单位不得兼任“%(one)s”与“%(other)s”。",
    )
    statute = "GPL 61"


class AlreadyGranted(Conflict):
    """The person holds this role there already."""

    text = Text("This person already has that role.", "该人员已具有此角色。")


class OwnGrant(NotAllowed):
    """Nobody grants roles to themselves, and nobody takes their own away."""

    text = Text("Another administrator must change your own roles.", "本人的角色须由其他管理员办理。")


class EndsBefore(Invalid):
    """A role that would end before it begins."""

    text = Text("The role must end after it starts.", "角色的终止时间应晚于起始时间。")


class GrantUnknown(NotFound):
    """There is no such grant."""

    text = Text("This person does not have that role.", "该人员没有此角色。")


def grant(
    session: Session,
    actor: Actor,
    *,
    account_id: str,
    role: str,
    organisation_id: str | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> Grant:
    """Give a person a role from ``from_at`` (now) until ``to_at`` (until it is taken away).

    Administrators grant any role, a supplier's administrator those of that supplier.

    :raises roles.RoleMissing: :raises RoleUnknown: :raises DutiesMixed: :raises AlreadyGranted: :raises OwnGrant:
    :raises EndsBefore:
    """
    _require_authority(actor, role, organisation_id)
    account = accounts.get(session, account_id)
    if actor.id == account.id:
        raise OwnGrant
    _refuse_misplaced(session, role, organisation_id)
    _refuse_mixed(session, account.id, role, organisation_id)
    granted = Grant(
        account_id=account.id,
        role=role,
        organisation_id=organisation_id,
        from_at=from_at or clock.now(session),
        to_at=to_at,
        granted_by=actor.id,
    )
    if to_at is not None and to_at <= granted.from_at:
        raise EndsBefore(field="to")
    session.add(granted)
    session.flush()
    _note(session, actor, granted, "grants.grant")
    return granted


def revoke(session: Session, actor: Actor, *, grant_id: str, account_id: str | None = None) -> Grant:
    """Take a role away (from this account, when given), at once also in running sessions.

    :raises roles.RoleMissing: :raises GrantUnknown: :raises OwnGrant:
    """
    granted = session.get(Grant, grant_id)
    if granted is None or account_id not in (None, granted.account_id):
        raise GrantUnknown
    _require_authority(actor, granted.role, granted.organisation_id)
    if actor.id == granted.account_id:
        raise OwnGrant
    now = clock.now(session)
    if granted.to_at is None or granted.to_at > now:
        granted.to_at = now
        _note(session, actor, granted, "grants.revoke")
    return granted


def of_account(session: Session, account_id: str, *, all_times: bool = False) -> list[Grant]:
    """A person's grants that hold now (or all there ever were), the oldest first."""
    statement = select(Grant).where(Grant.account_id == account_id).order_by(Grant.from_at, Grant.id)
    return list(session.scalars(statement if all_times else statement.where(*holding(clock.now(session)))))


def of_accounts(session: Session, account_ids: list[str]) -> dict[str, list[Grant]]:
    """The grants that hold now, by account, the oldest first."""
    found: dict[str, list[Grant]] = {}
    statement = select(Grant).where(Grant.account_id.in_(account_ids), *holding(clock.now(session)))
    for row in session.scalars(statement.order_by(Grant.from_at, Grant.id)):
        found.setdefault(row.account_id, []).append(row)
    return found


def holders(session: Session, role: str, organisation_id: str | None = None) -> list[Account]:
    """The active accounts that hold a role now (for the organisation, when given), by name."""
    return holders_of_any(session, [role], organisation_id)


def holders_of_any(session: Session, role_ids: Collection[str], organisation_id: str | None = None) -> list[Account]:
    """The active accounts that hold one of some roles now (for the organisation, when given), by name."""
    statement = (
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_(role_ids), Account.disabled_at.is_(None), *holding(clock.now(session)))
    )
    if organisation_id is not None:
        statement = statement.where(Grant.organisation_id == organisation_id)
    return list(session.scalars(statement.distinct().order_by(Account.name, Account.id)))


def places(held: list[Grant]) -> list[str]:
    """The organisations a person with these grants may act for, the first granted first."""
    return list(dict.fromkeys(grant.organisation_id for grant in held if grant.organisation_id))


def actor_of(session: Session, account: Account, organisation_id: str | None = None) -> Actor:
    """The actor a person is now, acting for ``organisation_id`` (or the first that granted a role).

    Who holds roles for several organisations acts for one at a time, and only with the roles it gave.
    """
    return acting(account, of_account(session, account.id), organisation_id)


def acting(account: Account, held: list[Grant], organisation_id: str | None = None) -> Actor:
    """The same from the grants that the person holds."""
    possible = places(held)
    place = organisation_id if organisation_id in possible else (possible[0] if possible else None)
    counted = [grant for grant in held if grant.organisation_id in (None, place)]
    groups = {grant.role for grant in counted} | {grant.group for grant in counted}
    return Actor(account.id, account.name, place, frozenset(groups))


def holding(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions that a grant holds at an instant."""
    return Grant.from_at <= now, or_(Grant.to_at.is_(None), Grant.to_at > now)


def _require_authority(actor: Actor, role: str, organisation_id: str | None) -> None:
    of_supplier = roles.known(role) and roles.ROLES[role].kind == "supplier"
    if of_supplier and organisation_id is not None and actor.has_role("supplier-admin", organisation_id):
        return
    roles.require_one(actor, "system", "administrator")


def _refuse_misplaced(session: Session, role: str, organisation_id: str | None) -> None:
    if not roles.known(role):
        raise RoleUnknown(field="role")
    kind = roles.ROLES[role].kind
    if organisation_id is None:
        if kind not in (None, "platform"):
            raise RoleUnknown(field="role")
    elif kind is not None and organisations.get(session, organisation_id).kind != kind:
        raise RoleUnknown(field="role")


def _refuse_mixed(session: Session, account_id: str, role: str, organisation_id: str | None) -> None:
    held = {grant.role for grant in of_account(session, account_id) if grant.organisation_id == organisation_id}
    if role in held:
        raise AlreadyGranted(field="role")
    apart = [pair for pair in roles.conflicts(held | {role}) if role in pair]
    if apart:
        one, other = apart[0]
        raise DutiesMixed(field="role", one=roles.name(one), other=roles.name(other))


def _note(session: Session, actor: Actor, granted: Grant, act: str) -> None:
    facts = {"grant": granted.id, "role": granted.role, "organisation": granted.organisation_id}
    journal.write(session, actor, case=f"account:{granted.account_id}", act=act, facts=facts)
