"""A walk through the whole site as each kind of person, from link to link, to one page of every kind.

Each page must answer, satisfy WCAG 2.2 AA by axe, fit its width, keep the console quiet and be whole in its language:
English on a desk, Chinese on a phone.
"""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from app.identity import grants, roles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WALKERS = [None, *roles.ROLES]
NOT_PAGES = {"static", "documents.download", "shell.is_alive", "portal.feed"}
"""What a browser would download or read out of the page."""
MOST_PAGES = 60
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){3,}")
"""Four English words in a row: on a Chinese page a sentence that nobody translated."""

WORDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const place = walker.currentNode.parentElement;
    if (!place.closest('script, style, template, code, kbd, [lang=en], .tw-mono, .tw-hash, .tw-canvas, pre'))
      found.push(walker.currentNode.data.trim());
  }
  return found.filter(Boolean);
}"""
NAMES = "() => [...document.querySelectorAll('th, legend, label')].filter(e => !e.lang).map(e => e.innerText)"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def checked() -> set[tuple[str, str]]:
    """The kinds of pages that were examined already, by endpoint and language."""
    return set()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("walker", WALKERS)
def test_every_page_that_a_person_can_reach_is_sound(site, browser_page, violations, checked, walker, language):
    width = {"en": 1280, "zh": 390}[language]
    page = browser_page(_login(site, walker), "/", language=language, width=width)
    seen: set[str] = set()
    waiting, wrong = [page.url], []
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        endpoint = _endpoint(site, address)
        if endpoint is None or endpoint in seen or endpoint in NOT_PAGES:
            continue
        seen.add(endpoint)
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if (endpoint, language) not in checked:
            checked.add((endpoint, language))
            wrong += [f"{endpoint}: {found}" for found in (*violations(page), *_unfit(page, language))]
        waiting += _links(page)
    assert wrong == []


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
    if language == "zh":
        found += [f"English: {text[:80]}" for text in page.evaluate(WORDS) if ENGLISH.search(text)]
    else:
        found += [f"Chinese: {text[:80]}" for text in page.evaluate(NAMES) if re.search("[\u4e00-\u9fff]", text)]
    return found
