"""Signing in and out, forgotten passwords, and one's own account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.actor import SYSTEM
from app.foundation.outbox import Outgoing
from app.identity import accounts, resets, sessions
from app.web import current

PASSWORD = "a lamp beside the river"


@pytest.fixture
def with_password(app, town, account_of):
    """The buyer's handler, who has a password."""
    with app.extensions["tenderway"].sessions() as session:
        accounts.change_password(session, SYSTEM, account_id=account_of("buyer-handler").id, password=PASSWORD)
        session.commit()


def sign_in_at(client, password=PASSWORD, **more):
    return client.submit("/sign-in", login="Buyer-Handler", password=password, **more)


def mails(app):
    with app.extensions["tenderway"].sessions() as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))


def link_in(mail):
    sent = resets.Links("for tests", "http://127.0.0.1:8000").filled(mail)
    return re.search(r"http://127.0.0.1:8000(/set-password/\S+)", sent.content["body"]).group(1)


def test_who_knows_the_password_lands_where_they_wanted_to_go(client, with_password):
    assert sign_in_at(client, next="/account").location == "/account"
    assert client.get("/account").status_code == 200


def test_a_wrong_password_says_no_more_than_that(client, with_password):
    answer = sign_in_at(client, "wrong")
    assert answer.status_code == 403
    assert "The sign-in name or password is incorrect" in answer.text


def test_who_guesses_has_to_wait_even_with_the_right_password(client, with_password):
    for _ in range(5):
        sign_in_at(client, "wrong")
    answer = sign_in_at(client)
    assert answer.status_code == 429
    assert "Try again in 30 seconds" in answer.text


def test_after_the_pause_the_right_password_is_let_in(client, with_password, virtual_clock):
    for _ in range(5):
        sign_in_at(client, "wrong")
    virtual_clock.turn(timedelta(seconds=31))
    assert sign_in_at(client).status_code == 303


def test_a_form_without_its_token_signs_nobody_in(client, with_password):
    assert client.post("/sign-in", data={"login": "buyer-handler", "password": PASSWORD}).status_code == 400


def test_a_form_sent_by_another_site_is_refused(client, with_password):
    token = client.token()
    answer = client.post("/sign-in", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client, with_password):
    cookie = next(one for one in sign_in_at(client).headers.getlist("Set-Cookie") if one.startswith("tenderway="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_with_https_cookies_travel_over_https_only(app, client, with_password):
    token = client.token()
    app.extensions["tenderway-config"].base_url = "https://tender.example"
    answer = client.post("/sign-in", data={"login": "buyer-handler", "password": PASSWORD, "csrf_token": token})
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-tenderway="))
    assert "Secure" in cookie
    assert "Strict-Transport-Security" in answer.headers
    app.extensions["tenderway-config"].base_url = "http://127.0.0.1:8000"


def test_signing_in_anew_ends_the_session_of_before(app, client, with_password):
    client.sign_in("expert")
    earlier = client.get_cookie(current.cookie_name(False)).value
    sign_in_at(client)
    with app.extensions["tenderway"].sessions() as session:
        assert sessions.find(session, earlier) is None


def test_signing_out_ends_the_session_itself_not_only_the_cookie(app, sign_in):
    client = sign_in("expert")
    token = client.get_cookie(current.cookie_name(False)).value
    client.submit("/sign-out")
    with app.extensions["tenderway"].sessions() as session:
        assert sessions.find(session, token) is None


def test_a_disabled_account_is_out_at_the_next_page(sign_in, account_of):
    expert, administrator = sign_in("expert"), sign_in("administrator")
    administrator.submit(f"/people/{account_of('expert').id}/disable", reasons="left the pool")
    assert expert.get("/account").status_code == 303


def test_an_idle_session_is_over(sign_in, virtual_clock):
    client = sign_in("expert")
    virtual_clock.turn(sessions.IDLE)
    assert client.get("/account").status_code == 303


def test_a_session_in_use_lives_on_and_looking_at_pages_writes_only_now_and_then(sign_in, virtual_clock):
    client = sign_in("expert")
    for _ in range(5):
        virtual_clock.turn(timedelta(hours=2))
        assert client.get("/account").status_code == 200


def test_a_demonstration_lists_its_people_and_signs_them_in_by_one_click(app, client, account_of):
    app.extensions["tenderway-config"].demonstration = True
    with app.extensions["tenderway"].sessions() as session:
        made = accounts.create(session, SYSTEM, login="chen", name="陈静", demonstration=True)
        session.commit()
    assert "陈静" in client.get("/sign-in").text
    client.submit("/sign-in/as", account=made.id)
    assert "陈静" in client.get("/account").text


def test_one_click_never_signs_in_a_person_of_a_real_office(app, client, account_of):
    app.extensions["tenderway-config"].demonstration = True
    assert client.submit("/sign-in/as", account=account_of("administrator").id).status_code == 403


def test_a_forgotten_password_is_set_anew_by_a_mailed_link_once(app, client, account_of):
    client.submit("/forgotten-password", login="expert@example.org")
    link = link_in(mails(app)[-1])
    client.submit(link, password=PASSWORD, again=PASSWORD)
    assert client.submit("/sign-in", login="expert", password=PASSWORD).status_code == 303
    assert client.get(link).status_code == 403


def test_whether_a_name_is_known_is_not_said(app, client):
    known = client.submit("/forgotten-password", login="expert")
    unknown = client.submit("/forgotten-password", login="nobody")
    strip = lambda page: re.sub(r'content="[^"]+"', "", page)  # noqa: E731 - the form token differs
    assert strip(known.text) == strip(unknown.text)
    assert len(mails(app)) == 1


def test_a_letter_box_is_not_filled_with_links(app, client):
    for _ in range(6):
        client.submit("/forgotten-password", login="expert")
    assert len(mails(app)) == resets.MOST_OPEN


def test_a_link_is_too_old_after_an_hour(app, client, virtual_clock):
    client.submit("/forgotten-password", login="expert")
    virtual_clock.turn(resets.LASTS)
    assert client.get(link_in(mails(app)[-1])).status_code == 403


@pytest.mark.parametrize(
    ("password", "again", "said"), [("short", "short", "10 characters"), (PASSWORD, "x", "do not match")]
)
def test_an_unfit_new_password_is_refused_beside_its_field(app, client, password, again, said):
    client.submit("/forgotten-password", login="expert")
    answer = client.submit(link_in(mails(app)[-1]), password=password, again=again)
    assert answer.status_code == 422
    assert said in answer.text


def test_details_are_changed_by_the_person(sign_in, account_of):
    sign_in("expert").submit("/account/details", name="王明", email="Wang@Example.org")
    assert (account_of("expert").name, account_of("expert").email) == ("王明", "wang@example.org")


def test_details_that_can_not_be_taken_are_shown_again_as_typed(sign_in):
    answer = sign_in("expert").submit("/account/details", name="", email="no address")
    assert answer.status_code == 422
    assert 'value="no address"' in answer.text


def test_a_new_password_needs_the_present_one_and_ends_all_other_sessions(client, sign_in, with_password):
    elsewhere, here = sign_in("buyer-handler"), sign_in("buyer-handler")
    new = "another lamp, another river"
    assert here.submit("/account/password", present="wrong", password=new, again=new).status_code == 403
    here.submit("/account/password", present=PASSWORD, password=new, again=new)
    assert sign_in_at(client, new).status_code == 303
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 303)


def test_a_person_ends_a_session_elsewhere(sign_in):
    elsewhere, here = sign_in("expert"), sign_in("expert")
    address = re.search(r'action="(/account/sessions/[0-9a-f]{32}/end)"', here.get("/account").text).group(1)
    here.submit(address)
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 303)


def test_nobody_ends_the_session_of_another_person(app, sign_in, account_of):
    sign_in("expert")
    with app.extensions["tenderway"].sessions() as session:
        [theirs] = sessions.of_account(session, account_of("expert").id)
    assert sign_in("auditor").submit(f"/account/sessions/{theirs.id}/end").status_code == 404


def test_a_person_acts_for_one_of_their_organisations_at_a_time(sign_in, town):
    client = sign_in("many-hats")
    assert "Procurement reviewer" in client.get("/help").text
    client.submit("/account/act-for", organisation=town.agency)
    page = client.get("/help").text
    assert ("Opening host" in page, "Procurement reviewer" in page) == (True, False)


def test_nobody_acts_for_an_organisation_that_gave_them_no_role(sign_in, town):
    assert sign_in("many-hats").submit("/account/act-for", organisation=town.finance).status_code == 403


def test_a_person_chooses_which_reminders_of_tasks_they_get(app, sign_in, account_of):
    client = sign_in("buyer-handler")
    assert 'value="each" checked' in client.get("/account").text
    assert client.submit("/account/reminders", reminders="digest").location == "/account"
    assert 'value="digest" checked' in client.get("/account").text


def test_a_choice_of_reminders_that_there_is_not_changes_nothing(app, sign_in, account_of):
    client = sign_in("buyer-handler")
    assert client.submit("/account/reminders", reminders="hourly").status_code == 422
    assert 'value="each" checked' in client.get("/account").text
