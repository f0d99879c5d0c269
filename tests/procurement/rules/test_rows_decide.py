"""Rows decide: where one is changed, the act that rests on it decides otherwise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.procurement import projects, rules, suppliers, tenders
from app.procurement.tenders import NewRequirement

TODAY = date(2026, 3, 2)


@pytest.fixture
def row():
    """``row(name, value)``: the rule has this value from the beginning."""

    def act(name, value):
        shipped = next(rule for rule in reversed(rules.statute()) if rule.name == name)
        changed = replace(shipped, id="changed", value=Decimal(value), jurisdiction="CN", valid_from=date(2026, 2, 28))
        rules.use([changed])

    yield act
    rules.use(())


@pytest.fixture
def found(session, entrusted, draft):
    """The rules that the check finds broken in documents that differ from faultless ones in what is told."""

    def act(**options):
        draft(**options)
        findings = tenders.check(session, SYSTEM, project_id=entrusted.id)
        return {finding.place for finding in findings if finding.severity in ("error", "warning")}

    return act


@pytest.mark.parametrize(
    ("term", "value", "name", "otherwise"),
    [
        ("sme_consortium_deduction_percent", "6", "sme_consortium_deduction_max", "0.05"),
        ("sme_consortium_deduction_percent", "4", "sme_consortium_deduction_min", "0.05"),
        ("late_interest_percent", "3", "loan_prime_rate", "0.04"),
        ("low_price_of_mean", "65", "low_price_rate_max", "0.60"),
        ("low_price_of_next", "50", "low_price_of_next", "0.55"),
        ("low_price_of_ceiling", "45", "low_price_of_ceiling", "0.55"),
        ("low_price_explanation_minutes", "30", "low_price_explanation", "45"),
    ],
)
def test_a_term_of_the_documents_is_lawful_by_its_row(found, row, term, value, name, otherwise):
    documents = {"more": {"consortium": True, term: value}}
    before = found(**documents)
    row(name, otherwise)
    assert (f"terms/{term}" in before, f"terms/{term}" in found(**documents)) == (False, True)


def test_a_consortium_s_deduction_needs_consortia_to_be_accepted(found):
    assert "terms/sme_consortium_deduction_percent" in found(more={"sme_consortium_deduction_percent": "5"})


@pytest.mark.parametrize(
    "words",
    [
        "近三年具有2个同类项目业绩",
        "提供两份类似项目合同",
        "同类项目业绩不少于2个，附合同首页",
        "提供近3年类似业绩1项以上",
    ],
)
def test_n22_18_the_row_says_how_many_contracts_are_too_many(found, row, words):
    condition = NewRequirement(1, "Q1", "qualification", Text("Contracts", words), True)
    rest = [NewRequirement(1, "T1", "technical", Text("x", "探头阵元数为128，执行IEC 60601标准")),
            NewRequirement(1, "T2", "technical", Text("x", "显示器21英寸")),
            NewRequirement(1, "C1", "commercial", Text("x", "提供现场操作培训"))]  # fmt: skip
    before = found(requirements=[condition, *rest])
    row("qualification_contracts", "0")
    assert ("1/requirements/Q1" in before, "1/requirements/Q1" in found(requirements=[condition, *rest])) == (
        False,
        True,
    )


def warned(session, project):
    return {warning.code for warning in projects.warnings(session, project.id)}


def test_n22_10_the_row_says_how_many_a_survey_asks(session, filed, plan, row):
    planned = plan(filed, survey="问了三家。", survey_respondents=3)
    before = warned(session, planned)
    row("survey_respondents", "4")
    assert ("survey-respondents" in before, "survey-respondents" in warned(session, planned)) == (False, True)


def test_n22_10_a_survey_that_says_not_whom_it_asked_is_asked_for_that(session, filed, plan):
    assert "survey-respondents" in warned(session, plan(filed, survey="已开展。"))


@pytest.mark.parametrize(("share", "is_warned_of"), [("0.30", True), ("0.10", False)])
def test_n46_8_the_row_says_what_share_is_reserved_above_the_limit(session, filed, plan, row, share, is_warned_of):
    limit = next(rule for rule in rules.statute() if rule.name == "sme_reservation_limit" and "goods" in rule.objects)
    row("sme_reservation_share", share)
    rules.use([*rules.known()[len(rules.statute()):], replace(limit, id="l", value=Decimal(1), valid_from=date(2026, 2, 28))])  # fmt: skip
    planned = plan(filed)
    planned.lots[0].sme_mode = "reserved"
    planned.lots[0].budget = Decimal(100_000)
    session.add(projects.Lot(project_id=planned.id, number=2, name_zh="b", name_en="b", budget=Decimal(500_000),
                             currency="CNY", sme_mode="none", sme_reason=""))  # fmt: skip
    session.flush()
    session.expire(planned, ["lots"])
    assert ("sme-reserved-share" in warned(session, planned)) is is_warned_of


def test_gpl_22_the_row_says_of_how_many_years_a_supplier_declares(row):
    before = suppliers.conditions(TODAY)[5]
    row("clean_record_years", "5")
    assert [words.zh[:11] for words in (before, suppliers.conditions(TODAY)[5])] == [
        "参加政府采购活动前三年",
        "参加政府采购活动前五年",
    ]
