"""What a person does before a page's scripts have come, in a real Chromium on a slow line: it is taken up when they come."""

from __future__ import annotations

import pytest

from tests import memory
from tests.browser import late
from tests.web import work
from tests.web.test_work_in_browser import address, house, visit  # noqa: F401

pytestmark = pytest.mark.browser

TYPED = "() => Object.keys(localStorage).some(key => key.startsWith('tw-typed:'))"


@pytest.fixture
def database(request):
    """The browser's side is the same on both databases."""
    engine = request.getfixturevalue("_sqlite")
    yield engine
    memory.empty(engine)


@pytest.fixture
def slow(house, visit, address):  # noqa: F811
    """A task whose page is there without its scripts, and the function that lets them come."""
    page = visit("/inbox")
    let_go = late.hold(page, late.SCRIPTS)
    page.goto(f"{address}/tasks/{work.start(house)[1][0]}", wait_until="commit")
    page.wait_for_selector("footer")
    return page, let_go


def test_what_was_typed_is_saved_as_a_draft(slow):
    page, let_go = slow
    page.fill("#f-title", "half a title")
    let_go()
    page.wait_for_selector("[data-draft-status][data-state=saved]", timeout=10_000)
    page.reload()
    assert page.input_value("#f-title") == "half a title"


def test_what_was_typed_is_kept_by_the_browser(slow):
    page, let_go = slow
    page.fill("#f-title", "half a title")
    let_go()
    page.wait_for_function(TYPED)


def test_what_was_ticked_shows_the_fields_that_it_asks_for(slow):
    page, let_go = slow
    page.check("input[name=decision][value=return]")
    let_go()
    page.wait_for_selector("[name=reasons]:visible")


def test_a_file_that_was_chosen_goes_up(slow, tmp_path):
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7\nhello")
    page, let_go = slow
    page.set_input_files("#f-attachments", tmp_path / "plan.pdf")
    let_go()
    page.wait_for_selector("[data-upload-name=attachments] input[type=hidden]", state="attached")


def test_nothing_is_saved_where_nothing_was_changed(slow):
    page, let_go = slow
    let_go()
    page.wait_for_selector(":root.tw-scripted")
    assert page.locator("[data-draft-status][data-state]").count() == 0
    assert not page.evaluate(TYPED)


def test_a_place_that_was_reached_is_shown_whole(slow):
    page, let_go = slow
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("() => [ ...document.querySelectorAll('.tw-places a') ].at(-1).focus({ preventScroll: true })")
    let_go()
    page.wait_for_selector(":root.tw-scripted")
    assert page.evaluate("() => document.activeElement.getBoundingClientRect().right <= innerWidth")
