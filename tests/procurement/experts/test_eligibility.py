"""Who may be drawn: ties of three years, kinship, the own unit, the agency, absences, recusals (IR 9, O87 45, 47)."""

from datetime import date

import pytest
from lots import KEEPER, new_expert

from app.foundation.actor import SYSTEM
from app.identity import accounts, grants, organisations
from app.procurement import experts


@pytest.fixture
def reason(session, opened):
    """Why an expert may not be drawn for the opened lot, or None."""
    lot = opened()

    def of(expert, specialities=("A0232",), **options):
        session.flush()
        session.expire_all()
        around = experts.conflict_context(session, lot.id)
        return experts.excluded(session, around, [expert], specialities=specialities, **options).get(expert.id)

    return of


@pytest.fixture
def expert(session):
    return new_expert(session, 1)


@pytest.fixture
def bidder(session, town):
    return organisations.get(session, town.supplier_ids[0])


@pytest.fixture
def tie(session, expert):
    def to(organisation, kind="employee", to_on=None, **options):
        named = {"organisation_name": organisation.name_zh, "uscc": organisation.uscc, **options}
        return experts.declare_tie(session, KEEPER, expert_id=expert.id, kind=kind, to_on=to_on, **named)

    return to


def test_an_expert_without_ties_may_be_drawn(reason, expert):
    assert reason(expert) is None


@pytest.mark.parametrize("kind", ["employee", "board", "controller", "kinship"])
def test_ir_9_who_is_bound_to_a_bidder_may_not(reason, expert, tie, bidder, kind):
    tie(bidder, kind)
    assert reason(expert) == kind


def test_ir_9_a_tie_that_ended_three_years_before_the_notice_still_counts(reason, expert, tie, bidder):
    tie(bidder, to_on=date(2023, 3, 2))
    assert reason(expert) == "employee"


def test_ir_9_an_older_tie_does_not(reason, expert, tie, bidder):
    tie(bidder, to_on=date(2023, 3, 1))
    assert reason(expert) is None


def test_ir_9_kinship_has_no_end(reason, expert, tie, bidder):
    tie(bidder, "kinship", to_on=date(2001, 1, 1))
    assert reason(expert) == "kinship"


def test_an_employer_without_a_code_is_found_by_its_name(reason, expert, tie, bidder):
    tie(bidder, uscc="")
    assert reason(expert) == "employee"


def test_a_tie_to_somebody_who_does_not_bid_is_no_obstacle(session, town, reason, expert, tie):
    tie(organisations.get(session, town.finance_id), "board")
    assert reason(expert) is None


def test_o87_47_the_buyer_s_own_people_are_not_experts_here(session, town, reason, expert, tie):
    tie(organisations.get(session, town.buyer_id))
    assert reason(expert) == "own_unit"


def test_o87_47_who_left_the_buyer_may_be_drawn(session, town, reason, expert, tie):
    tie(organisations.get(session, town.buyer_id), to_on=date(2026, 1, 1))
    assert reason(expert) is None


def test_o87_47_agency_staff_are_never_drawn(session, town, reason, expert):
    grants.grant(session, SYSTEM, account_id=expert.account_id, role="agency-officer", organisation_id=town.agency_id)
    assert reason(expert) == "agency"


def test_who_works_for_a_bidder_here_may_not(session, town, reason, expert):
    grants.grant(
        session, SYSTEM, account_id=expert.account_id, role="supplier-bidder", organisation_id=town.supplier_ids[1]
    )
    assert reason(expert) == "employee"


def test_who_is_away_that_day_may_not(session, reason, expert):
    experts.declare_absence(session, KEEPER, expert_id=expert.id, from_on=date(2026, 3, 24), to_on=date(2026, 3, 25))
    assert reason(expert) == "absent"


def test_who_is_suspended_may_not(session, reason, expert):
    experts.record_conduct(session, KEEPER, expert_id=expert.id, kind="leaked", reasons="泄露评审情况", suspend=True)
    assert reason(expert) == "not_active"


def test_whose_account_is_closed_may_not(session, reason, expert):
    accounts.get(session, expert.account_id).disabled_at = expert.entered_at
    assert reason(expert) == "not_active"


def test_another_speciality_or_region_does_not_fit(reason, expert):
    assert reason(expert, specialities=("law",)) == "speciality"
    assert reason(expert, region="CN-SC") == "region"


def test_who_was_asked_before_is_not_asked_again(reason, expert):
    assert reason(expert, asked=[expert.id]) == "asked"
