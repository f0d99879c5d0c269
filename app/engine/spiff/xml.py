"""Reading XML safely, and the few questions that are asked of it everywhere."""

from __future__ import annotations

from typing import Any

from lxml import etree

from app.engine.findings import Kind, error
from app.foundation.text import Text

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MAX_BYTES = 20_000_000
MAX_ELEMENTS = 400_000
MAX_DEPTH = 256

MALFORMED = error(
    "xml-malformed",
    Text("this is not well-formed XML: %(problem)s", "这不是格式良好的 XML：%(problem)s"),
    Text("save it again with a BPMN editor", "请用 BPMN 编辑器重新保存"),
)
DOCTYPE = error(
    "xml-doctype",
    Text("the file has a DOCTYPE", "文件含有 DOCTYPE"),
    Text("remove it", "请将其删除"),
)
TOO_LARGE = error(
    "xml-too-large",
    Text("the file has more than %(limit)s %(what)s", "文件超过 %(limit)s %(what)s"),
    Text("divide it into several processes that call each other", "请拆分为多个相互调用的流程"),
)

Element = etree._Element


class Unreadable(Exception):
    """The bytes are no XML that we read; ``kind`` and ``facts`` say why."""

    def __init__(self, kind: Kind, **facts: object) -> None:
        super().__init__(kind.text.filled(**facts).en)
        self.kind = kind
        self.facts = facts


def parse(content: bytes, *, keep_comments: bool = False) -> Element:
    """The root element, without comments unless they are to be kept. Entities, DOCTYPEs, the network and huge files are out of the question.

    :raises Unreadable: in plain words
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(TOO_LARGE, limit=MAX_BYTES // 1_000_000, what="MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=not keep_comments,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise _unreadable(" ".join(str(getattr(wrong, "msg", None) or wrong).split())) from None
    document: Any = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise Unreadable(DOCTYPE)
    for count, _ in enumerate(root.iter()):
        if count > MAX_ELEMENTS:
            raise Unreadable(TOO_LARGE, limit=MAX_ELEMENTS, what=Text("elements", "个元素"))
    return root


def _unreadable(problem: str) -> Unreadable:
    """What the parser says, in plain words where it has run into its limits."""
    if "depth" in problem:
        return Unreadable(TOO_LARGE, limit=MAX_DEPTH, what=Text("levels of elements in each other", "层嵌套元素"))
    if any(words in problem for words in ("XML_PARSE_HUGE", "too long", "too big")):
        return Unreadable(TOO_LARGE, limit=10, what=Text("MB in one text or attribute", "MB 的单个文本或属性"))
    return Unreadable(MALFORMED, problem=problem)


def split(element: Element) -> tuple[str | None, str]:
    """Namespace and local name."""
    return split_name(element.tag)


def split_name(tag: Any) -> tuple[str | None, str]:
    """Namespace and local name of a tag or attribute as lxml writes it."""
    name = str(tag)
    if name.startswith("{"):
        namespace, _, plain = name[1:].partition("}")
        return namespace, plain
    return None, name


def local(element: Element) -> str:
    return split(element)[1]


def children(element: Element, name: str, namespace: str = BPMN) -> list[Element]:
    return element.findall(f"{{{namespace}}}{name}")


def child(element: Element, name: str, namespace: str = BPMN) -> Element | None:
    return element.find(f"{{{namespace}}}{name}")


def content(element: Element | None) -> str:
    """The text inside, without the white space around it."""
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def reference(text: str | None) -> str | None:
    """The id that a reference names, without its prefix; None for none."""
    found = (text or "").strip().rpartition(":")[2]
    return found or None


def flag(element: Element, name: str, default: bool) -> bool:
    """A boolean attribute."""
    value = element.get(name)
    return default if value is None else value.strip() in ("true", "1")


_CANVASES = frozenset(
    {
        "definitions",
        "process",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "collaboration",
        "laneSet",
        "childLaneSet",
    }
)


def drawn(element: Element | None) -> Element | None:
    """The element itself, or the nearest around it, that a diagram draws or a file defines and that has an id."""
    at = element
    while at is not None:
        parent = at.getparent()
        on_canvas = parent is not None and split(parent)[0] == BPMN and local(parent) in _CANVASES
        if on_canvas and at.get("id") and local(at) not in ("extensionElements", "laneSet", "childLaneSet"):
            return at
        at = parent
    return None


def line(element: Element) -> int:
    found: Any = element.sourceline
    return int(found or 0)
