"""The pool as a list: searched, filtered and sorted in the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVarTuple

from sqlalchemy import Select, String, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.procurement.experts.pool import STATES
from app.procurement.experts.records import Expert, Member, MemberState

_Row = TypeVarTuple("_Row")

SORTS: Mapping[str, Any] = {"name": Expert.name, "region": Expert.region, "since": Expert.senior_since}
"""What a list of experts is sorted by."""


def find(
    session: Session,
    *,
    search: str = "",
    state: str = "",
    speciality: str = "",
    by: str = "name",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Expert], int]:
    """A page of the pool, and how many there are in all; ``search`` looks in names, phones and regions."""
    statement = _found(select(Expert), search, state, speciality)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    column = SORTS[by]
    ordered = statement.order_by(column.desc() if descending else column.asc(), Expert.id)
    return list(session.scalars(ordered.offset(offset).limit(limit))), total


def counts(session: Session, *, search: str = "", speciality: str = "") -> dict[str, int]:
    """How many experts are in each state; the empty key counts all."""
    statement = _found(select(Expert.state, func.count()), search, "", speciality).group_by(Expert.state)
    by_state: dict[str, int] = {state: count for state, count in session.execute(statement)}  # noqa: C416 - typed rows
    return {"": sum(by_state.values()), **{state: by_state.get(state, 0) for state in STATES}}


def _found(statement: Select[*_Row], search: str, state: str, speciality: str) -> Select[*_Row]:
    if search.strip():
        word = f"%{search.strip()}%"
        statement = statement.where(or_(Expert.name.ilike(word), Expert.phone.ilike(word), Expert.region.ilike(word)))
    if state:
        statement = statement.where(Expert.state == state)
    if speciality:
        statement = statement.where(
            type_coerce(Expert.specialities, String).contains(f'"{speciality}"', autoescape=True)
        )
    return statement


def served(session: Session, expert_id: str) -> list[Member]:
    """The seats an expert has taken on committees that are no longer secret, the newest first."""
    statement = select(Member).where(Member.expert_id == expert_id, Member.state == MemberState.ACCEPTED)
    seats = session.scalars(statement.order_by(Member.called_at.desc()))
    return [seat for seat in seats if seat.committee.revealed_at is not None]
