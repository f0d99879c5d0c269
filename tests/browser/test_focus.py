"""What has the focus is seen: no head, bar or card that stays while the page scrolls covers it (WCAG 2.2, 2.4.11).

Every page with something that stays is walked through by Tab, down and up again, in a usual, a low, a narrow and a phone's window.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import clock
from app.identity import accounts, grants
from app.procurement.contracts import Contract
from app.procurement.projects import Project
from app.procurement.tenders import Tender
from tests.browser import walking
from tests.web import test_sections_in_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STYLES = Path(__file__).parents[2] / "app/static/dist"


@dataclass(frozen=True)
class Place:
    """A page with something that stays: where it is, and for whom; ``act`` brings it there once it is open."""

    login: str
    address: str
    act: Callable[[Page], object] = lambda _page: None


def task(session: Session, form_id: str) -> Place:
    """An open task of a form, for somebody who may do it."""
    row = session.scalars(select(OpenTaskRow).where(OpenTaskRow.form_id == form_id).order_by(OpenTaskRow.id)).first()
    assert row is not None, f"the town has no open task of {form_id}"
    if row.assignee_id:
        return Place(accounts.get(session, row.assignee_id).login, f"/tasks/{row.id}")
    role, _, organisation = row.candidate_groups[0].partition("@")
    return Place(grants.holders(session, role, organisation or None)[0].login, f"/tasks/{row.id}")


def tender(session: Session) -> Tender:
    """A tender that takes bids."""
    found = session.scalars(select(Tender).where(Tender.bid_deadline_at > clock.now(session))).first()
    assert found is not None, "the town has no tender that takes bids"
    return found


def read_beside(page: Page) -> None:
    page.locator("[data-reading]").first.click()
    page.wait_for_selector(".tw-reading:not([hidden])")


def edit(page: Page) -> None:
    page.click("tr:has-text('tender_lot') form button")
    page.wait_for_selector(".tw-findings__head")


def holder(session: Session, role: str) -> str:
    return grants.holders(session, role)[0].login


def bid(session: Session) -> Place:
    """Somebody's bid on the open tender, of those who may write one."""
    project = session.get_one(Project, tender(session).project_id)
    return Place(holder(session, "supplier-bidder"), f"/supplier/lots/{project.lots[0].id}/bid")


def case(session: Session) -> Place:
    row = session.scalars(select(InstanceRow).order_by(InstanceRow.id)).first()
    assert row is not None
    return Place(holder(session, "administrator"), f"/cases/{row.id}")


def contract(session: Session) -> Place:
    found = session.scalars(select(Contract).order_by(Contract.id)).first()
    assert found is not None
    return Place(holder(session, "administrator"), f"/contracts/{found.id}")


PLACES: dict[str, Callable[[Session], Place]] = {
    "scores": lambda session: task(session, "score_bids"),
    "scores with a file beside them": lambda session: Place(
        task(session, "score_bids").login, task(session, "score_bids").address, read_beside
    ),
    "long form": lambda session: task(session, "apply"),
    "review": lambda session: task(session, "review_application"),
    "bid": bid,
    "change of the documents": lambda session: Place(
        holder(session, "agency-officer"), f"/tenders/{tender(session).id}/change"
    ),
    "studio": lambda session: Place(holder(session, "analyst"), "/studio", edit),
    "inbox": lambda session: Place(holder(session, "buyer-handler"), "/inbox"),
    "case": case,
    "contract": contract,
    "people": lambda session: Place(holder(session, "administrator"), "/people"),
    "operations": lambda session: Place(holder(session, "administrator"), "/operations"),
}


@pytest.fixture
def arrive(site: Flask, browser_page) -> Callable[[str], Page]:
    """``arrive(name)``: one of the places, open in a browser."""

    def open_place(name: str) -> Page:
        with site.extensions["tenderway"].sessions() as session:
            place = PLACES[name](session)
        page = browser_page(place.login, place.address)
        place.act(page)
        return page

    return open_place


@pytest.mark.parametrize("name", PLACES)
def test_what_has_the_focus_is_covered_by_nothing_that_stays(arrive, name):
    covered = walking.covered(arrive(name))
    assert not covered, "\n".join(covered)


ELSEWHERE = {".tw-contents": test_sections_in_browser.test_the_list_of_sections_covers_nothing}
"""What stays on a page of no town, and the test that walks it."""


def test_everything_that_stays_is_on_a_page_that_is_walked(arrive):
    """Whoever lets something stay that isn't on one of the pages adds its page."""
    sheets = [(STYLES / f"{name}.css").read_text(encoding="utf-8") for name in ("site", "portal", "work")]
    rules = re.findall(r"([^{}]+)\{[^{}]*position:(?:sticky|fixed)", "".join(sheets))
    unseen = {selector.strip() for rule in rules for selector in rule.split(",")} - ELSEWHERE.keys()
    assert unseen
    for name in PLACES:
        page = arrive(name)
        unseen -= {selector for selector in unseen if page.locator(selector).count()}
    assert unseen == set()
