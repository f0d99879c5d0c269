"""Conversion functions, and those of booleans (DMN 1.5, tables 71 to 73)."""

from __future__ import annotations

import re
from datetime import time, timedelta, timezone, tzinfo
from typing import Any

from app.feel import operations as op
from app.feel import temporal as t
from app.feel import values as v
from app.feel.evaluation import Environment
from app.feel.functions.signatures import built_in
from app.feel.values import number

_UTC = timezone.utc  # noqa: UP017 - FEEL writes this zone as Z
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)


def whole(value: Any) -> int | None:
    """A number without its fraction; None for anything else."""
    as_number = number(value)
    return None if as_number is None else int(as_number)


# -- booleans


@built_in("not", "negand: boolean")
def _not(_env: Environment, negand: bool) -> Any:
    return not negand


@built_in("is", "value1?: any, value2?: any")
def _is(env: Environment, left: Any = None, right: Any = None) -> Any:
    """Whether two values are the same element of the semantic domain: also the zones have to be the same."""
    if v.kind(left) != v.kind(right):
        return False
    env.run.weigh(left)
    env.run.weigh(right)
    if v.kind(left) in ("time", "date and time"):
        return t.with_zone(left, None) == t.with_zone(right, None) and _zone_of(left) == _zone_of(right)
    return op.same(left, right)


def _zone_of(value: Any) -> Any:
    return getattr(value.tzinfo, "key", None) or t.offset_of(value)


# -- conversion


@built_in("string", "from: any")
def _string(env: Environment, value: Any) -> Any:
    env.run.weigh(value)
    return v.plain_text(value)


@built_in(
    "number",
    "from: string, grouping separator: string or null, decimal separator: string or null",
    "from: string",
    "from: number",
)
def _number(_env: Environment, text: Any, grouping: Any = None, point: Any = None) -> Any:
    if not isinstance(text, str):
        return number(text)
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    if grouping:
        text = text.replace(grouping, "")
    if point and point != ".":
        if "." in text:
            return None
        text = text.replace(point, ".")
    return v.number_from(text) if _NUMBER.match(text) else None


@built_in("date", "from: string", "from: date|date and time", "year: number, month: number, day: number")
def _date(_env: Environment, *parts: Any) -> Any:
    if len(parts) == 3:
        year, month, day = (int(part) for part in parts)
        return t.make_date(year, month, day)
    value = parts[0]
    return t.parse_date(value) if isinstance(value, str) else t.date_of(value)


def _clock(hour: Any, minute: Any, second: Any, zone: tzinfo | None) -> Any:
    seconds = number(second)
    assert seconds is not None
    nanosecond = int(seconds % 1 * t.SECOND)
    return None if seconds < 0 else t.make_time(int(hour), int(minute), int(seconds), nanosecond, zone)


def _zone_from(value: Any) -> tzinfo | None:
    """The zone of an offset or of a name such as ``Asia/Shanghai``.

    :raises ValueError: when there is none
    """
    if value is None:
        return None
    zone: tzinfo | None
    if isinstance(value, str):
        zone = t.zone_named(value if value == "Z" or value[:1] in "+-@" else f"@{value}") if value else None
    else:
        zone = timezone(value) if isinstance(value, timedelta) and abs(value) <= timedelta(hours=18) else None
    if zone is None:
        raise ValueError
    return zone


@built_in(
    "time",
    "from: string",
    "from: time|date and time",
    "from: date",
    "hour: number, minute: number, second: number, offset?: days and time duration or null",
)
def _time(_env: Environment, *parts: Any) -> Any:
    if len(parts) >= 3:
        try:
            return _clock(parts[0], parts[1], parts[2], _zone_from(parts[3] if len(parts) == 4 else None))
        except ValueError:
            return None
    value = parts[0]
    match v.kind(value):
        case "string":
            return t.parse_time(value)
        case "date and time":
            return t.time_of(value)
        case "date":
            return time(tzinfo=_UTC)
    return value


@built_in(
    "date and time",
    "from: string",
    "from: date and time",
    "from: date",
    "date: date|date and time, time: time",
    "year: number, month: number, day: number, hour: number, minute: number, second: number, "
    "offset?: days and time duration or null",
    "year: number, month: number, day: number, hour: number, minute: number, second: number, timezone: string",
)
def _date_and_time(_env: Environment, *parts: Any) -> Any:
    if len(parts) == 1:
        return _date_and_time_from(parts[0])
    if len(parts) == 2:
        return t.join(*parts)
    try:
        clock = _clock(parts[3], parts[4], parts[5], _zone_from(parts[6] if len(parts) == 7 else None))
    except ValueError:
        return None
    day = t.make_date(*(int(part) for part in parts[:3]))
    return None if day is None or clock is None else t.join(day, clock)


def _date_and_time_from(value: Any) -> Any:
    if isinstance(value, str):
        return t.parse_date_time(value)
    return t.join(value, time()) if t.is_date(value) else value


@built_in("duration", "from: string", "from: days and time duration|years and months duration")
def _duration(_env: Environment, value: Any) -> Any:
    return t.parse_duration(value) if isinstance(value, str) else value


@built_in("years and months duration", "from: date|date and time, to: date|date and time")
def _years_and_months(_env: Environment, start: Any, end: Any) -> Any:
    return t.YearsMonthsDuration(t.months_between(start, end))
