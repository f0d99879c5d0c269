"""BPMN's own words for who does a task: resources and potential owners as candidate groups."""

from __future__ import annotations

from app.engine.importing.changes import Diagram, zeebe
from app.engine.spiff import xml
from app.engine.spiff.xml import Element

_ROLES = ("potentialOwner", "humanPerformer", "performer", "resourceRole")


def translate(diagram: Diagram) -> None:
    """Potential owners that name a resource become candidate groups; a resource nobody refers to any more is dropped."""
    names = {resource.get("id"): resource.get("name") for resource in xml.children(diagram.root, "resource")}
    for node in list(diagram.nodes()):
        roles = [role for kind in _ROLES for role in xml.children(node, kind)]
        groups = [names.get(xml.reference(xml.content(xml.child(role, "resourceRef")))) for role in roles]
        if not roles or xml.local(node) != "userTask" or not all(groups) or _is_assigned(node):
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
