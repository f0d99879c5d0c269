"""Boundary events and what they stand on; compensation handlers."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, error
from app.engine.spiff import words
from app.engine.spiff.model import Node, Process
from app.foundation.text import Text

ATTACHED_TO_NOTHING = error(
    "boundary-attached-to-nothing",
    Text("the boundary event is attached to nothing", "边界事件未附着于任何元素"),
    Text("put it on the edge of a task or sub-process", "请将其放在任务或子流程的边上"),
)
ATTACHED_ELSEWHERE = error(
    "boundary-attached-elsewhere",
    Text("it is attached to “%(host)s”, which %(why)s", "其附着的“%(host)s”%(why)s"),
    Text("put it on the edge of a task or sub-process beside it", "请将其放在同一范围内的任务或子流程的边上"),
)
BOUNDARY_WITH_INCOMING = error(
    "boundary-with-incoming",
    Text("a boundary event has an incoming flow", "边界事件有流入的顺序流"),
    Text("draw the flow to the element after it", "请将顺序流连到其后的元素"),
)
CANCEL_ELSEWHERE = error(
    "cancel-boundary-elsewhere",
    Text("a cancel boundary event stands on %(host)s", "取消边界事件附着于%(host)s"),
    Text("put it on a transaction, or draw an error boundary event", "请将其附着于事务子流程，或改用错误边界事件"),
)
MUST_INTERRUPT = error(
    "boundary-must-interrupt",
    Text(
        "%(kind)s boundary events always interrupt, and this one says it does not",
        "%(kind)s边界事件总是中断的，而此处设为非中断",
    ),
    Text("make it interrupting", "请设为中断"),
)
NO_HANDLER = error(
    "compensation-without-handler",
    Text("the compensation boundary event has no handler", "补偿边界事件没有补偿处理活动"),
    Text("draw an association from it to the activity that undoes the work", "请用关联连线将其连到撤销该工作的活动"),
)
COMPENSATION_WITH_FLOW = error(
    "compensation-boundary-with-flow",
    Text("the compensation boundary event has an outgoing flow", "补偿边界事件有流出的顺序流"),
    Text("draw an association to its handler instead", "请改用关联连线连到其处理活动"),
)
TWO_COMPENSATIONS = error(
    "compensation-twice",
    Text("it has a second compensation boundary event", "有第二个补偿边界事件"),
    Text("keep one", "请只保留一个"),
)
HANDLER_ELSEWHERE = error(
    "compensation-handler-elsewhere",
    Text("its compensation handler “%(handler)s” %(why)s", "其补偿处理活动“%(handler)s”%(why)s"),
    Text(
        "choose a task or sub-process beside it that is marked as a compensation handler",
        "请选择同一范围内标记为补偿的任务或子流程",
    ),
)
HANDLER_WITH_FLOWS = error(
    "compensation-handler-with-flows",
    Text("a compensation handler has flows of its own", "补偿处理活动带有顺序流"),
    Text("remove them: compensation starts it", "请删除这些顺序流，它由补偿启动"),
)
HANDLER_WITH_BOUNDARY = error(
    "compensation-handler-with-boundary",
    Text("a compensation handler has a boundary event", "补偿处理活动带有边界事件"),
    Text(
        "put the activity into a sub-process, and the boundary event there",
        "请将该活动放入子流程，并在其中设置边界事件",
    ),
)
NOTHING_TO_COMPENSATE = error(
    "compensation-target",
    Text("it compensates “%(ref)s”, which %(why)s", "其补偿对象“%(ref)s”%(why)s"),
    Text(
        "choose a completed activity of the same scope that has a compensation handler",
        "请选择同一范围内带补偿处理的活动",
    ),
)
_DOES_NOT_EXIST = Text("does not exist", "不存在")
_ELSEWHERE = Text("stands in another sub-process", "位于另一子流程")


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every boundary event, compensation handler and compensation throw of a process."""
    for node in process:
        if node.kind == "boundaryEvent":
            _check_boundary(node, process, findings)
        if sum(edge.event.kind == "compensation" for edge in node.boundaries) > 1:
            findings.about(TWO_COMPENSATIONS, node.file, node)
        if node.for_compensation:
            _check_handler(node, findings)
        if node.event.kind == "compensation" and node.event.activity_ref is not None and node.kind != "boundaryEvent":
            _check_target(node, node.event.activity_ref, process, findings)


def _check_boundary(edge: Node, process: Process, findings: Findings) -> None:
    if edge.incoming:
        findings.about(BOUNDARY_WITH_INCOMING, edge.file, edge)
    if edge.event.kind in ("error", "cancel") and not edge.interrupting:
        findings.about(MUST_INTERRUPT, edge.file, edge, kind=words.EVENTS[edge.event.kind])
    if not edge.attached_to:
        findings.about(ATTACHED_TO_NOTHING, edge.file, edge)
        return
    host = process.nodes.get(edge.attached_to)
    if host is None or host.container != edge.container or not host.is_activity:
        why = (
            _DOES_NOT_EXIST
            if host is None
            else Text(f"is {words.ELEMENTS[host.kind].en}", f"是{words.ELEMENTS[host.kind].zh}")
            if not host.is_activity
            else _ELSEWHERE
        )
        findings.about(ATTACHED_ELSEWHERE, edge.file, edge, host=edge.attached_to, why=why)
        return
    if edge.event.kind == "cancel" and host.kind != "transaction":
        findings.about(CANCEL_ELSEWHERE, edge.file, edge, host=words.ELEMENTS[host.kind])
    if edge.event.kind == "compensation":
        _check_compensation(edge, process, findings)


def _check_compensation(edge: Node, process: Process, findings: Findings) -> None:
    if edge.outgoing:
        findings.about(COMPENSATION_WITH_FLOW, edge.file, edge)
    if edge.handler is None:
        findings.about(NO_HANDLER, edge.file, edge)
        return
    handler = process.nodes[edge.handler]
    if not handler.is_activity:
        why = Text(f"is {words.ELEMENTS[handler.kind].en}", f"是{words.ELEMENTS[handler.kind].zh}")
    elif handler.container != edge.container:
        why = _ELSEWHERE
    elif not handler.for_compensation:
        why = Text("is not marked as a compensation handler", "未标记为补偿活动")
    else:
        return
    findings.about(HANDLER_ELSEWHERE, edge.file, edge, handler=handler.name or handler.id, why=why)


def _check_handler(handler: Node, findings: Findings) -> None:
    if handler.incoming or handler.outgoing:
        findings.about(HANDLER_WITH_FLOWS, handler.file, handler)
    if handler.boundaries:
        findings.about(HANDLER_WITH_BOUNDARY, handler.file, handler)


def _check_target(throw: Node, ref: str, process: Process, findings: Findings) -> None:
    target = process.nodes.get(ref)
    if target is None:
        why = _DOES_NOT_EXIST
    elif target.container not in _scopes_of(throw, process):
        why = _ELSEWHERE
    elif target.compensation is None and not _has_compensation(target):
        why = Text("has no compensation handler", "没有补偿处理活动")
    else:
        return
    findings.about(NOTHING_TO_COMPENSATE, throw.file, throw, ref=ref, why=why)


def _scopes_of(throw: Node, process: Process) -> list[str]:
    """The scope a throwing event stands in; from an event sub-process also those around it."""
    found = [throw.container]
    while found[-1] in process.nodes and process.nodes[found[-1]].kind == "eventSubProcess":
        found.append(process.nodes[found[-1]].container)
    return found


def _has_compensation(node: Node) -> bool:
    inside = node.body.nodes if node.body is not None else []
    return any(part.compensation is not None or _has_compensation(part) for part in inside)
