"""Finding cases to look after: by state, procedure, version and words, with the numbers of each filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.engine.records import Definition, IncidentRow, InstanceRow, OpenTaskRow
from app.engine.states import RUNNING
from app.foundation import clock
from app.foundation.text import Text
from app.web.listing import Asked
from app.web.operations import awaited
from app.web.operations.awaited import Awaited
from app.workflow import cases, unseen
from app.workflow.stages import NAMES as names_of_stages

SORTS = ("-moved", "-started", "key")
_STUCK = exists().where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
SHOWS = {
    "running": Text("Running", "运行中"),
    "stuck": Text("With an incident", "有异常"),
    "late": Text("With a late task", "有逾期任务"),
    "nobody": Text("With a task no one can do", "有无人可办的任务"),
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
        case "late":
            late = exists().where(OpenTaskRow.instance_id == InstanceRow.id, OpenTaskRow.due_at < clock.now(session))
            return and_(InstanceRow.state.in_(RUNNING), late)
        case "all":
            return true()
    return InstanceRow.state == show


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for. ``version`` is a definition's id, and counts only with its procedure."""

    show: str = "running"
    process_id: str = ""
    version: str = ""
    stage: str = ""
    search: str = ""


@dataclass(frozen=True)
class Case:
    """A case as the list shows it."""

    row: InstanceRow
    definition: Definition
    title: Text
    awaited: list[Awaited]

    @property
    def is_stuck(self) -> bool:
        """Whether an element of it can't go on."""
        return any(one.kind == "incident" for one in self.awaited)

    @property
    def since(self) -> datetime:
        """Since when it has been waiting: for what waits longest, or since it moved last."""
        return min((one.since for one in self.awaited if one.since), default=self.row.moved_at)

    @property
    def stages(self) -> list[str]:
        """The stages in which somebody has something to do."""
        return list(dict.fromkeys(one.stage for one in self.awaited if one.stage))


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
    statement = _matching(session, replace(wanted, process_id="", version=""))
    counted = statement.with_only_columns(InstanceRow.process_id, func.count()).group_by(InstanceRow.process_id)
    return [(process_id, number) for process_id, number in session.execute(counted.order_by(InstanceRow.process_id))]


def stages(session: Session, wanted: Wanted) -> list[tuple[str, int]]:
    """The stages in which the cases that the other filters leave have open tasks, with how many cases each has."""
    left = _matching(session, replace(wanted, stage="")).with_only_columns(InstanceRow.id)
    counted = select(OpenTaskRow.stage, func.count(OpenTaskRow.instance_id.distinct())).where(
        OpenTaskRow.instance_id.in_(left), OpenTaskRow.stage.is_not(None)
    )
    found = {str(row[0]): int(row[1]) for row in session.execute(counted.group_by(OpenTaskRow.stage))}
    order = {stage: place for place, stage in enumerate(names_of_stages)}
    return sorted(found.items(), key=lambda each: order.get(each[0], len(order)))


def versions(session: Session, wanted: Wanted) -> list[Version]:
    """The versions that the cases of the chosen procedure run on, the latest first."""
    if not wanted.process_id:
        return []
    statement = _matching(session, replace(wanted, version="")).join(
        Definition, Definition.id == InstanceRow.definition_id
    )
    counted = statement.with_only_columns(Definition.id, Definition.version, func.count())
    grouped = counted.group_by(Definition.id, Definition.version).order_by(Definition.version.desc())
    return [Version(*row) for row in session.execute(grouped)]


def _matching(session: Session, wanted: Wanted) -> Select[Any]:
    statement = select(InstanceRow).where(_shown(session, wanted.show))
    if wanted.process_id:
        statement = statement.where(InstanceRow.process_id == wanted.process_id)
        if wanted.version:
            statement = statement.where(InstanceRow.definition_id == wanted.version)
    if wanted.stage:
        in_stage = OpenTaskRow.stage == wanted.stage
        statement = statement.where(exists().where(OpenTaskRow.instance_id == InstanceRow.id, in_stage))
    if wanted.search:
        numbers = cases.numbers_named(session, wanted.search)
        statement = statement.where(
            or_(
                InstanceRow.business_key.icontains(wanted.search, autoescape=True),
                InstanceRow.business_key.in_(numbers),
                *cases.marked(wanted.search),
            )
        )
    return statement


def _with_facts(session: Session, rows: list[InstanceRow]) -> Iterable[Case]:
    definitions = {row.definition_id for row in rows}
    known = {one.id: one for one in session.scalars(select(Definition).where(Definition.id.in_(definitions)))}
    projects = cases.projects_of(session, (row.business_key for row in rows))
    waiting = awaited.of(session, rows)
    for row in rows:
        definition = known[row.definition_id]
        project = projects.get(row.business_key or "")
        title = project.title if project else definition.name
        yield Case(row, definition, title, waiting.get(row.id, []))
