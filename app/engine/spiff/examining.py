"""Holds a file's elements against the vocabulary: what is neither executed nor read past is refused by its name."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from app.engine.findings import Kind, error, warning
from app.engine.spiff import foreign, vocabulary, xml
from app.engine.spiff.vocabulary import Entry
from app.engine.spiff.xml import Element
from app.foundation.text import Text

ELEMENT = error(
    "element-not-executed",
    Text("%(name)s is not executed %(place)s", "%(place)s不执行 %(name)s"),
    Text("%(instead)s", "%(instead)s"),
)
ATTRIBUTE = error(
    "attribute-not-executed",
    Text("the attribute %(name)s of %(owner)s is not executed here", "此处不执行 %(owner)s 的属性 %(name)s"),
    Text("%(instead)s", "%(instead)s"),
)
EXTENSION = error(
    "extension-not-executed",
    Text("zeebe:%(name)s is not executed on %(place)s", "%(place)s 上不执行 zeebe:%(name)s"),
    Text("%(instead)s", "%(instead)s"),
)
EXTENSION_OUTSIDE = error(
    "extension-outside",
    Text("zeebe:%(name)s stands outside of extensionElements", "zeebe:%(name)s 位于 extensionElements 之外"),
    Text("put it there", "请将其移入其中"),
)
TWICE = error(
    "element-twice",
    Text("%(owner)s has %(name)s twice", "%(owner)s 中 %(name)s 出现两次"),
    Text("keep one", "请只保留一个"),
)

READ_PAST = warning(
    "read-past",
    Text("%(name)s means nothing to the execution and is read past", "%(name)s 对执行没有意义，已略过"),
    Text("remove it, unless another tool needs it", "如无其他工具需要，可将其删除"),
)

_HERE = Text("here", "此处")


class Reporter(Protocol):
    """Where findings go; they name ``element``, or the nearest one around it that has an id."""

    def find(self, kind: Kind, element: Element | None = None, /, **facts: object) -> None: ...


def examine(element: Element, reporter: Reporter) -> None:
    """Refuse what an element, and everything in it, has beyond the vocabulary."""
    name = xml.local(element)
    entry = vocabulary.ELEMENTS[name]
    _attributes(element, name, entry, reporter)
    for word in foreign.said(element):
        if word.is_engine:
            reporter.find(foreign.NOT_EXECUTED, element, name=word.shown)
    seen: Counter[str] = Counter()
    for child in element:
        namespace, inner = xml.split(child)
        if namespace == xml.ZEEBE:
            reporter.find(EXTENSION_OUTSIDE, child, name=inner)
        if namespace != xml.BPMN:
            continue
        seen[inner] += 1
        if seen[inner] == 2 and inner in entry.once & entry.children:
            reporter.find(TWICE, child, owner=name, name=inner)
        if inner == "extensionElements":
            _extensions(child, element, entry, reporter)
        elif inner in entry.children:
            examine(child, reporter)
        else:
            _stranger(child, name, reporter)


def _stranger(child: Element, owner: str, reporter: Reporter) -> None:
    """An element of BPMN that its owner has no place for."""
    name = xml.local(child)
    if name in vocabulary.NOTED or name in vocabulary.ROOT_ONLY.get(owner, ()):
        reporter.find(READ_PAST, child, name=name)
    elif name not in vocabulary.READ_PAST:
        known = name in vocabulary.ELEMENTS
        place = Text(f"in {owner}", f"{owner} 中") if known else _HERE
        instead = vocabulary.REMOVE if known else vocabulary.INSTEAD.get(name, vocabulary.REMOVE)
        reporter.find(ELEMENT, child, name=name, place=place, instead=instead)


def _attributes(element: Element, name: str, entry: Entry, reporter: Reporter) -> None:
    for key in element.keys():  # noqa: SIM118 - an element iterates over its children
        namespace, attribute = xml.split_name(key)
        if namespace == xml.ZEEBE and attribute not in vocabulary.MODELER:
            reporter.find(ATTRIBUTE, element, name=f"zeebe:{attribute}", owner=name, instead=vocabulary.REMOVE)
        elif namespace in (None, xml.BPMN) and attribute not in entry.attributes:
            instead = vocabulary.INSTEAD.get(attribute, vocabulary.REMOVE)
            reporter.find(ATTRIBUTE, element, name=attribute, owner=name, instead=instead)


def _extensions(holder: Element, owner: Element, entry: Entry, reporter: Reporter) -> None:
    allowed = entry.extensions | {"properties"}
    place = xml.local(owner)
    if not _sends(owner):
        allowed -= {"taskDefinition", "taskHeaders"}
    seen: Counter[str] = Counter()
    for extension in holder:
        namespace, name = xml.split(extension)
        if namespace == xml.BPMN:
            reporter.find(ELEMENT, extension, name=name, place=_HERE, instead=vocabulary.REMOVE)
        if namespace != xml.ZEEBE:
            continue
        seen[name] += 1
        if name not in allowed:
            instead = vocabulary.INSTEAD.get(f"zeebe:{name}", vocabulary.REMOVE)
            reporter.find(EXTENSION, extension, name=name, place=place, instead=instead)
        elif seen[name] == 2:
            reporter.find(TWICE, extension, owner=place, name=f"zeebe:{name}")
        else:
            _extension(extension, reporter)


def _sends(owner: Element) -> bool:
    """Whether an element calls an operation: service and send tasks do, of throwing events only those with a message."""
    return not xml.local(owner).endswith("Event") or xml.child(owner, "messageEventDefinition") is not None


def _extension(extension: Element, reporter: Reporter) -> None:
    name = xml.local(extension)
    entry = vocabulary.EXTENSIONS[name]
    for key in extension.keys():  # noqa: SIM118
        namespace, attribute = xml.split_name(key)
        if namespace in (None, xml.ZEEBE) and attribute not in entry.attributes:
            instead = vocabulary.INSTEAD.get(f"zeebe:{attribute}", vocabulary.REMOVE)
            reporter.find(ATTRIBUTE, extension, name=attribute, owner=f"zeebe:{name}", instead=instead)
    for child in extension:
        namespace, inner = xml.split(child)
        if namespace == xml.ZEEBE and inner in entry.children:
            _extension(child, reporter)
        elif namespace in (xml.ZEEBE, xml.BPMN):
            reporter.find(EXTENSION, child, name=inner, place=f"zeebe:{name}", instead=vocabulary.REMOVE)
