"""Times, periods and money as people write them, in both languages, counted in working days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.foundation.money import Money
from app.foundation.workdays import Calendar, DayKind, Uncertain
from app.procurement.rules import laws
from app.web import words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""Monday 2 March 2026, noon in Shanghai."""
OFF = {date(2026, 4, 6): DayKind.STATUTORY, date(2026, 3, 7): DayKind.WORKDAY}


def place(language="en", now=NOON, published=(2026,)):
    return words.Place(language, SHANGHAI, now, lambda: Calendar(OFF, frozenset(published)))


def at(month, day, hour=17, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "en", "zh"),
    [
        (at(3, 2, 15), "in 3 hours, today 15:00", "还有3小时，今天 15:00"),
        (at(3, 2, 12, 1), "in 1 minute, today 12:01", "还有1分钟，今天 12:01"),
        (at(3, 3), "tomorrow, Tuesday 17:00", "明天，星期二 17:00"),
        (at(3, 4), "in 2 working days, Wednesday 17:00", "还有2个工作日，星期三 17:00"),
        (at(3, 9), "in 6 working days, Monday 9 March 17:00", "还有6个工作日，3月9日 星期一 17:00"),
        (at(3, 2, 11), "1 hour ago, today 11:00", "已过1小时，今天 11:00"),
        (at(3, 1), "yesterday, Sunday 1 March 17:00", "昨天，3月1日 星期日 17:00"),
        (at(2, 27), "1 working day ago, Friday 27 February 17:00", "已过1个工作日，2月27日 星期五 17:00"),
        (date(2026, 3, 4), "in 2 working days, Wednesday", "还有2个工作日，星期三"),
        (date(2026, 3, 2), "today, today", "今天，今天"),
    ],
)
def test_a_deadline_is_said_with_the_working_days_left(due, en, zh):
    assert words.until(place("en"), due) == en
    assert words.until(place("zh"), due) == zh


def test_midnight_is_the_end_of_the_day_before():
    assert words.until(place(), at(3, 5, 0)) == "in 2 working days, end of Wednesday"


def test_a_deadline_on_a_weekend_counts_plain_days_where_no_working_day_lies_between():
    friday = NOON + timedelta(days=11)  # 13 March
    assert words.remaining(place(now=friday), date(2026, 3, 15)) == "in 2 days"


def test_a_year_without_an_official_calendar_is_counted_in_plain_days():
    assert words.remaining(place(published=()), at(3, 12)) == "in 10 days"


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (at(3, 2, 11), "late"),
        (at(3, 2, 23), "soon"),
        (at(3, 3, 11), "soon"),
        (at(3, 3), "near"),
        (at(3, 6), ""),
        (None, ""),
    ],
)
def test_what_is_late_or_due_within_a_day_is_marked(due, state):
    assert words.urgency(place(), due) == state


@pytest.mark.parametrize(
    ("instant", "en", "zh"),
    [
        (NOON, "just now", "刚刚"),
        (at(3, 2, 11, 40), "20 minutes ago", "20分钟前"),
        (at(3, 2, 9, 12), "today, 09:12", "今天 09:12"),
        (at(3, 1, 9, 12), "yesterday, 09:12", "昨天 09:12"),
        (at(2, 16, 9, 12), "Mon 16 Feb, 09:12", "2月16日 周一 09:12"),
        (at(11, 16, 9, 12, 2025), "16 November 2025, 09:12", "2025年11月16日 09:12"),
    ],
)
def test_what_happened_is_said_as_one_speaks_of_it(instant, en, zh):
    assert words.ago(place("en"), instant) == en
    assert words.ago(place("zh"), instant) == zh


def test_an_instant_is_said_at_the_place_and_on_legal_documents_with_its_zone():
    late = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert words.when(place(), late, "long", with_zone=True) == "Tuesday 3 March 2026, 01:30 (China time)"
    assert words.when(place("zh"), late, with_zone=True) == "2026年3月3日 01:30（北京时间）"


def test_a_day_that_is_not_settled_is_said_as_its_bounds():
    day = Uncertain(date(2027, 2, 1), date(2027, 2, 9), (2027,))
    assert words.day(place(), day) == "between 1 February 2027 and 9 February 2027"


def test_a_day_that_a_published_notice_holds_is_said_like_any_other():
    assert words.day(place(), "2026-04-08", "long") == words.day(place(), date(2026, 4, 8), "long")


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("en", "Evidence: 检测报告", [("检测报告", "zh-Hans")]),
        ("en", "招标公告：沿江路2026年路灯.pdf", [("招标公告：沿江路2026年路灯.pdf", "zh-Hans")]),
        ("en", "Tender notice: Road lamps.pdf", []),
        ("zh", "Tender notice: 沿江路路灯.pdf", [("Tender notice", "en")]),
        ("zh", "招标公告：沿江路LED路灯.pdf", []),
        ("zh", "使用Excel 2019文件", []),
        ("zh", "", []),
    ],
)
def test_what_is_in_the_other_language_is_told_apart(language, text, marked):
    pieces = list(words.by_language(language, text))
    assert "".join(piece for piece, _ in pieces) == text
    assert [(piece, tag) for piece, tag in pieces if tag] == marked


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Decimal("1860000"), "¥1,860,000.00"),
        (Decimal("-0.5"), "-¥0.50"),
        (Money(Decimal("12.345")), "¥12.35"),
        (None, ""),
        (0, "¥0.00"),
        ("1860000.00", "¥1,860,000.00"),
    ],
)
def test_money_has_its_currency_thousands_and_cents(language, amount, said):
    assert words.money(language, amount) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 B"), (999, "999 B"), (214_000, "214 kB"), (3_140_000, "3.1 MB")])
def test_a_size_is_in_the_unit_that_fits(count, said):
    assert words.size("en", count) == said


@pytest.mark.parametrize(
    ("cited", "en", "zh"),
    [
        ("GPL 46", "Government Procurement Law, article 46", "《中华人民共和国政府采购法》第四十六条"),
        ("SMEPay 10", "Regulations on payments to small and medium enterprises, article 10", "《保障中小企业款项支付条例》第十条"),
        ("policy", "policy of this service", "本平台规定"),
        ("GB 32100-2015", "GB 32100-2015", "GB 32100-2015"),
    ],
)  # fmt: skip
def test_a_law_is_cited_by_its_name(cited, en, zh):
    assert laws.citation(cited) == (en, zh)


@pytest.mark.parametrize(
    ("number", "said"), [(5, "五"), (12, "十二"), (20, "二十"), (85, "八十五"), (105, "一百零五"), (110, "一百一十")]
)
def test_articles_are_counted_in_chinese(number, said):
    assert laws.chinese(number) == said
