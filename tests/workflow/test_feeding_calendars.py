"""A year's holidays are entered by two persons; what was counted without them is counted anew, and people are told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.engine.records import OpenTaskRow, TimerRow
from app.foundation import outbox, proposals, workdays
from app.foundation.actor import Actor
from app.foundation.workdays import DayKind, local_day
from app.procurement import awards, evaluation
from app.workflow.feeding import calendars, kinds, recounting
from tests.workflow.test_lot import reached as reached  # the lot of the whole evaluation

ADMINISTRATORS = [Actor(id=f"a{n}", name=f"A{n}", groups=frozenset({"administrator"})) for n in (1, 2)]
OF_2027 = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月13日（周六）、2月14日（周日）上班。
三、清明节：4月5日（周一）放假，与周末连休。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）、10月10日（周日）上班。"""


def confirmed(play, propose):
    """One administrator proposes, the other looks and confirms."""
    with play.acting("zhou") as (session, _):
        proposal = propose(session, ADMINISTRATORS[0])
        _, digest = kinds.seen(session, proposal)
        kinds.confirm(play.house.engine, session, ADMINISTRATORS[1], proposal.id, digest=digest)


def of_2027(session, actor):
    proposal = calendars.draft(session, actor, OF_2027, year=None, source="")
    return kinds.hand_on(session, actor, proposal.id)


@pytest.fixture
def corrected_year(play):
    """A correction of 2026's calendar: one more weekday is given off."""

    def act(day_off):
        with play.acting("zhou") as (session, _):
            days = workdays.days_of(session, 2026) | {day_off: DayKind.OFF}
            workdays.publish_year(session, ADMINISTRATORS[1], year=2026, days=days, source="更正通知")
            return recounting.recount(play.house.engine, session, ADMINISTRATORS[1], 2026)

    return act


def test_a_notice_counts_only_after_a_second_administrator_confirmed_it(play):
    with play.acting("zhou") as (session, _):
        proposal = of_2027(session, ADMINISTRATORS[0])
        _, digest = kinds.seen(session, proposal)
        with pytest.raises(proposals.SecondPersonNeeded):
            kinds.confirm(play.house.engine, session, ADMINISTRATORS[0], proposal.id, digest=digest)
        assert not workdays.load(session).is_official(2027)
    confirmed(play, of_2027)
    with play.looking() as session:
        assert workdays.load(session).add_working_days(date(2026, 12, 28), 5) == date(2027, 1, 5)


def test_a_notice_that_contradicts_itself_is_not_handed_on(play):
    with play.acting("zhou") as (session, _):
        wrong = OF_2027.replace("共3天", "共4天")
        proposal = calendars.draft(session, ADMINISTRATORS[0], wrong, year=None, source="")
        with pytest.raises(kinds.NotUsable):
            kinds.hand_on(session, ADMINISTRATORS[0], proposal.id)


def test_who_confirms_must_have_seen_what_would_happen(play):
    with play.acting("zhou") as (session, _):
        proposal = of_2027(session, ADMINISTRATORS[0])
        with pytest.raises(proposals.ChangedSince):
            kinds.confirm(play.house.engine, session, ADMINISTRATORS[1], proposal.id, digest="0" * 64)


def test_the_buyer_s_decision_its_task_and_its_timer_follow_the_calendar(play, reached, corrected_year):
    lot_id = reached("evaluate")
    with play.looking() as session:
        report = evaluation.report(session, lot_id)
        begun, before = local_day(report.delivered_at), report.decision_due_at
    corrected_year(next_weekday(begun))
    with play.looking() as session:
        after = evaluation.report(session, lot_id).decision_due_at
        due = session.scalars(select(OpenTaskRow.due_at).where(OpenTaskRow.element_id == "confirm_winner")).one()
        timer = session.scalars(select(TimerRow.due_at).where(TimerRow.element_id == "decision_overdue")).one()
    assert after > before
    assert (due, timer) == (after, after)
    play.turn_to(before + timedelta(hours=1))
    assert "confirm_winner" in play.open()


def test_those_concerned_are_told_once(play, reached, corrected_year):
    reached("evaluate")
    begun = local_day(play.clock.instant)
    corrected_year(next_weekday(begun))
    with play.looking() as session:
        told = [mail for mail in session.scalars(select(outbox.Outgoing)) if mail.key.startswith("recount:")]
    assert len({mail.key for mail in told}) == len(told) >= 1


def test_what_was_decided_already_is_left_alone(play, reached, corrected_year):
    lot_id = reached("award")
    with play.looking() as session:
        before = awards.get(session, lot_id).notice_due_on
        begun = local_day(awards.get(session, lot_id).decided_at)
    corrected_year(next_weekday(begun))
    with play.looking() as session:
        assert awards.get(session, lot_id).notice_due_on == before


def next_weekday(on):
    on += timedelta(days=1)
    while on.weekday() > 4:
        on += timedelta(days=1)
    return on
