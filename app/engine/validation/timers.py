"""Timers and dates of tasks: literals are read before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from app import feel
from app.engine.findings import Findings, error
from app.engine.spiff import timing
from app.engine.spiff.expressions import shown
from app.engine.spiff.failures import Failure
from app.engine.spiff.model import Node, Process, TimerValue
from app.engine.spiff.sources import Source
from app.foundation.text import Text

BAD_TIMER = error(
    "timer-unreadable",
    Text("the timer can never be due: %(problem)s", "定时器永远不会到期：%(problem)s"),
    Text("give it an ISO 8601 value or an expression", "请填写 ISO 8601 值或表达式"),
)
START_TIMER_READS = error(
    "start-timer-variable",
    Text(
        "the timer that starts the process reads %(names)s, but no variables are there yet",
        "启动流程的定时器读取 %(names)s，而此时尚无变量",
    ),
    Text("write a literal, or an expression that reads none", "请填写字面值，或不读取变量的表达式"),
)
BAD_DATE = error(
    "task-date-unreadable",
    Text("%(name)s “%(text)s” is no date and time with a zone", "%(name)s“%(text)s”不是带时区的日期时间"),
    Text("write it like 2026-03-05T09:00:00+08:00, or as an expression", "请写成 2026-03-05T09:00:00+08:00，或使用表达式"),
)  # fmt: skip

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every timer, due date and follow-up date of a process."""
    for node in process:
        timer = node.event.timer
        if timer is not None and not timer.source.is_expression:
            problem = timing.problem_of_literal(timer.kind, timer.source.text)
            if problem is not None:
                findings.about(BAD_TIMER, node.file, node, problem=problem)
        elif timer is not None and node.kind == "startEvent" and node.container == process.id:
            _check_start(node, timer, findings)
        _check_date("dueDate", node.due, node, findings)
        _check_date("followUpDate", node.follow_up, node, findings)


def _check_start(node: Node, timer: TimerValue, findings: Findings) -> None:
    """A start event of a process is armed when it is deployed: nothing is there yet that its timer could read."""
    if timer.source.error is not None:
        return
    try:
        timing.arm(timer.kind, timer.source.evaluate({}, _ANY_DAY), _ANY_DAY, UTC)
    except Failure as failure:
        if timer.source.names:
            findings.about(START_TIMER_READS, node.file, node, names=", ".join(sorted(timer.source.names)))
        else:
            findings.about(BAD_TIMER, node.file, node, problem=failure.message)


def _check_date(name: str, source: Source | None, node: Node, findings: Findings) -> None:
    if source is None or source.is_expression:
        return
    moment = timing.parse_instant(source.text)
    if (moment is None or moment.tzinfo is None) and feel.parse_date(source.text) is None:
        findings.about(BAD_DATE, node.file, node, name=name, text=shown(source))
