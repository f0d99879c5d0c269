"""The law of a purchase: a row that is made for its region, object and method counts wherever its rule is asked."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.identity import organisations
from app.procurement import projects, rules
from app.procurement.rules.purchases import COMMON

ON = date(2026, 3, 2)
APP = Path(rules.__file__).parents[2]


def test_the_law_of_a_project_is_of_its_object_its_method_its_buyers_region_and_its_budgets_level(session, town, filed):
    organisations.get(session, filed.buyer_id).region = "CN-SC"
    organisations.get(session, filed.finance_id).budget_level = "city"
    filed.method = "open_tender"
    assert rules.law(session, filed, on=ON) == rules.Law(ON, filed.object, "open_tender", "CN-SC", "city")


PURCHASE = rules.Law(ON, "goods", "open_tender", "CN-SC-MY", "city")
OWN = {
    "jurisdiction": "CN-SC",
    "levels": frozenset({"city", "county"}),
    "objects": frozenset({"goods"}),
    "methods": frozenset({"open_tender"}),
}
"""What a row of one's own can be for: the purchase above is each of it."""
ELSEWHERE = {
    "jurisdiction": {"region": "CN-GD"},
    "levels": {"level": "province"},
    "objects": {"object": "services"},
    "methods": {"method_id": "another"},
}
"""How another purchase differs, for which such a row is not."""


def found(purchase, name):
    try:
        return purchase.rule(name)
    except rules.NoRule:
        return None


NAMES = sorted({rule.name for rule in rules.statute() if rule.name not in COMMON and found(PURCHASE, rule.name)})


@pytest.fixture
def _forget():
    yield
    rules.use(())


@pytest.mark.usefixtures("_forget")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(NAMES), st.sets(st.sampled_from(sorted(OWN)), min_size=1))
def test_a_more_specific_row_is_honoured_wherever_its_rule_is_asked(name, dimensions):
    """For any rule and any of region, level, object and method: a row made for them is this purchase's, and no other's."""
    rules.use(())
    said = {dimension: OWN[dimension] for dimension in dimensions}
    own = replace(PURCHASE.rule(name), id="own", valid_from=date(2026, 3, 1), valid_to=None, **said)
    rules.use([own])
    assert PURCHASE.rule(name) == own
    assert own not in [found(replace(PURCHASE, **ELSEWHERE[dimension]), name) for dimension in dimensions]


@pytest.mark.usefixtures("_forget")
@pytest.mark.parametrize("dimension", sorted(OWN))
def test_an_older_row_made_for_a_purchase_goes_before_a_newer_one_for_all(dimension):
    shipped = PURCHASE.rule("decision")
    general = replace(shipped, id="general", jurisdiction="CN", objects=frozenset(), methods=frozenset())
    own = replace(general, id="own", **{dimension: OWN[dimension]})
    rules.use([replace(general, valid_from=own.valid_from + timedelta(days=1)), own])
    assert PURCHASE.rule("decision") == own


@pytest.mark.usefixtures("_forget")
def test_a_row_for_a_level_goes_before_one_for_an_object():
    level, object = (replace(PURCHASE.rule("decision"), id=one, **{one: OWN[one]}) for one in ("levels", "objects"))
    rules.use([level, object])
    assert PURCHASE.rule("decision") == level


def test_the_law_of_a_lot_is_that_of_its_project(session, entrusted):
    assert projects.law_of_lot(session, entrusted.lots[0].id) == rules.law(session, entrusted)


def test_what_depends_on_the_purchase_is_not_asked_without_one():
    with pytest.raises(ValueError, match="depends on the purchase"):
        rules.common(ON).rule("decision")


@pytest.mark.parametrize("name", sorted(COMMON))
def test_what_is_the_same_for_every_purchase_is_there(name):
    assert rules.common(ON).rule(name).name == name


def test_nothing_looks_a_row_up_but_by_the_law():
    """Only the modules of the rules themselves know the look-up below ``Law``."""
    asked = [
        f"{file.relative_to(APP)}:{node.lineno}"
        for file in APP.rglob("*.py")
        if file.parent.name != "rules"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "find" and ast.unparse(node.value).endswith("statutes"))
        or (isinstance(node, ast.ImportFrom) and node.module == "app.procurement.rules.statutes"
        and any(alias.name == "find" for alias in node.names))
    ]  # fmt: skip
    assert asked == []
