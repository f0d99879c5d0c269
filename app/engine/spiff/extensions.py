"""The ``zeebe:`` extension elements of one element. Which of them may stand where, the vocabulary says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.engine.findings import error, warning
from app.engine.spiff import xml
from app.engine.spiff.model import Mapping, Node
from app.engine.spiff.sources import Source
from app.engine.spiff.values import LONGEST_GROUP, LONGEST_PERSON
from app.engine.spiff.xml import Element
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.reading import Reader

KNOWN_PROPERTIES = ("name:en", "name:zh", "told:en", "told:zh", "law", "stage", "duty", "calls")
_LONGEST = {"law": 200, "stage": 100, "told:en": 300, "told:zh": 300}
_MAX_NAME = 200

UNKNOWN_PROPERTY = warning(
    "property-unknown",
    Text("the property “%(name)s” is not known here", "此处不识别属性“%(name)s”"),
    Text("known are %(known)s", "可识别的属性：%(known)s"),
)
TEXT_TOO_LONG = error(
    "text-too-long",
    Text("%(name)s is longer than %(limit)s characters", "%(name)s 超过 %(limit)s 个字符"),
    Text("shorten it", "请缩短"),
)
MAPPING_WITHOUT_TARGET = error(
    "mapping-without-target",
    Text("an %(kind)s mapping has no target", "%(kind)s映射没有目标"),
    Text("name the variable it writes", "请填写其写入的变量"),
)
MAPPING_WITHOUT_SOURCE = error(
    "mapping-without-source",
    Text("the %(kind)s “%(target)s” has no source", "%(kind)s“%(target)s”没有来源"),
    Text("give it a value or an expression", "请填写值或表达式"),
)
MAPPING_TARGET = error(
    "mapping-target",
    Text("the %(kind)s target “%(target)s” is no variable name", "%(kind)s目标“%(target)s”不是变量名"),
    Text("write a name, or names joined by dots", "请填写变量名，或以点连接的名称"),
)
WHOLE_NUMBER = error(
    "whole-number",
    Text("%(name)s is no whole number: “%(value)s”", "%(name)s 不是整数：“%(value)s”"),
    Text("write digits, or an expression", "请填写数字或表达式"),
)
NO_FORM_ID = error(
    "form-missing",
    Text("zeebe:formDefinition has no formId", "zeebe:formDefinition 没有 formId"),
    Text("give it the id of a form in forms/, or remove it", "请填写 forms/ 中的表单编号，或将其删除"),
)
BINDING = error(
    "binding",
    Text("the bindingType “%(value)s” is not executed here", "此处不执行 bindingType“%(value)s”"),
    Text("use latest or deployment", "请使用 latest 或 deployment"),
)
HEADER_TWICE = error(
    "header-twice",
    Text("the header “%(key)s” is given twice or has no name", "标头“%(key)s”重复或没有名称"),
    Text("leave one, with a name", "请只保留一个，并填写名称"),
)  # fmt: skip

INPUT, OUTPUT = Text("input", "输入"), Text("output", "输出")


def read(element: Element, node: Node, reader: Reader) -> None:
    """Read the extension elements of a flow node into ``node``."""
    for extension in _zeebe_children(element):
        if found := _READERS.get(xml.local(extension)):
            found(extension, node, reader)
    node.properties = properties(element, reader)
    node.names = names(node.properties)


def _zeebe_children(element: Element) -> list[Element]:
    holders = xml.children(element, "extensionElements")
    return [child for holder in holders for child in holder if xml.split(child)[0] == xml.ZEEBE]


def properties(element: Element, reader: Reader) -> dict[str, str]:
    """The ``zeebe:properties`` of any element; a name that isn't ours is a warning."""
    found: dict[str, str] = {}
    for extension in _zeebe_children(element):
        if xml.local(extension) != "properties":
            continue
        for entry in xml.children(extension, "property", xml.ZEEBE):
            key, value = entry.get("name") or "", entry.get("value") or ""
            found[key] = value
            if key not in KNOWN_PROPERTIES:
                reader.find(UNKNOWN_PROPERTY, element, name=key, known=", ".join(KNOWN_PROPERTIES))
            limit(key, value, _LONGEST.get(key), element, reader)
    return found


def limit(name: str, value: str | None, longest: int | None, element: Element, reader: Reader) -> None:
    """An error for a text that is longer than what it is kept in."""
    if value is not None and longest is not None and len(value) > longest:
        reader.find(TEXT_TOO_LONG, element, name=name, limit=longest)


def names(values: dict[str, str]) -> dict[str, str]:
    """The names by language."""
    return {key[5:]: value for key, value in values.items() if key in ("name:en", "name:zh")}


def only(element: Element, name: str) -> Element | None:
    """The ``zeebe:`` extension of that name."""
    return next((found for found in _zeebe_children(element) if xml.local(found) == name), None)


def optional(value: str | None) -> Source | None:
    """A source, or None for a missing or empty attribute."""
    return Source(value) if value is not None and value.strip() else None


def _io_mapping(extension: Element, node: Node, reader: Reader) -> None:
    for entry in extension:
        if xml.split(entry) not in ((xml.ZEEBE, "input"), (xml.ZEEBE, "output")):
            continue
        kind = INPUT if xml.local(entry) == "input" else OUTPUT
        source, target = (entry.get("source") or "").strip(), (entry.get("target") or "").strip()
        if not target:
            reader.find(MAPPING_WITHOUT_TARGET, extension, kind=kind)
        elif not all(part.strip() for part in target.split(".")):
            reader.find(MAPPING_TARGET, extension, kind=kind, target=target)
        elif not source and kind is INPUT and node.calls_operation:
            # An element template leaves what wasn't filled in like this. Whether it may be left, the operation says.
            node.inputs.append(Mapping(Source("=null"), target, given=False))
        elif source in ("", "="):
            reader.find(MAPPING_WITHOUT_SOURCE, extension, kind=kind, target=target)
        else:
            (node.inputs if kind is INPUT else node.outputs).append(Mapping(Source(entry.get("source") or ""), target))


def _task_definition(extension: Element, node: Node, reader: Reader) -> None:
    node.operation = optional(extension.get("type"))
    node.retries = _whole(extension, "retries", reader)


def _whole(extension: Element, name: str, reader: Reader) -> Source | None:
    source = optional(extension.get(name))
    if source is not None and not source.is_expression and not (source.text.isdecimal() and len(source.text) < 10):
        reader.find(WHOLE_NUMBER, extension, name=name, value=source.text)
    return source


def _task_headers(extension: Element, node: Node, reader: Reader) -> None:
    for header in xml.children(extension, "header", xml.ZEEBE):
        key = header.get("key") or ""
        if not key or key in node.headers:
            reader.find(HEADER_TWICE, extension, key=key)
        node.headers[key] = header.get("value") or ""


def _form(extension: Element, node: Node, reader: Reader) -> None:
    node.form_id = (extension.get("formId") or "").strip() or None
    limit("formId", node.form_id, _MAX_NAME, extension, reader)
    if node.form_id is None:
        reader.find(NO_FORM_ID, extension)
    _binding(extension, reader)


def _binding(extension: Element, reader: Reader) -> str:
    value = extension.get("bindingType") or "latest"
    if value not in ("latest", "deployment"):
        reader.find(BINDING, extension, value=value)
    return value


def _assignment(extension: Element, node: Node, reader: Reader) -> None:
    node.assignee = optional(extension.get("assignee"))
    node.candidate_groups = optional(extension.get("candidateGroups"))
    node.candidate_users = optional(extension.get("candidateUsers"))
    for name, source, longest in (
        ("assignee", node.assignee, LONGEST_PERSON),
        ("candidateGroups", node.candidate_groups, LONGEST_GROUP),
        ("candidateUsers", node.candidate_users, LONGEST_PERSON),
    ):
        for text in source.text.split(",") if source is not None and not source.is_expression else ():
            limit(name, text.strip(), longest, extension, reader)


def _schedule(extension: Element, node: Node, _reader: Reader) -> None:
    node.due = optional(extension.get("dueDate"))
    node.follow_up = optional(extension.get("followUpDate"))


def _priority(extension: Element, node: Node, reader: Reader) -> None:
    node.priority = _whole(extension, "priority", reader)


def _decision(extension: Element, node: Node, reader: Reader) -> None:
    node.decision_id = optional(extension.get("decisionId"))
    node.result_variable = (extension.get("resultVariable") or "").strip() or None
    _binding(extension, reader)


def _script(extension: Element, node: Node, _reader: Reader) -> None:
    node.script = optional(extension.get("expression"))
    node.result_variable = (extension.get("resultVariable") or "").strip() or None


def _called(extension: Element, node: Node, reader: Reader) -> None:
    node.called = optional(extension.get("processId"))
    node.binding = _binding(extension, reader)
    node.propagate_all = xml.flag(extension, "propagateAllChildVariables", True)
    node.takes_all = xml.flag(extension, "propagateAllParentVariables", True)


_READERS: dict[str, Callable[[Element, Node, Reader], None]] = {
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
