"""The inbox: which open tasks are for a person, what is late or due first, as fast with ten thousand as with ten.

One index serves every list: the offers of each of a person's names (account, groups), in the inbox's order. A page
reads only as many rows of it as it shows; counts stop at a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, not_, or_, select, union_all
from sqlalchemy.orm import Session

from app.engine.records import HistoryRow, Offer, OpenTaskRow
from app.foundation.actor import Actor

COUNTED = 1_000
"""Counts are exact up to here."""


@dataclass(frozen=True)
class Filters:
    """``whose``: all, mine (assigned or claimed) or group (free for the taking). ``due_before`` finds what is late.

    ``search`` looks in the names of tasks and in business keys; ``keys`` are further business keys it may find.
    ``order``: due (by due date, then priority, then age), oldest or newest.
    """

    whose: str = "all"
    due_before: datetime | None = None
    process_id: str | None = None
    stage: str | None = None
    element_id: str | None = None
    business_key: str | None = None
    search: str | None = None
    keys: tuple[str, ...] = ()
    order: str = "due"

    @property
    def narrows(self) -> bool:
        """Whether the task's own row is needed to tell."""
        return bool(self.process_id or self.stage or self.element_id or self.business_key or self.search)


@dataclass(frozen=True)
class Page:
    """One page of tasks. ``total`` is exact up to ``COUNTED``; ``has_more`` says whether there is a next page."""

    rows: list[OpenTaskRow]
    number: int
    size: int
    total: int
    has_more: bool

    @property
    def total_is_exact(self) -> bool:
        """Whether all were counted."""
        return self.total < COUNTED


@dataclass(frozen=True)
class Counts:
    """How many tasks each list has, each exact up to ``COUNTED``."""

    mine: int
    group: int
    late: int


def inbox(session: Session, actor: Actor, filters: Filters | None = None, page: int = 1, size: int = 25) -> Page:
    """The open tasks for a person, in the order asked for; only those of the page are read."""
    filters = filters or Filters()
    names = _names(actor, filters.whose)
    wanted = page * size + 1
    found = (
        session.execute(union_all(*(_offers(actor, name, filters, wanted) for name in names))).all() if names else []
    )
    ordered = list(dict.fromkeys(row[0] for row in _sorted(found, filters.order)))
    shown = ordered[(page - 1) * size : page * size]
    rows = {row.id: row for row in session.scalars(select(OpenTaskRow).where(OpenTaskRow.id.in_(shown)))}
    total = len(ordered) if len(ordered) < wanted else _count(session, actor, names, filters)
    return Page([rows[task] for task in shown if task in rows], page, size, total, len(ordered) > page * size)


def counts(session: Session, actor: Actor, now: datetime) -> Counts:
    """How many tasks are the person's, how many are free for the taking, how many of both are late."""
    mine, group = (_counted(actor, _names(actor, whose)) for whose in ("mine", "group"))
    late = _counted(actor, _names(actor, "all"), Offer.due_at < now)
    return Counts(*session.execute(select(mine, group, late)).one())


@dataclass(frozen=True)
class Facet:
    """How many of a person's first ``COUNTED`` tasks lie in one stage of one process."""

    process_id: str
    stage: str | None
    count: int


def facets(session: Session, actor: Actor, whose: str = "all") -> list[Facet]:
    """The processes and stages that a person's tasks lie in, each with its number of tasks."""
    offers = union_all(*(_offers(actor, name, Filters(), COUNTED) for name in _names(actor, whose))).subquery()
    offered = select(offers.c.task_id).distinct().limit(COUNTED)
    rows = session.execute(
        select(OpenTaskRow.process_id, OpenTaskRow.stage, func.count())
        .where(OpenTaskRow.id.in_(offered))
        .group_by(OpenTaskRow.process_id, OpenTaskRow.stage)
        .order_by(OpenTaskRow.process_id, OpenTaskRow.stage)
    )
    return [Facet(*row) for row in rows]


def barred(person: Any) -> ColumnElement[bool]:
    """Whether separation of duties keeps an open task from a person (an id, or a column of ids): they did the step it names."""
    did = exists().where(
        HistoryRow.instance_id == OpenTaskRow.instance_id,
        HistoryRow.element_id == OpenTaskRow.duty,
        HistoryRow.kind == "completed",
        HistoryRow.actor_id == person,
    )
    return did.correlate_except(HistoryRow)


def _free(actor: Actor) -> ColumnElement[bool]:
    """Whether an offer is one that the person can take up: nobody else holds the task, and no duty keeps them from it."""
    kept = exists().where(OpenTaskRow.id == Offer.task_id, OpenTaskRow.duty.is_not(None), barred(actor.id))
    return and_(Offer.free.is_(True), or_(Offer.kind == "holder", not_(kept.correlate(Offer))))


def _sorted(found: Sequence[Any], order: str) -> list[Any]:
    if order == "due":
        return sorted(found, key=lambda row: (row[1], row[2], row[0]))
    return sorted(found, key=lambda row: row[0], reverse=order == "newest")  # ids sort by time of creation


def _counted(actor: Actor, names: list[tuple[str, str]], *conditions: Any) -> ScalarSelect[int]:
    """How many tasks are offered under these names, as part of a query."""
    by_kind: dict[str, list[str]] = {}
    for kind, name in names:
        by_kind.setdefault(kind, []).append(name)
    offered = or_(*(and_(Offer.kind == kind, Offer.name.in_(named)) for kind, named in by_kind.items()))
    tasks = select(Offer.task_id).where(offered, _free(actor), *conditions).distinct().limit(COUNTED)
    return select(func.count()).select_from(tasks.subquery()).scalar_subquery()


def _names(actor: Actor, whose: str) -> list[tuple[str, str]]:
    mine = [("holder", actor.id)]
    offered = [("user", actor.id), *(("group", group) for group in sorted(actor.groups))]
    return mine if whose == "mine" else offered if whose == "group" else mine + offered


def _offers(actor: Actor, name: tuple[str, str], filters: Filters, limit: int) -> Select[Any]:
    statement = select(Offer.task_id, Offer.due_at, Offer.urgency).where(
        Offer.kind == name[0], Offer.name == name[1], _free(actor)
    )
    if filters.due_before is not None:
        statement = statement.where(Offer.due_at < filters.due_before)
    if filters.narrows:
        statement = statement.join(OpenTaskRow, OpenTaskRow.id == Offer.task_id).where(*_conditions(filters))
    orders = {"oldest": (Offer.task_id,), "newest": (Offer.task_id.desc(),)}
    order = orders.get(filters.order, (Offer.due_at, Offer.urgency, Offer.task_id))
    inner = statement.order_by(*order).limit(limit).subquery()
    return select(inner.c.task_id, inner.c.due_at, inner.c.urgency)


def _conditions(filters: Filters) -> Iterable[Any]:
    if filters.process_id:
        yield OpenTaskRow.process_id == filters.process_id
    if filters.stage:
        yield OpenTaskRow.stage == filters.stage
    if filters.element_id:
        yield OpenTaskRow.element_id == filters.element_id
    if filters.business_key:
        yield OpenTaskRow.business_key == filters.business_key
    if filters.search:
        wanted = filters.search.strip()
        yield (
            OpenTaskRow.name_en.icontains(wanted, autoescape=True)
            | OpenTaskRow.name_zh.contains(wanted, autoescape=True)
            | OpenTaskRow.business_key.icontains(wanted, autoescape=True)
            | OpenTaskRow.business_key.in_(filters.keys)
        )


def _count(session: Session, actor: Actor, names: list[tuple[str, str]], filters: Filters) -> int:
    if not filters.narrows:
        late = () if filters.due_before is None else (Offer.due_at < filters.due_before,)
        return session.scalar(select(_counted(actor, names, *late))) or 0
    offers = union_all(*(_offers(actor, name, filters, COUNTED) for name in names)).subquery()
    counted = select(offers.c.task_id).distinct().limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0
