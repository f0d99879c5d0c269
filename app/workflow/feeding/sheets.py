"""Sheets that people import: XLSX or JSON to rows of text, and the template to fill in. What is hostile is refused at once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.foundation.columns import LONGEST, Column
from app.foundation.errors import Invalid
from app.foundation.foreign import Unreadable, grids
from app.foundation.text import Text

MOST_BYTES = grids.MOST_BYTES
MOST_ROWS = 2_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetUnreadable(Invalid):
    """The file can't be read as a table."""

    text = Text("The file cannot be read: %(why)s", "无法读取该文件：%(why)s")


@dataclass(frozen=True)
class Row:
    """A row as it was entered: its number in the sheet (as the spreadsheet counts), and its cells by column name."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What a file holds: its rows, and the heads that no column has."""

    rows: list[Row]
    unknown: list[str]


def read(content: bytes, columns: Sequence[Column]) -> Sheet:
    """Rows of an XLSX (its first sheet) or JSON file; rows without a cell are left out.

    :raises SheetUnreadable:
    """
    if len(content) > MOST_BYTES:
        raise _unreadable("it is larger than 5 MB.", "文件超过5 MB。")
    if grids.is_workbook(content):
        return _of_table(_grid(content), columns)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return _of_objects(_objects(content), columns)
    raise _unreadable("it is neither XLSX nor JSON. Save it as .xlsx.", "不是XLSX或JSON文件，请另存为.xlsx。")


def _unreadable(english: str, chinese: str) -> SheetUnreadable:
    return SheetUnreadable(field="file", why=Text(english, chinese))


def _grid(content: bytes) -> grids.Grid:
    try:
        return grids.read(content, most=MOST_ROWS + 200)
    except Unreadable as unreadable:
        raise _unreadable(f"{unreadable.why.en}.", f"{unreadable.why.zh}。") from unreadable


def _of_table(lines: Iterable[tuple[int, list[str]]], columns: Sequence[Column]) -> Sheet:
    """Rows below the first line that names columns; titles and notes above it are passed over."""
    heads: dict[int, Column] = {}
    unknown: list[str] = []
    rows: list[Row] = []
    for number, cells in lines:
        if not heads:
            heads, unknown = _heads(cells, columns)
            if number > 20 and not heads:
                break
            continue
        row = {column.name: cells[place].strip() for place, column in heads.items() if place < len(cells)}
        if any(row.values()):
            rows.append(Row(number, row))
    _refuse_incomplete(heads.values(), columns)
    return _bounded(rows, unknown)


def _heads(cells: list[str], columns: Sequence[Column]) -> tuple[dict[int, Column], list[str]]:
    named = {title.casefold(): column for column in columns for title in column.titles}
    found = {
        place: named[head]
        for place, cell in enumerate(cells)
        if (head := cell.strip().rstrip("*").strip().casefold()) in named
    }
    if len(found) < min(2, len(columns)):
        return {}, []
    return found, [cell.strip() for place, cell in enumerate(cells) if cell.strip() and place not in found]


def _refuse_incomplete(found: Iterable[Column], columns: Sequence[Column]) -> None:
    present = {column.name for column in found}
    missing = [column for column in columns if column.required and not column.default and column.name not in present]
    if missing:
        english, chinese = (
            ", ".join(column.title.en for column in missing),
            "、".join(column.title.zh for column in missing),
        )
        raise _unreadable(
            f"no line names these columns: {english}. Use the template.", f"缺少以下列：{chinese}。请使用模板填写。"
        )


def _objects(content: bytes) -> list[Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise _unreadable("it isn't JSON in UTF-8.", "不是UTF-8编码的JSON。") from error
    rows = found.get("rows") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unreadable("it must be a list of objects.", "应为对象数组。")
    return rows


def _of_objects(objects: list[dict[str, Any]], columns: Sequence[Column]) -> Sheet:
    named = {title.casefold(): column for column in columns for title in column.titles}
    rows, unknown, seen = [], {}, {}
    for number, each in enumerate(objects[: MOST_ROWS + 1], 1):
        cells = {}
        for head, value in each.items():
            column = named.get(head.strip().casefold())
            if column is None:
                unknown[head[:60]] = True
            else:
                seen[column.name] = column
                cells[column.name] = "" if value is None else str(value)[: LONGEST + 1].strip()
        if any(cells.values()):
            rows.append(Row(number, cells))
    _refuse_incomplete(seen.values(), columns)
    return _bounded(rows, list(unknown))


def _bounded(rows: list[Row], unknown: list[str]) -> Sheet:
    if not rows:
        raise _unreadable("it has no rows.", "没有数据行。")
    if len(rows) > MOST_ROWS:
        raise _unreadable(f"it has more than {MOST_ROWS} rows.", f"超过{MOST_ROWS}行。")
    return Sheet(rows, unknown)


def template(columns: Sequence[Column], examples: Sequence[Sequence[str]], language: str) -> bytes:
    """A workbook to fill in: the heads (``*``: needed), examples below them, and on a second sheet what each column takes."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = {"en": "Rows", "zh": "数据"}[language]
    sheet.append(
        [column.title.in_(language) + ("*" if column.required and not column.default else "") for column in columns]
    )
    for example in examples:
        sheet.append(list(example))
    for place, column in enumerate(columns, 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(14, len(column.title.in_(language)) * 2 + 2)
    sheet.freeze_panes = "A2"
    notes = book.create_sheet({"en": "Columns", "zh": "填写说明"}[language])
    for column in columns:
        takes = "、".join(name.in_(language) for name in column.choices.values())
        notes.append(
            [column.title.in_(language), column.name, takes or (column.hint.in_(language) if column.hint else "")]
        )
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
