"""A walk through the whole site as each kind of person, from link to link, to one page of every kind.

Everything must answer to whom a link leads there, and keep the console quiet. The first page of each kind is looked at in
English on a light desk and in Chinese on a dark phone: it satisfies WCAG 2.2 AA by axe, fits its width and is whole in its language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Error, Page
from werkzeug.exceptions import HTTPException

from app.identity import grants, roles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WALKERS = [None, *roles.ROLES]
NOT_PAGES = {"static", "documents.download", "shell.is_alive", "portal.feed"}
"""What a browser would download or read out of the page."""
MOST_PAGES = 60
FOREIGN = {"zh": re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){3,}"), "en": re.compile("[\u4e00-\u9fff]")}
"""What a page of each language shouldn't have: four English words in a row (a sentence that nobody translated); Chinese."""

WORDS = """([wanted, passed]) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const place = walker.currentNode.parentElement;
    if (place.closest(wanted) && !place.closest(passed)) found.push(walker.currentNode.data.trim());
  }
  return found.filter(Boolean);
}"""
"""The texts inside one selector and outside another. What is marked with its language is passed over: it exists in that
language only (a name that a person typed), and a screen reader speaks it rightly (WCAG 2.2, 3.1.2)."""
ALL_BUT = {
    "zh": ("body", "script, style, template, code, kbd, pre, [lang=en], .tw-mono, .tw-hash, .tw-canvas"),
    "en": ("h1, h2, h3, h4, th, legend, label, caption, summary, button, .tw-files__name", "[lang^=zh]"),
}
"""Where a page of each language is searched for the other. Chinese in an English table may be anybody's name; what names
a part of the page may not."""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def examined() -> set[str]:
    """The kinds of pages that were looked at already in both languages, by endpoint."""
    return set()


@pytest.mark.parametrize("walker", WALKERS)
def test_every_page_that_a_person_can_reach_is_sound(site, browser_page, violations, examined, walker):
    login, wrong = _login(site, walker), []
    desk, phone = browser_page(login, "/"), None
    seen: set[str] = set()
    waiting = [desk.url]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        endpoint = _endpoint(site, address)
        if endpoint is None or endpoint in seen or endpoint in NOT_PAGES:
            continue
        seen.add(endpoint)
        is_new = endpoint not in examined
        examined.add(endpoint)
        wrong += _faults(desk, address, "en", violations if is_new else None)
        waiting += _links(desk)
        if is_new:
            phone = phone or browser_page(login, "/", language="zh", width=390, theme="dark")
            wrong += _faults(phone, address, "zh", violations)
    assert not wrong, "\n".join(wrong)


def _faults(page: Page, address: str, language: str, violations: Callable[[Page], list[str]] | None) -> list[str]:
    """What is wrong with the page of an address; ``violations`` (axe) only where its kind is looked at anew."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return []
    assert answer is not None
    where = f"{urlsplit(address).path} in {language}"
    if answer.status != 200:
        return [f"{where}: {answer.status}"]
    if violations is None or not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    return [f"{where}: {fault}" for fault in (*violations(page), *_unfit(page, language))]


def _login(site: Flask, role: str | None) -> str | None:
    if role is None:
        return None
    with site.extensions["tenderway"].sessions() as session:
        return grants.holders(session, role)[0].login


def _endpoint(site: Flask, address: str) -> str | None:
    """Which page an address asks for; None for another site's, and for what isn't asked for by looking."""
    parts = urlsplit(address)
    if not address.startswith(site.extensions["tenderway-config"].base_url) or "format=" in parts.query:
        return None
    try:
        return site.url_map.bind("127.0.0.1").match(parts.path, method="GET")[0]
    except HTTPException:
        return None


def _links(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('main a[href], nav a[href]')].map(a => a.href)"
    )
    return [urldefrag(one).url for one in found if "lang=" not in one]


def _unfit(page: Page, language: str) -> list[str]:
    """What is too wide for its page, or in the other language."""
    found = []
    wide = page.evaluate(TOO_WIDE)
    if wide > 0:
        found.append(f"{wide} pixels too wide")
    foreign = FOREIGN[language]
    texts: list[str] = page.evaluate(WORDS, list(ALL_BUT[language]))
    found += [f"not in its language: {text[:80]}" for text in texts if foreign.search(text)]
    return found
