"""The winner: in the order of rank, by a lawful reason out of it, or by the buyer's silence (O87 68, IR 43)."""

from datetime import date, datetime

import pytest
from lots import evaluate, review, score

from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.identity.roles import RoleMissing
from app.procurement import awards, evaluation
from app.procurement.bids import BidState
from app.procurement.projects import LotState, ReasonsMissing


@pytest.fixture
def delivered(session, town, committee, remembered):
    """A lot whose report has reached the buyer, and the ids of its candidates in order."""

    def make():
        lot, members = committee()
        evaluate(session, town, lot.id, members)
        return lot, [result.bid_id for result in evaluation.candidates(session, lot.id)]

    return remembered("delivered", make)


@pytest.fixture
def confirm(session, town, delivered):
    def act(place, actor=None, **options):
        lot, ids = delivered
        return awards.confirm(session, actor or town.reviewer, lot_id=lot.id, bid_id=ids[place], **options)

    return act


def test_the_first_candidate_is_confirmed_without_a_word(session, town, delivered, confirm):
    award = confirm(0)
    assert (award.supplier_id, award.by_default, award.bid.state) == (town.supplier_ids[0], False, BidState.WINNER)
    assert delivered[0].state == LotState.DECIDED


def test_the_notice_is_due_in_two_working_days(confirm):
    assert confirm(0).notice_due_on == date(2026, 3, 27)


@pytest.mark.parametrize("ground", ["", "我们更喜欢这一家"])
def test_o87_68_another_than_the_first_needs_a_reason_the_law_names(confirm, ground):
    with pytest.raises(awards.OutOfOrder):
        confirm(1, ground=ground, reasons="更好")


def test_a_lawful_reason_is_written_down(confirm):
    with pytest.raises(ReasonsMissing):
        confirm(1, ground="gave_up")
    assert confirm(1, ground="gave_up", reasons="来函放弃").ground == "gave_up"


def test_only_a_candidate_can_win(session, town, delivered):
    lot, _ = delivered
    last = evaluation.results(session, lot.id)[-1]
    with pytest.raises(awards.NotACandidate):
        awards.confirm(session, town.reviewer, lot_id=lot.id, bid_id=last.bid_id)


def test_a_winner_is_settled_once(confirm):
    confirm(0)
    with pytest.raises(awards.AlreadyDecided):
        confirm(0)


def test_only_the_buyer_s_reviewer_confirms(town, confirm):
    with pytest.raises(RoleMissing):
        confirm(0, actor=town.handler)


def test_nothing_is_decided_before_the_report_is_delivered(session, town, committee):
    lot, members = committee()
    review(session, town, lot.id, members)
    for member in members:
        score(session, member, lot.id)
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    first = evaluation.candidates(session, lot.id)[0]
    with pytest.raises(awards.ReportNotDelivered):
        awards.confirm(session, town.reviewer, lot_id=lot.id, bid_id=first.bid_id)


def test_while_the_buyer_has_time_silence_decides_nothing(session, delivered):
    with pytest.raises(awards.StillTheBuyers):
        awards.confirm_by_default(session, SYSTEM, lot_id=delivered[0].id)


def test_o87_68_the_buyer_s_silence_makes_the_first_candidate_the_winner(session, delivered, virtual_clock):
    lot, ids = delivered
    session.commit()
    virtual_clock.turn_to(evaluation.report(session, lot.id).decision_due_at)
    award = awards.confirm_by_default(session, SYSTEM, lot_id=lot.id)
    assert (award.bid_id, award.by_default) == (ids[0], True)
    assert awards.confirm_by_default(session, SYSTEM, lot_id=lot.id) == award


@pytest.fixture
def delivered_late_in_2026(session, town, committee, virtual_clock):
    """A lot whose report reaches the buyer on Monday, 28 December 2026, while 2027 has no calendar."""
    lot, members = committee()
    review(session, town, lot.id, members)
    for member in members:
        score(session, member, lot.id)
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    for member in members:
        evaluation.sign_report(session, member, lot_id=lot.id, decision="agree")
    session.commit()
    virtual_clock.turn_to(datetime(2026, 12, 28, 10, tzinfo=clock.PLACE))
    evaluation.deliver(session, SYSTEM, lot_id=lot.id)
    session.commit()
    return lot


def test_the_buyer_s_right_doesnt_lapse_while_the_year_s_holidays_are_open(
    session, delivered_late_in_2026, virtual_clock
):
    """By hand the five working days are 12-29, 12-30, 12-31, 01-04 and 01-05, if no holiday is moved."""
    virtual_clock.turn_to(datetime(2027, 1, 6, tzinfo=clock.PLACE))
    with pytest.raises(awards.StillTheBuyers):
        awards.confirm_by_default(session, SYSTEM, lot_id=delivered_late_in_2026.id)


def test_a_revoked_award_lets_the_buyer_decide_anew_among_the_others(session, town, delivered, confirm):
    lot, _ = delivered
    confirm(0)
    awards.publish(session, SYSTEM, lot_id=lot.id)
    assert awards.revoke(session, SYSTEM, lot_id=lot.id, reason="质疑成立")
    with pytest.raises(awards.NotACandidate):
        confirm(0)
    assert (confirm(1).round, lot.state) == (2, LotState.DECIDED)


def test_o94_16_with_too_few_left_the_procurement_starts_over(session, town, committee):
    lot, members = committee(("500000.00", "520000.00", "540000.00"))
    evaluate(session, town, lot.id, members)
    first = evaluation.candidates(session, lot.id)[0]
    awards.confirm(session, town.reviewer, lot_id=lot.id, bid_id=first.bid_id)
    awards.publish(session, SYSTEM, lot_id=lot.id)
    assert not awards.revoke(session, SYSTEM, lot_id=lot.id, reason="质疑成立")
