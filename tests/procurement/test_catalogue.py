"""The centralised catalogue: its rows propose what a plan says of it, and the central procurement body is entrusted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.foundation import journal
from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.identity import organisations
from app.identity.roles import RoleMissing
from app.procurement import agreements, projects
from app.procurement.projects import catalogue
from app.procurement.rules import catalogues
from app.procurement.rules.dated import EntryWrong

ULTRASOUND = catalogues.NewItem(
    code="A02320000",
    name_zh="医疗设备",
    name_en="Medical equipment",
    carried_out_by="body",
    from_amount=None,
    jurisdiction="CN-SC",
    level="",
    valid_from=date(2026, 1, 1),
    valid_to=None,
    source="川办发〔2025〕1号",
)


@pytest.fixture
def place(session, town):
    """The town lies in Sichuan, its finance department looks after a city's budget."""
    settle(session, town.buyer_id, "")
    settle(session, town.finance_id, "city")
    return town


def settle(session, organisation_id, level):
    organisations.settle(session, SYSTEM, organisation_id=organisation_id, region="CN-SC-JC", budget_level=level)


@pytest.fixture
def enter(session, place):
    """Enters rows, each ULTRASOUND with something else, that count since 1 February, and may have ended since."""

    def act(*changes):
        for change in changes or ({},):
            entered = replace(ULTRASOUND, **{**change, "valid_to": None})
            row = catalogues.enter_item(session, SYSTEM, entered)
            row.counts_from, row.valid_to = date(2026, 2, 1), change.get("valid_to")
        session.flush()

    return act


@pytest.fixture
def proposed(session, filed):
    return lambda **options: catalogue.propose(session, filed, **options).answer


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, "inside"),
        ({"code": "A02320700"}, None),
        ({"carried_out_by": "department"}, "department"),
        ({"code": "A05010000"}, "outside"),
        ({"from_amount": Decimal(600_000)}, "inside"),
        ({"from_amount": Decimal("600000.01")}, "outside"),
        ({"level": "city"}, "inside"),
        ({"level": "province"}, None),
        ({"jurisdiction": "CN-SC-JC"}, "inside"),
        ({"jurisdiction": "CN-GD"}, None),
        ({"jurisdiction": "CN", "level": "central"}, None),
        ({"valid_to": date(2026, 3, 1)}, None),
        ({"valid_to": date(2026, 3, 2)}, "inside"),
    ],
)
def test_gpl_7_the_rows_of_the_region_and_level_propose_whether_it_is_in_the_catalogue(
    filed, enter, proposed, change, answer
):
    filed.items[0].code = "A02320000"
    enter(change)
    assert proposed() == answer


@pytest.mark.parametrize(
    ("row", "code", "answer"),
    [
        ("A02320000", "A02320100", "inside"),
        ("A02320000", " a02320100 ", "inside"),
        ("A0232", "A02320100", "inside"),
        ("A02320100", "A0232", None),
        ("A02320100", "ultrasound", None),
        ("A02320100", "A02320101", "inside"),
        ("A02320100", "A02321000", "outside"),
        ("A02100000", "A02010000", "outside"),
    ],
)
def test_a_row_is_for_all_codes_below_it_and_a_code_too_broad_proposes_nothing(
    filed, enter, proposed, row, code, answer
):
    filed.items[0].code = code
    enter({"code": row})
    assert proposed() == answer


def test_where_no_row_or_no_level_is_known_nothing_is_proposed(session, town, filed, place, proposed):
    assert proposed() is None
    catalogues.enter_item(session, SYSTEM, ULTRASOUND)
    settle(session, town.finance_id, "")
    assert proposed(on=date(2026, 6, 1)) is None


def test_a_row_counts_from_the_day_after_it_was_entered(session, filed, place, proposed):
    filed.items[0].code = "A02320100"
    catalogues.enter_item(session, SYSTEM, ULTRASOUND)
    assert [proposed(on=date(2026, 3, day)) for day in (2, 3)] == [None, "inside"]


def test_a_central_budget_follows_the_country_s_catalogue_and_no_province_s(session, town, filed, enter, proposed):
    enter({}, {"jurisdiction": "CN", "level": "central", "code": "A05000000"})
    settle(session, town.finance_id, "central")
    filed.items[0].code = "A05010000"
    assert proposed() == "inside"


def test_one_item_for_the_central_body_decides_for_the_project(session, apply, enter):
    items = [projects.NewItem(code, "设备", Decimal(1), "台", Decimal(1000)) for code in ("A02320100", "A05010000")]
    enter({"carried_out_by": "department"}, {"code": "A05010000"})
    proposal = catalogue.propose(session, apply(items=items))
    assert (proposal.answer, [row.code for _, row in proposal.found]) == ("inside", ["A02320000", "A05010000"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "AB"}, "code"),
        ({"code": "A023"}, "code"),
        ({"jurisdiction": "Sichuan"}, "jurisdiction"),
        ({"jurisdiction": "CN"}, "level"),
        ({"level": "central"}, "level"),
        ({"valid_to": date(2025, 12, 31)}, "valid_to"),
        ({"valid_to": date(2026, 3, 1)}, "valid_to"),
    ],
)
def test_what_can_not_be_an_item_is_refused_at_its_column(session, place, change, field):
    with pytest.raises(EntryWrong) as refusal:
        catalogues.enter_item(session, SYSTEM, replace(ULTRASOUND, **change))
    assert refusal.value.field == field


def test_an_item_that_counts_is_ended_and_not_changed(session, place, enter):
    enter()
    with pytest.raises(EntryWrong, match="in effect and cannot be changed"):
        catalogues.enter_item(session, SYSTEM, replace(ULTRASOUND, carried_out_by="department"))
    assert catalogues.enter_item(session, SYSTEM, replace(ULTRASOUND, valid_to=date(2026, 6, 30))).valid_to


def test_only_an_administrator_enters_the_catalogue_and_the_bodies(session, town):
    with pytest.raises(RoleMissing):
        catalogues.enter_item(session, town.handler, ULTRASOUND)
    with pytest.raises(RoleMissing):
        catalogues.enter_body(session, town.finance, body_of(town.agency_id))


# -- the plan


@pytest.fixture
def in_catalogue(filed, enter):
    filed.items[0].code = "A02320100"
    enter()


@pytest.mark.parametrize("answer", ["outside", "department", None])
def test_a_plan_says_otherwise_than_the_rows_with_reasons_only(filed, plan, in_catalogue, answer):
    with pytest.raises(projects.ReasonsMissing) as refusal:
        plan(filed, centralised=answer)
    assert refusal.value.field == "catalogue_reasons"
    planned = plan(filed, centralised=answer, catalogue_reasons="经省政府批准自行采购（川府函〔2026〕1号）")
    assert catalogue.answer_of(planned) == answer


def test_the_central_body_may_be_given_what_the_department_buys_without_reasons(filed, plan, enter):
    filed.items[0].code = "A02320100"
    enter({"carried_out_by": "department"})
    assert catalogue.answer_of(plan(filed, centralised="inside")) == "inside"
    with pytest.raises(projects.ReasonsMissing):
        plan(filed, centralised="outside")


def test_a_plan_that_follows_the_rows_needs_no_reasons_and_the_journal_keeps_the_rows(
    session, filed, plan, in_catalogue
):
    planned = plan(filed, centralised="inside")
    [entry] = [entry for entry in journal.of_case(session, planned.id) if entry.act == "projects.plan"]
    [row] = catalogues.items(session)
    assert (planned.in_catalogue, entry.facts["proposed"], entry.facts["rows"]) == (True, "inside", [row.id])


# -- who is entrusted


def body_of(agency_id, **change):
    values = {"jurisdiction": "CN-SC", "level": "", "valid_from": date(2026, 1, 1), "valid_to": None, "source": "x"}
    return catalogues.NewBody(organisation_id=agency_id, **{**values, **change})


@pytest.fixture
def central(session, place):
    """The central procurement body of the region: another agency than the town's, since 1 February."""
    name = Text("Sichuan Centre", "四川省政府采购中心")
    body = organisations.register(session, SYSTEM, kind="agency", uscc="91510700000000077A", name=name)
    catalogues.enter_body(session, SYSTEM, body_of(body.id)).counts_from = date(2026, 2, 1)
    session.flush()
    return body


@pytest.fixture
def entrust(session, town, filed, plan):
    """Plans with an answer, and offers the agreement to an agency."""

    def act(agency_id, answer):
        planned = plan(filed, centralised=answer)
        projects.record_method(session, town.handler, project_id=planned.id, method="open_tender")
        return agreements.propose(
            session,
            town.handler,
            project_id=planned.id,
            agency_id=agency_id,
            scope="公开招标",
            powers=["publish"],
            term_until=date(2026, 12, 31),
            fee=Decimal(0),
            fee_payer="buyer",
        )

    return act


def test_gpl_18_what_the_central_body_buys_is_entrusted_to_nobody_else(town, central, entrust):
    with pytest.raises(agreements.CentralBodyOnly, match="Sichuan Centre") as refusal:
        entrust(town.agency_id, "inside")
    assert (refusal.value.field, refusal.value.statute) == ("agency", "GPL 18, IR 4")
    assert entrust(central.id, "inside").agency_id == central.id


@pytest.mark.parametrize("answer", ["outside", "department", None])
def test_gpl_19_what_the_central_body_does_not_buy_is_entrusted_freely(town, central, entrust, answer):
    assert entrust(town.agency_id, answer).agency_id == town.agency_id


@pytest.mark.parametrize(
    "change",
    [{"jurisdiction": "CN-GD"}, {"level": "province"}, {"jurisdiction": "CN", "level": "central"}],
)
def test_the_body_of_another_budget_binds_nobody(session, town, place, central, entrust, change):
    [row] = catalogues.bodies(session)
    for name, value in change.items():
        setattr(row, name, value)
    session.flush()
    assert entrust(town.agency_id, "inside").agency_id == town.agency_id


def test_only_an_agency_can_be_the_central_body(session, town, place):
    with pytest.raises(organisations.OrganisationUnknown):
        catalogues.enter_body(session, SYSTEM, body_of(town.buyer_id))


def test_only_a_finance_department_has_a_budget_level(session, town):
    with pytest.raises(organisations.LevelUnfit):
        settle(session, town.buyer_id, "city")
