"""Dates, times and durations: their literals, their arithmetic and their texts (DMN 1.5, section 10.3.2.3).

Python's own types are used wherever they can hold a value. FEEL's years go to 999 999 999 and its seconds to
nanoseconds, so there are four classes for what they can't hold: ``WideDate``, ``WideTime``, ``WideDateTime`` and
``WideDuration``. A value has one form only: nothing that Python's type can hold is ever a wide one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MAX_YEAR = 999_999_999
_MAX_MONTHS = MAX_YEAR * 12 + 11
_MAX_NANOSECONDS = 3 * MAX_YEAR * 366 * DAY
_MAX_OFFSET = timedelta(hours=18)


@dataclass(frozen=True)
class WideDate:
    """A date before the year 1 or after the year 9999."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return date_text(self)


@dataclass(frozen=True)
class WideTime:
    """A time of day finer than a microsecond."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None = None

    def __str__(self) -> str:
        return time_text(self)


@dataclass(frozen=True)
class WideDateTime:
    """A date and time outside Python's years, or finer than a microsecond."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None = None

    def __str__(self) -> str:
        return date_time_text(self)


@dataclass(frozen=True)
class WideDuration:
    """A duration finer than a microsecond, or of more than 999 999 999 days."""

    nanoseconds: int

    def __str__(self) -> str:
        return duration_text(self)


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
        return duration_text(self)

    @classmethod
    def of(cls, delta: timedelta) -> DaysTimeDuration:
        """The same length as a ``timedelta``."""
        return cls(days=delta.days, seconds=delta.seconds, microseconds=delta.microseconds)


Date = date | WideDate
Time = time | WideTime
DateTime = datetime | WideDateTime
Duration = timedelta | WideDuration


def is_date(value: Any) -> bool:
    """Whether a value is a date without a time."""
    return isinstance(value, WideDate) or (isinstance(value, date) and not isinstance(value, datetime))


# -- making values of their parts


def make_date(year: int, month: int, day: int) -> Date | None:
    """The date of these parts, or None when there is no such day."""
    if 1 <= year <= 9999:
        try:
            return date(year, month, day)
        except (ValueError, OverflowError):
            return None
    if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= _month_days(year, month):
        return None
    return WideDate(year, month, day)


def make_time(hour: int, minute: int, second: int, nanosecond: int = 0, zone: tzinfo | None = None) -> Time | None:
    """The time of these parts, or None when there is no such time."""
    micro, rest = divmod(nanosecond, 1000)
    try:
        plain = time(hour, minute, second, micro, tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    return WideTime(hour, minute, second, nanosecond, zone) if rest else plain


def join(day: Date | DateTime, clock: Time) -> DateTime:
    """A day and a time of day as one moment; the time's zone counts."""
    nanosecond = nanosecond_of(clock)
    if 1 <= day.year <= 9999 and nanosecond % 1000 == 0:
        return datetime(
            day.year, day.month, day.day, clock.hour, clock.minute, clock.second, nanosecond // 1000, clock.tzinfo
        )
    return WideDateTime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, nanosecond, clock.tzinfo)


def date_of(moment: Date | DateTime) -> Date:
    """The day of a moment."""
    found = make_date(moment.year, moment.month, moment.day)
    assert found is not None
    return found


def time_of(moment: DateTime) -> Time:
    """The time of day of a moment, with its zone."""
    found = make_time(moment.hour, moment.minute, moment.second, nanosecond_of(moment), moment.tzinfo)
    assert found is not None
    return found


def with_zone(moment: Any, zone: tzinfo | None) -> Any:
    """The same wall clock in another zone."""
    return moment.replace(tzinfo=zone) if isinstance(moment, datetime | time) else replace(moment, tzinfo=zone)


def make_duration(nanoseconds: int) -> Duration | None:
    """The duration of so many nanoseconds; None beyond the length of all the years that there are."""
    if abs(nanoseconds) > _MAX_NANOSECONDS:
        return None
    micros, rest = divmod(nanoseconds, 1000)
    if not rest:
        try:
            return DaysTimeDuration(microseconds=micros)
        except OverflowError:
            pass
    return WideDuration(nanoseconds)


def make_months(months: int) -> YearsMonthsDuration | None:
    """The duration of so many months; None beyond all the years that there are."""
    return YearsMonthsDuration(months) if abs(months) <= 2 * _MAX_MONTHS else None


def nanosecond_of(value: Time | DateTime) -> int:
    """The part of a second of a time or moment, in nanoseconds."""
    return value.microsecond * 1000 if isinstance(value, datetime | time) else value.nanosecond


def nanoseconds(duration: Duration) -> int:
    """The length of a duration in nanoseconds."""
    if isinstance(duration, WideDuration):
        return duration.nanoseconds
    return ((duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds) * 1000


# -- the calendar (proleptic Gregorian), for any year


def _month_days(year: int, month: int) -> int:
    return monthrange(2000 + year % 400, month)[1]


def day_number(day: Date | DateTime) -> int:
    """The day's number; 0001-01-01 is 1, as in Python."""
    if isinstance(day, date):
        return day.toordinal()
    cycles, year = divmod(day.year, 400)
    return (cycles - 5) * 146_097 + date(2000 + year, day.month, day.day).toordinal()


def day_of_number(number: int) -> Date | None:
    """The day of a number, or None beyond the years that there are."""
    cycles, rest = divmod(number - 1, 146_097)
    found = date.fromordinal(rest + 1)
    return make_date(found.year + cycles * 400, found.month, found.day)


def weekday(day: Date | DateTime) -> int:
    """1 for Monday to 7 for Sunday."""
    return (day_number(day) - 1) % 7 + 1


def in_common_years(day: Date | DateTime) -> date:
    """The same day of the calendar's 400-year cycle in the years 2000 to 2399: for what depends on the cycle only."""
    return date(2000 + day.year % 400, day.month, day.day)


# -- zones and instants


@lru_cache(maxsize=256)
def zone_named(text: str) -> tzinfo | None:
    """The zone of ``Z``, ``+08:00`` or ``@Asia/Shanghai``; None when there is none."""
    if text == "Z":
        return timezone.utc  # noqa: UP017 - FEEL writes this zone as Z
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (ValueError, OSError, KeyError):
            return None
    parts = [int(part) for part in text[1:].split(":")]
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) > 2 else 0)
    if max(parts[1:]) > 59 or offset > _MAX_OFFSET:
        return None
    return timezone(-offset if text[0] == "-" else offset)


def offset_of(value: Time | DateTime) -> timedelta | None:
    """How far a value's zone is ahead of UTC; None for a local one. A time in a named zone counts as on 1970-01-01."""
    zone = value.tzinfo
    if zone is None:
        return None
    if isinstance(value, datetime):
        return value.utcoffset()
    if isinstance(value, WideDateTime):
        near = 1 <= value.year <= 9999
        year = value.year if near else 2000 + value.year % 400
        wall = datetime(year, value.month, value.day, value.hour, value.minute, value.second, tzinfo=zone)
        return wall.utcoffset()
    return datetime(1970, 1, 1, value.hour, value.minute, value.second, tzinfo=zone).utcoffset()


def clock_nanoseconds(value: Time | DateTime) -> int:
    """Nanoseconds since midnight on the wall."""
    return ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + nanosecond_of(value)


def _offset_nanoseconds(value: Time | DateTime) -> int:
    offset = offset_of(value)
    return 0 if offset is None else (offset.days * 86_400 + offset.seconds) * SECOND


def instant(value: DateTime) -> int:
    """What orders moments: nanoseconds since the year 1 in UTC; for a local one, on its wall clock."""
    return day_number(value) * DAY + clock_nanoseconds(value) - _offset_nanoseconds(value)


def clock_instant(value: Time) -> int:
    """What orders times of day, in nanoseconds."""
    return clock_nanoseconds(value) - _offset_nanoseconds(value)


def moment_at(wall: int, zone: tzinfo | None) -> DateTime | None:
    """The moment whose wall clock stands at so many nanoseconds since the year 1."""
    number, rest = divmod(wall, DAY)
    day, clock = day_of_number(number), clock_at(rest, zone)
    return None if day is None else join(day, clock)


def clock_at(nanoseconds: int, zone: tzinfo | None) -> Time:
    """The time of day so many nanoseconds after midnight."""
    seconds, nano = divmod(nanoseconds, SECOND)
    minutes, second = divmod(seconds, 60)
    found = make_time(minutes // 60, minutes % 60, second, nano, zone)
    assert found is not None
    return found


# -- arithmetic


def add_months(day: Any, months: int) -> Any:
    """The same day so many months on, or the month's last day when there is no such day; None beyond the years.

    Takes dates and dates with times.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if abs(year) > MAX_YEAR:
        return None
    moved = make_date(year, month + 1, min(day.day, _month_days(year, month + 1)))
    assert moved is not None
    return moved if is_date(day) else join(moved, time_of(day))


def shift(moment: Any, duration: Any) -> Any:
    """A date, moment or time of day moved by a duration; None where that has no value.

    A moment in a named zone is moved by exact seconds, also across a change of summer time.
    """
    if isinstance(moment, time | WideTime):
        if isinstance(duration, YearsMonthsDuration):
            return None
        return clock_at((clock_nanoseconds(moment) + nanoseconds(duration)) % DAY, moment.tzinfo)
    if isinstance(duration, YearsMonthsDuration):
        return add_months(moment, duration.months)
    if is_date(moment):
        return day_of_number((day_number(moment) * DAY + nanoseconds(duration)) // DAY)
    return _moved(moment, nanoseconds(duration))


def _moved(moment: DateTime, length: int) -> DateTime | None:
    zone = moment.tzinfo
    if not isinstance(zone, ZoneInfo):
        return moment_at(day_number(moment) * DAY + clock_nanoseconds(moment) + length, zone)
    utc = instant(moment) + length
    # The wall clock is found in the calendar's cycle of 2000 to 2399, whose zone rules are known.
    as_utc = moment_at(utc, timezone.utc)  # noqa: UP017
    if as_utc is None:
        return None
    if 2 <= as_utc.year <= 9998:
        near = datetime(as_utc.year, as_utc.month, as_utc.day, as_utc.hour, as_utc.minute, as_utc.second)  # noqa: DTZ001
    else:
        near = datetime.combine(in_common_years(as_utc), time(as_utc.hour, as_utc.minute, as_utc.second))
    local = near.replace(tzinfo=timezone.utc).astimezone(zone)  # noqa: UP017
    offset = local.utcoffset()
    assert offset is not None
    moved = moment_at(utc + (offset.days * 86_400 + offset.seconds) * SECOND, zone)
    return moved.replace(fold=local.fold) if isinstance(moved, datetime) else moved


def between(left: Any, right: Any) -> Duration | None:
    """The length of time from right to left; a date counts as its midnight in UTC beside a moment.

    None for a zoned moment and a local one, which have no length between them.
    """
    if is_date(left) and is_date(right):
        return make_duration((day_number(left) - day_number(right)) * DAY)
    if is_date(left):
        left = join(left, time(tzinfo=timezone.utc))  # noqa: UP017
    if is_date(right):
        right = join(right, time(tzinfo=timezone.utc))  # noqa: UP017
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    if isinstance(left, time | WideTime):
        return make_duration(clock_instant(left) - clock_instant(right))
    return make_duration(instant(left) - instant(right))


def months_between(start: Any, end: Any) -> int:
    """Whole months from start to end, negative when end comes first."""
    a, b = ((day.day, 0 if is_date(day) else clock_nanoseconds(day)) for day in (start, end))
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and b < a:
        return int(months - 1)
    return int(months + 1 if months < 0 and b > a else months)


# -- literals

_YEARS_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d{1,15})Y)?(?:(\d{1,15})M)?\Z")
_DAYS_TIME = re.compile(
    r"(-?)P(?=[\dT])(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{0,30}))?S)?)?\Z"
)
_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)\Z")
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
        return None if total > _MAX_MONTHS else YearsMonthsDuration(-total if sign else total)
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
    """``2026-03-02T09:30:00+08:00``, zone optional; a date alone is its midnight. None when it is neither."""
    day_text, separator, clock_text = text.partition("T")
    day = parse_date(day_text)
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


# -- texts


def date_text(value: Date | DateTime) -> str:
    """A day as ``2026-03-02``."""
    year = f"{value.year:04d}" if value.year >= 0 else f"-{-value.year:04d}"
    return f"{year}-{value.month:02d}-{value.day:02d}"


def _fraction_text(nanosecond: int) -> str:
    return f".{nanosecond:09d}".rstrip("0") if nanosecond else ""


def time_text(value: Time | DateTime) -> str:
    """A time of day with its zone."""
    clock = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    return clock + _fraction_text(nanosecond_of(value)) + zone_text(value)


def date_time_text(value: DateTime) -> str:
    """A date and time."""
    return f"{date_text(value)}T{time_text(value)}"


def zone_text(value: Time | DateTime) -> str:
    """A zone as literals write it: ``Z``, ``+08:00``, ``@Area/City``; empty for a local value."""
    zone = value.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


def duration_text(duration: Duration) -> str:
    """A duration of seconds as ``P1DT2H3M4.5S``."""
    length = nanoseconds(duration)
    sign, length = ("-" if length < 0 else ""), abs(length)
    seconds, fraction = divmod(length, SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{_fraction_text(fraction)}S" if seconds or fraction else "")
    )
    body = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{sign}P{body or 'T0S'}"
