"""Everything that waits for something: catching events, boundary events, event sub-processes and event gateways' arms.

What listens is a token too, but one that doesn't keep its scope open and was never entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.engine.spiff import timing, tokens
from app.engine.spiff.failures import Failure
from app.engine.spiff.library import TaskState
from app.engine.spiff.model import LISTENING, Node
from app.engine.spiff.values import correlation_text
from app.engine.states import InstanceState
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course
    from app.engine.spiff.scopes import Scope
    from app.engine.spiff.tokens import Token


NO_NAME = Text("the name of the message or signal is no text: %(text)s", "消息或信号的名称不是文本：%(text)s")
NO_KEY = Text("the correlation key %(text)s is neither text nor a number", "关联键 %(text)s 的值既不是文本也不是数字")


class Conditions:
    """Conditional events by the variables they read, and those that have to be worked out again."""

    def __init__(self) -> None:
        self.by_name: dict[str, dict[str, None]] = {}
        self.touched: dict[str, None] = {}

    def add(self, token: Token) -> None:
        condition = token.node.event.condition
        for name in condition.names if condition else ():
            self.by_name.setdefault(name, {})[token.id] = None

    def remove(self, token: Token) -> None:
        condition = token.node.event.condition
        for name in condition.names if condition else ():
            self.by_name.get(name, {}).pop(token.id, None)
        self.touched.pop(token.id, None)

    def touch(self, name: str) -> None:
        """A variable of that name was written."""
        if listening := self.by_name.get(name):
            self.touched.update(listening)

    def react(self, course: Course) -> None:
        """Fire the events whose condition turned from false to true."""
        while self.touched:
            identity = next(iter(self.touched))
            del self.touched[identity]
            token = course.token(identity)
            if token is None or token.incident is not None:
                continue
            try:
                _turn(course, token)
            except Failure as failure:
                course.incident(token, failure)


def _turn(course: Course, token: Token) -> None:
    condition = token.node.event.condition
    assert condition is not None
    before = token.info.get("held", False)
    token.info["held"] = holds = course.holds(condition, token)
    if holds and not before:
        fire(course, token, {})


# -- opening


def attach(course: Course, host: Token) -> None:
    """Let the boundary events of an activity listen."""
    for edge in host.node.boundaries:
        if edge.event.kind in LISTENING:
            listen(course, host, edge, tokens.BOUNDARY)


def open_arms(course: Course, gateway: Token) -> None:
    """Let everything behind an event gateway listen."""
    for flow in gateway.node.outgoing:
        node = course.node_of(gateway, flow.target)
        listen(course, gateway, node, tokens.ARM)


def listen(course: Course, host: Token, node: Node, role: str) -> None:
    """Let one boundary event or arm of a token listen."""
    if course.token(host.id) is None:
        return
    spec = host.task_spec.process_spec.elements[node.id]
    token = course.create(spec, host.home, role=role, host=host)
    token.data["scope"] = host.scope
    begin(course, token)


def open_starts(course: Course, scope: Scope) -> None:
    """Let the event sub-processes of a scope listen."""
    body = course.body_of(scope)
    for part in body.event_subprocesses if body else ():
        open_start(course, scope, part)


def open_start(course: Course, scope: Scope, part: Node) -> bool:
    """Let one event sub-process of a scope listen; False when it waits for nothing (errors and escalations find it)."""
    start = part.body.starts[0] if part.body and part.body.starts else None
    if start is None or start.event.kind not in LISTENING or scope.closing:
        return False
    spec = course.spec_named(scope.process).elements[start.id]
    begin(course, course.create(spec, scope.id, role=tokens.START))
    return True


def begin(course: Course, token: Token) -> None:
    """Work out what a token waits for, and wait. What can't be worked out is an incident at the event."""
    token._set_state(TaskState.WAITING)
    try:
        _begin(course, token)
    except Failure as failure:
        if token.role == tokens.FLOWING:
            raise
        course.incident(token, failure)


def _begin(course: Course, token: Token) -> None:
    event, message = token.node.event, token.node.awaited
    if message is not None:
        _subscribe(course, token)
    elif event.kind == "timer":
        _set_timer(course, token)
    elif event.kind == "signal" and event.signal is not None:
        name = course.evaluate(event.signal, token)
        if not isinstance(name, str):
            raise Failure("signal", NO_NAME.filled(text=event.signal.text))
        token.info["signal"] = name
        course.signal_listeners.setdefault(name, {})[token.id] = None
    elif event.kind == "conditional":
        token.info["held"] = False
        course.conditions.add(token)
        course.conditions.touched[token.id] = None


def _subscribe(course: Course, token: Token) -> None:
    message = token.node.awaited
    assert message is not None
    name = course.evaluate(message.name, token)
    key = None
    if message.correlation_key is not None:
        key = correlation_text(course.evaluate(message.correlation_key, token))
        if key is None:
            raise Failure("correlation", NO_KEY.filled(text=message.correlation_key.text))
    if not isinstance(name, str):
        raise Failure("message", NO_NAME.filled(text=message.name.text))
    token.info["message"] = [name, key]
    course.message_listeners.setdefault((name, key), {})[token.id] = None


def _set_timer(course: Course, token: Token) -> None:
    timer = token.node.event.timer
    assert timer is not None
    now, zone = course.environment.now(), course.environment.zone
    due, cycle = timing.arm(timer.kind, course.evaluate(timer.source, token), now, zone)
    _arm(token, due, cycle, 0)
    if due <= now:
        course.due_at_once.append(token.id)


def _arm(token: Token, due: datetime, cycle: timing.Cycle | None, occurrence: int) -> None:
    timer: dict[str, Any] = {"due": due.astimezone(UTC), "occurrence": occurrence}
    if cycle is not None:
        start_zone = cycle.zone
        timer["months"], timer["days"], timer["exact"] = cycle.span.months, cycle.span.days, cycle.span.exact
        timer["remaining"] = cycle.remaining
        timer["zone"] = timing_zone(start_zone, due)
        timer["start"], timer["leads_in"] = cycle.start, cycle.leads_in
    token.info["timer"] = timer


def timing_zone(zone: Any, at: datetime) -> str | None:
    """A zone as text: its name, or its offset in seconds."""
    if zone is None:
        return None
    key = getattr(zone, "key", None)
    return str(key) if key else str(int(at.astimezone(zone).utcoffset().total_seconds()))  # type: ignore[union-attr]


# -- firing


def fire_due_at_once(course: Course) -> bool:
    """Fire what was due when it was armed."""
    fired = False
    while course.due_at_once and not fired:
        token = course.token(course.due_at_once.pop(0))
        if token is not None and "timer" in token.info:
            fired = fire_timer(course, token, int(token.info["timer"]["occurrence"]))
    return fired


def fire_timer(course: Course, token: Token, occurrence: int) -> bool:
    """Fire one occurrence of a timer if it is due; False when it isn't, or was fired already."""
    timer = token.info.get("timer")
    if timer is None or timer["occurrence"] != occurrence or timer["due"] > course.environment.now():
        return False
    fire(course, token, {})
    return True


def _again(course: Course, token: Token) -> bool:
    """Arm the next occurrence of a cycle; False when there is none."""
    timer = token.info["timer"]
    if "months" not in timer:
        return False
    span = timing.Span(int(timer["months"]), int(timer["days"]), timer["exact"])
    remaining = None if timer["remaining"] is None else int(timer["remaining"]) - 1
    if remaining == 0:
        return False
    zone, occurrence = course.environment.zone, int(timer["occurrence"]) + 1
    start, leads_in = timer.get("start"), timer.get("leads_in", False)
    cycle = timing.Cycle(span, remaining, start, timing.zone_named(timer["zone"]), leads_in)
    if cycle.start is None:  # armed by the first release, which counted each from the one before
        _arm(token, span.after(timer["due"], cycle.zone or zone), cycle, occurrence)
        return True
    _arm(token, cycle.due(occurrence, zone), cycle, occurrence)
    return True


def fire(course: Course, token: Token, variables: Mapping[str, Any]) -> None:
    """What a token waited for has happened."""
    course.note("fired", token, role=token.role)
    if token.role == tokens.BOUNDARY:
        _fire_boundary(course, token, variables)
    elif token.role == tokens.START:
        _fire_start(course, token, variables)
    elif token.role == tokens.ARM:
        _fire_arm(course, token, variables)
    else:
        forget(course, token)
        course.wake(token, tokens.LEAVE, variables)


def _keep_or_drop(course: Course, token: Token) -> None:
    """A non-interrupting event listens on, but a timer only while it has further occurrences."""
    if "timer" in token.info and not _again(course, token):
        course._forget(token)


def _fire_boundary(course: Course, token: Token, variables: Mapping[str, Any]) -> None:
    host = course.token(token.host or "")
    assert host is not None, "a boundary event outlived its activity"
    start_boundary(course, host, token.node, variables, token)


def start_boundary(
    course: Course, host: Token, edge: Node, variables: Mapping[str, Any], listener: Token | None = None
) -> None:
    """A boundary event goes off: its own token flows on, and the activity ends if it interrupts."""
    spec = host.task_spec.process_spec.elements[edge.id]
    course.create(spec, host.home, result=variables)
    if edge.interrupting:
        course.cancel_token(host)
    elif listener is not None:
        _keep_or_drop(course, listener)


def _fire_start(course: Course, token: Token, variables: Mapping[str, Any]) -> None:
    scope, start = course.scopes[token.home], token.node
    start_event_subprocess(course, scope, start, variables, token)


def start_event_subprocess(
    course: Course, scope: Scope, start: Node, variables: Mapping[str, Any], listener: Token | None = None
) -> None:
    """An event sub-process starts; an interrupting one ends everything else in its scope first."""
    spec = course.spec_named(scope.process).elements[start.container]
    if start.interrupting:
        scope.interrupted = True
        course.end_scope(scope)
    elif listener is not None:
        _keep_or_drop(course, listener)
    course.create(spec, scope.id, result=variables)


def _fire_arm(course: Course, token: Token, variables: Mapping[str, Any]) -> None:
    gateway = course.token(token.host or "")
    assert gateway is not None, "an arm outlived its gateway"
    gateway.info["chosen"] = token.node.id
    gateway.info["payload"] = dict(variables)
    for listener in list(gateway.listeners):
        if found := course.token(listener):
            course._forget(found)
    course.wake(gateway, tokens.FLOW)


def forget(course: Course, token: Token) -> None:
    """Stop listening."""
    if message := token.info.pop("message", None):
        _remove(course.message_listeners, (message[0], message[1]), token)
    if (signal := token.info.pop("signal", None)) is not None:
        _remove(course.signal_listeners, signal, token)
    if "held" in token.info:
        course.conditions.remove(token)
    token.info.pop("timer", None)


def _remove(index: dict[Any, dict[str, None]], key: Any, token: Token) -> None:
    waiting = index.get(key)
    if waiting is not None:
        waiting.pop(token.id, None)
        if not waiting:
            del index[key]


def broadcast(course: Course, name: str, variables: Mapping[str, Any]) -> int:
    """A signal wakes everything in this instance that waits for it now; how many."""
    woken = 0
    for identity in list(course.signal_listeners.get(name, ())):
        token = course.token(identity)
        if token is not None and course.state == InstanceState.ACTIVE:
            fire(course, token, variables)
            woken += 1
    return woken


def deliver(course: Course, name: str, key: str | None, variables: Mapping[str, Any]) -> bool:
    """A message wakes one subscription of this instance, the oldest; False when none fits."""
    for identity in list(course.message_listeners.get((name, key), ())):
        token = course.token(identity)
        if token is not None:
            fire(course, token, variables)
            return True
    return False


def restore(course: Course, token: Token) -> None:
    """Put a restored token back into the indexes."""
    if message := token.info.get("message"):
        course.message_listeners.setdefault((message[0], message[1]), {})[token.id] = None
    if (signal := token.info.get("signal")) is not None:
        course.signal_listeners.setdefault(signal, {})[token.id] = None
    if "held" in token.info:
        course.conditions.add(token)
