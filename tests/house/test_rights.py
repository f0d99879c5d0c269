"""The page that says who may do what follows what the program declares: a wider right changes it."""

from dataclasses import replace

import pytest

from app.web.permissions import RULES
from app.web.tenders import ending
from docs import rights
from tests.house.test_docs import ROOT


@pytest.fixture
def written():
    return (ROOT / "docs/reference/rights.md").read_text(encoding="utf-8")


def rows_of(address):
    return [row for row in rights.pages() if row[0] == f"`{address}`"]


def test_one_role_more_on_a_page_is_a_changed_line(monkeypatch, written):
    rule = RULES["operations.cancel"]
    monkeypatch.setitem(RULES, "operations.cancel", replace(rule, roles=rule.roles | {"analyst"}))
    (row,) = rows_of("GET, POST /operations/cases/<instance_id>/cancel")
    assert row[1] == "`analyst`, `administrator`"
    assert " | ".join(row) not in written


def test_a_page_without_its_condition_is_a_changed_line(monkeypatch, written):
    rule = RULES["breaches.lift"]
    monkeypatch.setitem(RULES, "breaches.lift", replace(rule, check=None))
    (row,) = rows_of("POST /breaches/<breach_id>/lift")
    assert row[1:3] == ("`finance-officer`", "")
    assert " | ".join(row) not in written


def test_an_act_is_listed_with_the_power_and_the_role_that_it_asks_for():
    asked = {act: asks for act, asks, _ in rights.acts()}
    assert (
        "`require_power(project_id=tender.project_id, power='publish')`"
        in asked["`procurement.tenders.changes.change`"]
    )
    assert "`require('buyer-reviewer', tender.buyer_id)`" in asked["`procurement.tenders.notices.terminate`"]


def test_a_page_leads_to_the_act_that_it_calls():
    assert rights.acts_of(ending.publish_termination) == ["workflow.changes.terminate"]
    assert (
        "procurement.tenders.notices.terminate"
        in {act: calls for act, _, calls in rights.acts()}["`workflow.changes.terminate`"]
    )


def test_a_task_is_offered_to_its_lane_and_keeps_its_duty(written):
    assert "| `project` | `review_application` | `buyer-reviewer` | not the same person as apply |" in written


def test_every_rule_of_the_pages_is_in_the_table():
    listed = {row[0] for row in rights.pages()}
    assert len(listed) >= len(RULES) - 1  # the files of the site ask nobody
