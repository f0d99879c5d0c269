"""What BPMN leaves unsaid and execution needs: which processes run, where they start and end, which flow is the default."""

from __future__ import annotations

from app.engine.importing import shapes
from app.engine.importing.changes import Diagram, add_to_body, bpmn, is_bpmn, nodes_in
from app.engine.spiff import vocabulary, xml
from app.engine.spiff.xml import Element


def complete(diagram: Diagram) -> None:
    """Say what was left unsaid, everything that loses nothing."""
    _name_processes(diagram)
    _let_run(diagram)
    for body in list(diagram.bodies()):
        if not xml.flag(body, "triggeredByEvent", False):
            _draw_starts(diagram, body)
        _draw_ends(diagram, body)
    _choose_defaults(diagram)
    _name_messages(diagram)
    _drop_empty_conditions(diagram)
    _drop_implementations(diagram)


def _name_processes(diagram: Diagram) -> None:
    for process in diagram.processes():
        for element in (process, *(node for node in process.iter("*") if _is_node(node))):
            if not element.get("id"):
                element.set("id", diagram.new_id(f"{xml.local(element)}_1"))
                diagram.note(element, "it was given an id", "已补上 ID")


def _is_node(element: Element) -> bool:
    return is_bpmn(element) and xml.local(element) in vocabulary.FLOW_NODES


def _let_run(diagram: Diagram) -> None:
    """Where no process is marked to run, all that hold anything are."""
    if any(xml.flag(process, "isExecutable", False) for process in diagram.processes()):
        return
    for process in diagram.processes():
        if nodes_in(process):
            process.set("isExecutable", "true")
            diagram.note(process, "the process was marked as executable", "已将流程标记为可执行")


# -- starts and ends


def _draw_starts(diagram: Diagram, body: Element) -> None:
    nodes = nodes_in(body)
    if any(xml.local(node) == "startEvent" for node in nodes):
        return
    if not nodes:
        if xml.local(body) != "process":
            _fill(diagram, body)
        return
    reached = {flow.get("targetRef") for flow in xml.children(body, "sequenceFlow")}
    firsts = [node for node in nodes if node.get("id") not in reached and _may_be_first(node)]
    if not firsts:
        return
    start = add_to_body(body, "startEvent", id=diagram.new_id(f"{body.get('id')}_start"))
    _share_lane(diagram, start, firsts[0])
    for number, first in enumerate(firsts):
        flow = _flow(diagram, body, start, first)
        if number == 0:
            shapes.draw_event(diagram, start, flow, first, before=True)
        else:
            shapes.draw_flow(diagram, flow, start, first)
    names = ", ".join(f"“{first.get('name') or first.get('id')}”" for first in firsts)
    diagram.note(start, f"a start event was drawn before {names}", f"已在{names}之前画出开始事件")


def _may_be_first(node: Element) -> bool:
    if xml.local(node) == "boundaryEvent" or xml.flag(node, "isForCompensation", False):
        return False
    return not xml.flag(node, "triggeredByEvent", False) and xml.child(node, "linkEventDefinition") is None


def _fill(diagram: Diagram, body: Element) -> None:
    """An empty sub-process passes at once; execution wants that drawn."""
    start = add_to_body(body, "startEvent", id=diagram.new_id(f"{body.get('id')}_start"))
    end = add_to_body(body, "endEvent", id=diagram.new_id(f"{body.get('id')}_end"))
    flow = _flow(diagram, body, start, end)
    shapes.draw_inside(diagram, [start, end, flow], body)
    diagram.note(
        body, "a start and an end event were drawn in the empty sub-process", "已在空的子流程中画出开始与结束事件"
    )


def _draw_ends(diagram: Diagram, body: Element) -> None:
    left = {flow.get("sourceRef") for flow in xml.children(body, "sequenceFlow")}
    for node in nodes_in(body):
        if node.get("id") not in left and _may_be_last(node):
            end = add_to_body(body, "endEvent", id=diagram.new_id(f"{node.get('id')}_end"))
            _share_lane(diagram, end, node)
            shapes.draw_event(diagram, end, _flow(diagram, body, node, end), node, before=False)
            name = node.get("name") or node.get("id")
            diagram.note(end, f"an end event was drawn after “{name}”", f"已在“{name}”之后画出结束事件")


def _may_be_last(node: Element) -> bool:
    if xml.local(node) in ("endEvent", "eventBasedGateway") or xml.child(node, "compensateEventDefinition") is not None:
        return False
    if xml.local(node) == "intermediateThrowEvent" and xml.child(node, "linkEventDefinition") is not None:
        return False
    return not xml.flag(node, "isForCompensation", False) and not xml.flag(node, "triggeredByEvent", False)


def _flow(diagram: Diagram, body: Element, source: Element, target: Element) -> Element:
    names = source.get("id") or "", target.get("id") or ""
    flow = add_to_body(
        body, "sequenceFlow", id=diagram.new_id("_to_".join(names)), sourceRef=names[0], targetRef=names[1]
    )
    for element, end in ((source, "outgoing"), (target, "incoming")):
        reference = element.makeelement(f"{{{xml.BPMN}}}{end}")
        reference.text = flow.get("id")
        before = _HEADS if end == "incoming" else (*_HEADS, "outgoing")
        element.insert(sum(1 for child in element if is_bpmn(child) and xml.local(child) in before), reference)
    return flow


_HEADS = ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef", "incoming")
"""What stands in a flow node before its outgoing flows."""


def _share_lane(diagram: Diagram, event: Element, beside: Element) -> None:
    for lane in diagram.root.iter(f"{{{xml.BPMN}}}lane"):
        if any(xml.content(member) == beside.get("id") for member in xml.children(lane, "flowNodeRef")):
            bpmn(lane, "flowNodeRef").text = event.get("id")
            nested = xml.child(lane, "childLaneSet")
            if nested is not None:
                lane.append(nested)


# -- gateways, messages, conditions


def _choose_defaults(diagram: Diagram) -> None:
    """The one exit without a condition, when it comes last, is what is taken when no condition holds."""
    for node in diagram.nodes():
        if xml.local(node) != "exclusiveGateway" or node.get("default"):
            continue
        body = node.getparent()
        flows = (
            []
            if body is None
            else [f for f in xml.children(body, "sequenceFlow") if f.get("sourceRef") == node.get("id")]
        )
        free = [flow for flow in flows if not xml.content(xml.child(flow, "conditionExpression"))]
        if len(flows) > 1 and len(free) == 1 and free[0] is flows[-1] and free[0].get("id"):
            node.set("default", free[0].get("id") or "")
            name = free[0].get("name") or free[0].get("id")
            diagram.note(
                node,
                f"its last flow “{name}”, which has no condition, was made the default",
                f"已将无条件的最后一条顺序流“{name}”设为默认流",
            )


def _name_messages(diagram: Diagram) -> None:
    used = {xml.reference(element.get("messageRef")) for element in diagram.root.iter("*") if element.get("messageRef")}
    for message in xml.children(diagram.root, "message"):
        if message.get("id") in used and not (message.get("name") or "").strip():
            message.set("name", message.get("id") or "")
            diagram.note(message, "the message was named after its id", "已用 ID 为消息命名")


def _drop_empty_conditions(diagram: Diagram) -> None:
    for body in diagram.bodies():
        for flow in xml.children(body, "sequenceFlow"):
            for condition in xml.children(flow, "conditionExpression"):
                if not xml.content(condition):
                    flow.remove(condition)
                    diagram.note(flow, "the empty condition was removed", "已删除空的条件")


def _drop_implementations(diagram: Diagram) -> None:
    """``implementation`` only names the technology behind a task."""
    for node in diagram.nodes():
        value = node.get("implementation")
        if value is not None and not value.startswith("##"):
            del node.attrib["implementation"]
            diagram.note(
                node,
                f'implementation="{value}", which only names a technology, was removed',
                f'已删除仅说明技术的 implementation="{value}"',
            )
