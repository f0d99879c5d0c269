"""Each member scores alone and within the range; what O87 64 names is looked at again before anybody signs."""

from decimal import Decimal

import pytest
from lots import review, score

from app.foundation.actor import SYSTEM
from app.procurement import evaluation, experts
from app.procurement.bids import BidState
from app.procurement.projects import ReasonsMissing


@pytest.fixture
def ready(session, town, committee, remembered):
    """A lot whose bids conform: the lot, its members, its bids, its factors by code."""

    def make():
        lot, members = committee()
        review(session, town, lot.id, members)
        return lot, members

    lot, members = remembered("ready", make)
    bids = evaluation.bids_in(session, lot.id, BidState.CONFORMING)
    return lot, members, bids, {f.code: f for f in evaluation.scored_factors(session, lot.id)}


def test_members_score_every_factor_but_the_price(ready):
    assert set(ready[3]) == {"F2", "F3"}


@pytest.mark.parametrize("points", ["40.01", "-0.01", "39.999"])
def test_o87_64_points_outside_the_range_are_refused(session, ready, points):
    lot, members, _, _ = ready
    with pytest.raises(evaluation.OutOfRange) as refused:
        score(session, members[0], lot.id, lambda _bid, factor: points if factor.code == "F2" else None)
    assert refused.value.field.startswith("rows-")


def test_o87_55_points_between_the_steps_of_a_factor_are_refused(session, ready):
    lot, members, _, factors = ready
    factors["F2"].bands = [{"from": "21", "to": "23", "points": "20"}, {"from": "23", "to": "", "points": "40"}]
    session.flush()
    with pytest.raises(evaluation.NotAStep):
        score(session, members[0], lot.id, lambda _bid, factor: "30" if factor.code == "F2" else None)


def test_scores_are_sealed_once_given(session, ready):
    lot, members, _, _ = ready
    score(session, members[0], lot.id)
    with pytest.raises(evaluation.ScoresSealed):
        score(session, members[0], lot.id)


def test_nobody_but_a_member_scores(session, town, ready):
    with pytest.raises(experts.NotAMember):
        score(session, town.officer, ready[0].id)


def test_a_sheet_with_gaps_is_refused(session, ready):
    lot, members, bids, factors = ready
    rows = [evaluation.Points(bids[0].id, factors["F2"].id, Decimal(40))]
    with pytest.raises(evaluation.RowsIncomplete):
        evaluation.enter_scores(session, members[0], lot_id=lot.id, rows=rows)


def test_o87_62_a_member_sees_only_their_own_points_until_all_have_signed(session, town, ready):
    lot, members, _, _ = ready
    for member in members:
        score(session, member, lot.id)
    own = evaluation.visible_scores(session, members[0], lot.id)
    assert {s.member_id for s in own} == {members[0].id}
    assert evaluation.visible_scores(session, town.officer, lot.id) == []
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    for member in members:
        evaluation.sign_report(session, member, lot_id=lot.id, decision="agree")
    assert {s.member_id for s in evaluation.visible_scores(session, members[0], lot.id)} == {m.id for m in members}
    assert evaluation.visible_scores(session, town.bidders[0], lot.id) == []


def scored(session, lot, members, odd_ones, odd):
    """All points from everybody, but ``odd`` from the members ``odd_ones`` for the first bid."""
    first = evaluation.bids_in(session, lot.id, BidState.CONFORMING)[0]
    for place, member in enumerate(members):
        score(
            session,
            member,
            lot.id,
            lambda bid, factor, place=place: odd.get(factor.code) if place in odd_ones and bid is first else None,
        )


def look_again(session, lot, member, points=None):
    rows = [
        evaluation.Points(s.bid_id, s.factor_id, s.points if points is None else Decimal(points), "已复核")
        for s in evaluation.to_correct(session, lot.id, member.id)
    ]
    return evaluation.correct_scores(session, member, lot_id=lot.id, rows=rows)


def test_o87_64_members_who_differ_on_an_objective_factor_all_look_again(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F2": "0"})
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).corrections == tuple(sorted(m.id for m in members))


def test_an_objective_factor_counts_once_they_agree(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F2": "0"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    for member in members:
        look_again(session, lot, member, "40")
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).corrections == ()


def test_o87_61_the_majority_decides_on_an_objective_factor_after_all_have_looked_again(session, ready):
    lot, members, bids, factors = ready
    scored(session, lot, members, {0, 1}, {"F2": "0"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    for member in members:
        look_again(session, lot, member)
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).corrections == ()
    result = next(r for r in evaluation.results(session, lot.id) if r.bid_id == bids[0].id)
    assert result.factor_points[factors["F2"].id] == "40.00"


def test_without_a_majority_they_look_again(session, ready):
    lot, members, bids, _ = ready
    for place, member in enumerate(members):
        score(
            session,
            member,
            lot.id,
            lambda bid, factor, place=place: (
                [0, 0, 20, 20, 40][place] if (bid, factor.code) == (bids[0], "F2") else None
            ),
        )
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    for member in members:
        look_again(session, lot, member)
    assert len(evaluation.total(session, SYSTEM, lot_id=lot.id).corrections) == 5


def test_o87_64_points_far_from_the_others_are_looked_at_again_by_their_member(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F3": "13.99"})
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).corrections == (members[0].id,)


def test_points_within_the_policy_s_distance_are_let_be(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F3": "14"})
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).corrections == ()


def test_far_points_may_stand_with_a_reason(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F3": "5"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    look_again(session, lot, members[0])
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).candidate_count == 3


def test_looking_again_needs_a_reason(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F3": "5"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    rows = [
        evaluation.Points(s.bid_id, s.factor_id, s.points)
        for s in evaluation.to_correct(session, lot.id, members[0].id)
    ]
    with pytest.raises(ReasonsMissing):
        evaluation.correct_scores(session, members[0], lot_id=lot.id, rows=rows)


def test_whoever_was_asked_looks_also_when_the_others_have_made_it_agree(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F2": "0"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    look_again(session, lot, members[0], "40")
    assert len(look_again(session, lot, members[1])) == 1


def test_only_points_that_were_flagged_are_changed(session, ready):
    lot, members, bids, factors = ready
    scored(session, lot, members, {0}, {"F3": "5"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    rows = [evaluation.Points(bids[1].id, factors["F3"].id, Decimal(20), "改")]
    with pytest.raises(evaluation.RowsIncomplete):
        evaluation.correct_scores(session, members[0], lot_id=lot.id, rows=rows)


def test_a_correction_is_kept_in_the_report_with_what_it_was(session, ready):
    lot, members, _, _ = ready
    scored(session, lot, members, {0}, {"F3": "5"})
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    look_again(session, lot, members[0], "18")
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    (correction,) = evaluation.report(session, lot.id).content["corrections"]
    assert (correction["from"], correction["to"], correction["reason"]) == ("5.00", "18.00", "已复核")


def test_all_points_that_are_wrong_are_said_at_once(session, ready):
    lot, members, bids, factors = ready
    with pytest.raises(evaluation.OutOfRange) as refused:
        score(session, members[0], lot.id, lambda _bid, _factor: "99")
    said = [refused.value, *refused.value.others]
    assert len({problem.field for problem in said}) == len(bids) * len(factors)
