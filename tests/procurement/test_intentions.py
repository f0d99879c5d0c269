"""The procurement intention: the notice follows when its period is over, and where none is due its reasons are told."""

from datetime import UTC, date, datetime

import pytest

from app.foundation import workdays
from app.procurement import projects, rules, tenders
from app.procurement.projects import Intention, intentions

PAGE = "https://www.ccgp-sichuan.gov.cn/intention/1"
ON = date(2026, 2, 20)
"""Ten days before the tests' day."""


@pytest.fixture
def earliest(session, filed):
    """The first day for a notice whose intention was published ON, by the dated row."""
    rule = rules.law(session, filed, on=ON).rule("intention_period")
    return rule.last_day(workdays.load(session), ON)


def test_the_notice_follows_when_the_intention_s_period_is_over(filed, plan, earliest):
    assert earliest >= date(2026, 3, 22)
    with pytest.raises(projects.NoticeBeforeIntentionEnds) as refusal:
        plan(filed, notice_on=date.fromordinal(earliest.toordinal() - 1), intention=Intention("published", ON, PAGE))
    assert refusal.value.field == "notice_on"
    planned = plan(filed, notice_on=earliest, intention=Intention("published", ON, PAGE))
    assert (planned.intention_on, planned.intention_address) == (ON, PAGE)


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        (Intention("published", None, PAGE), intentions.IntentionDayMissing, "intention_on"),
        (Intention("published", date(2026, 3, 3), PAGE), intentions.IntentionDayAhead, "intention_on"),
        (Intention("published", ON, ""), intentions.IntentionAddressMissing, "intention_address"),
        (Intention("published", ON, "javascript:alert(1)"), intentions.IntentionAddressMissing, "intention_address"),
        (Intention("urgent", reasons=" "), projects.ReasonsMissing, "intention_reasons"),
        (Intention("batch"), projects.ReasonsMissing, "intention_reasons"),
    ],
)
def test_what_is_said_of_an_intention_is_told_in_full(filed, plan, said, refusal, field):
    with pytest.raises(refusal) as raised:
        plan(filed, notice_on=date(2026, 6, 1), intention=said)
    assert raised.value.field == field


@pytest.mark.parametrize("answer", ["urgent", "batch"])
def test_where_none_is_due_nothing_waits_and_nothing_is_warned_of(session, filed, plan, answer):
    said = Intention(answer, ON, PAGE, "防汛应急，无法预见")
    planned = plan(filed, notice_on=date(2026, 3, 3), intention=said)
    assert (planned.intention_on, planned.intention_address, planned.intention_reasons) == (None, "", said.reasons)
    assert "intention" not in {warning.code for warning in projects.warnings(session, planned.id)}
    assert intentions.earliest_notice(session, planned) is None


def test_a_notice_without_a_day_in_time_is_not_before_the_period_is_over(session, filed, plan, earliest):
    """A calendar that is entered later can move the end of the period beyond the day that was planned."""
    planned = plan(filed, notice_on=date(2026, 6, 1), intention=Intention("published", ON, PAGE))
    planned.notice_on = date(2026, 3, 3)
    session.flush()
    at = tenders.notice_at(session, planned)
    assert (at.date(), tenders.timetables.notice_day(session, planned)) == (earliest, earliest)


def test_nothing_is_published_before_the_period_is_over(session, filed, plan, earliest, virtual_clock):
    planned = plan(filed, notice_on=earliest, intention=Intention("published", ON, PAGE))
    with pytest.raises(projects.NoticeBeforeIntentionEnds):
        intentions.require_over(session, planned)
    session.commit()
    virtual_clock.turn_to(datetime(earliest.year, earliest.month, earliest.day, 1, tzinfo=UTC))
    intentions.require_over(session, planned)
    assert intentions.earliest_notice(session, planned) == earliest


def test_a_plan_that_says_nothing_is_warned_as_before(session, filed, plan):
    planned = plan(filed, notice_on=date(2026, 3, 3))
    assert "intention" in {warning.code for warning in projects.warnings(session, planned.id)}
