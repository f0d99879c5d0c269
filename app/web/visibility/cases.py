"""Who sees which case, whole or in part, and under which names its people.

A case is seen whole by the organisations that have their part in its project, by auditors and administrators, and,
where no project says whose it is, by the staff who act in it. Suppliers and experts see no case, but their own part in
it: the stages, their own tasks and acts, and the documents that are for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select, text, true
from sqlalchemy.orm import Session

from app.engine import instances
from app.engine.history import Naming
from app.engine.records import HistoryRow, InstanceRow, Offer, OpenTaskRow
from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed
from app.foundation.text import Text
from app.identity import roles
from app.identity.grants import Grant
from app.procurement.experts import Committee, Member, MemberState
from app.procurement.projects import Lot, LotState, Project
from app.workflow import cases

WHOLE, PART = "whole", "part"

WATCHERS = ("administrator", "auditor")
"""Who sees every case."""

OUTSIDERS = frozenset({"supplier", None})
"""The kinds of organisations (None: of the expert pool) whose people see only their own part of a case."""


class CaseHidden(NotAllowed):
    """The person has no part in the case."""

    text = Text("You are not involved in this case.", "您未参与该流程，无权查看。")


def is_staff(actor: Actor) -> bool:
    """Whether the person works for a buyer, an agency, a finance department or the platform."""
    held = {group.partition("@")[0] for group in actor.groups}
    return any(roles.known(role) and roles.ROLES[role].kind not in OUTSIDERS for role in held)


def watches(actor: Actor) -> bool:
    """Whether the person sees every case."""
    return any(actor.has_role(role) for role in WATCHERS)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor sees an instance, whole or in part (for lists and searches)."""
    if watches(actor):
        return true()
    conditions = [has_a_part(actor)]
    if is_staff(actor) and actor.organisation_id is not None:
        conditions.append(cases.of_party(actor))
    return or_(*conditions)


def has_a_part(actor: Actor) -> ColumnElement[bool]:
    """The actor started the instance, acted in it, or has a task in it."""
    acted = select(HistoryRow.instance_id).where(HistoryRow.actor_id == actor.id, text("actor_id != 'system'"))
    offered = select(OpenTaskRow.instance_id).join(Offer, Offer.task_id == OpenTaskRow.id).where(offered_to(actor))
    return or_(InstanceRow.started_by == actor.id, InstanceRow.id.in_(acted), InstanceRow.id.in_(offered))


def offered_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that a task is offered to, or held by, an actor."""
    return or_(
        and_(Offer.kind.in_(("holder", "user")), Offer.name == actor.id),
        and_(Offer.kind == "group", Offer.name.in_(sorted(actor.groups))) if actor.groups else false(),
    )


def extent(session: Session, actor: Actor, row: InstanceRow) -> str | None:
    """How much of a case the actor sees: WHOLE, PART, or None."""
    if watches(actor):
        return WHOLE
    project = cases.project_of(session, row)
    if project is not None and is_staff(actor) and _is_party(actor, project):
        return WHOLE
    if session.scalar(select(InstanceRow.id).where(InstanceRow.id == row.id, has_a_part(actor))) is None:
        return None
    return WHOLE if project is None and is_staff(actor) else PART


def _is_party(actor: Actor, project: Project) -> bool:
    return actor.organisation_id is not None and actor.organisation_id in (
        project.buyer_id,
        project.finance_id,
        project.agency_id,
    )


def refuse_unseen(session: Session, actor: Actor, instance_id: str) -> None:
    """Go on only if the actor sees the case at least in part.

    :raises instances.NoSuchInstance: :raises CaseHidden:
    """
    if extent(session, actor, instances.get(session, instance_id)) is None:
        raise CaseHidden


def naming(session: Session, actor: Actor, row: InstanceRow) -> Naming:
    """How persons are called to this reader: the committee's experts stay unnamed until the award is published (O87 47).

    Auditors and the experts themselves know their names; the agency, from when they have said that they come.
    """
    project = cases.project_of(session, row)
    if project is None or actor.has_role("auditor"):
        return _by_name
    if awards_are_published(project.lots):
        return _by_name
    experts = set(session.scalars(select(Grant.account_id).where(Grant.role == "expert").distinct()))
    if actor.organisation_id == project.agency_id is not None:
        experts -= _coming(session, project)

    def called(actor_id: str, name: str) -> str | Text:
        return Text("An expert", "评审专家") if actor_id in experts and actor_id != actor.id else name

    return called


def _coming(session: Session, project: Project) -> set[str]:
    """The accounts of the experts who have said that they come, for any lot of a project."""
    lots = [lot.id for lot in project.lots]
    statement = select(Member.account_id).join(Committee).where(Committee.lot_id.in_(lots))
    return set(session.scalars(statement.where(Member.state == MemberState.ACCEPTED)))


def _by_name(_actor_id: str, name: str) -> str:
    return name


AFTER_AWARD = frozenset(
    {
        LotState.NOTIFIED,
        LotState.CONTRACTED,
        LotState.PERFORMING,
        LotState.ACCEPTED,
        LotState.PAID,
        LotState.ARCHIVED,
        LotState.FAILED,
        LotState.CANCELLED,
    }
)


def awards_are_published(lots: Sequence[Lot]) -> bool:
    """Whether the result of each lot is out, or none will come."""
    return bool(lots) and all(lot.state in AFTER_AWARD for lot in lots)
