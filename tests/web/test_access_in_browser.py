"""What axe can't see, in a real Chromium: keys that can be switched off, focus that is seen, rows that are named, questions asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.web.supplier import bidding
from tests.web import work
from tests.web.test_kept_in_browser import visit  # noqa: F401
from tests.web.test_work_in_browser import address, house, waiting  # noqa: F401

pytestmark = pytest.mark.browser
TEMPLATES = Path(bidding.__file__).parents[1] / "templates"
NESTED = """() => [...document.querySelectorAll('main *')].filter(box => !box.matches('.tw-matrix-frame, textarea, .tw-scroll, .tw-sections')
  && /auto|scroll/.test(getComputedStyle(box).overflowY) && box.scrollHeight > box.clientHeight + 1).map(box => box.className)"""


def test_the_keys_of_a_list_can_be_switched_off(house, visit):  # noqa: F811
    work.start(house)
    page = visit("/inbox")
    page.click("text=Turn the keys off")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.reload()
    assert page.inner_text("[data-keys] button") == "Turn the keys on"
    assert [row.claimed_by for row in waiting(house)] == [None]


def test_focus_is_seen_where_colours_are_forced(house, visit):  # noqa: F811
    work.start(house)
    page = visit("/inbox")
    page.emulate_media(forced_colors="active")
    unseen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)] }"
        )
        if style[0] == "none" or style[1] < 2:
            unseen.append(page.evaluate("() => document.activeElement.outerHTML.slice(0, 80)"))
    assert unseen == []


def test_rows_are_named_by_where_they_stand(house, visit):  # noqa: F811
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    add = "#f-items [data-row-add]"
    for _ in range(2):
        page.click(add)
    page.click("#f-items tbody tr:nth-child(2) [data-row-remove]")
    names = page.eval_on_selector_all("#f-items tbody [aria-label]", "all => all.map(one => one.ariaLabel)")
    assert names == ["Item, row 1", "Price, row 1", "Item, row 2", "Price, row 2"]


def test_a_column_is_added_up_as_one_types_with_its_terms(house, visit):  # noqa: F811
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    for _ in range(3):
        page.click("#f-items [data-row-add]")
    for number, price in enumerate(("40", "40", "1,020.5")):
        page.fill(f"[name='items-{number}-price']", price)
        page.fill(f"[name='items-{number}-item']", "lamp" if number < 2 else "pole")
    sums = page.locator("#f-items .tw-rows__sum").all_inner_texts()
    assert sums == ["Price 40 + 40 + 1,020.5 = 1,100.5", "Item lamp: Price 40 + 40 = 80 · Item pole: Price 1,020.5"]


@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_no_table_of_a_form_is_cut(house, visit, width):  # noqa: F811
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    page.set_viewport_size({"width": width, "height": 900})
    page.click("#f-items [data-row-add]")
    cut = "all => all.filter(one => one.scrollWidth > one.parentElement.clientWidth + 1).map(one => one.className)"
    assert page.eval_on_selector_all(".tw-rows", cut) == []


def test_how_many_rows_there_may_be_is_said_beside_the_table(house, visit):  # noqa: F811
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    assert "At most 2,000 rows." in page.inner_text("#f-items")


def test_a_task_has_nothing_that_scrolls_within_the_page(house, visit):  # noqa: F811
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    assert page.evaluate(NESTED) == []


def test_a_chosen_day_is_said_in_words(house, visit):  # noqa: F811
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    page.fill("#f-due_on", "2026-03-04")
    assert page.inner_text("#f-due_on + .tw-day-said") == "Wednesday 4 March 2026"


def test_every_button_that_asks_does_so_without_a_script_too():
    """A question stands in the button's own name and value; the studio's decision has a page of its own already."""
    silent = [
        (path.name, button[:120])
        for path in TEMPLATES.rglob("*.html")
        for button in re.findall(r"<button\b.*?</button>", path.read_text(encoding="utf-8"), re.DOTALL)
        if "data-confirm=" in button and 'name="_ask"' not in button and path.name != "proposal.html"
    ]
    assert silent == []
