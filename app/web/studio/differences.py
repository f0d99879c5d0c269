"""How the files of a draft differ from those in force: by what they say, not by how a tool writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff

from lxml import etree

LONGEST = 400
"""Lines of a difference that are shown."""
_DRAWING = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


@dataclass(frozen=True)
class Difference:
    """How a file differs from the one in force: ``state`` is new, changed, gone or same; ``lines`` as diff writes them.

    A file that is changed without a line says the same: it is only drawn or written down in another way.
    """

    name: str
    state: str
    lines: list[str] = field(default_factory=list)


def of(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Difference]:
    """File by file, what differs; the changed ones first."""
    found = [_of_file(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
    return sorted(found, key=lambda each: ("changed", "new", "gone", "same").index(each.state))


def _of_file(name: str, before: bytes | None, after: bytes | None) -> Difference:
    if before is None or after is None:
        return Difference(name, "new" if before is None else "gone")
    if before == after:
        return Difference(name, "same")
    lines = unified_diff(_lines(name, before), _lines(name, after), lineterm="", n=1)
    return Difference(name, "changed", list(lines)[2 : LONGEST + 2])


def _lines(name: str, content: bytes) -> list[str]:
    """What a file says, one element a line with its attributes in order; without the drawing of a diagram."""
    if not name.endswith((".bpmn", ".dmn")):
        return content.decode("utf-8", "replace").splitlines()
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return content.decode("utf-8", "replace").splitlines()
    for drawing in root.findall(_DRAWING):
        root.remove(drawing)
    for element in root.iter(etree.Element):
        sorted_attributes = sorted(element.attrib.items())
        element.attrib.clear()
        element.attrib.update(sorted_attributes)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, pretty_print=True, encoding="unicode").splitlines()
