"""What stands in the fields of a form: texts by name, as a browser posts them.

Prepared values, a draft and what was just posted are all brought into this one shape, so that a page draws them alike
and a text that can't be read comes back as it was typed. Rows that the server fixed keep its ids and words whatever
was posted; only what a person may enter is taken from the post.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from app.engine import forms
from app.engine.forms import Field, Form, Option
from app.foundation import dates
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.money import in_figures
from app.foundation.text import Text
from app.web import language

Texts = MultiDict[str, str]
YES = Text("yes", "是")
REDRAWN = frozenset({"_add", "_remove", "_drop", "_show"})
"""Buttons that only change the form: it is shown again with what was typed."""


@dataclass(frozen=True)
class Row:
    """One row of a table: its place from 0 and what the names of its fields begin with."""

    number: int
    prefix: str


@dataclass(frozen=True)
class Column:
    """One column of a matrix: what tells it apart, its words, and its cells in the order of the matrix's rows; None
    where the table has no such row. ``filled`` of its ``wanted`` values are there, and its numbers come to ``sum`` of
    ``most`` at the most, where it has any."""

    key: str
    head: str
    cells: list[Row | None]
    filled: int
    wanted: int
    sum: Decimal | None
    most: Decimal | None


@dataclass
class Entry:
    """A form and what stands in it. ``problems`` are sentences by field name; ``documents`` the uploaded files by id,
    ``evidence`` those that stand beside the cells of a matrix, as far as the reader may see them."""

    form: Form
    texts: Texts
    options: Mapping[str, list[Option]] = field(default_factory=dict)
    problems: Mapping[str, Text] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    evidence: Mapping[str, Document] = field(default_factory=dict)

    def problem(self, name: str) -> Text | None:
        """What is wrong with a field."""
        return self.problems.get(name)

    def text(self, name: str) -> str:
        """The one text of a field."""
        return self.texts.get(name, "")

    def all(self, name: str) -> list[str]:
        """All texts of a field that may have several."""
        return self.texts.getlist(name)

    def is_ticked(self, name: str) -> bool:
        """Whether a single box is ticked."""
        return self.text(name) not in ("", "false")

    @staticmethod
    def is_plain_date(text: str) -> bool:
        """Whether a browser's own field for days can show a text (else it stays text, as it was typed)."""
        return not text or re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None

    @staticmethod
    def is_plain_time(text: str) -> bool:
        """Whether a browser's own field for days and times can show a text."""
        return not text or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text) is not None

    def choices(self, field: Field) -> list[Option]:
        """What can be chosen in a field."""
        return list(field.options) or list(self.options.get(field.options_from or "", ()))

    def rows(self, field: Field, prefix: str = "") -> list[Row]:
        """The rows of a table; one that is free has at least one, to be filled in."""
        name = prefix + field.name
        found = [Row(number, f"{name}-{number}-") for number in _numbers(self.texts, name)]
        return found or ([Row(0, f"{name}-0-")] if field.rows == "free" else [])

    def draws(self, name: str) -> bool:
        """Whether a field of this name stands in the page."""
        return field_of(self.form, name) is not None

    def where(self, name: str) -> Text | None:
        """Which row of a table a field stands in, for people; None outside tables."""
        path = _path(name)
        if len(path) < 3 or not isinstance(path[1], int):
            return None
        table, prefix = self.form.field(path[:1]), f"{path[0]}-{path[1]}-"
        if table is None:
            return None
        said = [column.name for column in table.columns if column.readonly]
        if table.matrix is not None:
            said = [table.matrix.columns_head, table.matrix.rows_head]
        words = [self.text(prefix + column) for column in said[:2]]
        if any(words):
            return Text(", ".join(filter(None, words)), "，".join(filter(None, words)))
        return Text("Row %(n)s", "第%(n)s行").filled(n=path[1] + 1)

    def lines(self, field: Field) -> list[Row]:
        """The rows of a matrix, each by the first of the table's rows in it."""
        assert field.matrix is not None
        first: dict[str, Row] = {}
        for row in self.rows(field):
            first.setdefault(self.text(row.prefix + field.matrix.rows_by), row)
        return list(first.values())

    def columns(self, field: Field) -> list[Column]:
        """The columns of a matrix, whose rows are its ``lines``."""
        assert field.matrix is not None
        by, rows_by = field.matrix.columns_by, field.matrix.rows_by
        found: dict[str, dict[str, Row]] = {}
        for row in self.rows(field):
            found.setdefault(self.text(row.prefix + by), {})[self.text(row.prefix + rows_by)] = row
        lines = [self.text(row.prefix + rows_by) for row in self.lines(field)]
        return [self._column(field, key, [rows.get(line) for line in lines]) for key, rows in found.items()]

    def _column(self, field: Field, key: str, cells: list[Row | None]) -> Column:
        assert field.matrix is not None
        rows, how = [row for row in cells if row is not None], field.matrix
        wanted = [
            row.prefix + each.name for row in rows for each in field.columns if each.required and _is_entered(each)
        ]
        summed = next((each for each in field.columns if each.widget == "number" and _is_entered(each)), None)
        return Column(
            key,
            self.text(rows[0].prefix + how.columns_head),
            cells,
            sum(bool(self.text(name).strip()) for name in wanted),
            len(wanted),
            self._sum(summed, [row.prefix + summed.name for row in rows]) if summed else None,
            self._sum(summed, [row.prefix + how.rows_most for row in rows]) if summed and how.rows_most else None,
        )

    def _sum(self, field: Field, names: list[str]) -> Decimal:
        """What the texts of these names come to as values of a field; what can't be read counts nothing."""
        values = [forms.read_text(field, self.text(name)) for name in names]
        return sum((Decimal(value) for value in values if isinstance(value, Decimal | int)), Decimal(0))

    def steps(self, field: Field, prefix: str) -> list[Option]:
        """The values that a number of this row is chosen from; none where it is typed, as is one that isn't among them."""
        found = list(self.options.get(self.text(prefix + field.options_by), ())) if field.options_by else []
        typed = self.text(prefix + field.name)
        return found if not typed or typed in (str(option.value) for option in found) else []


def _is_entered(column: Field) -> bool:
    return not column.readonly and column.widget != "hidden"


def in_texts(form: Form, values: Mapping[str, Any], zone: tzinfo) -> Texts:
    """Typed values as a browser would post them."""
    texts: Texts = MultiDict()
    for each in form.fields:
        _write(texts, each, each.name, values.get(each.name), zone)
    return texts


def _write(texts: Texts, field: Field, name: str, value: Any, zone: tzinfo) -> None:
    if value is None or field.is_said:
        return
    if field.widget == "table":
        for number, row in enumerate(value):
            for column in field.columns:
                _write(texts, column, f"{name}-{number}-{column.name}", row.get(column.name), zone)
        return
    for each in value if isinstance(value, list | tuple) and not isinstance(value, Text) else [value]:
        texts.add(name, written(field, each, zone))


def by_field(problems: Iterable[Refusal]) -> dict[str, Text]:
    """What is wrong with each field: of several refusals the first."""
    return {problem.field: problem.sentence for problem in reversed(list(problems)) if problem.field}


def in_words(form: Form, texts: Texts, documents: Mapping[str, Document]) -> Iterator[tuple[Text, str | Text]]:
    """What a person entered, for reading: by the labels of fields and choices, days as people write them, files by name."""
    for name, given in texts.lists():
        field = field_of(form, name)
        if field is None or field.readonly or field.widget == "hidden":
            continue
        for text in given:
            if text.strip():
                yield field.label, _in_words(field, text.strip(), documents)


def _in_words(field: Field, text: str, documents: Mapping[str, Document]) -> str | Text:
    if field.widget in ("file", "files"):
        return documents[text].name if text in documents else text
    if field.widget == "checkbox":
        return YES
    chosen = next((option.label for option in field.options if str(option.value) == text), None)
    if chosen is not None:
        return chosen
    value = forms.read_text(field, text)
    if field.widget == "money" and isinstance(value, Decimal | int):
        return in_figures(Decimal(value))
    if isinstance(value, datetime):
        return dates.when(value)
    return dates.day(value) if isinstance(value, date) else text


def written(field: Field, value: Any, zone: tzinfo) -> str:
    """One value as a person would type it; what the server says, in the language of the page."""
    if isinstance(value, Text):
        return language.say(value)
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if field.widget == "money" else f"{value:f}"
    if isinstance(value, int):
        return f"{value:,}" if field.widget == "money" else str(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if field.widget == "datetime" and (read := _instant(str(value))) is not None:
        return written(field, read, zone)
    return str(value)


def _instant(text: str) -> datetime | None:
    """A process variable's time, which is text."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def posted(form: Form, given: Mapping[str, Any]) -> Texts:
    """Of what was posted what belongs to the form, its rows numbered anew from 0; free rows without a text are left out.

    ``given`` is a MultiDict, or a draft as ``kept`` wrote it.
    """
    source: Texts = given if isinstance(given, MultiDict) else MultiDict(given)
    texts: Texts = MultiDict()
    for each in form.fields:
        _copy(source, texts, each, each.name, each.name)
    return texts


def _copy(source: Texts, texts: Texts, field: Field, name: str, to: str) -> None:
    if field.is_said:
        return
    if field.widget != "table":
        texts.setlist(to, [str(text) for text in source.getlist(name)])
        return
    number = 0
    for old in _numbers(source, name):
        row: Texts = MultiDict()
        for column in field.columns:
            _copy(source, row, column, f"{name}-{old}-{column.name}", f"{to}-{number}-{column.name}")
        if field.rows != "free" or any(text.strip() for written in row.listvalues() for text in written):
            texts.update(row)
            number += 1


def kept(texts: Texts) -> dict[str, list[str]]:
    """Texts as a draft keeps them; what was emptied is kept as empty."""
    return {name: list(values) for name, values in texts.lists()}


def laid_over(form: Form, prepared: Texts, typed: Texts) -> Texts:
    """What a person entered over what the server prepared: they own what may be entered, it owns all else."""
    texts: Texts = MultiDict()
    for each in form.fields:
        if each.widget == "table" and each.rows == "fixed":
            _lay_rows(texts, each, prepared, typed)
        elif each.widget == "table":
            _copy(typed, texts, each, each.name, each.name)
        elif not each.is_said:
            theirs = not each.readonly and not (each.widget == "hidden" and each.name in prepared)
            texts.setlist(each.name, (typed if theirs else prepared).getlist(each.name))
    return texts


def _lay_rows(texts: Texts, field: Field, prepared: Texts, typed: Texts) -> None:
    """A fixed row takes its person's cells from the typed row with the same hidden ids, or from the same place."""
    hidden = [column.name for column in field.columns if column.widget == "hidden"]
    entered = [column.name for column in field.columns if column.widget != "hidden" and not column.readonly]
    numbers = _numbers(typed, field.name)
    by_ids = {_ids(typed, field.name, number, hidden): number for number in numbers} if hidden else {}
    for number in _numbers(prepared, field.name):
        ids = _ids(prepared, field.name, number, hidden)
        from_ = by_ids.get(ids) if hidden else (number if number in numbers else None)
        for column in field.columns:
            name = f"{field.name}-{number}-{column.name}"
            if column.name in entered and from_ is not None:
                texts.setlist(name, typed.getlist(f"{field.name}-{from_}-{column.name}"))
            else:
                texts.setlist(name, prepared.getlist(name))


def _ids(texts: Texts, name: str, number: int, hidden: list[str]) -> tuple[str, ...]:
    return tuple(texts.get(f"{name}-{number}-{column}", "") for column in hidden)


def _numbers(texts: Texts, name: str) -> list[int]:
    pattern = re.compile(re.escape(name) + r"-(\d{1,6})-")
    return sorted({int(found[1]) for key in texts if (found := pattern.match(key))})


def with_row(form: Form, texts: Texts, name: str) -> Texts:
    """The texts with one row more in a free table, for the button that asks for it without a script."""
    table = form.field(_path(name))
    if table is None or not _is_free(table):
        return texts
    more: Texts = texts.copy()
    numbers = _numbers(texts, name)
    for number in [max(numbers) + 1] if numbers else [0, 1]:
        for column in table.columns:
            more.setlist(f"{name}-{number}-{column.name}", [""])
    return more


def without_row(form: Form, given: Texts, name: str) -> Texts:
    """What was posted without one row of a free table (``lots-2``), as its button asks."""
    table = form.field(_path(name))
    if table is None or not _is_free(table):
        return given
    fewer: Texts = MultiDict()
    for key, values in given.lists():
        if not key.startswith(f"{name}-"):
            fewer.setlist(key, values)
    return fewer


def without_file(given: Texts, dropped: str) -> Texts:
    """What was posted without one file of a field (``attachments:ID``), as its button asks."""
    name, _, document_id = dropped.partition(":")
    fewer: Texts = MultiDict(list(given.items(multi=True)))
    fewer.setlist(name, [kept_id for kept_id in given.getlist(name) if kept_id != document_id])
    return fewer


def _is_free(field: Field) -> bool:
    return field.widget == "table" and field.rows == "free"


def _path(name: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in name.split("-"))


def field_of(form: Form, name: str) -> Field | None:
    """The field or column that a name in the page belongs to."""
    return form.field(_path(name))


def file_fields(form: Form) -> list[Field]:
    """The fields that take files."""
    return [each for each in form.fields if each.widget in ("file", "files")]


def values(form: Form, texts: Texts, zone: tzinfo) -> dict[str, Any]:
    """The typed values, as the engine takes them."""
    return forms.coerce(form, texts, zone=zone)
