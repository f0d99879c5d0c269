"""The statutory data: dated, sourced, most specific first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.procurement import rules

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "object", "value"),
    [
        ("bid_period", "goods", 20),
        ("notice_period", "goods", 5),
        ("document_supply", "goods", 5),
        ("clarification_period", "goods", 15),
        ("bid_bond_ceiling", "goods", Decimal("0.02")),
        ("price_weight_min", "goods", Decimal("0.30")),
        ("price_weight_min", "services", Decimal("0.10")),
        ("committee_size", "goods", 5),
        ("committee_size_large", "goods", 7),
        ("bid_minimum", "goods", 3),
        ("performance_bond_ceiling", "goods", Decimal("0.10")),
    ],
    ids=[
        "GPL 35",
        "O87 16",
        "O87 18",
        "O87 27",
        "IR 33",
        "O87 55 goods",
        "O87 55 services",
        "O87 47",
        "O87 47 large",
        "O87 41",
        "IR 48",
    ],
)
def test_the_open_tender_s_numbers_come_from_their_articles(name, object, value):
    assert rules.Law(TODAY, object, "open_tender").value(name) == value


@pytest.mark.parametrize(
    ("on", "least"), [(date(2022, 6, 30), Decimal("0.06")), (date(2022, 7, 1), Decimal("0.10"))], ids=["N46", "19/2022"]
)
def test_a_rule_gives_way_to_its_successor_on_the_day(on, least):
    assert rules.Law(on, "goods").value("sme_deduction_min") == least


def test_the_low_price_rule_is_not_in_force_before_february_2026():
    with pytest.raises(rules.NoRule):
        rules.Law(date(2026, 1, 31), "goods").rule("low_price_of_mean")


def test_a_region_s_own_row_goes_before_the_nation_s():
    national = rules.Law(TODAY, "goods").rule("open_tender_threshold")
    provincial = replace(national, jurisdiction="CN-SC", value=Decimal(4_000_000))
    rules.use([provincial])
    found = rules.Law(TODAY, "goods", region="CN-SC").rule("open_tender_threshold")
    rules.use(())
    assert found is provincial


def test_what_was_not_verified_says_so():
    rule = rules.Law(TODAY, "goods").rule("open_tender_threshold")
    assert rule.verification.zh == "未经核实"


def test_every_row_has_a_known_mark_and_every_verified_one_an_article():
    assert all(rule.status in rules.VERIFICATION for rule in rules.statute())
    assert all(rule.article for rule in rules.statute() if rule.status == "V")


def test_no_two_rows_in_force_are_equally_specific():
    rows = rules.statute()
    clashes = [
        (a.id, b.id)
        for i, a in enumerate(rows)
        for b in rows[i + 1 :]
        if a.name == b.name
        and a.jurisdiction == b.jurisdiction
        and (a.valid_to is None or a.valid_to >= b.valid_from)
        and (b.valid_to is None or b.valid_to >= a.valid_from)
        and (not a.objects or not b.objects or a.objects & b.objects)
        and (not a.methods or not b.methods or a.methods & b.methods)
    ]
    assert clashes == []


def test_two_sources_are_cited_each_with_its_article():
    assert rules.Law(TODAY, "goods", "open_tender").rule("document_supply").citation == "O87 18, IR 31"
