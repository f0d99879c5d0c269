"""How doubt about a calendar is resolved: by the kind of the period, in one place, for every period of the law."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.foundation import workdays
from app.foundation.workdays import Calendar, DayKind, Sense, Uncertain
from app.procurement import rules

APP = Path(__file__).parents[3] / "app"
PERIODS = [rule for rule in rules.statute() if rule.is_period]
GIVEN, LAPSING, LONGEST, DUTIES = (
    [rule for rule in PERIODS if rule.sense == kind] for kind in (Sense.MINIMUM, Sense.LAPSE, Sense.MAXIMUM, Sense.DUTY)
)
STARTS = [date(2026, 12, 1) + timedelta(days=shift) for shift in range(0, 60, 3)]
SWAPS = {date(2027, 1, 4): DayKind.OFF, date(2027, 1, 9): DayKind.WORKDAY, date(2027, 2, 14): DayKind.WORKDAY}
RESOLVES = {
    "app/foundation/workdays.py": "the rule itself",
    "app/procurement/tenders/timetables.py": "keeps both bounds, for a person to settle the day",
    "app/procurement/tenders/templates.py": "compares what a person settled with the bounds",
    "app/procurement/tenders/checks/periods.py": "compares what a person chose with the bounds",
}
"""Where bounds may be looked at one by one, and why."""


@pytest.fixture
def calendar(session):
    workdays.seed(session)
    return workdays.load(session)


def published(calendar, swaps):
    """What the State Council may yet publish for 2027."""
    return Calendar({**calendar.days, **swaps}, calendar.published | {2027})


def named(found):
    return pytest.mark.parametrize("rule", found, ids=lambda rule: rule.id)


@named(GIVEN + LAPSING)
@pytest.mark.parametrize("swaps", [{}, SWAPS], ids=["no swaps", "swaps"])
def test_what_is_given_or_lapses_never_ends_before_the_published_calendar_ends_it(calendar, rule, swaps):
    later = published(calendar, swaps)
    assert all(rule.last_day(calendar, start) >= rule.after(later, start) for start in STARTS)


@named(DUTIES)
@pytest.mark.parametrize("swaps", [{}, SWAPS], ids=["no swaps", "swaps"])
def test_a_duty_never_ends_after_the_published_calendar_ends_it(calendar, rule, swaps):
    later = published(calendar, swaps)
    assert all(rule.last_day(calendar, start) <= rule.after(later, start) for start in STARTS)


@named(GIVEN)
def test_the_start_of_a_minimum_counted_back_is_never_too_late(calendar, rule):
    later = published(calendar, SWAPS)
    assert all(rule.first_day(calendar, end) <= rule.before(later, end) for end in STARTS)


@named(LONGEST)
def test_what_may_be_done_at_most_so_long_ahead_is_never_done_sooner(calendar, rule):
    later = published(calendar, SWAPS)
    assert all(rule.first_day(calendar, end) >= rule.before(later, end) for end in STARTS)


def test_five_working_days_from_28_december_2026_lapse_on_5_january_at_the_earliest(calendar):
    """By hand: 12-29, 12-30, 12-31, 01-04, 01-05."""
    decision = rules.Law(date(2026, 12, 28), "goods").rule("decision")
    assert decision.last_day(calendar, date(2026, 12, 28)) >= date(2027, 1, 5)
    assert decision.last_day(published(calendar, {}), date(2026, 12, 28)) == date(2027, 1, 5)


def test_a_period_counted_from_an_unsettled_day_reaches_from_its_earliest_to_its_latest(calendar):
    window = rules.Law(date(2026, 12, 28), "goods").rule("complaint_window")
    start = Uncertain(date(2026, 12, 30), date(2027, 1, 12), (2027,))
    answer = window.after(calendar, start)
    assert answer.earliest == workdays.earliest(window.after(calendar, date(2026, 12, 30)))
    assert answer.latest == workdays.latest(window.after(calendar, date(2027, 1, 12)))


@named(PERIODS)
def test_every_period_of_the_law_has_a_kind(rule):
    assert rule.sense in Sense


def test_nobody_resolves_doubt_beside_the_kind_of_the_period():
    pattern = re.compile(r"workdays\.(?:earliest|latest)\(|\bUncertain\)?\.(?:earliest|latest)\b")
    found = {
        path.relative_to(APP.parent).as_posix() for path in APP.rglob("*.py") if pattern.search(path.read_text("utf-8"))
    }
    assert found - RESOLVES.keys() == set()
