"""BPMN's own words for whoever does a task: resources and potential owners as candidate groups."""

from __future__ import annotations

import re

from app.engine.importing.changes import Diagram, zeebe
from app.engine.importing.juel import Untranslatable, to_feel
from app.engine.spiff import xml
from app.engine.spiff.xml import Element

_PERSON = re.compile(r"user\((.+)\)")
_GROUP = re.compile(r"group\(([^)]+)\)")
_ROLES = ("potentialOwner", "humanPerformer", "performer", "resourceRole")


def translate(diagram: Diagram) -> None:
    """Potential owners that name a resource become candidate groups; a resource nobody refers to any more is dropped."""
    names = {resource.get("id"): resource.get("name") for resource in xml.children(diagram.root, "resource")}
    for node in list(diagram.nodes()):
        roles = [role for kind in _ROLES for role in xml.children(node, kind)]
        if not roles or xml.local(node) != "userTask" or _is_assigned(node):
            continue
        if len(roles) == 1 and (written := _expression(roles[0])):
            _assign(diagram, node, roles[0], written)
            continue
        groups = [names.get(xml.reference(xml.content(xml.child(role, "resourceRef")))) for role in roles]
        if not all(groups):
            continue
        listed = ",".join(dict.fromkeys(name for name in groups if name))
        zeebe(node, "userTask")
        zeebe(node, "assignmentDefinition", candidateGroups=listed)
        for role in roles:
            node.remove(role)
        diagram.note(
            node, f"its potential owners became the candidate groups “{listed}”", f"潜在办理者已改为候选组“{listed}”"
        )
    _drop_unused(diagram)


def _expression(role: Element) -> str:
    """The expression by which a role says who it is; empty where it names a resource or says nothing."""
    holder = xml.child(role, "resourceAssignmentExpression")
    return xml.content(holder) if holder is not None else ""


def _assign(diagram: Diagram, node: Element, role: Element, written: str) -> None:
    """A potential owner is a group or ``user(…)``, a performer a person, as jBPM and Camunda read them."""
    kind = xml.local(role)
    try:
        value = to_feel(written)
    except Untranslatable as wrong:
        diagram.leave(
            node,
            f"“{written}” of its {kind} has no equal in FEEL ({wrong}); use zeebe:assignmentDefinition",
            f"{kind} 的“{written}”无法直接改写为 FEEL（{wrong}），请改用 zeebe:assignmentDefinition",
        )
        return
    person = _PERSON.fullmatch(value)
    if kind in ("humanPerformer", "performer") or person:
        attribute, value = "assignee", person[1] if person else value
    else:
        attribute, value = "candidateGroups", _GROUP.sub(r"\1", value)
    zeebe(node, "userTask")
    zeebe(node, "assignmentDefinition", **{attribute: value})
    node.remove(role)
    diagram.note(node, f"its {kind} became {attribute} “{value}”", f"{kind} 已改为 {attribute}“{value}”")


def _is_assigned(node: Element) -> bool:
    return node.find(f"{{{xml.BPMN}}}extensionElements/{{{xml.ZEEBE}}}assignmentDefinition") is not None


def _drop_unused(diagram: Diagram) -> None:
    used = {xml.reference(xml.content(ref)) for ref in diagram.root.iter(f"{{{xml.BPMN}}}resourceRef")}
    for resource in xml.children(diagram.root, "resource"):
        if resource.get("id") not in used:
            diagram.note(
                resource, "the resource, which nothing refers to any more, was removed", "已删除不再被引用的资源"
            )
            diagram.root.remove(resource)
