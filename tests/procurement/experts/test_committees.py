"""The buyer's representative and the size of a committee (O87 45, 47)."""

import pytest
from lots import new_expert, seat_committee

from app.foundation.actor import SYSTEM
from app.identity import accounts, grants
from app.identity.roles import RoleMissing
from app.procurement import experts
from app.procurement.projects import LotState, NotInThisState


@pytest.fixture
def employee(session, town):
    """Makes an account at the buyer's with a role."""

    def act(login, role="payment-officer", place=None):
        account = accounts.create(session, SYSTEM, login=login, name=login)
        grants.grant(session, SYSTEM, account_id=account.id, role=role, organisation_id=place or town.buyer_id)
        return account

    return act


@pytest.fixture
def appoint(session, town, opened):
    lot = opened()

    def act(account_id, actor=None):
        return experts.appoint_representative(session, actor or town.reviewer, lot_id=lot.id, account_id=account_id)

    return act


def test_the_buyer_sends_somebody_who_did_not_handle_the_project(appoint, employee):
    account = employee("doctor")
    assert appoint(account.id).representative_id == account.id


def test_who_handled_the_project_is_refused(session, tender, appoint, employee):
    account = employee("planner")
    tender.project.planner_id = account.id
    session.flush()
    with pytest.raises(experts.RepresentativeUnfit):
        appoint(account.id)


def test_who_is_not_the_buyer_s_is_refused(town, appoint, employee):
    with pytest.raises(experts.RepresentativeUnfit):
        appoint(employee("stranger", "agency-officer", town.agency_id).id)


def test_who_also_works_for_a_bidder_is_refused(session, town, appoint, employee):
    account = employee("both")
    grants.grant(session, SYSTEM, account_id=account.id, role="supplier-bidder", organisation_id=town.supplier_ids[0])
    with pytest.raises(experts.RepresentativeUnfit):
        appoint(account.id)


def test_the_choice_offers_only_who_fits(session, town, tender, opened, employee):
    lot, fit, unfit = opened(), employee("doctor"), employee("planner")
    tender.project.planner_id = unfit.id
    session.flush()
    assert experts.fit_representatives(session, town.reviewer, lot.id) == [fit]


def test_only_the_buyer_s_reviewer_appoints(town, appoint):
    with pytest.raises(RoleMissing):
        appoint(None, actor=town.officer)


def test_the_representative_can_be_changed_until_the_criteria_are_set(session, town, pool, appoint, employee):
    appoint(employee("doctor").id)
    committee = appoint(None)
    assert (committee.representative_id, committee.members) == (None, [])


def test_o87_45_the_representative_never_leads(session, town, opened, pool, employee):
    lot = opened()
    representative = employee("doctor")
    seat_committee(session, town, lot.id, representative=representative.id)
    committee = experts.of_lot(session, lot.id)
    assert len(experts.serving(committee)) == 5
    assert committee.leader_id != representative.id


def test_a_complete_committee_lets_the_lot_be_evaluated(session, town, committee):
    lot, _ = committee()
    assert lot.state == LotState.EVALUATING


def test_before_the_opening_there_is_no_committee(session, town, tender):
    with pytest.raises(NotInThisState):
        experts.appoint_representative(session, town.reviewer, lot_id=tender.project.lots[0].id, account_id=None)


def test_an_expert_of_the_buyer_s_may_come_as_its_representative(session, town, appoint):
    expert = new_expert(session, 40)
    grants.grant(session, SYSTEM, account_id=expert.account_id, role="payment-officer", organisation_id=town.buyer_id)
    assert appoint(expert.account_id).representative_id == expert.account_id


@pytest.mark.parametrize(("seats", "experts_", "kept"), [(3, 2, True), (5, 4, True), (5, 3, False), (7, 5, True)])
def test_o87_47_experts_are_two_thirds(seats, experts_, kept):
    assert experts.share_kept(seats, experts_, 2) is kept
