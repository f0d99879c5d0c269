"""Which characters the papers' fonts can print; the others are written by their code point.

A PDF for the archive may not lack a glyph, and a rare character in a supplier's name must not stop a notice.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp
import pylopdf_fonts_zh_cn

FAMILIES = (pylopdf_fonts_zh_cn, pylopdf_fonts_jp)
"""Noto Serif and Noto Sans for Simplified Chinese; what they lack (𠮷 and 600 more) comes from those for Japanese."""

FONT_FOLDERS = [family.serif_path().parent for family in FAMILIES]
"""Where the font files lie."""

LATIN = (range(0x20, 0x250), range(0x370, 0x500), range(0x1E00, 0x1F00))
"""Latin with its extensions, Greek and Cyrillic: typst's own Libertinus Serif has them all."""


def printable(text: str) -> str:
    """``text`` with every character that can't be printed as its code point: 〔U+1F600〕.

    Invisible controls are written out too: a direction override would let a paper say one thing and show another.
    """
    return "".join(c if _shown(c) else f"〔U+{ord(c):04X}〕" for c in text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(character: str) -> bool:
    if character in "\n\t":
        return True
    if unicodedata.category(character)[0] == "C":
        return False
    return any(ord(character) in block for block in LATIN) or ord(character) in _characters()


@cache
def _characters() -> frozenset[int]:
    """The code points that both typefaces of a family have."""
    both = (set(_mapped(family.serif_path())) & set(_mapped(family.sans_path())) for family in FAMILIES)
    return frozenset[int]().union(*both)


def _mapped(path: Path) -> Iterator[int]:
    """The code points of an OpenType font: its full repertoire, table ``cmap``, format 12."""
    with path.open("rb") as file:
        (count,) = struct.unpack(">4xH6x", file.read(12))
        tables = dict(struct.iter_unpack(">4s4xL4x", file.read(16 * count)))
        start = tables[b"cmap"]
        file.seek(start)
        (count,) = struct.unpack(">2xH", file.read(4))
        places = [place for (place,) in struct.iter_unpack(">4xL", file.read(8 * count))]
        for place in places:
            file.seek(start + place)
            form, groups = struct.unpack(">H10xL", file.read(16))
            if form == 12:
                for first, last, glyph in struct.iter_unpack(">LLL", file.read(12 * groups)):
                    yield from range(first if glyph else first + 1, last + 1)
                return
    raise ValueError(f"{path.name} has no cmap of format 12")
