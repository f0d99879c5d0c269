"""Tables of strangers: the first sheet of an Excel workbook, or text with separators, as rows of cells, all of them text."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

from app.foundation.columns import LONGEST
from app.foundation.foreign.reasons import TOO_LARGE, Unreadable
from app.foundation.text import Text

MOST_BYTES = 5_000_000
MOST_CELLS = 60
UNPACKED = 40_000_000
PARTS = 500

NO_BOOK = Text("it is damaged or is not a workbook", "文件已损坏或者不是工作簿")
NOT_ITS_XML = Text("its XML is not that of a workbook", "其中的XML不符合工作簿格式")
BOMB = Text("it unpacks to far too much", "解压后内容过大")
NO_TEXT = Text("it is not text in UTF-8 or GB 18030", "不是UTF-8或GB 18030编码的文本")

Grid = list[tuple[int, list[str]]]
"""Rows as they are counted in the file, with their cells."""


def is_workbook(content: bytes) -> bool:
    """Whether a content begins as an Excel workbook does."""
    return content[:4] == b"PK\x03\x04"


def read(content: bytes, *, most: int) -> Grid:
    """The rows of a workbook's first sheet, or of text; at most ``most``.

    :raises Unreadable:
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    rows = list(_of_workbook(content, most) if is_workbook(content) else _of_text(content, most))
    if not any(any(cells) for _, cells in rows):
        raise Unreadable(Text("it is empty", "文件没有内容"))
    return rows


def _too_many(most: int) -> Unreadable:
    return Unreadable(Text(f"it has more than {most:,} rows", f"超过{most}行"))


def _of_workbook(content: bytes, most: int) -> Iterator[tuple[int, list[str]]]:
    _refuse_hostile(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size isn't believed
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_CELLS, values_only=True), 1):
            if number > most:
                raise _too_many(most)
            yield number, [_text(cell) for cell in cells]
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part happens to cause
        raise Unreadable(NO_BOOK) from error


def _refuse_hostile(content: bytes) -> None:
    """Refuse an archive that unpacks to too much, or whose XML declares entities; a workbook never does either."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
                raise Unreadable(BOMB)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_entities(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise Unreadable(NO_BOOK) from error


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        unpacked = stream.read(part.file_size + 1)
    odd = b"\x00" in unpacked[:200] or b"<!DOCTYPE" in unpacked or b"<!ENTITY" in unpacked
    if odd or len(unpacked) > part.file_size:
        raise Unreadable(NOT_ITS_XML)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and abs(cell) >= 10**15:
        return f"{cell:.5E}"  # a workbook keeps 15 digits of a number; what stands behind them is lost
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".")
    return str(cell)[: LONGEST + 1]


def _of_text(content: bytes, most: int) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    separator = max(",;\t|", key=lambda sign: sum(line.count(sign) for line in text.splitlines()[:50]))
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            if number > most:
                raise _too_many(most)
            yield number, [_plain(cell) for cell in cells[:MOST_CELLS]]
    except csv.Error as error:
        raise Unreadable(Text("its quotes or lines do not close", "引号或换行不完整")) from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(NO_TEXT)


def _plain(cell: str) -> str:
    """A cell without what banks put around digits so that a spreadsheet leaves them alone (``="622…"``, ``'622…``, a tab)."""
    bare = cell.strip()
    if bare.startswith('="') and bare.endswith('"'):
        bare = bare[2:-1]
    return bare.removeprefix("'")[: LONGEST + 1]
