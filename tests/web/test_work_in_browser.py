"""The pages of work in a real Chromium: keys, drafts, uploads, rows and conditions, without a word on the console."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from app.engine.records import OpenTaskRow
from app.foundation.documents import Document
from app.identity import accounts, sessions
from app.web import current
from tests.browser import axe, late
from tests.web import work

pytestmark = pytest.mark.browser


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    work.deploy(made, work.two_steps(), files=work.FORM)
    before = made.engine.acts
    work.declare(made, prepare=lambda _context: {"values": {"scores": work.SCORES}})
    yield made
    made.engine.acts = before


@pytest.fixture
def address(app):
    """The site on a port of its own, in threads as it is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(chromium, house, address):
    """``visit(path, login)``: a page as that person sees it; whatever the console says fails the test at its end."""
    said, contexts = [], []

    def open_page(path, login="buyer-handler", *, width=1440, script=True):
        with house.sessions() as session:
            account = accounts.by_login(session, login)
            opened = sessions.open_for(session, account, address="127.0.0.1", browser="Chromium")
            session.commit()
        context = chromium.new_context(java_script_enabled=script, viewport={"width": width, "height": 900})
        contexts.append(context)
        context.add_cookies([{"name": current.cookie_name(False), "value": opened.token, "url": address}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}{path}")
        return late.scripted(page) if script else page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in said if "status of 422" not in text] == []  # a refused form is no fault of the page


def waiting(house):
    with house.sessions() as session:
        return session.query(OpenTaskRow).order_by(OpenTaskRow.id).all()


def test_the_keys_move_open_and_claim(house, visit):
    first, second = (work.start(house)[1][0] for _ in range(2))
    page = visit("/inbox")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_selector(".tw-status")
    assert [row.claimed_by is not None for row in waiting(house)] == [False, True]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#task-form")
    assert page.url.rsplit("/", 1)[1] in (first, second)


def test_what_is_typed_saves_itself_and_is_there_again(house, visit):
    task = work.start(house)[1][0]
    page = visit(f"/tasks/{task}")
    page.fill("#f-title", "half a title")
    page.wait_for_selector("[data-draft-status][data-state=saved]", timeout=10_000)
    page.reload()
    assert page.input_value("#f-title") == "half a title"


def test_a_file_goes_up_by_itself_and_comes_with_the_form(house, visit, tmp_path):
    task = work.start(house)[1][0]
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7\nhello")
    page = visit(f"/tasks/{task}")
    page.set_input_files("#f-attachments", tmp_path / "plan.pdf")
    page.wait_for_selector("[data-upload-name=attachments] input[type=hidden]", state="attached")
    page.fill("#f-title", "lamps")
    page.check("#f-decision")
    for row in range(4):
        page.fill(f"#f-scores-{row}-points", "5")
    page.click("[data-sending]")
    page.wait_for_selector("text=You have completed this task.")
    with house.sessions() as session:
        assert [(each.name, each.access) for each in session.query(Document)] == [("plan.pdf", "case")]


def test_a_file_that_is_there_is_removed_without_sending_the_form(house, visit, tmp_path):
    task = work.start(house)[1][0]
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7\nhello")
    page = visit(f"/tasks/{task}")
    page.set_input_files("#f-attachments", tmp_path / "plan.pdf")
    page.wait_for_selector("[data-upload-name=attachments] input[type=hidden]", state="attached")
    page.wait_for_selector("[data-draft-status][data-state=saved]", timeout=10_000)
    page.reload()
    page.click("[data-upload-name=attachments] [data-upload-remove]")
    expect(page.locator("[data-upload-name=attachments] li")).to_have_count(0)
    assert page.url.endswith(task)


def test_reasons_are_asked_for_only_when_something_is_returned(house, visit):
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    before = page.is_visible("#f-reasons")
    page.check("#f-decision-2")
    assert (before, page.is_visible("#f-reasons")) == (False, True)


def test_rows_come_at_once_with_a_script_and_by_a_round_trip_without(house, visit):
    task = work.start(house)[1][0]
    for script in (True, False):
        page = visit(f"/tasks/{task}", script=script)
        page.click("button[name=_add]")
        page.wait_for_selector("#f-items-1-item")
        assert page.locator("[data-row-list] tr").count() == 2


def test_enter_in_a_field_sends_the_form(house, visit):
    page = visit(f"/tasks/{work.start(house)[1][0]}")
    page.press("#f-title", "Enter")
    page.wait_for_selector(".govuk-error-summary")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/inbox", "/tasks/{task}", "/cases", "/cases/{case}", "/start"])
def test_every_page_of_work_can_be_used_by_everybody(house, visit, town, width, path):
    work.project(house, town)
    case, (task,) = work.start(house, key="JC-2026-0001")
    page = visit(path.format(case=case, task=task), width=width)
    assert axe.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
