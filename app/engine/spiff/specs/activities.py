"""Tasks and call activities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from app import feel
from app.engine.spiff import listening, scopes, timing, tokens
from app.engine.spiff.environment import OperationCall
from app.engine.spiff.failures import Abort, BpmnError, Failure
from app.engine.spiff.model import Bundle, Node
from app.engine.spiff.scopes import Scope
from app.engine.spiff.sources import Source
from app.engine.spiff.specs.elements import ElementSpec
from app.engine.spiff.specs.processes import runs, spec_of
from app.engine.spiff.tokens import Token
from app.engine.spiff.values import LONGEST_GROUP, LONGEST_PERSON, plain
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.course import Course


NO_PRIORITY = Text(
    "the priority must be a whole number between -%(limit)s and %(limit)s, not %(value)s",
    "优先级必须是 -%(limit)s 至 %(limit)s 之间的整数，而不是 %(value)s",
)
TOO_LONG = Text(
    "the name of an assignee or candidate has more than %(limit)s characters: %(name)s…",
    "办理人或候选人、候选组的名称超过 %(limit)s 个字符：%(name)s…",
)
NO_CANDIDATES = Text(
    "candidates must be text or a list, not %(value)s", "候选人或候选组必须是文本或列表，而不是 %(value)s"
)
NO_YEAR = Text("%(value)s is beyond the years of the calendar", "%(value)s 超出日历的年份范围")
NO_INSTANT = Text("%(value)s is no date and time", "%(value)s 不是日期时间")
NO_TYPE = Text("the type of the operation is no text: %(source)s", "操作类型不是文本：%(source)s")
NO_RETRIES = Text("retries must be a whole number, not %(value)s", "重试次数必须是整数，而不是 %(value)s")
NO_RESULTS = Text("%(source)s returned a %(kind)s, not variables", "%(source)s 返回的是 %(kind)s，而不是变量")
NO_DECISION = Text("the id of the decision is no text: %(source)s", "决策 ID 不是文本：%(source)s")
NO_CALLED = Text("the id of the called process is no text: %(source)s", "被调用流程的 ID 不是文本：%(source)s")
NO_PROCESS = Text(
    "there is no process “%(process)s”: deploy its diagram, then try again",
    "没有流程“%(process)s”：请部署该流程图后重试",
)
NOT_CALLED_HERE = Text(
    "“%(process)s” is none of the processes that may be called here (%(known)s): correct the data of the case, or name it in"
    " the property calls of a new version and move the case there",
    "“%(process)s”不属于此处可调用的流程（%(known)s）：请更正流程数据，或在新版本的属性 calls 中列出并迁移本流程",
)
NO_START = Text(
    "the process “%(process)s” has no plain start event, so it cannot be called",
    "流程“%(process)s”没有无触发的开始事件，不能被调用",
)
TOO_DEEP = Text(
    "processes call each other more than %(limit)s deep; is this a loop?",
    "流程相互调用超过 %(limit)s 层，是否存在循环调用？",
)
FAILED = Text("It failed: %(what)s", "执行失败：%(what)s")


@runs("task")
class TaskSpecOf(ElementSpec):
    """An undefined task passes at once."""


MAX_PRIORITY = 1_000_000_000


@runs("userTask", "manualTask")
class UserSpec(ElementSpec):
    """Waits until somebody has done it."""

    def work(self, token: Token, course: Course) -> bool:
        kind = "user" if self.node.kind == "userTask" else "manual"
        token.info["task"] = {"kind": kind, **self._assignment(token, course), **self._schedule(token, course)}
        course.note("opened", token)
        return False

    def changed(self, token: Token, course: Course, before: Node) -> dict[str, Any]:
        """What this diagram says differently of an open task than the one in which it was opened."""
        changed: dict[str, Any] = {}
        if _texts(before, "assignee", "candidate_groups", "candidate_users", "lane") != _texts(
            self.node, "assignee", "candidate_groups", "candidate_users", "lane"
        ):
            changed |= self._assignment(token, course)
        if _texts(before, "due", "follow_up", "priority") != _texts(self.node, "due", "follow_up", "priority"):
            changed |= self._schedule(token, course)
        return changed

    def _assignment(self, token: Token, course: Course) -> dict[str, Any]:
        node = self.node
        assignee = _text_of(node.assignee, token, course)
        groups = _texts_of(node.candidate_groups, token, course)
        users = _texts_of(node.candidate_users, token, course)
        if not groups and not users and not assignee and node.lane:
            groups = [node.lane]
        for name in groups:
            _limit(name, LONGEST_GROUP)
        for name in (*users, assignee or ""):
            _limit(name, LONGEST_PERSON)
        return {"assignee": assignee, "groups": groups, "users": users}

    def _schedule(self, token: Token, course: Course) -> dict[str, Any]:
        node = self.node
        priority = course.evaluate(node.priority, token) if node.priority else None
        number = plain(int(priority) if isinstance(priority, str) and priority.isdigit() else priority)
        if number is not None and not (hasattr(number, "is_finite") and number == int(number)):
            raise Failure("task", NO_PRIORITY.filled(value=feel.to_text(number), limit=MAX_PRIORITY))
        if number is not None and abs(number) > MAX_PRIORITY:
            raise Failure("task", NO_PRIORITY.filled(value=feel.to_text(number), limit=MAX_PRIORITY))
        return {
            "due": _instant_of(node.due, token, course),
            "follow_up": _instant_of(node.follow_up, token, course),
            "priority": number,
        }


def _limit(name: str, longest: int) -> None:
    if len(name) > longest:
        raise Failure("task", TOO_LONG.filled(limit=longest, name=name[:40]))


def _texts(node: Node, *names: str) -> list[str | None]:
    found = [getattr(node, name) for name in names]
    return [value.text if isinstance(value, Source) else value for value in found]


def _text_of(source: Source | None, token: Token, course: Course) -> str | None:
    value = course.evaluate(source, token) if source is not None else None
    if value is None or isinstance(value, str):
        return value or None
    return feel.to_text(plain(value))


def _texts_of(source: Source | None, token: Token, course: Course) -> list[str]:
    value = course.evaluate(source, token) if source is not None else None
    if isinstance(value, str):
        value = value.split(",")
    if value is None:
        return []
    if not isinstance(value, list):
        raise Failure("task", NO_CANDIDATES.filled(value=feel.to_text(plain(value))))
    found = [item.strip() if isinstance(item, str) else feel.to_text(plain(item)) for item in value if item is not None]
    return [item for item in found if item]


def _instant_of(source: Source | None, token: Token, course: Course) -> datetime | None:
    value = course.evaluate(source, token) if source is not None else None
    zone = course.environment.zone
    if isinstance(value, str):
        value = timing.parse_instant(value.strip()) or feel.parse_date(value.strip()) or value
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
        if isinstance(value, date):
            return datetime.combine(value, time.max.replace(microsecond=0), tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        raise Failure("task", NO_YEAR.filled(value=feel.to_text(value))) from None
    raise Failure("task", NO_INSTANT.filled(value=feel.to_text(plain(value))))


@runs("receiveTask")
class ReceiveSpec(ElementSpec):
    """Waits for a message, or for an operator who says that it has come."""

    def work(self, token: Token, course: Course) -> bool:
        token.info["task"] = {"kind": "receive"}
        listening.begin(course, token)
        token.hold()  # open like any task: an operator may say that the message has come
        return False

    def accept(self, token: Token, course: Course, values: Mapping[str, Any]) -> None:
        listening.forget(course, token)
        super().accept(token, course, values)


@runs("serviceTask", "sendTask")
class OperationSpec(ElementSpec):
    """Calls a registered operation."""

    def work(self, token: Token, course: Course) -> bool:
        token.result = call_operation(token, course)
        return True


def call_operation(token: Token, course: Course) -> dict[str, Any]:
    """Call the operation that an element names, as often as its retries allow.

    :raises Failure: a technical failure, after its retries
    :raises BpmnError: a business error
    """
    node = token.node
    assert node.operation is not None
    kind = course.evaluate(node.operation, token)
    if not isinstance(kind, str) or not kind:
        raise Failure("operation", NO_TYPE.filled(source=node.operation.text))
    view = course.view(token.scope)
    inputs: Mapping[str, Any] = view
    if node.inputs:
        declared = course.scopes[token.scope].variables
        inputs = {name: declared[name] for name in {mapping.target.partition(".")[0]: None for mapping in node.inputs}}
    attempts = _attempts(token, course)
    for attempt in range(1, attempts + 1):
        request = OperationCall(kind, inputs, node.headers, token.id, node.id, course.process_of(token), view, attempt)
        try:
            returned = course.environment.call(request)
        except (Abort, DBAPIError, BpmnError, Failure):
            raise
        except Exception as wrong:
            if attempt == attempts:
                raise Failure("operation", _said(wrong)) from wrong
            continue
        return returned_values(returned, kind)
    raise AssertionError("an operation is called at least once")


def _attempts(token: Token, course: Course) -> int:
    retries = token.node.retries
    if retries is None or not course.environment.automatic_retries:
        return 1
    value = course.evaluate(retries, token)
    try:
        return max(1, min(int(value), 10))
    except (TypeError, ValueError):
        raise Failure("operation", NO_RETRIES.filled(value=feel.to_text(plain(value)))) from None


def _said(wrong: Exception) -> Text:
    """A failure in words: its own where it has them in both languages, else what it is and says."""
    said = getattr(wrong, "sentence", None)
    if isinstance(said, Text):
        return said
    what = f"{type(wrong).__name__}: {wrong}"[:2000].replace("\0", "")
    return FAILED.filled(what=what)


def returned_values(returned: Mapping[str, Any] | None, source: str) -> dict[str, Any]:
    """What an operation returned, as variables."""
    if returned is None:
        return {}
    if not isinstance(returned, Mapping):
        raise Failure("operation", NO_RESULTS.filled(source=source, kind=type(returned).__name__))
    copied: dict[str, Any] = plain(returned)
    return copied


@runs("scriptTask")
class ScriptSpec(ElementSpec):
    """Works out one FEEL expression."""

    def work(self, token: Token, course: Course) -> bool:
        node = self.node
        assert node.script is not None
        assert node.result_variable is not None
        token.result = {node.result_variable: plain(course.evaluate(node.script, token))}
        return True


@runs("businessRuleTask")
class DecisionSpec(ElementSpec):
    """Asks a deployed decision."""

    def work(self, token: Token, course: Course) -> bool:
        node = self.node
        assert node.decision_id is not None
        assert node.result_variable is not None
        decision = course.evaluate(node.decision_id, token)
        if not isinstance(decision, str) or not decision:
            raise Failure("decision", NO_DECISION.filled(source=node.decision_id.text))
        try:
            outcome = course.environment.decide(decision, course.view(token.scope))
        except (Abort, DBAPIError, Failure):
            raise
        except Exception as wrong:
            raise Failure("decision", _said(wrong)) from wrong
        token.result = {node.result_variable: plain(outcome.value)}
        course.note("decision", token, decision=decision, value=token.result[node.result_variable], fired=outcome.fired)
        return True


MAX_CALLS = 50
"""So deep may processes call each other. What is open in all of them is ended one inside the other."""


def _call_depth(token: Token, course: Course) -> int:
    depth, at = 0, course.token(token.id)
    while at is not None:
        scope = course.scopes[at.home]
        depth += scope.kind == scopes.CALL
        at = course.token(scope.owner) if scope.owner is not None else None
    return depth


@runs("callActivity")
class CallSpec(ElementSpec):
    """Calls a process: an instance of its own with its own root scope, inside the same course."""

    def work(self, token: Token, course: Course) -> bool:
        if _call_depth(token, course) >= MAX_CALLS:
            raise Failure("call", TOO_DEEP.filled(limit=MAX_CALLS))
        spec = self._called(token, course)
        start = spec.process.body.none_start
        if start is None:
            raise Failure("call", NO_START.filled(process=spec.process.id))
        if self.node.inputs:
            own = course.scopes[token.scope].variables
            received = {mapping.target.partition(".")[0]: None for mapping in self.node.inputs}
            variables = {name: own[name] for name in received}
        else:
            variables = course.view(token.scope).kept()
        variables = plain(dict(course.environment.started_with(spec.bundle, spec.process.id, variables)))
        root = course.open_scope(scopes.CALL, None, token, spec.qualified, spec.process.id)
        root.variables = variables
        root.given = set(variables)
        course.note("called", token, process=spec.process.id)
        course.create(spec.elements[start.id], root.id)
        listening.open_starts(course, root)
        return False

    def _called(self, token: Token, course: Course) -> Any:
        assert self.node.called is not None
        name = course.evaluate(self.node.called, token)
        if not isinstance(name, str) or not name:
            raise Failure("call", NO_CALLED.filled(source=self.node.called.text))
        if self.node.may_call and name not in self.node.may_call:
            raise Failure("call", NOT_CALLED_HERE.filled(process=name, known=", ".join(self.node.may_call)))
        own: Bundle = self.process_spec.bundle
        bundle = course.environment.called_process(name, self.node.binding) or own
        if self.node.binding == "deployment" and name in own.processes:
            bundle = own
        if name not in bundle.processes:
            raise Failure("call", NO_PROCESS.filled(process=name))
        foreign = bundle.key != course.bundle.key
        spec = spec_of(bundle, name, f"{bundle.key}:{name}" if foreign else None)
        course.specs.setdefault(spec.qualified, spec)
        return spec

    def body_done(self, token: Token, scope: Scope, course: Course) -> None:
        """The called process has ended; what it wrote comes back. Outputs may read all that it had."""
        returned = dict(scope.variables)
        if not self.node.outputs:
            written = self.node.propagate_all
            returned = {name: value for name, value in returned.items() if written and name not in scope.given}
        course.scopes.pop(scope.id)
        token.bodies.remove(scope.id)
        course.wake(token, tokens.LEAVE, returned)
