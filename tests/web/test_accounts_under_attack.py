"""Accounts under attack: guessed at, flooded, taken over, left behind by a demonstration."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.actor import Actor
from app.foundation.outbox import Outgoing
from app.identity import accounts, addresses, attempts, grants, resets
from app.identity.resets import PasswordReset
from tests.web.conftest import PASSWORD
from tests.web.test_suppliers import COMPANY


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def handler(house, town):
    """A person with a password."""
    with house.sessions() as session:
        account = accounts.by_login(session, "buyer-handler")
        accounts.change_password(session, Actor(account.id, "x"), account_id=account.id, password=PASSWORD)
        session.commit()
        return account


def sign_in_from(client, address, password=PASSWORD):
    data = {"csrf_token": client.token(), "login": "buyer-handler", "password": password}
    return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def mails(house):
    with house.sessions() as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))


# -- guessing


def test_guessing_from_everywhere_keeps_nobody_out_of_a_browser_they_know(app, house, handler, client, virtual_clock):
    assert sign_in_from(client, "10.0.0.1") == 303
    client.submit("/sign-out")
    with house.sessions() as session:
        for number in range(400):
            attempts.count_failure(session, "buyer-handler", attempts.Whence(f"192.0.2.{number % 250}"))
        session.commit()
    assert sign_in_from(app.test_client(), "192.0.2.1") == 429
    assert sign_in_from(client, "192.0.2.1") == 303


def test_a_browser_that_is_known_is_paused_for_its_own_guesses(handler, client):
    sign_in_from(client, "10.0.0.1")
    client.submit("/sign-out")
    assert [sign_in_from(client, f"10.0.0.{number}", "wrong") for number in range(6)] == [403] * 5 + [429]


def test_a_browser_that_says_it_is_known_is_believed_only_with_our_voucher(app, handler, client):
    client.set_cookie("tenderway-device", f"{handler.id}-0000.{'0' * 32}")
    assert [sign_in_from(client, "10.0.0.1", "wrong") for _ in range(6)] == [403] * 5 + [429]


# -- flooding


def test_registrations_are_counted_whatever_becomes_of_them(client, monkeypatch):
    monkeypatch.setitem(attempts.MOST_AN_HOUR, "from one address", 3)
    answers = [client.submit("/register", **COMPANY).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]


@pytest.mark.parametrize(("kind", "most"), attempts.MOST_AN_HOUR.items())
def test_what_strangers_ask_for_has_an_end_until_the_next_hour(house, town, virtual_clock, kind, most):
    with house.sessions() as session:
        for number in range(most):
            one = kind == "from one address"
            receiver = "x@example.org" if kind == "for one receiver" else f"{number}@example.org"
            attempts.spend(session, "a link", "10.0.0.1" if one else f"10.0.{number}", receiver)
        with pytest.raises(attempts.TooManyAttempts):
            attempts.spend(session, "a link", "10.0.0.1" if kind == "from one address" else "10.1.1.1", "x@example.org")
        session.rollback()
        virtual_clock.turn(timedelta(hours=1))
        attempts.spend(session, "a link", "10.0.0.1", "x@example.org")


def test_who_is_signed_in_is_never_counted(sign_in, monkeypatch):
    monkeypatch.setattr(attempts, "MOST_AN_HOUR", dict.fromkeys(attempts.MOST_AN_HOUR, 0))
    assert sign_in("supplier-bidder").submit("/account/details", name="王明", email="a@example.org").status_code == 303


# -- taking an account over


def test_no_link_lies_in_the_database(house, client, handler):
    client.submit("/forgotten-password", login="buyer-handler")
    (mail,) = mails(house)
    assert (resets.PLACE in mail.content["body"], "set-password" in str(mail.content)) == (True, False)
    with house.sessions() as session:
        (row,) = session.scalars(select(PasswordReset))
    token = resets.Links("for tests", "").token(row.id)
    assert token not in (row.id, row.token_hash)
    assert client.get(f"/set-password/{token}").status_code == 200


@pytest.fixture
def second(house, town):
    """Another administrator."""
    with house.sessions() as session:
        root = Actor("root", "Root", groups=frozenset({"administrator"}))
        person = accounts.create(session, root, login="second", name="Second", email="second@example.org")
        grants.grant(session, root, account_id=person.id, role="administrator", organisation_id=town.platform)
        session.commit()
    return "second"


def change(client, account, email):
    return client.submit(f"/people/{account.id}/details", name="Handler", email=email)


def test_an_administrator_alone_changes_nobodys_address(house, sign_in, handler, account_of):
    change(sign_in("administrator"), handler, "thief@example.org")
    sign_in("administrator").submit(f"/people/{handler.id}/address/confirm")
    assert account_of("buyer-handler").email == handler.email
    told = {mail.content["to"][0] for mail in mails(house)}
    assert told == {handler.email, "thief@example.org"}


def test_a_second_administrator_confirms_after_three_days(house, sign_in, handler, second, account_of, virtual_clock):
    change(sign_in("administrator"), handler, "new@example.org")
    early = sign_in(second).submit(f"/people/{handler.id}/address/confirm").status_code
    virtual_clock.turn(addresses.WAITS)
    own = sign_in("administrator").submit(f"/people/{handler.id}/address/confirm").status_code
    assert (early, own) == (403, 403)
    assert sign_in(second).submit(f"/people/{handler.id}/address/confirm").status_code == 303
    assert account_of("buyer-handler").email == "new@example.org"
    assert len(mails(house)) == 4


def test_the_person_refuses_a_change(sign_in, handler, second, virtual_clock, account_of):
    change(sign_in("administrator"), handler, "thief@example.org")
    client = sign_in("buyer-handler")
    assert "thief@example.org" in client.get("/account").text
    client.submit("/account/address/refuse")
    virtual_clock.turn(addresses.WAITS)
    assert sign_in(second).submit(f"/people/{handler.id}/address/confirm").status_code == 404
    assert account_of("buyer-handler").email == handler.email


def test_ones_own_address_changes_at_once_and_the_old_one_hears(house, sign_in, handler, account_of):
    sign_in("buyer-handler").submit("/account/details", name="Handler", email="own@example.org")
    assert account_of("buyer-handler").email == "own@example.org"
    assert [mail.content["to"] for mail in mails(house)] == [[handler.email], ["own@example.org"]]


# -- after a demonstration


@pytest.fixture
def of_the_demonstration(house, handler):
    with house.sessions() as session:
        accounts.get(session, handler.id).demonstration = True
        session.commit()
    return handler


def test_without_the_demonstration_its_people_are_nobody(app, client, sign_in, of_the_demonstration):
    signed_in = sign_in("buyer-handler")
    assert signed_in.get("/account").status_code == 303
    assert sign_in_from(client, "10.0.0.1") == 403
    assert client.submit("/sign-in/as", account=of_the_demonstration.id).status_code == 403


def test_in_the_demonstration_they_are_let_in(app, client, of_the_demonstration):
    app.extensions["tenderway-config"].demonstration = True
    assert sign_in_from(client, "10.0.0.1") == 303
    assert re.search("tenderway-device", str(client._cookies))
