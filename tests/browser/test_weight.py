"""What a page weighs on the wire when nothing of it is kept yet, for each kind of page: in a real Chromium, in kB (1,000 bytes)."""

from __future__ import annotations

import re

import pytest

from tests.browser.test_studio import analysts, editor  # noqa: F401

pytestmark = pytest.mark.browser

MOST = {
    "portal": (None, "/portal", 89),
    "a notice": (None, r"/portal -> /portal/\w+/[0-9a-f]{32}.*", 91),
    "sign-in": (None, "/sign-in", 117),
    "inbox": ("chen", "/inbox", 99),
    "a task": ("chen", r"/inbox -> /tasks/\w+", 112),
    "a case": ("chen", r"/cases -> /cases/\w+", 100),
    "a diagram": ("chen", r"/cases -> /cases/\w+ -> /cases/\w+\?part=diagram", 186),
    "a contract": ("chen", r"/contracts -> /contracts/\w+", 102),
    "my bids": ("qian", "/supplier", 95),
    "a bid": ("ming", r"/supplier -> /supplier/bids/\w+ -> /supplier/lots/\w+/bid", 128),
}
"""Who looks at which page (the way to it by links), and the most that it may weigh."""
STUDIO = 605


def weight(page, address):
    """The bytes that come over the wire for a page and all that it loads by itself, nothing kept from before."""
    page.goto("about:blank")  # what the page before still loads isn't this one's
    session, came = page.context.new_cdp_session(page), {}
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on(
        "Network.responseReceived", lambda said: came.setdefault(said["requestId"], [said["response"]["url"], 0])
    )
    session.on(
        "Network.loadingFinished", lambda said: came[said["requestId"]].__setitem__(1, said["encodedDataLength"])
    )
    page.goto(address, wait_until="networkidle")
    return [(re.sub(r".*/|[?].*", "", url) or url, size) for url, size in came.values()]


def follow(page, way):
    """The address at the end of a way by links: ``/cases -> /cases/…``."""
    first, *rest = way.split(" -> ")
    base = re.match(r"https?://[^/]+", page.url)[0]
    page.goto(base + first)
    for pattern in rest:
        links = page.eval_on_selector_all("main a[href]", "all => all.map(one => one.getAttribute('href'))")
        page.goto(base + next(link for link in links if re.fullmatch(pattern, link)))
    return page.url


def heaviest(loaded):
    return sorted(loaded, key=lambda each: -each[1])[:8]


@pytest.mark.parametrize("kind", MOST)
def test_what_a_page_weighs(browser_page, kind):
    login, way, most = MOST[kind]
    page = browser_page(login, "/help")
    loaded = weight(page, follow(page, way))
    assert sum(size for _, size in loaded) <= most * 1000, heaviest(loaded)


def test_what_the_studio_weighs_until_an_expression_is_edited(editor):  # noqa: F811
    page = editor()
    loaded = weight(page, page.url)
    assert sum(size for _, size in loaded) <= STUDIO * 1000, heaviest(loaded)
    assert not [name for name, _ in loaded if name.startswith("code-fields")]
