"""A diagram that is being changed: its tree, its new ids, and the list of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from app.engine.spiff import vocabulary, xml
from app.engine.spiff.foreign import CAMUNDA_7, ENGINES
from app.engine.spiff.xml import Element
from app.foundation.text import Text


@dataclass(frozen=True)
class Change:
    """Something that was changed: at which element, and what, in words."""

    element_id: str | None
    name: str | None
    text: Text


@dataclass(frozen=True)
class Left:
    """Something that isn't executed here and couldn't be translated; ``text`` says what and what to draw instead."""

    element_id: str | None
    name: str | None
    text: Text


class Diagram:
    """A file's tree with what was done to it."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.changes: list[Change] = []
        self.left: list[Left] = []
        self._ids = {element.get("id") for element in root.iter("*")}

    def note(self, element: Element, en: str, zh: str) -> None:
        """Say what was changed at an element."""
        self.changes.append(Change(*_place(element), Text(en, zh)))

    def leave(self, element: Element, en: str, zh: str) -> None:
        """Say what couldn't be changed at an element."""
        left = Left(*_place(element), Text(en, zh))
        if left not in self.left:
            self.left.append(left)

    def new_id(self, wanted: str) -> str:
        """An id that nothing has yet."""
        found, number = wanted, 1
        while found in self._ids:
            number += 1
            found = f"{wanted}_{number}"
        self._ids.add(found)
        return found

    def processes(self) -> list[Element]:
        return xml.children(self.root, "process")

    def bodies(self) -> Iterator[Element]:
        """Processes that are executed, and every sub-process in them."""
        for process in self.processes():
            if xml.flag(process, "isExecutable", False):
                yield from (element for element in process.iter("*") if xml.split(element) in _BODIES)

    def nodes(self) -> Iterator[Element]:
        """Every flow node of processes that are executed."""
        for body in self.bodies():
            yield from nodes_in(body)


_BODIES = {(xml.BPMN, name) for name in ("process", "subProcess", "transaction")}


def nodes_in(body: Element) -> list[Element]:
    """The flow nodes directly in a process or sub-process."""
    return [child for child in body if is_bpmn(child) and xml.local(child) in vocabulary.FLOW_NODES]


def is_bpmn(element: Element) -> bool:
    return isinstance(element.tag, str) and xml.split(element)[0] == xml.BPMN


def bpmn(parent: Element, name: str, **attributes: str) -> Element:
    """A new BPMN element at the end of ``parent``."""
    return etree.SubElement(parent, f"{{{xml.BPMN}}}{name}", attributes)


def add_to_body(body: Element, name: str, **attributes: str) -> Element:
    """A new flow node or flow in a process or sub-process, where flow elements stand: before the artifacts."""
    made = bpmn(body, name, **attributes)
    artifacts = [child for child in body if is_bpmn(child) and xml.local(child) in _AFTER_FLOW_ELEMENTS]
    if artifacts:
        artifacts[0].addprevious(made)
    return made


_AFTER_FLOW_ELEMENTS = frozenset(
    {
        "association",
        "group",
        "textAnnotation",
        "resourceRole",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "correlationSubscription",
    }
)


def zeebe(element: Element, name: str, **attributes: str) -> Element:
    """The ``zeebe:`` extension of that name, made if it isn't there, with these attributes."""
    holder = xml.child(element, "extensionElements")
    if holder is None:
        holder = etree.Element(f"{{{xml.BPMN}}}extensionElements")
        position = len(xml.children(element, "documentation"))
        element.insert(position, holder)
    found = xml.child(holder, name, xml.ZEEBE)
    if found is None:
        found = etree.SubElement(holder, f"{{{xml.ZEEBE}}}{name}", nsmap={"zeebe": xml.ZEEBE})
    for key, value in attributes.items():
        found.set(key, value)
    return found


def drop(element: Element) -> None:
    """Take an element out, and its extension elements with it if nothing is left in them."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if xml.split(parent) == (xml.BPMN, "extensionElements") and len(parent) == 0:
        drop(parent)


def _place(element: Element) -> tuple[str | None, str | None]:
    at = xml.drawn(element)
    return (at.get("id"), at.get("name") or None) if at is not None else (None, None)


def seven(element: Element, name: str) -> str | None:
    """The key of an attribute that Camunda 7 or a relative of it gives an element; None where none does."""
    keys = (f"{{{namespace}}}{name}" for namespace in CAMUNDA_7)
    return next((key for key in keys if key in element.attrib), None)


def told(element: Element, name: str) -> str | None:
    """What Camunda 7 or a relative of it says of an element by an attribute of that name."""
    key = seven(element, name)
    return str(element.attrib[key]) if key else None


def sevens(holder: Element, name: str) -> list[Element]:
    """The children of that name in the words of Camunda 7 or a relative of it."""
    return [child for namespace in CAMUNDA_7 for child in xml.children(holder, name, namespace)]


def written(key: str) -> str:
    """How people write an engine's attribute: ``flowable:dueDate``."""
    namespace, name = xml.split_name(key)
    return f"{ENGINES[namespace or '']}:{name}"
