"""What is wrong with a form's values, said beside the field in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, NoReturn

from app.engine.forms.coercion import read_text
from app.engine.forms.loading import Field, Form, Option, as_json, field_name
from app.foundation import clock
from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.text import Text


@dataclass(frozen=True)
class FieldError:
    """``path`` leads to the field (``("lots", 0, "name")``), ``text`` says what is wrong and what to do."""

    path: tuple[str | int, ...]
    text: Text

    @property
    def field(self) -> str:
        """The field's name in the page."""
        return field_name(self.path)


class FieldInvalid(Invalid):
    """One field's value can't be taken."""

    code = "field"
    text = Text("%(what)s", "%(what)s")


class FormInvalid(Several):
    """Some fields can't be taken as they are; ``parts`` has one refusal for each."""

    code = "form"
    text = Text("Correct the problems in what you entered.", "填写内容有误，请更正。")


def refuse(found: list[FieldError]) -> NoReturn:
    """Raise what was found as refusals, one for each field."""
    parts: list[Refusal] = [FieldInvalid(field=error.field, what=error.text) for error in found]
    raise FormInvalid(parts)


def errors(
    form: Form,
    values: Mapping[str, Any],
    *,
    options: Mapping[str, list[Option]] | None = None,
    zone: tzinfo = clock.PLACE,
) -> list[FieldError]:
    """Everything that keeps these values from being taken, in the order of the fields; at most one for each field.

    ``options`` are the choices of the fields whose options the caller prepared (``options_from``).
    """
    found: dict[tuple[str | int, ...], Text] = {}
    for error in form.validator.iter_errors(as_json(values)):
        for path, text in _explained(form, error, zone):
            found.setdefault(path, text)
    for path, text in _unlisted(form, values, options or {}):
        found.setdefault(path, text)
    order = {field.name: place for place, field in enumerate(form.fields)}
    ranked = sorted(found, key=lambda path: (order.get(str(path[0]) if path else "", -1), *_place(path)))
    return [FieldError(path, found[path]) for path in ranked]


def _place(path: tuple[str | int, ...]) -> tuple[int, ...]:
    return tuple(part for part in path if isinstance(part, int))


def _explained(form: Form, error: Any, zone: tzinfo) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    path = tuple(error.absolute_path)
    if error.validator in ("required", "dependentRequired"):
        for name in _missing(error):
            whole = (*path, name)
            yield whole, _missing_text(form.field(whole)).filled(label=_label(form, whole))
        return
    if error.validator in ("anyOf", "oneOf", "allOf") and error.context:
        deepest = max(error.context, key=lambda inner: len(inner.absolute_path))
        yield from _explained(form, deepest, zone)
        return
    field = form.field(path)
    unread = _unread(field, error.instance, zone)
    if unread is not None:
        yield path, unread
        return
    text = _TEXTS.get(error.validator, _UNFIT)
    yield path, (text(error) if callable(text) else text).filled(label=_label(form, path), limit=error.validator_value)


def _missing(error: Any) -> list[str]:
    if error.validator == "required":
        return [name for name in error.validator_value if name not in error.instance]
    return [
        name
        for trigger, names in error.validator_value.items()
        if trigger in error.instance
        for name in names
        if name not in error.instance
    ]


def _missing_text(field: Field | None) -> Text:
    if field is not None and field.widget in ("select", "radio", "checkboxes"):
        return Text("Choose “%(label)s”.", "请选择“%(label)s”。")
    if field is not None and field.widget in ("file", "files"):
        return Text("Add a file under “%(label)s”.", "请在“%(label)s”中上传文件。")
    if field is not None and field.widget == "table":
        return Text("Add a row under “%(label)s”.", "请在“%(label)s”中至少填写一行。")
    return Text("Fill in “%(label)s”.", "请填写“%(label)s”。")


def _label(form: Form, path: tuple[str | int, ...]) -> Text:
    field = form.field(path)
    return field.label if field is not None else Text(field_name(path), field_name(path))


def _unread(field: Field | None, value: Any, zone: tzinfo) -> Text | None:
    """Why a text that was left as it was can't be read, or None when that isn't the trouble."""
    if field is None or not isinstance(value, str):
        return None
    read = read_text(field, value, zone)
    return read if isinstance(read, Text) else None


_UNFIT = Text("“%(label)s” is not valid.", "“%(label)s”的内容无效。")
_UNLISTED = Text("Choose one of the values offered for “%(label)s”.", "请从“%(label)s”的选项中选择。")


def _places(error: Any) -> Text:
    step = str(error.validator_value)
    if step in ("0.01", "1E-2"):
        return Text("“%(label)s” can have at most 2 decimal places.", "“%(label)s”最多保留两位小数。")
    return Text("“%(label)s” must be a multiple of %(limit)s.", "“%(label)s”必须是 %(limit)s 的倍数。")


def _least_length(error: Any) -> Text:
    if error.validator_value == 1:
        return Text("Fill in “%(label)s”.", "请填写“%(label)s”。")
    return Text("“%(label)s” needs at least %(limit)s characters.", "“%(label)s”至少需要 %(limit)s 个字。")


def _least_items(error: Any) -> Text:
    if error.validator_value == 1:
        return Text("“%(label)s” needs at least one entry.", "“%(label)s”至少需要一项。")
    return Text("“%(label)s” needs at least %(limit)s entries.", "“%(label)s”至少需要 %(limit)s 项。")


def _typed(error: Any) -> Text:
    wanted = error.validator_value if isinstance(error.validator_value, str) else error.validator_value[0]
    return {
        "integer": Text("“%(label)s” must be a whole number.", "“%(label)s”必须是整数。"),
        "number": Text("“%(label)s” must be a number.", "“%(label)s”必须是数字。"),
        "boolean": Text("“%(label)s” must be yes or no.", "“%(label)s”必须为是或否。"),
    }.get(wanted, _UNFIT)


def _constant(error: Any) -> Text:
    if error.validator_value is True:
        return Text("Tick “%(label)s” to continue.", "请勾选“%(label)s”后继续。")
    return _UNLISTED


_TEXTS: dict[str, Text | Callable[[Any], Text]] = {
    "type": _typed,
    "enum": _UNLISTED,
    "const": _constant,
    "minimum": Text("“%(label)s” must be %(limit)s or more.", "“%(label)s”不得小于 %(limit)s。"),
    "maximum": Text("“%(label)s” must be %(limit)s or less.", "“%(label)s”不得大于 %(limit)s。"),
    "exclusiveMinimum": Text("“%(label)s” must be more than %(limit)s.", "“%(label)s”必须大于 %(limit)s。"),
    "exclusiveMaximum": Text("“%(label)s” must be less than %(limit)s.", "“%(label)s”必须小于 %(limit)s。"),
    "minLength": _least_length,
    "maxLength": Text("“%(label)s” can have at most %(limit)s characters.", "“%(label)s”最多 %(limit)s 个字。"),
    "minItems": _least_items,
    "maxItems": Text("“%(label)s” can have at most %(limit)s entries.", "“%(label)s”最多 %(limit)s 项。"),
    "uniqueItems": Text("“%(label)s” cannot have the same entry twice.", "“%(label)s”中不得有重复项。"),
    "multipleOf": _places,
    "pattern": Text("Enter “%(label)s” in the right format.", "请按规定格式填写“%(label)s”。"),
    "format": Text("Enter “%(label)s” in the right format.", "请按规定格式填写“%(label)s”。"),
}


def _unlisted(
    form: Form, values: Mapping[str, Any], options: Mapping[str, list[Option]]
) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Values that aren't among the choices of their field, its own or those the caller prepared."""
    for field in form.fields:
        yield from _unlisted_in(field, values, (), options)


def _unlisted_in(
    field: Field, values: Mapping[str, Any], path: tuple[str | int, ...], options: Mapping[str, list[Option]]
) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    value, own = values.get(field.name), (*path, field.name)
    if field.columns and isinstance(value, list):
        for number, row in enumerate(value):
            for column in field.columns:
                yield from _unlisted_in(column, row if isinstance(row, Mapping) else {}, (*own, number), options)
        return
    choices = field.options or tuple(options.get(field.options_from or "", ()))
    if value is None or not choices or field.widget not in ("select", "radio", "checkboxes"):
        return
    allowed = [option.value for option in choices]
    if any(item not in allowed for item in (value if isinstance(value, list) else [value])):
        yield own, _UNLISTED.filled(label=field.label)
