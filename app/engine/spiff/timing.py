"""Timers: ISO 8601 text and FEEL values to instants.

Years, months, weeks and days are added to the date in the zone of the start, hours, minutes and seconds as exact time: P1D
across a change of summer time is the same time of day, PT24H is not. A FEEL days-and-time duration is exact seconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app import feel
from app.engine.spiff.failures import Failure
from app.foundation.text import Text

_NUMBER = r"(?:(\d{1,9})%s)?"
_DURATION = re.compile(
    r"([+-]?)P(?=[\dT])" + "".join(_NUMBER % unit for unit in "YMWD")
    + r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:[.,](\d{1,9}))?S)?)?\Z"
)  # fmt: skip
_CYCLE = re.compile(r"R(-1|\d{0,9})/(.+)\Z")
_CRON = re.compile(r"(@\w+|[\d*/,\-?LW#A-Za-z]+(\s+[\d*/,\-?LW#A-Za-z]+){4,6})\Z")
_LAST = datetime(9999, 12, 30, tzinfo=UTC)


NO_DURATION = Text(
    "“%(text)s” is not a duration; write it like P3D or PT2H", "“%(text)s”不是时长，请写成 P3D 或 PT2H 的形式"
)
NO_INSTANT = Text(
    "“%(text)s” is not a date and time; write it like 2026-03-05T09:00:00+08:00",
    "“%(text)s”不是日期时间，请写成 2026-03-05T09:00:00+08:00 的形式",
)
NO_ZONE = Text(
    "“%(text)s” says no zone; write the date and time like 2026-03-05T09:00:00+08:00",
    "“%(text)s”未注明时区，请将日期时间写成 2026-03-05T09:00:00+08:00 的形式",
)
CRON = Text(
    "“%(text)s” is a cron expression, which is not executed; write a cycle like R/P1D",
    "“%(text)s”是 cron 表达式，不予执行；请写成 R/P1D 形式的周期",
)
NO_CYCLE = Text(
    "“%(text)s” is not a cycle; write it like R3/PT1H or R/P1D", "“%(text)s”不是周期，请写成 R3/PT1H 或 R/P1D 的形式"
)
NEVER = Text("“%(text)s” never fires; say how often", "“%(text)s”永远不会触发，请写明次数")
NO_INTERVAL = Text("the interval of “%(text)s” is not longer than nothing", "“%(text)s”的间隔必须大于零")
NO_TIME = Text(
    "a timer needs a duration or a date and time, not “%(text)s”", "定时器需要时长或日期时间，而不是“%(text)s”"
)


@dataclass(frozen=True)
class Span:
    """A length of time: months and days of the calendar, and exact seconds."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta()

    @property
    def is_positive(self) -> bool:
        return self.months >= 0 and self.days >= 0 and self.exact >= timedelta() and self != Span()

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """The instant this long after ``start``, dates being added in ``zone``; never past the year 9999."""
        try:
            wall = start.astimezone(zone)
            if self.months or self.days:
                day = feel.add_months(wall.date(), self.months)
                if not isinstance(day, date):
                    raise OverflowError
                wall = datetime.combine(day + timedelta(days=self.days), wall.time(), tzinfo=zone)
            return min(wall.astimezone(UTC) + self.exact, _LAST)
        except (OverflowError, ValueError):
            return _LAST if self.months >= 0 and self.days >= 0 else start

    def times(self, number: int) -> Span:
        """So many of it."""
        return Span(self.months * number, self.days * number, self.exact * number)

    def to_text(self) -> str:
        sign = "-" if self.months < 0 or self.days < 0 or self.exact < timedelta() else ""
        micros = abs(self.exact) // timedelta(microseconds=1)
        return f"{sign}P{abs(self.months)}M{abs(self.days)}DT{micros // 1_000_000}.{micros % 1_000_000:06d}S"


@dataclass(frozen=True)
class Cycle:
    """``remaining`` firings are to come (None: no end).

    They are counted from ``start``, which a cycle without one has from when it was armed: the first is due then, or, where
    ``leads_in``, one span later. So the last day of each month stays the last day, whatever February had.
    """

    span: Span
    remaining: int | None
    start: datetime | None = None
    zone: tzinfo | None = None
    leads_in: bool = False

    def due(self, occurrence: int, zone: tzinfo) -> datetime:
        """When a firing of an armed cycle is due, from 0."""
        assert self.start is not None
        try:
            span = self.span.times(occurrence + self.leads_in)
        except OverflowError:
            return _LAST
        return span.after(self.start, self.zone or zone)


def parse_span(text: str) -> Span | None:
    """An ISO 8601 duration, or None."""
    found = _DURATION.match(text)
    if not found or text[-1] in "PT":
        return None
    sign, years, months, weeks, days, hours, minutes, seconds, fraction = found.groups()
    factor = -1 if sign == "-" else 1
    try:
        exact = timedelta(
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "0")[:6].ljust(6, "0")),
        )
    except OverflowError:
        return None
    whole_days = int(weeks or 0) * 7 + int(days or 0)
    return Span(factor * (int(years or 0) * 12 + int(months or 0)), factor * whole_days, factor * exact)


def parse_instant(text: str) -> datetime | None:
    """A date and time; naive when it names no zone. None when it is neither. ``[Area/City]`` and ``@Area/City`` are zones."""
    found = re.match(r"(.+?)(?:\[([^\]]+)\]|@(.+))?\Z", text)
    if found is None or "T" not in found[1]:
        return None
    try:
        moment = datetime.fromisoformat(found[1])
        area = found[2] or found[3]
        if area:
            moment = moment.replace(tzinfo=ZoneInfo(area))
        moment.utcoffset()
        return moment
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def parse_cycle(text: str) -> Cycle | None:
    """``R3/PT1H``, ``R/P1D``, or with a start ``R/2026-01-01T09:00:00+08:00/P1D``; None when it is none of them."""
    found = _CYCLE.match(text)
    if not found:
        return None
    count, rest = found.groups()
    remaining = None if count in ("", "-1") else int(count)
    first, _, last = rest.rpartition("/")  # the name of a zone may have one too
    span = parse_span(last)
    start = parse_instant(first) if first else None
    if span is None or (first and start is None):
        return None
    return Cycle(span, remaining, start, start.tzinfo if start is not None else None)


def problem_of_literal(kind: str, text: str) -> Text | None:
    """What is wrong with a literal of ``timeDate``, ``timeDuration`` or ``timeCycle``, in plain words; None when nothing is."""
    if kind == "timeCycle":
        return _problem_of_cycle(text)
    if kind == "timeDuration":
        return None if parse_span(text) is not None else NO_DURATION.filled(text=text)
    moment = parse_instant(text)
    if moment is None:
        return NO_INSTANT.filled(text=text)
    return NO_ZONE.filled(text=text) if moment.tzinfo is None else None


def _problem_of_cycle(text: str) -> Text | None:
    if _CRON.match(text):
        return CRON.filled(text=text)
    cycle = parse_cycle(text)
    if cycle is None:
        return NO_CYCLE.filled(text=text)
    if cycle.start is not None and cycle.start.tzinfo is None:
        return NO_ZONE.filled(text=text)
    if cycle.remaining == 0:
        return NEVER.filled(text=text)
    return NO_INTERVAL.filled(text=text) if not cycle.span.is_positive else None


def arm(kind: str, value: Any, now: datetime, zone: tzinfo) -> tuple[datetime, Cycle | None]:
    """When a timer with this value is due first, and its cycle if it is one.

    :raises Failure: when the value is no duration, instant or text that reads like one
    """
    if isinstance(value, str):
        return _arm_text(kind, value.strip(), now, zone)
    span = _span_of(value)
    if span is not None and kind == "timeCycle":
        return _arm_cycle(Cycle(span, None), now, zone)
    if span is not None:
        return span.after(now, zone), None
    if isinstance(value, datetime):
        return _aware(value), None
    raise Failure("timer", NO_TIME.filled(text=feel.to_text(value)))


def _span_of(value: Any) -> Span | None:
    if isinstance(value, feel.YearsMonthsDuration):
        return Span(months=value.months)
    return Span(exact=value) if isinstance(value, timedelta) else None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Failure("timer", NO_ZONE.filled(text=moment.isoformat()))
    return moment.astimezone(UTC)


def _arm_text(kind: str, text: str, now: datetime, zone: tzinfo) -> tuple[datetime, Cycle | None]:
    if text.startswith("R") or kind == "timeCycle":
        problem = _problem_of_cycle(text)
        cycle = parse_cycle(text)
        if problem is not None or cycle is None:
            raise Failure("timer", problem or NO_CYCLE.filled(text=text))
        return _arm_cycle(cycle, now, zone)
    span = parse_span(text)
    if span is not None:
        return span.after(now, zone), None
    moment = parse_instant(text)
    if moment is None:
        raise Failure("timer", NO_TIME.filled(text=text))
    return _aware(moment), None


def _arm_cycle(cycle: Cycle, now: datetime, zone: tzinfo) -> tuple[datetime, Cycle]:
    if not cycle.span.is_positive:
        raise Failure("timer", NO_INTERVAL.filled(text=cycle.span.to_text()))
    armed = replace(cycle, start=_aware(cycle.start)) if cycle.start else replace(cycle, start=now, leads_in=True)
    return armed.due(0, zone), armed


def zone_named(text: str | None) -> tzinfo | None:
    """A zone from its name, or from its offset in seconds."""
    if text is None:
        return None
    if text.lstrip("-").isdigit():
        return timezone(timedelta(seconds=int(text)))
    return ZoneInfo(text)
