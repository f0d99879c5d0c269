"""Policy deductions and the price score (O87 55, N46 9, M7, M9)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procurement import rules
from app.procurement.bids import OpenedBid
from app.procurement.evaluation import prices

MONEY = st.integers(1, 10**12).map(lambda cents: Decimal(cents) / 100)
POINTS = st.integers(1, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)


@given(st.lists(MONEY, min_size=2, max_size=8), POINTS)
def test_price_scores_lie_between_nothing_and_all_and_fall_with_the_price(offered, points):
    lowest = min(offered)
    scores = [prices.price_score(lowest, price, points) for price in sorted(offered)]
    assert scores[0] == points
    assert all(0 <= score <= points for score in scores)
    assert scores == sorted(scores, reverse=True)


@given(MONEY, st.integers(0, 20), st.booleans())
def test_an_evaluation_price_is_never_above_the_price_nor_below_three_fifths_of_it(price, percent, domestic):
    rates = {"sme": Decimal(percent) / 100} | ({"domestic": Decimal("0.20")} if domestic else {})
    evaluated = prices.evaluation_price(price, rates)
    assert price * Decimal("0.6") - Decimal("0.01") <= evaluated <= price


@pytest.fixture
def deductions(tender):
    def of(*, sme="none", domestic=False, foreign_competes=False, on=date(2026, 3, 2)):
        bid = OpenedBid(sme=sme, domestic=domestic)
        return prices.deductions(
            tender,
            tender.project.lots[0],
            bid,
            foreign_competes=foreign_competes,
            law=rules.Law(on, tender.project.object),
        )

    return of


@pytest.mark.parametrize("sme", ["small", "micro", "prison", "disabled"])
def test_n46_9_small_and_micro_enterprises_gain_what_the_documents_fix(deductions, sme):
    assert deductions(sme=sme) == {"sme": Decimal("0.1")}


@pytest.mark.parametrize("sme", ["none", "medium", "large"])
def test_others_gain_nothing(deductions, sme):
    assert deductions(sme=sme) == {}


def test_n46_9_a_consortium_gains_the_least_of_the_rule_where_the_documents_are_silent(deductions):
    assert deductions(sme="consortium") == {"consortium": Decimal("0.04")}


def test_the_documents_fix_the_consortium_s_rate(tender, deductions):
    tender.terms = {"sme_consortium_deduction_percent": 6}
    assert deductions(sme="consortium") == {"consortium": Decimal("0.06")}


def test_on_a_reserved_lot_there_is_no_deduction(tender, deductions):
    tender.project.lots[0].sme_mode = "reserved"
    assert deductions(sme="small") == {}


def test_domestic_products_gain_a_fifth_where_others_compete(deductions):
    assert deductions(domestic=True, foreign_competes=True) == {"domestic": Decimal("0.20")}
    assert deductions(domestic=True) == {}
    assert deductions(foreign_competes=True) == {}


def test_domestic_products_gain_nothing_before_2026(deductions):
    assert deductions(domestic=True, foreign_competes=True, on=date(2025, 12, 31)) == {}


def test_services_gain_nothing_for_being_domestic(tender, deductions):
    tender.project.object = "services"
    assert deductions(domestic=True, foreign_competes=True) == {}
