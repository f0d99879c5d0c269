"""Both parties sign one file, the supplier first; nobody signs alone what they handled (GPL 46, 61)."""

from datetime import date
from decimal import Decimal

import pytest

from app.foundation import clock, documents
from app.identity import certificates
from app.identity.roles import RoleMissing
from app.procurement import awards, contracts, projects
from app.procurement.contracts import ContractState
from app.procurement.duties import DutiesApart
from app.procurement.projects import LotState
from tests.procurement.conftest import person


@pytest.fixture
def sign(session, people, contract, authority):
    def act(party):
        return contracts.sign(session, people[party], contract_id=contract.id, signer=authority)

    return act


def test_with_both_signatures_the_contract_is_concluded(session, concluded):
    assert concluded.state == ContractState.ACTIVE
    assert concluded.signed_at == clock.now(session)
    assert concluded.lot.state == LotState.CONTRACTED


def test_a_concluded_contract_binds_of_the_budget_what_it_owes(session, concluded):
    assert projects.committed(session, concluded.lot.project.budget_line_id) == Decimal("560000.00")


def test_the_file_carries_both_signatures_and_they_hold(session, concluded):
    checks = contracts.checks(session, concluded)
    assert [(check.organisation, check.holds) for check in checks] == [("供应商0", True), ("江城市第一人民医院", True)]
    assert [check.person for check in checks] == ["Signer", "Contract Officer"]


def test_each_signature_is_bound_to_the_file_it_left(session, concluded):
    last = concluded.signatures[-1]
    assert last.document_id == concluded.document_zh_id
    assert last.digest == documents.get(session, last.document_id).digest


def test_the_unsigned_draft_is_left_as_it_was(session, contract, sign):
    draft_id = contract.document_zh_id
    sign("signer")
    assert certificates.verify_pdf(session, documents.read(session, draft_id)) == []


def test_the_buyer_does_not_sign_first(sign):
    with pytest.raises(RoleMissing):
        sign("officer")


def test_another_suppliers_signer_does_not_sign(session, town, contract, authority):
    other = person("other", town.supplier_ids[1], "supplier-signer")
    with pytest.raises(RoleMissing):
        contracts.sign(session, other, contract_id=contract.id, signer=authority)


def test_gpl_61_who_handled_the_procurement_does_not_sign_the_contract(session, town, contract, sign, authority):
    sign("signer")
    both = person(town.handler.id, town.buyer_id, "buyer-contract-officer")
    with pytest.raises(DutiesApart):
        contracts.sign(session, both, contract_id=contract.id, signer=authority)


def test_ir_54_nothing_is_signed_while_a_query_is_open(session, contract, sign):
    awards.pause(session, lot_id=contract.lot_id, cause="query", cause_id="q1")
    with pytest.raises(awards.SigningPaused):
        sign("signer")


def test_a_concluded_contract_is_not_signed_again(concluded, sign):
    with pytest.raises(contracts.ContractNotOpen):
        sign("officer")


def test_ir_50_gpl_47_the_days_to_publish_and_file_begin_with_the_contract(concluded):
    # Wednesday 8 April: two working days end on Friday, seven on Friday the week after.
    assert (concluded.publish_by_on, concluded.file_by_on) == (date(2026, 4, 10), date(2026, 4, 17))
    assert concluded.delivery_due_on == date(2026, 5, 8)
