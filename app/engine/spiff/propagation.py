"""What travels through the scopes of an instance: errors, escalations, compensation and the cancelling of transactions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.engine.spiff import listening, tokens
from app.engine.spiff.failures import BpmnError, Failure
from app.engine.spiff.model import Node
from app.engine.spiff.scopes import COMPENSATION, EVENT_BODY, Scope
from app.engine.spiff.values import plain
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course
    from app.engine.spiff.tokens import Token


UNCAUGHT = Text("nobody catches the error “%(code)s”%(why)s", "错误“%(code)s”未被捕获%(why)s")
NO_CANCEL = Text(
    "the transaction has no cancel boundary event, so there is no way to go on", "事务没有取消边界事件，无法继续"
)


@dataclass(frozen=True)
class _Handler:
    """What catches: a boundary event of ``host``, or the start of an event sub-process of ``scope``."""

    event: Node
    host: Token | None = None
    scope: Scope | None = None


def throw_error(course: Course, token: Token, error: BpmnError) -> None:
    """Hand a business error outwards; an incident where it was thrown when nobody takes it."""
    handler = _find(course, token, "error", error.code)
    if handler is None:
        why = f": {error.message}" if error.message != error.code else ""
        course.incident(token, Failure("error", UNCAUGHT.filled(code=error.code, why=why)))
        return
    if token.node.kind == "endEvent":
        course.note("completed", token)
        token.info["done"] = True
    course.note("error", token, code=error.code, caught=handler.event.id)
    _start(course, handler, {"code": error.code, "variables": plain(error.variables)})


def throw_escalation(course: Course, token: Token, code: str) -> bool:
    """Hand an escalation outwards. True: the throwing element goes on; an escalation that nobody takes is recorded."""
    handler = _find(course, token, "escalation", code)
    course.note("escalation", token, code=code, caught=handler.event.id if handler else None)
    if handler is None:
        return True
    if handler.event.interrupting and token.node.kind == "endEvent":
        course.note("completed", token)
        token.info["done"] = True
    _start(course, handler, {"code": code, "variables": {}})
    return course.token(token.id) is not None


def _start(course: Course, handler: _Handler, caught: dict[str, Any]) -> None:
    if handler.host is not None:
        listening.start_boundary(course, handler.host, handler.event, caught["variables"])
    else:
        assert handler.scope is not None
        listening.start_event_subprocess(course, handler.scope, handler.event, caught["variables"])


def _find(course: Course, token: Token, kind: str, code: str) -> _Handler | None:
    """The handler in the first scope outwards that has a fitting one: with the code before without."""
    for level in _levels(course, token):
        fitting = [handler for handler in level if handler.event.event.kind == kind]
        for handler in fitting:
            wanted = handler.event.event.code
            if wanted is not None and wanted.text == code:
                return handler
        for handler in fitting:
            if handler.event.event.code is None:
                return handler
    return None


def _levels(course: Course, token: Token) -> Iterator[list[_Handler]]:
    at: Token | None = token
    while at is not None:
        scope = course.scopes[at.home]
        if at.task_spec.inner:
            at = course.token(scope.owner or "")
            continue
        yield [_Handler(edge, host=at) for edge in at.node.boundaries]
        body = course.body_of(scope)
        if body is not None and not scope.interrupted:
            starts = [
                part.body.starts[0]
                for part in body.event_subprocesses
                if part.body and part.body.starts and part.id != at.node.id
            ]
            yield [_Handler(start, scope=scope) for start in starts]
        at = course.token(scope.owner) if scope.owner is not None else None


# -- compensation


def remember(course: Course, token: Token) -> None:
    """Keep what compensating a completed activity will need: its handler and the variables as they are now."""
    node, scope = token.node, course.scopes[token.home]
    if node.for_compensation:
        return
    edge = None if token.task_spec.inner else node.compensation
    if edge is not None:
        view = course.view(token.scope)
        kept = {"variables": view.kept(), "counters": view.counters()}
        scope.records.append({"node": node.id, "handler": edge.handler, "edge": edge.id, **kept})
    elif token.records:
        scope.records.append({"node": node.id, "inner": token.records})


def _in_reverse(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Handlers to run, the latest completed first."""
    found: list[dict[str, Any]] = []
    for record in reversed(records):
        found.extend([record] if "handler" in record else _in_reverse(record["inner"]))
    return found


def start_compensation(course: Course, token: Token, activity: str | None) -> bool:
    """Run the handlers of what was completed in the throwing scope. True: all are done (or there are none)."""
    if "pending" not in token.info:
        token.info["pending"] = []
        for scope in _compensated_scopes(course, token):
            chosen = [record for record in scope.records if activity is None or record["node"] == activity]
            scope.records = [record for record in scope.records if record not in chosen]
            token.info["pending"].extend(_in_reverse(chosen))
    return _next_handler(course, token)


def _compensated_scopes(course: Course, token: Token) -> list[Scope]:
    """The throwing scope; from within an event sub-process also the scopes that it stands in."""
    found = [course.scopes[token.home]]
    while found[-1].kind == EVENT_BODY and (owner := course.token(found[-1].owner or "")):
        found.append(course.scopes[owner.home])
    return found


def _next_handler(course: Course, token: Token) -> bool:
    pending = token.info["pending"]
    if not pending:
        return True
    record = pending.pop(0)
    spec = token.task_spec.process_spec
    scope = course.open_scope(COMPENSATION, token.home, token, spec.qualified, token.node.container)
    scope.variables = dict(record["variables"])
    scope.own = dict(record.get("counters", {}))
    course.note("compensating", token, activity=record["node"], handler=record["handler"])
    course.create(spec.elements[record["handler"]], scope.id)
    return False


def handler_done(course: Course, token: Token, scope: Scope) -> None:
    """One handler is done: the next, or the throwing event goes on."""
    token.bodies.remove(scope.id)
    course.scopes.pop(scope.id)
    if _next_handler(course, token):
        course.wake(token, tokens.WORK if token.node.event.kind == "cancel" else tokens.LEAVE)


def cancel_transaction(course: Course, token: Token) -> bool:
    """End what is open in the transaction, compensate what was completed, and leave by the cancel boundary event."""
    scope = course.scopes[token.home]
    owner = course.token(scope.owner or "")
    assert owner is not None, "the gate lets no cancel end event stand outside a transaction"
    host = course.token(course.scopes[owner.home].owner or "") if owner.task_spec.inner else owner
    assert host is not None
    edge = next((edge for edge in host.node.boundaries if edge.event.kind == "cancel"), None)
    if edge is None:
        raise Failure("cancel", NO_CANCEL)
    if "pending" not in token.info:
        course.end_scope(scope, token)
        token.info["pending"] = _in_reverse(scope.records)
        scope.records = []
    if _next_handler(course, token):
        course.note("completed", token)
        token.info["done"] = True
        listening.start_boundary(course, host, edge, {})
    return False
