"""Finding cases: only those the person sees, by words, state, procedure, stage, or their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Select, func, or_, select

from app.engine.records import IncidentRow, InstanceRow, OpenTaskRow
from app.foundation.text import Text
from app.web import current, visibility
from app.web.listing import Asked
from app.workflow import cases


@dataclass(frozen=True)
class Wanted:
    """What a list of cases was asked for; empty: anything."""

    search: str = ""
    state: str = ""
    process_id: str = ""
    stage: str = ""
    is_mine: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.search or self.state or self.process_id or self.stage or self.is_mine)


@dataclass(frozen=True)
class Case:
    """A case as a list shows it: its title, the stages in which something waits, how many tasks are open."""

    row: InstanceRow
    title: Text | None
    stages: list[str] = field(default_factory=list)
    open_tasks: int = 0
    has_incident: bool = False


def page(wanted: Wanted, asked: Asked) -> list[Case]:
    """The cases of one page."""
    column = {"started": InstanceRow.started_at, "moved": InstanceRow.moved_at, "key": InstanceRow.business_key}[
        asked.by
    ]
    order = (column.desc(), InstanceRow.id.desc()) if asked.is_descending else (column.asc(), InstanceRow.id.asc())
    statement = _matching(wanted).order_by(*order).offset(asked.offset).limit(asked.limit)
    rows = list(current.session().scalars(statement))
    return [case for start in range(0, len(rows), 500) for case in _with_facts(rows[start : start + 500])]


def count(wanted: Wanted) -> int:
    """How many cases match."""
    matching = _matching(wanted).with_only_columns(InstanceRow.id).subquery()
    return current.session().scalar(select(func.count()).select_from(matching)) or 0


def processes() -> list[tuple[str, int]]:
    """The processes of the cases that the person sees, with how many each has."""
    statement = (
        select(InstanceRow.process_id, func.count())
        .where(visibility.seen_by(current.actor()))
        .group_by(InstanceRow.process_id)
        .order_by(InstanceRow.process_id)
    )
    return [(process_id, number) for process_id, number in current.session().execute(statement)]


def _matching(wanted: Wanted) -> Select[InstanceRow]:
    session, actor = current.session(), current.actor()
    statement = select(InstanceRow).where(visibility.seen_by(actor))
    if wanted.is_mine:
        statement = statement.where(visibility.has_a_part(actor))
    if wanted.state:
        statement = statement.where(InstanceRow.state == wanted.state)
    if wanted.process_id:
        statement = statement.where(InstanceRow.process_id == wanted.process_id)
    if wanted.stage:
        statement = statement.where(
            InstanceRow.id.in_(select(OpenTaskRow.instance_id).where(OpenTaskRow.stage == wanted.stage))
        )
    if wanted.search:
        statement = statement.where(
            or_(
                InstanceRow.business_key.icontains(wanted.search, autoescape=True),
                InstanceRow.business_key.in_(cases.numbers_named(session, wanted.search)),
                *cases.marked(wanted.search),
            )
        )
    return statement


def _with_facts(rows: list[InstanceRow]) -> Iterable[Case]:
    session = current.session()
    ids = [row.id for row in rows]
    projects = cases.projects_of(session, (row.business_key for row in rows))
    stages: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for instance_id, stage, number in session.execute(
        select(OpenTaskRow.instance_id, OpenTaskRow.stage, func.count())
        .where(OpenTaskRow.instance_id.in_(ids))
        .group_by(OpenTaskRow.instance_id, OpenTaskRow.stage)
    ):
        counts[instance_id] = counts.get(instance_id, 0) + number
        if stage:
            stages.setdefault(instance_id, []).append(stage)
    stopped = set(
        session.scalars(
            select(IncidentRow.instance_id).where(IncidentRow.instance_id.in_(ids), IncidentRow.resolved_at.is_(None))
        )
    )
    for row in rows:
        project = projects.get(row.business_key or "")
        yield Case(
            row,
            project.title if project else None,
            stages.get(row.id, []),
            counts.get(row.id, 0),
            row.id in stopped,
        )
