"""China's working days: the State Council's calendar as rows, and periods counted by it without guessing.

A year counts as official only by a person's act or a data release, never because a library has an opinion of it.
A period that reaches a year without an official calendar answers ``Uncertain``: the bounds within which the day must
lie under the statutory holidays alone, whatever days the State Council swaps.

Counting: the first day isn't counted; when the last day of a day-period is a day off it moves on (Order 87 art. 85,
Order 94 art. 42). Whether a plain weekend is meant isn't said, so a duty takes the earlier reading and every other
period the later one. How doubt is resolved belongs to the kind of the period (``Sense``) and to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import Base, UtcDateTime, one_of
from app.foundation.errors import Invalid
from app.foundation.text import Text

ONE_DAY = timedelta(days=1)
SEEDED_YEARS = range(2013, 2027)
"""The years whose State Council notices are in this release's seed."""

MAKE_UP_REACH = 14
"""How many days from a statutory holiday a weekend has been made a working day since 2014 (the farthest: 11)."""

STATUTORY_DAYS = 11
"""The fewest statutory holidays a year has had since 2008 (13 since 2025)."""

BRIDGE_REACH = 7
"""How many days from a statutory holiday a weekday has been given off since 2014 (the farthest: 5)."""


class DayKind(StrEnum):
    """What an exceptional day is: a statutory holiday, a weekday swapped off, a weekend day worked in exchange."""

    STATUTORY = "statutory"  #: a holiday by law
    OFF = "off"  #: a weekday that is free in exchange
    WORKDAY = "workday"  #: a weekend day that is worked in exchange


class YearStatus(StrEnum):
    """Whether the State Council's notice for a year is in the table."""

    PUBLISHED = "published"  #: the notice is out: its days are certain
    PROVISIONAL = "provisional"  #: the notice is awaited: its days may change


class Sense(StrEnum):
    """The kind of a period, and with it how doubt about its days is resolved: always against who would gain by the error.

    A minimum period is given to somebody in full; with a lapsing period a right is lost (default award, window closed);
    a maximum is the longest that somebody may wait or reach ahead; a duty is done too soon rather than too late.
    """

    MINIMUM = "min"
    LAPSE = "lapse"
    MAXIMUM = "max"
    DUTY = "duty"

    def last_day(self, day: Day) -> date:
        """The day that counts as the last of such a period while it isn't settled."""
        return latest(day) if self in (Sense.MINIMUM, Sense.LAPSE) else earliest(day)

    def first_day(self, day: Day) -> date:
        """The day that counts as the start of such a period counted back from its end, while it isn't settled."""
        return earliest(day) if self in (Sense.MINIMUM, Sense.LAPSE) else latest(day)


class CalendarDay(Base):
    """A day that differs from its weekday. ``source`` names the notice."""

    __tablename__ = "calendar_day"
    on: Mapped[date] = mapped_column("date", primary_key=True)
    kind: Mapped[DayKind] = mapped_column(one_of(DayKind, 12, "kind"))
    name_zh: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200))


class CalendarYear(Base):
    """A year and whether its calendar is official. A year without a row is provisional."""

    __tablename__ = "calendar_year"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[YearStatus] = mapped_column(one_of(YearStatus, 12, "status"))
    source: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))


class CalendarRefused(Invalid):
    """A calendar that can't be the State Council's notice for that year."""

    text = Text("This is not a calendar of %(year)s: %(why)s.", "这不是%(year)s年的放假安排：%(why)s。")


@dataclass(frozen=True)
class Uncertain:
    """A day that isn't settled because ``years`` have no official calendar; it lies from earliest to latest."""

    earliest: date
    latest: date
    years: tuple[int, ...]


Day = date | Uncertain
"""A day, or the honest answer that it isn't settled yet."""


def certain(day: Day) -> bool:
    """Whether a day is settled."""
    return not isinstance(day, Uncertain)


def earliest(day: Day) -> date:
    """The day itself, or the earliest it can be."""
    return day.earliest if isinstance(day, Uncertain) else day


def latest(day: Day) -> date:
    """The day itself, or the latest it can be."""
    return day.latest if isinstance(day, Uncertain) else day


def following(day: Day, count: Callable[[date], Day]) -> Day:
    """What is counted from a day that may itself not be settled: from its earliest to its latest.

    ``count`` must not go back when its start goes forward.
    """
    early, late = count(earliest(day)), count(latest(day))
    if early == late:
        return early
    years = {year for each in (early, late) for year in (each.years if isinstance(each, Uncertain) else ())}
    doubtful = years.union(day.years if isinstance(day, Uncertain) else ())
    return Uncertain(earliest(early), latest(late), tuple(sorted(doubtful)))


def local_day(at: datetime, place: ZoneInfo = clock.PLACE) -> date:
    """The day an instant falls on where the offices are."""
    return at.astimezone(place).date()


def start_of(on: date, place: ZoneInfo = clock.PLACE) -> datetime:
    """The instant a day begins where the offices are, in UTC."""
    return datetime.combine(on, time(), place).astimezone(UTC)


def end_of(on: date, place: ZoneInfo = clock.PLACE) -> datetime:
    """The instant a day is over where the offices are (its end isn't part of it), in UTC."""
    return start_of(on + ONE_DAY, place)


def last_second_of(on: date, place: ZoneInfo = clock.PLACE) -> datetime:
    """The last second of a day where the offices are, in UTC: how a due day is shown and armed as an instant."""
    return end_of(on, place) - timedelta(seconds=1)


@dataclass(frozen=True)
class Calendar:
    """What is known of days: the exceptional ones by date, and the years whose notices are published."""

    days: Mapping[date, DayKind]
    published: frozenset[int]
    _reading: str = field(default="", compare=False)

    def is_official(self, year: int) -> bool:
        """Whether the State Council's calendar of this year is known."""
        return year in self.published

    def is_working(self, on: date) -> bool | None:
        """Whether people work on a day; None in a year without an official calendar."""
        if not self.is_official(on.year):
            return None
        return self._works(on)

    def is_statutory(self, on: date) -> bool:
        """Whether the day is itself a statutory holiday (never a swapped day or a plain weekend)."""
        return self.days.get(on) == DayKind.STATUTORY

    def add_working_days(self, start: date, count: int) -> Day:
        """The last day of a period of working days; ``start`` isn't counted. ``count`` from 0 up."""
        return self._bounded(lambda calendar: calendar._nth_working(start, count))

    def add_days(self, start: date, count: int, sense: Sense = Sense.MINIMUM) -> Day:
        """The last day of a period of calendar days; ``start`` isn't counted (see the module for days off)."""
        return self._bounded(lambda calendar: calendar._nth_day(start, count, sense))

    def latest_start(self, end: date, count: int, unit: str) -> Day:
        """The last day from which a minimum period of ``count`` (``"d"`` or ``"wd"``) still ends by ``end``."""
        return self._bounded(lambda calendar: calendar._last_start(end, count, unit))

    def working_days_between(self, start: date, end: date) -> int | None:
        """How many working days lie after ``start`` up to and with ``end``; None if a year in it isn't official."""
        days = [self.is_working(day) for day in _each(start, end)]
        return None if None in days else sum(bool(day) for day in days)

    def next_working_day(self, on: date) -> Day:
        """The first working day from ``on``, itself included."""
        return self._bounded(lambda calendar: calendar._next_working(on))

    def _bounded(self, count: Callable[[Calendar], date]) -> Day:
        bounds = count(self._most), count(self._least)
        early, late = min(bounds), max(bounds)
        unknown = tuple(year for year in range(early.year, late.year + 1) if not self.is_official(year))
        if early == late and all(year in self._outlined for year in unknown):
            return early
        return Uncertain(early, late, unknown)

    @cached_property
    def _outlined(self) -> frozenset[int]:
        """The years whose statutory holidays are known, so that the bounds of a day in them really hold."""
        return frozenset(on.year for on, kind in self.days.items() if kind == DayKind.STATUTORY)

    @cached_property
    def _most(self) -> Calendar:
        """The same calendar, taking every day as worked that could be in years that aren't official."""
        return Calendar(self.days, self.published, "most")

    @cached_property
    def _least(self) -> Calendar:
        """The same calendar, taking every day as off that could be in years that aren't official."""
        return Calendar(self.days, self.published, "least")

    def _works(self, on: date) -> bool:
        kind = self.days.get(on)
        if kind is not None:
            return kind == DayKind.WORKDAY
        weekday = on.weekday() < 5
        if self.is_official(on.year) or not self._reading:
            return weekday
        if self._reading == "most":
            return weekday or self._near_holiday(on, MAKE_UP_REACH)
        return weekday and not self._near_holiday(on, BRIDGE_REACH)

    def _near_holiday(self, on: date, reach: int) -> bool:
        return any(self.is_statutory(on + timedelta(days=shift)) for shift in range(-reach, reach + 1))

    def _nth_working(self, start: date, count: int) -> date:
        day = start
        while count > 0:
            day += ONE_DAY
            count -= self._works(day)
        return day

    def _next_working(self, on: date) -> date:
        while not self._works(on):
            on += ONE_DAY
        return on

    def _nth_day(self, start: date, count: int, sense: Sense) -> date:
        day = start + timedelta(days=count)
        if sense != Sense.DUTY:
            return self._next_working(day)
        while self.is_statutory(day):
            day += ONE_DAY
        return day

    def _last_start(self, end: date, count: int, unit: str) -> date:
        day = end
        if unit == "wd":
            while count > 0:
                count -= self._works(day)
                day -= ONE_DAY
            return day
        day = end - timedelta(days=count)
        while self._nth_day(day, count, Sense.MINIMUM) > end:
            day -= ONE_DAY
        return day


def _each(start: date, end: date) -> Iterator[date]:
    day = start + ONE_DAY
    while day <= end:
        yield day
        day += ONE_DAY


def years(session: Session) -> list[CalendarYear]:
    """The years of the calendar, the latest first."""
    return list(session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))


def days_of(session: Session, year: int) -> dict[date, DayKind]:
    """The exceptional days of a year."""
    within = CalendarDay.on.between(date(year, 1, 1), date(year, 12, 31))
    return {on: DayKind(kind) for on, kind in session.execute(select(CalendarDay.on, CalendarDay.kind).where(within))}


def load(session: Session) -> Calendar:
    """The calendar as the tables have it now."""
    days = {on: DayKind(kind) for on, kind in session.execute(select(CalendarDay.on, CalendarDay.kind))}
    years = select(CalendarYear.year).where(CalendarYear.status == YearStatus.PUBLISHED)
    return Calendar(days, frozenset(session.scalars(years)))


def seed(session: Session, *, years: range = SEEDED_YEARS, outlook: int = 3) -> None:
    """Enter the published calendars of ``years``, and the statutory holidays alone of ``outlook`` years after them.

    A year that already has a row is left as it is.
    """
    now = clock.now(session)
    present = set(session.scalars(select(CalendarYear.year)))
    for year in range(years.start, years.stop + outlook):
        if year in present:
            continue
        published = year in years
        source = f"国务院办公厅关于{year}年部分节假日安排的通知" if published else "全国年节及纪念日放假办法"
        status = YearStatus.PUBLISHED if published else YearStatus.PROVISIONAL
        session.add(
            CalendarYear(year=year, status=status, source=source, changed_at=now, changed_by=SYSTEM.id),
        )
        days = [
            {"on": on, "kind": kind, "name_zh": name, "source": source}
            for on, kind, name in _known_days(year)
            if published or kind == DayKind.STATUTORY
        ]
        session.execute(insert(CalendarDay), days)
    session.flush()


@cache
def _known_days(year: int) -> tuple[tuple[date, DayKind, str], ...]:
    """The exceptional days of a year by the seed library; observed days are swaps, not statutory holidays."""
    from holidays.countries.china import China  # slow to import, and needed only to seed

    calendar = China(years=[year], language="zh_CN")
    swapped = ("休息日", "补假", "observed", "substituted")
    off = (
        (on, DayKind.OFF if any(word in name for word in swapped) else DayKind.STATUTORY, str(name)[:60])
        for on, name in sorted(calendar.items())
    )
    worked = ((on, DayKind.WORKDAY, "调休上班") for on in sorted(calendar.weekend_workdays))
    return tuple(day for day in (*off, *worked) if day[0].year == year)


def statutory_days(year: int) -> list[date]:
    """The statutory holidays of a year, which follow from the law and the lunar calendar whatever days are swapped."""
    return [on for on, kind, _ in _known_days(year) if kind == DayKind.STATUTORY]


def publish_year(session: Session, actor: Actor, *, year: int, days: Mapping[date, DayKind], source: str) -> None:
    """Enter the State Council's notice for a year; ``source`` names it.

    ``days``: statutory holidays, weekdays swapped off and weekend days worked in exchange; where New Year's swaps reach
    back, days of the December before too, which only add to that year's.

    :raises CalendarRefused:
    """
    _check_notice(year, days, source)
    session.execute(delete(CalendarDay).where(CalendarDay.on.between(date(year, 1, 1), date(year, 12, 31))))
    session.execute(delete(CalendarDay).where(CalendarDay.on.in_([on for on in days if on.year < year])))
    session.add_all(CalendarDay(on=on, kind=kind, source=source) for on, kind in days.items())
    row = session.get(CalendarYear, year)
    if row is None:
        row = CalendarYear(year=year)
        session.add(row)
    row.status, row.source = YearStatus.PUBLISHED, source
    row.changed_at, row.changed_by = clock.now(session), actor.id
    session.flush()
    journal.write(
        session,
        actor,
        case=f"calendar:{year}",
        act="workdays.publish_year",
        facts={"source": source, "days": {on.isoformat(): str(kind) for on, kind in sorted(days.items())}},
    )


def _check_notice(year: int, days: Mapping[date, DayKind], source: str) -> None:
    if not source.strip():
        raise CalendarRefused(
            field="source", year=year, why=Text("the notice it is based on is not given", "未注明所依据的通知")
        )
    strangers = [on for on in days if on.year != year and (on.year, on.month) != (year - 1, 12)]
    if strangers:
        why = Text(f"{strangers[0]} is in another year", f"{strangers[0]}不在该年度")
        raise CalendarRefused(field="days", year=year, why=why)
    wrong = [
        on
        for on, kind in days.items()
        if (kind == DayKind.WORKDAY and on.weekday() < 5) or (kind == DayKind.OFF and on.weekday() > 4)
    ]
    if wrong:
        why = Text(f"{wrong[0]} is that kind of day anyway", f"{wrong[0]}无需调休")
        raise CalendarRefused(field="days", year=year, why=why)
    if sum(kind == DayKind.STATUTORY for kind in days.values()) < STATUTORY_DAYS:
        why = Text("statutory holidays are missing", "法定节假日不完整")
        raise CalendarRefused(field="days", year=year, why=why)
