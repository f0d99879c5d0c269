"""What can happen inside an activity: which errors, escalations and cancellations it may end in."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.spiff.model import Body, Node, Process

_MAY_FAIL = frozenset({"userTask", "manualTask", "receiveTask", "serviceTask", "sendTask", "callActivity"})
"""Activities from which a business error may come: of an operation, a person or a called process."""


def can_fire(event: Node, host: Node, _process: Process) -> bool:
    """Whether what an event catches can happen in ``host``: the activity it stands on, or what its event sub-process is in."""
    match event.event.kind:
        case "error":
            return any(node.kind in _MAY_FAIL or node.operation for node in _inside(host)) or _thrown(event, host)
        case "escalation":
            return any(node.kind == "callActivity" for node in _inside(host)) or _thrown(event, host)
        case "cancel":
            return any(node.event.kind == "cancel" for node in (host.body.nodes if host.body else ()))
    return True


def can_start(start: Node, process: Process) -> bool:
    """Whether what the start event of an event sub-process catches can happen beside it."""
    part = process.nodes[start.container]
    beside = [node for node in process.body_of(part.container).nodes if node is not part]
    return any(can_fire(start, node, process) for node in beside)


def _inside(host: Node) -> Iterator[Node]:
    yield host
    for node in host.body.nodes if host.body is not None else ():
        yield from _inside(node)


def _thrown(catch: Node, host: Node) -> bool:
    wanted = catch.event.code
    for node in _inside(host):
        if node.kind in ("endEvent", "intermediateThrowEvent") and node.event.kind == catch.event.kind:
            code = node.event.code
            if wanted is None or code is None or code.is_expression or code.text == wanted.text:
                return True
    return False


def ends_scope(node: Node, process: Process) -> bool:
    """Whether an end event may end everything else in its scope: terminate, cancel and error do, an escalation that interrupts."""
    if node.kind not in ("endEvent", "intermediateThrowEvent"):
        return False
    if node.event.kind == "escalation":
        return node.kind == "endEvent" and _interrupted_by(node, process)
    return node.event.kind in ("terminate", "cancel", "error")


def _interrupted_by(throw: Node, process: Process) -> bool:
    """Whether an escalation may be caught by something that interrupts; outside of the process anything may catch it."""
    container = throw.container
    while container in process.nodes:
        owner = process.nodes[container]
        beside = process.body_of(container)
        if _caught_beside(beside, throw) or any(_interrupts(edge, throw) for edge in owner.boundaries):
            return True
        container = owner.container
    return _caught_beside(process.body, throw)


def _caught_beside(body: Body, throw: Node) -> bool:
    starts = [start for part in body.event_subprocesses if part.body is not None for start in part.body.starts]
    return any(_interrupts(start, throw) for start in starts)


def _interrupts(catch: Node, throw: Node) -> bool:
    wanted, code = catch.event.code, throw.event.code
    fits = wanted is None or code is None or code.is_expression or wanted.text == code.text
    return catch.event.kind == "escalation" and catch.interrupting and fits
