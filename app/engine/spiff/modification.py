"""An instance changed by hand: variables set, tokens put before elements, tokens taken away, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.engine.spiff import listening, tokens
from app.engine.spiff.scopes import BODY, EVENT_BODY, MULTI, ROOT, Scope
from app.engine.spiff.values import plain
from app.engine.states import InstanceState
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course
    from app.engine.spiff.model import Node
    from app.engine.spiff.tokens import Token

_NOT_STARTED = frozenset({"startEvent", "boundaryEvent", "eventSubProcess"})


@dataclass(frozen=True)
class Start:
    """Put a token before an element. ``variables`` are set where the token flows.

    ``scope_id`` chooses among several open sub-processes in which the element stands; a sub-process that isn't open is
    opened around it, without its start event.
    """

    element_id: str
    process_id: str | None = None
    scope_id: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Modification:
    """``cancel``: tokens by id. ``variables`` are set in the started process."""

    cancel: Sequence[str] = ()
    start: Sequence[Start] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


class Unfit(Exception):
    """An instruction that can't be carried out; ``element_id`` names what it is about."""

    def __init__(self, element_id: str, why: Text) -> None:
        super().__init__(f"{element_id}: {why.en}")
        self.element_id = element_id
        self.why = why


def modify(course: Course, modification: Modification) -> None:
    """Carry a modification out; nothing has run yet.

    What is left without any token is cancelled too: a sub-process in which nothing is open, and at last the instance.

    :raises Unfit: for an instruction that makes no sense here
    """
    root = next(iter(course.scopes.values()))
    declare(course, root.id, modification.variables)
    for start in modification.start:
        _start(course, start)
    for identity in modification.cancel:
        token = course.token(identity)
        if token is None or token.role != tokens.FLOWING:
            raise Unfit(identity, Text("there is no such token (any more)", "没有该令牌，或已不存在"))
        _cancel(course, token)


def declare(course: Course, scope_id: str, variables: Mapping[str, Any]) -> None:
    """Set variables of one scope by hand.

    :raises Unfit: for a name that the engine itself keeps there
    """
    for name, value in plain(dict(variables)).items():
        if name in course.scopes[scope_id].own:
            raise Unfit(name, Text("a repetition keeps it by itself", "由重复执行自行维护"))
        course.scopes.declare(scope_id, name, value)
    for token in course.live():
        if token.scope == scope_id and token.owns_scope and token.incident is not None:
            token.info["by_hand"] = sorted({*token.info.get("by_hand", ()), *variables})


def _start(course: Course, start: Start) -> None:
    process_id = start.process_id or course.process_id
    spec = course.specs.get(process_id)
    node = spec.process.nodes.get(start.element_id) if spec else None
    if spec is None or node is None:
        raise Unfit(start.element_id, Text("the diagram has no such element", "流程图中没有该元素"))
    if node.kind in _NOT_STARTED or node.for_compensation:
        why = Text("no token can be put before an element of this kind", "不能在此类元素前放置令牌")
        raise Unfit(start.element_id, why)
    scope = _scope_for(course, node, process_id, start.scope_id)
    declare(course, scope.id, start.variables)
    course.create(spec.elements[node.id], scope.id)


def _scope_for(course: Course, node: Node, process_id: str, chosen: str | None) -> Scope:
    there = [
        scope
        for scope in course.scopes.values()
        if scope.process == process_id and scope.place == node.container and scope.kind not in ("element", MULTI)
    ]
    if chosen is not None:
        there = [scope for scope in there if scope.id == chosen]
    if len(there) == 1:
        return there[0]
    if there:
        why = Text("it stands in several open sub-processes; say which", "所在子流程有多个实例，请指明")
        raise Unfit(node.id, why)
    if node.container == process_id or chosen is not None:
        why = Text("the process it stands in is not running here", "其所在流程当前未运行")
        raise Unfit(node.id, why)
    return _opened_around(course, node, process_id)


def _opened_around(course: Course, node: Node, process_id: str) -> Scope:
    """Open the sub-process in which an element stands, with everything around it, but without its start event."""
    around = course.specs[process_id].process.nodes[node.container]
    if around.multi or around.loop or around.kind == "eventSubProcess":
        why = Text(f"{around.id} is not open, and cannot be opened by hand", f"{around.id}未在运行，且不能由人工开启")
        raise Unfit(node.id, why)
    home = _scope_for(course, around, process_id, None)
    token = course.create(course.specs[process_id].elements[around.id], home.id)
    token.task_spec.enter(token, course)
    token.task_spec.take_inputs(token, course)
    token.phase = tokens.WORK
    listening.attach(course, token)
    scope = course.scopes[token.scope]
    scope.kind, scope.owner, scope.process, scope.place = BODY, token.id, process_id, around.id
    token.bodies.append(scope.id)
    token.hold()
    listening.open_starts(course, scope)
    return scope


def _cancel(course: Course, token: Token) -> None:
    scope = course.scopes[token.home]
    course.cancel_token(token)
    if scope.kind == MULTI:
        _count_cancelled(course, scope)
    elif not scope.tokens:
        _leave_empty(course, scope)


def _leave_empty(course: Course, scope: Scope) -> None:
    if scope.kind == ROOT:
        course.end_scope(scope)
        course.queue.clear()
        course.finish(InstanceState.CANCELLED)
        return
    owner = course.token(scope.owner or "")
    if owner is not None and scope.kind in (BODY, EVENT_BODY, "call"):
        _cancel(course, owner)


def _count_cancelled(course: Course, body: Scope) -> None:
    """One repetition of a multi-instance was taken away: count it, and go on with the rest."""
    whole = course.token(body.owner or "")
    assert whole is not None
    if "numberOfInstances" not in body.own:
        _cancel(course, whole)  # a standard loop has no turn but the one that was cancelled
        return
    gone = int(body.own["numberOfTerminatedInstances"]) + 1
    active = max(int(body.own["numberOfActiveInstances"]) - 1, 0)
    course.count(body, numberOfTerminatedInstances=gone, numberOfActiveInstances=active)
    whole.task_spec.go_on(whole, course)
