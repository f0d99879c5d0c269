"""What a browser posted, or a program handed in, as the form's typed values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from app.engine.forms import writing
from app.engine.forms.loading import Field, Form, holds
from app.feel import parse_date, parse_date_time
from app.foundation import clock
from app.foundation.text import Text

_TICKED = frozenset({"on", "true", "1", "yes"})


def coerce(form: Form, posted: Any, *, zone: tzinfo = clock.PLACE) -> dict[str, Any]:
    """Typed values from posted fields (``name``, ``table-0-column``; row numbers may have gaps).

    ``posted`` is a MultiDict or a mapping of texts or lists of texts. Blank fields are left out, hidden ones (by their
    rule) and read-only ones are dropped. What can't be read stays the text it was; ``errors`` then says why.
    """
    reader = _Posted(posted, zone)
    return _shown(form.fields, reader.fields(form.fields, ""))


def take(form: Form, values: Mapping[str, Any], *, zone: tzinfo = clock.PLACE) -> dict[str, Any]:
    """Of any values only what the form takes in, typed by its schema: the rest is dropped, at every level.

    ISO texts become dates and times where the schema's format says so; read-only and hidden fields are dropped.
    """
    kept = _kept(form.schema, values, zone)
    dropped = {field.name for field in form.fields if field.readonly}
    kept = {name: value for name, value in kept.items() if name not in dropped}
    return _shown(form.fields, _without_readonly_columns(form.fields, kept))


def read_text(field: Field, text: str, zone: tzinfo = clock.PLACE) -> Any:
    """One text as the value of a field; a Text that says why when it can't be read."""
    if field.widget == "money":
        return _as_declared(field, writing.money(text))
    if field.widget == "number" or (field.widget in ("text", "hidden") and field.type in ("number", "integer")):
        return _as_declared(field, writing.number(text))
    if field.widget == "date" or (field.widget == "hidden" and field.schema.get("format") == "date"):
        return writing.day(text)
    if field.widget == "datetime" or (field.widget == "hidden" and field.schema.get("format") == "date-time"):
        return writing.instant(text, zone)
    if field.type == "boolean" and text in ("true", "false"):
        return text == "true"
    if field.type in ("number", "integer"):
        return _as_declared(field, writing.number(text))
    return text


def _as_declared(field: Field, value: Decimal | Text) -> Any:
    if isinstance(value, Decimal) and field.type == "integer" and value == value.to_integral_value():
        return int(value)
    return value


class _Posted:
    def __init__(self, posted: Any, zone: tzinfo) -> None:
        self.zone = zone
        self.posted = posted
        self.names = list(posted.keys())

    def texts(self, name: str) -> list[str]:
        if hasattr(self.posted, "getlist"):
            return [str(text) for text in self.posted.getlist(name)]
        value = self.posted.get(name)
        if value is None:
            return []
        return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]

    def fields(self, fields: Iterable[Field], prefix: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field in fields:
            if field.is_said or field.readonly:
                continue
            value = self.field(field, prefix + field.name)
            if value is not None:
                values[field.name] = value
        return values

    def field(self, field: Field, name: str) -> Any:
        if field.widget == "table":
            return self.rows(field, name)
        texts = [_clean(text) for text in self.texts(name)]
        if field.widget == "checkbox":
            return any(text.lower() in _TICKED for text in texts)
        filled = [text for text in texts if text]
        if field.widget in ("checkboxes", "files") or field.type == "array":
            return [self.one(field, text) for text in dict.fromkeys(filled)] or None
        return self.one(field, filled[-1]) if filled else None

    def one(self, field: Field, text: str) -> Any:
        value = read_text(field, text, self.zone)
        return text if isinstance(value, Text) else value

    def rows(self, field: Field, name: str) -> list[dict[str, Any]] | None:
        pattern = re.compile(re.escape(name) + r"-(\d{1,6})-")
        numbers = sorted({int(found[1]) for key in self.names if (found := pattern.match(key))})
        rows = [self.fields(field.columns, f"{name}-{number}-") for number in numbers]
        if field.rows == "free":
            rows = [row for row in rows if any(value not in (None, "", False, []) for value in row.values())]
        return rows or None


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _shown(fields: Iterable[Field], values: dict[str, Any]) -> dict[str, Any]:
    """The values without those whose field isn't shown; a dropped field no longer shows others, so again till it rests."""
    while True:
        hidden = {field.name for field in fields if field.name in values and not holds(field.rule, values)}
        if not hidden:
            break
        values = {name: value for name, value in values.items() if name not in hidden}
    for field in fields:
        if field.columns and isinstance(values.get(field.name), list):
            values[field.name] = [_shown_in_row(field.columns, row, values) for row in values[field.name]]
    return values


def _shown_in_row(columns: Iterable[Field], row: Any, values: Mapping[str, Any]) -> Any:
    if not isinstance(row, dict):
        return row
    shown = {column.name for column in columns if holds(column.rule, values, row)}
    known = {column.name for column in columns}
    return {name: value for name, value in row.items() if name in shown or name not in known}


def _kept(schema: Mapping[str, Any], value: Any, zone: tzinfo) -> Any:
    if isinstance(value, Mapping):
        properties = schema.get("properties")
        if properties is None:
            return dict(value) if schema else {}
        return {
            name: _kept(properties[name], item, zone)
            for name, item in value.items()
            if name in properties and item is not None
        }
    if isinstance(value, list | tuple):
        return [_kept(schema.get("items", {}), item, zone) for item in value]
    if isinstance(value, str):
        return _typed(schema.get("format"), value, zone)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def _typed(format_: str | None, text: str, zone: tzinfo) -> str | date | datetime:
    if format_ == "date":
        return parse_date(text) or text
    if format_ == "date-time":
        read = parse_date_time(text)
        return read.astimezone(zone) if read is not None and read.tzinfo is not None else text
    return text


def _without_readonly_columns(fields: Iterable[Field], values: dict[str, Any]) -> dict[str, Any]:
    for field in fields:
        closed = {column.name for column in field.columns if column.readonly}
        rows = values.get(field.name)
        if closed and isinstance(rows, list):
            values[field.name] = [
                {name: item for name, item in row.items() if name not in closed} if isinstance(row, dict) else row
                for row in rows
            ]
    return values
