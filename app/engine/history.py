"""What happened in an instance, step by step, in plain words; readable when the definition is long gone.

Every row carries the names as they were, so that nothing needs to be looked up later. Flows taken and variables
written are kept for the diagram and for looking into a fault; the story leaves them out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import feel
from app.engine import spiff
from app.engine.records import HistoryRow, InstanceRow, table_of
from app.foundation import clock, ledger
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text, in_language, text_of


@dataclass(frozen=True)
class Place:
    """An element as history names it."""

    name: Text
    kind: str | None = None


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
) -> int:
    """Append what the core reports; returns how long the history is then, for the instance's row.

    ``place`` names an element of a process; ``task_ids`` are the tasks of tokens.

    Variables written one after the other are one row; what only repeats the entering of an element is none.
    """
    rows: list[dict[str, Any]] = []
    length = row.history_length
    for actor, event in events:
        if event.kind == "variables" and rows and rows[-1]["kind"] == "variables":
            known = rows[-1]["details"]["names"]
            known += [name for name in event.details.get("names", ()) if name not in known]
            continue
        if event.kind in _REPEATS:
            continue
        length += 1
        where = place(event.process_id, event.element_id) if event.element_id else None
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
                "details": storable(dict(event.details)) or None,
            }
        )
    if rows:
        ledger.append(session, _TABLE, rows)
    return length


_REPEATS = frozenset({"opened", "arrived"})
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


def of_instance(session: Session, instance_id: str, *kinds: str) -> list[HistoryRow]:
    """The rows of an instance in order, of these kinds (all, when none is given)."""
    query = select(HistoryRow).where(HistoryRow.instance_id == instance_id).order_by(HistoryRow.sequence)
    return list(session.scalars(query.where(HistoryRow.kind.in_(kinds)) if kinds else query))


Naming = Callable[[str, str], "str | Text"]
"""How a person is called: ``(id, name as it was)`` to the name that the reader may see."""


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
) -> list[Line]:
    """An instance's history in sentences, the earliest first; with ``limit``, its last sentences.

    ``after`` leaves out all up to that number, ``of_actors`` what anybody else did.
    """
    query = (
        select(HistoryRow)
        .where(HistoryRow.instance_id == instance_id, HistoryRow.kind.not_in(("taken", "variables")))
        .where(HistoryRow.sequence > after)
        .order_by(HistoryRow.sequence.desc() if limit else HistoryRow.sequence)
    )
    if of_actors is not None:
        query = query.where(HistoryRow.actor_id.in_(of_actors))
    lines: list[Line] = []
    for row in session.scalars(query.execution_options(yield_per=200)):
        who = naming(row.actor_id, row.actor_name)
        text = sentence(row, who)
        if text is not None:
            lines.append(
                Line(
                    row.sequence,
                    row.at,
                    row.actor_id,
                    str(in_language(who, "en")),
                    row.kind,
                    row.element_id,
                    text,
                    row.details or {},
                )
            )
        if limit and len(lines) == limit:
            break
    return lines[::-1] if limit else lines


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


def name_of(row: HistoryRow) -> Text:
    """The element's name as it was then."""
    english = row.name_en or row.element_id or ""
    return Text(english, row.name_zh or english)


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


def sentence(row: HistoryRow, who: str | Text | None = None) -> Text | None:
    """A row in words, or None for what isn't worth one; ``who`` is how its actor is called here."""
    name = name_of(row)
    automatic = row.actor_id == SYSTEM.id
    if row.kind == "entered" and row.element_kind not in ("userTask", "manualTask", "receiveTask", "callActivity"):
        return None
    if row.kind == "completed" and (row.element_kind or "").endswith(("Gateway", "startEvent")):
        return None
    details = {
        key: text_of(value) if isinstance(value, dict) else str(value) for key, value in (row.details or {}).items()
    }
    key = row.kind if automatic or row.kind not in _PERSONAL else f"{row.kind} by"
    words = (_WORDS.get(f"{key} for") if details.get("reasons") else None) or _WORDS.get(key)
    if words is None:
        return None
    found = {"what": name, "who": who or row.actor_name, **{key: details.get(key, "") for key in _DETAILS}}
    return words.filled(**found)


_PERSONAL = frozenset({"completed", "fired", "cancelled", "thrown_error", "started"})
_DETAILS = ("message", "message_name", "code", "to", "reasons", "names", "steps", "file")
# a message or signal that arrives isn't told: the step that waited for it is, by its own name in both languages
_WORDS: dict[str, Text] = {
    "started": Text("The case started.", "流程开始。"),
    "started by": Text("%(who)s started the case.", "%(who)s发起了流程。"),
    "entered": Text("“%(what)s” became due.", "“%(what)s”进入待办。"),
    "completed": Text("“%(what)s” was done.", "“%(what)s”已完成。"),
    "completed by": Text("%(who)s completed “%(what)s”.", "%(who)s完成了“%(what)s”。"),
    "cancelled": Text("“%(what)s” was no longer needed.", "“%(what)s”已终止。"),
    "cancelled by": Text("%(who)s ended “%(what)s”.", "%(who)s终止了“%(what)s”。"),
    "fired": Text("“%(what)s” happened.", "“%(what)s”已触发。"),
    "fired by": Text("%(who)s set off “%(what)s”.", "%(who)s触发了“%(what)s”。"),
    "incident": Text("“%(what)s” could not continue: %(message)s", "“%(what)s”无法继续：%(message)s"),
    "resolved": Text("The incident at “%(what)s” was resolved.", "“%(what)s”的异常已排除。"),
    "decision": Text("“%(what)s” was decided by its table.", "“%(what)s”已按决策表判定。"),
    "thrown_message": Text("“%(what)s” sent its message.", "“%(what)s”已发出消息。"),
    "thrown_signal": Text("“%(what)s” sent its signal.", "“%(what)s”已发出信号。"),
    "thrown_error": Text("“%(what)s” ended with the error %(code)s.", "“%(what)s”以错误 %(code)s 结束。"),
    "thrown_error by": Text("%(who)s reported %(code)s at “%(what)s”.", "%(who)s在“%(what)s”报告了 %(code)s。"),
    "escalation": Text("“%(what)s” was escalated.", "“%(what)s”已上报。"),
    "halted": Text(
        "After %(steps)s automatic steps, the rest continues by itself in a moment.",
        "已连续执行 %(steps)s 个自动步骤，其余步骤稍后自动继续。",
    ),
    "ended": Text("The case ended.", "流程结束。"),
    "claimed": Text("%(who)s claimed “%(what)s”.", "%(who)s领取了“%(what)s”。"),
    "given_back": Text("%(who)s released “%(what)s”.", "%(who)s取消领取了“%(what)s”。"),
    "assigned": Text("%(who)s reassigned “%(what)s” to %(to)s.", "%(who)s将“%(what)s”分派给%(to)s。"),
    "lost_message": Text("Nothing was waiting for the message “%(message_name)s”.", "消息“%(message_name)s”无人等待。"),
    "suspended": Text("%(who)s suspended the case: %(reasons)s", "%(who)s暂停了流程：%(reasons)s"),
    "resumed": Text("%(who)s resumed the case.", "%(who)s恢复了流程。"),
    "resumed for": Text("%(who)s resumed the case: %(reasons)s", "%(who)s恢复了流程：%(reasons)s"),
    "case_cancelled": Text("%(who)s cancelled the case: %(reasons)s", "%(who)s撤销了流程：%(reasons)s"),
    "case_migrated": Text(
        "%(who)s moved the case to another version of its procedure: %(reasons)s",
        "%(who)s将本流程迁移到另一版本：%(reasons)s",
    ),
    "case_modified": Text("%(who)s changed the case by hand: %(reasons)s", "%(who)s人工调整了本流程：%(reasons)s"),
    "change_reverted": Text("%(who)s undid the change: %(reasons)s", "%(who)s撤销了该变更：%(reasons)s"),
    "retried": Text("%(who)s tried “%(what)s” again.", "%(who)s重试了“%(what)s”。"),
    "retried for": Text("%(who)s tried “%(what)s” again: %(reasons)s", "%(who)s重试了“%(what)s”：%(reasons)s"),
    "state_put_back": Text(
        "%(who)s put the stored state of the case back from the backup %(file)s.",
        "%(who)s从备份%(file)s恢复了本流程保存的状态。",
    ),
    "set": Text("%(who)s set values: %(names)s.", "%(who)s修改了变量：%(names)s。"),
}
