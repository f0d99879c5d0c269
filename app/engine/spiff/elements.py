"""One flow node of a diagram: its kind, its event definition, its markers and its extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.findings import Kind, error
from app.engine.spiff import extensions, xml
from app.engine.spiff.examining import READ_PAST
from app.engine.spiff.model import NONE, EventDefinition, Loop, Message, Multi, Node, TimerValue
from app.engine.spiff.sources import Source
from app.engine.spiff.vocabulary import EVENT_DEFINITIONS, TIMER_VALUES
from app.engine.spiff.xml import Element
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.reading import Reader

SECOND_DEFINITION = error(
    "second-event-definition",
    Text("the event has a second event definition", "事件有第二个事件定义"),
    Text("draw an event for each", "请为每个定义各画一个事件"),
)
VALUE_NOT_EXECUTED = error(
    "value-not-executed",
    Text('%(name)s="%(value)s" is not executed here', '此处不执行 %(name)s="%(value)s"'),
    Text("%(instead)s", "%(instead)s"),
)
UNKNOWN_REFERENCE = error(
    "reference-unknown",
    Text("it refers to the %(what)s “%(ref)s”, which does not exist", "其引用的%(what)s“%(ref)s”不存在"),
    Text("choose another, or define it in the file", "请另行选择，或在文件中定义"),
)
REFERRED_WITHOUT = error(
    "reference-without-value",
    Text("the %(what)s “%(ref)s” has no %(part)s", "%(what)s“%(ref)s”没有%(part)s"),
    Text("add one", "请填写"),
)
SEVERAL_TIMER_VALUES = error(
    "timer-several-values",
    Text("the timer has several values", "定时器有多个值"),
    Text("keep one", "请只保留一个"),
)
LINK_ELSEWHERE = error(
    "link-reference",
    Text(
        "the link definition refers to “%(ref)s”, which is no link definition of the same name",
        "链接定义引用的“%(ref)s”不是同名的链接定义",
    ),
    Text("remove the reference: links are joined by their names", "请删除该引用：链接按名称对应"),
)
NO_COLLECTION = error(
    "collection-missing",
    Text("the multi-instance has no inputCollection", "多实例没有 inputCollection"),
    Text("give it the list it goes over", "请填写其遍历的列表"),
)
HALF_OUTPUT = error(
    "output-collection-half",
    Text("only one of outputCollection and outputElement is given", "outputCollection 与 outputElement 只填写了其一"),
    Text("give both or neither", "请同时填写或都不填写"),
)
TWO_LOOPS = error(
    "two-repetitions",
    Text("it is a multi-instance and a loop at once", "同时设置了多实例与循环"),
    Text("leave one, or put one into a sub-process", "请只保留一个，或将其一放入子流程"),
)
EVENT_BODY_REPEATED = error(
    "event-sub-process-repeated",
    Text("an event sub-process cannot be repeated", "事件子流程不能重复执行"),
    Text("put the repetition inside it", "请将重复标记放在其内部"),
)
ENDLESS_LOOP = error(
    "loop-endless",
    Text(
        "the loop has neither a condition nor a maximum, so it would never end",
        "循环既无条件也无最大次数，永远不会结束",
    ),
    Text("add one", "请填写其一"),
)
NOT_WHOLE = error(
    "number-not-whole",
    Text("%(name)s is no whole number: “%(value)s”", "%(name)s 不是整数：“%(value)s”"),
    Text("write digits", "请填写数字"),
)
OTHER_LANGUAGE = error(
    "language-not-feel",
    Text("it is written in %(language)s", "其语言为 %(language)s"),
    Text("write it in FEEL", "请改用 FEEL"),
)
OTHER_SCRIPT = error(
    "script-not-feel",
    Text("a script other than FEEL is not executed", "不执行 FEEL 以外的脚本"),
    Text("use zeebe:script with one FEEL expression", "请改用 zeebe:script 并填写一个 FEEL 表达式"),
)  # fmt: skip

_FIXED = (
    ("startQuantity", "1", Text("draw a multi-instance task", "请改用多实例任务")),
    ("completionQuantity", "1", Text("draw several flows, or a multi-instance task", "请改画多条顺序流，或改用多实例任务")),
    ("instantiate", "false", Text("draw a message start event", "请改用消息开始事件")),
    ("eventGatewayType", "Exclusive", Text("draw a parallel gateway and catching events", "请改用并行网关与捕获事件")),
    ("parallelMultiple", "false", Text("draw a parallel gateway and catching events", "请改用并行网关与捕获事件")),
    ("method", "##Compensate", Text("remove it: a transaction compensates", "请将其删除：事务子流程采用补偿方式")),
)  # fmt: skip
"""Attributes of which one value is executed."""

SIGNAL, ERROR, ESCALATION = Text("signal", "信号"), Text("error", "错误"), Text("escalation", "升级")
MESSAGE, NAME, CODE = Text("message", "消息"), Text("name", "名称"), Text("code", "代码")


def read(element: Element, reader: Reader, process_id: str, container: str) -> Node:
    """The node of a flow element."""
    kind = xml.local(element)
    if kind in ("subProcess", "transaction") and xml.flag(element, "triggeredByEvent", False):
        kind = "eventSubProcess"
    node = Node(
        id=element.get("id") or "",
        kind=kind,
        file=reader.file,
        line=xml.line(element),
        process_id=process_id,
        container=container,
        name=element.get("name") or None,
        default=element.get("default"),
        attached_to=xml.reference(element.get("attachedToRef")),
        for_compensation=xml.flag(element, "isForCompensation", False),
        documentation=xml.content(xml.child(element, "documentation")) or None,
    )
    _Details(element, node, reader).read()
    return node


def check_language(element: Element, reader: Reader) -> None:
    """An expression that says it is in another language than FEEL is refused."""
    language = element.get("language")
    if language and "feel" not in language.lower():
        reader.find(OTHER_LANGUAGE, element, language=language)


class _Details:
    """Fills a node from its element."""

    def __init__(self, element: Element, node: Node, reader: Reader) -> None:
        self.element = element
        self.node = node
        self.reader = reader

    def find(self, kind: Kind, /, **facts: object) -> None:
        self.reader.find(kind, self.element, **facts)

    def read(self) -> None:
        if self.node.kind.endswith("Event"):
            self._event()
        self._attributes()
        self._markers()
        extensions.read(self.element, self.node, self.reader)
        if self.node.kind == "receiveTask":
            self.node.message = self._message(self.element.get("messageRef"))
        if self.node.kind == "scriptTask":
            self._script()

    def _attributes(self) -> None:
        node, element = self.node, self.element
        for name, executed, instead in _FIXED:
            value = element.get(name, executed).strip()
            if (name, value) == ("startQuantity", "0"):  # fewer than BPMN's least, so it can't be meant
                self.find(READ_PAST, name='startQuantity="0"')
            elif value != executed and (executed, value) != ("false", "0"):
                self.find(VALUE_NOT_EXECUTED, name=name, value=value, instead=instead)
        implementation = element.get("implementation", "##unspecified")
        if not implementation.startswith("##"):
            instead = Text(
                "use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"
            )
            self.find(VALUE_NOT_EXECUTED, name="implementation", value=implementation, instead=instead)
        if node.kind == "sendTask" and element.get("messageRef"):  # its operation sends
            self.find(READ_PAST, name="messageRef")
        if node.kind == "boundaryEvent":
            node.interrupting = xml.flag(element, "cancelActivity", True)
        elif node.kind == "startEvent":
            node.interrupting = xml.flag(element, "isInterrupting", True)

    # -- events

    def _event(self) -> None:
        definitions = [
            child for child in self.element if xml.split(child)[0] == xml.BPMN and xml.local(child) in EVENT_DEFINITIONS
        ]
        if len(definitions) > 1:
            self.find(SECOND_DEFINITION)
        if definitions:
            self.node.event = self._definition(definitions[0])

    def _definition(self, element: Element) -> EventDefinition:
        kind = EVENT_DEFINITIONS[xml.local(element)]
        extensions.properties(element, self.reader)
        known = self.reader.globals
        match kind:
            case "message":
                return EventDefinition(kind, message=self._message(element.get("messageRef")))
            case "timer":
                return EventDefinition(kind, timer=self._timer(element))
            case "signal":
                return EventDefinition(
                    kind, signal=self._referred(element.get("signalRef"), known.signals, SIGNAL, NAME)
                )
            case "error":
                return EventDefinition(kind, code=self._referred(element.get("errorRef"), known.errors, ERROR, CODE))
            case "escalation":
                code = self._referred(element.get("escalationRef"), known.escalations, ESCALATION, CODE)
                return EventDefinition(kind, code=code)
            case "conditional":
                return EventDefinition(kind, condition=self._expression(element, "condition"))
            case "link":
                self._check_link(element)
                return EventDefinition(kind, link=(element.get("name") or "").strip() or None)
            case "compensation":
                waits = element.get("waitForCompletion", "true").strip()
                if waits not in ("true", "1"):
                    instead = Text(
                        "remove it: a compensation throw waits for the handlers", "请将其删除：补偿抛出会等待处理完成"
                    )
                    self.find(VALUE_NOT_EXECUTED, name="waitForCompletion", value=waits, instead=instead)
                return EventDefinition(kind, activity_ref=xml.reference(element.get("activityRef")))
        return NONE if kind not in ("cancel", "terminate") else EventDefinition(kind)

    def _message(self, reference: str | None) -> Message | None:
        ref = xml.reference(reference)
        if ref is None:
            return None
        message = self.reader.globals.messages.get(ref)
        if message is None:
            self.find(UNKNOWN_REFERENCE, what=MESSAGE, ref=ref)
            return Message(ref, Source(ref), Source(""))
        if not message.name.text:
            self.find(REFERRED_WITHOUT, what=MESSAGE, ref=ref, part=NAME)
        return message

    def _referred(
        self, reference: str | None, known: dict[str, Source | None], what: Text, part: Text
    ) -> Source | None:
        """What a reference leads to. An error or escalation without code may be caught, whatever its code, but not thrown."""
        ref = xml.reference(reference)
        if ref is None:
            return None
        if ref not in known:
            self.find(UNKNOWN_REFERENCE, what=what, ref=ref)
            return Source(ref)
        found = known[ref]
        if found is None and (what is SIGNAL or self.node.kind not in ("boundaryEvent", "startEvent")):
            self.find(REFERRED_WITHOUT, what=what, ref=ref, part=part)
            return Source(ref)
        return found

    def _timer(self, element: Element) -> TimerValue | None:
        found = [child for name in TIMER_VALUES for child in xml.children(element, name)]
        if len(found) > 1:
            self.find(SEVERAL_TIMER_VALUES)
        if not found or not xml.content(found[0]):
            return None
        check_language(found[0], self.reader)
        return TimerValue(xml.local(found[0]), Source(xml.content(found[0])))

    def _expression(self, element: Element, name: str) -> Source | None:
        found = xml.child(element, name)
        if found is None:
            return None
        check_language(found, self.reader)
        text = xml.content(found)
        return Source(text) if text else None

    def _check_link(self, element: Element) -> None:
        """The references of link definitions say what their names say; one that says something else is refused."""
        for name in ("source", "target"):
            for child in xml.children(element, name):
                ref = xml.reference(xml.content(child))
                found = [
                    link
                    for link in element.getroottree().iter(f"{{{xml.BPMN}}}linkEventDefinition")
                    if link.get("id") == ref and link.get("name") == element.get("name")
                ]
                if not found:
                    self.find(LINK_ELSEWHERE, ref=ref)

    # -- markers and scripts

    def _markers(self) -> None:
        multi = xml.child(self.element, "multiInstanceLoopCharacteristics")
        loop = xml.child(self.element, "standardLoopCharacteristics")
        if multi is not None and loop is not None:
            self.find(TWO_LOOPS)
        if multi is not None:
            self.node.multi = self._multi(multi)
        elif loop is not None:
            self.node.loop = self._loop(loop)
        if (multi is not None or loop is not None) and self.node.kind == "eventSubProcess":
            self.find(EVENT_BODY_REPEATED)

    def _multi(self, element: Element) -> Multi | None:
        behavior = element.get("behavior", "All")
        if behavior != "All":
            instead = Text("remove it: the whole goes on when all are done", "请将其删除：全部完成后才继续")
            self.find(VALUE_NOT_EXECUTED, name="behavior", value=behavior, instead=instead)
        extensions.properties(element, self.reader)
        values = extensions.only(element, "loopCharacteristics")
        collection = extensions.optional(values.get("inputCollection")) if values is not None else None
        if collection is None or values is None:
            self.find(NO_COLLECTION)
            return None
        output_collection = (values.get("outputCollection") or "").strip() or None
        output_element = extensions.optional(values.get("outputElement"))
        if (output_collection is None) != (output_element is None):
            self.find(HALF_OUTPUT)
        return Multi(
            sequential=xml.flag(element, "isSequential", False),
            collection=collection,
            input_element=(values.get("inputElement") or "").strip() or None,
            output_collection=output_collection,
            output_element=output_element,
            completion=self._expression(element, "completionCondition"),
        )

    def _loop(self, element: Element) -> Loop:
        extensions.properties(element, self.reader)
        condition = self._expression(element, "loopCondition")
        text = (element.get("loopMaximum") or "").strip()
        maximum = int(text) if text.isdecimal() and len(text) < 10 else None
        if text and maximum is None:
            self.find(NOT_WHOLE, name="loopMaximum", value=text)
        elif condition is None and maximum is None:
            self.find(ENDLESS_LOOP)
        return Loop(xml.flag(element, "testBefore", False), maximum, condition)

    def _script(self) -> None:
        text = xml.child(self.element, "script")
        language = self.element.get("scriptFormat")
        if (text is not None and xml.content(text)) or (language and "feel" not in language.lower()):
            self.find(OTHER_SCRIPT)
