"""The way of a change through the studio, in a real browser: drawn, checked, saved, proposed, approved."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def analysts(site):
    """Two analysts of the town."""
    from app.identity import grants

    with site.extensions["tenderway"].sessions() as session:
        return [person.login for person in grants.holders(session, "analyst")][:2]


def test_an_analyst_changes_a_diagram_and_another_lets_it_count(browser_page, analysts, site):
    page = browser_page(analysts[0], "/studio")
    page.click("tr:has-text('open_tender_lot') button:has-text('Edit')")
    page.wait_for_selector("[data-element-id=open_bids]")
    page.evaluate(
        """() => { const m = document.getElementById('modeler').tenderway.modeler;
        const e = m.get('elementRegistry').get('open_bids'); m.get('modeling').updateProperties(e, {name: 'Open all bids'}); }"""
    )
    page.click("[data-studio=save]")
    expect(page.locator("[data-studio-status]")).not_to_be_empty()
    page.click("[data-studio=propose]")
    page.wait_for_selector("#f-why")
    page.fill("#f-why", "a clearer name")
    page.click("main button.govuk-button")
    page.wait_for_selector("text=waits for a second person")
    other = browser_page(analysts[1], "/studio")
    other.click("a:has-text('Open tender')  >> nth=0")
    other.wait_for_selector("text=Open all bids")
    other.on("dialog", lambda dialog: dialog.accept())
    other.click("button[value=approve]")
    confirm = other.locator("dialog[open] button.govuk-button")
    if confirm.count():
        confirm.first.click()
    other.wait_for_selector("text=Deployed. New cases follow it")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ["/studio", "/studio/new"])
def test_the_studios_pages_are_accessible(browser_page, assert_accessible, analysts, address, language):
    assert_accessible(browser_page(analysts[0], address, language=language))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "address",
    ["/portal", "/portal?show=all", "/portal/results", "/portal/contracts", "/portal/breaches", "/portal/open-data",
     "/portal/verify", "/portal/about"],
)  # fmt: skip
def test_the_portals_pages_are_accessible(browser_page, assert_accessible, address, language):
    assert_accessible(browser_page(None, address, language=language))
