"""Why a case waits: its open tasks, timers, subscriptions and incidents, and one sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.engine import unreadable
from app.engine.charts import Chart
from app.engine.history import Naming
from app.engine.records import IncidentRow, InstanceRow, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.states import InstanceState
from app.foundation.text import Text
from app.web import current, holders, language, templating, words
from app.web.holders import Holding


@dataclass(frozen=True)
class Facts:
    """What a case waits for. Timers and subscriptions come with their element's name, tasks with who has them."""

    incidents: list[IncidentRow]
    tasks: list[tuple[OpenTaskRow, Holding]]
    timers: list[tuple[TimerRow, Text]]
    subscriptions: list[tuple[SubscriptionRow, Text]]


def facts(row: InstanceRow, chart: Chart, naming: Naming) -> Facts:
    """What keeps a case, the longest waiting or earliest due first."""
    session = current.session()
    tasks = list(_of(OpenTaskRow, row, OpenTaskRow.due_at, OpenTaskRow.id))
    held = holders.of_tasks(session, tasks, naming)
    return Facts(
        unreadable.incidents(session, row.id),
        [(task, held[task.id]) for task in tasks],
        [(one, chart.name(one.process_id, one.element_id)) for one in _of(TimerRow, row, TimerRow.due_at)],
        [(one, chart.name(one.process_id, one.element_id)) for one in _of(SubscriptionRow, row, SubscriptionRow.id)],
    )


def _of(record: Any, row: InstanceRow, *order: Any) -> Any:
    return current.session().scalars(select(record).where(record.instance_id == row.id).order_by(*order))


def sentence(row: InstanceRow, found: Facts) -> str:
    """Why the case waits, in one sentence in the language of the page."""
    t = templating.translate
    if row.state == InstanceState.COMPLETED:
        return t("The case has been completed.", "流程已办结。")
    if row.state == InstanceState.CANCELLED:
        return t("The case has been cancelled.", "流程已撤销。")
    said = _joined(found)
    if row.state == InstanceState.SUSPENDED:
        return t("The case is suspended. It continues after it is resumed.", "流程已暂停，恢复后方可继续。")
    if found.incidents:
        stuck = found.incidents[0]
        also = t(" Elsewhere it waits for %(what)s.", "其他分支正在等待：%(what)s。", what=said) if said else ""
        text = t(
            "It is stuck at “%(where)s”: %(why)s",
            "流程在“%(where)s”处无法继续：%(why)s",
            where=stuck.name,
            why=stuck.message,
        )
        return _ended(text) + also
    if not said:
        return t(
            "The case is under way but waits for nothing, so it cannot continue by itself. Change it by hand, or cancel it.",
            "流程进行中但没有任何等待事项，将无法继续。请人工调整或撤销。",
        )
    return t("It waits for %(what)s.", "流程正在等待：%(what)s。", what=said)


def _joined(found: Facts) -> str:
    """What is waited for: people first, then the world, then the clock."""
    t = templating.translate
    parts = []
    if found.tasks:
        parts.append(_people(found.tasks))
    messages = [name for one, name in found.subscriptions if one.kind != "conditional"]
    if messages:
        parts.append(t("a message at “%(where)s”", "“%(where)s”的消息", where=messages[0]) + _further(len(messages)))
    conditions = [name for one, name in found.subscriptions if one.kind == "conditional"]
    if conditions:
        parts.append(t("the condition of “%(where)s”", "“%(where)s”的条件成立", where=conditions[0]))
    if found.timers:
        timer, name = found.timers[0]
        due = words.when(templating.place(), timer.due_at)
        clock = t("the clock (“%(what)s”, %(due)s)", "定时器（“%(what)s”，%(due)s）", what=name, due=due)
        parts.append(clock + _further(len(found.timers)))
    return t("; ", "；").join(parts)


def _people(tasks: list[tuple[OpenTaskRow, Holding]]) -> str:
    t = templating.translate
    task, held = tasks[0]
    who: Any = held.holder or (templating.listed(list(held.groups or held.people)) or t("nobody", "无人"))
    since = words.ago(templating.place(), task.created_at)
    said = t(
        "“%(what)s” (%(who)s, since %(since)s)",
        "“%(what)s”（%(who)s，%(since)s到达）",
        what=task.name,
        who=who,
        since=since,
    )
    return said + _further(len(tasks))


def _further(number: int) -> str:
    return (
        templating.translate(" and %(n)s more", "等%(n)s项", n=number - 1 if _english() else number)
        if number > 1
        else ""
    )


def _english() -> bool:
    return language.language() == "en"


def _ended(text: str) -> str:
    return text if text.endswith((".", "。", "!", "?")) else text + templating.translate(".", "。")
