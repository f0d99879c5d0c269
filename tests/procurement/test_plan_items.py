"""The procurement plan: within its budget line, taken up by one project at a time, never exceeded by it."""

from datetime import date
from decimal import Decimal

import pytest

from app.foundation.text import Text
from app.procurement import projects
from app.procurement.projects import plan_items


@pytest.fixture
def planned(session, town, budget_line):
    """Enters a plan item of two devices at 300,000 yuan unless told otherwise."""

    def act(number="1", quantity="2", price="300000", **options):
        item = projects.NewItem("A03320100", "超声诊断设备", Decimal(quantity), "台", Decimal(price))
        values = {"line_id": budget_line.id, "object": "goods", "wanted_on": date(2026, 6, 1), **options}
        return plan_items.enter(session, town.reviewer, number=number, item=item, **values)

    return act


@pytest.fixture
def carry_out(session, town, budget_line):
    def act(*ids, items=(), **options):
        values = {"title": Text("x", "超声"), "object": "goods", "funds": "fiscal", "need": "更新", **options}
        line_id = values.pop("line_id", budget_line.id)
        return plan_items.apply(session, town.handler, budget_line_id=line_id, items=items, plan_item_ids=ids, **values)

    return act


def test_gpl_6_a_plan_stays_within_its_line(planned):
    planned("1")
    with pytest.raises(plan_items.PlanOverBudget, match=r"1,200,000\.00"):
        planned("2")


def test_an_item_entered_again_is_changed(session, town, planned):
    planned("1")
    planned("1", quantity="3")
    assert [item.quantity for item in plan_items.of_buyer(session, town.buyer_id)] == [3]


def test_an_application_without_items_asks_for_what_was_planned(planned, carry_out):
    item = planned()
    project = carry_out(item.id)
    assert (project.estimate, [each.name for each in project.items]) == (600_000, ["超声诊断设备"])
    assert item.project_id == project.id


def test_ir_29_an_application_stays_within_its_plan(planned, carry_out):
    more = projects.NewItem("A03320100", "超声诊断设备", Decimal(3), "台", Decimal(300_000))
    with pytest.raises(plan_items.AboveThePlan):
        carry_out(planned().id, items=[more])


def test_a_plan_item_is_carried_out_by_one_live_project(session, planned, carry_out):
    item = planned(quantity="1")
    first = carry_out(item.id)
    with pytest.raises(plan_items.PlanItemTaken):
        carry_out(item.id)
    with pytest.raises(plan_items.PlanItemTaken):
        planned(quantity="2")
    first.outcome = "failed"
    session.flush()
    assert carry_out(item.id).id == item.project_id != first.id


def test_an_application_made_again_gives_back_what_it_no_longer_names(session, town, planned, carry_out):
    one, two = planned("1", quantity="1"), planned("2", quantity="1")
    project = carry_out(one.id)
    projects.review(session, town.reviewer, project_id=project.id, decision="return", reasons="请补充")
    carry_out(two.id, project_id=project.id)
    assert (one.project_id, two.project_id) == (None, project.id)


def test_a_plan_item_of_another_line_is_refused(session, town, planned, carry_out):
    line = projects.BudgetLine(
        organisation_id=town.buyer_id, year=2026, code="2", name_zh="其他", category="A", amount=Decimal(9), funds="own"
    )
    session.add(line)
    session.flush()
    with pytest.raises(plan_items.NotOfThisLine):
        carry_out(planned().id, line_id=line.id)
