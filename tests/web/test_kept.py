"""What was typed survives the end of a session and a page that is too old: over every form there is."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest

from app.foundation.documents import Document
from app.identity import accounts, passwords
from app.web import kept
from app.web.permissions import RULES
from tests.web import work
from tests.web.conftest import PASSWORD
from tests.web.test_permissions import SAMPLE, _sample

TYPED = '路灯 <b>and</b> "quotes"\r\nin two lines'
WITHOUT_WORDS = {"shell.set_language", "identity.sign_out", "identity.sign_in", "identity.sign_in_as", "identity.stay"}


def posts(app, *, public):
    """Every page that takes a form, with an address of its own."""
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint in WITHOUT_WORDS or rule.endpoint.startswith("studio."):
            continue
        if RULES[rule.endpoint].public != public:
            continue
        with app.test_request_context():
            yield rule.endpoint, app.url_for(rule.endpoint, **{name: _sample(rule, name) for name in rule.arguments})


@pytest.fixture
def ended(sign_in, house, virtual_clock):
    """``ended(login)``: a browser whose session of that person has just ended, the password known."""

    def make(login):
        client = sign_in(login)
        client.token()
        with house.sessions() as session:
            accounts.by_login(session, login).password_hash = passwords.hashed(PASSWORD)
            session.commit()
        virtual_clock.turn(timedelta(hours=5))
        return client

    return make


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    work.deploy(made, work.two_steps(), files=work.FORM)
    return made


def hidden(page, name):
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page.text)
    return html.unescape(found.group(1)) if found else None


def sign_in_with_the_form(client, page, login):
    return client.post(
        "/sign-in",
        data={
            "csrf_token": hidden(page, "csrf_token"), "kept": hidden(page, "kept"), "login": login, "password": PASSWORD,
        },
    )  # fmt: skip


def test_after_the_session_each_form_is_kept_for_its_person(app, ended):
    client, lost = ended("administrator"), []
    for endpoint, address in posts(app, public=False):
        page = client.post(address, data={"csrf_token": client.token(), "words": TYPED})
        with app.app_context():
            form = kept.unseal(hidden(page, "kept")) or {}
        if (page.status_code, form.get("address"), form.get("texts")) != (401, address, [["words", TYPED]]):
            lost.append((endpoint, page.status_code))
    assert lost == []


def test_after_signing_in_again_the_form_is_offered_at_its_own_address(ended):
    client = ended("administrator")
    asked = client.post("/people/add?as=one", data={"csrf_token": client.token(), "words": TYPED})
    offered = sign_in_with_the_form(client, asked, "administrator")
    assert hidden(offered, "words") == TYPED
    assert 'action="/people/add?as=one"' in offered.text


def test_a_page_that_is_too_old_keeps_what_was_typed(app, sign_in, client):
    lost = []
    for public, browser in ((False, sign_in("administrator")), (True, client)):
        browser.token()
        for endpoint, address in posts(app, public=public):
            page = browser.post(address, data={"csrf_token": "too old", "words": TYPED})
            if (page.status_code, hidden(page, "words")) != (400, TYPED) or f'action="{address}"' not in page.text:
                lost.append((endpoint, page.status_code))
    assert lost == []


def test_a_kept_form_is_sent_with_its_file_as_if_nothing_had_happened(house, ended):
    task = work.start(house)[1][0]
    client = ended("buyer-handler")
    data = {"csrf_token": client.token(), **work.GOOD, "letter": (io.BytesIO(b"%PDF-1.7 the letter"), "信函.pdf")}
    asked = client.post(f"/tasks/{task}", data=data, content_type="multipart/form-data")
    offered = sign_in_with_the_form(client, asked, "buyer-handler")
    assert "信函.pdf" in offered.text
    names = ("csrf_token", "_kept_files", *work.GOOD)
    done = client.post(f"/tasks/{task}", data={name: hidden(offered, name) for name in names})
    assert done.location == f"/tasks/{task}/done"
    assert client.get(f"/documents/{letter_of(house)}").data == b"%PDF-1.7 the letter"


def letter_of(house):
    with house.sessions() as session:
        return session.query(Document.id).filter_by(kind="work.letter").scalar()


def test_a_kept_form_can_be_opened_before_it_is_sent(house, ended):
    task = work.start(house)[1][0]
    client = ended("buyer-handler")
    asked = client.post(f"/tasks/{task}", data={"csrf_token": client.token(), "title": "路灯改造"})
    offered = sign_in_with_the_form(client, asked, "buyer-handler")
    opened = client.post(
        f"/tasks/{task}", data={"csrf_token": hidden(offered, "csrf_token"), "title": "路灯改造", "_show": "1"}
    )
    assert (opened.status_code, 'value="路灯改造"' in opened.text) == (200, True)


def test_nobody_else_is_offered_what_a_person_typed(ended, house):
    client = ended("buyer-handler")
    asked = client.post(f"/tasks/{SAMPLE}", data={"csrf_token": client.token(), "words": TYPED})
    with house.sessions() as session:
        accounts.by_login(session, "auditor").password_hash = passwords.hashed(PASSWORD)
        session.commit()
    assert sign_in_with_the_form(client, asked, "auditor").location == "/"


def test_a_kept_form_can_not_be_opened_after_hours(ended, virtual_clock):
    client = ended("buyer-handler")
    asked = client.post(f"/tasks/{SAMPLE}", data={"csrf_token": client.token(), "words": TYPED})
    virtual_clock.turn(timedelta(hours=5))
    assert sign_in_with_the_form(client, asked, "buyer-handler").location == "/"


def test_a_wrong_password_keeps_the_form(ended):
    client = ended("buyer-handler")
    asked = client.post(f"/tasks/{SAMPLE}", data={"csrf_token": client.token(), "words": TYPED})
    wrong = {"csrf_token": hidden(asked, "csrf_token"), "kept": hidden(asked, "kept"), "login": "buyer-handler"}
    again = client.post("/sign-in", data=wrong | {"password": "not it"})
    assert hidden(again, "kept") == hidden(asked, "kept")


def test_files_under_another_persons_seal_are_not_given(house, ended, sign_in):
    task = work.start(house)[1][0]
    client = ended("buyer-handler")
    data = {"csrf_token": client.token(), "letter": (io.BytesIO(b"%PDF-1.7 the letter"), "letter.pdf")}
    offered = sign_in_with_the_form(
        client, client.post(f"/tasks/{task}", data=data, content_type="multipart/form-data"), "buyer-handler"
    )
    other = sign_in("many-hats")
    other.post("/account/details", data={"csrf_token": other.token(), "_kept_files": hidden(offered, "_kept_files")})
    assert letter_of(house) is None


def test_a_form_from_another_site_is_not_offered(sign_in):
    browser = sign_in("administrator")
    answer = browser.post("/people/add", data={"words": TYPED}, headers={"Origin": "https://elsewhere.example"})
    assert hidden(answer, "words") is None


# -- how long one stays signed in


def test_asking_how_long_a_session_lives_does_not_lengthen_it(sign_in, virtual_clock):
    client = sign_in("buyer-handler")
    virtual_clock.turn(timedelta(hours=3))
    client.get("/session")
    assert client.get("/session").json["left"] == 3600


def test_staying_signed_in_lengthens_the_session(sign_in, virtual_clock):
    client = sign_in("buyer-handler")
    virtual_clock.turn(timedelta(hours=3))
    assert client.submit("/session").json["left"] == 4 * 3600


def test_a_session_that_ended_says_so_with_a_token_that_counts(sign_in, virtual_clock):
    client = sign_in("buyer-handler")
    virtual_clock.turn(timedelta(hours=5))
    said = client.get("/session").json
    assert (said["person"], said["left"], bool(said["token"])) == ("", 0, True)


@pytest.mark.parametrize("address", ["/portal", "/help"])
def test_the_sign_in_link_leads_back_to_the_page(client, address):
    page = client.get(address, follow_redirects=True)
    assert ("/sign-in?next=" in page.text) == (address == "/help")


# -- what can't be undone, without a script


def test_what_destroys_is_asked_on_a_page_of_its_own_and_then_done(sign_in, account_of):
    client, name = sign_in("buyer-handler"), "A name that is asked about"
    given = {"csrf_token": client.token(), "name": name, "email": "", "_ask": "It can't be undone <b>ever</b>."}
    asked = client.post("/account/details", data=given)
    before = account_of("buyer-handler").name
    assert "It can&#39;t be undone &lt;b&gt;ever&lt;/b&gt;." in asked.text
    client.post("/account/details", data={part: hidden(asked, part) for part in ("csrf_token", "name", "email")})
    assert (before == name, account_of("buyer-handler").name, hidden(asked, "_ask")) == (False, name, None)


def test_two_thousand_rows_of_items_are_taken(house, sign_in):
    task = work.start(house)[1][0]
    client = sign_in("buyer-handler")
    rows = {f"items-{n}-{part}": value for n in range(2000) for part, value in (("item", "灯"), ("price", "1.00"))}
    data = {"csrf_token": client.token(), **work.GOOD, **rows}
    done = client.post(f"/tasks/{task}", data=data, content_type="multipart/form-data")
    assert done.location == f"/tasks/{task}/done"
