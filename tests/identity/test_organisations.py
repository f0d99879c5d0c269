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


WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in "91110000600037341L")


@pytest.mark.parametrize("typed", [WIDE, WIDE.lower(), "91110000 60003734 1l", "\u300091110000600037341L"])
def test_a_code_is_the_same_however_wide_it_was_typed(typed):
    assert organisations.checked_code(typed) == "91110000600037341L"


@pytest.mark.parametrize("number", ["11010519491231002X", "110101195209289686", "１１０１０１１９５２０９２８９６８６"])
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_citizens_identity_number_is_refused_and_not_repeated(number, is_confirmed):
    with pytest.raises(organisations.PersonalNumberGiven) as refusal:
        organisations.checked_code(number, is_confirmed=is_confirmed)
    assert number not in str(refusal.value)


REAL = "91350203M0001QKT19"
"""A real company's published code, given in Xiamen before 2016, whose check character is wrong."""


def test_a_code_whose_check_character_is_wrong_is_taken_by_who_holds_the_licence():
    with pytest.raises(organisations.CheckCharacterWrong):
        organisations.checked_code(REAL)
    assert organisations.checked_code(REAL, is_confirmed=True) == REAL


@pytest.mark.parametrize("typed", ["9135", "91350203M0001QKT1S", "X1350203M0001QKT19", ""])
def test_what_isnt_formed_as_a_code_is_never_taken(typed):
    with pytest.raises(organisations.SocialCreditCodeInvalid):
        organisations.checked_code(typed, is_confirmed=True)


@pytest.mark.parametrize(
    ("code", "doubts"),
    [("91110000600037341L", 0), ("91350100M000100Y43", 0), ("911100006000373410", 1), ("91510700MA6C1C3105", 1)],
)
def test_gb_11714_the_organisation_code_inside_is_checked_too(code, doubts):
    assert len(organisations.code_doubts(code)) == doubts


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
