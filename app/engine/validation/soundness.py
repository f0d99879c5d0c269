"""What may go wrong on the way of the tokens: no way on, joins that wait for ever, missing joins, elements no way leads to.

These are warnings. "May" means: on a way through the diagram that its drawing allows. Whether conditions really let
tokens take that way is looked at only as far as ``conditions`` says.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, warning
from app.engine.spiff.model import Body, Node, Process
from app.engine.validation.conditions import one_always_holds
from app.engine.validation.exploring import Exploration, Explorer, Move
from app.engine.validation.firing import can_fire, can_start
from app.foundation.text import Text

NO_WAY = warning(
    "may-find-no-way",
    Text(
        "%(after)snone of the conditions of “%(gateway)s” may hold, and it has no default flow; then it stops with an incident",
        "%(after)s“%(gateway)s”的条件可能都不成立，且没有默认流，届时将产生异常并停止",
    ),
    Text("make one of its flows the default", "请将其中一条顺序流设为默认流"),
)
WAITS_FOR_EVER = warning(
    "may-wait-for-ever",
    Text(
        "%(after)sthe join “%(join)s” may wait for ever: nothing arrives from %(missing)s",
        "%(after)s汇聚网关“%(join)s”可能永远等待：%(missing)s不会有令牌到达",
    ),
    Text(
        "join with the kind of gateway that split the ways (exclusive with exclusive, inclusive with inclusive), or draw the missing way",
        "请使用与分支相同类型的网关汇聚（排他对排他、包容对包容），或补画缺失的路径",
    ),
)
MISSING_JOIN = warning(
    "missing-join",
    Text(
        "%(after)stwo tokens may come to “%(node)s”, from %(sources)s, and what follows is then done twice",
        "%(after)s可能有两个令牌分别从%(sources)s到达“%(node)s”，使其后的内容执行两次",
    ),
    Text("draw a parallel or inclusive gateway before it that joins them", "请在其之前画并行或包容网关进行汇聚"),
)
UNREACHABLE = warning(
    "unreachable",
    Text("no way leads to “%(node)s”", "没有路径可到达“%(node)s”"),
    Text("draw a flow to it, or remove it", "请画出通向它的顺序流，或将其删除"),
)
NEVER_HAPPENS = warning(
    "never-happens",
    Text("what “%(node)s” catches cannot happen %(where)s", "“%(node)s”所捕获的事件不会在%(where)s发生"),
    Text("remove it, or draw what throws it", "请将其删除，或画出抛出该事件的元素"),
)
NO_CANCEL_BOUNDARY = warning(
    "cancel-without-boundary",
    Text("the transaction can be cancelled, but has no cancel boundary event; then it stops with an incident", "事务可能被取消，但没有取消边界事件，届时将产生异常并停止"),
    Text("draw one that says how it goes on", "请画出取消边界事件以说明后续路径"),
)  # fmt: skip

LONGEST_WAY = 6
"""So many elements of a way are named, the last ones."""


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Explore a process; one that has errors of structure is left alone by ``check.add_findings``."""
    explorer = Explorer(process)
    explorer.explore(process.body)
    for exploration in explorer.explored.values():
        _check_joins(exploration, process, findings)
    for node in process:
        exploration = explorer.explored[node.container]
        if node.id in exploration.passed:
            _check_exits(node, exploration, process, findings)
        _check_cancel(node, findings)
    _check_reachable(process.body, process, explorer, findings)


def _check_joins(exploration: Exploration, process: Process, findings: Findings) -> None:
    for identity, state in exploration.stuck.items():
        join = process.nodes[identity]
        came = {place.flow for place in state if place.node == identity}
        missing = [process.nodes[flow.source] for flow in join.incoming if flow.id not in came]
        findings.about(
            WAITS_FOR_EVER,
            process.file,
            join,
            after=_after(exploration.way_to(state), process),
            join=_name(join),
            missing=_named([_name(node) for node in missing]) if missing else Text("elsewhere", "别处"),
        )
    for identity, (state, move) in exploration.doubled.items():
        node, way = process.nodes[identity], exploration.way_to(state)
        if _does_something(node, process):
            first = next((step.node for step in reversed(way) if any(p.node == identity for p in step.come)), move.node)
            sources = _named([_name(process.nodes[source]) for source in (first, move.node)])
            findings.about(
                MISSING_JOIN, process.file, node, after=_after(way, process), node=_name(node), sources=sources
            )


def _does_something(node: Node, process: Process) -> bool:
    """Whether it matters that an element is passed twice: exclusive gateways and plain ends that follow do nothing."""
    seen: set[str] = set()
    stack = [node]
    while stack:
        at = stack.pop()
        if at.id in seen:
            continue
        seen.add(at.id)
        plain_end = at.kind in ("endEvent", "intermediateThrowEvent") and at.event.kind == "none"
        if at.kind != "exclusiveGateway" and not plain_end:
            return True
        stack.extend(process.nodes[flow.target] for flow in at.outgoing)
    return False


def _check_exits(node: Node, exploration: Exploration, process: Process, findings: Findings) -> None:
    conditions = [flow.condition for flow in node.outgoing if flow.condition is not None]
    if not conditions or len(conditions) < len(node.outgoing) or one_always_holds(conditions):
        return
    state = exploration.first(node.id)
    after = _after(exploration.way_to(state), process) if state is not None else Text("", "")
    findings.about(NO_WAY, process.file, node, after=after, gateway=_name(node))


def _check_cancel(node: Node, findings: Findings) -> None:
    if node.kind == "transaction" and node.body is not None:
        cancelled = any(inner.event.kind == "cancel" for inner in node.body.nodes)
        if cancelled and not any(edge.event.kind == "cancel" for edge in node.boundaries):
            findings.about(NO_CANCEL_BOUNDARY, node.file, node)


# -- unreachable elements


def _check_reachable(body: Body, process: Process, explorer: Explorer, findings: Findings) -> None:
    reached = _reached(body, process, explorer)
    handled = {edge.handler: edge.attached_to for edge in body.nodes if edge.handler is not None}
    for node in body.nodes:
        host = node.attached_to or handled.get(node.id)
        if node.id not in reached and (host is None or host in reached):
            _say_unreachable(node, process, findings)
        elif node.id in reached and node.body is not None:
            _check_reachable(node.body, process, explorer, findings)


def _say_unreachable(node: Node, process: Process, findings: Findings) -> None:
    host = process.nodes.get(node.attached_to or "")
    if host is not None and not can_fire(node, host, process):
        where = Text(f"in “{_name(host)}”", f"“{_name(host)}”中")
        findings.about(NEVER_HAPPENS, node.file, node, node=_name(node), where=where)
    elif node.kind == "eventSubProcess" and node.body is not None and node.body.starts:
        start = node.body.starts[0]
        findings.about(NEVER_HAPPENS, node.file, start, node=_name(start), where=Text("beside it", "其所在范围内"))
    else:
        findings.about(UNREACHABLE, node.file, node, node=_name(node))


def _reached(body: Body, process: Process, explorer: Explorer) -> set[str]:
    """The elements that some token can come to. What the bounds left out counts as reached."""
    exploration = explorer.explored[body.owner_id]
    nodes = {node.id: node for node in body.nodes}
    reached: set[str] = set()
    stack = [node.id for node in body.starts]
    stack += [part.id for part in body.event_subprocesses if all(can_start(each, process) for each in _starts(part))]
    while stack:
        identity = stack.pop()
        if identity in reached:
            continue
        reached.add(identity)
        node = nodes[identity]
        for edge in node.boundaries:
            if can_fire(edge, node, process):
                stack.append(edge.id)
        if node.handler is not None:
            stack.append(node.handler)
        never_opens = len(node.incoming) > 1 and node.kind == "parallelGateway" and identity not in exploration.passed
        if (exploration.whole and never_opens) or not explorer.completes(node):
            continue
        stack.extend(flow.target for flow in node.outgoing)
        if node.kind == "intermediateThrowEvent" and node.event.link in body.links:
            stack.append(body.links[node.event.link].id)
    return reached


def _starts(part: Node) -> list[Node]:
    return part.body.starts if part.body is not None else []


# -- words


def _name(node: Node) -> str:
    return node.name or node.id


def _named(names: list[str]) -> Text:
    shown = [f"“{name}”" for name in dict.fromkeys(names)]
    return Text(" and ".join(shown), "、".join(shown))


def _after(way: list[Move], process: Process) -> Text:
    """The way to a state in words: ``after “A”, then “Approved?” (no), `` and nothing for no way."""
    steps = [step for step in (_step(move, process) for move in way) if step is not None]
    if not steps:
        return Text("", "")
    shown = steps[-LONGEST_WAY:]
    dots = "… " if len(steps) > len(shown) else ""
    return Text(f"after {dots}{', then '.join(shown)}, ", f"经过{dots}{'，然后'.join(shown)}之后，")


def _step(move: Move, process: Process) -> str | None:
    node = process.nodes[move.node]
    flows = [process.flows[identity] for identity in move.choice]
    if flows:
        choice = " + ".join(flow.name or _name(process.nodes[flow.target]) for flow in flows)
        return f"“{_name(node)}” ({choice})"
    if node.is_gateway and not node.name:
        return None
    stays = any(place.fired and place.node == move.node for place in move.come)
    return None if stays else f"“{_name(node)}”"
