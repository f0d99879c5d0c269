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
