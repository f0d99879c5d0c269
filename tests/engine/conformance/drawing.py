"""A diagram in a few lines: what conformance tests draw with.

    drawing("start -> a -> g; g -{x > 1}-> b -> end; g -> end", user("a"), exclusive("g", default="end"), user("b"))

The flows are read from the text; its ids are ``SOURCE_to_TARGET``. Elements that aren't given are made by their name:
``start…`` a start event, ``end…`` an end event, anything else an undefined task.
"""

from __future__ import annotations

import re
from html import escape

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="drawing" targetNamespace="http://example.com/conformance">'
)
_ID = re.compile(r'\bid="([^"]+)"')


def drawing(flows: str, *elements: str, process: str = "p", definitions: str = "") -> str:
    """A whole BPMN file with one process; ``definitions`` are messages, signals, errors and further processes."""
    body = f'<bpmn:process id="{process}" isExecutable="true">{inside(flows, *elements)}</bpmn:process>'
    return f"{_HEAD}{definitions}{body}</bpmn:definitions>"


def another(process: str, flows: str, *elements: str) -> str:
    """A further process of the same file, among the ``definitions``."""
    return f'<bpmn:process id="{process}" isExecutable="true">{inside(flows, *elements)}</bpmn:process>'


def inside(flows: str, *elements: str) -> str:
    """What stands in a process or sub-process."""
    given = {found for element in elements for found in _ID.findall(element)}
    drawn, named = _flows(flows)
    made = [_made(name) for name in named if name not in given]
    return "".join([*elements, *made, *drawn])


def _flows(text: str) -> tuple[list[str], list[str]]:
    drawn, named = [], []
    for line in re.split(r";|\n", text):
        parts = re.split(r"-(?:\{(.*?)\}-)?>", line)
        names, conditions = [name.strip() for name in parts[0::2]], parts[1::2]
        named += [name for name in names if name and name not in named]
        for source, condition, target in zip(names, conditions, names[1:], strict=False):
            drawn.append(flow(source, target, condition))
    return drawn, named


def flow(source: str, target: str, condition: str | None = None) -> str:
    """A sequence flow."""
    head = f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}"'
    if condition is None:
        return f"{head} />"
    expression = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={escape(condition)}</bpmn:conditionExpression>'
    )
    return f"{head}>{expression}</bpmn:sequenceFlow>"


def _made(name: str) -> str:
    kind = "startEvent" if name.startswith("start") else "endEvent" if name.startswith("end") else "task"
    return f'<bpmn:{kind} id="{name}" />'


def element(kind: str, name: str, inner: str = "", extensions: str = "", **attributes: str) -> str:
    """Any element with its extension elements."""
    held = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f'<bpmn:{kind} id="{name}"{given}>{held}{inner}</bpmn:{kind}>'


def mapping(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    """``zeebe:ioMapping`` from target to source."""
    entries = [
        f'<zeebe:{kind} source="{escape(source)}" target="{target}" />'
        for kind, entries in (("input", inputs), ("output", outputs))
        for target, source in (entries or {}).items()
    ]
    return f"<zeebe:ioMapping>{''.join(entries)}</zeebe:ioMapping>" if entries else ""


def user(name: str, extensions: str = "", inner: str = "") -> str:
    """A user task for the group of clerks."""
    mine = '<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="clerk" />'
    return element("userTask", name, inner, mine + extensions)


def manual(name: str, inner: str = "") -> str:
    """A manual task."""
    return element("manualTask", name, inner)


def service(
    name: str, type_: str, extensions: str = "", inner: str = "", kind: str = "serviceTask", **more: str
) -> str:
    """A service or send task of an operation."""
    return element(kind, name, inner, f'<zeebe:taskDefinition type="{type_}" />{extensions}', **more)


def script(name: str, expression: str, result: str, inner: str = "", extensions: str = "", **more: str) -> str:
    """A script task."""
    mine = f'<zeebe:script expression="={escape(expression)}" resultVariable="{result}" />'
    return element("scriptTask", name, inner, mine + extensions, **more)


def receive(name: str, message_id: str, inner: str = "", extensions: str = "") -> str:
    """A receive task."""
    return element("receiveTask", name, inner, extensions, messageRef=message_id)


def rule(name: str, decision: str, result: str, extensions: str = "") -> str:
    """A business rule task."""
    mine = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="{result}" />'
    return element("businessRuleTask", name, "", mine + extensions)


def call(name: str, process: str, extensions: str = "", inner: str = "", propagate: str = "true") -> str:
    """A call activity."""
    mine = f'<zeebe:calledElement processId="{escape(process)}" propagateAllChildVariables="{propagate}" />'
    return element("callActivity", name, inner, mine + extensions)


def sub(name: str, flows: str, *elements: str, extensions: str = "", marker: str = "", kind: str = "subProcess") -> str:
    """An embedded sub-process (or ``kind="transaction"``)."""
    return element(kind, name, inside(flows, *elements) + marker, extensions)


def event_sub(name: str, flows: str, *elements: str) -> str:
    """An event sub-process."""
    return element("subProcess", name, inside(flows, *elements), triggeredByEvent="true")


def exclusive(name: str, default: str | None = None) -> str:
    """An exclusive gateway; ``default`` is the target of its default flow."""
    return _gateway("exclusiveGateway", name, default)


def inclusive(name: str, default: str | None = None) -> str:
    """An inclusive gateway."""
    return _gateway("inclusiveGateway", name, default)


def parallel(name: str) -> str:
    """A parallel gateway."""
    return _gateway("parallelGateway", name, None)


def until(name: str) -> str:
    """An event-based gateway."""
    return _gateway("eventBasedGateway", name, None)


def _gateway(kind: str, name: str, default: str | None) -> str:
    given = {"default": f"{name}_to_{default}"} if default else {}
    return element(kind, name, **given)


def timer(value: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(value)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def on_message(message_id: str) -> str:
    """A message definition."""
    return f'<bpmn:messageEventDefinition messageRef="{message_id}" />'


def on_signal(signal_id: str) -> str:
    """A signal definition."""
    return f'<bpmn:signalEventDefinition signalRef="{signal_id}" />'


def on_error(error_id: str | None = None) -> str:
    """An error definition; without a reference it catches all."""
    return f'<bpmn:errorEventDefinition errorRef="{error_id}" />' if error_id else "<bpmn:errorEventDefinition />"


def on_escalation(escalation_id: str | None = None) -> str:
    """An escalation definition; without a reference it catches all."""
    given = f' escalationRef="{escalation_id}"' if escalation_id else ""
    return f"<bpmn:escalationEventDefinition{given} />"


def on_condition(condition: str) -> str:
    """A conditional definition."""
    return (
        '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
        f"={escape(condition)}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def on_link(name: str) -> str:
    """A link definition."""
    return f'<bpmn:linkEventDefinition name="{name}" />'


def compensate(activity: str | None = None) -> str:
    """A compensation definition."""
    given = f' activityRef="{activity}"' if activity else ""
    return f"<bpmn:compensateEventDefinition{given} />"


CANCEL = "<bpmn:cancelEventDefinition />"
TERMINATE = "<bpmn:terminateEventDefinition />"


def start(name: str, definition: str, *, interrupting: bool = True, extensions: str = "") -> str:
    """A start event that waits for something."""
    return element("startEvent", name, definition, extensions, isInterrupting=str(interrupting).lower())


def catch(name: str, definition: str, extensions: str = "") -> str:
    """An intermediate catching event."""
    return element("intermediateCatchEvent", name, definition, extensions)


def throw(name: str, definition: str, extensions: str = "") -> str:
    """An intermediate throwing event."""
    return element("intermediateThrowEvent", name, definition, extensions)


def end(name: str, definition: str, extensions: str = "") -> str:
    """An end event that throws."""
    return element("endEvent", name, definition, extensions)


def boundary(name: str, host: str, definition: str, *, interrupting: bool = True, extensions: str = "") -> str:
    """A boundary event."""
    given = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    return element("boundaryEvent", name, definition, extensions, **given)


def compensation(name: str, host: str, handler: str) -> str:
    """A compensation boundary event with its association to the handler (drawn ``isForCompensation``)."""
    return (
        f'<bpmn:boundaryEvent id="{name}" attachedToRef="{host}">{compensate()}</bpmn:boundaryEvent>'
        f'<bpmn:association id="{name}_association" sourceRef="{name}" targetRef="{handler}" associationDirection="One" />'
    )


def each(
    collection: str, item: str | None = None, *, sequential: bool = False, collect: tuple[str, str] | None = None,
    complete_when: str | None = None,
) -> str:  # fmt: skip
    """A multi-instance marker. ``collect``: the output collection and the output element."""
    parts = [f'inputCollection="={escape(collection)}"']
    if item:
        parts.append(f'inputElement="{item}"')
    if collect:
        parts.append(f'outputCollection="{collect[0]}" outputElement="={escape(collect[1])}"')
    condition = (
        f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">={escape(complete_when)}</bpmn:completionCondition>'
        if complete_when
        else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:extensionElements>'
        f"<zeebe:loopCharacteristics {' '.join(parts)} /></bpmn:extensionElements>{condition}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def loop(condition: str | None = None, maximum: int | None = None, *, test_before: bool = False) -> str:
    """A standard loop marker."""
    given = f' testBefore="{str(test_before).lower()}"' + (f' loopMaximum="{maximum}"' if maximum is not None else "")
    inner = (
        f'<bpmn:loopCondition xsi:type="bpmn:tFormalExpression">={escape(condition)}</bpmn:loopCondition>'
        if condition
        else ""
    )
    return f"<bpmn:standardLoopCharacteristics{given}>{inner}</bpmn:standardLoopCharacteristics>"


def message(message_id: str, name: str, key: str | None = "=key") -> str:
    """A message with its correlation key."""
    held = (
        f'<bpmn:extensionElements><zeebe:subscription correlationKey="{escape(key)}" /></bpmn:extensionElements>'
        if key
        else ""
    )
    return f'<bpmn:message id="{message_id}" name="{name}">{held}</bpmn:message>'


def signal(signal_id: str, name: str) -> str:
    """A signal."""
    return f'<bpmn:signal id="{signal_id}" name="{name}" />'


def error(error_id: str, code: str) -> str:
    """An error."""
    return f'<bpmn:error id="{error_id}" name="{code}" errorCode="{code}" />'


def escalation(escalation_id: str, code: str) -> str:
    """An escalation."""
    return f'<bpmn:escalation id="{escalation_id}" name="{code}" escalationCode="{code}" />'
