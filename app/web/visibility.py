"""Who sees which case, and which of its documents when: one place, asked by every page that shows either.

A case is seen whole by the organisations that have their part in its project, by auditors and administrators, and,
where no project says whose it is, by the staff who act in it. Suppliers and experts see no case, but their own part in
it: the stages, their own tasks and acts, and the documents that are for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select, text, true
from sqlalchemy.orm import Session

from app.engine import instances
from app.engine.history import Naming
from app.engine.records import HistoryRow, InstanceRow, Offer, OpenTaskRow
from app.foundation import documents
from app.foundation.actor import Actor
from app.foundation.documents import Document
from app.foundation.errors import NotAllowed
from app.foundation.text import Text
from app.identity import roles
from app.identity.grants import Grant
from app.procurement.projects import Lot, LotState, Project, ProjectState
from app.workflow import cases

WHOLE, PART = "whole", "part"

WATCHERS = ("administrator", "auditor")
"""Who sees every case."""

OUTSIDERS = frozenset({"supplier", None})
"""The kinds of organisations (None: of the expert pool) whose people see only their own part of a case."""


class CaseHidden(NotAllowed):
    """The person has no part in the case."""

    code = "case-hidden"
    text = Text("You have no part in this case.", "您未参与该流程，无权查看。")


class DocumentHidden(NotAllowed):
    """The document isn't for this person, or not yet."""

    code = "document-hidden"
    text = Text("This document isn't open to you.", "该文件未对您开放。")


# -- cases


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
    offered = select(OpenTaskRow.instance_id).join(Offer, Offer.task_id == OpenTaskRow.id).where(_names(actor))
    return or_(InstanceRow.started_by == actor.id, InstanceRow.id.in_(acted), InstanceRow.id.in_(offered))


def _names(actor: Actor) -> ColumnElement[bool]:
    """The offers of tasks to an actor."""
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

    The agency that seats them, auditors, and the experts themselves know their names.
    """
    project = cases.project_of(session, row)
    if project is None or actor.has_role("auditor") or actor.organisation_id == project.agency_id is not None:
        return _by_name
    if _awards_are_published(project):
        return _by_name
    experts = set(session.scalars(select(Grant.account_id).where(Grant.role == "expert").distinct()))

    def called(actor_id: str, name: str) -> str | Text:
        return Text("An expert", "评审专家") if actor_id in experts and actor_id != actor.id else name

    return called


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


def _awards_are_published(project: Project) -> bool:
    return bool(project.lots) and all(lot.state in AFTER_AWARD for lot in project.lots)


# -- documents


When = Callable[[Project], bool]


def _always(_project: Project) -> bool:
    return True


def _once_opened(project: Project) -> bool:
    return bool(project.lots) and all(lot.state not in (LotState.PLANNED, LotState.BIDDING) for lot in project.lots)


def _once_published(project: Project) -> bool:
    return project.state in (ProjectState.PUBLISHED, ProjectState.CLOSED)


@dataclass(frozen=True)
class Sight:
    """Which parties of a project see a document, and from when.

    buyer, agency, finance; supplier and expert: those who have a task in it just now.
    """

    parties: frozenset[str]
    when: When = _always


def _parties(*names: str, when: When = _always) -> Sight:
    return Sight(frozenset(names), when)


DOCUMENTS: dict[str, tuple[Sight, ...]] = {
    # what suppliers and the agency need to sign or to see before it is public
    "contract": (_parties("buyer", "agency", "finance", "supplier"),),
    "acceptance_report": (_parties("buyer", "agency", "finance", "supplier"),),
    "payment_voucher": (_parties("buyer", "finance", "supplier"),),
    # what bids contain, and what the committee wrote: the agency from the opening on, the others once it is decided
    "bid": (_parties("agency", "expert", when=_once_opened), _parties("buyer", "finance", when=_awards_are_published)),
    "opening_record": (_parties("buyer", "agency", "finance", "expert", when=_once_opened),),
    "evaluation_report": (_parties("buyer", "agency", "finance", "expert", when=_once_opened),),
    "explain_price": (
        _parties("agency", "expert", when=_once_opened),
        _parties("buyer", "finance", when=_awards_are_published),
    ),
}
"""The kinds of documents that aren't simply their project's: who sees them, from when.

A kind that a form's upload has (``FORM.FIELD``) goes by the form's name. What isn't in the table is seen by buyer,
agency and finance department. Who brought a document sees it in any case; what is public, everybody.
"""

ELSE = (_parties("buyer", "agency", "finance"),)


def sees(session: Session, actor: Actor, document: Document) -> bool:
    """Whether an actor may read a document now."""
    if document.access == "public" or document.created_by == actor.id:
        return True
    if actor.organisation_id is not None and document.organisation_id == actor.organisation_id:
        return True
    if document.access == "private":
        return False
    if actor.has_role("auditor"):
        return True
    project, row = _case_of(session, document.case_id)
    if project is None:
        return row is not None and extent(session, actor, row) == WHOLE
    mine = _roles_in(session, actor, project)
    for sight in DOCUMENTS.get(document.kind.partition(".")[0], ELSE):
        if mine & sight.parties and sight.when(project):
            return True
    return False


def seen_documents(session: Session, actor: Actor, case_ids: Iterable[str]) -> list[Document]:
    """The documents of cases that an actor may read now, in the order they came."""
    query = select(Document).where(Document.case_id.in_(list(case_ids))).order_by(Document.created_at, Document.id)
    return [document for document in session.scalars(query) if sees(session, actor, document)]


def document_cases(row: InstanceRow, project: Project | None) -> list[str]:
    """Under which cases an instance's documents stand: its own, its project's, its lots'."""
    return [row.id, *([project.id, *(lot.id for lot in project.lots)] if project is not None else [])]


def refuse_unseen_document(session: Session, actor: Actor, document_id: str) -> None:
    """Go on only if the actor may read the document now.

    :raises documents.NoSuchDocument: :raises DocumentHidden:
    """
    if not sees(session, actor, documents.get(session, document_id)):
        raise DocumentHidden


def _case_of(session: Session, case_id: str | None) -> tuple[Project | None, InstanceRow | None]:
    """The project and the instance a document's case stands for (an instance, a project or a lot)."""
    if case_id is None:
        return None, None
    row = session.get(InstanceRow, case_id)
    if row is not None:
        return cases.project_of(session, row), row
    lot = session.get(Lot, case_id)
    return (lot.project if lot is not None else session.get(Project, case_id)), None


def _roles_in(session: Session, actor: Actor, project: Project) -> set[str]:
    """What the actor's organisation is in a project."""
    place = actor.organisation_id
    found = {
        name
        for name, organisation in (
            ("buyer", project.buyer_id),
            ("agency", project.agency_id),
            ("finance", project.finance_id),
        )
        if place is not None and organisation == place
    }
    if not found and _has_a_task(session, actor, project):
        found.add("expert" if actor.has_role("expert") else "supplier")
    return found


def _has_a_task(session: Session, actor: Actor, project: Project) -> bool:
    offered = (
        select(OpenTaskRow.id)
        .join(Offer, Offer.task_id == OpenTaskRow.id)
        .where(OpenTaskRow.business_key == project.number, _names(actor))
        .limit(1)
    )
    return session.scalar(offered) is not None
