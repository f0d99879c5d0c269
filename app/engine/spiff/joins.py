"""Joins: what parallel and inclusive gateways count, kept in the scope and not in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.spiff.library import TaskState
from app.engine.spiff.model import Body, Node

if TYPE_CHECKING:
    from app.engine.spiff.course import Course
    from app.engine.spiff.scopes import Scope
    from app.engine.spiff.tokens import Token


def arrive_parallel(course: Course, token: Token) -> bool:
    """Count a token at a parallel join; True when one has come by every flow, and this one goes on for all."""
    scope, node = course.scopes[token.home], token.node
    by_flow = scope.arrived.setdefault(node.id, {})
    by_flow.setdefault(token.flow or "", []).append(token.id)
    if any(not by_flow.get(flow.id) for flow in node.incoming):
        return False
    merged = [by_flow[flow.id].pop(0) for flow in node.incoming]
    _merge(course, token, merged)
    if not any(by_flow.values()):
        del scope.arrived[node.id]
    return True


def _merge(course: Course, survivor: Token, merged: list[str]) -> None:
    for identity in merged:
        if identity != survivor.id and (other := course.token(identity)):
            course._forget(other)


def arrive_inclusive(course: Course, token: Token) -> None:
    """A token waits at an inclusive join until no other can reach it."""
    course.scopes[token.home].waiting.setdefault(token.node.id, []).append(token.id)
    course.unsettled[token.home] = None


def look_again(course: Course, scope: Scope) -> None:
    """Open the joins for which, by a changed diagram, everything has come already."""
    for gateway, by_flow in list(scope.arrived.items()):
        node = course.spec_named(scope.process).process.nodes[gateway]
        if all(by_flow.get(flow.id) for flow in node.incoming):
            merged = [by_flow[flow.id].pop(0) for flow in node.incoming]
            survivor = course.token(merged[0])
            assert survivor is not None, gateway
            _merge(course, survivor, merged)
            if not any(by_flow.values()):
                del scope.arrived[gateway]
            _wake(course, survivor)
    if scope.waiting:
        course.unsettled[scope.id] = None


def _wake(course: Course, survivor: Token) -> None:
    survivor._set_state(TaskState.READY)
    course.enqueue(survivor)


def leave(course: Course, scope: Scope, token: Token) -> None:
    """A token has left a scope: correct the counts, and look at its inclusive joins again."""
    node = token.node.id
    count = scope.positions.get(node, 0) - 1
    if count > 0:
        scope.positions[node] = count
    else:
        scope.positions.pop(node, None)
    arrived = scope.arrived.get(node)
    if arrived and token.id in (waiting := arrived.get(token.flow or "", [])):
        waiting.remove(token.id)
    if token.id in (queue := scope.waiting.get(node, [])):
        queue.remove(token.id)
        if not queue:
            del scope.waiting[node]
    if scope.waiting:
        course.unsettled[scope.id] = None


def open_inclusive(course: Course) -> bool:
    """Open the inclusive joins that no further token can reach. Asked when nothing else can move; True when one opened."""
    opened = False
    while course.unsettled and not opened:
        identity = next(iter(course.unsettled))
        del course.unsettled[identity]
        scope = course.scopes.get(identity)
        body = course.body_of(scope) if scope is not None else None
        if scope is None or body is None:
            continue
        for gateway in list(scope.waiting):
            if _reachable(scope, body, gateway):
                continue
            _open(course, scope, gateway)
            opened = True
    return opened


def _reachable(scope: Scope, body: Body, gateway: str) -> bool:
    before = nodes_before(body, gateway)
    return any(place in before for place in scope.positions if place != gateway)


def _open(course: Course, scope: Scope, gateway: str) -> None:
    """One token goes on for one of each flow; what came twice by a flow waits for the next turn."""
    seen: set[str | None] = set()
    merged: list[Token] = []
    for identity in list(scope.waiting[gateway]):
        token = course.token(identity)
        if token is not None and token.flow not in seen:
            seen.add(token.flow)
            merged.append(token)
    survivor = merged[0]
    for token in merged:
        scope.waiting[gateway].remove(token.id)
    if not scope.waiting[gateway]:
        del scope.waiting[gateway]
    else:
        course.unsettled[scope.id] = None
    _merge(course, survivor, [token.id for token in merged])
    _wake(course, survivor)


def nodes_before(body: Body, gateway: str) -> frozenset[str]:
    """The elements from which a token can reach a gateway by a way that doesn't pass through it; kept with the diagram."""
    cache: dict[str, frozenset[str]] = body.__dict__.setdefault("_before", {})
    if gateway not in cache:
        cache[gateway] = _nodes_before(body, gateway)
    return cache[gateway]


def _nodes_before(body: Body, gateway: str) -> frozenset[str]:
    sources: dict[str, list[str]] = body.__dict__.get("_sources") or {}
    if not sources:
        for node in body.nodes:
            for target in successors(body, node):
                sources.setdefault(target, []).append(node.id)
        body.__dict__["_sources"] = sources
    found: set[str] = set()
    stack = [gateway]
    while stack:
        for source in sources.get(stack.pop(), ()):
            if source != gateway and source not in found:
                found.add(source)
                stack.append(source)
    return frozenset(found)


def successors(body: Body, node: Node) -> list[str]:
    """Where a token at a node may come next: along flows, through its boundary events, and over a link."""
    found = [flow.target for flow in node.outgoing]
    found.extend(edge.id for edge in node.boundaries if edge.event.kind != "compensation")
    if node.kind == "intermediateThrowEvent" and node.event.kind == "link" and node.event.link in body.links:
        found.append(body.links[node.event.link].id)
    return found
