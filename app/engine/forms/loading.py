"""A form read from its two files, and the library of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from jsonschema.validators import extend

from app.feel import parse_date, parse_date_time
from app.foundation.foreign import Unreadable, jsons
from app.foundation.text import Text, text_of

WIDGETS = frozenset(
    [
        "text",
        "textarea",
        "money",
        "number",
        "date",
        "datetime",
        "select",
        "radio",
        "checkbox",
        "checkboxes",
        "file",
        "files",
        "table",
        "heading",
        "note",
        "hidden",
    ]
)
SAID = frozenset({"heading", "note"})
"""Widgets that say something and take nothing in."""
CHOICES = frozenset({"select", "radio", "checkboxes"})
_MATRIX_NEEDS = ("columns_by", "columns_head", "rows_by", "rows_head")
_MATRIX_MAY_NAME = ("rows_note", "rows_group", "rows_words", "rows_most", "evidence")
_FORM_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")


class BrokenForm(ValueError):
    """A form's files that can't be used; ``problems`` says why, in plain English."""

    def __init__(self, form_id: str, problems: list[str]) -> None:
        super().__init__(f"form {form_id}: " + "; ".join(problems))
        self.form_id = form_id
        self.problems = problems


@dataclass(frozen=True)
class Option:
    """One of the values a field may have, and its words."""

    value: Any
    label: Text


@dataclass(frozen=True)
class Matrix:
    """How a table is drawn when its rows are the cells of two dimensions (each bid by each factor).

    Each names a column of the table: ``columns_by`` and ``rows_by`` tell the dimensions apart, the heads say them,
    ``rows_note`` says more of a row in a word, ``rows_words`` at length, ``rows_most`` the largest number that its cells
    take. ``evidence`` has the ids of the documents to look at beside a cell. The other columns stand in the cells.
    """

    columns_by: str
    columns_head: str
    rows_by: str
    rows_head: str
    rows_note: str | None = None
    rows_group: str | None = None
    rows_words: str | None = None
    rows_most: str | None = None
    evidence: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """The columns that don't stand in the cells."""
        return frozenset(filter(None, vars(self).values()))


@dataclass(frozen=True)
class Sum:
    """A sum that stands under a table: of a column, for each value of ``by`` apart, each row ``times`` another column."""

    of: str
    by: str | None = None
    times: str | None = None


@dataclass(frozen=True)
class Field:
    """One field of a form, or one column of a table. ``schema`` is its part of the JSON Schema.

    ``options_from`` names choices that the caller prepared; ``options_by`` the column of a table whose value names them,
    for a number that some rows have only in steps.
    """

    name: str
    widget: str
    label: Text
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    options_from: str | None = None
    options_by: str | None = None
    columns: tuple[Field, ...] = ()
    rows: str = "free"
    matrix: Matrix | None = None
    sums: tuple[Sum, ...] = ()
    readonly: bool = False
    required: bool = False
    rule: tuple[Mapping[str, Any], ...] = ()
    schema: Mapping[str, Any] = attribute(default_factory=dict)

    @property
    def type(self) -> str:
        """The JSON type of its values (the first, when there are several)."""
        declared = self.schema.get("type", "string")
        return declared if isinstance(declared, str) else next((t for t in declared if t != "null"), "string")

    @property
    def takes_nothing(self) -> bool:
        """Whether there is nothing to enter in it: it is read, or every column of it is."""
        columns = [column for column in self.columns if column.widget != "hidden"]
        return self.readonly or self.is_said or (bool(columns) and all(column.takes_nothing for column in columns))

    @property
    def is_said(self) -> bool:
        """Whether it only says something."""
        return self.widget in SAID


@dataclass(frozen=True)
class Form:
    """A form as the renderer and the engine read it."""

    id: str
    title: Text
    submit: Text
    fields: tuple[Field, ...]
    schema: Mapping[str, Any]
    intro: Text | None = None
    law: str | None = None

    @cached_property
    def validator(self) -> Any:
        """The compiled validator of its schema."""
        return _Validator(self.schema, format_checker=_formats)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all values it can take in."""
        return frozenset(self.schema.get("properties", {}))

    @cached_property
    def sometimes_required(self) -> frozenset[str]:
        """The names of values that its schema asks for on some condition."""
        return frozenset(_required_within(self.schema)) - frozenset(self.schema.get("required", ()))

    def field(self, path: tuple[str | int, ...]) -> Field | None:
        """The field or column that a path of names and row numbers leads to."""
        fields, found = self.fields, None
        for part in path:
            if isinstance(part, int):
                continue
            found = next((field for field in fields if field.name == part), None)
            if found is None:
                return None
            fields = found.columns
        return found


def _required_within(schema: Any) -> Iterator[str]:
    """What a schema's conditions require of the object itself."""
    if not isinstance(schema, Mapping):
        return
    for names in (schema.get("required", ()), *schema.get("dependentRequired", {}).values()):
        yield from names
    for part in ("then", "else"):
        yield from _required_within(schema.get(part))
    for part in ("allOf", "anyOf", "oneOf"):
        for inner in schema.get(part, ()):
            yield from _required_within(inner)
    for inner in schema.get("dependentSchemas", {}).values():
        yield from _required_within(inner)


def field_name(path: tuple[str | int, ...]) -> str:
    """The name of a field in the page: ``lots-0-name``."""
    return "-".join(str(part) for part in path)


def read(form_id: str, schema: bytes, ui: bytes) -> Form:
    """A form from the bytes of its two files.

    :raises BrokenForm: with everything that is wrong in them
    """
    problems: list[str] = []
    schema_json = _parsed(schema, "schema", problems)
    ui_json = _parsed(ui, "ui", problems)
    if not problems:
        problems = list(_schema_problems(schema_json)) + list(_ui_problems(ui_json, schema_json))
    if problems:
        raise BrokenForm(form_id, problems)
    title = text_of(ui_json.get("title") or schema_json.get("title") or form_id)
    return Form(
        id=form_id,
        title=title,
        submit=text_of(ui_json.get("submit") or Text("Submit", "提交")),
        intro=text_of(ui_json["intro"]) if ui_json.get("intro") else None,
        law=ui_json.get("law"),
        fields=tuple(_field(entry, schema_json) for entry in ui_json.get("fields", [])),
        schema=schema_json,
    )


class Library:
    """The forms of one or more folders, or of files in memory (``<id>.schema.json`` and ``<id>.ui.json``).

    A form is read when it is asked for and kept; ``forget`` reads all anew.
    """

    def __init__(self, *folders: Path, files: Mapping[str, bytes] | None = None) -> None:
        self.folders = folders
        self.files = {Path(name).name: content for name, content in (files or {}).items()}
        self._forms: dict[str, Form] = {}

    def get(self, form_id: str) -> Form | None:
        """The form of that id, or None.

        :raises BrokenForm: when its files can't be used
        """
        if form_id not in self._forms:
            sources = self.sources(form_id)
            if sources is None:
                return None
            self._forms[form_id] = read(form_id, *sources)
        return self._forms[form_id]

    def sources(self, form_id: str) -> tuple[bytes, bytes] | None:
        """The bytes of its schema and of its UI file, or None when one is missing."""
        if not _FORM_ID.match(form_id):
            return None
        found = [self._file(f"{form_id}.{part}.json") for part in ("schema", "ui")]
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    def ids(self) -> list[str]:
        """The ids of all forms."""
        names = {path.name for folder in self.folders for path in folder.glob("*.ui.json")} | set(self.files)
        return sorted(name.removesuffix(".ui.json") for name in names if name.endswith(".ui.json"))

    def forget(self) -> None:
        """Read every form anew from now on."""
        self._forms.clear()

    def _file(self, name: str) -> bytes | None:
        if name in self.files:
            return self.files[name]
        return next(((folder / name).read_bytes() for folder in self.folders if (folder / name).is_file()), None)


def holds(rule: tuple[Mapping[str, Any], ...], values: Mapping[str, Any], row: Mapping[str, Any] | None = None) -> bool:
    """Whether a field with this rule is shown: every part of it holds for the values (of its row first)."""
    return all(_part_holds(part, values, row or {}) for part in rule)


def _part_holds(part: Mapping[str, Any], values: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    name = part["field"]
    value = as_json(row[name] if name in row else values.get(name))
    filled = value not in (None, "", [], False)
    tests: dict[str, Callable[[Any], bool]] = {
        "equals": lambda wanted: value == wanted,
        "not": lambda wanted: value != wanted,
        "in": lambda wanted: value in wanted,
        "filled": lambda wanted: filled is bool(wanted),
        "atLeast": lambda wanted: _is_number(value) and value >= wanted,
        "atMost": lambda wanted: _is_number(value) and value <= wanted,
    }
    return all(test(part[key]) for key, test in tests.items() if key in part)


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def as_json(value: Any) -> Any:
    """Typed values as the schema sees them: dates and times as ISO text, numbers as they are."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value


def _parsed(content: bytes, part: str, problems: list[str]) -> Any:
    try:
        parsed = jsons.read(content, parse_float=Decimal)
    except Unreadable as error:
        problems.append(f"its {part} file isn't JSON: {error}")
        return {}
    if not isinstance(parsed, dict):
        problems.append(f"its {part} file must hold one object")
        return {}
    return parsed


def _schema_problems(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("type") != "object":
        yield "its schema must be of type object"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield f"its schema is no JSON Schema at {'/'.join(map(str, error.absolute_path)) or 'the top'}: {error.message}"


def _ui_problems(ui: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    fields = ui.get("fields")
    if not isinstance(fields, list):
        yield "its UI file has no list of fields"
        return
    yield from _field_problems(fields, schema, "")
    shown = {entry.get("name") for entry in fields if isinstance(entry, dict)}
    for name in schema.get("required", []):
        if name not in shown:
            yield f"the required value {name} has no field"


def _field_problems(fields: list[Any], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    properties, seen = schema.get("properties", {}), set()
    for entry in fields:
        if not isinstance(entry, dict) or entry.get("widget") not in WIDGETS:
            yield f"{where}a field has no widget, or one that doesn't exist: {json.dumps(entry, default=str)[:80]}"
            continue
        if not _whole_text(entry.get("label")) and entry["widget"] != "hidden":
            yield f"{where}the field {entry.get('name')} has no label in both languages"
        if entry["widget"] in SAID:
            continue
        name = entry.get("name")
        if name not in properties:
            yield f"{where}the field {name} isn't in the schema"
            continue
        if name in seen:
            yield f"{where}the field {name} stands there twice"
        seen.add(name)
        yield from _widget_problems(entry, properties[name], f"{where}{name}: ")


def _widget_problems(entry: dict[str, Any], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    for part in entry["rule"] if isinstance(entry.get("rule"), list) else [entry.get("rule") or {"field": ""}]:
        if not isinstance(part, dict) or "field" not in part:
            yield f"{where}its rule names no field"
    if entry["widget"] in CHOICES and not entry.get("options") and not entry.get("options_from"):
        yield f"{where}it has nothing to choose from"
    for option in entry.get("options") or []:
        if not isinstance(option, dict) or "value" not in option or not _whole_text(option.get("label")):
            yield f"{where}an option has no value, or no label in both languages"
    if entry["widget"] == "table":
        if schema.get("type") != "array" or not isinstance(entry.get("columns"), list):
            yield f"{where}a table needs columns, and an array in the schema"
        else:
            yield from _field_problems(entry["columns"], schema.get("items", {}), where)
            yield from _step_problems(entry["columns"], where)
            yield from _matrix_problems(entry, where)
            yield from _sum_problems(entry, where)


def _step_problems(columns: list[Any], where: str) -> Iterator[str]:
    declared = [column for column in columns if isinstance(column, dict)]
    names = {column.get("name") for column in declared}
    for column in declared:
        if column.get("options_by") is not None and column["options_by"] not in names:
            yield f"{where}{column.get('name')}: its options_by names {column['options_by']}, which is no column"


def _matrix_problems(entry: dict[str, Any], where: str) -> Iterator[str]:
    matrix = entry.get("matrix")
    if matrix is None:
        return
    wanted = set(_MATRIX_NEEDS)
    if not isinstance(matrix, dict) or not wanted <= matrix.keys() <= wanted | set(_MATRIX_MAY_NAME):
        yield f"{where}a matrix names {', '.join(_MATRIX_NEEDS)}, and may name {', '.join(_MATRIX_MAY_NAME)}"
        return
    if entry.get("rows") != "fixed":
        yield f"{where}only a table with fixed rows can be a matrix"
    columns = {column.get("name") for column in entry["columns"] if isinstance(column, dict)}
    for name in matrix.values():
        if name not in columns:
            yield f"{where}its matrix names {name}, which is no column"


def _sum_problems(entry: dict[str, Any], where: str) -> Iterator[str]:
    columns = {column.get("name") for column in entry["columns"] if isinstance(column, dict)}
    for each in entry.get("sums") or ():
        if not isinstance(each, dict) or "of" not in each or not each.keys() <= {"of", "by", "times"}:
            yield f"{where}a sum names its column in of, and may name by and times"
        else:
            yield from (
                f"{where}its sum names {name}, which is no column" for name in each.values() if name not in columns
            )


def _whole_text(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("en")) and bool(value.get("zh"))


def _field(entry: Mapping[str, Any], schema: Mapping[str, Any]) -> Field:
    name = entry.get("name", "")
    own = schema.get("properties", {}).get(name, {})
    rule = entry.get("rule") or ()
    return Field(
        name=name,
        widget=entry["widget"],
        label=text_of(entry.get("label") or name),
        hint=text_of(entry["hint"]) if entry.get("hint") else None,
        options=tuple(Option(o["value"], text_of(o["label"])) for o in entry.get("options") or ()),
        options_from=entry.get("options_from"),
        options_by=entry.get("options_by"),
        columns=tuple(_field(column, own.get("items", {})) for column in entry.get("columns") or ()),
        rows=entry.get("rows", "free"),
        matrix=Matrix(**entry["matrix"]) if entry.get("matrix") else None,
        sums=tuple(Sum(**each) for each in entry.get("sums") or ()),
        readonly=bool(entry.get("readonly")),
        required=name in schema.get("required", ()),
        rule=tuple(rule) if isinstance(rule, list) else ((rule,) if rule else ()),
        schema=own,
    )


_formats = FormatChecker(formats=())


@_formats.checks("date")
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or parse_date(value) is not None


@_formats.checks("date-time")
def _is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return True
    read = parse_date_time(value)
    return read is not None and read.tzinfo is not None


@_formats.checks("email")
def _is_address(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", value) is not None


@_formats.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", value, re.IGNORECASE) is not None


def _is_whole(_checker: object, value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


_Validator: Any = extend(
    Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole)
)
