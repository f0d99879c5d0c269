"""The timetable of a tender: from the day of the notice to every date the law hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.foundation import workdays
from app.foundation.text import Text
from app.foundation.workdays import Calendar, Day
from app.procurement.rules.methods import DEADLINE, NOTICE, Step
from app.procurement.rules.purchases import Law
from app.procurement.rules.statutes import Rule


@dataclass(frozen=True)
class TimetableEntry:
    """One date: its name, the day (or bounds), the rule it comes from, and what it says to people."""

    name: str
    title: Text
    on: Day
    rule: Rule

    @property
    def certain(self) -> bool:
        """Whether the day is settled."""
        return workdays.certain(self.on)


def timetable(calendar: Calendar, law: Law, *, deadline_on: date | None = None) -> list[TimetableEntry]:
    """Every date that follows from the notice day, the day of ``law``, as its method's row has them; ``deadline_on`` when chosen.

    Without a chosen deadline what depends on it is counted from the earliest that the law allows. Bonds arrive and bids are
    opened at the deadline itself (Notice 38/2019 part 3, Order 87 art. 39).
    """
    steps = {step.name: step for step in law.method.timetable}

    def counted(step: Step) -> Day:
        start, rule = anchor(step.anchor), law.rule(step.rule)
        return rule.before(calendar, start) if step.is_before else rule.after(calendar, start)

    def anchor(name: str) -> Day:
        if name == NOTICE:
            return law.on
        return deadline_on if name == DEADLINE and deadline_on is not None else counted(steps[name])

    return [TimetableEntry(step.name, step.title, counted(step), law.rule(step.rule)) for step in steps.values()]
