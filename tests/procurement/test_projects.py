"""Projects: the budget holds, duties are kept apart, plans are whole."""

from datetime import date
from decimal import Decimal

import pytest

from app.foundation import journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Several
from app.foundation.text import Text
from app.identity.roles import RoleMissing
from app.procurement import projects
from app.procurement.projects import Lot, LotState, PlannedLot, ProjectState, applications, plans
from app.procurement.projects.lives import NotInThisState

STRETCHER = projects.NewItem("A03320200", "推车", Decimal(1), "辆", Decimal("1000.00"))


def test_an_application_binds_the_total_of_its_items(session, budget_line, apply):
    apply()
    assert projects.committed(session, budget_line.id) == Decimal(600_000)


def test_projects_are_numbered_by_their_finance_department_in_each_year(apply):
    assert [apply().number, apply(items=[STRETCHER]).number] == ["JC-2026-0001", "JC-2026-0002"]


def test_an_application_over_the_budget_line_is_refused_by_gpl_6(apply):
    apply()
    with pytest.raises(applications.OverBudget) as refusal:
        apply()
    assert refusal.value.field == "budget_line"
    assert "400,000.00" in refusal.value.sentence.zh


def test_an_application_that_uses_the_line_up_exactly_is_taken(apply):
    apply()
    rest = projects.NewItem("A03320200", "推车", Decimal(1), "辆", Decimal("400000.00"))
    assert apply(items=[rest]).state == ProjectState.APPLIED


def test_another_buyer_s_budget_line_is_refused(apply):
    stranger = Actor(id="x", name="X", organisation_id="else", groups=frozenset({"buyer-handler@else"}))
    with pytest.raises(applications.BudgetLineUnknown):
        apply(actor=stranger)


def test_only_a_handler_applies(apply, town):
    with pytest.raises(RoleMissing):
        apply(actor=town.reviewer)


@pytest.mark.parametrize("item", [{"quantity": Decimal(0)}, {"unit_price": Decimal(-1)}])
def test_an_item_without_quantity_or_with_a_negative_price_is_refused(apply, item):
    values = {**STRETCHER.__dict__, **item}
    with pytest.raises(applications.ItemInvalid):
        apply(items=[projects.NewItem(**values)])


def test_an_application_without_items_is_refused(apply):
    with pytest.raises(applications.ItemsMissing):
        apply(items=[])


def test_n22_32_the_applicant_may_not_review_their_own_application(session, apply, town):
    both = Actor(
        id=town.handler.id,
        name="Both",
        organisation_id=town.buyer_id,
        groups=town.handler.groups | town.reviewer.groups,
    )
    project = apply()
    with pytest.raises(applications.SamePerson):
        projects.review(session, both, project_id=project.id, decision="approve")


def test_who_returns_an_application_says_why(session, apply, town):
    project = apply()
    with pytest.raises(applications.ReasonsMissing) as refusal:
        projects.review(session, town.reviewer, project_id=project.id, decision="return", reasons=" ")
    assert refusal.value.field == "reasons"


def test_a_returned_application_is_corrected_under_its_own_number(session, apply, town, budget_line):
    project = apply()
    projects.review(session, town.reviewer, project_id=project.id, decision="return", reasons="数量有误")
    again = apply(project_id=project.id, items=[STRETCHER])
    assert (again.number, again.state) == ("JC-2026-0001", ProjectState.APPLIED)
    assert projects.committed(session, budget_line.id) == Decimal(1000)


def test_the_finance_department_s_return_goes_back_to_the_handler(session, apply, town):
    project = apply()
    projects.review(session, town.reviewer, project_id=project.id, decision="approve")
    projects.file(session, town.finance, project_id=project.id, decision="return", reasons="资金来源不明")
    assert project.state == ProjectState.RETURNED


def test_ir_29_filing_comes_after_the_review(session, apply, town):
    project = apply()
    with pytest.raises(NotInThisState):
        projects.file(session, town.finance, project_id=project.id, decision="file")


def test_another_finance_department_may_not_file(session, apply, town):
    project = apply()
    projects.review(session, town.reviewer, project_id=project.id, decision="approve")
    other = Actor(id="f", name="F", organisation_id="other", groups=frozenset({"finance-officer@other"}))
    with pytest.raises(RoleMissing):
        projects.file(session, other, project_id=project.id, decision="file")


def test_every_act_is_journalled(session, filed):
    acts = [entry.act for entry in journal.of_case(session, filed.id)]
    assert acts == ["projects.apply", "projects.review", "projects.file"]


def test_a_plan_makes_the_lots_and_puts_the_items_in(filed, plan):
    lot = plan(filed).lots[0]
    assert [item.name for item in lot.items] == ["超声诊断设备"]
    assert lot.price_limit == Decimal(580_000)


def lot(budget, ceiling=None, number=1, **options):
    return PlannedLot(
        number, Text("Lot", "包"), Decimal(budget), None if ceiling is None else Decimal(ceiling), **options
    )


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"lots": [lot(700_000)]}, plans.LotsOverBudget),
        ({"lots": [lot(600_000, 600_001)]}, plans.CeilingOverBudget),
        ({"lots": [lot(500_000)]}, plans.LotItemsOverBudget),
        ({"lots": [lot(600_000)], "items": {}}, Several),
        ({"notice_on": date(2026, 3, 1)}, plans.NoticeDayPassed),
    ],
    ids=["GPL 6 sum of lots", "O87 12 ceiling", "GPL 6 items of a lot", "N22 17", "day passed"],
)
def test_a_plan_that_contradicts_itself_is_refused(filed, plan, options, refusal):
    with pytest.raises(refusal):
        plan(filed, **options)


def test_what_is_published_of_a_lot_names_it_where_there_are_several(filed, plan):
    first = plan(filed).lots[0]
    assert first.title == filed.title
    filed.lots.append(Lot(number=2, name_zh="耗材", budget=Decimal(1)))
    assert first.title == Text(f"{filed.title.en}, Ultrasound", f"{filed.title.zh}（超声设备）")


def test_n22_11_a_survey_is_a_duty_from_ten_million_yuan(session, town, apply, budget_line, plan):
    budget_line.amount = Decimal(20_000_000)
    big = projects.NewItem("A03320100", "磁共振", Decimal(1), "台", Decimal(10_000_000))
    project = apply(items=[big])
    projects.review(session, town.reviewer, project_id=project.id, decision="approve")
    projects.file(session, town.finance, project_id=project.id, decision="file")
    with pytest.raises(plans.SurveyMissing):
        plan(project, lots=[lot(10_000_000)])


def test_planning_again_replaces_the_lots(session, filed, plan):
    plan(filed)
    plan(filed, lots=[lot(600_000, number=3)], items={item.id: 3 for item in filed.items})
    assert [each.number for each in filed.lots] == [3]


def test_ir_28_splitting_one_kind_over_several_purchases_is_warned_of(session, town, apply, budget_line, plan):
    budget_line.amount = Decimal(10_000_000)
    half = projects.NewItem("A03320100", "超声诊断设备", Decimal(4), "台", Decimal(300_000))
    for _ in range(2):
        project = apply(items=[half])
        projects.review(session, town.reviewer, project_id=project.id, decision="approve")
        projects.file(session, town.finance, project_id=project.id, decision="file")
        plan(project, lots=[lot(1_200_000)])
        projects.record_method(session, town.handler, project_id=project.id, method="inquiry")
    assert "splitting" in {warning.code for warning in projects.warnings(session, project.id)}


def test_n46_7_a_small_purchase_that_is_not_reserved_asks_for_the_reason(session, planned):
    assert "N46 7" in {warning.statute for warning in projects.warnings(session, planned.id)}


def test_o87_31_several_products_in_a_lot_ask_for_the_core_product(session, town, apply, plan):
    project = apply(items=[STRETCHER, STRETCHER])
    projects.review(session, town.reviewer, project_id=project.id, decision="approve")
    projects.file(session, town.finance, project_id=project.id, decision="file")
    plan(project, lots=[lot(2000)])
    assert "O87 31" in {warning.statute for warning in projects.warnings(session, project.id)}


@pytest.mark.parametrize(("on", "comes_late"), [(date(2026, 3, 3), True), (date(2026, 6, 1), False)])
def test_a_notice_too_near_for_the_intention_is_warned_of_when_it_is_planned(session, filed, plan, on, comes_late):
    project = plan(filed, notice_on=on)
    found = {warning.code for warning in projects.warnings(session, project.id)}
    assert ("intention" in found) == comes_late


def test_a_lot_goes_its_course_and_no_other(session, planned):
    first = planned.lots[0]
    with pytest.raises(NotInThisState):
        projects.move_lot(session, first, LotState.CONTRACTED)
    projects.move_lot(session, first, LotState.BIDDING)
    assert first.state == LotState.BIDDING


def test_a_published_project_stands_where_its_slowest_lot_stands(session, planned):
    planned.state = ProjectState.PUBLISHED
    projects.move_lot(session, planned.lots[0], LotState.BIDDING)
    assert projects.stage(planned) == LotState.BIDDING


def test_a_project_whose_only_lot_failed_stands_there_when_it_is_closed_too(session, planned):
    planned.state = ProjectState.PUBLISHED
    projects.move_lot(session, planned.lots[0], LotState.BIDDING)
    projects.move_lot(session, planned.lots[0], LotState.FAILED)
    projects.close(session, SYSTEM, project_id=planned.id, outcome="done")
    assert (planned.lots[0].state, projects.stage(planned)) == (LotState.FAILED, LotState.FAILED)


def test_what_the_catalogue_keeps_apart_is_proposed_as_lots_of_its_own(session, apply):
    bed = projects.NewItem("A05010000", "诊疗床", Decimal(4), "张", Decimal("5000.00"))
    lots, lot_of = projects.propose_lots(session, apply(items=[STRETCHER, bed, STRETCHER]))
    assert [(lot.number, lot.budget) for lot in lots] == [(1, Decimal(2_000)), (2, Decimal(20_000))]
    assert list(lot_of.values()) == [1, 2, 1]


def test_a_small_purchase_is_proposed_as_reserved(session, apply):
    lots, _ = projects.propose_lots(session, apply())
    assert [lot.sme_mode for lot in lots] == ["reserved"]


def test_another_method_than_the_proposed_one_needs_reasons(session, town, filed, plan):
    plan(filed)
    with pytest.raises(projects.ReasonsMissing):
        projects.record_method(
            session, town.handler, project_id=filed.id, method="inquiry", proposed="open_tender", reasons=" "
        )


@pytest.mark.parametrize("approval", ["", "  "])
def test_gpl_27_another_method_rests_on_the_approval_of_the_finance_department(session, town, filed, plan, approval):
    plan(filed)
    act = {"project_id": filed.id, "method": "negotiation", "approval_needed": True, "reasons": "紧急"}
    with pytest.raises(projects.ApprovalMissing) as refusal:
        projects.record_method(session, town.handler, approval=approval, **act)
    assert refusal.value.field == "approval"
    assert (
        projects.record_method(session, town.handler, approval="江财采〔2026〕1号", **act).approval
        == "江财采〔2026〕1号"
    )


@pytest.mark.parametrize(
    ("region", "estimate", "is_refused"), [("CN-SC", 600_000, True), ("CN-SC", 400_000, False), ("CN", 600_000, False)]
)
def test_gpl_2_the_region_s_row_says_from_which_amount_the_law_applies(
    session, town, filed, plan, region, estimate, is_refused
):
    planned = plan(filed)
    planned.buyer.region, planned.estimate = region, Decimal(estimate)
    session.flush()
    act = {"project_id": planned.id, "method": projects.OUTSIDE, "proposed": projects.OUTSIDE}
    if is_refused:
        with pytest.raises(projects.LawApplies):
            projects.record_method(session, town.handler, **act)
    else:
        assert projects.record_method(session, town.handler, **act).method == "outside"


def test_only_the_handler_settles_the_method(session, town, filed, plan):
    plan(filed)
    with pytest.raises(RoleMissing):
        projects.record_method(session, town.reviewer, project_id=filed.id, method="open_tender")


@pytest.mark.parametrize("outcome", ["another_procedure", "terminated"])
def test_a_project_that_was_given_up_gives_its_budget_back(session, town, planned, budget_line, outcome):
    projects.close(session, town.handler, project_id=planned.id, outcome=outcome)
    assert projects.committed(session, budget_line.id) == 0


def test_what_a_cheaper_contract_leaves_is_free_again(session, planned, budget_line):
    planned.lots[0].contracted = Decimal("555555.55")
    session.flush()
    assert projects.committed(session, budget_line.id) == Decimal("555555.55")


def test_gpl_37_a_lot_that_failed_gives_its_part_of_the_budget_back(session, planned, budget_line):
    planned.lots[0].state = LotState.FAILED
    session.flush()
    assert projects.committed(session, budget_line.id) == 0


def test_a_project_whose_lots_all_failed_is_closed_as_failed(session, planned, budget_line):
    planned.lots[0].state = LotState.FAILED
    assert projects.close(session, SYSTEM, project_id=planned.id, outcome="done").outcome == "failed"
