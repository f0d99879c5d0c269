"""The grid of an evaluation in a real Chromium: bid after bid by keyboard, sums as one types, files beside it, one bid on a phone."""

from __future__ import annotations

import pytest

from app.engine.records import OpenTaskRow
from app.foundation import documents
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.identity import accounts
from tests.browser import late
from tests.viewer import pdfs
from tests.web import work
from tests.web.test_work_in_browser import address, house, visit  # noqa: F401

pytestmark = pytest.mark.browser
FOCUSED = "() => document.activeElement.name || document.activeElement.className"
STEPS = {"f1": [(step, Text(step, step)) for step in ("0", "8", "20")]}
MOST = {"f1": 20, "f2": 15}


@pytest.fixture
def task(house):  # noqa: F811
    """A task that scores two bids by two factors, the first in steps, with a file of each bid for it."""
    instance_id, (task_id,) = work.start(house)
    with house.sessions() as session:
        handler = accounts.by_login(session, "buyer-handler")
        bidder = Actor(handler.id, "Bidder", None)
        files = {
            bid: documents.add(
                session, bidder, name=f"{bid}.txt", source=f"The words of {bid}".encode(), case=instance_id, kind="bid",
                access="public",
            ).id
            for bid in ("b1", "b2")
        }  # fmt: skip
        session.commit()
    rows = [
        row | {"most": MOST[row["factor_id"]], "evidence": [files[row["bid_id"]]] if row["factor_id"] == "f1" else []}
        for row in work.SCORES
    ]
    given = {"values": {"scores": rows}, "options": STEPS, "documents": list(files.values())}
    work.declare(house, prepare=lambda _context: given)
    return f"/tasks/{task_id}"


def sums(page):
    return page.locator("[data-matrix-sum]").all_inner_texts()


def test_tab_goes_through_one_bid_after_the_other(visit, task):  # noqa: F811
    page = visit(task)
    page.locator("#f-scores-0-points").focus()
    visited = [page.evaluate(FOCUSED)]
    for _ in range(4):
        page.keyboard.press("Tab")
        visited.append(page.evaluate(FOCUSED))
    bids = ["scores-0-points", "scores-1-points", "tw-matrix__evidence", "scores-2-points", "scores-3-points"]
    assert visited == bids


def test_arrow_keys_choose_among_the_steps_and_the_sums_follow(visit, task):  # noqa: F811
    page = visit(task)
    page.locator("#f-scores-0-points").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("7.5")
    assert (sums(page), page.inner_text("[data-matrix-done]")) == (["27.5", "0"], "2 of 4 filled in")
    assert page.locator("[data-matrix-share]").all_text_contents() == ["2/2", "0/2"]


def test_more_points_than_there_are_are_marked_as_they_are_typed(visit, task):  # noqa: F811
    page = visit(task)
    page.fill("#f-scores-1-points", "15.5")
    assert page.get_attribute("#f-scores-1-points", "aria-invalid") == "true"
    page.fill("#f-scores-1-points", "15")
    assert page.get_attribute("#f-scores-1-points", "aria-invalid") is None


def test_without_a_script_the_sums_stand_there_after_saving(visit, task, house):  # noqa: F811
    page = visit(task, script=False)
    page.locator("#f-scores-2-points-3").check()
    page.fill("#f-scores-3-points", "1.5")
    late.follow(page, "button[name=_save]", script=False)
    assert sums(page) == ["0", "21.5"]
    assert page.locator("#f-scores-2-points-3").is_checked()


def test_a_file_opens_beside_its_cell_and_gives_the_focus_back(visit, task):  # noqa: F811
    page = visit(task)
    page.fill("#f-scores-1-points", "3")
    page.locator("[data-reading]").nth(1).click()
    page.wait_for_selector(".tw-reading:not([hidden])")
    assert "The words of b2" in page.inner_text(".tw-reading")
    assert page.evaluate("document.activeElement.id") == "reading-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "b2.txt, Supplier b2"
    assert (page.locator(".tw-reading").is_visible(), page.input_value("#f-scores-1-points")) == (False, "3")


@pytest.fixture
def offer(task, house):  # noqa: F811
    """The task, with a PDF of three pages as the first bid's file."""
    with house.sessions() as session:
        document = session.query(documents.Document).filter_by(name="b1.txt").one()
        made = documents.add(
            session, Actor("bidder", "Bidder", None), name="offer.pdf", source=pdfs.offer(3), case=document.case_id,
            kind="bid", access="public",
        ).id  # fmt: skip
        session.commit()
    given = house.engine.acts.prepare_of("work")(None)
    given["values"]["scores"][0]["evidence"] = given["documents"][:] = [made]
    return task


def page_at(page):
    page.wait_for_function("() => document.querySelector('.tw-leaves__picture')?.complete")
    return page.inner_text(".tw-leaves__at")


def opened(visit, address, **options):  # noqa: F811
    page = visit(address, **options)
    page.locator("[data-reading]").first.click()
    page.wait_for_selector(".tw-leaves")
    return page


def test_a_pdf_is_read_beside_its_cell_page_by_page(visit, offer):  # noqa: F811
    page = opened(visit, offer)
    page.fill("#f-scores-1-points", "3")
    assert page_at(page) == "Page 1 of 3"
    assert page.eval_on_selector(".tw-leaves__picture", "picture => picture.naturalWidth") == 1100
    page.click(".tw-leaves [rel=next]")
    page.wait_for_function("() => document.querySelector('.tw-leaves__at').textContent.includes('2')")
    assert page_at(page) == "Page 2 of 3"
    assert page.evaluate("document.activeElement.rel") == "next"
    assert page.input_value("#f-scores-1-points") == "3"


def test_keys_turn_the_pages_and_enlarge_them(visit, offer):  # noqa: F811
    page = opened(visit, offer)
    page_at(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.tw-leaves__at').textContent.includes('2')")
    page.keyboard.press("+")
    page.wait_for_selector(".tw-leaves__frame--closer")
    assert page_at(page) == "Page 2 of 3"
    assert page.eval_on_selector(".tw-leaves__picture", "picture => picture.naturalWidth") == 2200
    page.keyboard.press("Escape")
    assert not page.locator(".tw-reading").is_visible()


def test_the_words_of_a_page_stay_open_on_the_next(visit, offer):  # noqa: F811
    page = opened(visit, offer)
    page_at(page)
    page.click(".tw-reading summary")
    page.click(".tw-leaves [rel=next]")
    page.wait_for_function("() => document.querySelector('.tw-leaves__at').textContent.includes('2')")
    assert page_at(page) == "Page 2 of 3"
    assert "Page 2 of the offer" in page.inner_text(".tw-reading__text")


def test_a_picture_that_can_not_be_made_is_said_so_in_its_place(visit, offer):  # noqa: F811
    page = visit(offer)
    page.route("**/pages/*", lambda route: route.fulfill(content_type="image/png", body=b"no picture"))
    page.locator("[data-reading]").first.click()
    page.wait_for_selector(".tw-leaves__failed")
    assert "Try again, or download the file." in page.inner_text(".tw-leaves__failed")


def test_on_a_phone_a_pdf_stands_below_the_grid(visit, offer):  # noqa: F811
    page = opened(visit, offer, width=390)
    page_at(page)
    tops = [page.locator(name).first.bounding_box()["y"] for name in (".tw-matrix", ".tw-leaves")]
    assert tops == sorted(tops)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_a_file_has_a_page_that_leads_back(visit, task):  # noqa: F811
    page = visit(task, script=False)
    late.follow(page, "[data-reading] >> nth=0", script=False)
    assert "The words of b1" in page.inner_text("main")
    late.follow(page, "text=Back", script=False)
    assert page.url.endswith(task)


def test_on_a_phone_one_bid_fills_the_width(visit, task):  # noqa: F811
    page = visit(task, width=390)
    page.click("nav.tw-matrix__bids a >> nth=1")
    page.wait_for_function("() => document.querySelector('.tw-matrix__bids li:nth-child(2) a').ariaCurrent === 'true'")
    lefts = page.eval_on_selector_all(
        ".tw-matrix tbody tr", "all => all.map(one => Math.round(one.getBoundingClientRect().left))"
    )
    assert [left in range(30) for left in lefts] == [False, True]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".tw-matrix tbody tr >> nth=1").locator(".tw-matrix__name").first.is_visible()


def test_the_draft_keeps_a_chosen_step(visit, task, house):  # noqa: F811
    page = visit(task)
    page.locator("#f-scores-0-points-2").check()
    page.wait_for_selector("[data-draft-status][data-state=saved]", timeout=10_000)
    with house.sessions() as session:
        assert session.query(OpenTaskRow).one().draft["scores-0-points"] == ["8"]
