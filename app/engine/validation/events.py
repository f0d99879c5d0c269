"""Events: which kind may stand where, and what each needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from app.engine.findings import Findings, error
from app.engine.spiff import words
from app.engine.spiff.model import Node, Process
from app.foundation.text import Text

START = frozenset({"none", "message", "timer", "signal"})
EVENT_START = frozenset({"message", "timer", "signal", "conditional", "error", "escalation"})
BY_KIND = {
    "intermediateCatchEvent": frozenset({"message", "timer", "signal", "link", "conditional"}),
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "link", "compensation"}),
    "endEvent": frozenset(
        {"none", "message", "signal", "error", "escalation", "terminate", "compensation", "cancel"}
    ),
    "boundaryEvent": frozenset(
        {"message", "timer", "signal", "error", "escalation", "conditional", "compensation", "cancel"}
    ),
}  # fmt: skip

NO_DEFINITION = error(
    "event-without-definition",
    Text("%(place)s catches nothing: it has no event definition", "%(place)s没有事件定义，捕获不到任何事件"),
    Text("choose what it waits for", "请选择其等待的事件类型"),
)
KIND_ELSEWHERE = error(
    "event-kind-not-here",
    Text("%(place)s cannot be a %(kind)s event here", "此处的%(place)s不能是%(kind)s事件"),
    Text("use one of: %(allowed)s", "可用类型：%(allowed)s"),
)
NO_MESSAGE = error(
    "message-missing",
    Text("it waits for a message and refers to none", "等待消息但未引用任何消息"),
    Text("choose a message", "请选择消息"),
)
NO_CORRELATION_KEY = error(
    "correlation-key-missing",
    Text(
        "the message “%(message)s” has no correlation key, so it cannot be told whose it is",
        "消息“%(message)s”没有关联键，无法判定归属",
    ),
    Text(
        "give the message a zeebe:subscription with a correlationKey",
        "请为消息设置 zeebe:subscription 的 correlationKey",
    ),
)
NOTHING_SENT = error(
    "message-throw-empty",
    Text(
        "it sends a message, but has neither a message nor a zeebe:taskDefinition",
        "发送消息，但既无消息也无 zeebe:taskDefinition",
    ),
    Text("choose a message, or the operation that sends it", "请选择消息，或发送消息的操作"),
)
NO_SIGNAL = error(
    "signal-missing",
    Text("the signal event refers to no signal", "信号事件未引用信号"),
    Text("choose a signal", "请选择信号"),
)
NO_CODE = error(
    "code-missing",
    Text("it throws an %(kind)s and refers to none", "抛出%(kind)s但未引用"),
    Text("choose one with a code", "请选择带代码的引用"),
)
CATCH_CODE_WORKED_OUT = error(
    "code-expression-in-catch",
    Text("the code it catches is an expression, which would never match", "其捕获的代码是表达式，永远不会匹配"),
    Text("write the code itself, or none to catch every %(kind)s", "请直接填写代码，或留空以捕获所有%(kind)s"),
)
NO_CONDITION = error(
    "condition-missing",
    Text("the conditional event has no condition", "条件事件没有条件"),
    Text("give it one in FEEL", "请用 FEEL 填写条件"),
)
START_FORM_ELSEWHERE = error(
    "start-form-elsewhere",
    Text(
        "it has a form, but nobody starts anything here by hand",
        "设置了表单，但此处不由人员发起",
    ),
    Text(
        "remove the form, or give it to the process's own plain start event",
        "请移除表单，或将其设置在流程自身的空白开始事件上",
    ),
)
NO_TIMER = error(
    "timer-missing",
    Text("the timer has no value", "定时器没有值"),
    Text("give it a date, a duration or a cycle", "请填写日期、时长或周期"),
)
START_NAME_WORKED_OUT = error(
    "start-name-expression",
    Text(
        "the name of the %(kind)s that starts the process is an expression, but nothing is there yet to work it out from",
        "启动流程的%(kind)s名称是表达式，而此时没有可供计算的变量",
    ),
    Text("write the name itself", "请直接填写名称"),
)
SAME_START = error(
    "start-twice",
    Text("another start event of the process waits for the same %(kind)s", "流程中另一开始事件等待同一%(kind)s"),
    Text(
        "leave one of them, followed by a parallel gateway if both ways are meant",
        "请只保留一个；若需两条路径，请在其后使用并行网关",
    ),
)
NO_LINK_NAME = error(
    "link-without-name",
    Text("the link event has no name", "链接事件没有名称"),
    Text("give the link definition the name that throw and catch share", "请为链接定义填写抛出与捕获共用的名称"),
)
LINK_WITHOUT_CATCH = error(
    "link-without-catch",
    Text("no link catch event of the name “%(link)s” stands beside it", "同一范围内没有名为“%(link)s”的链接捕获事件"),
    Text("draw one in the same process or sub-process", "请在同一流程或子流程中画出"),
)
TWO_LINK_CATCHES = error(
    "link-caught-twice",
    Text("two link catch events have the name “%(link)s”", "有两个链接捕获事件同名“%(link)s”"),
    Text("keep one", "请只保留一个"),
)
LINK_WITH_FLOW = error(
    "link-with-flow",
    Text("a link %(what)s has %(flow)s flow", "链接%(what)s事件带有%(flow)s的顺序流"),
    Text("remove the flow: the link takes its place", "请删除该顺序流，链接即代替它"),
)


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every event of a process, and receive tasks, which wait like events."""
    for node in process:
        if node.kind == "startEvent" and node.form_id is not None and node is not process.body.none_start:
            findings.about(START_FORM_ELSEWHERE, node.file, node)
        if node.kind in words.ELEMENTS and node.kind.endswith("Event"):
            if _placed(node, process, findings):
                _CHECKS.get(node.event.kind, _nothing)(node, process, findings)
        elif node.kind == "receiveTask":
            _message(node, process, findings)
    _starts(process, findings)


def _nothing(node: Node, process: Process, findings: Findings) -> None:
    """Plain, cancel and terminate events need nothing of their own."""


def _placed(node: Node, process: Process, findings: Findings) -> bool:
    """Whether an event of this kind may stand where it does."""
    allowed = BY_KIND.get(node.kind) or _allowed_start(node, process)
    if node.event.kind in allowed:
        return True
    place = words.ELEMENTS[node.kind]
    if node.event.kind == "none" and node.kind != "startEvent":
        findings.about(NO_DEFINITION, node.file, node, place=place)
    elif node.event.kind != "none" or node.kind != "startEvent":
        findings.about(
            KIND_ELSEWHERE, node.file, node, place=place, kind=words.EVENTS[node.event.kind], allowed=_listed(allowed)
        )
    return False


def _allowed_start(node: Node, process: Process) -> frozenset[str]:
    if node.container == process.id:
        return START
    return EVENT_START if process.nodes[node.container].kind == "eventSubProcess" else frozenset({"none"})


def _listed(kinds: frozenset[str]) -> Text:
    chosen = [words.EVENTS[kind] for kind in words.EVENTS if kind in kinds]
    return Text(", ".join(text.en for text in chosen), "、".join(text.zh for text in chosen))


def _throws(node: Node) -> bool:
    return node.kind in ("intermediateThrowEvent", "endEvent")


def _message(node: Node, process: Process, findings: Findings) -> None:
    message = node.awaited
    if _throws(node):
        if message is None and node.operation is None:
            findings.about(NOTHING_SENT, node.file, node)
        return
    if message is None:
        findings.about(NO_MESSAGE, node.file, node)
    elif message.correlation_key is None and not (node.kind == "startEvent" and node.container == process.id):
        findings.about(NO_CORRELATION_KEY, node.file, node, message=message.name.text)


def _signal(node: Node, _process: Process, findings: Findings) -> None:
    if node.event.signal is None:
        findings.about(NO_SIGNAL, node.file, node)


def _coded(node: Node, _process: Process, findings: Findings) -> None:
    code, kind = node.event.code, words.EVENTS[node.event.kind]
    if code is None and _throws(node):
        findings.about(NO_CODE, node.file, node, kind=kind)
    elif code is not None and code.is_expression and not _throws(node):
        findings.about(CATCH_CODE_WORKED_OUT, node.file, node, kind=kind)


def _conditional(node: Node, _process: Process, findings: Findings) -> None:
    if node.event.condition is None:
        findings.about(NO_CONDITION, node.file, node)


def _timer(node: Node, _process: Process, findings: Findings) -> None:
    if node.event.timer is None:
        findings.about(NO_TIMER, node.file, node)


def _link(node: Node, process: Process, findings: Findings) -> None:
    name, catches = node.event.link, node.kind == "intermediateCatchEvent"
    if node.outgoing if not catches else node.incoming:
        what, flow = (
            (Text("catch", "捕获"), Text("an incoming", "流入"))
            if catches
            else (Text("throw", "抛出"), Text("an outgoing", "流出"))
        )
        findings.about(LINK_WITH_FLOW, node.file, node, what=what, flow=flow)
    if name is None:
        findings.about(NO_LINK_NAME, node.file, node)
        return
    body = process.body_of(node.container)
    if not catches and name not in body.links:
        findings.about(LINK_WITHOUT_CATCH, node.file, node, link=name)
    if catches and body.links[name] is not node:
        findings.about(TWO_LINK_CATCHES, node.file, node, link=name)


_CHECKS = {
    "message": _message,
    "signal": _signal,
    "error": _coded,
    "escalation": _coded,
    "conditional": _conditional,
    "timer": _timer,
    "link": _link,
}


def _starts(process: Process, findings: Findings) -> None:
    """Start events of the process itself: they wait under a fixed name, and each for something of its own."""
    taken: Counter[tuple[str, str]] = Counter()
    for node in process.body.starts:
        source = node.event.message.name if node.event.message else node.event.signal
        if source is None:
            continue
        kind = words.EVENTS[node.event.kind]
        if source.is_expression:
            findings.about(START_NAME_WORKED_OUT, node.file, node, kind=kind)
        taken[node.event.kind, source.text] += 1
        if taken[node.event.kind, source.text] > 1:
            findings.about(SAME_START, node.file, node, kind=kind)
