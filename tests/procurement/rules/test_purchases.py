"""The law of a purchase: a row that is made for its region, object and method counts wherever its rule is asked."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from app.identity import organisations
from app.procurement import projects, rules
from app.procurement.rules.purchases import COMMON

ON = date(2026, 3, 2)
APP = Path(rules.__file__).parents[2]


def test_the_law_of_a_project_is_of_its_object_its_method_and_its_buyers_region(session, town, filed):
    organisations.get(session, filed.buyer_id).region = "CN-SC"
    filed.method = "open_tender"
    assert rules.law(session, filed, on=ON) == rules.Law(ON, filed.object, "open_tender", "CN-SC")


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
