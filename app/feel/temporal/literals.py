"""The literals of dates, times and durations."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from app.feel.temporal.instants import following, zone_named
from app.feel.temporal.values import (
    MAX_MONTHS,
    SECOND,
    Duration,
    YearsMonthsDuration,
    join,
    make_date,
    make_duration,
    make_time,
)

_YEARS_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d{1,15})Y)?(?:(\d{1,15})M)?\Z")
_DAYS_TIME = re.compile(
    r"(-?)P(?=[\dT])(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{0,30}))?S)?)?\Z"
)
_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)\Z")
_END_OF_DAY = re.compile(r"24:00:00(?:\.0{1,30})?(?![\d.])")
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+)*)?\Z"
)


def _fraction(digits: str | None) -> int:
    return int((digits or "0")[:9].ljust(9, "0"))


def parse_duration(text: str) -> YearsMonthsDuration | Duration | None:
    """An ISO 8601 duration, of months or of seconds (not both); None when it is none."""
    if found := _YEARS_MONTHS.match(text):
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return None if total > MAX_MONTHS else YearsMonthsDuration(-total if sign else total)
    if found := _DAYS_TIME.match(text):
        sign, days, hours, minutes, seconds, fraction = found.groups()
        length = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
        length = length * SECOND + _fraction(fraction)
        return make_duration(-length if sign else length)
    return None


def parse_date(text: str) -> Any:
    """``2026-03-02``, or None."""
    found = _DATE.match(text)
    return make_date(*map(int, found.groups())) if found else None


def parse_time(text: str) -> Any:
    """``09:30:00`` with an optional fraction and zone (offset, Z or @Area/City), or None."""
    found = _TIME.match(text)
    if not found:
        return None
    hour, minute, second, fraction, zone_text = found.groups()
    zone = zone_named(zone_text) if zone_text else None
    if zone_text and zone is None:
        return None
    return make_time(int(hour), int(minute), int(second), _fraction(fraction), zone)


def parse_date_time(text: str) -> Any:
    """``2026-03-02T09:30:00+08:00``, zone optional; a date alone is its midnight. None when it is neither.

    ``24:00:00`` is the midnight at the day's end (XML Schema 1.1, part 2, section 3.3.7).
    """
    day_text, separator, clock_text = text.partition("T")
    day = parse_date(day_text)
    if day is not None and _END_OF_DAY.match(clock_text):
        day, clock_text = following(day), clock_text.replace("24", "00", 1)
    if day is None:
        return None
    clock = parse_time(clock_text) if separator else time()
    return None if clock is None else join(day, clock)


def parse_temporal(text: str) -> Any:
    """What ``@"…"`` stands for: a date, a date and time, a time or a duration; None when it is none of them."""
    for parse in (parse_date, parse_date_time, parse_time, parse_duration):
        found = parse(text)
        if found is not None:
            return found
    return None
