"""What a page looks like on paper (A4, in a real Chromium): whole, without what only a screen needs, no part of an address written out."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.browser.test_layout_shift import kinds

pytestmark = pytest.mark.browser

MILLIMETRES = 96 / 25.4
PAPER = {"width": round(178 * MILLIMETRES), "height": round(261 * MILLIMETRES)}
"""What the margins leave of A4, in CSS pixels."""
WRONG = """() => {
  const seen = [ ...document.querySelectorAll('body *') ].filter(one => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length);
  const called = one => `${one.tagName}.${one.getAttribute('class')}`;
  return [
    ...seen.filter(one => [ 'sticky', 'fixed' ].includes(getComputedStyle(one).position)).map(one => `stays: ${called(one)}`),
    ...seen.filter(one => one.matches('header, nav, footer, form.tw-clock, .govuk-skip-link')).map(one => `furniture: ${called(one)}`),
    ...seen.filter(one => one.tagName === 'A' && /\\(\\//.test(getComputedStyle(one, '::after').content)).map(one => `address: ${called(one)}`),
    ...seen.filter(one => !one.closest('svg, textarea, select, input') && [ 'auto', 'scroll', 'hidden' ].includes(getComputedStyle(one).overflowY) && !one.matches('.govuk-visually-hidden')
      && one.clientHeight > 20 && one.scrollHeight > one.clientHeight + 2).map(one => `cut: ${called(one)}`)
  ];
}"""


@pytest.mark.parametrize("login", [None, "chen", "qian"])
def test_a_page_is_whole_on_paper(site, browser_page, login):
    page = browser_page(login, "/help")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    base, wrong = site.extensions["tenderway-config"].base_url, {}
    for address in kinds(site, login, 25):
        page.goto(base + address)
        if found := page.evaluate(WRONG):
            wrong[address] = found
    assert wrong == {}


def test_a_printed_notice_says_what_it_is_and_nothing_of_the_screen(site, browser_page):
    page = browser_page(None, "/portal")
    notice = next(address for address in kinds(site, None) if "/notices/" in address)
    page.goto(site.extensions["tenderway-config"].base_url + notice)
    title = page.inner_text("h1")
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    assert ("".join(title.split()) in "".join(text.split()), "Sign in" in text, "(/" in text) == (True, False, False)


def test_a_diagram_is_whole_on_its_page(site, browser_page):
    page = browser_page("chen", "/cases")
    page.goto(site.extensions["tenderway-config"].base_url + page.get_attribute("main td a", "href") + "?part=diagram")
    page.wait_for_selector("#monitor[data-ready=yes]")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    paper, outside = page.evaluate(
        """() => { const paper = document.querySelector('#monitor svg').getBoundingClientRect();
        const shapes = [ ...document.querySelectorAll('#monitor .djs-shape .djs-visual') ].map(one => one.getBoundingClientRect());
        return [ [ paper.width, paper.height ], shapes.filter(one => one.left < paper.left - 1 || one.right > paper.right + 1 || one.top < paper.top - 1
          || one.bottom > paper.bottom + 1).length ]; }"""
    )
    assert (paper[0] <= PAPER["width"], paper[1] <= PAPER["height"], outside) == (True, True, 0)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.get_attribute("#monitor svg", "viewBox") is None
