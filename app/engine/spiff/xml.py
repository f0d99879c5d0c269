"""Reading XML safely, and the few questions that are asked of it everywhere."""

from __future__ import annotations

from typing import Any

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MAX_BYTES = 20_000_000
MAX_ELEMENTS = 400_000

Element = etree._Element


class Unreadable(Exception):
    """The bytes are no XML that we read."""


def parse(content: bytes) -> Element:
    """The root element. Entities, DOCTYPEs, the network and huge files are out of the question.

    :raises Unreadable: in plain words
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise Unreadable(f"this is not well-formed XML: {wrong}") from None
    document: Any = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise Unreadable("the file has a DOCTYPE; remove it")
    for count, _ in enumerate(root.iter()):
        if count > MAX_ELEMENTS:
            raise Unreadable(f"the file has more than {MAX_ELEMENTS} elements")
    return root


def split(element: Element) -> tuple[str | None, str]:
    """Namespace and local name."""
    name = etree.QName(element)
    return name.namespace, name.localname


def local(element: Element) -> str:
    return etree.QName(element).localname


def children(element: Element, name: str, namespace: str = BPMN) -> list[Element]:
    return element.findall(f"{{{namespace}}}{name}")


def child(element: Element, name: str, namespace: str = BPMN) -> Element | None:
    return element.find(f"{{{namespace}}}{name}")


def content(element: Element | None) -> str:
    """The text inside, without the white space around it."""
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def flag(element: Element, name: str, default: bool) -> bool:
    """A boolean attribute."""
    value = element.get(name)
    return default if value is None else value.strip() in ("true", "1")


def line(element: Element) -> int:
    found: Any = element.sourceline
    return int(found or 0)
