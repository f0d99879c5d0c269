"""What a signature shows on the page: whose it is, who gave it and when. Its proof is the signature, not the picture."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp
import pylopdf_fonts_zh_cn
import typst
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader

from app.foundation import dates

TEMPLATE = Path(__file__).with_name("seal.typ")
WIDTH, HEIGHT = 62 * 72 / 25.4, 25 * 72 / 25.4
"""The size of a face, in points."""
BELOW = 34.0
"""How far below the line that names its party a face begins, in points: under the party's own name."""


@dataclass(frozen=True)
class Place:
    """Where a paper leaves room for a signature: the page from 0 and the face's box in its points."""

    page: int
    box: tuple[int, int, int, int]


class Face(PdfContent):
    """A page drawn by typst, as the appearance of a signature."""

    def __init__(self, drawn: bytes) -> None:
        super().__init__()
        self._drawn = drawn

    def render(self) -> bytes:
        """The operator that paints the page, whose own file becomes a part of the one that is signed."""
        writer = self._ensure_writer
        painted = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._drawn)))
        self.resources.xobject["/Face"] = painted
        self.box = BoxConstraints(width=WIDTH, height=HEIGHT)
        return b"/Face Do"


def face(organisation: str, person: str, at: datetime) -> Face:
    """The face of a signature of an organisation by a person, given at an instant."""
    said = {"organisation": organisation, "person": person, "at": dates.when(at, seconds=True).zh}
    drawn = typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"seal": json.dumps(said)},
        timestamp=int(at.timestamp()),
    )
    assert isinstance(drawn, bytes)
    return Face(drawn)


def place(reader: PdfFileReader, name: str) -> Place | None:
    """Where a paper has its line ``seal-<name>``; None in a file that has none."""
    for label, target in _destinations(reader):
        if label == f"seal-{name}":
            pages = {page.idnum: index for index, page in enumerate(_pages(reader))}
            left, top = float(target[2]), float(target[3]) - BELOW
            box = (int(left), int(top - HEIGHT), int(left + WIDTH), int(top))
            return Place(pages[target.raw_get(0).idnum], box)
    return None


def _destinations(reader: PdfFileReader) -> Iterator[tuple[str, ArrayObject]]:
    names = reader.root.get("/Names", DictionaryObject()).get("/Dests")
    waiting = [names] if names is not None else []
    while waiting:
        node = waiting.pop()
        waiting += [kid.get_object() for kid in node.get("/Kids", ())]
        pairs = list(node.get("/Names", ()))
        for label, target in zip(pairs[::2], pairs[1::2], strict=True):
            found = target.get_object()
            yield str(label), found["/D"] if isinstance(found, DictionaryObject) else found


def _pages(reader: PdfFileReader) -> Iterator[IndirectObject]:
    count = int(reader.root["/Pages"]["/Count"])
    for index in range(count):
        yield reader.find_page_for_modification(index)[0]


@cache
def _fonts() -> typst.Fonts:
    folders = [family.serif_path().parent for family in (pylopdf_fonts_zh_cn, pylopdf_fonts_jp)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
