"""The cases of a project: a case carries its project's number as its business key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.util import identity_key

from app.engine import locks
from app.engine.records import InstanceRow
from app.engine.states import RUNNING
from app.foundation.actor import Actor
from app.foundation.belongings import Belonging
from app.procurement import tenders
from app.procurement.projects import Project


def of_number(session: Session, number: str) -> list[InstanceRow]:
    """The running cases of the project with this number."""
    running = select(InstanceRow).where(InstanceRow.business_key == number, InstanceRow.state.in_(RUNNING))
    return list(session.scalars(running.order_by(InstanceRow.id)))


def hold(session: Session, tender_id: str) -> list[InstanceRow]:
    """The running cases of a tender, locked: before the tender's own lock, as every door of the engine does it.

    Whoever locked them the other way round would wait for a timer that waits for them.
    """
    number = tenders.get(session, tender_id).project.number
    return [locks.locked(session, case.id) for case in of_number(session, number)]


def project_of(session: Session, row: InstanceRow) -> Project | None:
    """The project an instance is about, with its lots, or None."""
    return projects_of(session, [row.business_key]).get(row.business_key or "")


_READ: Belonging[dict[str, Project]] = Belonging(lambda _: {})
"""The projects that a session has found, by number."""


def projects_of(session: Session, business_keys: Iterable[str | None]) -> dict[str, Project]:
    """The projects that instances with these business keys are about, by number.

    A session keeps those it has found, as a page asks for its case's project many times.
    """
    numbers = {key for key in business_keys if key}
    kept = _READ.of(session)
    known = {number: kept[number] for number in numbers if number in kept and kept[number] in session}
    if unknown := numbers - known.keys():
        whose = joinedload(Project.buyer), joinedload(Project.agency)
        statement = select(Project).where(Project.number.in_(unknown)).options(selectinload(Project.lots), *whose)
        known |= {project.number: project for project in session.scalars(statement)}
        kept |= known
    return known


def instance_of(session: Session, project_id: str) -> InstanceRow | None:
    """The instance in which a project goes its way: the first, when others about it (a query) have been started since.

    A project that the session has read already is kept for ``projects_of``.
    """
    there = session.identity_map.get(identity_key(Project, project_id))
    if isinstance(there, Project):
        _READ.of(session)[there.number] = there
    return session.scalars(
        select(InstanceRow)
        .join(Project, Project.number == InstanceRow.business_key)
        .where(Project.id == project_id)
        .order_by(InstanceRow.started_at, InstanceRow.id)
        .limit(1)
    ).first()


def parties(project: Project) -> dict[str, Any]:
    """The variables that say which project a case of its own is about, and whose it is."""
    return {
        "project_id": project.id,
        "project_number": project.number,
        "buyer_id": project.buyer_id,
        "finance_id": project.finance_id,
        "agency_id": project.agency_id,
    }


def numbers_named(session: Session, search: str, *, limit: int = 200) -> tuple[str, ...]:
    """The business keys of the latest projects whose title has these words."""
    wanted = search.strip()
    if not wanted:
        return ()
    titled = Project.title_zh.contains(wanted, autoescape=True) | Project.title_en.icontains(wanted, autoescape=True)
    return tuple(session.scalars(select(Project.number).where(titled).order_by(Project.id.desc()).limit(limit)))


MARK = 8
"""So many of the last characters of a case's id tell it from others before it has a number."""


def marked(search: str) -> list[ColumnElement[bool]]:
    """The condition that finds a case by its id, or by the end of it that pages show; none for what is no part of an id."""
    wanted = search.strip().lower()
    is_part = len(wanted) >= MARK and all(letter in "0123456789abcdef" for letter in wanted)
    return [InstanceRow.id.endswith(wanted)] if is_part else []


def of_party(actor: Actor) -> ColumnElement[bool]:
    """The condition that an instance is about a project in which the actor's organisation has its part.

    What the public sees are notices and documents (``tenders.visible_to``), never the application.
    """
    place = actor.organisation_id
    parties = (Project.buyer_id == place) | (Project.finance_id == place) | (Project.agency_id == place)
    return InstanceRow.business_key.in_(select(Project.number).where(parties))
