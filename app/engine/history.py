"""What happened in an instance, step by step; readable when the definition is long gone.

Every row carries the names as they were, so that nothing needs to be looked up later. Flows taken and variables
written are kept for the diagram and for looking into a fault; the story leaves them out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import feel
from app.engine import spiff
from app.engine.records import HistoryRow, InstanceRow, table_of
from app.engine.sentences import INNER, REPEATS, SILENT, is_inner, name_of, sentence
from app.foundation import clock, ledger
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text, in_language


@dataclass(frozen=True)
class Place:
    """An element as history names it."""

    name: Text
    kind: str | None = None
    told: Text | None = None
    """How its diagram tells that it came to pass."""


@dataclass(frozen=True)
class Line:
    """One sentence of a story."""

    sequence: int
    at: datetime
    actor_id: str
    actor_name: str
    kind: str
    element_id: str | None
    text: Text
    details: Mapping[str, Any]
    is_inner: bool = False
    """Whether it tells only how the diagram went on."""

    @property
    def is_automatic(self) -> bool:
        """Whether nobody did it."""
        return self.actor_id == SYSTEM.id


@dataclass(frozen=True)
class Done:
    """Who completed a task, and when."""

    task_id: str
    instance_id: str
    element_id: str
    kind: str
    actor_id: str
    actor_name: str
    at: datetime


_TABLE = table_of(HistoryRow)


def write(
    session: Session,
    row: InstanceRow,
    events: Iterable[tuple[Actor, spiff.StepEvent]],
    place: Callable[[str, str], Place],
    task_ids: Mapping[str, str],
    told: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> int:
    """Append what the core reports; returns how long the history is then, for the instance's row.

    ``place`` names an element of a process; ``task_ids`` are the tasks of tokens, ``told`` what the completion of each
    is told with (``Engine.tells``).

    Variables written one after the other are one row; what only repeats the entering of an element is none.
    """
    rows: list[dict[str, Any]] = []
    length = row.history_length
    for actor, event in events:
        if event.kind == "variables" and rows and rows[-1]["kind"] == "variables":
            known = rows[-1]["details"]["names"]
            known += [name for name in event.details.get("names", ()) if name not in known]
            continue
        if event.kind in REPEATS:
            continue
        length += 1
        details = {**event.details, **(told.get(event.token_id or "", {}) if event.kind == "completed" else {})}
        where = place(event.process_id, event.element_id) if event.element_id else None
        if where is not None and where.told is not None and _came_to_pass(event.kind, where.kind):
            details["told"] = {"en": where.told.en, "zh": where.told.zh}
        rows.append(
            {
                "instance_id": row.id,
                "sequence": length,
                "at": event.at,
                "kind": event.kind[:20],
                "element_id": event.element_id,
                "element_kind": where.kind if where else None,
                "process_id": event.process_id,
                "name_en": where.name.en[:300] if where else None,
                "name_zh": where.name.zh[:300] if where else None,
                "token_id": event.token_id,
                "scope_id": event.scope_id,
                "task_id": task_ids.get(event.token_id or "") if event.kind in _OF_TASKS else None,
                "actor_id": actor.id,
                "actor_name": actor.name,
                "details": storable(details) or None,
            }
        )
    if rows:
        ledger.append(session, _TABLE, rows)
    return length


def _came_to_pass(kind: str, element_kind: str | None) -> bool:
    return kind == "fired" or (kind, element_kind) == ("completed", "businessRuleTask")


_OF_TASKS = frozenset({"entered", "completed", "cancelled"})


def note(
    session: Session,
    actor: Actor,
    row: InstanceRow,
    kind: str,
    *,
    element_id: str | None = None,
    name: Text | None = None,
    task_id: str | None = None,
    token_id: str | None = None,
    **details: Any,
) -> None:
    """Append something a person did to an instance besides completing its tasks."""
    row.history_length += 1
    values = {
        "instance_id": row.id,
        "sequence": row.history_length,
        "at": clock.now(session),
        "kind": kind,
        "element_id": element_id,
        "process_id": row.process_id,
        "name_en": name.en if name else None,
        "name_zh": name.zh if name else None,
        "task_id": task_id,
        "token_id": token_id,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "details": storable(details) or None,
    }
    ledger.append(session, _TABLE, [values])


def storable(value: Any) -> Any:
    """A value as plain JSON: exact numbers, dates and durations as text."""
    if isinstance(value, Mapping):
        return {str(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [storable(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time | timedelta | feel.YearsMonthsDuration):
        return feel.to_text(value)
    if isinstance(value, int) and -(2**53) < value < 2**53:
        return value
    return str(value)


Naming = Callable[[str, str], "str | Text"]
"""How a person is called: ``(id, name as it was)`` to the name that the reader may see."""


Telling = Callable[[HistoryRow, "str | Text"], "Text | None"]
"""How a row is told, with the name of its actor; None: not at all."""


def _as_they_are(_actor_id: str, name: str) -> str:
    return name


def story(
    session: Session,
    instance_id: str,
    *,
    limit: int | None = None,
    after: int = 0,
    of_actors: Collection[str] | None = None,
    naming: Naming = _as_they_are,
    telling: Telling = sentence,
    inner: bool = True,
) -> list[Line]:
    """An instance's history in sentences, the earliest first; with ``limit``, its last sentences.

    ``after`` leaves out all up to that number, ``of_actors`` what anybody else did; without ``inner`` it is told what was
    done, not how the diagram went on.
    """
    statement = (
        select(HistoryRow)
        .where(HistoryRow.instance_id == instance_id, HistoryRow.kind.not_in(SILENT))
        .where(HistoryRow.sequence > after)
        .order_by(HistoryRow.sequence.desc() if limit else HistoryRow.sequence)
    )
    if of_actors is not None:
        statement = statement.where(HistoryRow.actor_id.in_(of_actors))
    if not inner:
        statement = statement.where(HistoryRow.kind.not_in(INNER - {"error"}))
    lines: list[Line] = []
    with closing(session.scalars(statement.execution_options(yield_per=200))) as rows:
        for row in rows:
            if not inner and is_inner(row):
                continue
            who = naming(row.actor_id, row.actor_name)
            text = telling(row, who)
            if text is not None:
                lines.append(_line(row, who, text))
            if limit and len(lines) == limit:
                break
    return lines[::-1] if limit else lines


def _line(row: HistoryRow, who: str | Text, text: Text) -> Line:
    name = str(in_language(who, "en"))
    details = row.details or {}
    return Line(row.sequence, row.at, row.actor_id, name, row.kind, row.element_id, text, details, is_inner(row))


def completed_task(session: Session, task_id: str) -> Done | None:
    """Who completed (or what ended) a task that isn't open any more, or None when there never was such a task."""
    row = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.task_id == task_id, HistoryRow.kind.in_(("completed", "cancelled")))
        .order_by(HistoryRow.sequence.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Done(task_id, row.instance_id, row.element_id or "", row.kind, row.actor_id, row.actor_name, row.at)


def doers(session: Session, instance_id: str, element_id: str) -> set[str]:
    """The ids of all persons who completed an element in an instance."""
    return set(
        session.scalars(
            select(HistoryRow.actor_id).where(
                HistoryRow.instance_id == instance_id,
                HistoryRow.element_id == element_id,
                HistoryRow.kind == "completed",
                HistoryRow.actor_id != SYSTEM.id,
            )
        )
    )


def passages(session: Session, instance_id: str) -> tuple[list[str], list[str]]:
    """The elements that were completed and the flows that were taken at least once: what a diagram marks as done."""
    rows = session.execute(
        select(HistoryRow.kind, HistoryRow.element_id, HistoryRow.details)
        .where(HistoryRow.instance_id == instance_id, HistoryRow.kind.in_(("completed", "taken")))
        .order_by(HistoryRow.sequence)
    )
    elements: Counter[str] = Counter()
    flows: Counter[str] = Counter()
    for kind, element_id, details in rows:
        if kind == "completed":
            elements[element_id or ""] += 1
        else:
            flows[str((details or {}).get("flow", element_id))] += 1
    return list(elements), list(flows)


def length(session: Session, instance_id: str) -> int:
    """The number of rows of an instance."""
    return (
        session.scalar(select(func.count()).select_from(HistoryRow).where(HistoryRow.instance_id == instance_id)) or 0
    )


def name_of_element(session: Session, instance_id: str, element_id: str) -> Text:
    """An element's name as the instance's history last had it; its id where history has none."""
    row = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.instance_id == instance_id, HistoryRow.element_id == element_id)
        .where(HistoryRow.name_en.is_not(None))
        .order_by(HistoryRow.sequence.desc())
        .limit(1)
    ).first()
    return Text(element_id, element_id) if row is None else name_of(row)
