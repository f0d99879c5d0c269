"""The procurement methods: one dated row each, with what differs from method to method.

The rows are ``methods.json`` beside this file. No other file of ``app`` names a method: whoever has to know what holds for a
purchase asks its law (``law.method``). What a row doesn't have doesn't apply to its method, and is no error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.foundation.text import Text

METHODS_FILE = Path(__file__).with_name("methods.json")
WORDS = frozenset({"notice"})
"""What every method's papers have a word for."""
OWN = frozenset({"as", "main", "threshold"})
"""What no method has of another."""
ARTICLES = frozenset({"report-of-termination", "explanation-asked", "confirmation-asked", "decision-due"})
"""Sentences that cite an article, by any method."""
NOTICE, DEADLINE = "notice", "bid_deadline"
"""What every timetable is counted from, and the date that a person may choose."""


@dataclass(frozen=True)
class Step:
    """A date of the timetable: the rule it follows from, counted after (or before) the notice or another date by its name."""

    name: str
    title: Text
    rule: str
    anchor: str
    is_before: bool


@dataclass(frozen=True)
class Group:
    """The evaluators: the rules of how many they are at least, how many of a large purchase, from which amount on one is
    large, and which share experts have. A name is empty where the method has no such rule.
    """

    size: str = ""
    size_large: str = ""
    large_from: str = ""
    expert_share: str = ""


@dataclass(frozen=True)
class Method:
    """One row. ``ocds``: the code of OCDS's codelist method; ``main``: the method of what has no other (GPL 26);
    ``threshold``: the rule from whose amount on every other method needs an approval (GPL 27).

    ``words``: what its papers are called, by what they are; ``objects``: what can be bought by it; ``checks``: those of the
    documents, by their names; ``least_offers``, ``candidates``: the rules of how many offers there must be, and how many
    candidates are named at most; ``states``: those of a lot, in their order; ``failures``: why a lot can fail;
    ``articles``: on which article a refusal, a check or a sentence rests, by its code.
    """

    id: str
    name: Text
    jurisdiction: str = "CN"
    valid_from: date = date.min
    valid_to: date | None = None
    source: str = ""
    article: str = ""
    ocds: str = "open"
    main: bool = False
    threshold: str = ""
    words: Mapping[str, Text] = field(default_factory=dict)
    objects: frozenset[str] = frozenset()
    timetable: tuple[Step, ...] = ()
    checks: frozenset[str] = frozenset()
    least_offers: str = ""
    candidates: str = ""
    group: Group = Group()
    states: tuple[str, ...] = ()
    failures: Mapping[str, Text] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of all statutory rules that the row names."""
        group = (self.group.size, self.group.size_large, self.group.large_from, self.group.expert_share)
        named = (self.threshold, self.least_offers, self.candidates, *group, *(step.rule for step in self.timetable))
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def within(self) -> Text:
        """Its name within a sentence: ``inquiry``."""
        return Text(self.name.en[:1].lower() + self.name.en[1:], self.name.zh)

    @property
    def one(self) -> Text:
        """One of its kind: ``an inquiry``."""
        article = "an" if self.name.en[:1] in "AEIOU" else "a"
        return Text(f"{article} {self.within.en}", self.name.zh)

    def _fits(self, on: date, jurisdiction: str) -> bool:
        in_force = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return in_force and jurisdiction.startswith(self.jurisdiction)

    @property
    def _weight(self) -> tuple[int, date]:
        return len(self.jurisdiction), self.valid_from


@cache
def rows(path: Path = METHODS_FILE) -> tuple[Method, ...]:
    """Every row, in the file's order."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["methods"]
    return tuple(_method(_whole(row, found)) for row in found)


def _whole(row: dict[str, Any], known: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A row with what it has of another method: what goes on ``as`` there has the same dates, words and checks but for its own."""
    other = next((each for each in known if each["id"] == row.get("as")), {})
    shared = {name: value for name, value in other.items() if name not in OWN}
    words = {**shared.get("words", {}), **row.get("words", {})}
    return {**shared, **{name: value for name, value in row.items() if name != "as"}, "words": words}


def _method(row: dict[str, Any]) -> Method:
    until = row["valid_to"]
    return Method(
        **{
            **row,
            "name": Text(**row["name"]),
            "words": _texts(row.get("words", {})),
            "failures": _texts(row.get("failures", {})),
            "objects": frozenset(row.get("objects", ())),
            "timetable": tuple(_step(**step) for step in row.get("timetable", ())),
            "checks": frozenset(row.get("checks", ())),
            "group": Group(**row.get("group", {})),
            "states": tuple(row.get("states", ())),
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(until) if until else None,
        }
    )


def _texts(named: Mapping[str, Mapping[str, str]]) -> dict[str, Text]:
    return {name: Text(**words) for name, words in named.items()}


def _step(name: str, title: Mapping[str, str], rule: str, after: str = "", before: str = "") -> Step:
    return Step(name, Text(**title), rule, anchor=after or before, is_before=bool(before))


def failures() -> dict[str, Text]:
    """Why a lot can fail, by any method."""
    return {reason: words for row in rows() for reason, words in row.failures.items()}


def names() -> dict[str, Text]:
    """What each method is called, in the order of the law."""
    return {row.id: row.name for row in sorted(rows(), key=lambda row: row.valid_from)}


def named(method_id: str) -> Method:
    """The nation's newest row for a method; of one that isn't known, one that says nothing but its id."""
    known = [row for row in rows() if row.id == method_id and row.jurisdiction == "CN"]
    return max(known, key=lambda row: row.valid_from) if known else _nothing(method_id)


def main() -> Method:
    """The nation's newest row of the main method (GPL 26)."""
    return max((row for row in rows() if row.main and row.jurisdiction == "CN"), key=lambda row: row.valid_from)


def find(method_id: str | None, *, on: date, jurisdiction: str) -> Method:
    """The row of a method in force ``on`` a day, the most specific one; of none chosen, the main method's.

    Of a method that isn't known (or of what is no government procurement) one that says nothing but its id.
    """
    fitting = [
        row
        for row in rows()
        if row._fits(on, jurisdiction) and (row.main if method_id is None else row.id == method_id)
    ]
    return max(fitting, key=lambda row: row._weight) if fitting else _nothing(method_id or "")


def _nothing(method_id: str) -> Method:
    return Method(id=method_id, name=Text(method_id, method_id))
