"""The timetable that follows from the day of the notice."""

from datetime import date

import pytest

from app.foundation import workdays
from app.procurement import rules

NOTICE = date(2026, 3, 3)


@pytest.fixture
def calendar(session):
    workdays.seed(session)
    return workdays.load(session)


def dates(calendar, notice_on=NOTICE, **options):
    entries = rules.timetable(calendar, rules.Law(notice_on, "goods", "open_tender"), **options)
    return {entry.name: entry for entry in entries}


@pytest.mark.parametrize(
    ("name", "on"),
    [
        ("notice_end", date(2026, 3, 10)),
        ("supply_end", date(2026, 3, 10)),
        ("bid_deadline", date(2026, 3, 23)),
        ("clarification_limit", date(2026, 3, 8)),
        ("document_query_end", date(2026, 3, 19)),
        ("draw_from", date(2026, 3, 19)),
    ],
    ids=["O87 16", "O87 18", "GPL 35", "O87 27", "GPL 52", "198/2016"],
)
def test_each_date_follows_from_the_notice_by_its_article(calendar, name, on):
    assert dates(calendar)[name].on == on


def test_a_chosen_deadline_moves_the_limit_for_changes(calendar):
    entries = dates(calendar, deadline_on=date(2026, 4, 10))
    assert entries["clarification_limit"].on == date(2026, 3, 26)


def test_an_intention_of_22_days_before_the_notice_came_too_late(calendar):
    """G4, an audit's finding: the intention of 2023-01-18 for the notice of 2023-02-09."""
    assert date(2023, 1, 18) > dates(calendar, notice_on=date(2023, 2, 9))["intention"].on == date(2023, 1, 10)


def test_a_notice_late_in_the_year_has_an_uncertain_deadline(calendar):
    deadline = dates(calendar, notice_on=date(2026, 12, 14))["bid_deadline"]
    assert not deadline.certain
    assert deadline.on.earliest <= date(2027, 1, 4) <= deadline.on.latest


def test_every_date_names_its_rule_and_article(calendar):
    assert all(entry.rule.citation and entry.title.zh for entry in dates(calendar).values())
