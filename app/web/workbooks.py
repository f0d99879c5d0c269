"""Several tables as one Excel workbook, a sheet each."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import openpyxl
from flask import Response
from openpyxl.styles import Font

from app.foundation.text import in_language
from app.web import current, language

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 31
"""The most signs of a sheet's name."""


@dataclass(frozen=True)
class Sheet:
    """A table: texts are written in the language of the page."""

    name: Any
    header: Sequence[Any]
    rows: Iterable[Sequence[Any]]


def workbook(name: str, sheets: Iterable[Sheet]) -> Response:
    """The sheets as an Excel file; no text of a person is taken for a formula."""
    spoken = language.language()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", str(in_language(sheet.name, spoken)))[:LONGEST])
        for number, row in enumerate([sheet.header, *sheet.rows], start=1):
            for column, value in enumerate(row, start=1):
                _write(page.cell(number, column), in_language(value, spoken), is_head=number == 1)
        page.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    answer = Response(file.getvalue(), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return answer


def _write(cell: Any, value: Any, *, is_head: bool) -> None:
    cell.value = value.astimezone(current.zone()).replace(tzinfo=None) if isinstance(value, datetime) else value
    if isinstance(value, str):
        cell.data_type = "s"
    if is_head:
        cell.font = Font(bold=True)
