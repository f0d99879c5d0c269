"""Every page of the shell and of people, in both languages, on a desk and on a phone: usable, accessible, complete."""

import pytest

pytestmark = pytest.mark.browser

ADMINISTRATOR = [
    "/account",
    "/help",
    "/people",
    "/people?q=nobody-of-this-name",
    "/people/add",
    "/organisations",
    "/organisations/add",
    "/nothing-here",
]


@pytest.fixture
def administrator(site):
    from app.identity import grants

    with site.extensions["tenderway"].sessions() as session:
        return grants.holders(session, "administrator")[0].login


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ["/sign-in", "/forgotten-password", "/help"])
def test_a_page_for_everybody_is_accessible(browser_page, assert_accessible, address, language):
    assert_accessible(browser_page(None, address, language=language))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", [one for one in ADMINISTRATOR if "nothing" not in one])
def test_a_page_for_administrators_is_accessible(browser_page, assert_accessible, administrator, address, language):
    assert_accessible(browser_page(administrator, address, language=language))
