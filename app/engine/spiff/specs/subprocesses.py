"""Embedded sub-processes, transactions and event sub-processes: scopes of the same instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.spiff import listening, scopes, tokens
from app.engine.spiff.scopes import Scope
from app.engine.spiff.specs.elements import ElementSpec
from app.engine.spiff.specs.processes import runs
from app.engine.spiff.tokens import Token

if TYPE_CHECKING:
    from app.engine.spiff.course import Course


@runs("subProcess", "transaction")
class BodySpec(ElementSpec):
    """Waits until nothing is left in its scope. Its variables are those of its element scope."""

    opens_scope = True

    def scope_kind(self) -> str:
        return scopes.BODY

    def work(self, token: Token, course: Course) -> bool:
        scope = course.scopes[token.scope]
        scope.kind, scope.owner = self.scope_kind(), token.id
        scope.process, scope.place = self.process_spec.qualified, self.node.id
        if scope.id not in token.bodies:
            token.bodies.append(scope.id)
        assert self.node.body is not None
        start = self.first(token)
        course.create(self.process_spec.elements[start], scope.id, result=token.result)
        token.result = {}
        listening.open_starts(course, scope)
        return False

    def first(self, _token: Token) -> str:
        """The id of the start event."""
        assert self.node.body is not None
        start = self.node.body.none_start
        assert start is not None, "the gate lets no sub-process without a none start pass"
        return start.id

    def body_done(self, token: Token, scope: Scope, course: Course) -> None:
        token.records = scope.records
        course.wake(token, tokens.LEAVE, {})


@runs("eventSubProcess")
class EventBodySpec(BodySpec):
    """An event sub-process: what its start event caught reaches it as the start event's result."""

    def scope_kind(self) -> str:
        return scopes.EVENT_BODY

    def first(self, _token: Token) -> str:
        assert self.node.body is not None
        return self.node.body.starts[0].id
