"""DMN files as XML: parsed safely, with what the readers look up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.engine.findings import Findings, Kind, error
from app.foundation.text import Text

MAX_BYTES = 5_000_000
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
_OLD = re.compile(r"http://www\.omg\.org/spec/DMN/2015\d{4}(/.*)?\Z")
"""Namespaces under which the first editors wrote DMN 1.1."""


def is_dmn(namespace: str | None) -> bool:
    """Whether a namespace is one of DMN 1.1 to 1.6."""
    return namespace in NAMESPACES or _OLD.match(namespace or "") is not None


FEEL_LANGUAGES = ("/FEEL/", "/feel", "feel", "FEEL")
TOO_LARGE = error(
    "decision-xml-too-large",
    Text("the file has %(size)s bytes; %(limit)s are allowed", "文件有 %(size)s 字节，最多允许 %(limit)s 字节"),
    Text("divide it into several models, of which one imports the others", "请拆分为多个模型，由其中一个导入其余模型"),
)
MALFORMED = error(
    "decision-xml-malformed",
    Text("this is not well-formed XML: %(problem)s", "这不是格式良好的 XML：%(problem)s"),
    Text("save it again with a DMN editor", "请用 DMN 编辑器重新保存"),
)
DOCTYPE = error(
    "decision-xml-doctype",
    Text("a DOCTYPE is not allowed", "文件不得含有 DOCTYPE"),
    Text("remove it", "请将其删除"),
)
NOT_DMN = error(
    "decision-not-dmn",
    Text("this is not a DMN 1.1 to 1.6 model", "这不是 DMN 1.1 至 1.6 的模型"),
    Text("save the model as DMN XML", "请将模型另存为 DMN XML"),
)
TOO_DEEP = error(
    "decision-too-deep",
    Text("it is nested too deeply", "嵌套过深"),
    Text("use fewer levels", "请减少嵌套层级"),
)
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
"""The namespace of what the dialect adds to a model: the names of its decisions in each language."""

BOXED = (
    "literalExpression", "context", "decisionTable", "functionDefinition", "invocation", "list", "relation", "conditional", "filter", "for",
    "every", "some",
)  # fmt: skip


@dataclass
class Source:
    """A file that was parsed, and what was found in it so far."""

    file: str
    findings: Findings = field(default_factory=Findings)
    root: etree._Element | None = None
    tag: str = ""
    namespace: str = ""
    imports: list[tuple[str, str]] = field(default_factory=list)
    """The imported models: the name each is imported under, which may be empty, and its namespace."""

    @property
    def ok(self) -> bool:
        """Whether all of it can be executed, as far as it was read."""
        return not any(finding.level == "error" for finding in self.findings)

    def note(self, kind: Kind, element: etree._Element | None = None, /, **facts: object) -> None:
        """Add a finding about an element, or about the nearest around it that has an id."""
        place = element
        while place is not None and place.get("id") is None:
            place = place.getparent()
        identity, name = (place.get("id"), place.get("name")) if place is not None else (None, None)
        self.findings.add(kind, self.file, identity, name, **facts)

    def find(self, element: etree._Element, *path: str) -> etree._Element | None:
        """The first element at a path."""
        return element.find("/".join(self.tag + step for step in path))

    def all(self, element: etree._Element, *path: str) -> list[etree._Element]:
        """All elements at a path."""
        return element.findall("/".join(self.tag + step for step in path))

    def boxed(self, element: etree._Element) -> Iterator[etree._Element]:
        """The boxed expressions right under an element."""
        return (child for child in element if child.tag in {self.tag + name for name in BOXED})

    def kind(self, element: etree._Element) -> str:
        """The element's name without its namespace."""
        return etree.QName(element).localname

    def text(self, element: etree._Element | None) -> str:
        """The FEEL text under an element; empty when there is none."""
        found = self.find(element, "text") if element is not None else None
        return (found.text or "").strip() if found is not None else ""


def parse(content: bytes, file: str) -> Source:
    """Parse a file; when it is no DMN, the source has no root and its findings say why."""
    source = Source(file)
    source.root = _root(content, source)
    if source.root is None:
        return source
    namespace = etree.QName(source.root).namespace or ""
    source.tag = f"{{{namespace}}}"
    source.namespace = source.root.get("namespace") or ""
    for imported in source.all(source.root, "import"):
        if is_dmn(imported.get("importType")):
            source.imports.append((name_of(imported), imported.get("namespace") or ""))
    return source


def _root(content: bytes, source: Source) -> etree._Element | None:
    if len(content) > MAX_BYTES:
        source.note(TOO_LARGE, size=len(content), limit=MAX_BYTES)
        return None
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
    except etree.XMLSyntaxError as problem:
        source.note(MALFORMED, problem=problem.msg)
        return None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        source.note(DOCTYPE)
        return None
    name = etree.QName(root)
    if name.localname != "definitions" or not is_dmn(name.namespace):
        source.note(NOT_DMN)
        return None
    return root


def name_of(element: etree._Element) -> str:
    """An element's name, its white space as FEEL reads it."""
    return " ".join((element.get("name") or "").split())
