"""The check of the documents: each rule of the law, and each wording, with what breaks it and what doesn't."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.tenders import NewFactor, NewRequirement, checks, planned
from app.procurement.tenders.checks.wordings import wordings


@pytest.fixture
def check(session, entrusted, draft):
    """The findings of documents that differ from faultless ones in what is told: (rule, severity, place)."""

    def act(**options):
        draft(**options)
        findings = tenders.check(session, SYSTEM, project_id=entrusted.id)
        said = [words for found in findings for words in (*found.problem.values(), *found.fix.values())]
        assert [words for words in said if re.search(r"\d{4}-\d\d-\d\d", words)] == []
        return findings

    return act


def rules_of(findings, severity=None):
    return {finding.rule for finding in findings if severity in (None, finding.severity)}


def requirement(code, text, *, kind="technical", starred=False, english="x"):
    return NewRequirement(1, code, kind, Text(english, text), starred)


def factor(code, points, standard="", *, kind="objective", **options):
    return NewFactor(1, code, Text(code, "因素"), kind, Decimal(points), standard, **options)


def test_documents_without_a_fault_have_no_errors(check):
    assert rules_of(check(), checks.ERROR) == set()


def test_documents_without_errors_are_checked(check, session, entrusted):
    check()
    assert tenders.of_project(session, entrusted.id).state == tenders.TenderState.CHECKED


def test_documents_with_errors_stay_drafts(check, session, entrusted):
    check(committee_size=4)
    assert tenders.of_project(session, entrusted.id).state == tenders.TenderState.DRAFTING


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"bid_deadline_at": datetime(2026, 3, 20, 1, tzinfo=UTC)}, "T1"),
        ({"bid_deadline_at": datetime(2026, 3, 6, 1, tzinfo=UTC)}, "T5"),
        ({"bond_percent": Decimal("2.01")}, "M1"),
        ({"performance_bond_percent": Decimal("10.01")}, "M3"),
        ({"payment_days": 31}, "M15"),
        ({"committee_size": 4}, "P1"),
        ({"committee_size": 3}, "P1"),
        ({"sme_deduction_percent": None}, "M7"),
        ({"sme_deduction_percent": Decimal(25)}, "M7"),
        ({"validity_days": 0}, "validity"),
        ({"contract_terms": "略"}, "contents-contract"),
        ({"contract_terms": "本合同为固定总价合同，按约定支付，任何一方违约的承担违约责任。"}, "contents-acceptance"),
    ],
    ids=[
        "GPL 35 bid period",
        "O87 18 supply",
        "IR 33 bid bond",
        "IR 48 performance bond",
        "N38 3 payment",
        "O87 47 odd",
        "O87 47 five",
        "N46 9 none",
        "N46 9 too much",
        "O87 20(12)",
        "O87 20(8)",
        "N22 24",
    ],
)
def test_terms_that_break_the_law_are_errors(check, options, rule):
    assert rule in rules_of(check(**options), checks.ERROR)


def test_every_finding_names_its_place_and_a_fix_in_both_languages(check):
    finding = next(f for f in check(bond_percent=Decimal(3)) if f.rule == "M1")
    assert (finding.place, finding.article) == ("terms/bond_percent", "IR 33")
    assert finding.fix["en"]
    assert finding.problem["zh"] == "投标保证金3%超过预算金额的2%。"


def test_gpl_35_the_twentieth_day_itself_is_lawful(check):
    assert "T1" not in rules_of(check(bid_deadline_at=datetime(2026, 3, 23, 1, tzinfo=UTC)))


def test_a_deadline_on_a_day_off_is_warned_of(check):
    found = check(bid_deadline_at=datetime(2026, 3, 28, 1, tzinfo=UTC))
    assert "deadline-day" in rules_of(found, checks.WARNING)


@pytest.mark.parametrize(
    ("points", "rules"),
    [((30, 70), set()), ((29, 71), {"E1g"}), ((30, 69), {"E3"}), ((0, 100), {"E1g"})],
    ids=["O87 55 at the limit", "O87 55 goods 30 %", "O87 55 sum", "O87 55 no price"],
)
def test_weights_are_held_to_o87_55(check, points, rules):
    factors = [
        NewFactor(1, "F1", Text("Price", "价格"), "price", Decimal(points[0])),
        factor("F2", points[1], f"T2满足的得{points[1]}分，不满足的得0分"),
    ]
    assert rules_of(check(factors=factors), checks.ERROR) & {"E1g", "E3"} == rules


PRICE = NewFactor(1, "F1", Text("Price", "价格"), "price", Decimal(40))


@pytest.mark.parametrize(
    ("factors", "rule"),
    [
        ([PRICE, factor("F2", 60)], "E4-measure"),
        ([PRICE, factor("F2", 60, "T2满足要求")], "E4-measure"),
        ([PRICE, factor("F2", 60, "T2满足的得70分，否则得0分")], "E4-points"),
        ([PRICE, factor("F2", 60, "T1每满足得60分")], "E4-ranges"),
        ([PRICE, factor("F2", 60, "Q1具备的得60分，不具备的得0分")], "E4-qualification"),
        ([PRICE, factor("F2", 60, "具有有效的医疗器械经营许可证的得60分")], "E4-qualification"),
        ([PRICE, factor("F2", 60, "得60分或0分", requirement_codes=["T9"])], "E4-unknown"),
        ([PRICE, PRICE.__class__(1, "F9", Text("P", "价格二"), "price", Decimal(60))], "E2"),
    ],
    ids=[
        "O87 55 no standard",
        "O87 55 no points named",
        "O87 55 steps above the factor",
        "O87 55 range without steps",
        "O87 55 qualification by code",
        "O87 55 qualification by words",
        "O87 55 not asked for",
        "O87 55 price twice",
    ],
)
def test_scores_without_measure_or_tie_are_errors(check, factors, rule):
    assert rule in rules_of(check(factors=factors), checks.ERROR)


def test_a_range_with_steps_is_in_order(check):
    factors = [PRICE, factor("F2", 60, "T1达到192的得60分，达到160的得30分，达到128的得10分")]
    assert "E4-ranges" not in rules_of(check(factors=factors))


def test_o87_55_a_factor_that_names_no_requirement_is_warned_of(check):
    found = check(factors=[PRICE, factor("F2", 60, "满足的得60分，不满足的得0分")])
    assert "E4-untied" in rules_of(found, checks.WARNING)


QUALIFIED = requirement("Q1", "具有有效的医疗器械经营许可证", kind="qualification", starred=True)
TECHNICAL = requirement("T1", "执行IEC 60601标准", starred=True)
PLAIN = [PRICE, factor("F2", 60, "T1满足的得60分，不满足的得0分")]


@pytest.mark.parametrize(
    ("requirements", "rule"),
    [
        ([QUALIFIED], "contents-technical"),
        ([TECHNICAL], "contents-qualification"),
        ([QUALIFIED, TECHNICAL, requirement("T5", "★显示器21英寸")], "O87-20-star"),
        ([QUALIFIED, TECHNICAL, requirement("C5", "投标有效期60天")], "contradiction"),
        ([QUALIFIED, TECHNICAL, requirement("C5", "交货期为签约后45日")], "contradiction"),
        ([QUALIFIED, TECHNICAL, requirement("C5", "收到发票后15日内支付")], "contradiction"),
        ([QUALIFIED, TECHNICAL, requirement("C5", "投标保证金为预算的1%")], "contradiction"),
        ([QUALIFIED, TECHNICAL, requirement("C5", "超声诊断设备3台")], "contradiction"),
        (
            [QUALIFIED, TECHNICAL, requirement("C5", "质保期3年"), requirement("C6", "质保期不少于24个月")],
            "contradiction",
        ),
        ([QUALIFIED, TECHNICAL, requirement("C5", "投标时提供样品")], "O87-22"),
    ],
    ids=[
        "O87 20(7)",
        "O87 20(3)",
        "O87 20 stars",
        "validity",
        "delivery",
        "payment",
        "bond",
        "quantity",
        "warranty",
        "O87 22 samples",
    ],
)
def test_missing_and_contradicting_parts_are_errors(check, requirements, rule):
    assert rule in rules_of(check(requirements=requirements, factors=PLAIN), checks.ERROR)


def test_parts_that_agree_are_no_contradiction(check):
    agreeing = requirement(
        "C5", "投标有效期90天，交货期为签约后30日，超声诊断设备2台，收到发票后30日内支付，投标保证金为预算的2%"
    )
    assert "contradiction" not in rules_of(check(requirements=[QUALIFIED, TECHNICAL, agreeing], factors=PLAIN))


@pytest.mark.parametrize("wording", wordings(), ids=lambda wording: wording.id)
def test_a_wording_that_is_not_allowed_is_found_and_its_better_one_is_not(wording):
    assert wording.found_in(wording.bad)
    assert wording.found_in(wording.good) is None


@pytest.mark.parametrize("text", ["不得要求供应商提供注册资本证明", "不接受进口产品", "本项目不收取标书费"])
def test_a_wording_that_is_forbidden_itself_is_not_found(text):
    assert [wording.id for wording in wordings() if wording.found_in(text)] == []


def test_a_wording_is_found_where_it_stands(check):
    scaled = requirement("Q2", "注册资本不低于500万元", kind="qualification", starred=True)
    finding = next(f for f in check(requirements=[QUALIFIED, TECHNICAL, scaled], factors=PLAIN) if f.rule == "scale")
    assert (finding.place, finding.severity, finding.article) == ("1/requirements/Q2", "error", "O87 17, N46 5")


def test_the_check_knows_more_of_the_typical_errors_than_the_system_it_is_measured_by():
    assert len(checks.TYPICAL_ERRORS) >= 50
    assert max(checks.TYPICAL_ERRORS) <= 61


@pytest.mark.parametrize(
    "standard",
    [
        "T2接到通知后60分钟内到场的得20分，超过60分钟的得0分",
        "T2噪声不高于45分贝的得20分，高于45分贝的得0分",
        "T2响应时间在30至60分钟的得10分，30分钟以内的得20分",
        "T2满意度测评达到80分以上的，得20分，未达到的得0分",
        "T2分辨率不低于4K，60分之一秒内对焦的得20分，否则得0分",
    ],
)
def test_figures_of_other_units_are_not_points(check, standard):
    factors = [
        factor("F1", 60, kind="price"),
        factor("F2", 20, standard),
        factor("F3", 20, "C1满足的得20分，缺一项扣10分"),
    ]
    assert rules_of(check(factors=factors), checks.ERROR) & {"E4-points", "span-of-points"} == set()


@pytest.mark.parametrize(
    "standard", ["T2满足的得25分，不满足的得0分", "T2在60分钟内到场的加25分", "T2满足的最高25分"], ids=str
)
def test_more_points_than_the_factor_has_are_an_error_whatever_stands_beside_them(check, standard):
    factors = [
        factor("F1", 60, kind="price"),
        factor("F2", 20, standard),
        factor("F3", 20, "C1满足的得20分，缺一项扣10分"),
    ]
    assert "E4-points" in rules_of(check(factors=factors), checks.ERROR)


@pytest.mark.parametrize(
    "text",
    [
        "本项目不允许分包。",
        "中标人不可以将合同分包。",
        "提供法定代表人授权书（法定代表人本人参加投标的不需要）。",
        "法定代表人亲自参加投标的，无需提供授权委托书。",
    ],
)
def test_what_is_denied_or_not_needed_is_not_found(text):
    assert [wording.id for wording in wordings() if wording.found_in(text)] == []


@pytest.mark.parametrize("text", ["法定代表人须到场，不得授权代表参加。", "不接受联合体投标，允许分包。"])
def test_a_denial_beside_it_excuses_nothing(text):
    assert [wording.id for wording in wordings() if wording.found_in(text)] != []


@pytest.mark.parametrize(
    ("plan", "days"),
    [
        ("合同签订后60日内交付，验收合格后10日内支付。", 60),
        ("交货期60日；收到发票后30日内付款。", 60),
        ("合同履行期限：自签订之日起90天", 90),
        ("Delivery within 60 days after signing; payment 30 days after the invoice.", 60),
        ("固定总价合同，服务期一年，验收合格并收到发票后30日内支付。", None),
        ("交货期60日，工期90日。", None),
        ("", None),
    ],
)
def test_the_days_of_delivery_are_read_out_of_the_plan(plan, days):
    assert planned.delivery_days(plan) == days


def test_n22_12_another_delivery_than_planned_is_noticed(check, session, entrusted):
    entrusted.contract_plan = "交货期60日"
    [found] = [each for each in check(delivery_days=30) if each.rule == "plan-delivery"]
    assert (found.severity, found.place) == (checks.WARNING, "terms/delivery_days")
    assert "plan-delivery" not in rules_of(check(delivery_days=60))
