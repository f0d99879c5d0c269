"""Nothing moves when the typeface and the scripts come late: every kind of page, in a real Chromium that must wait for both."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from app.identity import accounts, sessions
from app.web import current
from tests.browser import late

pytestmark = pytest.mark.browser

MOST = 0.1
"""The cumulative layout shift of a page that is good (Web Vitals)."""
STARTS = ("/portal", "/portal/results", "/portal/contracts", "/portal/breaches", "/sign-in", "/inbox", "/cases", "/tenders", "/contracts",
          "/experts", "/people", "/studio", "/operations", "/figures", "/data", "/bonds", "/supplier", "/supplier/tenders",
          "/supplier/messages", "/queries", "/account", "/help")  # fmt: skip
LATE = {"typeface": "**/*.woff2*", "scripts": late.SCRIPTS}
WATCH = """() => new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) (window.shifts ??= []).push([
    entry.value, entry.sources.map(one => (one.node?.outerHTML || one.node?.textContent || '').slice(0, 90)).join(' | ')]);
}).observe({ type: 'layout-shift', buffered: true })"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"
IS_THERE = "() => document.fonts.ready.then(() => [ ...document.fonts ].filter(one => one.family.includes('IBM Plex')).map(one => one.status))"


def kind_of(address):
    return re.sub(r"[0-9a-f]{32}|JC-[\d-]+|\d+", "*", urlsplit(address).path)


def kinds(site, login, most=40):
    """One address of each kind of page that a person comes to by links."""
    client = site.test_client()
    if login is not None:
        with site.extensions["tenderway"].sessions() as session:
            token = sessions.open_for(session, accounts.by_login(session, login), browser="Chrome").token
            session.commit()
        client.set_cookie(current.cookie_name(False), token)
    todo, seen = list(STARTS), Counter()
    while todo and len(seen) < most:
        address = todo.pop(0)
        if kind_of(address) in seen or re.search("/download|/documents/|format=|/language", address):
            continue
        answer = client.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen[kind_of(address)] += 1
            links = html.fromstring(answer.text).xpath("//a/@href")
            todo += [path for link in links if (path := urljoin(address, link)).startswith("/")]
            yield address


def shift_of(page, address):
    """The layout shift of a page whose typeface and scripts come after it was drawn, and what moved."""
    let_go = {kind: late.hold(page, pattern) for kind, pattern in LATE.items()}
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => document.querySelector('footer, #findings')")
    page.evaluate(DRAWN)
    page.evaluate(WATCH)
    let_go["typeface"]()
    assert page.evaluate(IS_THERE) == ["loaded"], address
    page.evaluate(DRAWN)
    let_go["scripts"]()
    page.wait_for_load_state("load")
    page.evaluate(DRAWN)
    page.unroute_all()
    return page.evaluate("() => window.shifts || []")


@pytest.fixture(scope="module")
def looked_at():
    """The kinds of pages that were looked at, as (language, kind): each once, whoever sees it."""
    return set()


@pytest.mark.parametrize(
    ("login", "language"),
    [
        (None, "en"),
        (None, "zh"),
        ("chen", "en"),
        ("chen", "zh"),
        ("sun", "en"),
        ("guo", "zh"),
        ("an", "en"),
        ("qian", "en"),
    ],
)
def test_nothing_moves_when_typeface_and_scripts_come_late(site, browser_page, looked_at, login, language):
    page = browser_page(login, "/help", language=language)
    base = site.extensions["tenderway-config"].base_url
    moved = {}
    for address in kinds(site, login):
        if (language, kind_of(address)) in looked_at:
            continue
        looked_at.add((language, kind_of(address)))
        shifts = shift_of(page, base + address)
        if sum(value for value, _ in shifts) >= MOST:
            moved[address] = shifts
    assert moved == {}
