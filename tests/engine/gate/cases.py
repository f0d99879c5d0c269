"""The smallest diagram for each kind of error: what is drawn, and the element at which the gate must find it."""

from __future__ import annotations

from typing import NamedTuple

from drawing import (
    CANCEL,
    another,
    boundary,
    call,
    catch,
    compensate,
    compensation,
    drawing,
    each,
    element,
    end,
    error,
    event_sub,
    exclusive,
    flow,
    inside,
    message,
    on_condition,
    on_error,
    on_escalation,
    on_link,
    on_message,
    on_signal,
    parallel,
    receive,
    rule,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    until,
    user,
)  # fmt: skip

HANDLER = element("task", "undo", isForCompensation="true")
DONE = "start -> a -> end"
MAY_CALL = '<zeebe:properties><zeebe:property name="calls" value="p, q" /></zeebe:properties>'
FORM = '<zeebe:formDefinition formId="plan" />'


class Case(NamedTuple):
    """``code`` must be found at ``element`` of ``diagram`` (None: at the file)."""

    code: str
    element: str | None
    diagram: str | bytes


def task(name: str, **attributes: str) -> str:
    return element("task", name, **attributes)


def multi(**attributes: str) -> str:
    held = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        f"<zeebe:loopCharacteristics{held} /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )


def lane(*members: str) -> str:
    held = "".join(f"<bpmn:flowNodeRef>{member}</bpmn:flowNodeRef>" for member in members)
    return f'<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="clerk">{held}</bpmn:lane></bpmn:laneSet>'


def pool(ref: str) -> str:
    return f'<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="{ref}" /></bpmn:collaboration>'


def mapped(entry: str) -> str:
    return f"<zeebe:ioMapping>{entry}</zeebe:ioMapping>"


GOOD = drawing(DONE)

FILES = [
    Case("xml-malformed", None, "<bpmn:definitions"),
    Case("xml-malformed", None, b""),
    Case("xml-malformed", None, b"\xff\xfe\x00"),
    Case("xml-malformed", None, "<?xml version='1.0' encoding='nonsense'?><a/>"),
    Case("xml-too-large", None, "<a>" * 500),
    Case("xml-malformed", None, GOOD.replace("zeebe:", "unbound:").replace("<bpmn:task", "<unbound:task")),
    Case("xml-doctype", None, '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
    Case("xml-doctype", None, '<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>'),
    Case("xml-too-large", None, b" " * 20_000_001),
    Case("xml-too-large", None, "<a b='" + "x" * 11_000_000 + "'/>"),
    Case("xml-too-large", None, "<a>" + "<b/>" * 400_001 + "</a>"),
    Case("not-bpmn", None, "<a/>"),
    Case("not-bpmn", None, GOOD.replace("/spec/BPMN/20100524/MODEL", "/spec/BPMN/2.0")),
    Case("no-executable-process", None, GOOD.replace('isExecutable="true"', 'isExecutable="false"')),
    Case("no-executable-process", None, GOOD.replace(' isExecutable="true"', "")),
    Case("process-twice", "p", drawing(DONE, definitions=another("p", "start2 -> end2"))),
    Case("process-too-large", "p", drawing(";".join(f"start -> t{number} -> end" for number in range(10_001)))),
    Case("duplicate-id", "a", drawing(DONE, task("a"), task("a"))),
    Case("duplicate-id", "m", drawing(DONE, definitions=message("m", "x") + message("m", "y"))),
    Case("unfit-id", "a b", drawing("start -> end; start -> a b")),
    Case("unfit-id", "1", drawing("start -> 1 -> end")),
    Case("unfit-id", "x" * 201, drawing(f"start -> {'x' * 201} -> end")),
    Case("id-missing", "p", GOOD.replace('<bpmn:task id="a"', "<bpmn:task")),
    Case("id-missing", None, GOOD.replace('<bpmn:process id="p"', "<bpmn:process")),
]

VOCABULARY = [
    *(
        Case("element-not-executed", "x", drawing(DONE, element(name, "x")))
        for name in ("adHocSubProcess", "complexGateway", "implicitThrowEvent", "callChoreography", "auditing", "monitoring",
                     "correlationSubscription", "resourceRole", "performer", "humanPerformer", "potentialOwner")
    ),
    *(
        Case("element-not-executed", "x", drawing(DONE, definitions=element(name, "x")))
        for name in ("choreography", "globalTask", "globalUserTask", "globalScriptTask", "interface", "endPoint", "resource",
                     "partnerRole", "correlationProperty")
    ),
    *(
        Case("element-not-executed", "c", drawing(DONE, definitions=f'<bpmn:collaboration id="c"><bpmn:{name} /></bpmn:collaboration>'))
        for name in ("conversation", "conversationLink", "choreographyRef", "correlationKey", "messageFlowAssociation")
    ),
    *(
        Case("element-not-executed", "a", drawing(DONE, element("userTask", "a", f"<bpmn:{name} />")))
        for name in ("rendering", "potentialOwner", "operationRef", "conditionExpression", "signalEventDefinition", "startEvent")
    ),
    *(
        Case("element-not-executed", "a", drawing(DONE, task("a").replace("></", f"><bpmn:multiInstanceLoopCharacteristics>"
             f"<bpmn:{name} /></bpmn:multiInstanceLoopCharacteristics></")))
        for name in ("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem",
                     "complexBehaviorDefinition")
    ),
    Case("element-not-executed", "s", drawing("start -> s -> end", catch("s", "<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>"))),
    Case("element-not-executed", "s", drawing("start -> s -> end", throw("s", "<bpmn:messageEventDefinition><bpmn:operationRef />"
         "</bpmn:messageEventDefinition>"))),
    *(
        Case("attribute-not-executed", "a", drawing(DONE, element(kind, "a", **{name: "x"})))
        for kind, name in (("task", "colour"), ("callActivity", "calledElement"), ("serviceTask", "messageRef"),
                           ("serviceTask", "operationRef"), ("parallelGateway", "default"), ("task", "zeebe:retries"),
                           ("userTask", "triggeredByEvent"), ("exclusiveGateway", "isForCompensation"))
    ),
    Case("attribute-not-executed", "a", drawing(DONE, user("a", '<zeebe:formDefinition formKey="k" />'))),
    Case("attribute-not-executed", "a", drawing(DONE, user("a", '<zeebe:formDefinition formId="f" versionTag="v" />'))),
    Case("attribute-not-executed", "a", drawing(DONE, user("a", '<zeebe:taskSchedule dueOn="x" />'))),
    *(
        Case("extension-not-executed", "a", drawing(DONE, element(kind, "a", extensions=f"<zeebe:{name} />")))
        for kind, name in (("userTask", "executionListeners"), ("userTask", "taskListeners"), ("task", "userTask"),
                           ("userTask", "userTaskForm"), ("serviceTask", "script"), ("scriptTask", "taskDefinition"),
                           ("exclusiveGateway", "ioMapping"), ("businessRuleTask", "taskDefinition"), ("task", "versionTag"),
                           ("intermediateThrowEvent", "taskDefinition"), ("receiveTask", "subscription"),
                           ("subProcess", "adHoc"), ("serviceTask", "linkedResources"), ("task", "loopCharacteristics"))
    ),
    Case("extension-not-executed", "p", GOOD.replace("<bpmn:startEvent", "<bpmn:extensionElements><zeebe:versionTag value='1' />"
         "</bpmn:extensionElements><bpmn:startEvent")),
    Case("extension-not-executed", "m", drawing(DONE, definitions='<bpmn:message id="m" name="m"><bpmn:extensionElements>'
         "<zeebe:publishMessage /></bpmn:extensionElements></bpmn:message>")),
    Case("extension-not-executed", "s", drawing("start -> s -> end", catch("s", on_condition("x").replace("<bpmn:condition ",
         "<bpmn:extensionElements><zeebe:conditionalFilter /></bpmn:extensionElements><bpmn:condition ")))),
    Case("extension-not-executed", "start_to_a", drawing("a -> end", start("start", ""), '<bpmn:sequenceFlow id="start_to_a" sourceRef="start" '
         'targetRef="a"><bpmn:extensionElements><zeebe:script /></bpmn:extensionElements></bpmn:sequenceFlow>')),
    Case("extension-not-executed", "a", drawing(DONE, element("task", "a", extensions=mapped("<zeebe:both />")))),
    Case("extension-outside", "a", drawing(DONE, element("userTask", "a", '<zeebe:formDefinition formId="f" />'))),
    Case("element-twice", "a", drawing(DONE, service("a", "t", '<zeebe:taskDefinition type="u" />'))),
    Case("element-twice", "a", drawing(DONE, element("task", "a", each("x") + each("y")))),
    Case("element-twice", "start_to_a", drawing("start -> a", end("end", "")).replace("</bpmn:process>",
         "</bpmn:process>").replace('targetRef="a" />', 'targetRef="a"><bpmn:conditionExpression>=x</bpmn:conditionExpression>'
         "<bpmn:conditionExpression>=y</bpmn:conditionExpression></bpmn:sequenceFlow>")),
    Case("value-not-executed", "a", drawing(DONE, task("a", startQuantity="2"))),
    Case("value-not-executed", "a", drawing(DONE, task("a", completionQuantity="2"))),
    Case("value-not-executed", "a", drawing(DONE, element("receiveTask", "a", messageRef="m", instantiate="true"), definitions=message("m", "m"))),
    Case("value-not-executed", "a", drawing(DONE, element("serviceTask", "a", implementation="com.example.Delegate"))),
    Case("value-not-executed", "g", drawing("start -> g -> t -> end", element("eventBasedGateway", "g", eventGatewayType="Parallel"),
         catch("t", timer("PT1H")))),
    Case("value-not-executed", "g", drawing("g -> t -> end", element("eventBasedGateway", "g", instantiate="true"), catch("t", timer("PT1H")))),
    Case("value-not-executed", "t", drawing("start -> t -> end", element("intermediateCatchEvent", "t", timer("PT1H"), parallelMultiple="true"))),
    Case("value-not-executed", "s", drawing("start -> s -> end", element("transaction", "s", inside("start2 -> end2"), method="##Store"))),
    Case("value-not-executed", "c", drawing("start -> c -> end", throw("c", '<bpmn:compensateEventDefinition waitForCompletion="false" />'))),
    Case("value-not-executed", "a", drawing(DONE, task("a").replace("></", '><bpmn:multiInstanceLoopCharacteristics behavior="One">'
         '<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=x" /></bpmn:extensionElements>'
         "</bpmn:multiInstanceLoopCharacteristics></"))),
    Case("flow-not-immediate", "start_to_a", drawing(DONE).replace('targetRef="a"', 'targetRef="a" isImmediate="false"')),
]  # fmt: skip

FLOWS = [
    Case("flow-end-missing", "start_to_a", GOOD.replace(' targetRef="a"', "")),
    Case("flow-end-unknown", "start_to_a", GOOD.replace(' targetRef="a"', ' targetRef="nowhere"')),
    Case("flow-end-unknown", "a_to_end", GOOD.replace(' sourceRef="a"', ' sourceRef="nowhere"')),
    Case("flow-across-sub-process", "a_to_inner", drawing(f"{DONE}; start -> s -> end; a -> inner", sub("s", "start2 -> inner -> end2"))),
    Case("flow-across-sub-process", "inner_to_end", drawing("start -> s; s -> end", sub("s", "start2 -> inner -> end2; inner -> end"))
         .replace('<bpmn:endEvent id="end" />', "", 1).replace("</bpmn:process>", '<bpmn:endEvent id="end" /></bpmn:process>')),
    Case(
        "flow-across-pools",
        "a_to_b",
        drawing(DONE, flow("a", "b"), definitions='<bpmn:process id="q"><bpmn:task id="b" /></bpmn:process>'),
    ),
    Case("flow-across-pools", "a_to_b", drawing(DONE, flow("a", "b"), definitions=another("q", "start2 -> b -> end2"))),
    Case("default-flow-elsewhere", "g", drawing("start -> g; g -{x}-> a; g -{y}-> end", element("exclusiveGateway", "g", default="nowhere"))),
    Case("default-flow-elsewhere", "g", drawing("start -> g; g -{x}-> a -> end; g -{y}-> end", element("exclusiveGateway", "g", default="a_to_end"))),
    Case("default-flow-condition", "g_to_a", drawing("start -> g; g -{x}-> a -> end; g -{y}-> end", exclusive("g", default="a"))),
    Case("start-with-incoming", "start", drawing(f"{DONE}; a -> start")),
    Case("end-with-outgoing", "end", drawing(f"{DONE}; end -> a")),
    Case("condition-not-looked-at", "g_to_a", drawing("start -> g; g -{x}-> a -> end; g -> end", parallel("g"))),
    Case("condition-not-looked-at", "g_to_t", drawing("start -> g; g -{x}-> t -> end", until("g"), catch("t", timer("PT1H")))),
    Case("condition-empty", "start_to_a", GOOD.replace('targetRef="a" />', 'targetRef="a"><bpmn:conditionExpression /></bpmn:sequenceFlow>')),
    Case("gateway-exit-without-condition", "g", drawing("start -> g; g -{x}-> a -> end; g -> end", exclusive("g"))),
    Case("gateway-exit-without-condition", "g", drawing("start -> g; g -{x}-> a -> end; g -> b -> end; g -> end",
         element("inclusiveGateway", "g", default="g_to_end"))),
    Case("event-gateway-target", "g", drawing("start -> g; g -> t -> end; g -> a -> end", until("g"), catch("t", timer("PT1H")))),
    Case("event-gateway-target", "g", drawing("start -> g; g -> t -> end; g -> e", until("g"), catch("t", timer("PT1H")), throw("e", ""))),
    Case("event-gateway-target-plain", "r", drawing("start -> g; g -> r -> end; b -> end", until("g"), receive("r", "m"),
         boundary("b", "r", timer("PT1H")), definitions=message("m", "m"))),
    Case("event-gateway-without-flows", "g", drawing("start -> g", until("g"))),
]  # fmt: skip

EVENTS = [
    Case("second-event-definition", "c", drawing("start -> c -> end", catch("c", timer("PT1H") + timer("PT2H")))),
    Case("event-without-definition", "c", drawing("start -> c -> end", catch("c", ""))),
    Case("event-without-definition", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", ""))),
    Case("event-kind-not-here", "begin", drawing("begin -> end", start("begin", on_condition("x")))),
    Case("event-kind-not-here", "begin", drawing("begin -> end", start("begin", on_error()))),
    Case("event-kind-not-here", "c", drawing("start -> c -> end", catch("c", on_error()))),
    Case("event-kind-not-here", "c", drawing("start -> c -> end", throw("c", timer("PT1H")))),
    Case("event-kind-not-here", "c", drawing("start -> c", end("c", on_condition("x")))),
    Case("event-kind-not-here", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", "<bpmn:terminateEventDefinition />"))),
    Case("event-kind-not-here", "begin", drawing("start -> s -> end", sub("s", "begin -> end2", start("begin", timer("PT1H"))))),
    Case("event-kind-not-here", "begin", drawing(DONE, event_sub("s", "begin -> end2", start("begin", compensate())))),
    *(Case("start-form-elsewhere", "begin", diagram) for diagram in (
        drawing("begin -> end", start("begin", timer("PT1H"), extensions=FORM)),
        drawing("begin -> end", start("begin", on_message("m"), extensions=FORM), definitions=message("m", "m", None)),
        drawing("start -> s -> end", sub("s", "begin -> end2", element("startEvent", "begin", "", FORM))),
        drawing(DONE, event_sub("s", "begin -> end2", start("begin", on_condition("x"), extensions=FORM))),
    )),
    Case("message-missing", "c", drawing("start -> c -> end", catch("c", "<bpmn:messageEventDefinition />"))),
    Case("message-missing", "a", drawing(DONE, element("receiveTask", "a"))),
    Case("message-missing", "begin", drawing("begin -> end", start("begin", "<bpmn:messageEventDefinition />"))),
    Case("correlation-key-missing", "c", drawing("start -> c -> end", catch("c", on_message("m")), definitions=message("m", "m", None))),
    Case("correlation-key-missing", "a", drawing(DONE, receive("a", "m"), definitions=message("m", "m", None))),
    Case("correlation-key-missing", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", on_message("m")), definitions=message("m", "m", None))),
    Case("correlation-key-missing", "begin", drawing(DONE, event_sub("s", "begin -> end2", start("begin", on_message("m"))),
         definitions=message("m", "m", None))),
    Case("message-throw-empty", "c", drawing("start -> c -> end", throw("c", "<bpmn:messageEventDefinition />"))),
    Case("message-throw-empty", "c", drawing("start -> c", end("c", "<bpmn:messageEventDefinition />"))),
    Case("signal-missing", "c", drawing("start -> c -> end", catch("c", "<bpmn:signalEventDefinition />"))),
    Case("signal-missing", "c", drawing("start -> c", end("c", "<bpmn:signalEventDefinition />"))),
    Case("code-missing", "c", drawing("start -> c", end("c", on_error()))),
    Case("code-missing", "c", drawing("start -> c -> end", throw("c", on_escalation()))),
    Case("code-expression-in-catch", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", on_error("e")), definitions=error("e", "=x"))),
    Case("reference-unknown", "c", drawing("start -> c -> end", catch("c", on_message("nowhere")))),
    Case("reference-unknown", "c", drawing("start -> c -> end", catch("c", on_signal("nowhere")))),
    Case("reference-unknown", "c", drawing("start -> c", end("c", on_error("nowhere")))),
    Case("reference-unknown", "c", drawing("start -> c", end("c", on_escalation("nowhere")))),
    Case("reference-unknown", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", on_error("nowhere")))),
    Case("reference-unknown", "a", drawing(DONE, receive("a", "nowhere"))),
    Case("reference-without-value", "c", drawing("start -> c -> end", catch("c", on_message("m")), definitions=message("m", ""))),
    Case("reference-without-value", "c", drawing("start -> c -> end", catch("c", on_signal("s")), definitions=signal("s", ""))),
    Case("reference-without-value", "c", drawing("start -> c", end("c", on_error("e")), definitions=error("e", ""))),
    Case("condition-missing", "c", drawing("start -> c -> end", catch("c", "<bpmn:conditionalEventDefinition />"))),
    Case("condition-missing", "c", drawing("start -> c -> end", catch("c", "<bpmn:conditionalEventDefinition><bpmn:condition /></bpmn:conditionalEventDefinition>"))),
    Case("timer-missing", "c", drawing("start -> c -> end", catch("c", "<bpmn:timerEventDefinition />"))),
    Case("timer-missing", "c", drawing("start -> c -> end", catch("c", timer("")))),
    Case("timer-several-values", "c", drawing("start -> c -> end", catch("c", timer("PT1H").replace("</bpmn:timerEventDefinition>",
         "<bpmn:timeDate>2026-01-01T00:00:00Z</bpmn:timeDate></bpmn:timerEventDefinition>")))),
    *(
        Case("timer-unreadable", "c", drawing("start -> c -> end", catch("c", timer(value, kind))))
        for kind, value in (("timeDuration", "3 days"), ("timeDuration", "P"), ("timeDuration", "PT"), ("timeDuration", "2026-01-01T00:00:00Z"),
                            ("timeDate", "2026-03-05"), ("timeDate", "2026-03-05T09:00:00"), ("timeDate", "P3D"), ("timeDate", "2026-02-30T09:00:00Z"),
                            ("timeCycle", "0 0 9 * * MON-FRI"), ("timeCycle", "@daily"), ("timeCycle", "PT1H"), ("timeCycle", "R0/PT1H"),
                            ("timeCycle", "R/2026-03-05T09:00:00/P1D"), ("timeCycle", "R3/PT0S"))
    ),
    Case("start-timer-variable", "begin", drawing("begin -> end", start("begin", timer("=x")))),
    Case("timer-unreadable", "begin", drawing("begin -> end", start("begin", timer("=null")))),
    Case("start-name-expression", "begin", drawing("begin -> end", start("begin", on_message("m")), definitions=message("m", "=x"))),
    Case("start-name-expression", "begin", drawing("begin -> end", start("begin", on_signal("s")), definitions=signal("s", "=x"))),
    Case("start-twice", "again", drawing("begin -> end; again -> end", start("begin", on_message("m")), start("again", on_message("m")),
         definitions=message("m", "m"))),
    Case("link-without-name", "c", drawing("start -> c; d -> end", throw("c", "<bpmn:linkEventDefinition />"), catch("d", on_link("x")))),
    Case("link-without-catch", "c", drawing("start -> c", throw("c", on_link("x")))),
    Case("link-without-catch", "c", drawing("start -> c -> s -> end", throw("c", on_link("x")), sub("s", "start2 -> end2; d -> end2", catch("d", on_link("x"))))),
    Case("link-caught-twice", "d", drawing("start -> c; d -> end; e -> end", throw("c", on_link("x")), catch("d", on_link("x")), catch("e", on_link("x")))),
    Case("link-with-flow", "c", drawing("start -> c -> end; d -> end", throw("c", on_link("x")), catch("d", on_link("x")))),
    Case("link-with-flow", "d", drawing("start -> c; start -> d -> end", throw("c", on_link("x")), catch("d", on_link("x")))),
    Case("link-reference", "c", drawing("start -> c; d -> end", throw("c", '<bpmn:linkEventDefinition name="x"><bpmn:target>nowhere</bpmn:target>'
         "</bpmn:linkEventDefinition>"), catch("d", on_link("x")))),
    Case("name-too-long", "m", drawing("start -> c -> end", catch("c", on_message("m")), definitions=message("m", "x" * 201))),
]  # fmt: skip

BOUNDARIES = [
    Case("boundary-attached-to-nothing", "b", drawing(f"{DONE}; b -> end", element("boundaryEvent", "b", timer("PT1H")))),
    Case("boundary-attached-elsewhere", "b", drawing(f"{DONE}; b -> end", boundary("b", "nowhere", timer("PT1H")))),
    Case("boundary-attached-elsewhere", "b", drawing("start -> g -> end; b -> end", parallel("g"), boundary("b", "g", timer("PT1H")))),
    Case("boundary-attached-elsewhere", "b", drawing("start -> s -> end; b -> end", sub("s", "start2 -> a -> end2"), boundary("b", "a", timer("PT1H")))),
    Case("boundary-attached-elsewhere", "b", drawing(f"{DONE}; b -> end", event_sub("s", "begin -> end2", start("begin", timer("PT1H"))),
         boundary("b", "s", timer("PT1H")))),
    Case("boundary-with-incoming", "b", drawing(f"{DONE}; start -> b -> end", boundary("b", "a", timer("PT1H")))),
    Case("cancel-boundary-elsewhere", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", CANCEL))),
    Case("cancel-boundary-elsewhere", "b", drawing("start -> s -> end; b -> end", sub("s", "start2 -> end2"), boundary("b", "s", CANCEL))),
    Case("boundary-must-interrupt", "b", drawing(f"{DONE}; b -> end", boundary("b", "a", on_error(), interrupting=False))),
    Case("compensation-without-handler", "b", drawing(DONE, boundary("b", "a", compensate()))),
    Case("compensation-boundary-with-flow", "b", drawing(f"{DONE}; b -> end", compensation("b", "a", "undo"), HANDLER)),
    Case("compensation-twice", "a", drawing(DONE, task("a"), compensation("b", "a", "undo"), compensation("c", "a", "undo"), HANDLER)),
    Case("compensation-handler-twice", "x", drawing(DONE, task("a"), compensation("b", "a", "undo"), HANDLER,
         '<bpmn:association id="x" sourceRef="b" targetRef="undo" />')),
    Case("compensation-handler-elsewhere", "b", drawing(DONE, task("a"), compensation("b", "a", "undo"), task("undo"))),
    Case("compensation-handler-elsewhere", "b", drawing(DONE, task("a"), compensation("b", "a", "g"), parallel("g"))),
    Case("compensation-handler-with-flows", "undo", drawing(f"{DONE}; undo -> end", task("a"), compensation("b", "a", "undo"), HANDLER)),
    Case("compensation-handler-with-boundary", "undo", drawing(f"{DONE}; t -> end", task("a"), compensation("b", "a", "undo"), HANDLER,
         boundary("t", "undo", timer("PT1H")))),
    Case("compensation-target", "c", drawing("start -> c -> end", throw("c", compensate("nowhere")))),
    Case("compensation-target", "c", drawing("start -> a -> c -> end", throw("c", compensate("a")))),
    Case("compensation-target", "c", drawing("start -> s -> c -> end", throw("c", compensate("a")), sub("s", "start2 -> a -> end2", task("a"),
         compensation("b", "a", "undo"), HANDLER))),
]  # fmt: skip

ACTIVITIES = [
    Case("operation-missing", "a", drawing(DONE, element("serviceTask", "a"))),
    Case("operation-missing", "a", drawing(DONE, element("sendTask", "a"))),
    Case("operation-missing", "a", drawing(DONE, service("a", " "))),
    Case("script-missing", "a", drawing(DONE, element("scriptTask", "a"))),
    Case("script-not-feel", "a", drawing(DONE, element("scriptTask", "a", "<bpmn:script>print(1)</bpmn:script>"))),
    Case("script-not-feel", "a", drawing(DONE, script("a", "1", "x", scriptFormat="groovy"))),
    Case("decision-missing", "a", drawing(DONE, element("businessRuleTask", "a"))),
    Case("result-variable-missing", "a", drawing(DONE, rule("a", "d", ""))),
    Case("result-variable-missing", "a", drawing(DONE, script("a", "1", ""))),
    Case("called-process-missing", "a", drawing(DONE, element("callActivity", "a"))),
    Case("called-process-without-start", "a", drawing(DONE, call("a", "q"), definitions=signal("s", "s")
         + another("q", "begin -> end2", start("begin", on_signal("s"))))),
    Case("called-process-unknown", "a", drawing(DONE, call("a", "q"))),
    Case("called-process-unknown", "a", drawing(DONE, call("a", "=x", MAY_CALL))),
    Case("called-process-without-start", "a", drawing(DONE, call("a", "=x", MAY_CALL), definitions=signal("s", "s")
         + another("q", "begin -> end2", start("begin", on_signal("s"))))),
    Case("decision-unknown", "a", drawing(DONE, rule("a", "d", "x"))),
    Case("parent-variables", "a", drawing(DONE, call("a", "p").replace("propagateAllChild", "propagateAllParent").replace('"true"', '"false"', 1)
         .replace('Variables="true"', 'Variables="false"'))),
    Case("binding", "a", drawing(DONE, user("a", '<zeebe:formDefinition formId="f" bindingType="versionTag" />'))),
    Case("form-missing", "a", drawing(DONE, user("a", "<zeebe:formDefinition />"))),
    Case("mapping-without-target", "a", drawing(DONE, element("task", "a", extensions=mapped('<zeebe:input source="=1" />')))),
    Case("mapping-without-source", "a", drawing(DONE, element("task", "a", extensions=mapped('<zeebe:input target="x" />')))),
    Case("mapping-without-source", "a", drawing(DONE, service("a", "t", mapped('<zeebe:output source="=" target="x" />')))),
    Case("mapping-target", "a", drawing(DONE, element("task", "a", extensions=mapped('<zeebe:input source="=1" target="x..y" />')))),
    Case("header-twice", "a", drawing(DONE, service("a", "t", '<zeebe:taskHeaders><zeebe:header key="k" value="1" />'
         '<zeebe:header key="k" value="2" /></zeebe:taskHeaders>'))),
    Case("whole-number", "a", drawing(DONE, element("serviceTask", "a", "", '<zeebe:taskDefinition type="t" retries="many" />'))),
    Case("whole-number", "a", drawing(DONE, user("a", '<zeebe:priorityDefinition priority="high" />'))),
    Case("task-date-unreadable", "a", drawing(DONE, user("a", '<zeebe:taskSchedule dueDate="tomorrow" />'))),
    Case("task-date-unreadable", "a", drawing(DONE, user("a", '<zeebe:taskSchedule followUpDate="2026-03-05T09:00:00" />'))),
    Case("duty-unreadable", "a", drawing(DONE, user("a", '<zeebe:properties><zeebe:property name="duty" value="somebody else" /></zeebe:properties>'))),
    Case("duty-to-nobody", "a", drawing(DONE, user("a", '<zeebe:properties><zeebe:property name="duty" '
         'value="not the same person as nobody" /></zeebe:properties>'))),
    Case("text-too-long", "a", drawing(DONE, user("a", f'<zeebe:properties><zeebe:property name="law" value="{"x" * 201}" /></zeebe:properties>'))),
    Case("collection-missing", "a", drawing(DONE, task("a").replace("></", "><bpmn:multiInstanceLoopCharacteristics /></"))),
    Case("collection-missing", "a", drawing(DONE, task("a").replace("></", f">{multi(inputElement='x')}</"))),
    Case("endless-loop", "m", drawing("start -> m -> a -> m", exclusive("m"))),
    Case("endless-loop", "m", drawing("start -> m -> g; g -{x}-> a -> m; g -> b -> m", exclusive("m"), exclusive("g", default="b"))),
    Case("output-collection-half", "a", drawing(DONE, task("a").replace("></", f">{multi(inputCollection='=x', outputElement='=y')}</"))),
    Case("two-repetitions", "a", drawing(DONE, task("a").replace("></", f'>{each("x")}<bpmn:standardLoopCharacteristics loopMaximum="2" /></'))),
    Case("event-sub-process-repeated", "s", drawing(DONE, event_sub("s", "begin -> end2", start("begin", timer("PT1H")))
         .replace("</bpmn:subProcess>", f"{each('x')}</bpmn:subProcess>"))),
    Case("loop-endless", "a", drawing(DONE, task("a").replace("></", "><bpmn:standardLoopCharacteristics /></"))),
    Case("number-not-whole", "a", drawing(DONE, task("a").replace("></", '><bpmn:standardLoopCharacteristics loopMaximum="often" /></'))),
    Case("lane-member-unknown", "lane", drawing(DONE, lane("nowhere"))),
    Case("pool-process-unknown", "pool", drawing(DONE, definitions=pool("nowhere"))),
]  # fmt: skip

SUBPROCESSES = [
    Case("process-without-start", "p", drawing("a -> end")),
    Case("process-without-start", "p", drawing("")),
    Case("process-with-two-starts", "start2", drawing("start -> end; start2 -> end")),
    Case("sub-process-start", "s", drawing("start -> s -> end", sub("s", ""))),
    Case("sub-process-start", "s", drawing("start -> s -> end", sub("s", "a -> end2"))),
    Case("sub-process-start", "s", drawing("start -> s -> end", sub("s", "start2 -> end2; start3 -> end2"))),
    Case("sub-process-start", "s", drawing("start -> s -> end", sub("s", "start2 -> end2; start3 -> end2", kind="transaction"))),
    Case("event-sub-process-start", "s", drawing(DONE, event_sub("s", "start2 -> end2"))),
    Case("event-sub-process-start", "s", drawing(DONE, event_sub("s", "a2 -> end2"))),
    Case("event-sub-process-start", "s", drawing(DONE, event_sub("s", "begin -> end2; again -> end2", start("begin", timer("PT1H")),
         start("again", timer("PT2H"))))),
    Case("event-sub-process-with-flows", "s", drawing(f"{DONE}; a -> s", event_sub("s", "begin -> end2", start("begin", timer("PT1H"))))),
    Case("error-start-not-interrupting", "begin", drawing(DONE, event_sub("s", "begin -> end2", start("begin", on_error(), interrupting=False)))),
    Case("cancel-end-outside-transaction", "c", drawing("start -> c", end("c", CANCEL))),
    Case("cancel-end-outside-transaction", "c", drawing("start -> s -> end", sub("s", "start2 -> c", end("c", CANCEL)))),
    Case("cancel-end-outside-transaction", "c", drawing("start -> t -> end; b -> end", boundary("b", "t", CANCEL),
         sub("t", "start2 -> s -> end2", sub("s", "start3 -> c", end("c", CANCEL)), kind="transaction"))),
]  # fmt: skip


def written_everywhere(code: str, text: str) -> list[Case]:
    """A wrong expression at every place where a diagram can hold one."""
    return [
        Case(code, "a", drawing(DONE, element("task", "a", extensions=mapped(f'<zeebe:input source="={text}" target="x" />')))),
        Case(code, "a", drawing(DONE, element("task", "a", extensions=mapped(f'<zeebe:output source="={text}" target="x" />')))),
        Case(code, "a", drawing(DONE, user("a", f'<zeebe:taskSchedule dueDate="={text}" />'))),
        Case(code, "a", drawing(DONE, user("a", f'<zeebe:taskSchedule followUpDate="={text}" />'))),
        Case(code, "a", drawing(DONE, user("a", f'<zeebe:priorityDefinition priority="={text}" />'))),
        *(
            Case(code, "a", drawing(DONE, element("userTask", "a", "", f'<zeebe:assignmentDefinition {name}="={text}" />')))
            for name in ("assignee", "candidateGroups", "candidateUsers")
        ),
        Case(code, "a", drawing(DONE, service("a", f"={text}"))),
        Case(code, "a", drawing(DONE, element("serviceTask", "a", "", f'<zeebe:taskDefinition type="t" retries="={text}" />'))),
        Case(code, "a", drawing(DONE, rule("a", f"={text}", "x"))),
        Case(code, "a", drawing(DONE, script("a", text, "x"))),
        Case(code, "a", drawing(DONE, call("a", f"={text}"))),
        Case(code, "g_to_a", drawing(f"start -> g; g -{{{text}}}-> a -> end; g -> end", exclusive("g", default="end"))),
        Case(code, "c", drawing("start -> c -> end", catch("c", timer(f"={text}")))),
        Case(code, "c", drawing("start -> c -> end", catch("c", on_condition(text)))),
        Case(code, "a", drawing(DONE, task("a").replace("></", f">{each(text)}</"))),
        Case(code, "a", drawing(DONE, task("a").replace("></", f">{each('x', complete_when=text)}</"))),
        Case(code, "a", drawing(DONE, task("a").replace("></", f">{each('x', collect=('y', text))}</"))),
        Case(code, "a", drawing(DONE, task("a").replace("></", f"><bpmn:standardLoopCharacteristics><bpmn:loopCondition>={text}"
             "</bpmn:loopCondition></bpmn:standardLoopCharacteristics></"))),
        Case(code, "m", drawing(DONE, definitions=message("m", f"={text}"))),
        Case(code, "m", drawing(DONE, definitions=message("m", "m", f"={text}"))),
        Case(code, "s", drawing(DONE, definitions=signal("s", f"={text}"))),
        Case(code, "e", drawing(DONE, definitions=error("e", f"={text}"))),
    ]  # fmt: skip


EXPRESSIONS = [
    *written_everywhere("expression-unreadable", "1 +"),
    *written_everywhere("function-unknown", "durations(1)"),
    *written_everywhere("function-unknown", "no such thing(1)"),
    *written_everywhere("function-arguments", "duration(days: 3)"),
    *written_everywhere("function-arguments", "substring(name)"),
    *written_everywhere("function-external", "(function(a) external {java: {}})(1)"),
    Case("expression-unreadable", "a", drawing(DONE, script("a", "(" * 5000, "x"))),
    Case("expression-without-equals", "g_to_a", drawing("start -> g; g -{x}-> a -> end; g -> end", exclusive("g", default="end")).replace(">=x<", ">x<")),
    Case("expression-without-equals", "g_to_a", drawing("start -> g; g -{x}-> a -> end; g -> end", exclusive("g", default="end"))
         .replace(">=x<", ">${x}<")),
    Case("expression-without-equals", "c", drawing("start -> c -> end", catch("c", on_condition("x"))).replace(">=x<", ">x<")),
    Case("expression-without-equals", "a", drawing(DONE, task("a").replace("></", f">{multi(inputCollection='x')}</"))),
    Case("expression-without-equals", "a", drawing(DONE, element("scriptTask", "a", "", '<zeebe:script expression="1" resultVariable="x" />'))),
    Case("language-not-feel", "g_to_a", drawing("start -> g; g -{x}-> a -> end; g -> end", exclusive("g", default="end"))
         .replace('xsi:type="bpmn:tFormalExpression"', 'language="groovy"')),
]  # fmt: skip

ERRORS = [*FILES, *VOCABULARY, *FLOWS, *EVENTS, *BOUNDARIES, *ACTIVITIES, *SUBPROCESSES, *EXPRESSIONS]
