"""Foreign diagrams: what would have to change to execute them here, and the changes that lose nothing.

>>> convert("order.bpmn", content).changes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from app.engine import validation
from app.engine.findings import Finding
from app.engine.importing import camunda, completing, owners
from app.engine.importing.changes import Change, Diagram, Left
from app.engine.spiff import foreign, xml

__all__ = ["Change", "Explained", "Imported", "Left", "NotBpmn", "convert", "explain"]


class NotBpmn(ValueError):
    """The file is no BPMN 2.0 that can be opened; the message says why."""


@dataclass(frozen=True)
class Explained:
    """A finding, and whether ``convert`` puts it right by itself."""

    finding: Finding
    by_import: bool


@dataclass(frozen=True)
class Imported:
    """A foreign diagram after import: the file, what was changed, and what has no equal here and was left in it."""

    content: bytes
    changes: list[Change]
    left: list[Left]


def convert(content: bytes) -> Imported:
    """Apply every change that loses nothing, and list them.

    :raises NotBpmn: when it can't be opened
    """
    try:
        root = xml.parse(content, keep_comments=True)
    except xml.Unreadable as wrong:
        raise NotBpmn(str(wrong)) from wrong
    if xml.split(root) != (xml.BPMN, "definitions"):
        raise NotBpmn("this is not BPMN 2.0")
    diagram = Diagram(root)
    completing.complete(diagram)
    camunda.translate(diagram)
    owners.translate(diagram)
    prefixes = [prefix for element in root.iter("*") for prefix in element.nsmap if prefix]
    etree.cleanup_namespaces(root, top_nsmap={"zeebe": xml.ZEEBE}, keep_ns_prefixes=[*dict.fromkeys(prefixes)])
    return Imported(
        etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"), diagram.changes, diagram.left
    )


def explain(files: Mapping[str, bytes]) -> list[Explained]:
    """What stands in the way of executing diagrams, processes that aren't marked as executable included."""
    found = validation.read_diagrams(files, every_process=True).findings
    changed, left = dict(files), []
    for name, content in files.items():
        try:
            imported = convert(content)
        except NotBpmn:
            continue
        changed[name] = imported.content
        left += [
            Finding(name, one.element_id, one.name, "warning", one.text.en, zh=one.text.zh) for one in imported.left
        ]
    remaining = {
        (one.file, one.element_id, one.code) for one in validation.read_diagrams(changed, every_process=True).findings
    }
    explained = [Explained(one, (one.file, one.element_id, one.code) not in remaining) for one in found]
    listed = {one.element_id for one in left}
    explained = [
        one
        for one in explained
        if one.by_import or one.finding.code != foreign.NOT_EXECUTED.code or one.finding.element_id not in listed
    ]
    return explained + [Explained(one, False) for one in left]
