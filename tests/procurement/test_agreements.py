"""Entrusting agreements: the agency signs first, the buyer's second pair of eyes last."""

from datetime import date
from decimal import Decimal

import pytest

from app.foundation.actor import Actor
from app.identity.organisations import OrganisationUnknown
from app.identity.roles import RoleMissing
from app.procurement import agreements
from app.procurement.agreements import AgreementState
from app.procurement.projects import ProjectState, ReasonsMissing, SamePerson


@pytest.fixture
def propose(session, town, planned):
    def act(**options):
        values = {
            "project_id": planned.id,
            "agency_id": town.agency_id,
            "scope": "公开招标全过程",
            "powers": ["prepare_documents", "publish"],
            "term_until": date(2026, 12, 31),
            "fee": Decimal(8000),
            "fee_payer": "winner",
            **options,
        }
        return agreements.propose(session, town.handler, **values)

    return act


def test_a_project_is_entrusted_when_both_have_signed(session, town, planned, propose):
    agreement = propose()
    agreements.sign(session, town.officer, agreement_id=agreement.id)
    agreements.sign(session, town.reviewer, agreement_id=agreement.id)
    assert (planned.state, planned.agency_id) == (ProjectState.ENTRUSTED, town.agency_id)


def test_both_signatures_are_over_the_same_text(session, town, propose):
    agreement = propose()
    first = agreements.sign(session, town.officer, agreement_id=agreement.id)
    second = agreements.sign(session, town.reviewer, agreement_id=agreement.id)
    assert first.digest == second.digest == agreements.digest(agreement)


def test_the_buyer_does_not_sign_before_the_agency(session, town, propose):
    with pytest.raises(RoleMissing):
        agreements.sign(session, town.reviewer, agreement_id=propose().id)


def test_who_proposed_it_does_not_sign_for_the_buyer(session, town, propose):
    both = Actor("handler", "B", town.buyer_id, town.handler.groups | town.reviewer.groups)
    agreement = propose()
    agreements.sign(session, town.officer, agreement_id=agreement.id)
    with pytest.raises(SamePerson):
        agreements.sign(session, both, agreement_id=agreement.id)


def test_an_agency_declines_with_reasons_and_another_may_be_asked(session, town, propose):
    agreement = agreements.decline(session, town.officer, agreement_id=propose().id, reasons="人手不足")
    assert agreement.state == AgreementState.DECLINED
    assert propose().state == AgreementState.PROPOSED


def test_declining_without_reasons_is_refused(session, town, propose):
    with pytest.raises(ReasonsMissing):
        agreements.decline(session, town.officer, agreement_id=propose().id, reasons="")


def test_a_signed_agreement_is_not_signed_again(session, town, propose):
    agreement = propose()
    agreements.sign(session, town.officer, agreement_id=agreement.id)
    agreements.sign(session, town.reviewer, agreement_id=agreement.id)
    with pytest.raises(agreements.AgreementNotOpen):
        agreements.sign(session, town.reviewer, agreement_id=agreement.id)


@pytest.mark.parametrize("powers", [[], ["spend_money"]])
def test_ir_16_powers_must_be_named(propose, powers):
    with pytest.raises(agreements.PowersInvalid):
        propose(powers=powers)


def test_ir_16_the_term_must_end_after_today(propose):
    with pytest.raises(agreements.TermPassed):
        propose(term_until=date(2026, 3, 2))


def test_only_an_agency_is_entrusted(town, propose):
    with pytest.raises(OrganisationUnknown):
        propose(agency_id=town.supplier_ids[0])


def test_ir_16_an_agency_may_not_go_beyond_its_powers(session, town, planned, propose):
    agreement = propose()
    agreements.sign(session, town.officer, agreement_id=agreement.id)
    agreements.sign(session, town.reviewer, agreement_id=agreement.id)
    agreements.require_power(session, town.officer, project_id=planned.id, power="publish")
    with pytest.raises(agreements.BeyondPowers):
        agreements.require_power(session, town.officer, project_id=planned.id, power="open_bids")
