"""China's calendar: the golden numbers G8 to G14, the laws of counting, and the honest answer for a year unknown."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.foundation import journal, workdays
from app.foundation.actor import Actor
from app.foundation.database import Base
from app.foundation.workdays import Calendar, DayKind, Sense, Uncertain

CLERK = Actor(id="clerk", name="Clerk")


@cache
def calendar() -> Calendar:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        workdays.seed(session)
        return workdays.load(session)


def test_g8_twenty_days_from_9_february_2026_end_on_a_sunday_and_move_to_monday():
    assert calendar().add_days(date(2026, 2, 9), 20) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 18), 5, date(2026, 9, 24)),
        (date(2026, 9, 29), 3, date(2026, 10, 9)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 11), 7, date(2026, 2, 27)),
        (date(2026, 4, 30), 15, date(2026, 5, 25)),
    ],
    ids=["G9", "G10", "G11", "G12", "G13"],
)
def test_working_days_are_counted_with_make_up_days(start, count, end):
    assert calendar().add_working_days(start, count) == end


def test_g14_a_period_that_reaches_2027_is_uncertain():
    answer = calendar().add_working_days(date(2026, 12, 21), 15)
    assert isinstance(answer, Uncertain)
    assert answer.years == (2027,)
    assert answer.earliest < answer.latest


def test_a_day_whose_bounds_are_the_same_is_certain():
    assert calendar().add_days(date(2026, 12, 28), 30, Sense.DUTY) == date(2027, 1, 27)


def test_equal_bounds_settle_nothing_in_a_year_of_which_no_holiday_is_known():
    assert isinstance(calendar().add_days(date(2031, 1, 1), 30, Sense.DUTY), Uncertain)


def test_g3_ten_days_that_end_on_a_working_day_are_lawful_to_the_day():
    assert calendar().add_days(date(2023, 2, 10), 10) == date(2023, 2, 20)


def test_a_duty_that_ends_on_a_plain_weekend_is_not_taken_to_move():
    assert calendar().add_days(date(2026, 3, 2), 5, Sense.DUTY) == date(2026, 3, 7)


def test_a_duty_that_ends_on_a_statutory_holiday_moves_past_it():
    assert calendar().add_days(date(2026, 4, 21), 10, Sense.DUTY) == date(2026, 5, 3)


def test_the_library_is_not_believed_about_2027():
    assert not calendar().is_official(2027)
    assert calendar().is_working(date(2027, 3, 1)) is None


def test_a_published_year_makes_its_days_certain(session):
    workdays.seed(session)
    days = dict.fromkeys(statutory_days_of_2027(), DayKind.STATUTORY)
    workdays.publish_year(session, CLERK, year=2027, days=days, source="国办发明电〔2026〕9号")
    assert workdays.load(session).add_working_days(date(2026, 12, 30), 2) == date(2027, 1, 4)


def test_publishing_a_year_is_journalled_with_its_source(session):
    days = dict.fromkeys(statutory_days_of_2027(), DayKind.STATUTORY)
    workdays.publish_year(session, CLERK, year=2027, days=days, source="国办发明电〔2026〕9号")
    assert journal.of_case(session, "calendar:2027")[0].facts["source"] == "国办发明电〔2026〕9号"


@pytest.mark.parametrize(
    ("days", "source"),
    [
        ({date(2027, 1, 1): DayKind.STATUTORY}, "国办发明电〔2026〕9号"),
        ({date(2026, 1, 1): DayKind.STATUTORY}, "国办发明电〔2026〕9号"),
        ({date(2027, 3, 1): DayKind.WORKDAY}, "国办发明电〔2026〕9号"),
        ({}, " "),
    ],
    ids=["too few holidays", "another year", "a weekday worked in exchange", "no source"],
)
def test_what_can_not_be_the_notice_of_that_year_is_refused(session, days, source):
    with pytest.raises(workdays.CalendarRefused):
        workdays.publish_year(session, CLERK, year=2027, days=days, source=source)


def test_seeding_again_changes_nothing_a_person_published(session):
    days = dict.fromkeys(statutory_days_of_2027(), DayKind.STATUTORY)
    workdays.publish_year(session, CLERK, year=2027, days=days, source="国办发明电〔2026〕9号")
    workdays.seed(session)
    assert workdays.load(session).is_official(2027)


def statutory_days_of_2027() -> list[date]:
    return [on for on in calendar().days if on.year == 2027]


DAYS = st.dates(date(2015, 1, 1), date(2026, 6, 30))
COUNTS = st.integers(1, 60)


@given(DAYS, COUNTS)
def test_counting_back_what_was_added_gives_the_same_number(start, count):
    end = calendar().add_working_days(start, count)
    assert calendar().working_days_between(start, end) == count


@given(DAYS, COUNTS)
def test_a_period_of_working_days_ends_on_a_working_day(start, count):
    end = calendar().add_working_days(start, count)
    assert calendar().is_working(end)


@given(DAYS, COUNTS)
def test_one_more_working_day_ends_later(start, count):
    assert calendar().add_working_days(start, count) < calendar().add_working_days(start, count + 1)


@given(DAYS, COUNTS, st.integers(0, 30))
def test_a_later_start_never_ends_earlier(start, count, shift):
    later = start + timedelta(days=shift)
    assert calendar().add_days(start, count) <= calendar().add_days(later, count)


@given(DAYS, COUNTS)
def test_a_duty_never_ends_later_than_a_minimum_period(start, count):
    assert calendar().add_days(start, count, Sense.DUTY) <= calendar().add_days(start, count, Sense.MINIMUM)


@given(DAYS, COUNTS, st.sampled_from(["d", "wd"]))
def test_the_latest_start_still_reaches_the_end_and_the_day_after_it_doesnt(end, count, unit):
    start = calendar().latest_start(end, count, unit)
    add = calendar().add_working_days if unit == "wd" else calendar().add_days
    assert add(start, count) <= end
    assert unit == "wd" or add(start + timedelta(days=1), count) > end


@given(st.dates(date(2026, 11, 1), date(2026, 12, 31)), st.integers(1, 40))
def test_the_bounds_hold_the_plain_reading_of_an_unknown_year(start, count):
    answer = calendar().add_working_days(start, count)
    plain = Calendar(calendar().days, calendar().published | {2027}).add_working_days(start, count)
    assert workdays.earliest(answer) <= workdays.latest(plain)
    assert workdays.earliest(plain) <= workdays.latest(answer)
