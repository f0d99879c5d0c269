"""The ``zeebe:`` extension elements of one element, and which of them may stand where."""

from __future__ import annotations

from collections.abc import Callable

from app.engine.spiff import xml
from app.engine.spiff.model import GATEWAYS, Mapping, Node
from app.engine.spiff.sources import Source
from app.engine.spiff.xml import Element

KNOWN_PROPERTIES = frozenset({"name:en", "name:zh", "law", "stage", "duty"})
_USER = frozenset({"userTask", "formDefinition", "assignmentDefinition", "taskSchedule", "priorityDefinition"})
_OPERATION = frozenset({"taskDefinition", "taskHeaders"})
_BY_KIND: dict[str, frozenset[str]] = {
    "userTask": _USER,
    "serviceTask": _OPERATION,
    "sendTask": _OPERATION,
    "businessRuleTask": frozenset({"calledDecision"}),
    "scriptTask": frozenset({"script"}),
    "callActivity": frozenset({"calledElement"}),
}
_INSTEAD = {
    "executionListeners": "draw a service task before or after it",
    "taskListeners": "draw a service task before or after it",
    "userTaskForm": "use zeebe:formDefinition with the id of a form in forms/",
    "versionTag": "remove it: a deployment numbers its versions itself",
    "script": "use a script task",
    "calledDecision": "use a business rule task",
    "taskDefinition": "use a service task",
    "adHoc": "draw the sub-process with its flows",
}

Report = Callable[[str], None]


def read(element: Element, node: Node, error: Report, warning: Report) -> None:
    """Read the extension elements of a flow node into ``node``; whatever has no place there is an error."""
    allowed = _allowed(node)
    for extension in _zeebe_children(element):
        name = xml.local(extension)
        if name not in allowed:
            error(_refusal(name, node))
            continue
        _READERS.get(name, _nothing)(extension, node, error)
    node.properties = properties(element, warning)
    node.names = names(node.properties)


def _allowed(node: Node) -> frozenset[str]:
    allowed = _BY_KIND.get(node.kind, frozenset()) | {"properties"}
    if node.kind not in GATEWAYS:
        allowed |= {"ioMapping"}
    if node.event.kind == "message" and node.kind in ("intermediateThrowEvent", "endEvent"):
        allowed |= _OPERATION
    return allowed


def _refusal(name: str, node: Node) -> str:
    instead = _INSTEAD.get(name, "remove it")
    place = "a gateway" if node.is_gateway else f"a {node.kind}"
    return f"zeebe:{name} is not executed on {place}; {instead}"


def _zeebe_children(element: Element) -> list[Element]:
    holders = xml.children(element, "extensionElements")
    return [child for holder in holders for child in holder if xml.split(child)[0] == xml.ZEEBE]


def properties(element: Element, warning: Report) -> dict[str, str]:
    """The ``zeebe:properties`` of any element; a name that isn't ours is a warning."""
    found: dict[str, str] = {}
    for extension in _zeebe_children(element):
        if xml.local(extension) != "properties":
            continue
        for entry in xml.children(extension, "property", xml.ZEEBE):
            key = entry.get("name") or ""
            found[key] = entry.get("value") or ""
            if key not in KNOWN_PROPERTIES:
                warning(f"the property {key!r} is not known here; known are {', '.join(sorted(KNOWN_PROPERTIES))}")
    return found


def names(values: dict[str, str]) -> dict[str, str]:
    """The names by language."""
    return {key[5:]: value for key, value in values.items() if key in ("name:en", "name:zh")}


def refuse_all_but(element: Element, allowed: frozenset[str], what: str, error: Report) -> None:
    """An error for each ``zeebe:`` element that has no place on ``what``."""
    for extension in _zeebe_children(element):
        if xml.local(extension) not in allowed:
            error(f"zeebe:{xml.local(extension)} is not executed on {what}; remove it")


def only(element: Element, name: str) -> Element | None:
    """The ``zeebe:`` extension of that name."""
    return next((found for found in _zeebe_children(element) if xml.local(found) == name), None)


def optional(value: str | None) -> Source | None:
    """A source, or None for a missing or empty attribute."""
    return Source(value) if value is not None and value.strip() else None


def _nothing(extension: Element, node: Node, error: Report) -> None:
    """``zeebe:userTask`` says only what kind of user task it is; properties are read apart."""


def _io_mapping(extension: Element, node: Node, error: Report) -> None:
    for entry in extension:
        name = xml.local(entry)
        if name not in ("input", "output"):
            error(f"zeebe:{name} is not known in zeebe:ioMapping; use zeebe:input or zeebe:output")
            continue
        source, target = entry.get("source"), (entry.get("target") or "").strip()
        if not target:
            error(f"an {name} mapping has no target; name the variable it writes")
        elif source is None or not source.strip() or source.strip() == "=":
            error(f"the {name} {target!r} has no source; give it a value or an expression")
        elif not all(target.split(".")):
            error(f"the {name} target {target!r} is not a variable name")
        else:
            (node.inputs if name == "input" else node.outputs).append(Mapping(Source(source), target))


def _task_definition(extension: Element, node: Node, error: Report) -> None:
    node.operation = optional(extension.get("type"))
    node.retries = optional(extension.get("retries"))
    retries = node.retries
    if retries is not None and not retries.is_expression and not retries.text.isdigit():
        error(f"retries must be a whole number, not {retries.text!r}")


def _task_headers(extension: Element, node: Node, error: Report) -> None:
    for header in xml.children(extension, "header", xml.ZEEBE):
        node.headers[header.get("key") or ""] = header.get("value") or ""


def _form(extension: Element, node: Node, error: Report) -> None:
    node.form_id = (extension.get("formId") or "").strip() or None
    if node.form_id is None:
        error("zeebe:formDefinition has no formId; give it the id of a form in forms/")
    for name in ("formKey", "externalReference"):
        if extension.get(name):
            error(f"{name} is not supported; use formId")


def _assignment(extension: Element, node: Node, error: Report) -> None:
    node.assignee = optional(extension.get("assignee"))
    node.candidate_groups = optional(extension.get("candidateGroups"))
    node.candidate_users = optional(extension.get("candidateUsers"))


def _schedule(extension: Element, node: Node, error: Report) -> None:
    node.due = optional(extension.get("dueDate"))
    node.follow_up = optional(extension.get("followUpDate"))


def _priority(extension: Element, node: Node, error: Report) -> None:
    node.priority = optional(extension.get("priority"))
    priority = node.priority
    if priority is not None and not priority.is_expression and not priority.text.isdigit():
        error(f"the priority must be a whole number, not {priority.text!r}")


def _decision(extension: Element, node: Node, error: Report) -> None:
    node.decision_id = optional(extension.get("decisionId"))
    node.result_variable = (extension.get("resultVariable") or "").strip() or None
    binding = extension.get("bindingType")
    if binding not in (None, "latest", "deployment"):
        error(f"bindingType {binding!r} is not supported; use latest or deployment")


def _script(extension: Element, node: Node, error: Report) -> None:
    node.script = optional(extension.get("expression"))
    node.result_variable = (extension.get("resultVariable") or "").strip() or None


def _called(extension: Element, node: Node, error: Report) -> None:
    node.called = optional(extension.get("processId"))
    node.binding = extension.get("bindingType") or "latest"
    node.propagate_all = xml.flag(extension, "propagateAllChildVariables", True)
    if node.binding not in ("latest", "deployment"):
        error(f"bindingType {node.binding!r} is not supported; use latest or deployment")
    if not xml.flag(extension, "propagateAllParentVariables", True) and not node.inputs:
        error('propagateAllParentVariables="false" is not supported; give the call the inputs it needs')


_READERS: dict[str, Callable[[Element, Node, Report], None]] = {
    "ioMapping": _io_mapping,
    "taskDefinition": _task_definition,
    "taskHeaders": _task_headers,
    "formDefinition": _form,
    "assignmentDefinition": _assignment,
    "taskSchedule": _schedule,
    "priorityDefinition": _priority,
    "calledDecision": _decision,
    "script": _script,
    "calledElement": _called,
}
