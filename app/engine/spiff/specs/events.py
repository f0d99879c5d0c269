"""Events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import feel
from app.engine.spiff import listening, propagation, tokens
from app.engine.spiff.failures import BpmnError, Failure
from app.engine.spiff.model import LISTENING
from app.engine.spiff.scopes import Scope
from app.engine.spiff.sources import Source
from app.engine.spiff.specs.activities import call_operation
from app.engine.spiff.specs.elements import ElementSpec
from app.engine.spiff.specs.processes import runs
from app.engine.spiff.tokens import Token
from app.engine.spiff.values import correlation_text, plain
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course


NO_CODE = Text("the code that it throws is no text: %(value)s", "所抛出的代码不是文本：%(value)s")


@runs("startEvent")
class StartSpec(ElementSpec):
    """A start event passes at once; what it caught is its result."""

    def arrive(self, token: Token, course: Course) -> None:
        """Write what it caught into its process before anything runs, so that it can still be refused.

        :raises Failure: when an output can't be worked out
        """
        self.enter(token, course)
        self.give_outputs(token, course)
        token.phase = tokens.FLOW


@runs("boundaryEvent")
class BoundarySpec(ElementSpec):
    """A boundary event that went off; what it caught is its result."""


@runs("intermediateCatchEvent")
class CatchSpec(ElementSpec):
    """Waits for its event; a link catch passes at once."""

    def work(self, token: Token, course: Course) -> bool:
        if self.node.event.kind not in LISTENING:
            return True
        listening.begin(course, token)
        return False


@runs("intermediateThrowEvent")
class ThrowSpec(ElementSpec):
    """Throws its event and goes on. A compensation throw waits for the handlers first."""

    def work(self, token: Token, course: Course) -> bool:
        event = self.node.event
        match event.kind:
            case "message":
                token.result = _throw_message(token, course)
            case "signal":
                _throw_signal(token, course)
            case "escalation":
                code = _code(event.code, token, course, "escalation")
                return propagation.throw_escalation(course, token, code)
            case "compensation":
                return propagation.start_compensation(course, token, event.activity_ref)
            case "link":
                assert event.link is not None
        return True

    def body_done(self, token: Token, scope: Scope, course: Course) -> None:
        """A compensation handler is done."""
        propagation.handler_done(course, token, scope)

    def completed(self, token: Token, course: Course) -> None:
        super().completed(token, course)
        if self.node.event.kind == "link" and self.node.event.link is not None:
            body = self.process_spec.process.body_of(self.node.container)
            catch = body.links[self.node.event.link]
            course.create(self.process_spec.elements[catch.id], token.home)


@runs("endEvent")
class EndSpec(ThrowSpec):
    """Ends its flow. Error, cancel and terminate end events end more than that."""

    def work(self, token: Token, course: Course) -> bool:
        event = self.node.event
        match event.kind:
            case "error":
                code = _code(event.code, token, course, "error")
                raise BpmnError(code)
            case "cancel":
                return propagation.cancel_transaction(course, token)
            case "terminate":
                course.end_scope(course.scopes[token.home], token)
                return True
        return super().work(token, course)


def _code(source: Source | None, token: Token, course: Course, what: str) -> str:
    value = course.evaluate(source, token) if source is not None else None
    if not isinstance(value, str) or not value:
        raise Failure(what, NO_CODE.filled(value=feel.to_text(plain(value))))
    return value


def _sent(token: Token, course: Course) -> dict[str, Any]:
    """The variables that go with a message or signal: the event's inputs."""
    return dict(course.scopes[token.scope].variables) if token.node.inputs else {}


def _throw_signal(token: Token, course: Course) -> None:
    source = token.node.event.signal
    name = course.evaluate(source, token) if source is not None else None
    if not isinstance(name, str):
        raise Failure("signal", listening.NO_NAME.filled(text=source.text if source is not None else ""))
    variables = _sent(token, course)
    course.note("thrown_signal", token, name=name, variables=variables)
    token.phase = tokens.LEAVE
    listening.broadcast(course, name, variables)


def _throw_message(token: Token, course: Course) -> dict[str, Any]:
    """Call the operation that sends the message; without one, throw it in the house."""
    if token.node.operation is not None:
        return call_operation(token, course)
    message = token.node.event.message
    assert message is not None
    name = course.evaluate(message.name, token)
    if not isinstance(name, str):
        raise Failure("message", listening.NO_NAME.filled(text=message.name.text))
    key = None
    if message.correlation_key is not None:
        key = correlation_text(course.evaluate(message.correlation_key, token))
    variables = _sent(token, course)
    token.phase = tokens.LEAVE
    delivered = listening.deliver(course, name, key, variables)
    course.note("thrown_message", token, name=name, key=key, variables=variables, ttl=None, delivered=delivered)
    return {}
