"""A bid in a real Chromium: it saves itself, its files come and go, it is sealed; every page passes axe, on a phone too."""

from __future__ import annotations

import re
import threading
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from app.foundation.actor import SYSTEM
from app.identity import accounts, grants, sessions
from app.procurement import bids
from app.web import current
from tests import memory
from tests.browser import axe, late, walking
from tests.web import tendering

pytestmark = pytest.mark.browser


@pytest.fixture
def database(request):
    """The browser's side is the same on both databases; SQLite alone saves half the time."""
    engine = request.getfixturevalue("_sqlite")
    yield engine
    memory.empty(engine)


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def world(house, town, virtual_clock):
    """A published tender whose bid writer may seal, too."""
    world = tendering.published(house, town, virtual_clock)
    with house.sessions() as session:
        writer = accounts.by_login(session, "supplier-bidder")
        grants.grant(session, SYSTEM, account_id=writer.id, role="supplier-signer", organisation_id=town.supplier)
        session.commit()
    return world


@pytest.fixture
def visit(chromium, app, house, world):
    """``visit(path, login)``: a page as that person sees it; whatever the console says fails the test at its end."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address, said, contexts = f"http://127.0.0.1:{server.server_port}", [], []

    def open_page(path, login="supplier-bidder", *, width=1280):
        with house.sessions() as session:
            opened = sessions.open_for(
                session, accounts.by_login(session, login), address="127.0.0.1", browser="Chromium"
            )
            session.commit()
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        context.add_cookies([{"name": current.cookie_name(False), "value": opened.token, "url": address}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}{path}")
        return late.scripted(page)

    yield open_page
    for context in contexts:
        context.close()
    server.shutdown()
    server.server_close()
    assert said == []


@pytest.fixture
def filled(visit, world):
    """The editor with a complete bid that has saved itself."""
    page = visit(f"/supplier/lots/{world.lot_id}/bid")
    page.fill(f"[name='prices-{world.item_id}']", "285000")
    page.fill("#f-price", "570000")
    for id_ in world.requirements.values():
        page.fill(f"[name='responses-{id_}']", "We meet it.")
    for name in bids.DECLARATIONS:
        page.check(f"#f-declaration-{name}")
    page.wait_for_selector("[data-draft-status][data-state=saved]", timeout=15_000)
    return page


def test_what_is_written_saves_itself_and_is_there_again(filled, world):
    filled.reload()
    assert filled.input_value("#f-price") == "570000"
    lacking = filled.locator(".tw-checklist .tw-tag--soon").evaluate_all(
        "all => all.map(tag => tag.closest('li').innerText.split('\\n')[0])"
    )
    assert lacking == ["T2", "Bid bond"]
    assert filled.locator(".tw-checklist .tw-tag--draft").count() == 0


def test_the_total_is_worked_out_from_the_unit_prices_until_another_is_typed(visit, world):
    page = visit(f"/supplier/lots/{world.lot_id}/bid")
    unit = f"[name='prices-{world.item_id}']"
    page.fill(unit, "285000.5")
    assert (page.inner_text("[data-sum]"), page.input_value("#f-price")) == ("570,001.00", "570001.00")
    page.fill("#f-price", "560000")
    page.fill(unit, "285000")
    assert (page.inner_text("[data-sum]"), page.input_value("#f-price")) == ("570,000.00", "560000")


def test_the_summary_follows_what_is_saved(visit, world):
    page = visit(f"/supplier/lots/{world.lot_id}/bid")
    page.fill("#f-price", "570000")
    expect(page.locator(".tw-summary")).to_contain_text("570,000.00", timeout=15_000)


def test_nothing_that_stays_on_the_screen_covers_what_is_focused(visit, world):
    assert walking.covered(visit(f"/supplier/lots/{world.lot_id}/bid")) == []


def test_a_file_is_kept_as_it_comes_and_gone_when_removed(filled):
    filled.set_input_files("#f-file-T2", [{"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])
    filled.wait_for_selector(".tw-files [data-upload-remove]")
    filled.reload()
    expect(filled.locator(".tw-files__name")).to_have_text("b.pdf")
    filled.click(".tw-files [data-upload-remove]")
    expect(filled.locator(".tw-files li")).to_have_count(0)
    filled.reload()
    expect(filled.locator(".tw-files li")).to_have_count(0)


def test_a_bid_goes_from_the_editor_to_its_receipt(filled, house, world, town):
    late.follow(filled, "text=Continue to the check")
    assert axe.violations(filled) == []
    late.follow(filled, "text=Seal and submit")
    assert re.search(r"/supplier/bids/\w+$", filled.url)
    assert axe.violations(filled) == []
    with house.sessions() as session:
        bid = bids.of_supplier(session, world.lot_id, town.supplier)
    assert filled.locator("#digest").inner_text() == bid.digest


def test_withdrawing_asks_before_it_destroys(filled, house, world, town):
    late.follow(filled, "text=Continue to the check")
    late.follow(filled, "text=Seal and submit")
    filled.click("button:has-text('Withdraw')")
    filled.wait_for_selector("dialog[open]")
    with house.sessions() as session:
        assert bids.of_supplier(session, world.lot_id, town.supplier) is not None
    filled.click("dialog[open] button.govuk-button")
    filled.wait_for_selector(".tw-tag--stopped")
    with house.sessions() as session:
        assert bids.of_supplier(session, world.lot_id, town.supplier) is None


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_of_suppliers_passes_axe(visit, world, language, width):
    wrong = {}
    page = visit(f"/supplier?lang={language}", width=width)
    for path in (
        "/supplier",
        "/supplier/tenders",
        f"/supplier/tenders/{world.tender_id}",
        f"/supplier/lots/{world.lot_id}/bid",
        f"/supplier/lots/{world.lot_id}/bond",
        "/supplier/bonds",
        "/supplier/messages",
        "/supplier/company",
        "/register",
        "/portal/verify",
    ):
        page.goto(urljoin(page.url, f"{path}?lang={language}"))
        wrong |= {path: found} if (found := axe.violations(page)) else {}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than {width}"
    assert wrong == {}


def test_the_pages_of_registrar_and_agency_pass_axe(visit, house, world):
    registrar = visit("/registrations", "registrar")
    assert axe.violations(registrar) == []
    late.follow(registrar, "a[data-open] >> nth=0")
    assert axe.violations(registrar) == []
    assert axe.violations(visit("/bonds", "agency-officer")) == []
