"""Gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.spiff import joins, listening, tokens
from app.engine.spiff.failures import Failure
from app.engine.spiff.library import TaskState
from app.engine.spiff.model import Flow
from app.engine.spiff.specs.elements import NO_FLOW, ElementSpec
from app.engine.spiff.specs.processes import runs
from app.engine.spiff.tokens import Token

if TYPE_CHECKING:
    from app.engine.spiff.course import Course


@runs("exclusiveGateway")
class ExclusiveSpec(ElementSpec):
    """One flow: the first, in the order of the file, whose condition holds; else the default."""

    def outgoing(self, token: Token, course: Course) -> list[Flow]:
        flows = self.node.outgoing
        if len(flows) == 1 and flows[0].condition is None:
            return flows
        for flow in flows:
            if flow.id == self.node.default:
                continue
            if flow.condition is None or course.holds(flow.condition, token):
                return [flow]
        chosen = [flow for flow in flows if flow.id == self.node.default]
        if flows and not chosen:
            raise Failure("no-flow", NO_FLOW)
        return chosen


@runs("parallelGateway")
class ParallelSpec(ElementSpec):
    """Waits for one token from each incoming flow, then goes on by every outgoing flow."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.node.incoming) < 2 or joins.arrive_parallel(my_task.workflow, my_task):
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.note("arrived", my_task)
        return False

    def outgoing(self, _token: Token, _course: Course) -> list[Flow]:
        return self.node.outgoing


@runs("inclusiveGateway")
class InclusiveSpec(ElementSpec):
    """Waits while a token can still reach it, then goes on by every flow whose condition holds, else by the default."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.node.incoming) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.note("arrived", my_task)
        joins.arrive_inclusive(my_task.workflow, my_task)
        return False


@runs("eventBasedGateway")
class EventGatewaySpec(ElementSpec):
    """Listens for everything behind it; the first that happens decides."""

    def work(self, token: Token, course: Course) -> bool:
        listening.open_arms(course, token)
        return "chosen" in token.info

    def choose(self, token: Token, _course: Course) -> bool | None:
        flow = next(flow for flow in self.node.outgoing if flow.target == token.info["chosen"])
        token.info["taken"] = flow.id
        return True

    def completed(self, token: Token, course: Course) -> None:
        super().completed(token, course)
        flow = self.process_spec.process.flows[token.info["taken"]]
        course.note("taken", token, flow=flow.id)
        spec = self.process_spec.elements[flow.target]
        caught = course.create(spec, token.home, flow=flow.id, phase=tokens.LEAVE, result=token.info["payload"])
        course.note("entered", caught)
