"""The course of one instance: a SpiffWorkflow workflow whose tasks are tokens, moved from a queue of our own.

Finished tokens leave the tree at once, nothing is predicted, and nothing ever walks the tree: a step costs the same after
ten thousand steps. What joins, loops and compensation need later is kept in the scopes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter, thread_time
from typing import Any

from app.engine.spiff import joins, listening, tokens
from app.engine.spiff.environment import Environment
from app.engine.spiff.failures import Failure
from app.engine.spiff.library import TaskState, Workflow
from app.engine.spiff.model import Body, Bundle, Flow, Node
from app.engine.spiff.scopes import BODY, CALL, EVENT_BODY, ROOT, Scope, Scopes, View
from app.engine.spiff.sources import Source
from app.engine.spiff.specs import ProcessSpec, spec_of
from app.engine.spiff.tokens import Token
from app.engine.spiff.values import plain
from app.engine.states import InstanceState
from app.foundation.text import Text

TOO_LONG = Text(
    "more than %(limit)s automatic steps without waiting for anything; is this a loop? If it is meant, try again",
    "连续执行了超过 %(limit)s 个自动步骤而未等待任何事项，是否存在死循环？如确属正常，请重试",
)


@dataclass(frozen=True)
class StepEvent:
    """Something that happened in the instance, for its history."""

    kind: str
    element_id: str | None
    process_id: str
    token_id: str | None
    scope_id: str | None
    at: datetime
    details: dict[str, Any] = field(default_factory=dict)


class Course(Workflow):
    """Tokens, scopes and the queue of one instance."""

    def __init__(self, bundle: Bundle, process_id: str, environment: Environment) -> None:
        spec = spec_of(bundle, process_id)
        super().__init__(spec, deserializing=True)
        self.bundle = bundle
        self.process_id = process_id
        self.environment = environment
        self.tasks: dict[str, Token] = {}
        self.specs: dict[str, ProcessSpec] = {process_id: spec}
        self.task_tree = Token(self, spec.root, None, TaskState.STARTED, "root")
        self.task_tree._children = tokens.Children()
        self.scopes = Scopes(self._variable_changed)
        self.queue: deque[str] = deque()
        self.happened: list[StepEvent] = []
        self.state = InstanceState.ACTIVE
        self.counter = 0
        self.due_at_once: list[str] = []
        self.conditions = listening.Conditions()
        self.signal_listeners: dict[str, dict[str, None]] = {}
        self.message_listeners: dict[tuple[str, str | None], dict[str, None]] = {}
        self.unsettled: dict[str, None] = {}
        self.unrested = 0
        self.halted_at: datetime | None = None

    # -- looking

    def live(self) -> list[Token]:
        """All tokens, in the order in which they came to be."""
        return [token for token in self.tasks.values() if token is not self.task_tree]

    def token(self, identity: str) -> Token | None:
        found = self.tasks.get(identity)
        return None if found is self.task_tree else found

    def view(self, scope_id: str, extra: Mapping[str, Any] | None = None) -> View:
        return self.scopes.view(scope_id, extra)

    def evaluate(self, source: Source, token: Token, extra: Mapping[str, Any] | None = None) -> Any:
        """A source's value where a token stands."""
        if not source.is_expression:
            return source.text
        return source.evaluate(self.scopes.view(token.scope, extra), self.environment.now())

    def holds(self, source: Source, token: Token, extra: Mapping[str, Any] | None = None) -> bool:
        return self.evaluate(source, token, extra) is True

    def process_of(self, token: Token) -> str:
        return token.task_spec.process_id

    def note(self, kind: str, token: Token | None, **details: Any) -> None:
        """Record something that happened at a token's element."""
        if token is not None and token.index is not None:
            details.setdefault("index", token.index)
        self.happened.append(
            StepEvent(
                kind,
                token.node.id if token is not None else None,
                self.process_of(token) if token is not None else self.process_id,
                token.id if token is not None else None,
                token.home if token is not None else None,
                self.environment.now(),
                details,
            )
        )

    # -- scopes

    def open_scope(self, kind: str, up: str | None, owner: Token | None, process: str, place: str) -> Scope:
        """A new scope. ``place``: the element (or process) whose scope it is."""
        self.counter += 1
        scope = Scope(f"s{self.counter}", kind, up, owner.id if owner else None, process, place)
        self.scopes[scope.id] = scope
        if owner is not None and kind != "element":
            owner.bodies.append(scope.id)
        return scope

    def body_of(self, scope: Scope) -> Body | None:
        """The part of the diagram in which a scope's tokens flow."""
        if scope.kind in (ROOT, CALL, BODY, EVENT_BODY):
            return self.spec_named(scope.process).process.body_of(scope.place)
        return None

    def spec_named(self, qualified: str) -> ProcessSpec:
        """The spec of a process by its id, or by bundle key and id when it is of another bundle."""
        return self.specs[qualified]

    def _variable_changed(self, scope_id: str, name: str) -> None:
        self.conditions.touch(name)
        last = self.happened[-1] if self.happened else None
        if last is not None and last.kind == "variables" and last.scope_id == scope_id:
            if name not in last.details["names"]:
                last.details["names"].append(name)
            return
        self.happened.append(
            StepEvent("variables", None, self.process_id, None, scope_id, self.environment.now(), {"names": [name]})
        )

    def count(self, body: Scope, **counters: int) -> None:
        """Set a repetition's counters; conditional events that read them are worked out again."""
        for name, number in counters.items():
            body.own[name] = plain(number)
            self.conditions.touch(name)

    # -- tokens

    def create(
        self,
        spec: Any,
        home: str,
        *,
        role: str = tokens.FLOWING,
        scope: str | None = None,
        phase: str = tokens.ENTER,
        result: Mapping[str, Any] | None = None,
        flow: str | None = None,
        index: int | None = None,
        host: Token | None = None,
    ) -> Token:
        """A token at an element, put into the queue by its spec as soon as it may run."""
        self.counter += 1
        token = Token(self, spec, self.task_tree, TaskState.FUTURE, f"t{self.counter}")
        token.home, token.role, token.phase, token.flow, token.index = home, role, phase, flow, index
        token.data["scope"] = scope or home
        token.owns_scope = scope is not None
        token.result = dict(result or {})
        token.entered_at = self.environment.now()
        place = self.scopes[home]
        if role == tokens.FLOWING:
            place.tokens[token.id] = None
            place.positions[spec.node.id] = place.positions.get(spec.node.id, 0) + 1
        elif host is not None:
            token.host = host.id
            host.listeners.append(token.id)
        else:
            place.listeners[token.id] = None
        spec._update(token)
        return token

    def enqueue(self, token: Token) -> None:
        self.queue.append(token.id)

    def wake(self, token: Token, phase: str, result: Mapping[str, Any] | None = None) -> None:
        """Let a waiting token go on at a phase of its element."""
        token.phase = phase
        if result is not None:
            token.result = dict(result)
        token._set_state(TaskState.READY)
        self.enqueue(token)

    def take(self, flow: Flow, token: Token) -> None:
        """A token on a sequence flow: a new one at its target."""
        self.note("taken", token, flow=flow.id)
        self.create(token.task_spec.process_spec.elements[flow.target], token.home, flow=flow.id)

    def _task_completed_notify(self, task: Token) -> None:
        """Called by the library when a token's element is completed."""
        self.drop(task)

    def drop(self, token: Token) -> None:
        """Take a token out of the tree and out of everything that counts it."""
        self._forget(token)
        scope = self.scopes.get(token.home)
        if scope is not None and token.role == tokens.FLOWING and not scope.tokens and not scope.closing:
            self._emptied(scope)

    def _forget(self, token: Token) -> None:
        for listener in list(token.listeners):
            if found := self.token(listener):
                self._forget(found)
        listening.forget(self, token)
        if token.owns_scope:
            self.scopes.pop(token.scope, None)
        for body in token.bodies:
            self.scopes.pop(body, None)
        scope = self.scopes.get(token.home)
        if scope is not None:
            scope.listeners.pop(token.id, None)
            if token.role == tokens.FLOWING and token.id in scope.tokens:
                del scope.tokens[token.id]
                joins.leave(self, scope, token)
        if token.host is not None and (host := self.token(token.host)):
            host.listeners.remove(token.id)
        self._remove_task(token.id)

    def _emptied(self, scope: Scope) -> None:
        """No token is left in a scope: it is complete."""
        scope.closing = True
        for listener in list(scope.listeners):
            if found := self.token(listener):
                self._forget(found)
        if scope.owner is None:
            self.finish(InstanceState.COMPLETED)
            return
        owner = self.token(scope.owner)
        if owner is not None:
            owner.task_spec.body_done(owner, scope, self)

    def finish(self, state: InstanceState) -> None:
        self.state = state
        self.completed = True
        self.success = state == InstanceState.COMPLETED
        self.note("ended", None, state=state)

    # -- ending what is open

    def cancel_token(self, token: Token) -> None:
        """End a token before it is done, with everything inside it and everything that listens for it."""
        self._end_bodies(token)
        if token.role == tokens.FLOWING and token.phase != tokens.ENTER and "done" not in token.info:
            self.note("cancelled", token)
        token._set_state(TaskState.CANCELLED)
        self._forget(token)

    def _end_bodies(self, token: Token) -> None:
        for body in list(token.bodies):
            scope = self.scopes.get(body)
            if scope is not None:
                self.end_scope(scope)

    def end_scope(self, scope: Scope, spare: Token | None = None) -> None:
        """End everything open in a scope but ``spare``."""
        was_closing, scope.closing = scope.closing, True
        for identity in [*scope.tokens, *scope.listeners]:
            token = self.token(identity)
            if token is not None and token is not spare:
                self.cancel_token(token)
        scope.closing = was_closing

    def interrupt_host(self, host: Token) -> None:
        """An interrupting boundary event ends the activity it stands on; its scope stays open for the event's flow."""
        self.cancel_token(host)

    # -- incidents

    def incident(self, token: Token, failure: Failure) -> None:
        """The token stays where it is until somebody retries it."""
        token.incident = {
            "kind": failure.kind,
            "message": failure.message.as_json(),
            "retries_left": failure.retries_left,
        }
        token._set_state(TaskState.ERROR)
        self.note("incident", token, type=failure.kind, message=failure.message.as_json())

    # -- stepping

    def run(self) -> None:
        """Steps until everything waits, or the portion of one run is used up: then the rest is left for the next run.

        An instance that takes more than the step limit without ever coming to rest ends in incidents.
        """
        portion, taken, began, since = self.environment.portion, 0, perf_counter(), thread_time()
        self.halted_at = None
        while self.state == InstanceState.ACTIVE:
            self.conditions.react(self)
            if not self.queue:
                if not (listening.fire_due_at_once(self) or joins.open_inclusive(self)):
                    self.unrested = 0
                    return
                continue
            late = perf_counter() - began > portion.seconds  # asking for the processor's time is a call to the system
            if taken >= portion.steps or (late and thread_time() - since > portion.seconds):
                self._halt(taken)
                return
            token = self.token(self.queue.popleft())
            if token is not None and token.state == TaskState.READY:
                taken += 1
                self._step(token)
        self.queue.clear()

    def _step(self, token: Token) -> None:
        self.unrested += 1
        limit = self.environment.step_limit
        if self.unrested > limit:
            self.incident(token, Failure("step-limit", TOO_LONG.filled(limit=limit)))
        else:
            token.run()

    def _halt(self, taken: int) -> None:
        """Leave what is in the queue for a later run; a timer that is due at once brings it about."""
        self.halted_at = self.environment.now()
        self.note("halted", None, steps=taken)

    def node_of(self, token: Token, identity: str) -> Node:
        return token.task_spec.process_spec.process.nodes[identity]
