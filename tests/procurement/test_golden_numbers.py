"""Numbers that are known to be right: real cases and hand-worked ones (research/procurement.md, section 2.6)."""

from decimal import Decimal

import pytest

from app.procurement import experts
from app.procurement.evaluation import prices

RATES = prices.LowPriceRates(Decimal("0.5"), Decimal("0.5"), Decimal("0.45"))


def test_g1_the_price_score_of_a_real_consultation():
    assert prices.price_score(Decimal("44.5"), Decimal("56.6"), Decimal(20)) == Decimal("15.72")


@pytest.mark.parametrize(("price", "score"), [("51.28", "17.36"), ("61.6", "14.45"), ("44.5", "20.00")])
def test_g2_the_other_bidders_price_scores(price, score):
    assert prices.price_score(Decimal("44.5"), Decimal(price), Decimal(20)) == Decimal(score)


def test_g5_two_experts_and_one_of_the_buyer_are_a_lawful_group():
    assert experts.share_kept(3, 2, 2)


def test_g6_the_lowest_of_the_real_prices_triggers_nothing():
    bids = {name: Decimal(name) for name in ("44.5", "51.28", "56.6", "61.6")}
    assert prices.low_prices(bids, limit=Decimal("68"), rates=RATES) == {}


@pytest.mark.parametrize(("price", "triggers"), [("25.63", {"low_price_of_next"}), ("25.64", set())])
def test_g6_half_of_the_next_price_is_the_border_and_not_below_it(price, triggers):
    bids = {"a": Decimal(price), "b": Decimal("51.28"), "c": Decimal("51.28")}
    found = prices.low_prices(bids, limit=Decimal("56"), rates=RATES)
    assert set(found.get("a", {})) == triggers


@pytest.mark.parametrize(("sme", "price"), [("0.10", "70.00"), ("0.15", "65.00"), ("0.20", "60.00")])
def test_g7_both_deductions_are_taken_from_the_original_price(sme, price):
    rates = {"sme": Decimal(sme), "domestic": Decimal("0.20")}
    assert prices.evaluation_price(Decimal(100), rates) == Decimal(price)
