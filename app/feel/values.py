"""FEEL's values in Python, their literals and their texts (DMN 1.5, section 10.3.2).

number = Decimal · string = str · boolean = bool · null = None · list = list · context = dict · date = datetime.date ·
date and time = datetime.datetime (aware, or naive for a local one) · time = datetime.time · durations, ranges and
functions = the classes below. Numbers have 34 digits, as decimal128 has.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DECIMAL128 = Context(prec=34, Emin=-6143, Emax=6144)


@dataclass(frozen=True, order=True)
class YearsMonthsDuration:
    """A duration of whole months, negative or not."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (body or "0M")


class DaysTimeDuration(timedelta):
    """A duration of exact seconds."""

    def __str__(self) -> str:
        micros = (self.days * 86_400 + self.seconds) * 1_000_000 + self.microseconds
        sign, micros = ("-" if micros < 0 else ""), abs(micros)
        seconds, fraction = divmod(micros, 1_000_000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        second_text = f"{seconds}.{fraction:06d}".rstrip("0") if fraction else str(seconds)
        clock = (
            (f"{hours}H" if hours else "")
            + (f"{minutes}M" if minutes else "")
            + (f"{second_text}S" if seconds or fraction else "")
        )
        body = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return f"{sign}P{body or 'T0S'}"

    @classmethod
    def of(cls, delta: timedelta) -> DaysTimeDuration:
        """The same length as a ``timedelta``."""
        return cls(days=delta.days, seconds=delta.seconds, microseconds=delta.microseconds)


@dataclass(frozen=True)
class Range:
    """An interval; an open end may have no bound (``low``/``high`` None with the flag False)."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool


@dataclass(frozen=True)
class Function:
    """A FEEL function: its parameters' names and what it does with their values."""

    parameters: tuple[str, ...]
    call: Callable[..., Any]
    name: str = "function"


_YEARS_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?\Z")
_DAYS_TIME = re.compile(r"(-?)P(?=.)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?\Z")
_ZONE = r"(Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+)*)?"
_DATE = re.compile(r"(-?\d{4,9})-(\d\d)-(\d\d)\Z")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?" + _ZONE + r"\Z")


def parse_duration(text: str) -> YearsMonthsDuration | DaysTimeDuration | None:
    """An ISO 8601 duration, of months or of seconds (not both); None when it is none."""
    if found := _YEARS_MONTHS.match(text):
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonthsDuration(-total if sign else total)
    if (found := _DAYS_TIME.match(text)) and text[-1] not in "PT":
        sign, days, hours, minutes, seconds, fraction = found.groups()
        try:
            length = timedelta(
                days=int(days or 0),
                hours=int(hours or 0),
                minutes=int(minutes or 0),
                seconds=int(seconds or 0),
                microseconds=int((fraction or "0")[:6].ljust(6, "0")),
            )
        except OverflowError:
            return None
        return DaysTimeDuration.of(-length if sign else length)
    return None


def parse_date(text: str) -> date | None:
    """``2026-03-02``, or None."""
    found = _DATE.match(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except (ValueError, OverflowError):
        return None


def parse_time(text: str) -> time | None:
    """``09:30:00`` with an optional fraction and zone (offset, Z or @Area/City), or None."""
    found = _TIME.match(text)
    if not found:
        return None
    hour, minute, second, fraction, zone = found.groups()
    try:
        return time(int(hour), int(minute), int(second), int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_zone(zone))
    except (ValueError, ZoneInfoNotFoundError):
        return None


def parse_date_time(text: str) -> datetime | None:
    """``2026-03-02T09:30:00+08:00``, zone optional; a date alone is its midnight. None when it is neither."""
    day, separator, clock = text.partition("T")
    parsed_day = parse_date(day)
    if parsed_day is None:
        return None
    if not separator:
        return datetime.combine(parsed_day, time())
    parsed_time = parse_time(clock)
    return None if parsed_time is None else datetime.combine(parsed_day, parsed_time)


def _zone(text: str | None) -> timezone | ZoneInfo | None:
    if not text:
        return None
    if text in ("Z", "z"):
        return timezone.utc  # noqa: UP017 - FEEL writes this zone as Z
    if text[0] == "@":
        return ZoneInfo(text[1:])
    parts = [int(part) for part in text[1:].split(":")]
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) > 2 else 0)
    return timezone(-offset if text[0] == "-" else offset)


def parse_temporal(text: str) -> Any:
    """What ``@"…"`` stands for: a date, a date and time, a time or a duration; None when it is none of them."""
    if "T" in text and text[0] not in "P-":
        return parse_date_time(text)
    return parse_date(text) or parse_time(text) or parse_duration(text)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the month's last day when there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def number(value: Any) -> Decimal | None:
    """A Python number as FEEL's, or None for anything else (a boolean is no number)."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return DECIMAL128.create_decimal(value)
    if isinstance(value, float):
        return DECIMAL128.create_decimal(repr(value))
    return None


def number_from(text: str) -> Decimal | None:
    """A number written in digits, or None."""
    try:
        return DECIMAL128.create_decimal(text)
    except InvalidOperation:
        return None


def number_text(value: Decimal) -> str:
    """A number as people write it: no exponent unless it would be very long, no superfluous zeros."""
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 34:
        return format(value.to_integral_value(), "f")
    return format(value.normalize(DECIMAL128), "f")


def _zone_text(value: datetime | time) -> str:
    zone = value.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    assert offset is not None
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}" + (
        f":{seconds:02d}" if seconds else ""
    )


def _clock_text(value: datetime | time) -> str:
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}{_zone_text(value)}"


def plain_text(value: Any) -> str | None:
    """The text ``string(value)`` gives; None for null."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case datetime():
            return f"{value.year:04d}-{value.month:02d}-{value.day:02d}T{_clock_text(value)}"
        case date():
            return value.isoformat()
        case time():
            return _clock_text(value)
        case timedelta():
            return str(value if isinstance(value, DaysTimeDuration) else DaysTimeDuration.of(value))
        case YearsMonthsDuration():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(to_text(item) for item in value) + "]"
        case Mapping():
            return "{" + ", ".join(f"{_key_text(key)}: {to_text(item)}" for key, item in value.items()) + "}"
        case Range():
            return _range_text(value)
        case Function():
            return value.name
    as_number = number(value)
    return number_text(as_number) if as_number is not None else str(value)


def _key_text(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d]\w*", key) else to_text(key)


def _range_text(value: Range) -> str:
    if value.low is None and value.high is not None:
        return ("<=" if value.high_included else "<") + to_text(value.high)
    if value.high is None and value.low is not None:
        return (">=" if value.low_included else ">") + to_text(value.low)
    return f"{'[' if value.low_included else '('}{to_text(value.low)}..{to_text(value.high)}{']' if value.high_included else ')'}"


def to_text(value: Any) -> str:
    """A value as a FEEL expression that gives it back (functions excepted)."""
    if value is None:
        return "null"
    if isinstance(value, str):
        escaped = (
            value.replace("\\", "\\\\")
            .replace('"', '\\"')
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
        )
        return f'"{escaped}"'
    text = plain_text(value)
    assert text is not None
    if isinstance(value, date | time | timedelta | YearsMonthsDuration):
        return f'@"{text}"'
    return text


def to_json(value: Any) -> Any:
    """A value as JSON has it: numbers stay Decimals, dates and durations become their texts."""
    if value is None or isinstance(value, bool | str | Decimal | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return plain_text(value)
