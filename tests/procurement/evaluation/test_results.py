"""Totals, candidates, the report and its way to the buyer (O87 55-58, 61, 68)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from lots import evaluate, review, score

from app.foundation.actor import SYSTEM
from app.procurement import evaluation
from app.procurement.bids import BidState
from app.procurement.projects import ReasonsMissing


@pytest.fixture
def totalled(session, town, committee):
    """Everybody scores as told, and the totals are worked out: the lot, its members, the results in order."""

    def act(given=None, prices=("500000.00", "520000.00", "540000.00", "560000.00"), **options):
        lot, members = committee(prices, **options)
        review(session, town, lot.id, members)
        for member in members:
            score(session, member, lot.id, given)
        evaluation.total(session, SYSTEM, lot_id=lot.id)
        return lot, members, evaluation.results(session, lot.id)

    return act


def test_a_total_is_the_price_score_and_the_mean_of_the_members(totalled):
    _, _, results = totalled()
    assert [(r.price_points, r.total) for r in results] == [
        (Decimal("40.00"), Decimal("100.00")),
        (Decimal("38.46"), Decimal("98.46")),
        (Decimal("37.04"), Decimal("97.04")),
        (Decimal("35.71"), Decimal("95.71")),
    ]


def test_the_first_three_are_candidates(totalled):
    _, _, results = totalled()
    assert [r.is_candidate for r in results] == [True, True, True, False]
    assert [r.bid.state for r in results] == [BidState.CANDIDATE] * 3 + [BidState.RANKED]


def test_the_price_score_counts_the_price_after_the_deductions(totalled):
    _, _, results = totalled(sme=["none", "small", "none", "none"])
    assert [(r.evaluation_price, r.price_points) for r in results][:2] == [
        (Decimal("468000.00"), Decimal("40.00")),
        (Decimal("500000.00"), Decimal("37.44")),
    ]


def test_o87_31_a_second_bid_of_a_brand_has_a_rank_but_is_no_candidate(totalled):
    _, _, results = totalled(brand=["海光", "海光", "远景", "晨曦"])
    assert [(r.rank, r.is_candidate, r.barred) for r in results][1] == (2, False, "same_brand")
    assert sum(r.is_candidate for r in results) == 3


def test_o87_56_under_the_lowest_price_nothing_is_scored(session, tender, totalled):
    tender.review_method = "lowest_price"
    lot, _, results = totalled()
    assert evaluation.scored_factors(session, lot.id) == []
    assert [r.evaluation_price for r in results] == sorted(r.evaluation_price for r in results)


def test_totalling_again_gives_the_same(session, totalled):
    lot, _, results = totalled()
    assert evaluation.total(session, SYSTEM, lot_id=lot.id).candidate_count == 3
    assert evaluation.results(session, lot.id) == results


def test_nothing_is_totalled_before_every_member_has_scored(session, town, committee):
    lot, members = committee()
    review(session, town, lot.id, members)
    score(session, members[0], lot.id)
    with pytest.raises(evaluation.ScoresMissing):
        evaluation.total(session, SYSTEM, lot_id=lot.id)


def test_o87_58_the_report_says_what_it_must(session, totalled):
    lot, _, _ = totalled()
    content = evaluation.report(session, lot.id).content
    assert {"media", "opened_at", "bidders", "committee", "review_method", "factors", "results", "low_prices"} <= set(
        content
    )
    assert [row["candidate"] for row in content["results"]] == [True, True, True, False]


def test_the_evaluation_ends_with_the_last_signature(session, totalled):
    lot, members, _ = totalled()
    for member in members[:-1]:
        evaluation.sign_report(session, member, lot_id=lot.id, decision="agree")
    assert evaluation.report(session, lot.id).completed_at is None
    evaluation.sign_report(session, members[-1], lot_id=lot.id, decision="agree")
    assert evaluation.report(session, lot.id).completed_at is not None


def test_o87_61_a_dissent_gives_its_reasons(session, totalled):
    lot, members, _ = totalled()
    with pytest.raises(ReasonsMissing):
        evaluation.sign_report(session, members[0], lot_id=lot.id, decision="dissent")
    signature = evaluation.sign_report(session, members[0], lot_id=lot.id, decision="dissent", reasons="T1响应不实")
    assert (signature.reasons, signature.digest) == ("T1响应不实", evaluation.report(session, lot.id).digest)


def test_a_member_signs_once(session, totalled):
    lot, members, _ = totalled()
    evaluation.sign_report(session, members[0], lot_id=lot.id, decision="agree")
    with pytest.raises(evaluation.AlreadySigned):
        evaluation.sign_report(session, members[0], lot_id=lot.id, decision="agree")


def test_an_unsigned_report_is_not_delivered(session, totalled):
    lot, _, _ = totalled()
    with pytest.raises(evaluation.SignaturesMissing):
        evaluation.deliver(session, SYSTEM, lot_id=lot.id)


def test_o87_68_the_buyer_has_five_working_days_from_the_report(session, town, committee):
    lot, members = committee()
    report = evaluate(session, town, lot.id, members)
    # Wednesday 25 March 2026 and five working days: the last second of Wednesday 1 April in Shanghai.
    assert report.decision_due_at == datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC)


def test_who_may_read_the_report(session, town, totalled):
    lot, members, _ = totalled()
    early = [members[0], town.officer]
    late = [town.reviewer, town.finance]
    assert [evaluation.report_visible_to(session, actor, lot.id) for actor in [*early, *late]] == [
        True,
        True,
        False,
        False,
    ]
    for member in members:
        evaluation.sign_report(session, member, lot_id=lot.id, decision="agree")
    evaluation.deliver(session, SYSTEM, lot_id=lot.id)
    assert all(evaluation.report_visible_to(session, actor, lot.id) for actor in late)
    assert not evaluation.report_visible_to(session, town.bidders[0], lot.id)
