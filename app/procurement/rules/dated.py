"""Rows of law by time and place: one that counts is never changed, it only ends; none counts before the day after it was
confirmed, so that what was decided stays as it was decided, and every process knows a row before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.errors import RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day

PLACE = re.compile(r"CN(-[A-Z0-9]{2,8}){0,2}\Z")
"""A region's code: the country, or its province, or a city of that (``CN-SC``)."""


class Dated(Protocol):
    """A kept row: ``valid_from`` and ``valid_to`` are the law's days, ``counts_from`` the first day on which it decides."""

    @property
    def valid_to(self) -> date | None: ...

    @property
    def counts_from(self) -> date: ...


class New(Protocol):
    """A row as somebody enters it."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


class EntryWrong(RuleBroken):
    """A row that can't be one of the law's; ``field`` is its column."""

    code = "statute-entry-wrong"
    text = Text("%(why)s", "%(why)s")


R = TypeVar("R", bound=Dated)


def place_problems(jurisdiction: str) -> list[EntryWrong]:
    """What speaks against a region's code."""
    if PLACE.match(jurisdiction):
        return []
    why = Text("Enter a region such as CN or CN-SC.", "请填写地区代码，例如CN或者CN-SC。")
    return [EntryWrong(field="jurisdiction", why=why)]


def time_problems(session: Session, known: Dated | None, new: New, changeable: Collection[str]) -> list[EntryWrong]:
    """What speaks against the days of a new row, or against changing (its ``changeable`` columns) or ending the known one."""
    today = local_day(clock.now(session))
    ends = new.valid_to
    if ends is not None and ends < new.valid_from:
        return [EntryWrong(field="valid_to", why=Text("It ends before it begins.", "终止日期早于起始日期。"))]
    fixed = [name for name in changeable if name != "valid_to"]
    counts = known is not None and known.counts_from <= today
    if counts and any(getattr(known, name) != getattr(new, name) for name in fixed):
        why = Text(
            "This rule is in effect and cannot be changed. End it, and enter a new one with a later first day.",
            "该条已生效，不得更改。请填写终止日期，并另行录入自后续日期起适用的规则。",
        )
        return [EntryWrong(field="valid_from", why=why)]
    if ends is not None and ends < today and (known is None or ends != known.valid_to):
        why = Text("The last day has passed.", "终止日期已过。")
        return [EntryWrong(field="valid_to", why=why)]
    return []


def put(
    session: Session, known: R | None, make: Callable[[date], R], new: New, changeable: Collection[str]
) -> tuple[R, dict[str, Any]]:
    """Keep a row that has no problems: change the known one, or make one with the day from which it counts.

    Gives the row, and by column what it was and what it is now, for the journal.
    """
    before = {} if known is None else {name: str(getattr(known, name)) for name in changeable}
    tomorrow = local_day(clock.now(session)) + timedelta(days=1)
    row = make(max(new.valid_from, tomorrow)) if known is None else known
    for name in changeable:
        setattr(row, name, getattr(new, name))
    session.add(row)
    session.flush()
    after = {name: str(getattr(row, name)) for name in changeable}
    return row, {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
