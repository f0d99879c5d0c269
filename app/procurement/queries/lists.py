"""Queries as a list: those a person may read, filtered and counted in the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, and_, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.text import Text
from app.procurement.projects import Project
from app.procurement.queries.records import Query, QueryState
from app.procurement.tenders import Tender

STATES: dict[str, Text] = {
    QueryState.OPEN: Text("waiting for the answer", "待答复"),
    QueryState.ANSWERED: Text("answered", "已答复"),
}
"""The names of a query's states."""


def find(
    session: Session, actor: Actor, *, state: str = "", offset: int = 0, limit: int = 25
) -> tuple[list[Query], int]:
    """A page of the queries an actor may read, the newest first, and how many there are (see ``visible_to``)."""
    statement = _of(actor, state)
    total = session.scalar(select(func.count()).select_from(statement.with_only_columns(Query.id).subquery())) or 0
    return list(session.scalars(statement.order_by(Query.id.desc()).offset(offset).limit(limit))), total


def of_lot(session: Session, lot_id: str) -> list[Query]:
    """The queries about a lot, in the order they came."""
    return list(session.scalars(select(Query).where(Query.lot_id == lot_id).order_by(Query.id)))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many of an actor's queries are in each state; the empty key counts all."""
    found = _of(actor, "").with_only_columns(Query.state, func.count()).group_by(Query.state)
    by_state: dict[str, int] = {state: count for state, count in session.execute(found)}  # noqa: C416 - typed rows
    return {"": sum(by_state.values()), **{state: by_state.get(state, 0) for state in STATES}}


def _of(actor: Actor, state: str) -> Select[Query]:
    statement = select(Query).join(Tender, Tender.id == Query.tender_id).join(Project, Project.id == Tender.project_id)
    return statement.where(_readable_by(actor), Query.state == state if state else true())


def _readable_by(actor: Actor) -> ColumnElement[bool]:
    if actor.has_role("auditor"):
        return true()
    place = actor.organisation_id or ""
    told = type_coerce(Query.told, String).contains(f'"{place}"', autoescape=True)
    return or_(
        Query.supplier_id == place,
        Tender.agency_id == place,
        Tender.buyer_id == place,
        Project.finance_id == place,
        and_(Query.state == QueryState.ANSWERED, told),
    )
