"""The shell by keyboard alone, without scripts, and the pages that no link leads to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.demonstration import PASSWORD
from app.foundation.actor import SYSTEM
from app.identity import accounts, grants, resets
from tests.browser import late

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(site) -> str:
    """The sign-in name of the town's administrator."""
    with site.extensions["tenderway"].sessions() as session:
        return grants.holders(session, "administrator")[0].login


@pytest.fixture
def unscripted(chromium, site) -> Page:
    """A browser that runs no scripts."""
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, words: str, most: int = 40) -> None:
    """Press Tab until what has the focus is called ``words``."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.innerText || document.activeElement.value || '').trim()") == words:
            return
    raise AssertionError(f"Tab doesn't reach “{words}”")


def test_who_signs_in_needs_no_mouse(browser_page, administrator):
    page = browser_page(None, "/sign-in")
    page.locator("#f-login").focus()
    page.keyboard.type(administrator)
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.locator(".tw-menu summary")).to_be_visible()


def test_the_first_tab_leads_past_the_furniture(browser_page, administrator):
    page = browser_page(administrator, "/help")
    press(page, "Tab", "Enter", "Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_the_menu_opens_and_signs_out_by_keyboard(browser_page, administrator):
    page = browser_page(administrator, "/help")
    page.locator(".tw-menu summary").focus()
    press(page, "Enter")
    tab_to(page, "Sign out")
    press(page, "Enter")
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_a_refused_form_moves_the_focus_to_what_is_wrong(browser_page, administrator):
    page = browser_page(administrator, "/account")
    page.locator("#f-name").fill("")
    press(page, "Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: ")


def test_one_click_signs_in_as_a_person_of_the_town_without_scripts(site, unscripted):
    page, base = unscripted, site.extensions["tenderway-config"].base_url
    page.goto(f"{base}/sign-in?next=/account")
    late.follow(page, ".tw-people button >> nth=0", script=False)
    assert page.url == f"{base}/account"


def test_the_language_is_chosen_without_scripts_and_kept(site, unscripted):
    page, base = unscripted, site.extensions["tenderway-config"].base_url
    page.goto(f"{base}/help")
    late.follow(page, "role=link[name='中文']", script=False)
    page.goto(f"{base}/sign-in")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_behind_a_mailed_link_is_accessible(site, browser_page, assert_accessible, administrator, language):
    with site.extensions["tenderway"].sessions() as session:
        account = accounts.by_login(session, administrator)
        link = resets.invite(session, SYSTEM, account, resets.Links(site.extensions["tenderway-config"].secret_key, ""))
        session.commit()
    assert_accessible(browser_page(None, link, language=language))


@pytest.mark.parametrize("address", ["/account", "/people/add", "/organisations/add"])
def test_a_form_with_errors_is_accessible(browser_page, assert_accessible, administrator, address):
    page = browser_page(administrator, address)
    page.locator("main form[novalidate]").first.evaluate(
        "form => [...form.elements].forEach(e => { if (e.type !== 'hidden' && e.type !== 'radio') e.value = '' })"
    )
    page.locator("main form[novalidate] button").first.click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("address", ["/people", "/account"])
def test_a_page_fits_four_times_its_size(browser_page, administrator, address):
    page = browser_page(administrator, address, width=320)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
