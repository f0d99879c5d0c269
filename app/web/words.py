"""Times, periods, money and sizes as people write them, in English and in Chinese. Pure functions of what they are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers

from app.foundation.money import Money, in_figures
from app.foundation.text import Text
from app.foundation.workdays import Calendar, Uncertain

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
"""Languages by the locale whose dates and numbers they use."""

_DAYS = {
    "long": Text("EEEE d MMMM y", "y年M月d日 EEEE"),
    "medium": Text("d MMMM y", "y年M月d日"),
    "short": Text("EEE d MMM", "M月d日 EEE"),
    "near": Text("EEEE", "EEEE"),
    "this-year": Text("EEEE d MMMM", "M月d日 EEEE"),
}
"""Patterns of days (Unicode TR 35); ``near`` is a day of this week."""

_ZONES = {"Asia/Shanghai": Text("China time", "北京时间")}

CLOSE = 6
"""Up to this many days away, a day is named by its weekday alone."""


@dataclass(frozen=True)
class Place:
    """What times are said in: the language, the zone, the present instant and the working days (read when needed)."""

    language: str
    zone: ZoneInfo
    now: datetime
    calendar: Callable[[], Calendar]

    @property
    def today(self) -> date:
        """The present day at the place."""
        return self.now.astimezone(self.zone).date()

    def say(self, text: Text, **values: object) -> str:
        """A text in the language of the page, its places filled in."""
        return (text.filled(**values) if values else text).in_(self.language)


def day(place: Place, on: date | datetime | Uncertain | str | None, style: str = "medium") -> str:
    """A day: ``long`` with its weekday, ``medium``, or ``short`` without the year; an unsettled day as its bounds.

    An instant is said as the day it falls on at the place; a text is an ISO date, as published notices hold it.
    """
    if on is None:
        return ""
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if isinstance(on, datetime):
        on = on.astimezone(place.zone).date()
    if isinstance(on, Uncertain):
        bounds = Text("between %(one)s and %(two)s", "%(one)s至%(two)s之间")
        return place.say(bounds, one=day(place, on.earliest, style), two=day(place, on.latest, style))
    return dates.format_date(on, _DAYS[style].in_(place.language), locale=LOCALES[place.language])


def when(place: Place, at: datetime | None, style: str = "medium", *, with_zone: bool = False) -> str:
    """An instant at the place; ``with_zone`` names the zone, as legal documents do."""
    if at is None:
        return ""
    local = at.astimezone(place.zone)
    said = place.say(
        Text("%(day)s, %(time)s", "%(day)s %(time)s"), day=day(place, local.date(), style), time=clock_time(local)
    )
    if not with_zone:
        return said
    return place.say(Text("%(said)s (%(zone)s)", "%(said)s（%(zone)s）"), said=said, zone=zone_name(place))


def zone_name(place: Place) -> str:
    """The zone's name as people call it."""
    known = _ZONES.get(place.zone.key)
    return place.say(known) if known else dates.get_timezone_name(place.zone, locale=LOCALES[place.language])


def clock_time(local: datetime) -> str:
    """Hours and minutes, ``17:00``."""
    return f"{local:%H:%M}"


def ago(place: Place, at: datetime | None) -> str:
    """A past instant as one speaks of it: minutes and hours of today, then the day and time."""
    if at is None:
        return ""
    local = at.astimezone(place.zone)
    minutes = int((place.now - at).total_seconds() // 60)
    if 0 <= minutes < 1:
        return place.say(Text("just now", "刚刚"))
    if 0 <= minutes < 60:
        return place.say(_counted("minute", minutes, "%(n)s ago", "%(n)s前"))
    said = _day_nearby(place, local.date())
    return place.say(Text("%(day)s, %(time)s", "%(day)s %(time)s"), day=said, time=clock_time(local))


def until(place: Place, due: datetime | date | None) -> str:
    """How long is left, with the day and time: "in 2 working days, Thursday 17:00"; or how long ago it was due."""
    if due is None:
        return ""
    left, point = remaining(place, due), due_point(place, due)
    return place.say(Text("%(left)s, %(point)s", "%(left)s，%(point)s"), left=left, point=point)


def remaining(place: Place, due: datetime | date) -> str:
    """How long is left without the day: "in 3 hours", "tomorrow", "in 2 working days", "2 working days ago"."""
    on = due_day(place, due)
    if on == place.today:
        return _remaining_today(place, due)
    if on == place.today + timedelta(days=1):
        return place.say(Text("tomorrow", "明天"))
    if on == place.today - timedelta(days=1):
        return place.say(Text("yesterday", "昨天"))
    ahead = on > place.today
    first, last = (place.today, on) if ahead else (on, place.today)
    count, kind = place.calendar().working_days_between(first, last), "working day"
    if not count:
        count, kind = (last - first).days, "day"
    if ahead:
        return place.say(_counted(kind, count, "in %(n)s", "还有%(n)s"))
    return place.say(_counted(kind, count, "%(n)s ago", "已过%(n)s"))


def due_point(place: Place, due: datetime | date) -> str:
    """The day and time something is due, as short as it stays clear; midnight counts as the end of the day before."""
    on = due_day(place, due)
    distance = (on - place.today).days
    style = "near" if 0 <= distance <= CLOSE else "this-year" if on.year == place.today.year else "long"
    said = place.say(Text("today", "今天")) if distance == 0 else day(place, on, style)
    if not isinstance(due, datetime):
        return said
    local = due.astimezone(place.zone)
    if local.date() != on:
        return place.say(Text("end of %(day)s", "%(day)s24时"), day=said)
    time = clock_time(local)
    return place.say(Text("%(day)s %(time)s", "%(day)s %(time)s"), day=said, time=time)


def due_day(place: Place, due: datetime | date) -> date:
    """The day something is due on; an instant at midnight belongs to the day it ends."""
    if not isinstance(due, datetime):
        return due
    return (due.astimezone(place.zone) - timedelta(microseconds=1)).date()


def urgency(place: Place, due: datetime | date | None) -> str:
    """The ending of the classes ``tw-due`` and ``tw-tag``: ``late``, ``soon`` (today, or within 24 hours), ``near`` (within
    three days) or nothing."""
    if due is None:
        return ""
    on = due_day(place, due)
    if isinstance(due, datetime):
        if due < place.now:
            return "late"
        if due - place.now <= timedelta(hours=24):
            return "soon"
    if on <= place.today:
        return "soon" if on == place.today else "late"
    return "near" if on - place.today <= timedelta(days=3) else ""


def money(language: str, amount: Money | Decimal | int | str | None, currency: str = "CNY") -> str:
    """An amount (a text where a stored notice has it) with its currency and thousands: ``¥1,860,000.00``."""
    if amount is None:
        return ""
    if isinstance(amount, Money):
        return money(language, amount.amount, amount.currency)
    amount = Decimal(amount)
    if currency == "CNY":  # ¥ in both languages: the house's currency needs no country
        return in_figures(amount)
    return numbers.format_currency(amount, currency, locale=LOCALES[language])


def number(language: str, value: Decimal | int | float | None, *, places: int | None = None) -> str:
    """A number with thousands; with ``places`` decimals when given."""
    if value is None:
        return ""
    if places is None and isinstance(value, Decimal):  # exact, so that nothing is rounded away
        return numbers.format_decimal(value.normalize(), locale=LOCALES[language], decimal_quantization=False)
    pattern = None if places is None else "#,##0" + ("." + "0" * places if places else "")
    return numbers.format_decimal(value, format=pattern, locale=LOCALES[language])


def percent(language: str, ratio: Decimal | float | None) -> str:
    """A ratio as a percentage, with at most two decimals."""
    return "" if ratio is None else numbers.format_percent(ratio, format="#,##0.##%", locale=LOCALES[language])


def size(language: str, count: int | None) -> str:
    """A number of bytes in the unit that fits: ``214 kB``, ``3.1 MB``."""
    if count is None:
        return ""
    value, unit = Decimal(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    shown = value.quantize(Decimal("0.1")) if unit in ("MB", "GB") and value < 100 else value.quantize(Decimal(1))
    return f"{number(language, shown)} {unit}"


_HAN = "\u3400-\u9fff"
_FOREIGN = {
    "en": ("zh-Hans", re.compile(rf"[{_HAN}](?:[^A-Za-z]*[{_HAN}])?(?:\.\w{{1,5}}$)?")),
    "zh": ("en", re.compile(rf"[A-Za-z](?=[^{_HAN}]*[a-z]{{2}} +[A-Za-z]{{2}})[^{_HAN}]*[A-Za-z]")),
}
"""What is in the other language on a page of one: its tag, and how it looks. One Latin word among Chinese is none;
a file's ending belongs to its name."""


def by_language(language: str, text: str) -> Iterator[tuple[str, str]]:
    """A text in pieces, each with its tag (BCP 47) where it isn't in the language of the page, else with nothing.

    A name that a person typed is in one language only; a screen reader has to know which (WCAG 2.2, 3.1.2).
    """
    tag, foreign = _FOREIGN[language]
    end = 0
    for found in foreign.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], ""
        yield found.group(), tag
        end = found.end()
    if end < len(text):
        yield text[end:], ""


def spoken_in(language: str, text: str) -> str:
    """The tag of what a field holds where that isn't in the language of the page, else nothing.

    A field has one language for all it holds: a Chinese voice reads Latin words among Chinese ones, an English voice no
    Chinese ones.
    """
    tag, foreign = _FOREIGN[language]
    if not foreign.search(text) or (language == "zh" and written_in(text) == "zh"):
        return ""
    return tag


def written_in(name: str) -> str:
    """The language of a paper's name: Chinese where a Chinese character is in it."""
    return "zh" if re.search(f"[{_HAN}]", name) else "en"


def plural(count: int, one: str, many: str, zh: str) -> Text:
    """A counted thing: ``plural(n, "%(n)s bid", "%(n)s bids", "%(n)s份投标文件")``, filled in."""
    return Text(one if count == 1 else many, zh).filled(n=count)


_UNITS = {
    "minute": ("minute", "minutes", "分钟"),
    "hour": ("hour", "hours", "小时"),
    "day": ("day", "days", "天"),
    "working day": ("working day", "working days", "个工作日"),
}


def _counted(unit: str, count: int, en: str, zh: str) -> Text:
    one, many, chinese = _UNITS[unit]
    return Text(en % {"n": f"{count} {one if count == 1 else many}"}, zh % {"n": f"{count}{chinese}"})


def _remaining_today(place: Place, due: datetime | date) -> str:
    if not isinstance(due, datetime):
        return place.say(Text("today", "今天"))
    minutes = int((due - place.now).total_seconds() // 60)
    unit, count = ("hour", abs(minutes) // 60) if abs(minutes) >= 60 else ("minute", max(1, abs(minutes)))
    if minutes < 0:
        return place.say(_counted(unit, count, "%(n)s ago", "已过%(n)s"))
    return place.say(_counted(unit, count, "in %(n)s", "还有%(n)s"))


def _day_nearby(place: Place, on: date) -> str:
    distance = (place.today - on).days
    if distance == 0:
        return place.say(Text("today", "今天"))
    if distance == 1:
        return place.say(Text("yesterday", "昨天"))
    return day(place, on, "short" if on.year == place.today.year else "medium")
