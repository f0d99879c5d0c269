"""A slow line: what a page asks for comes when the test lets it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

SCRIPTS = "**/dist/*.js*"


def hold(page: Page, pattern: str) -> Callable[[], None]:
    """Keep from a page what it asks for by addresses like ``pattern``; the function that is given back lets all of it go."""
    held, goes = [], []
    page.route(pattern, lambda route: route.continue_() if goes else held.append(route))

    def let_go():
        goes.append(True)
        for route in held:
            route.continue_()

    return let_go


def scripted(page: Page) -> Page:
    """The page once its scripts, if it has any, have taken it up: only then keys and conditions do what they do."""
    page.wait_for_function(
        "() => !document.querySelector('script[src*=\"/forms.js\"]') || document.documentElement.matches('.tw-scripted')"
    )
    return page
