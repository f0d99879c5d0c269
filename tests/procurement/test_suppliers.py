"""Suppliers: declarations first, a registrar's look, a certificate that ends."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.foundation import clock, documents, outbox
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import accounts, grants, resets
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
        return suppliers.declare(session, values.pop("actor", APPLICANT), **values)

    return act


def administrator(registration):
    """The supplier's own administrator."""
    place = registration.organisation_id
    return Actor("administrator", "Administrator", place, frozenset({"supplier-admin", f"supplier-admin@{place}"}))


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


ODD = "91350203M0001QKT19"
"""A real company's code whose check character is wrong."""


def test_a_code_that_fails_its_check_is_accepted_by_the_registrar_with_a_paper(session, town, declare):
    registration = declare(uscc=ODD, code_is_confirmed=True)
    with pytest.raises(suppliers.PaperMissing):
        suppliers.review(session, town.registrar, registration_id=registration.id, decision="approve")
    person = administrator(registration)
    case = f"organisation:{registration.organisation_id}"
    paper = documents.add(
        session, person, name="a.pdf", source=b"%PDF-1.7", case=case, kind="registration_paper", access="private"
    )
    suppliers.attach_paper(session, person, document_id=paper.id)
    suppliers.review(session, town.registrar, registration_id=registration.id, decision="approve")
    assert suppliers.require_active(session, registration.organisation_id) is registration


@pytest.mark.parametrize("missing", range(1, 7))
def test_gpl_22_every_condition_must_be_declared(session, declare, missing):
    with pytest.raises(suppliers.DeclarationMissing) as refusal:
        declare(conditions=set(range(1, 7)) - {missing})
    assert suppliers.conditions(local_day(clock.now(session)))[missing].zh in refusal.value.sentence.zh


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
    assert declare(actor=administrator(returned), bank_account="6222").id == returned.id
    assert returned.state == RegistrationState.DECLARED


def test_an_active_supplier_is_not_declared_twice(active, declare):
    with pytest.raises(suppliers.RegistrationNotOpen):
        declare(actor=administrator(active))


def test_nobody_declares_a_supplier_again_but_its_own_administrator(session, town, declare):
    returned = suppliers.review(
        session, town.registrar, registration_id=declare().id, decision="return", reasons="银行账号有误"
    )
    with pytest.raises(RoleMissing):
        declare(address="somewhere else")
    assert returned.organisation.address == ""


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
    assert declare(actor=administrator(active)).state == RegistrationState.DECLARED


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


# -- the certificate, and mails


def test_the_certificate_is_drawn_for_the_supplier_alone(session, active):
    for document_id in (active.certificate_zh_id, active.certificate_en_id):
        document = documents.get(session, document_id)
        assert (document.access, document.organisation_id) == ("private", active.organisation_id)
        assert documents.read(session, document_id).startswith(b"%PDF-")


# -- people


LINKS = resets.Links("a secret", "https://example.org")


@pytest.fixture
def register(session, town):
    """Registers a supplier with its first person; gives the registration and the person as an actor."""

    def act(**options):
        values = {
            "uscc": CODE,
            "name": Text("New Supplier", "新供应商有限公司"),
            "login": "wang",
            "person": "王芳",
            "email": "wang@example.org",
            "links": LINKS,
            "legal_representative": "王芳",
            "scale": "small",
            "conditions": range(1, 7),
            **options,
        }
        registration, _ = suppliers.register(session, **values)
        account = accounts.by_login(session, values["login"])
        return registration, grants.actor_of(session, account)

    return act


def test_who_registers_a_supplier_is_its_first_person(session, register):
    registration, person = register()
    assert person.organisation_id == registration.organisation_id
    assert all(person.has_role(role, registration.organisation_id) for role in suppliers.ROLES)


def test_the_mail_address_is_confirmed_by_setting_the_password(session, register):
    register()
    [mail] = session.scalars(select(outbox.Outgoing))
    assert mail.content["to"] == ["wang@example.org"]
    token = LINKS.filled(mail).content["body"].split("set-password/")[1].split()[0]
    assert resets.set_password(session, token=token, password="a lamp beside the river").login == "wang"


def test_a_code_that_is_known_is_not_registered_by_a_stranger(session, register):
    register()
    with pytest.raises(suppliers.KnownAlready):
        register(login="zhang", email="zhang@example.org")


def test_without_a_mail_address_nobody_registers(session, register):
    with pytest.raises(suppliers.EmailMissing):
        register(email=" ")


def test_the_review_is_told_to_the_administrator(session, town, register):
    registration, _ = register()
    suppliers.review(session, town.registrar, registration_id=registration.id, decision="return", reasons="执照过期")
    told = session.scalars(select(outbox.Outgoing).where(outbox.Outgoing.key.startswith("registration:"))).one()
    assert "执照过期" in told.content["body"]


def test_the_list_of_registrations_begins_with_those_that_wait(session, town, register, active):
    waiting, _ = register(uscc="91510700MA6C1C3105")
    found, total = suppliers.find(session)
    assert ([each.id for each in found], total) == ([waiting.id, active.id], 2)
    assert suppliers.find(session, state="active", search="新供应商")[0] == [active]
