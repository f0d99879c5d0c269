"""Abnormally low prices: the exact triggers, the explanation in time, the decision (O87 60; Notice 2/2026)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lots import conform, qualify, review

from app.foundation.actor import SYSTEM
from app.foundation.outbox import Outgoing
from app.identity import accounts, grants
from app.procurement import evaluation, experts, rules
from app.procurement.bids import BidState
from app.procurement.evaluation import prices
from app.procurement.projects import ReasonsMissing

LEGAL = prices.LowPriceRates(Decimal("0.50"), Decimal("0.50"), Decimal("0.45"))
LOW = ("200000.00", "520000.00", "540000.00", "560000.00")


@pytest.fixture
def suspected(session, town, committee):
    """A lot with a suspect price: the lot, its members, its bids and the checks."""

    def act(offered=LOW):
        lot, members = committee(offered)
        bids = evaluation.bids_in(session, lot.id, BidState.OPENED)
        review(session, town, lot.id, members)
        return lot, members, bids, evaluation.check_low_prices(session, SYSTEM, lot_id=lot.id)

    return act


def leader(session, lot, members):
    leader_id = experts.of_lot(session, lot.id).leader_id
    return next(member for member in members if member.id == leader_id)


@pytest.mark.parametrize(
    ("offered", "limit", "triggers"),
    [
        (["49.99", "100", "150"], 1, {"low_price_of_mean", "low_price_of_next"}),
        (["50", "50", "200"], 1, set()),
        (["49.99", "50", "200.02"], 1, {"low_price_of_mean"}),
        (["44.99", "60", "70"], 100, {"low_price_of_ceiling"}),
        (["45", "60", "70"], 100, set()),
        (["30", "60", "90"], 60, set()),
    ],
)
def test_each_formula_asks_strictly_below_its_border(offered, limit, triggers):
    bids = {str(place): Decimal(price) for place, price in enumerate(offered)}
    found = prices.low_prices(bids, limit=Decimal(limit), rates=LEGAL)
    assert set(found.get("0", {})) == triggers


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.integers(1, 10**9))
def test_a_price_at_or_above_the_mean_and_half_the_ceiling_is_never_suspect(cents, limit):
    bids = {str(place): Decimal(price) / 100 for place, price in enumerate(cents)}
    mean = sum(bids.values()) / len(bids)
    found = prices.low_prices(bids, limit=Decimal(limit) / 100, rates=LEGAL)
    assert not any(bids[key] >= mean and bids[key] >= Decimal(limit) / 200 for key in found)


def test_the_rates_are_in_force_from_february_2026_on(tender):
    assert prices.low_price_rates(tender, rules.Law(date(2026, 1, 31), "goods")) is None
    assert prices.low_price_rates(tender, rules.Law(date(2026, 2, 1), "goods")) == LEGAL


@pytest.mark.parametrize(("raised", "rate"), [(60, "0.60"), (40, "0.50"), (90, "0.65")])
def test_the_documents_may_raise_a_rate_within_the_limit_and_never_lower_it(tender, raised, rate):
    tender.terms = {"low_price_of_mean": raised}
    assert prices.low_price_rates(tender, rules.Law(date(2026, 3, 2), "goods")).of_mean == Decimal(rate)


def test_a_suspect_price_is_asked_about_with_half_an_hour_to_explain(session, suspected):
    _, _, bids, (check,) = suspected()
    assert (check.bid_id, check.due_at - check.asked_at) == (bids[0].id, timedelta(minutes=30))
    assert {trigger["name"] for trigger in check.triggers} == {
        "low_price_of_mean",
        "low_price_of_next",
        "low_price_of_ceiling",
    }


def test_the_supplier_is_told_by_mail(session, town, suspected):
    account = accounts.create(session, SYSTEM, login="seller", name="seller", email="seller@example.com")
    grants.grant(session, SYSTEM, account_id=account.id, role="supplier-bidder", organisation_id=town.supplier_ids[0])
    suspected()
    assert [row.content["to"] for row in session.query(Outgoing).filter(Outgoing.key.startswith("low-price:"))] == [
        ["seller@example.com"]
    ]


def test_doing_the_check_again_asks_nobody_twice(session, suspected):
    lot, _, _, first = suspected()
    assert evaluation.check_low_prices(session, SYSTEM, lot_id=lot.id) == first


def test_ordinary_prices_are_not_asked_about(suspected):
    assert suspected(("500000.00", "520000.00", "540000.00", "560000.00"))[3] == []


@pytest.mark.parametrize(("doubting", "asked"), [(2, 0), (3, 1)])
def test_o87_60_the_committee_s_own_judgement_asks_by_majority(session, town, committee, doubting, asked):
    lot, members = committee()
    bids = evaluation.bids_in(session, lot.id, BidState.OPENED)
    qualify(session, town, lot.id)
    for place, member in enumerate(members):
        doubt = {"doubted": [bids[0].id], "doubt_reasons": "低于材料成本"} if place < doubting else {}
        conform(session, member, lot.id, **doubt)
    evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    assert len(evaluation.check_low_prices(session, SYSTEM, lot_id=lot.id)) == asked


def test_a_doubt_names_its_reason(session, town, committee):
    lot, members = committee()
    bids = evaluation.bids_in(session, lot.id, BidState.OPENED)
    qualify(session, town, lot.id)
    with pytest.raises(ReasonsMissing):
        conform(session, members[0], lot.id, doubted=[bids[0].id])


def test_the_supplier_explains_in_time_and_only_its_own_price(session, town, suspected):
    _, _, bids, (check,) = suspected()
    with pytest.raises(evaluation.CheckUnknown):
        evaluation.explain(session, town.bidders[1], bid_id=bids[0].id, explanation="x")
    evaluation.explain(session, town.bidders[0], bid_id=bids[0].id, explanation="规模采购，成本明细见附件")
    assert check.explained_at is not None


def test_a_late_explanation_is_refused(session, town, suspected, virtual_clock):
    _, _, bids, (check,) = suspected()
    session.commit()
    virtual_clock.turn_to(check.due_at)
    with pytest.raises(evaluation.ExplanationTooLate):
        evaluation.explain(session, town.bidders[0], bid_id=bids[0].id, explanation="晚了")


def decide(session, lot, members, bid, accepted, reason="成本明细可信"):
    return evaluation.decide_low_prices(
        session,
        leader(session, lot, members),
        lot_id=lot.id,
        rows=[evaluation.Decision(bid.id, accepted, reason)],
    )


def test_a_proven_price_stays(session, town, suspected):
    lot, members, bids, _ = suspected()
    evaluation.explain(session, town.bidders[0], bid_id=bids[0].id, explanation="规模采购")
    assert decide(session, lot, members, bids[0], accepted=True)
    assert bids[0].state == BidState.CONFORMING


def test_an_unproven_price_is_invalid_and_enough_may_be_left(session, town, suspected):
    lot, members, bids, _ = suspected()
    evaluation.explain(session, town.bidders[0], bid_id=bids[0].id, explanation="就是便宜")
    assert decide(session, lot, members, bids[0], accepted=False, reason="未提供成本依据")
    assert bids[0].state == BidState.INVALID
    assert "未提供成本依据" in evaluation.rejections(session, bids[0].id)[0].zh


def test_gpl_36_too_few_left_after_an_invalid_price_fail_the_lot(session, town, suspected):
    lot, members, bids, _ = suspected(LOW[:3])
    evaluation.explain(session, town.bidders[0], bid_id=bids[0].id, explanation="就是便宜")
    assert not decide(session, lot, members, bids[0], accepted=False, reason="未提供成本依据")
    assert lot.failure_reason == "few_conforming"


def test_nothing_is_decided_while_there_is_time_to_explain(session, suspected):
    lot, members, bids, _ = suspected()
    with pytest.raises(evaluation.NotYetExplained):
        decide(session, lot, members, bids[0], accepted=False)


def test_o87_60_a_price_nobody_explained_is_not_proven(session, suspected, virtual_clock):
    lot, members, bids, (check,) = suspected()
    session.commit()
    virtual_clock.turn_to(check.due_at)
    with pytest.raises(evaluation.NotProven):
        decide(session, lot, members, bids[0], accepted=True)


def test_the_leader_records_the_decision(session, town, suspected):
    lot, members, bids, _ = suspected()
    evaluation.explain(session, town.bidders[0], bid_id=bids[0].id, explanation="规模采购")
    other = next(m for m in members if m.id != leader(session, lot, members).id)
    with pytest.raises(evaluation.NotTheLeader):
        evaluation.decide_low_prices(
            session, other, lot_id=lot.id, rows=[evaluation.Decision(bids[0].id, True, "可信")]
        )


def test_the_deadline_of_an_explanation_is_an_instant(suspected):
    _, _, _, (check,) = suspected()
    assert check.due_at == datetime(2026, 3, 25, 2, 0, tzinfo=UTC)
