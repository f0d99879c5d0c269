"""The statutory data: periods, ceilings, ratios and head counts, each dated, with its article and how far it was verified.

The rows are ``statute.json`` beside this file and those that the office entered itself (``entries.py``); nothing else in
the house, no diagram and no page, holds such a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from app.foundation.text import Text
from app.foundation.workdays import Calendar, Day, Sense, following

STATUTE_FILE = Path(__file__).with_name("statute.json")


class Verification(StrEnum):
    """How far a rule was verified."""

    VERIFIED = "V"  #: somebody has read it in the primary text
    SECONDARY = "S"  #: another text says so
    UNVERIFIED = "R"  #: nobody has looked it up
    POLICY = "P"  #: no law says it: this service sets it


VERIFICATION: dict[str, Text] = {
    Verification.VERIFIED: Text("verified in the primary text", "已核对法规原文"),
    Verification.SECONDARY: Text("from a secondary source", "依据二手资料"),
    Verification.UNVERIFIED: Text("not verified", "未经核实"),
    Verification.POLICY: Text("policy of this service, not law", "本平台规定，非法定"),
}
"""The words of each; anything but the first must be shown as such."""

SOURCES = {
    "GPL": Text("Government Procurement Law", "政府采购法"),
    "IR": Text("Implementing Regulations (State Council Decree 658)", "政府采购法实施条例"),
    "O74": Text("MoF Order 74", "财政部令第74号"),
    "O87": Text("MoF Order 87", "财政部令第87号"),
    "O94": Text("MoF Order 94", "财政部令第94号"),
    "O101": Text("MoF Order 101", "财政部令第101号"),
    "N22": Text("MoF Notice 22/2021", "财库〔2021〕22号"),
    "N38": Text("MoF Notice 38/2019", "财库〔2019〕38号"),
    "N46": Text("MoF Notice 46/2020", "财库〔2020〕46号"),
    "SMEPay": Text("Regulations on payments to small and medium enterprises", "保障中小企业款项支付条例"),
    "PBOC": Text("People's Bank of China", "中国人民银行"),
    "policy": Text("policy of this service", "本平台规定"),
}
"""The full names of the sources by their keys; other keys are document numbers and stand for themselves."""


class NoRule(LookupError):
    """The statutory data has no row for this; a gap in the data, never a person's mistake."""


@dataclass(frozen=True)
class Rule:
    """One row. ``unit``: d, wd, min, year, ratio, count, thirds or an ISO 4217 currency; ``sense``: see workdays.Sense.

    ``start``: what a period is counted from. ``objects``, ``methods``, ``levels`` (of budgets): none means all.
    """

    id: str
    name: str
    title: Text
    value: Decimal
    unit: str
    sense: Sense
    start: str | None
    jurisdiction: str
    objects: frozenset[str]
    methods: frozenset[str]
    valid_from: date
    valid_to: date | None
    source: str
    article: str
    quote: str
    status: Verification
    levels: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """The value as a whole number (days, heads)."""
        return int(self.value)

    @property
    def citation(self) -> str:
        """``O87 18, IR 31``: the sources with their articles."""
        sources, articles = self.source.split(", "), self.article.split(", ")
        if len(sources) != len(articles):
            return f"{self.source} {self.article}".strip()
        return ", ".join(f"{source} {article}".strip() for source, article in zip(sources, articles, strict=True))

    @property
    def verification(self) -> Text:
        """How far the row was verified, in words."""
        return VERIFICATION[self.status]

    @property
    def is_period(self) -> bool:
        """Whether this is a period of days."""
        return self.unit in ("d", "wd") and self.start is not None

    def after(self, calendar: Calendar, start: Day) -> Day:
        """The last day of this period from ``start``, which isn't counted; as far as the calendar settles it."""
        if not self.is_period:
            raise ValueError(f"{self.id} is no period of days")
        return following(start, lambda day: self._counted(calendar, day))

    def before(self, calendar: Calendar, end: Day) -> Day:
        """The last day from which this minimum period still ends by ``end``; as far as the calendar settles it."""
        return following(end, lambda day: calendar.latest_start(day, self.count, self.unit))

    def last_day(self, calendar: Calendar, start: Day) -> date:
        """The day that counts as the last of this period from ``start``; doubt is resolved by the kind of the period."""
        return self.sense.last_day(self.after(calendar, start))

    def first_day(self, calendar: Calendar, end: Day) -> date:
        """The day that counts as the start of this period that ends with ``end``; doubt is resolved by its kind."""
        return self.sense.first_day(self.before(calendar, end))

    def _counted(self, calendar: Calendar, start: date) -> Day:
        if self.unit == "wd":
            return calendar.add_working_days(start, self.count)
        return calendar.add_days(start, self.count, self.sense)

    def _fits(self, *, object: str | None, method: str | None, level: str, on: date, jurisdiction: str) -> bool:
        return (
            jurisdiction.startswith(self.jurisdiction)
            and (not self.objects or object in self.objects)
            and (not self.methods or method in self.methods)
            and (not self.levels or level in self.levels)
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )

    @property
    def _weight(self) -> tuple[int, int, int, int, date]:
        return (len(self.jurisdiction), bool(self.levels), bool(self.objects), bool(self.methods), self.valid_from)


@cache
def statute(path: Path = STATUTE_FILE) -> tuple[Rule, ...]:
    """Every row of the statutory data, in the file's order."""
    rows = json.loads(path.read_text(encoding="utf-8"))["rules"]
    return tuple(_rule(row) for row in rows)


_entered: tuple[Rule, ...] = ()


def use(entered: Iterable[Rule]) -> None:
    """Let the office's own rows count in this process. Each counts from the day after it was confirmed at the earliest,
    so that no two processes decide by different rows on one day."""
    global _entered
    _entered = tuple(entered)


def known() -> tuple[Rule, ...]:
    """Every row there is: those shipped, then the office's own."""
    return (*statute(), *_entered)


def _rule(row: dict[str, Any]) -> Rule:
    until = row["valid_to"]
    return Rule(
        **{
            **row,
            "title": Text(**row["title"]),
            "value": Decimal(row["value"]),
            "sense": Sense(row["sense"]),
            "objects": frozenset(row["objects"]),
            "methods": frozenset(row["methods"]),
            "levels": frozenset(row["levels"]),
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(until) if until else None,
        }
    )


def row(rule_id: str) -> Rule:
    """The row that an act wrote down as the one it rested on.

    :raises NoRule:
    """
    found = next((rule for rule in known() if rule.id == rule_id), None)
    if found is None:
        raise NoRule(f"no row {rule_id!r}")
    return found


def find(
    name: str,
    *,
    on: date,
    object: str | None = None,
    method: str | None = None,
    level: str = "",
    jurisdiction: str = "CN",
) -> Rule:
    """The rule of a name that is in force ``on`` a day, the most specific one.

    ``jurisdiction`` is a region code like ``CN-SC``; a region's own row goes before the nation's, then one for the
    ``level`` of the budget, the object, the method.

    :raises NoRule:
    """
    fitting = [
        rule
        for rule in known()
        if name == rule.name and rule._fits(object=object, method=method, level=level, on=on, jurisdiction=jurisdiction)
    ]
    if not fitting:
        raise NoRule(f"no rule {name!r} for {object}, {method} on {on}")
    return max(fitting, key=lambda rule: rule._weight)
