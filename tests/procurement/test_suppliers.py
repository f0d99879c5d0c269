"""Suppliers: declarations first, a registrar's look, a certificate that ends."""

from datetime import date, timedelta

import pytest

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.identity.organisations import SocialCreditCodeInvalid
from app.identity.roles import RoleMissing
from app.procurement import suppliers
from app.procurement.projects import ReasonsMissing
from app.procurement.suppliers import RegistrationState

APPLICANT = Actor(id="applicant", name="Applicant")
CODE = "91110000600037341L"


@pytest.fixture
def declare(session, town):
    def act(**options):
        values = {
            "uscc": CODE,
            "name": Text("New Supplier", "新供应商有限公司"),
            "legal_representative": "李明",
            "scale": "small",
            "conditions": range(1, 7),
            "bank_account": "6222000011112222",
            **options,
        }
        return suppliers.declare(session, APPLICANT, **values)

    return act


@pytest.fixture
def active(session, town, declare):
    registration = declare()
    return suppliers.review(session, town.registrar, registration_id=registration.id, decision="approve")


def test_a_declaration_that_was_reviewed_makes_an_active_supplier_with_a_certificate(session, active):
    assert suppliers.require_active(session, active.organisation_id) is active
    assert active.certificate_number == "S-2026-00001"


def test_a_code_with_a_wrong_check_character_is_refused(declare):
    with pytest.raises(SocialCreditCodeInvalid):
        declare(uscc="911100006000373410")


@pytest.mark.parametrize("missing", range(1, 7))
def test_gpl_22_every_condition_must_be_declared(declare, missing):
    with pytest.raises(suppliers.DeclarationMissing) as refusal:
        declare(conditions=set(range(1, 7)) - {missing})
    assert suppliers.CONDITIONS[missing].zh in refusal.value.sentence.zh


def test_a_declared_supplier_may_not_take_part_before_the_review(session, declare):
    with pytest.raises(suppliers.NotRegistered):
        suppliers.require_active(session, declare().organisation_id)


def test_only_a_registrar_reviews(session, town, declare):
    with pytest.raises(RoleMissing):
        suppliers.review(session, town.officer, registration_id=declare().id, decision="approve")


def test_a_return_needs_reasons(session, town, declare):
    with pytest.raises(ReasonsMissing):
        suppliers.review(session, town.registrar, registration_id=declare().id, decision="return")


def test_a_returned_declaration_is_made_again(session, town, declare):
    returned = suppliers.review(
        session, town.registrar, registration_id=declare().id, decision="return", reasons="银行账号有误"
    )
    assert declare(bank_account="6222").id == returned.id
    assert returned.state == RegistrationState.DECLARED


def test_an_active_supplier_is_not_declared_twice(active, declare):
    with pytest.raises(suppliers.RegistrationNotOpen):
        declare()


def test_a_buyer_s_code_does_not_become_a_supplier(session, town, declare):
    from app.identity.organisations import get

    with pytest.raises(suppliers.NotASupplier):
        declare(uscc=get(session, town.buyer_id).uscc)


def test_gpl_77_an_excluded_supplier_may_not_take_part_while_it_lasts(session, active):
    exclude(session, active, date(2026, 3, 1), date(2027, 2, 28))
    with pytest.raises(suppliers.SupplierExcluded) as refusal:
        suppliers.require_active(session, active.organisation_id)
    assert "2027-02-28" in refusal.value.sentence.zh
    assert suppliers.state_on(session, active, date(2027, 3, 1)) == RegistrationState.ACTIVE


def test_a_revoked_exclusion_doesnt_count(session, active):
    exclude(session, active, date(2026, 3, 1), date(2027, 2, 28), revoked_at=clock.now(session))
    assert suppliers.require_active(session, active.organisation_id)


def test_a_registration_expires_and_can_be_declared_again(session, active, declare, virtual_clock):
    session.commit()
    virtual_clock.turn(timedelta(days=3 * 366))
    with pytest.raises(suppliers.NotRegistered):
        suppliers.require_active(session, active.organisation_id)
    assert declare().state == RegistrationState.DECLARED


def exclude(session, registration, valid_from, valid_until, **options):
    session.add(
        suppliers.Exclusion(
            organisation_id=registration.organisation_id,
            basis="GPL 77",
            reasons="提供虚假材料谋取中标",
            valid_from=valid_from,
            valid_until=valid_until,
            decided_by="finance",
            decided_at=clock.now(session),
            **options,
        )
    )
    session.flush()
