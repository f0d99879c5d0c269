"""Finding cases to look after: by state, procedure, version and words, with the numbers of each filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.engine.records import Definition, IncidentRow, InstanceRow, OpenTaskRow
from app.foundation import clock
from app.foundation.text import Text
from app.web.listing import Asked
from app.workflow import cases, unseen

SORTS = ("-moved", "-started", "key")
RUNNING = ("active", "suspended")
_STUCK = exists().where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
SHOWS = {
    "running": Text("Running", "运行中"),
    "stuck": Text("With an incident", "有异常"),
    "nobody": Text("With a task for nobody", "有无人可办的任务"),
    "suspended": Text("Suspended", "已暂停"),
    "completed": Text("Completed", "已完成"),
    "cancelled": Text("Cancelled", "已撤销"),
    "all": Text("All", "全部"),
}


def _shown(session: Session, show: str) -> ColumnElement[bool]:
    """Whether a case is one of those that a filter shows."""
    match show:
        case "running":
            return InstanceRow.state.in_(RUNNING)
        case "stuck":
            return and_(InstanceRow.state.in_(RUNNING), _STUCK)
        case "nobody":
            return exists().where(OpenTaskRow.instance_id == InstanceRow.id, unseen.for_nobody(clock.now(session)))
        case "all":
            return true()
    return InstanceRow.state == show


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for. ``version`` is a definition's id, and counts only with its procedure."""

    show: str = "running"
    process_id: str = ""
    version: str = ""
    search: str = ""


@dataclass(frozen=True)
class Case:
    """A case as the list shows it."""

    row: InstanceRow
    definition: Definition
    title: Text
    open_tasks: int
    incidents: int


@dataclass(frozen=True)
class Version:
    """A version of a procedure that cases run on."""

    id: str
    number: int
    count: int


def page(session: Session, wanted: Wanted, asked: Asked) -> list[Case]:
    """The cases of one page."""
    columns = {"started": InstanceRow.started_at, "moved": InstanceRow.moved_at, "key": InstanceRow.business_key}
    column: Any = columns[asked.by]
    order = (column.desc(), InstanceRow.id.desc()) if asked.is_descending else (column.asc(), InstanceRow.id.asc())
    rows = list(session.scalars(_matching(session, wanted).order_by(*order).offset(asked.offset).limit(asked.limit)))
    return [case for start in range(0, len(rows), 500) for case in _with_facts(session, rows[start : start + 500])]


def count(session: Session, wanted: Wanted) -> int:
    """How many cases match."""
    matching = _matching(session, wanted).with_only_columns(InstanceRow.id).subquery()
    return session.scalar(select(func.count()).select_from(matching)) or 0


def shows(session: Session, wanted: Wanted) -> dict[str, int]:
    """How many cases each state would show, with the other filters as they are."""
    return {name: count(session, replace(wanted, show=name)) for name in SHOWS}


def processes(session: Session, wanted: Wanted) -> list[tuple[str, int]]:
    """The procedures of the cases that the other filters leave, with how many each has."""
    query = _matching(session, replace(wanted, process_id="", version=""))
    counted = query.with_only_columns(InstanceRow.process_id, func.count()).group_by(InstanceRow.process_id)
    return [(process_id, number) for process_id, number in session.execute(counted.order_by(InstanceRow.process_id))]


def versions(session: Session, wanted: Wanted) -> list[Version]:
    """The versions that the cases of the chosen procedure run on, the latest first."""
    if not wanted.process_id:
        return []
    query = _matching(session, replace(wanted, version="")).join(Definition, Definition.id == InstanceRow.definition_id)
    counted = query.with_only_columns(Definition.id, Definition.version, func.count())
    grouped = counted.group_by(Definition.id, Definition.version).order_by(Definition.version.desc())
    return [Version(*row) for row in session.execute(grouped)]


def _matching(session: Session, wanted: Wanted) -> Select[Any]:
    query = select(InstanceRow).where(_shown(session, wanted.show))
    if wanted.process_id:
        query = query.where(InstanceRow.process_id == wanted.process_id)
        if wanted.version:
            query = query.where(InstanceRow.definition_id == wanted.version)
    if wanted.search:
        numbers = cases.numbers_named(session, wanted.search)
        query = query.where(
            or_(
                InstanceRow.business_key.icontains(wanted.search, autoescape=True),
                InstanceRow.business_key.in_(numbers),
                *cases.marked(wanted.search),
            )
        )
    return query


def _with_facts(session: Session, rows: list[InstanceRow]) -> Iterable[Case]:
    ids = [row.id for row in rows]
    definitions = {row.definition_id for row in rows}
    known = {one.id: one for one in session.scalars(select(Definition).where(Definition.id.in_(definitions)))}
    projects = cases.projects_of(session, (row.business_key for row in rows))
    tasks = _counted(session, OpenTaskRow, ids)
    stuck = _counted(session, IncidentRow, ids, IncidentRow.resolved_at.is_(None))
    for row in rows:
        definition = known[row.definition_id]
        project = projects.get(row.business_key or "")
        title = project.title if project else definition.name
        yield Case(row, definition, title, tasks.get(row.id, 0), stuck.get(row.id, 0))


def _counted(session: Session, record: Any, ids: list[str], *conditions: Any) -> dict[str, int]:
    column = record.instance_id
    query = select(column, func.count()).where(column.in_(ids), *conditions).group_by(column)
    return {str(row[0]): int(row[1]) for row in session.execute(query)}
