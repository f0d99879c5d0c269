"""What a case's page shows: to its parties all of it, to others their own part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import func, select

from app.engine import charts, spiff, tasks, unreadable
from app.engine.charts import Chart
from app.engine.history import Line, Naming
from app.engine.records import (
    Definition,
    HistoryRow,
    InstanceRow,
    OpenTaskRow,
    SubscriptionRow,
    TimerRow,
)
from app.foundation import journal
from app.foundation.actor import SYSTEM
from app.foundation.documents import Document
from app.foundation.journal import JournalEntry, JournalHead
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import tenders
from app.procurement.projects import LotState, Project
from app.web import current, holders, visibility
from app.web.tasks import pages

LATEST = 240
"""How many sentences of a long history are shown at first."""
FEW = 4
"""How many of the latest sentences the first part shows."""

PARTS: dict[str, Text] = {
    "": Text("Now", "当前进展"),
    "diagram": Text("Diagram", "流程图"),
    "documents": Text("Documents", "文件"),
    "history": Text("History", "办理经过"),
}
"""The parts of a case's page, by what the address says."""


@dataclass(frozen=True)
class Stretch:
    """A sentence of a history, with how the diagram went on after it; a story may begin without one."""

    line: Line | None
    inner: tuple[Line, ...]


def common(row: InstanceRow, chart: Chart, project: Project | None, waiting: list[OpenTaskRow]) -> dict[str, Any]:
    """What everybody with a part in a case sees: what it is, and its line of stages."""
    session = current.session()
    standing = charts.tokens(current.engine(), session, row)
    return {
        "row": row,
        "project": project,
        "definition": session.get(Definition, row.definition_id),
        "title": project.title if project else chart.title(row.process_id),
        "stages": charts.stages(chart, row, standing, charts.passages(session, row.id)),
        "day_of": lambda at: local_day(at, current.zone()),
        "late_stages": {task.stage for task in waiting if task.due_at and task.due_at < current.now()},
    }


def own_part(row: InstanceRow, project: Project | None, waiting: list[OpenTaskRow]) -> dict[str, Any]:
    """An outsider's part: the tasks that are theirs, what they did, the documents that are for them."""
    actor = current.actor()
    return {
        "open_tasks": [task for task in waiting if tasks.may(actor, task)],
        "documents": _documents(row, project),
        "story": pages.story(row, visibility.PART, visibility.naming(current.session(), actor, row)),
    }


def whole(
    row: InstanceRow, chart: Chart, project: Project | None, waiting: list[OpenTaskRow], part: str
) -> dict[str, Any]:
    """What the parties of a case, who see all of it, are shown in one of its ``PARTS``."""
    shown: dict[str, Any] = {"incidents": unreadable.incidents(current.session(), row.id)}
    if part == "documents":
        return shown | {"documents": _documents(row, project)}
    if part == "diagram":
        return shown
    naming = visibility.naming(current.session(), current.actor(), row)
    if part == "history":
        return shown | _history(row, naming)
    latest = pages.story(row, visibility.WHOLE, naming, limit=FEW)[::-1]
    return shown | _now(row, chart, project, waiting, naming) | {"latest": latest}


def _history(row: InstanceRow, naming: Naming) -> dict[str, Any]:
    """A case's history; to who looks after all cases also how the diagram went on, if they ask for it."""
    may_detail = visibility.watches(current.actor())
    is_detailed = may_detail and request.args.get("detail") == "1"
    is_all = request.args.get("history") == "all"
    story = pages.story(row, visibility.WHOLE, naming, limit=None if is_all else LATEST, inner=is_detailed)
    return {
        "stretches": _stretches(story),
        "has_more_history": not is_all and len(story) == LATEST,
        "may_detail": may_detail,
        "is_detailed": is_detailed,
    }


def _now(
    row: InstanceRow, chart: Chart, project: Project | None, waiting: list[OpenTaskRow], naming: Naming
) -> dict[str, Any]:
    """What goes on in a case: who has to do what, what is waited for, how its lots are, who acted, whether it is intact."""
    session, actor = current.session(), current.actor()
    return {
        "now": _by_step(waiting),
        "may_open": {task.id for task in waiting if tasks.may(actor, task) or actor.has_role("administrator")},
        "holdings": holders.of_tasks(session, waiting, naming),
        "deadlines": _deadlines(row, chart),
        "awaited": _awaited(row, chart),
        "lots": [(lot, tenders.standing(lot)) for lot in project.lots] if project else [],
        "after_failure": _after_failure(project),
        "people": _people(row, naming),
        "proof": _proof(row, project),
    }


def _by_step(waiting: Iterable[OpenTaskRow]) -> list[list[OpenTaskRow]]:
    """The open tasks by their step, what is due first before what is due later: one step may be several people's."""
    steps: dict[str, list[OpenTaskRow]] = {}
    for task in waiting:
        steps.setdefault(task.element_id, []).append(task)
    return list(steps.values())


def _stretches(story: Iterable[Line]) -> list[Stretch]:
    """A history with how the diagram went on gathered behind the sentence it followed, the latest first."""
    found: list[tuple[Line | None, list[Line]]] = []
    for line in story:
        if not line.is_inner:
            found.append((line, []))
        elif found:
            found[-1][1].append(line)
        else:
            found.append((None, [line]))
    return [Stretch(line, tuple(inner)) for line, inner in reversed(found)]


def _after_failure(project: Project | None) -> Text | None:
    """What the buyer is to do when a lot of the project failed; None when none did."""
    failed = project is not None and any(lot.state == LotState.FAILED for lot in project.lots)
    return tenders.AFTER_FAILURE if failed else None


def open_tasks(row: InstanceRow) -> list[OpenTaskRow]:
    """The open tasks of a case, what is due first before what is due later."""
    statement = (
        select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id).order_by(OpenTaskRow.due_at, OpenTaskRow.id)
    )
    return list(current.session().scalars(statement))


def _documents(row: InstanceRow, project: Project | None) -> list[Document]:
    session = current.session()
    return visibility.seen_documents(session, current.actor(), visibility.document_cases(row, project))


def _deadlines(row: InstanceRow, chart: Chart) -> list[tuple[Any, Any, str | None]]:
    """What the clock will do: the element's name, when, and the article it rests on."""
    timers = current.session().scalars(
        select(TimerRow)
        .where(TimerRow.instance_id == row.id, TimerRow.occurrence != spiff.GOING_ON)
        .order_by(TimerRow.due_at, TimerRow.id)
    )
    found = []
    for timer in timers:
        node = chart.node(timer.process_id, timer.element_id)
        found.append((chart.name(timer.process_id, timer.element_id), timer.due_at, node.law if node else None))
    return found


def _awaited(row: InstanceRow, chart: Chart) -> list[Any]:
    """The names of the elements that wait for a message or a signal from outside."""
    waiting = current.session().execute(
        select(SubscriptionRow.process_id, SubscriptionRow.element_id)
        .where(SubscriptionRow.instance_id == row.id, SubscriptionRow.kind.in_(("message", "signal")))
        .distinct()
        .order_by(SubscriptionRow.process_id, SubscriptionRow.element_id)
    )
    return [chart.name(process_id, element_id) for process_id, element_id in waiting]


def _people(row: InstanceRow, naming: Naming) -> list[tuple[Any, int, Any]]:
    """Who acted: name, how many steps, when last; the latest first."""
    rows = current.session().execute(
        select(HistoryRow.actor_id, func.max(HistoryRow.actor_name), func.count(), func.max(HistoryRow.at))
        .where(HistoryRow.instance_id == row.id, HistoryRow.actor_id != SYSTEM.id, HistoryRow.kind == "completed")
        .group_by(HistoryRow.actor_id)
        .order_by(func.max(HistoryRow.sequence).desc())
    )
    return [(naming(actor_id, name), count, last) for actor_id, name, count, last in rows]


def _proof(row: InstanceRow, project: Project | None) -> list[dict[str, Any]]:
    """The journals of a case and of its project: how many entries, the last hash, and whether the chain holds."""
    session = current.session()
    case_ids = [row.id, *([project.id] if project else [])]
    last = (JournalEntry.case_id == JournalHead.case_id) & (JournalEntry.sequence == JournalHead.sequence)
    statement = (
        select(JournalHead, JournalEntry.at).outerjoin(JournalEntry, last).where(JournalHead.case_id.in_(case_ids))
    )
    whole = _holds(*case_ids)
    return [
        {"entries": head.sequence, "hash": head.hash, "at": at, "holds": whole or _holds(head.case_id)}
        for head, at in sorted(session.execute(statement), key=lambda each: case_ids.index(each[0].case_id))
    ]


def _holds(*case_ids: str) -> bool:
    """Whether the chains of cases are intact."""
    return next(journal.violations(current.session(), *case_ids), None) is None
