"""Checks of the terms that documents may leave out: rates and shares against the statutory data, and what goes with what."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.foundation.text import Text
from app.procurement.rules import NoRule, Rule
from app.procurement.tenders.checks.drafts import ERROR, WARNING, Draft, Found
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.places import TERMS

HUNDRED = Decimal(100)


def _given(draft: Draft, name: str) -> Decimal | None:
    value = draft.tender.terms.get(name)
    return None if value is None else Decimal(value)


def _known(draft: Draft, name: str) -> Rule | None:
    try:
        return draft.rule(name)
    except NoRule:
        return None


def _outside(name: str, value: Decimal, rule: Rule, least: Decimal | None, most: Decimal | None) -> Iterator[Found]:
    """A finding where a percentage isn't within its bounds."""
    if (least is None or least <= value) and (most is None or value <= most):
        return
    low, high = (None if bound is None else f"{plain(bound)}%" for bound in (least, most))
    if low and high:
        bounds = Text(f"Enter {low} to {high}.", f"应为{low}至{high}。")
    else:
        bounds = (
            Text(f"Enter {low} or more.", f"不得低于{low}。")
            if low
            else Text(f"Enter {high} or less.", f"不得超过{high}。")
        )
    what = TERMS[name]
    problem = Text(f"{what.en}: {plain(value)}% is not allowed.", f"{what.zh}：{plain(value)}%不符合规定。")
    yield Found(rule.id, rule.citation, f"terms/{name}", ERROR, problem, bounds)


def consortium_deduction(draft: Draft) -> Iterator[Found]:
    """A consortium's or subcontract's deduction is within its range, and there only where consortia are admitted (N46 9)."""
    percent = _given(draft, "sme_consortium_deduction_percent")
    low, high = _known(draft, "sme_consortium_deduction_min"), _known(draft, "sme_consortium_deduction_max")
    if percent is None or low is None or high is None:
        return
    if not draft.tender.terms.get("consortium"):
        yield Found(
            low.id,
            "GPL 24, N46 9",
            "terms/sme_consortium_deduction_percent",
            ERROR,
            Text(
                "Consortia are not accepted, but have a price deduction.", "不接受联合体投标，却规定了联合体价格扣除。"
            ),
            Text("Accept consortia, or leave the deduction empty.", "接受联合体投标，或者不填写该比例。"),
        )
    yield from _outside("sme_consortium_deduction_percent", percent, low, low.value * HUNDRED, high.value * HUNDRED)


def late_interest(draft: Draft) -> Iterator[Found]:
    """Interest on late payments isn't agreed below the prime rate (SMEPay 17)."""
    percent, prime = _given(draft, "late_interest_percent"), draft.rule("loan_prime_rate")
    if percent is not None:
        yield from _outside("late_interest_percent", percent, prime, prime.value * HUNDRED, None)


def low_price_rates(draft: Draft) -> Iterator[Found]:
    """Documents can raise the shares below which a price is abnormally low, up to the limit (Notice 2/2026)."""
    most = _known(draft, "low_price_rate_max")
    for name in ("low_price_of_mean", "low_price_of_next", "low_price_of_ceiling"):
        percent, least = _given(draft, name), _known(draft, name)
        if percent is not None and least is not None and most is not None:
            yield from _outside(name, percent, least, least.value * HUNDRED, most.value * HUNDRED)


def explanation_time(draft: Draft) -> Iterator[Found]:
    """A bidder has at least the rule's time to explain its price (Notice 2/2026)."""
    minutes, rule = _given(draft, "low_price_explanation_minutes"), _known(draft, "low_price_explanation")
    if minutes is not None and rule is not None and minutes < rule.value:
        yield Found(
            rule.id,
            rule.citation,
            "terms/low_price_explanation_minutes",
            ERROR,
            Text(f"{plain(minutes)} minutes are too short.", f"异常低价说明时间{plain(minutes)}分钟过短。"),
            Text(f"Enter {rule.count} or more.", f"不少于{rule.count}分钟。"),
        )


def domestic_share(draft: Draft) -> Iterator[Found]:
    """Where a lot has several products, the documents ask for the share of domestic ones (State Council 34/2025)."""
    rule, asked = _known(draft, "domestic_cost_share"), bool(draft.tender.terms.get("domestic_share"))
    several = any(len(lot.items) > 1 for lot in draft.lots)
    if rule is None or not several or asked:
        return
    yield Found(
        rule.id,
        rule.citation,
        "terms/domestic_share",
        WARNING,
        Text(
            "A lot has several products, but bidders are not asked for the share of domestic ones.",
            "采购包含多种产品，未要求投标人填写本国产品成本占比。",
        ),
        Text("Ask for it.", "要求投标人填写。"),
    )


CHECKS = (consortium_deduction, late_interest, low_price_rates, explanation_time, domestic_share)
