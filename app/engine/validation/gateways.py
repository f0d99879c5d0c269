"""Gateways: what their exits need."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, error
from app.engine.spiff.model import LISTENING, Node, Process
from app.foundation.text import Text

EXIT_WITHOUT_CONDITION = error(
    "gateway-exit-without-condition",
    Text(
        "it has several exits, and “%(flow)s” has no condition and is not the default",
        "有多条出口，而“%(flow)s”既无条件也不是默认流",
    ),
    Text("give the flow a condition, or make it the default", "请为该顺序流设置条件，或将其设为默认流"),
)
BEHIND_EVENT_GATEWAY = error(
    "event-gateway-target",
    Text(
        "after an event gateway comes “%(target)s”, which is neither a catching event nor a receive task",
        "事件网关之后是“%(target)s”，既不是捕获事件也不是接收任务",
    ),
    Text(
        "let each of its flows lead to a message, timer, signal or conditional event or to a receive task",
        "请让其每条顺序流连到消息、定时、信号、条件捕获事件或接收任务",
    ),
)
PLAIN_BEHIND_EVENT_GATEWAY = error(
    "event-gateway-target-plain",
    Text(
        "“%(target)s” comes after an event gateway, where its %(part)s would not be looked at",
        "“%(target)s”位于事件网关之后，其%(part)s不会生效",
    ),
    Text("remove it, or put an element in between", "请将其删除，或在其间增加元素"),
)
NO_ARMS = error(
    "event-gateway-without-flows",
    Text(
        "the event gateway has no outgoing flow, so nothing could ever happen", "事件网关没有流出的顺序流，永远无法继续"
    ),
    Text("draw the events it waits for", "请画出其等待的事件"),
)


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every gateway of a process."""
    for node in process:
        if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1:
            for flow in node.outgoing:
                if flow.condition is None and flow.id != node.default:
                    findings.about(EXIT_WITHOUT_CONDITION, node.file, node, flow=flow.name or flow.id)
        elif node.kind == "eventBasedGateway":
            _check_arms(node, process, findings)


def _check_arms(gateway: Node, process: Process, findings: Findings) -> None:
    if not gateway.outgoing:
        findings.about(NO_ARMS, gateway.file, gateway)
    for flow in gateway.outgoing:
        target = process.nodes[flow.target]
        catches = target.kind == "intermediateCatchEvent" and target.event.kind in LISTENING
        if not catches and target.kind != "receiveTask":
            findings.about(BEHIND_EVENT_GATEWAY, gateway.file, gateway, target=target.name or target.id)
            continue
        for part, there in (
            (Text("boundary events", "边界事件"), target.boundaries),
            (Text("inputs", "输入映射"), target.inputs),
            (Text("repetition", "重复标记"), target.multi or target.loop),
        ):
            if there:
                findings.about(
                    PLAIN_BEHIND_EVENT_GATEWAY, target.file, target, target=target.name or target.id, part=part
                )
