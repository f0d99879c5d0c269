"""What is typed survives in a real Chromium: a session that ends, a line that breaks, a page that is left."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin

import pytest
from sqlalchemy import update

from app.engine.records import OpenTaskRow
from app.identity import accounts, passwords, sessions
from app.identity.sessions import SignedIn
from app.web import current
from tests.web import work
from tests.web.test_work_in_browser import address, house  # noqa: F401

pytestmark = pytest.mark.browser
DONE = "text=You have completed this task."
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('tw-typed:')).length"


@pytest.fixture
def visit(chromium, house, address):  # noqa: F811
    """``visit(path)``: a page as the buyer's handler sees it; a script that fails fails the test."""
    said, contexts = [], []

    def open_page(path, *, script=True):
        context = chromium.new_context(java_script_enabled=script, viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: said.append(str(error)))
        sign_in_in_another_tab(house, page, at=address)
        page.clock.install()
        page.goto(f"{address}{path}")
        page.wait_for_selector(":root.tw-scripted" if script else ":root")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def form(house, visit):  # noqa: F811
    """A task's page, filled in and not yet sent."""
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    page.fill("#f-title", "路灯改造")
    page.check("#f-decision")
    for row in range(4):
        page.fill(f"#f-scores-{row}-points", "5")
    return page


def end_sessions(house):  # noqa: F811
    with house.sessions() as session:
        session.execute(update(SignedIn).values(ended_at=SignedIn.opened_at))
        session.commit()


def wait_until_kept(page):
    page.wait_for_function(f"() => ({KEPT})() === 1")


def sign_in_in_another_tab(house, page, login="buyer-handler", *, at=None):  # noqa: F811
    with house.sessions() as session:
        token = sessions.open_for(session, accounts.by_login(session, login)).token
        session.commit()
    page.context.add_cookies(
        [{"name": current.cookie_name(False), "value": token, "url": at or urljoin(page.url, "/")}]
    )


def test_a_form_waits_for_its_person_to_sign_in_again_and_goes_on(house, form):  # noqa: F811
    end_sessions(house)
    form.clock.fast_forward(60_000)
    form.click("[data-sending]")
    form.wait_for_selector("dialog[open] >> text=Your session has ended")
    sign_in_in_another_tab(house, form)
    form.wait_for_selector(DONE, timeout=15_000)


def test_somebody_else_does_not_send_it(house, form):  # noqa: F811
    end_sessions(house)
    form.clock.fast_forward(60_000)
    form.click("[data-sending]")
    form.wait_for_selector("dialog[open]")
    sign_in_in_another_tab(house, form, "many-hats")
    form.wait_for_selector("text=You signed in as someone else.", timeout=15_000)
    assert form.input_value("#f-title") == "路灯改造"


def test_a_page_with_an_old_token_sends_its_form(form):
    form.clock.fast_forward(60_000)
    form.evaluate("for (const field of document.querySelectorAll('[name=csrf_token]')) field.value = 'too old'")
    form.click("[data-sending]")
    form.wait_for_selector(DONE)


def test_without_a_line_nothing_is_sent_and_nothing_lost(house, form):  # noqa: F811
    before = form.url
    form.context.set_offline(True)
    form.click("[data-sending]")
    form.wait_for_selector("text=There is no connection.")
    assert (form.url, form.input_value("#f-title")) == (before, "路灯改造")
    form.context.set_offline(False)
    form.click("[data-sending]")
    form.wait_for_selector(DONE)


def test_what_was_typed_without_a_line_is_offered_when_the_page_is_opened_again(house, form):  # noqa: F811
    form.wait_for_selector("[data-draft-status][data-state=saved]", timeout=10_000)
    form.route("**/draft", lambda route: route.fulfill(status=503))
    form.fill("#f-need", "since the old ones are dark")
    wait_until_kept(form)
    form.reload()
    form.click("text=Restore it")
    assert form.input_value("#f-need") == "since the old ones are dark"


def test_what_was_sent_is_not_kept_by_the_browser(form):
    wait_until_kept(form)
    form.click("[data-sending]")
    form.wait_for_selector(DONE)
    assert form.evaluate(KEPT) == 0


def test_signing_out_takes_along_what_was_typed(form):
    wait_until_kept(form)
    form.click(".tw-menu summary")
    form.click("[data-signs-out] button")
    form.wait_for_url("**/sign-in")
    assert form.evaluate(KEPT) == 0


def test_what_is_typed_just_before_signing_out_is_not_kept_after_it(form):
    wait_until_kept(form)
    form.clock.install()
    form.evaluate("document.addEventListener('submit', event => event.preventDefault())")  # the answer is on its way
    form.fill("#f-title", "typed last")
    form.evaluate("document.querySelector('[data-signs-out]').requestSubmit()")
    form.clock.run_for(1_000)
    assert form.evaluate(KEPT) == 0


def test_leaving_a_form_that_is_not_sent_asks_first(visit):
    page = visit("/account")
    page.fill("#f-name", "A new name")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click("text=Help")
    page.wait_for_url("**/help")
    assert asked == ["beforeunload"]


def test_before_the_session_ends_one_may_stay(house, visit, virtual_clock):  # noqa: F811
    page = visit("/account")
    virtual_clock.turn(timedelta(hours=3, minutes=56))
    page.clock.fast_forward("03:56:00")
    page.click("dialog[open] button:has-text('Stay signed in')")
    page.wait_for_selector("dialog", state="detached")
    page.wait_for_load_state("networkidle")
    with house.sessions() as session:
        assert session.query(SignedIn.seen_at).scalar() == virtual_clock.instant


def test_without_scripts_a_form_is_sent_after_signing_in(house, visit):  # noqa: F811
    task = work.start(house)[1][0]
    page = visit(f"/tasks/{task}", script=False)
    page.fill("#f-title", "路灯改造")
    page.check("#f-decision")
    for row in range(4):
        page.fill(f"#f-scores-{row}-points", "5")
    end_sessions(house)
    page.click("[data-sending]")
    page.fill("#f-login", "buyer-handler")
    page.fill("#f-password", give_password(house))
    page.click("main button:has-text('Sign in')")
    page.click("text=Send it now")
    page.wait_for_selector(DONE)
    with house.sessions() as session:
        assert session.get(OpenTaskRow, task) is None


def give_password(house):  # noqa: F811
    with house.sessions() as session:
        accounts.by_login(session, "buyer-handler").password_hash = passwords.hashed("a lamp beside the river")
        session.commit()
    return "a lamp beside the river"
