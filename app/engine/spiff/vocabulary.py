"""What a diagram may contain: every BPMN element, attribute and ``zeebe:`` extension that is executed or read past.

Whatever isn't listed here is refused by name, with what to draw instead. Nothing else decides what is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.foundation.text import Text


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


READ_PAST = _set(
    "documentation textAnnotation group association dataObject dataObjectReference dataStore dataStoreReference property "
    "ioSpecification dataInput dataOutput dataInputAssociation dataOutputAssociation inputSet outputSet incoming outgoing "
    "category categoryValueRef itemDefinition messageFlow"
)
"""Drawing and description: not executed, and nothing inside is looked at."""

NOTED = _set("extension relationship import")
"""Words of other tools and standards that mean nothing to the execution: read past, and said."""

EVENT_DEFINITIONS = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel",
    "terminateEventDefinition": "terminate",
}
"""Event definitions and the kind of event each makes."""

TIMER_VALUES = ("timeDate", "timeDuration", "timeCycle")


@dataclass(frozen=True)
class Entry:
    """An element: its attributes, its BPMN children and the ``zeebe:`` elements among its extension elements.

    ``once``: of these children there may be one at most.
    """

    attributes: frozenset[str]
    children: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()


_NAMED = _set("id name")
_EXPRESSION = Entry(_set("id language evaluatesToTypeRef"))
_DEFINITIONS = frozenset(EVENT_DEFINITIONS)
_LOOPS = _set("multiInstanceLoopCharacteristics standardLoopCharacteristics")
_MAPPED = _set("ioMapping")
_OPERATION = _MAPPED | _set("taskDefinition taskHeaders")
_USER = _MAPPED | _set("userTask formDefinition assignmentDefinition taskSchedule priorityDefinition")


def _activity(attributes: str = "", extensions: frozenset[str] = _MAPPED, children: str = "") -> Entry:
    held = _NAMED | _set("isForCompensation startQuantity completionQuantity default") | _set(attributes)
    return Entry(held, _LOOPS | _set(children), extensions, _LOOPS | _set("script") & _set(children))


def _event(attributes: str = "", extensions: frozenset[str] = _MAPPED) -> Entry:
    return Entry(_NAMED | _set(attributes), _DEFINITIONS, extensions)


def _gateway(attributes: str = "") -> Entry:
    return Entry(_NAMED | _set("gatewayDirection") | _set(attributes))


FLOW_NODES: dict[str, Entry] = {
    "task": _activity(),
    "manualTask": _activity(),
    "userTask": _activity("implementation", _USER),
    "serviceTask": _activity("implementation", _OPERATION),
    "sendTask": _activity("implementation messageRef", _OPERATION),
    "receiveTask": _activity("implementation messageRef instantiate"),
    "scriptTask": _activity("scriptFormat", _MAPPED | _set("script"), "script"),
    "businessRuleTask": _activity("implementation", _MAPPED | _set("calledDecision")),
    "callActivity": _activity("", _MAPPED | _set("calledElement")),
    "subProcess": _activity("triggeredByEvent"),
    "transaction": _activity("triggeredByEvent method"),
    "startEvent": _event("isInterrupting parallelMultiple", _MAPPED | _set("formDefinition")),
    "intermediateCatchEvent": _event("parallelMultiple"),
    "boundaryEvent": _event("cancelActivity attachedToRef parallelMultiple"),
    "intermediateThrowEvent": _event("", _OPERATION),
    "endEvent": _event("", _OPERATION),
    "exclusiveGateway": _gateway("default"),
    "inclusiveGateway": _gateway("default"),
    "parallelGateway": _gateway(),
    "eventBasedGateway": _gateway("instantiate eventGatewayType"),
}
"""What tokens flow through."""

_INSIDE = frozenset(FLOW_NODES) | _set("sequenceFlow laneSet")

ROOT_ONLY = {"definitions": frozenset(EVENT_DEFINITIONS)}
"""Event definitions beside the processes: what refers to one is refused, what nobody refers to is read past and said."""

ELEMENTS: dict[str, Entry] = {
    **FLOW_NODES,
    **{
        name: Entry(entry.attributes, entry.children | _INSIDE, entry.extensions, entry.once)
        for name, entry in FLOW_NODES.items()
        if name in ("subProcess", "transaction")
    },
    "definitions": Entry(
        _NAMED | _set("targetNamespace expressionLanguage typeLanguage exporter exporterVersion"),
        _set("process collaboration message signal error escalation"),
    ),
    "process": Entry(_NAMED | _set("isExecutable processType isClosed definitionalCollaborationRef"), _INSIDE),
    "collaboration": Entry(_NAMED | _set("isClosed"), _set("participant")),
    "participant": Entry(_NAMED | _set("processRef")),
    "laneSet": Entry(_NAMED, _set("lane")),
    "lane": Entry(_NAMED, _set("flowNodeRef childLaneSet"), once=_set("childLaneSet")),
    "childLaneSet": Entry(_NAMED, _set("lane")),
    "flowNodeRef": Entry(frozenset()),
    "sequenceFlow": Entry(
        _NAMED | _set("sourceRef targetRef isImmediate"), _set("conditionExpression"), once=_set("conditionExpression")
    ),
    "conditionExpression": _EXPRESSION,
    "multiInstanceLoopCharacteristics": Entry(
        _set("id isSequential behavior"), _set("completionCondition"), _set("loopCharacteristics"), _set("completionCondition")
    ),
    "standardLoopCharacteristics": Entry(
        _set("id testBefore loopMaximum"), _set("loopCondition"), once=_set("loopCondition")
    ),
    "completionCondition": _EXPRESSION,
    "loopCondition": _EXPRESSION,
    "script": Entry(_set("id")),
    "messageEventDefinition": Entry(_set("id messageRef")),
    "timerEventDefinition": Entry(_set("id"), frozenset(TIMER_VALUES)),
    "timeDate": _EXPRESSION,
    "timeDuration": _EXPRESSION,
    "timeCycle": _EXPRESSION,
    "signalEventDefinition": Entry(_set("id signalRef")),
    "errorEventDefinition": Entry(_set("id errorRef")),
    "escalationEventDefinition": Entry(_set("id escalationRef")),
    "conditionalEventDefinition": Entry(_set("id"), _set("condition"), once=_set("condition")),
    "condition": _EXPRESSION,
    "linkEventDefinition": Entry(_NAMED, _set("source target")),
    "source": Entry(frozenset()),
    "target": Entry(frozenset()),
    "compensateEventDefinition": Entry(_set("id activityRef waitForCompletion")),
    "cancelEventDefinition": Entry(_set("id")),
    "terminateEventDefinition": Entry(_set("id")),
    "message": Entry(_NAMED | _set("itemRef"), extensions=_set("subscription")),
    "signal": Entry(_NAMED | _set("structureRef")),
    "error": Entry(_NAMED | _set("errorCode structureRef")),
    "escalation": Entry(_NAMED | _set("escalationCode structureRef")),
}  # fmt: skip
"""Every element that is looked at, by its local name."""

EXTENSIONS: dict[str, Entry] = {
    "properties": Entry(frozenset(), _set("property")),
    "property": Entry(_set("name value")),
    "ioMapping": Entry(frozenset(), _set("input output")),
    "input": Entry(_set("source target")),
    "output": Entry(_set("source target")),
    "userTask": Entry(frozenset()),
    "formDefinition": Entry(_set("formId bindingType")),
    "assignmentDefinition": Entry(_set("assignee candidateGroups candidateUsers")),
    "taskSchedule": Entry(_set("dueDate followUpDate")),
    "priorityDefinition": Entry(_set("priority")),
    "taskDefinition": Entry(_set("type retries")),
    "taskHeaders": Entry(frozenset(), _set("header")),
    "header": Entry(_set("key value")),
    "calledDecision": Entry(_set("decisionId resultVariable bindingType")),
    "script": Entry(_set("expression resultVariable")),
    "calledElement": Entry(_set("processId bindingType propagateAllChildVariables propagateAllParentVariables")),
    "loopCharacteristics": Entry(_set("inputCollection inputElement outputCollection outputElement")),
    "subscription": Entry(_set("correlationKey")),
}
"""The ``zeebe:`` elements of the dialect; ``properties`` may stand on any element."""

MODELER = _set("modelerTemplate modelerTemplateVersion modelerTemplateIcon")
"""The attributes of the ``zeebe:`` namespace by which the modeller remembers an element template."""

REMOVE = Text("remove it", "请将其删除")
INSTEAD: dict[str, Text] = {
    "adHocSubProcess": Text(
        "draw a sub-process with its flows, or a multi-instance task", "请改用带顺序流的子流程，或多实例任务"
    ),
    "complexGateway": Text("draw an inclusive or exclusive gateway with conditions", "请改用带条件的包容网关或排他网关"),
    "callChoreography": Text("draw a call activity", "请改用调用活动"),
    "choreography": Text("draw a process", "请改画流程"),
    "conversation": Text("draw message flows between the pools", "请改用泳池之间的消息流"),
    "callConversation": Text("draw message flows between the pools", "请改用泳池之间的消息流"),
    "subConversation": Text("draw message flows between the pools", "请改用泳池之间的消息流"),
    "conversationLink": Text("draw message flows between the pools", "请改用泳池之间的消息流"),
    "globalTask": Text("draw a process and call it", "请改画流程并调用它"),
    "globalUserTask": Text("draw a process and call it", "请改画流程并调用它"),
    "globalManualTask": Text("draw a process and call it", "请改画流程并调用它"),
    "globalScriptTask": Text("draw a process and call it", "请改画流程并调用它"),
    "globalBusinessRuleTask": Text("draw a process and call it", "请改画流程并调用它"),
    "resource": Text("use lanes and zeebe:assignmentDefinition", "请改用泳道与 zeebe:assignmentDefinition"),
    "resourceRole": Text("use zeebe:assignmentDefinition", "请改用 zeebe:assignmentDefinition"),
    "potentialOwner": Text("use zeebe:assignmentDefinition", "请改用 zeebe:assignmentDefinition"),
    "performer": Text("use zeebe:assignmentDefinition", "请改用 zeebe:assignmentDefinition"),
    "humanPerformer": Text("use zeebe:assignmentDefinition", "请改用 zeebe:assignmentDefinition"),
    "rendering": Text("use zeebe:formDefinition", "请改用 zeebe:formDefinition"),
    "interface": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "operationRef": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "eventDefinitionRef": Text("put the definition into the event", "请将定义放入该事件"),
    "correlationProperty": Text("use zeebe:subscription with a correlationKey", "请改用 zeebe:subscription 的 correlationKey"),
    "correlationKey": Text("use zeebe:subscription with a correlationKey", "请改用 zeebe:subscription 的 correlationKey"),
    "correlationSubscription": Text("use zeebe:subscription with a correlationKey", "请改用 zeebe:subscription 的 correlationKey"),
    "loopCardinality": Text("use zeebe:loopCharacteristics with an inputCollection", "请改用 zeebe:loopCharacteristics 的 inputCollection"),
    "loopDataInputRef": Text("use zeebe:loopCharacteristics with an inputCollection", "请改用 zeebe:loopCharacteristics 的 inputCollection"),
    "loopDataOutputRef": Text("use zeebe:loopCharacteristics with an outputCollection", "请改用 zeebe:loopCharacteristics 的 outputCollection"),
    "inputDataItem": Text("use zeebe:loopCharacteristics with an inputElement", "请改用 zeebe:loopCharacteristics 的 inputElement"),
    "outputDataItem": Text("use zeebe:loopCharacteristics with an outputElement", "请改用 zeebe:loopCharacteristics 的 outputElement"),
    "participantMultiplicity": Text("draw a multi-instance call activity", "请改用多实例调用活动"),
    "calledElement": Text("use zeebe:calledElement with a processId", "请改用 zeebe:calledElement 的 processId"),
    "zeebe:executionListeners": Text("draw a service task before or after it", "请在其前后画服务任务"),
    "zeebe:taskListeners": Text("draw a service task before or after it", "请在其前后画服务任务"),
    "zeebe:userTaskForm": Text("use zeebe:formDefinition with the id of a form in forms/", "请改用 zeebe:formDefinition，填写 forms/ 中的表单编号"),
    "zeebe:formKey": Text("use formId with the id of a form in forms/", "请改用 formId，填写 forms/ 中的表单编号"),
    "zeebe:externalReference": Text("use formId with the id of a form in forms/", "请改用 formId，填写 forms/ 中的表单编号"),
    "zeebe:versionTag": Text("remove it: a deployment numbers its versions itself", "请将其删除：部署会自行编排版本号"),
    "zeebe:script": Text("use a script task", "请改用脚本任务"),
    "zeebe:calledDecision": Text("use a business rule task", "请改用业务规则任务"),
    "zeebe:taskDefinition": Text("use a service task", "请改用服务任务"),
    "zeebe:taskHeaders": Text("use a service task", "请改用服务任务"),
    "zeebe:adHoc": Text("draw the sub-process with its flows", "请画出带顺序流的子流程"),
    "zeebe:conditionalFilter": Text("remove it: the event watches the variables that its condition reads", "请将其删除：事件会监视其条件所读取的变量"),
}  # fmt: skip
"""What to draw instead of what is refused, by local name (``zeebe:`` ones with their prefix)."""
