"""The arithmetic of prices: policy deductions, the price score, and what makes a price suspiciously low.

Pure functions over decimals; periods, ratios and rates come in from the statutory data and the documents. There are three
prices, never one: the bid price, the evaluation price (after policy deductions), and later the contract price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.money import CENT
from app.foundation.text import Text
from app.procurement import rules
from app.procurement.bids import OpenedBid
from app.procurement.projects import Lot
from app.procurement.tenders import Tender

SMALL = frozenset({"small", "micro", "prison", "disabled"})
"""Who gets the deduction for small and micro enterprises: they, and those treated like them (N46 9)."""

CONSORTIUM = "consortium"
"""A consortium or subcontract with small and micro enterprises of at least 30 % (N46 9)."""

DEDUCTIONS: dict[str, Text] = {
    "sme": Text("small or micro enterprise", "小微企业"),
    "consortium": Text("consortium or subcontract with small or micro enterprises", "联合体或者分包给小微企业"),
    "domestic": Text("domestic product", "本国产品"),
}
"""The names of the policy deductions."""

TRIGGERS: dict[str, Text] = {
    "low_price_of_mean": Text(
        "below %(percent)s%% of the average price of compliant bids", "低于通过符合性审查报价平均值的%(percent)s%%"
    ),
    "low_price_of_next": Text("below %(percent)s%% of the next lowest price", "低于次低报价的%(percent)s%%"),
    "low_price_of_ceiling": Text("below %(percent)s%% of the ceiling price", "低于最高限价的%(percent)s%%"),
    "judgement": Text("considered abnormally low by the committee", "评标委员会认为报价明显偏低"),
}
"""What makes a price suspect (Notice 2/2026; O87 60)."""


def price_score(lowest: Decimal, price: Decimal, points: Decimal) -> Decimal:
    """``lowest / price × points``, rounded half up to two places (O87 55). Prices are evaluation prices."""
    return (lowest * points / price).quantize(CENT, ROUND_HALF_UP)


def evaluation_price(price: Decimal, rates: Mapping[str, Decimal]) -> Decimal:
    """The price after all deductions, each taken from the original price (M9), rounded half up to cents."""
    return (price - sum((price * rate for rate in rates.values()), Decimal(0))).quantize(CENT, ROUND_HALF_UP)


def deductions(
    tender: Tender, lot: Lot, bid: OpenedBid, *, foreign_competes: bool, law: rules.Law
) -> dict[str, Decimal]:
    """The rates that a bid's price is lowered by in the evaluation, by the names of DEDUCTIONS.

    For small and micro enterprises as the documents fix it, none on a lot reserved for them (N46 9); for domestic products
    where others compete, as ``law``, of the day of the notice, has it.
    """
    rates = {}
    if lot.sme_mode == "none" and tender.sme_deduction_percent is not None:
        if bid.sme in SMALL:
            rates["sme"] = tender.sme_deduction_percent / 100
        elif bid.sme == CONSORTIUM:
            rates[CONSORTIUM] = _consortium_rate(tender, law)
    if bid.domestic and foreign_competes:
        domestic = _rule("domestic_deduction", law)
        if domestic is not None:
            rates["domestic"] = domestic
    return rates


def _consortium_rate(tender: Tender, law: rules.Law) -> Decimal:
    """As the documents fix it; where they don't, the least the rule allows."""
    fixed = tender.terms.get("sme_consortium_deduction_percent")
    if fixed is not None:
        return Decimal(str(fixed)) / 100
    return _rule("sme_consortium_deduction_min", law) or Decimal(0)


def _rule(name: str, law: rules.Law) -> Decimal | None:
    try:
        return law.value(name)
    except rules.NoRule:
        return None


@dataclass(frozen=True)
class LowPriceRates:
    """The shares below which a price is suspect; ``None`` in force: only the committee's judgement asks."""

    of_mean: Decimal
    of_next: Decimal
    of_ceiling: Decimal


def low_price_rates(tender: Tender, law: rules.Law) -> LowPriceRates | None:
    """The rates in force on the day of the notice; the documents may raise them up to the limit (Notice 2/2026)."""
    names = ("low_price_of_mean", "low_price_of_next", "low_price_of_ceiling")
    try:
        legal = [law.value(name) for name in names]
        most = law.value("low_price_rate_max")
    except rules.NoRule:
        return None
    own = [Decimal(str(tender.terms.get(name, 0))) / 100 for name in names]
    return LowPriceRates(*(max(rate, min(raised, most)) for rate, raised in zip(legal, own, strict=True)))


def low_prices(prices: Mapping[str, Decimal], *, limit: Decimal, rates: LowPriceRates) -> dict[str, dict[str, Decimal]]:
    """Which of the conforming bids' own prices are suspect, and by which formula: ``{bid id: {trigger: its border}}``.

    Strictly below half of the mean of all, below half of the next higher price (the lowest bid alone), below 45 % of the
    ceiling or else the budget, at the legal rates. The prices are bid prices, before any deduction.
    """
    ordered = sorted(prices.values())
    mean = sum(ordered, Decimal(0)) / len(ordered) if ordered else Decimal(0)
    found: dict[str, dict[str, Decimal]] = {}
    for bid_id, price in prices.items():
        borders = {"low_price_of_mean": mean * rates.of_mean, "low_price_of_ceiling": limit * rates.of_ceiling}
        if len(ordered) > 1 and price == ordered[0]:
            borders["low_price_of_next"] = ordered[1] * rates.of_next
        below = {name: border for name, border in borders.items() if price < border}
        if below:
            found[bid_id] = below
    return found
