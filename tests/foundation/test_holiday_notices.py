"""The State Council's notices as they were published, read day by day."""

from datetime import date

import pytest

from app.foundation import holiday_notices, workdays
from app.foundation.workdays import DayKind

OF_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。"""
OF_2024 = """国务院办公厅关于2024年部分节假日安排的通知 国办发明电〔2023〕7号
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。"""
OF_2019 = """国办发明电〔2018〕15号
一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。
二、春节：2月4日至10日放假调休，共7天。2月2日（星期六）、2月3日（星期日）上班。
三、清明节：4月5日放假，与周末连休。
四、劳动节：5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
五、端午节：6月7日放假，与周末连休。
六、中秋节：9月13日放假，与周末连休。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。"""


@pytest.fixture
def seeded(session):
    workdays.seed(session)
    return session


def working(days, year):
    """The calendar of a year as its notice has it: which days of it are worked."""
    calendar = workdays.Calendar(days, frozenset({year}))
    first = date(year, 1, 1).toordinal()
    return [calendar.is_working(date.fromordinal(first + shift)) for shift in range(365)]


@pytest.mark.parametrize(("year", "text"), [(2026, OF_2026), (2024, OF_2024), (2019, OF_2019)])
def test_a_published_notice_gives_the_calendar_that_is_known(seeded, year, text):
    notice = holiday_notices.read(text, year=year)
    assert [str(doubt.what) for doubt in notice.doubts if doubt.blocks] == []
    assert working(notice.days, year) == working(workdays.days_of(seeded, year), year)


def test_year_and_number_are_read_from_the_text():
    notice = holiday_notices.read(OF_2026)
    assert (notice.year, notice.source) == (2026, "国办发明电〔2025〕7号".replace("〔", "〔"))


def test_a_year_before_is_changed_where_new_year_reaches_back():
    notice = holiday_notices.read(OF_2019, year=2019)
    assert notice.days[date(2018, 12, 29)] == DayKind.WORKDAY
    assert notice.days[date(2018, 12, 31)] == DayKind.OFF


def test_the_boilerplate_about_duty_is_not_doubted():
    assert holiday_notices.read(OF_2026).doubts == []


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("1月1日（周四）", "1月1日（周五）"),
        ("放假调休，共9天", "放假调休，共8天"),
        ("三、清明节：4月4日（周六）至6日（周一）放假，共3天。", ""),
        ("5月9日（周六）上班", "5月8日上班"),
        ("至23日（农历正月初七、周一）", "至32日"),
        ("10月1日（周四）至7日", "10月1日（周四）至9月7日"),
    ],
    ids=["weekday", "number of days", "a holiday left out", "a weekday worked", "no such day", "backwards"],
)
def test_what_contradicts_itself_or_the_law_is_named_and_can_not_be_entered(now, then):
    notice = holiday_notices.read(OF_2026.replace(now, then))
    assert not notice.usable
    assert any(doubt.blocks for doubt in notice.doubts)


def test_what_is_not_understood_is_shown_as_it_was_written():
    notice = holiday_notices.read(OF_2026 + "\n八、建军节：8月1日另行安排。")
    assert [str(doubt.what.zh) for doubt in notice.doubts] == ["未能识别：“八、建军节:8月1日另行安排”"]
    assert notice.usable


@pytest.mark.parametrize("text", ["", "今天天气不错", "2027年", "\x00\x00" * 500, "1月1日" * 4000])
def test_a_text_that_is_no_notice_is_never_usable(text):
    assert not holiday_notices.read(text, source="国办发明电〔2026〕9号").usable
