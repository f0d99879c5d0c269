"""Tenders as lists show them: those a person may work with, by state, words and order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.foundation.actor import Actor
from app.procurement.projects import Project
from app.procurement.tenders.records import Tender, TenderState

PHASES = ("preparing", "open", "closed", "terminated")
"""What a list tells apart: not published yet, taking bids, past the deadline, given up."""
WATCHERS = ("administrator", "auditor")
ORDERS = {
    "deadline": Tender.bid_deadline_at,
    "published": Tender.published_at,
    "number": Project.number,
    "estimate": Project.estimate,
}


def find(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    phase: str = "",
    search: str = "",
    by: str = "deadline",
    descending: bool = True,
    offset: int = 0,
    limit: int = 25,
) -> tuple[list[Tender], int]:
    """One page of the tenders of the actor's organisation (all, for administrators and auditors), and how many there are."""
    statement = _of(actor, now, phase, search)
    order = ORDERS[by]
    ordered = statement.order_by(
        order.desc().nulls_last() if descending else order.asc().nulls_last(), Tender.id.desc()
    )
    rows = session.scalars(ordered.options(joinedload(Tender.project)).offset(offset).limit(limit))
    return list(rows.unique()), _count(session, statement)


def open_now(
    session: Session,
    now: datetime,
    *,
    search: str = "",
    ids: Collection[str] | None = None,
    by: str = "deadline",
    descending: bool = False,
    offset: int = 0,
    limit: int = 25,
) -> tuple[list[Tender], int]:
    """One page of the tenders that take bids now (of ``ids`` alone, when given), for everybody; and how many there are."""
    statement = select(Tender).join(Project, Project.id == Tender.project_id)
    statement = statement.where(Tender.state == TenderState.PUBLISHED, Tender.bid_deadline_at > now)
    if ids is not None:
        statement = statement.where(Tender.id.in_(ids))
    statement = _named(statement, search)
    order = ORDERS[by]
    ordered = statement.order_by(order.desc() if descending else order.asc(), Tender.id.desc())
    rows = session.scalars(ordered.options(joinedload(Tender.project)).offset(offset).limit(limit))
    return list(rows.unique()), _count(session, statement)


def counts(session: Session, actor: Actor, now: datetime, *, search: str = "") -> dict[str, int]:
    """How many tenders each phase has for this person; under ``""``, how many there are in all."""
    return {phase: _count(session, _of(actor, now, phase, search)) for phase in ("", *PHASES)}


def worked_on_by(actor: Actor, tender: Tender) -> bool:
    """Whether a tender is one of the actor's organisation, or of who watches over all."""
    parties = (tender.buyer_id, tender.agency_id, tender.project.finance_id)
    return actor.organisation_id in parties or any(actor.has_role(role) for role in WATCHERS)


def _count(session: Session, statement: Select[Tender]) -> int:
    return session.scalar(select(func.count()).select_from(statement.with_only_columns(Tender.id).subquery())) or 0


def _of(actor: Actor, now: datetime, phase: str, search: str) -> Select[Tender]:
    statement = select(Tender).join(Project, Project.id == Tender.project_id).where(_phase(phase, now))
    if not any(actor.has_role(role) for role in WATCHERS):
        place = actor.organisation_id
        statement = statement.where(
            or_(Tender.buyer_id == place, Tender.agency_id == place, Project.finance_id == place)
        )
    return _named(statement, search)


def _named(statement: Select[Tender], search: str) -> Select[Tender]:
    """Those whose number or title has these words."""
    if not search:
        return statement
    return statement.where(
        Project.number.icontains(search, autoescape=True)
        | Project.title_zh.contains(search, autoescape=True)
        | Project.title_en.icontains(search, autoescape=True)
    )


def _phase(phase: str, now: datetime) -> ColumnElement[bool]:
    if phase == "preparing":
        return Tender.published_at.is_(None)
    if phase == "terminated":
        return Tender.state == TenderState.TERMINATED
    if phase in ("open", "closed"):
        published = (Tender.state != TenderState.TERMINATED) & Tender.published_at.is_not(None)
        return published & (Tender.bid_deadline_at > now if phase == "open" else Tender.bid_deadline_at <= now)
    return true()
