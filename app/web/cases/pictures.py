"""A case's diagram in the monitor's terms: tokens, what is done, what can be opened, facts of each element."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select

from app.engine import charts, spiff, tasks
from app.engine.charts import Chart, Passage
from app.engine.records import InstanceRow, OpenTaskRow, TimerRow
from app.engine.spiff import Node
from app.procurement.rules import laws
from app.web import current, holders, language, templating, visibility
from app.workflow import stages


def state(row: InstanceRow, chart: Chart, process_id: str) -> dict[str, Any]:
    """What ``data-state-url`` answers (docs/reference/frontend.md) for one of a case's processes."""
    session = current.session()
    standing = charts.tokens(current.engine(), session, row)
    passed = charts.passages(session, row.id)
    waiting = [task for task in _open_tasks(row) if task.process_id == process_id]
    return {
        "tokens": _tokens(chart, process_id, charts.counted(standing, process_id)),
        "completed": [element for (where, element), passage in passed.items() if where == process_id and passage.times],
        "flows": [flow for flow in charts.flows_taken(session, row.id) if flow in chart.processes[process_id].flows],
        "called": {
            element: url_for("cases.show", instance_id=row.id, process=called[0], _anchor="diagram")
            for element, called in chart.calls(process_id).items()
            if len(called) == 1
        },
        "facts": _facts(row, chart, process_id, passed, waiting),
        "links": _links(waiting),
        "stages": {
            stage: {"name": language.say(stages.name(stage)), "phase": stages.phase(stage)}
            for stage in chart.stages
            if any(node.stage == stage for node in chart.processes[process_id])
        },
    }


def _tokens(chart: Chart, process_id: str, counted: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    found = []
    for (element, standing), count in counted.items():
        node = chart.node(process_id, element)
        if node is None:
            continue
        token: dict[str, Any] = {"element": element, "kind": _kind(node, standing)}
        if count > 1:
            token |= {"count": count, "label": str(count)}
        found.append(token)
    return found


def _kind(node: Node, standing: str) -> str:
    if standing == "incident":
        return "incident"
    if node.kind in ("userTask", "manualTask"):
        return "task"
    kind = node.event.kind
    if kind == "timer":
        return "timer"
    return "message" if kind in ("message", "signal") or node.kind == "receiveTask" else "running"


def _open_tasks(row: InstanceRow) -> list[OpenTaskRow]:
    statement = select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id).order_by(OpenTaskRow.id)
    return list(current.session().scalars(statement))


def _links(waiting: list[OpenTaskRow]) -> dict[str, str]:
    """To the task itself, for whoever may do it."""
    actor = current.actor()
    mine = [task for task in waiting if tasks.may(actor, task)]
    return {task.element_id: url_for("tasks.show", task_id=task.id) for task in reversed(mine)}


def _facts(
    row: InstanceRow,
    chart: Chart,
    process_id: str,
    passed: dict[tuple[str, str], Passage],
    waiting: list[OpenTaskRow],
) -> dict[str, list[list[str]]]:
    session = current.session()
    t = templating.translate
    facts: dict[str, list[list[str]]] = {}
    held = holders.of_tasks(session, waiting, visibility.naming(session, current.actor(), row))
    for (where, element), passage in passed.items():
        if where == process_id and passage.completed_at is not None:
            times = t(" (%(n)s times)", "（%(n)s次）", n=passage.times) if passage.times > 1 else ""
            facts.setdefault(element, []).append([t("Done", "完成"), templating.when(passage.completed_at) + times])
    for task in waiting:
        lines = facts.setdefault(task.element_id, [])
        lines.append([t("Since", "到达时间"), templating.when(task.created_at)])
        who = held[task.id]
        named = [who.holder] if who.holder else list(who.named or who.groups)
        if named:
            lines.append([t("Who", "办理人"), templating.listed(named)])
        if task.due_at is not None:
            lines.append([t("Due", "期限"), templating.when(task.due_at)])
    timers = select(TimerRow).where(
        TimerRow.instance_id == row.id, TimerRow.process_id == process_id, TimerRow.occurrence != spiff.GOING_ON
    )
    for timer in session.scalars(timers.order_by(TimerRow.due_at)):
        facts.setdefault(timer.element_id, []).append([t("Due", "期限"), templating.when(timer.due_at)])
    for node in chart.processes[process_id]:
        if node.law and node.id in facts:
            facts[node.id].append([t("Legal basis", "法律依据"), language.say(laws.citation(node.law))])
    return facts
