"""What all elements have in common: how a token passes through one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.engine.spiff import listening, propagation, scopes, tokens
from app.engine.spiff.environment import MOST_TOKENS
from app.engine.spiff.failures import BpmnError, Failure
from app.engine.spiff.library import BpmnTaskSpec, TaskState
from app.engine.spiff.model import Flow, Node
from app.engine.spiff.tokens import Token
from app.engine.spiff.values import plain, with_part
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course
    from app.engine.spiff.scopes import Scope
    from app.engine.spiff.specs.processes import ProcessSpec


TOO_MANY_TOKENS = Text(
    "the case has more than %(limit)s tokens already, so no further ones are split off; is this a loop?",
    "流程中的令牌已超过 %(limit)s 个，不再继续分出，是否存在死循环？",
)
NO_FLOW = Text(
    "no condition of its outgoing flows holds, and there is no default flow", "各流出顺序流的条件均不成立，且没有默认流"
)


class ElementSpec(BpmnTaskSpec):
    """A token enters, takes its inputs, works, gives its outputs and chooses its flows: the phases of ``tokens``.

    Each phase either finishes, or leaves an incident and is done again when that is retried. ``inner`` says that this
    is what a multi-instance or loop repeats; boundary events and flows then belong to the whole.
    """

    opens_scope = False

    def __init__(self, process_spec: ProcessSpec, name: str, node: Node, *, inner: bool = False) -> None:
        super().__init__(process_spec, name, lane=node.lane, documentation=node.documentation)
        self.bpmn_id = node.id
        self.bpmn_name = node.name
        self.node = node
        self.inner = inner
        self.process_spec = process_spec
        self.process_id = process_spec.process.id

    # -- the library's hooks

    def test(self) -> None:
        """The gate has checked the diagram; the library's own test would refuse a start event."""

    def _predict_hook(self, my_task: Token) -> None:
        """Nothing is predicted: on completion the tokens that follow are made, ready."""

    def _update_hook(self, my_task: Token) -> bool:
        return my_task.role == tokens.FLOWING

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.workflow.enqueue(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        course = my_task.workflow
        try:
            return self._pass_through(my_task, course)
        except Failure as failure:
            course.incident(my_task, failure)
        except BpmnError as error:
            propagation.throw_error(course, my_task, error)
        return None

    def _on_complete_hook(self, my_task: Token) -> None:
        course = my_task.workflow
        self.completed(my_task, course)
        if self.inner:
            self.process_spec.elements[self.node.id].after_instance(my_task, course)
        for flow_id in my_task.info.get("flows", ()):
            course.take(self.process_spec.process.flows[flow_id], my_task)

    # -- the phases

    def _pass_through(self, token: Token, course: Course) -> bool | None:
        if token.phase == tokens.ENTER:
            self.enter(token, course)
            token.phase = tokens.INPUTS
        if token.phase == tokens.INPUTS:
            self.take_inputs(token, course)
            token.phase = tokens.WORK
            if not self.inner and not token.info.get("attached"):
                token.info |= {"attached": True} if self.node.boundaries else {}
                listening.attach(course, token)
        if token.phase == tokens.WORK:
            if not self.work(token, course) or course.token(token.id) is None:
                return None
            token.phase = tokens.LEAVE
        if token.phase == tokens.LEAVE:
            self.give_outputs(token, course)
            token.phase = tokens.FLOW
        return self.choose(token, course)

    def enter(self, token: Token, course: Course) -> None:
        """A token has come. Opens the element's own scope if it has one."""
        course.note("entered", token)
        if (self.opens_scope or self.node.inputs) and not token.owns_scope and not self.repeats:
            kind = self.scope_kind()
            scope = course.open_scope(kind, token.scope, token, self.process_spec.qualified, self.node.id)
            token.data["scope"] = scope.id
            token.owns_scope = True

    @property
    def repeats(self) -> bool:
        return not self.inner and (self.node.multi is not None or self.node.loop is not None)

    def scope_kind(self) -> str:
        return scopes.ELEMENT

    def take_inputs(self, token: Token, course: Course) -> None:
        """Work out the inputs one after the other; each is local to the element, and the next may read it."""
        if self.repeats or not self.node.inputs:
            return
        own = course.scopes[token.scope].variables
        if covered := {name: own[name] for name in self.input_names if name in own}:
            token.info["covered"] = covered
        for mapping in self.node.inputs:
            name, *path = mapping.target.split(".")
            if name in token.info.get("by_hand", ()):
                continue
            value = plain(course.evaluate(mapping.source, token))
            if path:
                value = with_part(course.scopes[token.scope].variables.get(name), path, value)
            course.scopes.declare(token.scope, name, value)

    @property
    def input_names(self) -> list[str]:
        """The variables that the inputs write, each once."""
        return list(dict.fromkeys(mapping.target.partition(".")[0] for mapping in self.node.inputs))

    def _forget_inputs(self, token: Token, course: Course) -> None:
        """Let the inputs be worked out anew from what is there now, but for those that somebody has set by hand."""
        own, by_hand = course.scopes[token.scope].variables, token.info.get("by_hand", ())
        for name in self.input_names:
            if name not in by_hand:
                own.pop(name, None)
        own |= {name: value for name, value in token.info.pop("covered", {}).items() if name not in by_hand}
        token.phase = tokens.INPUTS

    def work(self, _token: Token, _course: Course) -> bool:
        """What the element does. True: done, with ``token.result``; False: it waits."""
        return True

    def give_outputs(self, token: Token, course: Course) -> None:
        """Write the outputs, or without any everything the element returned, into the scope outside."""
        outside = self.outside(token, course)
        if not self.node.outputs:
            for name, value in token.result.items():
                course.scopes.assign(outside, name, value)
            return
        collected: dict[str, Any] = {}
        seen = {**token.result}
        for mapping in self.node.outputs:
            value = plain(course.evaluate(mapping.source, token, seen))
            name, *path = mapping.target.split(".")
            if path:
                existing = collected.get(name, course.view(outside).get(name))
                value = with_part(existing, path, value)
            collected[name] = seen[name] = value
        for name, value in collected.items():
            course.scopes.assign(outside, name, value)
        token.result = seen

    def outside(self, token: Token, course: Course) -> str:
        """The scope that outputs are written from: the one outside the element's own.

        An instance of a multi-instance writes from its own, in which its element and its output are declared.
        """
        if not token.owns_scope or (self.inner and self.node.multi is not None):
            return token.scope
        up = course.scopes[token.scope].up
        return up if up is not None else token.home

    def choose(self, token: Token, course: Course) -> bool | None:
        """Choose the flows to go on. True: the element is done."""
        if self.inner:
            repetition = self.process_spec.elements[self.node.id]
            return repetition.instance_done(token, course)
        flows = self.outgoing(token, course)
        if len(flows) > 1 and len(course.tasks) > MOST_TOKENS:
            raise Failure("tokens", TOO_MANY_TOKENS.filled(limit=MOST_TOKENS))
        token.info["flows"] = [flow.id for flow in flows]
        return True

    def outgoing(self, token: Token, course: Course) -> list[Flow]:
        """Every flow without a condition, and every one whose condition holds; the default when no condition does.

        :raises Failure: when there are flows and none can be taken
        """
        flows = self.node.outgoing
        chosen = [flow for flow in flows if flow.condition is not None and course.holds(flow.condition, token)]
        if not chosen:
            chosen = [flow for flow in flows if flow.id == self.node.default]
        free = [flow for flow in flows if flow.condition is None and flow.id != self.node.default]
        if flows and not chosen and not free:
            raise Failure("no-flow", NO_FLOW)
        taken = {flow.id for flow in [*chosen, *free]}
        return [flow for flow in flows if flow.id in taken]

    def completed(self, token: Token, course: Course) -> None:
        """The element is done: what is kept of it."""
        course.note("completed", token)
        propagation.remember(course, token)

    # -- what others call

    def body_done(self, _token: Token, _scope: Scope, _course: Course) -> None:
        """The last token in a scope that this one owns is gone."""
        raise AssertionError(f"{self.name} owns no scope")

    def instance_done(self, _token: Token, _course: Course) -> bool | None:
        """One repetition is done (multi-instance and loop only)."""
        raise AssertionError(f"{self.name} repeats nothing")

    def after_instance(self, _token: Token, _course: Course) -> None:
        """One repetition has left (multi-instance and loop only)."""
        raise AssertionError(f"{self.name} repeats nothing")

    def go_on(self, _token: Token, _course: Course) -> None:
        """One repetition was taken away by hand (multi-instance only)."""
        raise AssertionError(f"{self.name} repeats nothing")

    def retry(self, token: Token, course: Course) -> None:
        """Go on where the incident stopped it; an element that hasn't done its work yet takes its inputs again."""
        token.incident = None
        if token.owns_scope and self.node.inputs and not self.repeats and token.phase in (tokens.INPUTS, tokens.WORK):
            self._forget_inputs(token, course)
        if token.role != tokens.FLOWING:
            token._set_state(TaskState.WAITING)
            listening.begin(course, token)
        else:
            token._set_state(TaskState.READY)
            course.enqueue(token)

    def accept(self, token: Token, course: Course, values: Mapping[str, Any]) -> None:
        """What a waiting element was given from outside; it goes on."""
        course.wake(token, tokens.LEAVE, values)

    def serialize(self, serializer: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("a spec is built from its diagram, never stored")
