"""People sign in with what they know, and what they may do is read from their grants."""

import pytest

from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, sessions

PASSWORD = "Fluss-Brücke-Morgen-27"


@pytest.fixture
def li(session):
    return accounts.create(session, SYSTEM, login="Li.Na", name="李娜", password=PASSWORD)


def sign_in(session, password):
    verified = sessions.verify(session, login="li.na", password=password)
    return sessions.admit(session, verified)


def test_who_knows_the_password_gets_a_session(session, li):
    opened = sign_in(session, PASSWORD)
    assert sessions.find(session, opened.token)[1] is li


def test_a_wrong_password_opens_nothing(session, li):
    with pytest.raises(sessions.WrongPassword):
        sign_in(session, "wrong")


def test_a_disabled_account_is_out_at_once(session, li):
    opened = sign_in(session, PASSWORD)
    accounts.disable(session, SYSTEM, account_id=li.id, reasons="left the office")
    session.flush()
    assert sessions.find(session, opened.token) is None


def test_a_taken_sign_in_name_is_refused(session, li):
    with pytest.raises(accounts.LoginTaken):
        accounts.create(session, SYSTEM, login="LI.NA", name="Another", password=PASSWORD)


def test_a_grant_makes_a_role_at_an_organisation(session, li):
    buyer = organisations.register(
        session, SYSTEM, kind="buyer", uscc="91350100M000100Y43", name=Text("First Hospital", "第一医院")
    )
    grants.grant(session, SYSTEM, account_id=li.id, role="buyer-handler", organisation_id=buyer.id)
    assert grants.actor_of(session, li).has_role("buyer-handler", buyer.id)
