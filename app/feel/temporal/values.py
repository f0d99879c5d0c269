"""The values, made of their parts, and their texts."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MAX_YEAR = 999_999_999
MAX_MONTHS = MAX_YEAR * 12 + 11
_MAX_NANOSECONDS = 3 * MAX_YEAR * 366 * DAY


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
    if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= month_days(year, month):
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
    return YearsMonthsDuration(months) if abs(months) <= 2 * MAX_MONTHS else None


def nanosecond_of(value: Time | DateTime) -> int:
    """The part of a second of a time or moment, in nanoseconds."""
    return value.microsecond * 1000 if isinstance(value, datetime | time) else value.nanosecond


def nanoseconds(duration: Duration) -> int:
    """The length of a duration in nanoseconds."""
    if isinstance(duration, WideDuration):
        return duration.nanoseconds
    return ((duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds) * 1000


def month_days(year: int, month: int) -> int:
    """How many days a month has."""
    return monthrange(2000 + year % 400, month)[1]


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
