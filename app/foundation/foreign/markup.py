"""XML of strangers: gone through once as a stream, with nothing built from it, before a tree may be made."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from lxml import etree

from app.foundation.foreign.reasons import TOO_DEEP, TOO_LARGE, TOO_MANY, Unreadable
from app.foundation.text import Text

LARGEST = 20 * 1024 * 1024
"""Bytes."""
DEEPEST = 200
MOST_ELEMENTS = 150_000
MOST_ATTRIBUTES = 400_000
PIECE = 64 * 1024

DOCTYPE = Text("it declares a document type", "包含文档类型声明")
NOT_XML = Text("it is not well-formed XML", "不是格式正确的XML")

Element = etree._Element

_DECLARED = re.compile(
    rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"'](gbk|gb2312|gb18030)[\"'][^>]{0,100}?\?>", re.IGNORECASE
)
"""A declaration of the encodings in which banks write Chinese beside UTF-8."""


def read(content: bytes, *, largest: int = LARGEST, most: int = MOST_ELEMENTS) -> Element:
    """The root of a document without a DOCTYPE, entities, comments or processing instructions.

    :raises Unreadable:
    """
    content = _in_utf8(content)
    check(content, largest=largest, most=most)
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
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(NOT_XML) from error


def check(content: bytes, *, largest: int = LARGEST, most: int = MOST_ELEMENTS) -> None:
    """Raise Unreadable unless it is XML of bounded size, depth and number of parts, without a DOCTYPE."""
    if len(content) > largest:
        raise Unreadable(TOO_LARGE)
    content = _in_utf8(content)
    parser, count = expat.ParserCreate(), _Count(most)
    parser.StartElementHandler, parser.EndElementHandler = count.start, count.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for at in range(0, len(content), PIECE):
            parser.Parse(content[at : at + PIECE], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable(NOT_XML) from error


def _in_utf8(content: bytes) -> bytes:
    """The same document in UTF-8, the only encoding of many bytes that both parsers know."""
    declared = _DECLARED.match(content)
    if declared is None:
        return content
    try:
        return content[declared.end() :].decode("gb18030").encode()
    except UnicodeDecodeError as error:
        raise Unreadable(NOT_XML) from error


class _Count:
    """What has been seen of a document so far."""

    def __init__(self, most: int) -> None:
        self.most, self.elements, self.attributes, self.depth = most, 0, 0, 0

    def start(self, _name: str, attributes: Any) -> None:
        """An element opens."""
        self.elements += 1
        self.attributes += len(attributes)
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(TOO_DEEP)
        if self.elements > self.most or self.attributes > MOST_ATTRIBUTES:
            raise Unreadable(TOO_MANY)

    def end(self, _name: str) -> None:
        """An element closes."""
        self.depth -= 1


def _refuse_doctype(*_said: object) -> None:
    raise Unreadable(DOCTYPE)
