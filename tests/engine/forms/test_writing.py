"""Numbers, money, days and times as people write them; what has two readings is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.engine.forms import writing
from app.foundation.text import Text

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,234.50", "1234.50"),
        ("1234.5", "1234.5"),
        ("1 234", "1234"),
        ("１，２３４．５０", "1234.50"),
        ("¥1,234.50", "1234.50"),
        ("CNY 1234", "1234"),
        ("1234.50元", "1234.50"),
        ("44.5万元", "445000"),
        ("3 亿元", "300000000"),
        ("-3", "-3"),
        (".5", "0.5"),
    ],
)
def test_money_is_read_as_it_is_written(written, meant):
    assert writing.money(written) == Decimal(meant)


@pytest.mark.parametrize("written", ["", "1,23", "1.234,50", "12,34,567", "1e5", "NaN", "Infinity", "four", "1" * 40])
def test_money_that_cannot_be_read_surely_is_refused(written):
    assert isinstance(writing.money(written), Text)


@pytest.mark.parametrize(
    "written",
    ["2026-03-02", "2026/3/2", "2026.3.2", "2026年3月2日", "2026 年 3 月 2 日", "2 March 2026", "2 Mar 2026", "March 2, 2026",
     "2nd March 2026", "20260302", "２０２６年３月２日"],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(written):
    assert writing.day(written) == date(2026, 3, 2)


@pytest.mark.parametrize("written", ["2/3/2026", "02-03-2026", "2.3.26"])
def test_a_day_with_two_readings_is_refused_as_such(written):
    assert writing.day(written) is writing.TWO_DATES


@pytest.mark.parametrize("written", ["2026-02-30", "2026-13-01", "yesterday", "2 Foo 2026", ""])
def test_what_is_no_day_is_refused(written):
    assert writing.day(written) is writing.NO_DATE


@pytest.mark.parametrize(
    "written",
    ["2026-03-02 09:30", "2026-03-02T09:30", "2026年3月2日 9时30分", "2026年3月2日上午9点30分", "2 March 2026, 9:30 am",
     "2026-03-02T01:30Z", "2026-03-02T03:30:00+02:00"],
)  # fmt: skip
def test_a_time_is_read_in_the_zone_of_the_office(written):
    assert writing.instant(written, SHANGHAI) == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_an_afternoon_in_chinese_is_after_noon():
    assert writing.instant("2026年3月2日下午3时", SHANGHAI) == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_leapt_over_is_refused():
    assert writing.instant("2026-03-29 02:30", ZoneInfo("Europe/Rome")) is writing.NO_SUCH_TIME


@pytest.mark.parametrize("written", ["2026-03-02", "2026-03-02 25:00", "09:30", "2026-03-02 13:00 pm x"])
def test_what_is_no_time_is_refused(written):
    assert isinstance(writing.instant(written, SHANGHAI), Text)
