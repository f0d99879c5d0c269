"""Sequence flows: their ends, their conditions, default flows, and what may have flows at all."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, error
from app.engine.spiff.model import Body, Flow, Node, Process
from app.foundation.text import Text

NO_END = error(
    "flow-end-missing",
    Text("the flow has no %(end)s", "顺序流没有%(end)s"),
    Text("draw it from one element to another", "请从一个元素连到另一个元素"),
)
UNKNOWN_END = error(
    "flow-end-unknown",
    Text("the flow's %(end)s “%(ref)s” does not exist", "顺序流的%(end)s“%(ref)s”不存在"),
    Text("draw the flow from one element to another", "请将顺序流从一个元素连到另一个元素"),
)
ACROSS_SUBPROCESS = error(
    "flow-across-sub-process",
    Text(
        "the flow crosses the border of a sub-process: its %(end)s “%(ref)s” stands in “%(there)s”, the flow in “%(here)s”",
        "顺序流跨越子流程边界：其%(end)s“%(ref)s”位于“%(there)s”，而顺序流位于“%(here)s”",
    ),
    Text(
        "end it at the sub-process, and use a boundary event or an end event to leave it",
        "请连到子流程本身，用边界事件或结束事件离开子流程",
    ),
)
ACROSS_POOLS = error(
    "flow-across-pools",
    Text(
        "the flow goes to another pool: its %(end)s “%(ref)s” stands in the process “%(there)s”",
        "顺序流连到了另一泳池：其%(end)s“%(ref)s”位于流程“%(there)s”",
    ),
    Text("send a message, and draw a message flow", "请改为发送消息，并画消息流"),
)
DEFAULT_ELSEWHERE = error(
    "default-flow-elsewhere",
    Text(
        "its default flow “%(ref)s” is not one of the flows that leave it",
        "其默认流“%(ref)s”不是从该元素出发的顺序流",
    ),
    Text("choose one of its own outgoing flows, or remove the default", "请选择其自身的流出顺序流，或删除默认流"),
)
DEFAULT_WITH_CONDITION = error(
    "default-flow-condition",
    Text("the default flow has a condition, which would never be looked at", "默认流带有条件，而该条件永远不会被判断"),
    Text("remove the condition, or make another flow the default", "请删除条件，或将其他顺序流设为默认流"),
)
START_WITH_INCOMING = error(
    "start-with-incoming",
    Text("a start event has an incoming flow", "开始事件有流入的顺序流"),
    Text("draw the flow to the element after it", "请将顺序流连到其后的元素"),
)
END_WITH_OUTGOING = error(
    "end-with-outgoing",
    Text("an end event has an outgoing flow", "结束事件有流出的顺序流"),
    Text("draw an intermediate throw event, or remove the flow", "请改用中间抛出事件，或删除该顺序流"),
)
UNUSED_CONDITION = error(
    "condition-not-looked-at",
    Text(
        "the flow leaves %(place)s, so its condition would never be looked at",
        "该顺序流从%(place)s流出，其条件永远不会被判断",
    ),
    Text("remove the condition, or draw an exclusive or inclusive gateway", "请删除条件，或改用排他网关、包容网关"),
)

SOURCE, TARGET = Text("source", "起点"), Text("target", "终点")
_BLIND = {
    "parallelGateway": Text("a parallel gateway", "并行网关"),
    "eventBasedGateway": Text("an event gateway", "事件网关"),
}


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every flow, and every element's flows."""
    for body in process.bodies():
        inside = {node.id for node in body.nodes}
        for flow in body.flows:
            for end, ref in ((SOURCE, flow.source), (TARGET, flow.target)):
                if ref not in inside:
                    _misplaced(process, findings, body, flow, end, ref)
    for node in process:
        _check_node(node, findings)


def _misplaced(process: Process, findings: Findings, body: Body, flow: Flow, end: Text, ref: str) -> None:
    if not ref:
        findings.about(NO_END, process.file, flow, end=end)
    elif ref in process.nodes:
        there = process.nodes[ref].container
        findings.about(ACROSS_SUBPROCESS, process.file, flow, end=end, ref=ref, there=there, here=body.owner_id)
    elif ref in process.elsewhere:
        findings.about(ACROSS_POOLS, process.file, flow, end=end, ref=ref, there=process.elsewhere[ref])
    else:
        findings.about(UNKNOWN_END, process.file, flow, end=end, ref=ref)


def _check_node(node: Node, findings: Findings) -> None:
    if node.kind == "startEvent" and node.incoming:
        findings.about(START_WITH_INCOMING, node.file, node)
    if node.kind == "endEvent" and node.outgoing:
        findings.about(END_WITH_OUTGOING, node.file, node)
    default = next((flow for flow in node.outgoing if flow.id == node.default), None)
    if node.default is not None and default is None:
        findings.about(DEFAULT_ELSEWHERE, node.file, node, ref=node.default)
    if default is not None and default.condition is not None:
        findings.about(DEFAULT_WITH_CONDITION, node.file, default)
    for flow in node.outgoing if node.kind in _BLIND else ():
        if flow.condition is not None:
            findings.about(UNUSED_CONDITION, node.file, flow, place=_BLIND[node.kind])
