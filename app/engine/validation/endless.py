"""Loops in which nothing ever waits: refused when there is no way out, doubted when nothing on the way can change the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine.findings import Findings, error, warning
from app.engine.spiff import timing
from app.engine.spiff.joins import successors
from app.engine.spiff.model import Flow, Node, Process
from app.foundation.text import Text

_WAYS_OUT = Text(
    "draw a way out with a condition that something on the way changes, or something that waits: a task for a person, a timer, a message",
    "请画出带条件的出口并由途经元素改变该条件，或加入会等待的元素：由人办理的任务、定时器或消息",
)
ENDLESS = error(
    "endless-loop",
    Text(
        "the flow comes back to “%(node)s” for ever: nothing on the way waits, and there is no way out",
        "流程会无休止地回到“%(node)s”：途中没有任何等待，也没有出口",
    ),
    _WAYS_OUT,
)
MAY_BE_ENDLESS = warning(
    "loop-may-be-endless",
    Text(
        "the flow may come back to “%(node)s” for ever: nothing on the way waits, and nothing changes what decides there (%(names)s)",
        "流程可能无休止地回到“%(node)s”：途中没有任何等待，也没有元素改变其判断依据（%(names)s）",
    ),
    _WAYS_OUT,
)

_AUTOMATIC = frozenset(
    {"task", "serviceTask", "sendTask", "scriptTask", "businessRuleTask", "intermediateThrowEvent", "exclusiveGateway",
     "parallelGateway", "inclusiveGateway"}
)  # fmt: skip
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
Graph = dict[str, list[str]]


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every loop of a process, drawn with flows or marked as a standard loop."""
    for body in process.bodies():
        nodes = {node.id: node for node in body.nodes if _is_automatic(node)}
        graph = {node.id: [to for to in successors(body, node) if to in nodes] for node in nodes.values()}
        certain = {node.id: [to for to in _surely(node, process) if to in nodes] for node in nodes.values()}
        sure = {identity for circle in _circles(certain) for identity in circle}
        for circle in _circles(graph):
            _check(circle, sure, nodes, process, findings)
    for node in process:
        if node.loop is not None and node.loop.maximum is None and node.loop.condition is not None and _passes(node):
            _doubt(node, node.loop.condition.names, _changed([node]), findings)


def _check(circle: list[str], sure: set[str], nodes: Mapping[str, Node], process: Process, findings: Findings) -> None:
    within = [nodes[identity] for identity in circle]
    first = next(node for node in nodes.values() if node.id in circle)
    leaves = any(_ways_out(node, set(circle)) or _may_be_caught(node, process) for node in within)
    if any(node.id in sure for node in within) or not leaves:
        findings.about(ENDLESS, first.file, first, node=first.name or first.id)
        return
    conditions = [flow.condition for node in within for flow in node.outgoing if flow.condition is not None]
    if any(node.boundaries for node in within) and not conditions:
        return
    _doubt(first, frozenset().union(*(condition.names for condition in conditions)), _changed(within), findings)


def _doubt(node: Node, names: frozenset[str], changed: set[str] | None, findings: Findings) -> None:
    if changed is not None and not names & changed:
        shown = ", ".join(sorted(names)) or Text("nothing that can change", "均为不变的内容")
        findings.about(MAY_BE_ENDLESS, node.file, node, node=node.name or node.id, names=shown)


# -- what passes at once


def _is_automatic(node: Node) -> bool:
    """Whether a token passes without waiting. What joins parallel ways waits for the others."""
    if node.kind == "parallelGateway":
        return len(node.incoming) < 2
    if node.kind == "intermediateCatchEvent":
        return node.event.kind == "link" or _is_due_at_once(node)
    return _passes(node)


def _passes(node: Node) -> bool:
    if node.body is not None and node.kind != "eventSubProcess":
        return all(_is_automatic(inner) or inner.kind in ("startEvent", "endEvent") for inner in node.body.nodes)
    return node.kind in _AUTOMATIC


def _is_due_at_once(node: Node) -> bool:
    timer = node.event.timer
    if timer is None or timer.kind != "timeDuration" or timer.source.is_expression:
        return False
    span = timing.parse_span(timer.source.text.strip())
    return span is not None and not span.is_positive


# -- which way


def _surely(node: Node, process: Process) -> Iterator[str]:
    """Where a token at a node goes whatever the variables say. What may end in a caught error isn't sure of anything."""
    if any(edge.event.kind in ("error", "escalation") for edge in node.boundaries) or _may_be_caught(node, process):
        return
    chooses = node.kind in _CHOOSING and len(node.outgoing) > 1
    decided = any(flow.condition is not None for flow in node.outgoing)
    for flow in node.outgoing:
        if flow.condition is None and not chooses and not (decided and flow.id == node.default):
            yield flow.target
    link = node.event.link
    if node.kind == "intermediateThrowEvent" and link is not None:
        catch = process.body_of(node.container).links.get(link)
        if catch is not None:
            yield catch.id


def _may_be_caught(node: Node, process: Process) -> bool:
    """Whether an error or escalation of a node can be caught around it, which ends the loop."""
    if node.operation is None and node.event.kind != "escalation" and node.body is None:
        return False
    at = node.container
    while True:
        body = process.body_of(at)
        starts = (start for part in body.event_subprocesses if part.body for start in part.body.starts)
        if any(start.event.kind in ("error", "escalation") for start in starts):
            return True
        if at == process.id:
            return False
        around = process.nodes[at]
        if any(edge.event.kind in ("error", "escalation") for edge in around.boundaries):
            return True
        at = around.container


def _ways_out(node: Node, circle: set[str]) -> list[Flow | Node]:
    flows: list[Flow | Node] = [flow for flow in node.outgoing if flow.target not in circle]
    return flows + [edge for edge in node.boundaries if edge.event.kind != "compensation"]


def _changed(nodes: list[Node]) -> set[str] | None:
    """The variables that nodes write; None when they may write anything, as what is only sketched may."""
    names: set[str] = set()
    for node in nodes:
        names |= {mapping.target.partition(".")[0] for mapping in node.outputs}
        if node.multi is not None and node.multi.output_collection:
            names.add(node.multi.output_collection)
        if node.outputs:
            continue
        if node.operation is not None or node.kind == "task":
            return None
        if node.result_variable:
            names.add(node.result_variable)
        within = _changed(node.body.nodes) if node.body is not None else set()
        if within is None:
            return None
        names |= within
    return names


# -- circles


def _circles(graph: Graph) -> list[list[str]]:
    """The strongly connected parts of a graph in which there is a circle (Tarjan, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        work = [(root, iter(graph[root]))] if root not in number else []
        while work:
            at, following = work[-1]
            if at not in number:
                number[at] = low[at] = len(number)
                stack.append(at)
                on_stack.add(at)
            following_node = next(following, None)
            if following_node is not None:
                if following_node not in number:
                    work.append((following_node, iter(graph[following_node])))
                elif following_node in on_stack:
                    low[at] = min(low[at], number[following_node])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[at])
            if low[at] == number[at]:
                part = _cut(stack, on_stack, at)
                if len(part) > 1 or at in graph[at]:
                    found.append(part)
    return found


def _cut(stack: list[str], on_stack: set[str], down_to: str) -> list[str]:
    part: list[str] = []
    while not part or part[-1] != down_to:
        part.append(stack.pop())
        on_stack.discard(part[-1])
    return part
