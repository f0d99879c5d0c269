"""Lists as every page has them: what the address asks for, pages of rows, and the same rows as CSV.

A view reads ``asked = listing.asked(sorts=("name", "-since"))``, finds its rows, and gives the template
``Rows(rows, asked.page, asked.size, total)``; with ``asked.wants_csv`` it answers ``listing.csv(...)`` instead.
"""

from __future__ import annotations

import csv as writing
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Response, request

from app.foundation.text import in_language
from app.web import language

SIZES = (25, 50, 100)
"""How many rows a page may have."""
EXPORTED = 50_000
"""How many rows an export has at most."""
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Asked:
    """What a list was asked for: the searched words, the sort (``-`` before it: descending), the page and its size."""

    search: str
    sort: str
    page: int
    size: int
    wants_csv: bool

    @property
    def by(self) -> str:
        """What is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """Whether the largest or latest comes first."""
        return self.sort.startswith("-")

    @property
    def offset(self) -> int:
        """How many rows lie before the page."""
        return 0 if self.wants_csv else (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """How many rows are needed."""
        return EXPORTED if self.wants_csv else self.size


@dataclass(frozen=True)
class Rows:
    """One page of a list. ``total_is_exact`` is false where counting stopped."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int
    total_is_exact: bool = True

    @property
    def has_more(self) -> bool:
        """Whether there is a next page."""
        return self.number * self.size < self.total


def asked(sorts: Sequence[str] = ()) -> Asked:
    """Read the address; what makes no sense is taken as not asked. The first of ``sorts`` is the list's own order.

    ``sorts`` name what may be sorted by, in the direction that comes first; both directions may be asked.
    """
    names = {sort.removeprefix("-") for sort in sorts}
    sort = request.args.get("sort", "")
    if sort.removeprefix("-") not in names:
        sort = sorts[0] if sorts else ""
    size = _number("size", SIZES[0])
    return Asked(
        search=request.args.get("q", "").strip()[:200],
        sort=sort,
        page=min(max(1, _number("page", 1)), LAST_PAGE),
        size=size if size in SIZES else SIZES[0],
        wants_csv=request.args.get("format") == "csv",
    )


def chosen(name: str, values: Iterable[str], default: str = "") -> str:
    """The value of a filter in the address, if it is one of those there are."""
    value = request.args.get(name, default)
    return value if value in values else default


def csv(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> Response:
    """Rows as a CSV file that spreadsheets open with the right signs; texts are in the language of the page.

    It is whole before the answer begins: rows read while the answer is under way could fail in the middle of a file
    that the browser then takes for whole.
    """
    spoken = language.language()
    written = io.StringIO("\ufeff", newline="")
    written.seek(0, io.SEEK_END)
    lines = writing.writer(written)
    for row in (header, *rows):
        lines.writerow([_cell(in_language(value, spoken)) for value in row])
    answer = Response(written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return answer


def _cell(value: object) -> object:
    """A cell; a text that a spreadsheet would take for a formula is marked as text."""
    if value is None:
        return ""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _number(name: str, default: int) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else default


def whole(given: str) -> int | None:
    """A whole number that somebody sends, if it is one that a column holds."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
