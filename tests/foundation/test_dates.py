"""Days and instants in the words of both languages."""

from datetime import UTC, date, datetime

from app.foundation import dates
from app.foundation.text import Text


def test_a_day_is_written_as_people_write_it():
    assert dates.day(date(2026, 4, 2)) == Text("2 April 2026", "2026年4月2日")


def test_a_day_that_is_not_set_is_a_dash():
    assert dates.day(None) == Text("–", "–")


def test_an_instant_is_said_by_the_clock_of_the_place():
    at = datetime(2026, 4, 1, 17, 30, tzinfo=UTC)
    assert dates.when(at) == Text("2 April 2026, 01:30 (China time)", "2026年4月2日01:30（北京时间）")
