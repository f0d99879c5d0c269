"""The State Council's holiday notice, read from its own wording: days off, days worked in exchange, and what is doubtful.

A sentence names days and then what they are: ``1月1日（周五）至3日（周日）放假调休，共3天。1月9日（周六）上班。`` Every check that
the wording allows is made: the weekday in brackets, the number of days, the statutory holidays of the year.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, DayKind, statutory_days

LONGEST = 20_000
"""How many characters a notice has at most."""

_WEEKDAYS = "一二三四五六日"
_YEAR = re.compile(r"(\d{4})年(?!\s*\d{1,2}\s*月)")
_SOURCE = re.compile(r"国办发(?:明电)?\s*[〔\[(]\s*\d{4}\s*[〕\])]\s*\d+\s*号")
_TOKEN = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月(?P<day>\d{1,2})日?|(?P<only>\d{1,2})日)(?:\((?P<note>[^)]*)\))?"
    r"|(?P<to>至|到|-|–|—|~)"
    r"|(?:共|放假)(?P<count>\d{1,2})天"
    r"|(?P<off>放假)|(?P<work>上班|补班)"
    r"|(?P<end>[。;!\n])"
)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


@dataclass(frozen=True)
class Doubt:
    """Something about the notice: ``blocks`` when it can't be entered like this."""

    what: Text
    blocks: bool


@dataclass
class Notice:
    """What a notice says. ``days``: by date, statutory holidays, weekdays swapped off, weekend days worked."""

    year: int | None
    source: str
    days: dict[date, DayKind] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    named: set[date] = field(default_factory=set)
    """Every day that it gives off, plain weekends included."""

    @property
    def usable(self) -> bool:
        """Whether it can be entered."""
        return self.year is not None and not any(doubt.blocks for doubt in self.doubts)


def read(text: str, *, year: int | None = None, source: str = "") -> Notice:
    """Read a notice as it was pasted; ``year`` and ``source`` where the wording doesn't name them."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    named = _YEAR.search(plain)
    number = _SOURCE.search(plain)
    year = year or (int(named[1]) if named else None)
    notice = Notice(year, source.strip() or (re.sub(r"\s", "", number[0]) if number else ""))
    if year is None or not 2000 <= year <= 2100:
        notice.year = None
        notice.doubts.append(Doubt(Text("Enter the year of the notice.", "请填写通知所属年份。"), blocks=True))
        return notice
    _Reader(notice, year).read(plain)
    _compare(notice, year)
    return notice


class _Reader:
    """Walks through the wording; ``pending`` are the days of a sentence that wait for what they are."""

    def __init__(self, notice: Notice, year: int) -> None:
        self.notice, self.year = notice, year
        self.month: int | None = None
        self.pending: list[date] = []
        self.last_off: list[date] = []
        self.ranging = self.said_off = self.spoke = False

    def read(self, plain: str) -> None:
        start = 0
        for token in _TOKEN.finditer(plain + "\n"):
            match token.lastgroup:
                case "to":
                    self.ranging = bool(self.pending)
                case "count":
                    self._counted(int(token["count"]), token[0].startswith("放假"))
                case "off":
                    self._off()
                case "work":
                    self._settle(DayKind.WORKDAY)
                case "end":
                    self._end(plain[start : token.start()].strip())
                    start = token.end()
                case _:
                    self._day(token)

    def _day(self, token: re.Match[str]) -> None:
        self.month = int(token["month"]) if token["month"] else self.month
        number = int(token["day"] or token["only"])
        try:
            on = date(int(token["year"] or self.year), self.month or 0, number)
        except ValueError:
            self._doubt(f"“{token[0]}” isn't a day", f"“{token[0]}”不是有效日期")
            return
        self._check_weekday(on, token["note"] or "", token[0])
        if self.ranging and self.pending and timedelta() < on - self.pending[-1] <= timedelta(days=31):
            while self.pending[-1] < on:
                self.pending.append(self.pending[-1] + ONE_DAY)
        elif self.ranging and self.pending:
            self._doubt(f"“{token[0]}” doesn't come after the day before it", f"“{token[0]}”不在起始日期之后")
        else:
            self.pending.append(on)
        self.ranging = False

    def _check_weekday(self, on: date, note: str, written: str) -> None:
        said = _WEEKDAY.search(note)
        if said and _WEEKDAYS.index(said[1].replace("天", "日")) != on.weekday():
            right = _WEEKDAYS[on.weekday()]
            self._doubt(
                f"“{written}” isn't that weekday in {self.year}", f"“{written}”与{self.year}年日历不符，应为周{right}"
            )

    def _off(self) -> None:
        self.said_off = self.spoke = True
        if self.pending:
            self.last_off = list(self.pending)
        self._settle(None)

    def _counted(self, count: int, is_act: bool) -> None:
        if is_act:
            self._off()
        if self.last_off and len(self.last_off) != count:
            first = self.last_off[0]
            self._doubt(
                f"the days off from {first} are {len(self.last_off)}, and the notice says {count}",
                f"自{first}起的放假天数为{len(self.last_off)}天，与通知所述{count}天不符",
            )

    def _settle(self, kind: DayKind | None) -> None:
        """The pending days are worked, or (None) off: of these a weekend day needs no row."""
        self.spoke = True
        for on in self.pending:
            if on.year != self.year and (on.year, on.month) != (self.year - 1, 12):
                self._doubt(f"{on} is in another year", f"{on}不在{self.year}年度内")
            elif kind is not None and on.weekday() < 5:
                self._doubt(f"{on} is a working day anyway", f"{on}本为工作日，无需调休上班")
            elif kind is not None:
                self.notice.days[on] = kind
            else:
                self.notice.named.add(on)
                if on.weekday() < 5:
                    self.notice.days[on] = DayKind.OFF
        self.pending = []

    def _end(self, sentence: str) -> None:
        if self.pending and self.said_off:
            self.last_off = list(self.pending)
            self._settle(None)
        elif self.pending or (("放假" in sentence or "上班" in sentence) and not self.spoke):
            self.notice.doubts.append(
                Doubt(Text(f"Not understood: “{sentence[:80]}”", f"未能识别：“{sentence[:80]}”"), blocks=False)
            )
        self.pending, self.ranging, self.said_off, self.spoke = [], False, False, False

    def _doubt(self, english: str, chinese: str) -> None:
        self.notice.doubts.append(Doubt(Text(f"{english[0].upper()}{english[1:]}.", f"{chinese}。"), blocks=True))


def _compare(notice: Notice, year: int) -> None:
    """Mark the statutory holidays, and say which of them the notice leaves out."""
    if not notice.days:
        notice.doubts.append(
            Doubt(Text("No day off was found in this text.", "未在文本中识别到放假安排。"), blocks=True)
        )
        return
    statutory = statutory_days(year)
    for on in statutory:
        if on in notice.named:
            continue
        what = Text(
            f"{on} is a statutory holiday, but the notice does not list it.", f"{on}为法定节假日，通知中未列出。"
        )
        notice.doubts.append(Doubt(what, blocks=True))
    notice.days |= dict.fromkeys(statutory, DayKind.STATUTORY)
    if not notice.source:
        notice.doubts.append(Doubt(Text("Enter the number of the notice.", "请填写通知文号。"), blocks=True))


def spans(days: dict[date, DayKind], *, worked: bool) -> Iterator[tuple[date, date]]:
    """The runs of days off (weekends between them included), or the single days worked, for people to look at."""
    if worked:
        yield from ((on, on) for on in sorted(days) if days[on] == DayKind.WORKDAY)
        return
    last: date | None = None
    for on in sorted(on for on, kind in days.items() if kind != DayKind.WORKDAY):
        if last is not None and on <= last:
            continue
        first = last = on
        while _is_off(days, first - ONE_DAY):
            first -= ONE_DAY
        while _is_off(days, last + ONE_DAY):
            last += ONE_DAY
        yield first, last


def _is_off(days: dict[date, DayKind], on: date) -> bool:
    kind = days.get(on)
    return on.weekday() > 4 if kind is None else kind != DayKind.WORKDAY
