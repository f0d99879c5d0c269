"""DMN files as XML: parsed safely, with what the readers look up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.engine.decisions.findings import Report

MAX_BYTES = 5_000_000
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
FEEL_LANGUAGES = ("/FEEL/", "/feel", "feel", "FEEL")
BOXED = (
    "literalExpression", "context", "decisionTable", "functionDefinition", "invocation", "list", "relation", "conditional", "filter", "for",
    "every", "some",
)  # fmt: skip


@dataclass
class Source:
    """A file that was parsed."""

    file: str
    report: Report
    root: etree._Element | None = None
    tag: str = ""
    namespace: str = ""
    imports: list[tuple[str, str]] = field(default_factory=list)
    """The imported models: the name each is imported under, which may be empty, and its namespace."""

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
    """Parse a file; what is wrong with it is in the source's report, which then has no root."""
    source = Source(file, Report(file))
    source.root = _root(content, source.report)
    if source.root is None:
        return source
    namespace = etree.QName(source.root).namespace or ""
    source.tag = f"{{{namespace}}}"
    source.namespace = source.root.get("namespace") or ""
    for imported in source.all(source.root, "import"):
        if imported.get("importType") in NAMESPACES:
            source.imports.append((name_of(imported), imported.get("namespace") or ""))
    return source


def _root(content: bytes, report: Report) -> etree._Element | None:
    if len(content) > MAX_BYTES:
        report.error(f"the file has {len(content)} bytes; {MAX_BYTES} are allowed")
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
        report.error(f"this isn't well-formed XML: {problem.msg}")
        return None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        report.error("a DOCTYPE isn't allowed")
        return None
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        report.error("this isn't a DMN 1.2 to 1.6 model")
        return None
    return root


def name_of(element: etree._Element) -> str:
    """An element's name, its white space as FEEL reads it."""
    return " ".join((element.get("name") or "").split())
