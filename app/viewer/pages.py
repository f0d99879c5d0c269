"""A page of a PDF as a picture and its words, as the process sees it that reads the file."""

from __future__ import annotations

import math
import struct
import zlib
from typing import IO, Any

WIDTHS = (1100, 2200)
"""How wide the picture of a page is in pixels: to read it, and to look at it closely."""
CLOSE = len(WIDTHS) - 1
"""The place of the closest look among ``WIDTHS``."""
MOST_PIXELS = 8_000_000
"""A page that is very long is made smaller, so that its picture has no more of them."""
MOST_WORDS = 20_000
"""Characters of a page that are read."""
MOST_PAGES = 10_000
"""Of a file that says it has more, these are counted."""
PASSWORD = 4
"""What PDFium calls a file that wants a password."""


class NoSuchPage(Exception):
    """The file has fewer pages."""


def look(source: IO[bytes], number: int, width: int | None) -> tuple[dict[str, Any], bytes]:
    """``{"pages", "words", "is_cut"}`` of a page (from 1), and its picture as a PNG of that width; none without a width.

    Fields that were filled in are shown as they are on paper. Nothing in the file is run: the library has no scripts.
    Raises pypdfium2.PdfiumError or NoSuchPage.
    """
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(source) as document:
        if document.get_formtype() != 0:
            document.init_forms()
        count = min(len(document), MOST_PAGES)
        if not 1 <= number <= count:
            raise NoSuchPage(number)
        page = document[number - 1]
        words = page.get_textpage()
        said = words.get_text_range(0, min(words.count_chars(), MOST_WORDS)) if words.count_chars() > 0 else ""
        about = {"pages": count, "words": _plain(said), "is_cut": words.count_chars() > MOST_WORDS}
        return about, b"" if width is None else _picture(page, width)


def _plain(said: str) -> str:
    """Words with nothing in them that can't be seen but the ends of lines."""
    lines = said.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-")
    return "".join(char for char in lines if char == "\n" or char.isprintable())


def _picture(page: Any, width: int) -> bytes:
    broad, high = page.get_size()
    if not (0 < broad < math.inf and 0 < high < math.inf):
        raise NoSuchPage("it has no size")
    scale = min(width / broad, math.sqrt(MOST_PIXELS / (broad * high)))
    return png(page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False))


def png(bitmap: Any) -> bytes:
    """A bitmap of red, green and blue bytes as a PNG (ISO/IEC 15948), its lines unfiltered."""
    seen, length = memoryview(bitmap.buffer).cast("B"), bitmap.width * 3
    starts = (line * bitmap.stride for line in range(bitmap.height))
    lines = b"".join(part for start in starts for part in (b"\0", seen[start : start + length]))
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 4)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
