"""Multi-instance and standard loops: one token for the whole, one for each repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import feel
from app.engine.spiff import propagation, scopes, tokens
from app.engine.spiff.environment import MOST_TOKENS
from app.engine.spiff.failures import Failure
from app.engine.spiff.scopes import Scope
from app.engine.spiff.specs.elements import ElementSpec
from app.engine.spiff.specs.processes import LOOP, MULTI_INSTANCE, runs
from app.engine.spiff.tokens import Token
from app.engine.spiff.values import plain
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course


NO_LIST = Text("%(source)s gives %(given)s, which is no list", "%(source)s 的值为 %(given)s，不是列表")
TOO_MANY = Text(
    "%(number)s parallel instances are too many: a case may have %(limit)s tokens at once; let them come one after the other, or in portions",
    "并行实例数 %(number)s 过多：一个流程同时最多可有 %(limit)s 个令牌；请改为顺序执行或分批进行",
)


class _RepeatingSpec(ElementSpec):
    """The whole of a repeated activity: it has the boundary events and the flows, each repetition the mappings."""

    def enter(self, token: Token, course: Course) -> None:
        course.note("entered", token, whole=True)

    def completed(self, token: Token, course: Course) -> None:
        course.note("completed", token, whole=True)
        propagation.remember(course, token)

    def body_done(self, token: Token, scope: Scope, course: Course) -> None:
        """The last repetition has said so itself."""

    def _open(self, token: Token, course: Course) -> Scope:
        kind = scopes.MULTI
        body = course.open_scope(kind, token.scope, token, self.process_spec.qualified, self.node.id)
        token.info["body"] = body.id
        return body

    def _repeat(self, token: Token, body: Scope, course: Course, index: int, variables: dict[str, Any]) -> None:
        qualified = self.process_spec.qualified
        item = course.open_scope(scopes.ELEMENT, body.id, token, qualified, self.node.id)
        item.variables = variables
        item.own = {"loopCounter": plain(index + 1)}
        course.create(self.process_spec.inner[self.node.id], body.id, scope=item.id, index=index)

    def _finish(self, token: Token, course: Course) -> None:
        body = course.scopes[token.info["body"]]
        token.records = body.records
        course.wake(token, tokens.LEAVE, {})


@runs(MULTI_INSTANCE)
class MultiSpec(_RepeatingSpec):
    """Multi-instance. The whole's result is the collection of outputs, in input order.

    Its body holds the counters and the outputs so far, readable by every expression within. Each instance has its element,
    and null where its output will stand, as variables of its own.
    """

    def work(self, token: Token, course: Course) -> bool:
        multi = self.node.multi
        assert multi is not None
        items = course.evaluate(multi.collection, token)
        if not isinstance(items, list):
            given = feel.to_text(plain(items))
            raise Failure("collection", NO_LIST.filled(source=multi.collection.text, given=given))
        if not multi.sequential and len(course.tasks) + len(items) > MOST_TOKENS:
            raise Failure("collection", TOO_MANY.filled(number=len(items), limit=MOST_TOKENS))
        items = plain(items)
        if not items:
            return True
        body = self._open(token, course)
        token.info["items"] = items if multi.sequential else None
        counts = {"numberOfInstances": len(items), "numberOfCompletedInstances": 0, "numberOfTerminatedInstances": 0}
        body.own = plain({**counts, "numberOfActiveInstances": 1 if multi.sequential else len(items)})
        if multi.output_collection:
            body.own[multi.output_collection] = [None] * len(items)
        for index in range(1 if multi.sequential else len(items)):
            self._item(token, body, course, index, items[index])
        return False

    def _item(self, token: Token, body: Scope, course: Course, index: int, value: Any) -> None:
        multi = self.node.multi
        assert multi is not None
        variables: dict[str, Any] = {multi.local_output: None} if multi.local_output is not None else {}
        if multi.input_element:
            variables[multi.input_element] = value
        self._repeat(token, body, course, index, variables)

    def instance_done(self, token: Token, course: Course) -> bool | None:
        """Collect one repetition's output, count it, and see whether the whole is done."""
        multi, body = self.node.multi, course.scopes[token.home]
        assert multi is not None
        assert token.index is not None
        if multi.output_element is not None and multi.output_collection is not None:
            value = plain(course.evaluate(multi.output_element, token, token.result))
            body.own[multi.output_collection][token.index] = value
            course.conditions.touch(multi.output_collection)
        self._count(token, body, course)
        finished = multi.completion is not None and course.holds(multi.completion, token, token.result)
        if finished or _settled(body):
            token.info["last"] = True
        return True

    def _count(self, token: Token, body: Scope, course: Course) -> None:
        """Count a completed repetition, once even when its completion condition has to be retried."""
        if token.info.get("counted"):
            return
        token.info["counted"] = True
        done = int(body.own["numberOfCompletedInstances"]) + 1
        total = int(body.own["numberOfInstances"]) - int(body.own["numberOfTerminatedInstances"])
        sequential = token.node.multi is not None and token.node.multi.sequential
        active = (1 if done < total else 0) if sequential else int(body.own["numberOfActiveInstances"]) - 1
        course.count(body, numberOfCompletedInstances=done, numberOfActiveInstances=active)

    def after_instance(self, token: Token, course: Course) -> None:
        """One repetition is completed: the next one, or the end of the whole."""
        body = course.scopes[token.home]
        whole = course.token(body.owner or "")
        assert whole is not None
        assert token.index is not None
        if token.info.get("last"):
            course.end_scope(body, token)
            self._finish(whole, course)
        elif whole.info.get("items") is not None:
            following = token.index + 1
            self._item(whole, body, course, following, whole.info["items"][following])

    def go_on(self, token: Token, course: Course) -> None:
        """An item was taken away: the next one of a sequence, or the end when it was the last."""
        body = course.scopes[token.info["body"]]
        items = token.info.get("items")
        if _settled(body):
            self._finish(token, course)
        elif items is not None:
            following = int(body.own["numberOfCompletedInstances"] + body.own["numberOfTerminatedInstances"])
            course.count(body, numberOfActiveInstances=1)
            self._item(token, body, course, following, items[following])

    def give_outputs(self, token: Token, course: Course) -> None:
        assert self.node.multi is not None
        collection = self.node.multi.output_collection
        if collection:
            outputs = course.scopes[token.info["body"]].own[collection] if "body" in token.info else []
            course.scopes.assign(token.scope, collection, outputs)


def _settled(body: Scope) -> bool:
    """Whether every item is either completed or was taken away."""
    gone = body.own["numberOfCompletedInstances"] + body.own["numberOfTerminatedInstances"]
    return bool(gone >= body.own["numberOfInstances"])


@runs(LOOP)
class LoopSpec(_RepeatingSpec):
    """Standard loop: repeats while its condition holds, at most so often; the condition is asked before or after each turn."""

    def work(self, token: Token, course: Course) -> bool:
        loop = self.node.loop
        assert loop is not None
        if "body" not in token.info:
            body = self._open(token, course)
            body.own["loopCounter"] = plain(1)
        body = course.scopes[token.info["body"]]
        if loop.maximum == 0 or (loop.test_before and not self._goes_on(body, course)):
            token.bodies.remove(body.id)
            course.scopes.pop(body.id)
            return True
        self._turn(token, body, course)
        return False

    def _turn(self, token: Token, body: Scope, course: Course) -> None:
        self._repeat(token, body, course, int(body.own["loopCounter"]) - 1, {})

    def _goes_on(self, body: Scope, course: Course) -> bool:
        loop = self.node.loop
        assert loop is not None
        if loop.condition is None:
            return True
        value = loop.condition.evaluate(course.view(body.id), course.environment.now())
        return value is True

    def instance_done(self, token: Token, course: Course) -> bool | None:
        """One turn is done: ask whether there is another."""
        loop, body = self.node.loop, course.scopes[token.home]
        whole = course.token(body.owner or "")
        assert loop is not None
        assert whole is not None
        assert token.index is not None
        done = token.index + 1
        more = (loop.maximum is None or done < loop.maximum) and self._goes_on(body, course)
        token.info["last"] = not more
        return True

    def after_instance(self, token: Token, course: Course) -> None:
        """One turn is completed: another, or the end."""
        body = course.scopes[token.home]
        whole = course.token(body.owner or "")
        assert whole is not None
        assert token.index is not None
        if token.info["last"]:
            self._finish(whole, course)
            return
        course.count(body, loopCounter=token.index + 2)
        self._turn(whole, body, course)

    def give_outputs(self, token: Token, course: Course) -> None:
        """Each turn has given its own."""
