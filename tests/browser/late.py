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


def follow(page: Page, selector: str, *, script: bool = True) -> Page:
    """Click what leads to another page; the page once it has come and its scripts, where they run, have taken it up.

    A click alone returns when the browser has set out for the next page: what is asked then may still be answered by the last.
    """
    with page.expect_navigation():
        page.click(selector)
    return scripted(page) if script else page


def scripted(page: Page) -> Page:
    """The page once its scripts, if it has any, have taken it up: only then keys and conditions do what they do."""
    page.wait_for_function(
        "() => !document.querySelector('script[src*=\"/forms.js\"]') || document.documentElement.matches('.tw-scripted')"
    )
    return page
