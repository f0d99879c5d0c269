"""Processes and sub-processes: how they start, and what may stand around them."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, error
from app.engine.spiff import words
from app.engine.spiff.model import Node, Process
from app.foundation.text import Text

NO_START = error(
    "process-without-start",
    Text("the process has no start event", "流程没有开始事件"),
    Text("draw one before its first element", "请在第一个元素之前画出开始事件"),
)
TWO_PLAIN_STARTS = error(
    "process-with-two-starts",
    Text("the process has several plain start events", "流程有多个无触发的开始事件"),
    Text(
        "leave one, or give the others a message, signal or timer",
        "请只保留一个，或为其余的设置消息、信号或定时器",
    ),
)
BODY_START = error(
    "sub-process-start",
    Text(
        "%(place)s must have exactly one start event, a plain one; it has %(count)s",
        "%(place)s必须恰有一个无触发的开始事件，现有 %(count)s 个",
    ),
    Text("draw one plain start event before its first element", "请在其第一个元素之前画出一个无触发的开始事件"),
)
EVENT_BODY_START = error(
    "event-sub-process-start",
    Text(
        "an event sub-process must have exactly one start event, and it must wait for something; it has %(found)s",
        "事件子流程必须恰有一个带触发的开始事件，现有 %(found)s",
    ),
    Text(
        "draw one message, timer, signal, conditional, error or escalation start event",
        "请画出一个消息、定时、信号、条件、错误或升级开始事件",
    ),
)
EVENT_BODY_FLOWS = error(
    "event-sub-process-with-flows",
    Text("an event sub-process has flows of its own", "事件子流程带有顺序流"),
    Text("remove them: its start event starts it", "请删除这些顺序流，它由自身的开始事件启动"),
)
CANCEL_END_OUTSIDE = error(
    "cancel-end-outside-transaction",
    Text("a cancel end event must stand directly in a transaction", "取消结束事件必须直接位于事务子流程之内"),
    Text("draw it in a transaction, or draw an error end event", "请将其画在事务子流程内，或改用错误结束事件"),
)
ERROR_START_NOT_INTERRUPTING = error(
    "error-start-not-interrupting",
    Text("an error start event cannot leave its scope running", "错误开始事件不能是非中断的"),
    Text("make it interrupting", "请设为中断"),
)


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """The process itself and every sub-process in it."""
    if not process.body.starts:
        findings.about(NO_START, process.file, process)
    for extra in [node for node in process.body.starts if node.event.kind == "none"][1:]:
        findings.about(TWO_PLAIN_STARTS, extra.file, extra)
    for node in process:
        if node.kind in ("subProcess", "transaction"):
            _check_body(node, findings)
        elif node.kind == "eventSubProcess":
            _check_event_body(node, findings)
        elif node.kind == "endEvent" and node.event.kind == "cancel":
            holder = process.nodes.get(node.container)
            if holder is None or holder.kind != "transaction":
                findings.about(CANCEL_END_OUTSIDE, node.file, node)


def _check_body(node: Node, findings: Findings) -> None:
    assert node.body is not None
    starts = node.body.starts
    if len(starts) != 1:  # of the wrong kind: that is said at the start event itself
        findings.about(BODY_START, node.file, node, place=words.ELEMENTS[node.kind], count=len(starts))


def _check_event_body(node: Node, findings: Findings) -> None:
    assert node.body is not None
    starts = node.body.starts
    if len(starts) != 1 or starts[0].event.kind == "none":
        found = Text("a plain one", "一个无触发的") if len(starts) == 1 else Text(str(len(starts)), f"{len(starts)} 个")
        findings.about(EVENT_BODY_START, node.file, node, found=found)
    if node.incoming or node.outgoing:
        findings.about(EVENT_BODY_FLOWS, node.file, node)
    for start in starts:
        if start.event.kind == "error" and not start.interrupting:
            findings.about(ERROR_START_NOT_INTERRUPTING, start.file, start)
