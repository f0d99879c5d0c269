"""One flow node of a diagram: its kind, its event definition, its markers and its extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.spiff import extensions, xml
from app.engine.spiff.model import NONE, EventDefinition, Loop, Message, Multi, Node, TimerValue
from app.engine.spiff.sources import Source
from app.engine.spiff.xml import Element

if TYPE_CHECKING:
    from app.engine.spiff.reading import _Reader

_KINDS = {
    "messageEventDefinition": "message", "timerEventDefinition": "timer", "signalEventDefinition": "signal",
    "errorEventDefinition": "error", "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional", "linkEventDefinition": "link",
    "compensateEventDefinition": "compensation", "cancelEventDefinition": "cancel",
    "terminateEventDefinition": "terminate",
}  # fmt: skip
_TIMER_VALUES = ("timeDate", "timeDuration", "timeCycle")
_KNOWN_CHILDREN = frozenset(
    {
        "documentation", "extensionElements", "incoming", "outgoing", "property", "ioSpecification", "dataInput",
        "dataOutput", "dataInputAssociation", "dataOutputAssociation", "inputSet", "outputSet",
        "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "script",
    }
)  # fmt: skip
_OWNERS = frozenset({"potentialOwner", "humanPerformer", "performer", "resourceRole"})


def read(element: Element, reader: _Reader, process_id: str, container: str) -> Node:
    """The node of a flow element, with an error for everything in it that isn't executed."""
    kind = xml.local(element)
    if kind == "subProcess" and xml.flag(element, "triggeredByEvent", False):
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
        attached_to=element.get("attachedToRef"),
        for_compensation=xml.flag(element, "isForCompensation", False),
        documentation=xml.content(xml.child(element, "documentation")) or None,
    )
    _Details(element, node, reader).read()
    return node


class _Details:
    """Fills a node from its element."""

    def __init__(self, element: Element, node: Node, reader: _Reader) -> None:
        self.element = element
        self.node = node
        self.reader = reader

    def error(self, message: str) -> None:
        self.reader.error(message, self.element)

    def warning(self, message: str) -> None:
        self.reader.warning(message, self.element)

    def read(self) -> None:
        self._children()
        if self.node.kind.endswith("Event"):
            self._event()
        self._attributes()
        self._markers()
        extensions.read(self.element, self.node, self.error, self.warning)
        if self.node.kind == "receiveTask":
            self.node.message = self._message(self.element.get("messageRef"))
        if self.node.kind == "scriptTask":
            self._script()

    def _children(self) -> None:
        is_body = self.node.kind in ("subProcess", "transaction", "eventSubProcess")
        for child in self.element:
            namespace, name = xml.split(child)
            if namespace == xml.ZEEBE:
                self.error(f"zeebe:{name} must stand in extensionElements")
            if namespace != xml.BPMN or name in _KNOWN_CHILDREN or name in _KINDS or is_body:
                continue
            if name in _OWNERS:
                self.error(f"{name} is not executed here; use zeebe:assignmentDefinition")
            elif name != "rendering":
                self.error(f"{name} is not executed here; remove it")
            else:
                self.error("rendering is not executed here; use zeebe:formDefinition")

    def _attributes(self) -> None:
        node, element = self.node, self.element
        for name in ("startQuantity", "completionQuantity"):
            if element.get(name, "1") != "1":
                self.error(f"{name} other than 1 is not executed here; draw a multi-instance task")
        if xml.flag(element, "instantiate", False):
            self.error('instantiate="true" is not executed here; draw a message start event')
        if element.get("eventGatewayType", "Exclusive") != "Exclusive":
            self.error("a parallel event gateway is not executed here; draw a parallel gateway and catching events")
        if xml.flag(element, "parallelMultiple", False):
            self.error("parallelMultiple is not executed here; draw a parallel gateway and catching events")
        if node.kind == "boundaryEvent":
            node.interrupting = xml.flag(element, "cancelActivity", True)
        elif node.kind == "startEvent":
            node.interrupting = xml.flag(element, "isInterrupting", True)
        if node.kind in ("callActivity",) and element.get("calledElement"):
            self.error("calledElement is not executed here; use zeebe:calledElement with a processId")

    # -- events

    def _event(self) -> None:
        definitions = [child for child in self.element if xml.split(child)[0] == xml.BPMN and self._defines(child)]
        references = xml.children(self.element, "eventDefinitionRef")
        if len(definitions) + len(references) > 1:
            self.error("the event has a second event definition; draw an event for each")
        if references:
            self.error("eventDefinitionRef is not executed here; put the definition into the event")
        if definitions:
            self.node.event = self._definition(definitions[0])

    def _defines(self, child: Element) -> bool:
        return xml.local(child).endswith("EventDefinition")

    def _definition(self, element: Element) -> EventDefinition:
        kind = _KINDS.get(xml.local(element))
        match kind:
            case None:
                return NONE
            case "message":
                return EventDefinition(kind, message=self._message(element.get("messageRef")))
            case "timer":
                return EventDefinition(kind, timer=self._timer(element))
            case "signal":
                return EventDefinition(
                    kind, signal=self._referred(element.get("signalRef"), self.reader.globals.signals, "signal", "name")
                )
            case "error":
                errors = self.reader.globals.errors
                return EventDefinition(kind, code=self._referred(element.get("errorRef"), errors, "error", "code"))
            case "escalation":
                known = self.reader.globals.escalations
                code = self._referred(element.get("escalationRef"), known, "escalation", "code")
                return EventDefinition(kind, code=code)
            case "conditional":
                text = xml.content(xml.child(element, "condition"))
                return EventDefinition(kind, condition=Source(text) if text else None)
            case "link":
                return EventDefinition(kind, link=(element.get("name") or "").strip() or None)
            case "compensation":
                if not xml.flag(element, "waitForCompletion", True):
                    self.error('waitForCompletion="false" is not executed here; remove it')
                return EventDefinition(kind, activity_ref=element.get("activityRef") or None)
        return EventDefinition(kind)

    def _message(self, reference: str | None) -> Message | None:
        if not reference:
            return None
        message = self.reader.globals.messages.get(reference.split(":")[-1])
        if message is None:
            self.error(f"it refers to the message {reference!r}, which does not exist")
            return Message(reference, Source(reference), Source(""))
        return message

    def _referred(self, reference: str | None, known: dict[str, Source | None], what: str, part: str) -> Source | None:
        catches_all = what != "signal" and self.node.kind in ("boundaryEvent", "startEvent")
        if not reference:
            if not catches_all:
                self.error(f"the {what} event refers to no {what}; choose one")
            return None
        name = reference.split(":")[-1]
        if name not in known:
            self.error(f"it refers to the {what} {reference!r}, which does not exist")
            return None
        found = known[name]
        if found is None:
            self.error(f"the {what} {reference!r} has no {part}; give it one")
        elif found.error:
            self.error(f"this is not FEEL: {found.error}")
        return found

    def _timer(self, element: Element) -> TimerValue | None:
        found = [(name, xml.content(child)) for name in _TIMER_VALUES for child in xml.children(element, name)]
        if len(found) > 1:
            self.error("the timer has several values; leave one")
        if not found or not found[0][1]:
            self.error("the timer has no value; give it a date, a duration or a cycle")
            return None
        kind, text = found[0]
        return TimerValue(kind, Source(text))

    # -- markers and scripts

    def _markers(self) -> None:
        multi = xml.child(self.element, "multiInstanceLoopCharacteristics")
        loop = xml.child(self.element, "standardLoopCharacteristics")
        if multi is not None:
            self.node.multi = self._multi(multi)
        elif loop is not None:
            self.node.loop = self._loop(loop)
        if (multi is not None or loop is not None) and self.node.kind == "eventSubProcess":
            self.error("an event sub-process can't be repeated; put the repetition inside it")

    def _multi(self, element: Element) -> Multi | None:
        for name in ("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"):
            if xml.child(element, name) is not None:
                self.error(f"{name} is not executed here; use zeebe:loopCharacteristics with an inputCollection")
        for name in ("complexBehaviorDefinition",):
            if xml.child(element, name) is not None:
                self.error(f"{name} is not executed here; remove it")
        if element.get("behavior", "All") != "All":
            self.error('only behavior="All" is executed in a multi-instance; remove the attribute')
        values = extensions.only(element, "loopCharacteristics")
        collection = extensions.optional(values.get("inputCollection")) if values is not None else None
        if collection is None or values is None:
            self.error("the multi-instance has no inputCollection; give it the list it goes over")
            return None
        completion = xml.content(xml.child(element, "completionCondition"))
        output_collection = (values.get("outputCollection") or "").strip() or None
        output_element = extensions.optional(values.get("outputElement"))
        if (output_collection is None) != (output_element is None):
            self.error("outputCollection and outputElement go together; give both or neither")
        return Multi(
            sequential=xml.flag(element, "isSequential", False),
            collection=collection,
            input_element=(values.get("inputElement") or "").strip() or None,
            output_collection=output_collection,
            output_element=output_element,
            completion=Source(completion) if completion else None,
        )

    def _loop(self, element: Element) -> Loop:
        condition = xml.content(xml.child(element, "loopCondition"))
        text = element.get("loopMaximum")
        maximum = int(text) if text and text.strip().isdigit() else None
        if text is not None and maximum is None:
            self.error(f"loopMaximum must be a whole number, not {text!r}")
        if not condition and maximum is None:
            self.error("the loop has neither a condition nor a maximum, so it would never end; give it one")
        return Loop(xml.flag(element, "testBefore", False), maximum, Source(condition) if condition else None)

    def _script(self) -> None:
        text = xml.child(self.element, "script")
        language = self.element.get("scriptFormat")
        if (text is not None and xml.content(text)) or (language and "feel" not in language.lower()):
            self.error("a script other than FEEL is not executed; use zeebe:script with one FEEL expression")
