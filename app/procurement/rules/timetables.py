"""The timetable of a tender: from the day of the notice to every date the law hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.foundation import workdays
from app.foundation.text import Text
from app.foundation.workdays import Calendar, Day
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


TITLES = {
    "intention": Text("Intention notice at the latest", "最迟公开采购意向"),
    "notice_end": Text("Notice period ends", "公告期限届满"),
    "supply_end": Text("Last day to get the tender documents", "招标文件提供期限届满"),
    "document_query_end": Text("Last day to challenge the tender documents", "对招标文件提出质疑的截止日"),
    "clarification_limit": Text(
        "Last day for a correction that does not move the deadline", "不需顺延的澄清修改最迟日期"
    ),
    "draw_from": Text("Experts can be drawn from", "最早抽取评审专家日期"),
    "bid_deadline": Text("Bid deadline and opening, earliest", "最早投标截止及开标日期"),
}


def timetable(calendar: Calendar, law: Law, *, deadline_on: date | None = None) -> list[TimetableEntry]:
    """Every date that follows from the notice day, the day of ``law``, in order; ``deadline_on`` when it is chosen.

    Without a chosen deadline it is the earliest the bid period allows (GPL 35). Bonds arrive and bids are opened at
    the deadline itself (Notice 38/2019 part 3, Order 87 art. 39).
    """
    notice_on, rule = law.on, law.rule
    earliest_deadline = rule("bid_period").after(calendar, notice_on)
    deadline: Day = deadline_on or earliest_deadline
    notice_end = rule("notice_period").after(calendar, notice_on)
    entries = [
        ("intention", rule("intention_period").before(calendar, notice_on), rule("intention_period")),
        ("notice_end", notice_end, rule("notice_period")),
        ("supply_end", rule("document_supply").after(calendar, notice_on), rule("document_supply")),
        ("document_query_end", rule("query_window").after(calendar, notice_end), rule("query_window")),
        (
            "clarification_limit",
            rule("clarification_period").before(calendar, deadline),
            rule("clarification_period"),
        ),
        ("draw_from", rule("expert_draw").before(calendar, deadline), rule("expert_draw")),
        ("bid_deadline", earliest_deadline, rule("bid_period")),
    ]
    return [TimetableEntry(name, TITLES[name], on, source) for name, on, source in entries]
