"""Organisations and roles: codes are checked, duties are kept apart."""

import pytest

from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.identity import organisations, roles

HOSPITAL = Text("Jiangcheng First People's Hospital", "江城市第一人民医院")


def test_a_code_with_a_right_check_character_registers_the_organisation(session):
    hospital = organisations.register(session, SYSTEM, kind="buyer", uscc="91110000600037341L", name=HOSPITAL)
    assert organisations.by_code(session, "91110000600037341L") is hospital
    assert hospital.name == HOSPITAL


def test_a_code_with_a_wrong_check_character_is_refused_beside_its_field(session):
    with pytest.raises(organisations.SocialCreditCodeInvalid) as refusal:
        organisations.register(session, SYSTEM, kind="buyer", uscc="A1110000600037341L", name=HOSPITAL)
    assert refusal.value.field == "uscc"


def test_one_code_is_registered_once(session):
    organisations.register(session, SYSTEM, kind="buyer", uscc="91110000600037341L", name=HOSPITAL)
    with pytest.raises(organisations.OrganisationExists):
        organisations.register(session, SYSTEM, kind="supplier", uscc="91110000600037341L", name=HOSPITAL)


def test_an_organisation_of_another_kind_is_not_found(session):
    hospital = organisations.register(session, SYSTEM, kind="buyer", uscc="91110000600037341L", name=HOSPITAL)
    with pytest.raises(organisations.OrganisationUnknown):
        organisations.get(session, hospital.id, kind="agency")


def test_handler_and_reviewer_are_kept_apart_by_n22_article_32():
    assert roles.conflicts({"buyer-handler", "buyer-reviewer", "payment-officer"}) == (
        ("buyer-handler", "buyer-reviewer"),
    )


def test_every_role_has_a_name_in_both_languages():
    assert all(role.name.en and role.name.zh and role.duty.zh for role in roles.ROLES.values())
