"""FEEL's values in Python and their texts (DMN 1.5, section 10.3.2).

number = Decimal (34 digits, as decimal128 has; int and float are taken too) · string = str · boolean = bool ·
null = None · list = list · context = dict · date = datetime.date · date and time = datetime.datetime (aware, or naive
for a local one) · time = datetime.time · days and time duration = timedelta · years and months duration, range and
function = the classes of their names. What Python's dates can't hold is in ``temporal``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.feel import temporal as t
from app.feel.lexer import is_word

if TYPE_CHECKING:
    from app.feel.types import FunctionType

DECIMAL128 = Context(prec=34, Emin=-6143, Emax=6144)


@dataclass(frozen=True)
class Range:
    """An interval. A comparison such as ``< 5`` is a range with one end and the comparison as its ``operator``."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool
    operator: str | None = None


@dataclass(frozen=True)
class Function:
    """A FEEL function: its parameters' names (``("*",)`` for any) and what it does with their values.

    ``call`` takes the environment and the values in order. ``type`` is known for functions that were declared.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Any]
    name: str = "function"
    type: FunctionType | None = None


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    str: "string",
    Decimal: "number",
    int: "number",
    float: "number",
    date: "date",
    t.WideDate: "date",
    datetime: "date and time",
    t.WideDateTime: "date and time",
    time: "time",
    t.WideTime: "time",
    timedelta: "days and time duration",
    t.DaysTimeDuration: "days and time duration",
    t.WideDuration: "days and time duration",
    t.YearsMonthsDuration: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}
_ABSTRACT = (
    (bool, "boolean"), (str, "string"), ((Decimal, int, float), "number"), (datetime, "date and time"), (date, "date"), (time, "time"),
    (timedelta, "days and time duration"), ((list, tuple), "list"), (Mapping, "context"),
)  # fmt: skip


def kind(value: Any) -> str:
    """The name of a value's FEEL type; ``Any`` for what is no FEEL value."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    for kinds, name in _ABSTRACT:
        if isinstance(value, kinds):
            return name
    return "Any"


def number(value: Any) -> Decimal | None:
    """A Python number as FEEL's, or None for anything else (a boolean is no number)."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return DECIMAL128.create_decimal(value)
    if isinstance(value, float):
        found = DECIMAL128.create_decimal(repr(value))
        return found if found.is_finite() else None
    return None


def number_from(text: str) -> Decimal | None:
    """A number written in digits, or None."""
    try:
        return DECIMAL128.create_decimal(text)
    except (InvalidOperation, ArithmeticError):
        return None


def number_text(value: Decimal) -> str:
    """A number as people write it: no exponent unless it would be very long, no superfluous zeros."""
    if not value:
        return "0"
    exponent = value.adjusted()
    if -40 < exponent < 40:
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{'-' if value < 0 else ''}{mantissa}E{exponent:+d}"


def plain_text(value: Any) -> str | None:
    """The text ``string(value)`` gives; None for null."""
    if value is None:
        return None
    writer = _WRITERS.get(kind(value))
    return writer(value) if writer is not None else str(value)


def _list_text(value: Any) -> str:
    return "[" + ", ".join(map(to_text, value)) + "]"


def _context_text(value: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{_key_text(key)}: {to_text(item)}" for key, item in value.items()) + "}"


def _key_text(key: str) -> str:
    return key if key and all(map(is_word, key.split(" "))) else to_text(key)


def _range_text(value: Range) -> str:
    if value.operator is not None:
        return f"({value.operator}{to_text(value.low if value.low is not None else value.high)})"
    opening, closing = "[" if value.low_included else "(", "]" if value.high_included else ")"
    return f"{opening}{to_text(value.low)}..{to_text(value.high)}{closing}"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "string": str,
    "number": lambda value: number_text(found) if (found := number(value)) is not None else str(value),
    "date": t.date_text,
    "date and time": t.date_time_text,
    "time": t.time_text,
    "days and time duration": t.duration_text,
    "years and months duration": str,
    "list": _list_text,
    "context": _context_text,
    "range": _range_text,
    "function": lambda value: value.name,
}
_QUOTED = frozenset({"date", "date and time", "time", "days and time duration", "years and months duration"})
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def to_text(value: Any) -> str:
    """A value as a FEEL expression that gives it back (functions excepted)."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    text = plain_text(value)
    assert text is not None
    return f'@"{text}"' if kind(value) in _QUOTED else text


def brief(value: Any) -> str:
    """A value in a message: its text, or its kind when it has parts."""
    if isinstance(value, list | tuple | Mapping | Range | Function):
        return kind(value)
    text = to_text(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def to_json(value: Any) -> Any:
    """A value as JSON has it: numbers stay Decimals, dates and durations become their texts."""
    if value is None or isinstance(value, bool | str | Decimal | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return plain_text(value)
