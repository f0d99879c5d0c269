"""A deadline is kept by what arrived before it, however late it is decided; what arrived after it is late."""

import ast
import importlib
import inspect
import pkgutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import bidding
import pytest

import app.procurement
import app.workflow
from app.engine import tasks
from app.foundation import arrivals, doubts, journal
from app.foundation.actor import SYSTEM
from app.keeper import KeyNotDue
from app.procurement import bids, bonds, tenders

INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
APP = Path(app.procurement.__file__).parents[1]


def withdraw(session, bidder, lot, signer, **when):
    made = bids.of_supplier(session, lot.id, bidder.organisation_id)
    return bids.withdraw(session, bidder, bid_id=made.id, signer=signer, **when)


def confirm(session, bidder, lot, signer, **when):
    made = bids.of_supplier(session, lot.id, bidder.organisation_id)
    return bids.confirm(session, bidder, bid_id=made.id, signer=signer, **when)


ACTS = {
    "submit": lambda session, bidder, lot, signer, **when: bids.submit(
        session, bidder, lot_id=lot.id, signer=signer, **when
    ),
    "withdraw": withdraw,
    "confirm": confirm,
    "save a draft": lambda session, bidder, lot, _signer, **when: bids.save_draft(
        session, bidder, lot_id=lot.id, content={"price": "1"}, **when
    ),
    "add a file": lambda session, bidder, lot, _signer, **when: bids.add_file(
        session, bidder, lot_id=lot.id, name="a.txt", source=b"a", **when
    ),
    "ask for a bond": lambda session, bidder, lot, _signer, **when: bonds.request(
        session, bidder, lot_id=lot.id, **when
    ),
    "ask": lambda session, bidder, lot, _signer, **when: tenders.ask(
        session, bidder, tender_id=tenders.of_lot(session, lot.id).id, text="?", **when
    ),
}


@pytest.fixture
def after(session, town, tender, lot, bid):
    """An hour after the deadline, with a bid and a draft of the first bidder, and nothing opened yet."""
    bid(0)
    bidding.write(session, town.bidders[0], lot.id)
    bidding.at(session, tender.bid_deadline_at + HOUR)
    return tender.bid_deadline_at


@pytest.mark.parametrize("act", ACTS)
def test_o87_33_what_arrived_before_the_deadline_is_taken_an_hour_after_it(session, town, lot, signer, after, act):
    assert ACTS[act](session, town.bidders[0], lot, signer, arrived_at=after - INSTANT) is not None


@pytest.mark.parametrize("act", ACTS)
def test_what_arrived_at_the_deadline_is_late_whatever_the_transactions_own_time(
    session, town, tender, lot, bid, signer, act
):
    bid(0)
    bidding.write(session, town.bidders[0], lot.id)
    with pytest.raises(tenders.DeadlinePassed):
        ACTS[act](session, town.bidders[0], lot, signer, arrived_at=tender.bid_deadline_at)


def test_receipt_bid_and_journal_say_when_it_arrived(session, town, lot, signer, after):
    made = ACTS["submit"](session, town.bidders[0], lot, signer, arrived_at=after - INSTANT)
    (entry,) = journal.of_case(session, f"bid:{made.id}")
    said = (after - INSTANT).isoformat()
    assert made.received_at == after - INSTANT
    assert (made.receipt["content"]["received_at"], entry.facts["arrived_at"]) == (said, said)
    assert made.receipt["content"]["decided_at"] == (after + HOUR).isoformat()


def test_nothing_is_taken_after_the_opening_even_if_it_arrived_in_time(session, town, lot, signer, keeper, after):
    bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)
    with pytest.raises(tenders.DeadlinePassed):
        ACTS["submit"](session, town.bidders[0], lot, signer, arrived_at=after - INSTANT)


def test_nothing_is_opened_while_what_arrived_in_time_is_being_decided(session, lot, keeper, after):
    arrivals.publish(session, "busy", after - INSTANT)
    with pytest.raises(arrivals.StillDeciding):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)
    assert bids.opening_of(session, lot.id) is None


def test_a_draft_that_changed_after_it_was_sealed_is_sealed_anew(session, town, tender, lot, signer, keeper):
    bidder = town.bidders[0]
    bidding.write(session, bidder, lot.id)
    sealed = bids.seal(session, bidder, lot_id=lot.id)
    bidding.write(session, bidder, lot.id, brand="另一品牌")
    made = bids.submit(session, bidder, lot_id=lot.id, signer=signer, sealed=sealed)
    with closing(sealed):
        assert made.digest != sealed.package.digest


def test_a_draft_that_did_not_change_is_taken_in_as_it_was_sealed(session, town, lot, signer):
    bidder = town.bidders[0]
    bidding.write(session, bidder, lot.id)
    sealed = bids.seal(session, bidder, lot_id=lot.id)
    with closing(sealed):
        made = bids.submit(session, bidder, lot_id=lot.id, signer=signer, sealed=sealed)
        assert made.sealed == b"".join(sealed.package.pieces())


@pytest.mark.parametrize("name", ["pages", "workflow"])
def test_who_calls_an_act_that_a_deadline_decides_says_when_its_request_arrived(name):
    folder = APP / {"pages": "web", "workflow": "workflow"}[name]
    known = deciding()
    assert {"submit", "withdraw", "confirm", "ask", "raise_query", "explain", "reply", "change", "complete"} <= known
    silent = [f"{path.name}:{call.lineno}" for path in folder.rglob("*.py") for call in calls(path, known)]
    assert silent == []


def deciding() -> set[str]:
    """The names of all acts that take ``arrived_at``."""
    found = {tasks.complete.__name__}
    for package in (app.procurement, app.workflow):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if inspect.isfunction(value) and not name.startswith("_") and takes_arrival(value):
                    found.add(name)
    return found - {"arrived", "seal", "request"} | {"bonds.request"}


def takes_arrival(function) -> bool:
    return "arrived_at" in inspect.signature(function).parameters


def calls(path: Path, known: set[str]):
    """The calls of such an act in a file that don't say when the request arrived."""
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        whole = f"{getattr(call.func.value, 'id', '')}.{call.func.attr}"
        if call.func.attr not in known and whole not in known:
            continue
        module = getattr(call.func.value, "id", "")
        if module in (
            "bids",
            "bonds",
            "tenders",
            "queries",
            "questions",
            "raising",
            "changes",
            "breaches",
            "evaluation",
        ) and not any(keyword.arg == "arrived_at" for keyword in call.keywords):
            yield call


class AnotherClock:
    """A keeper to whom the deadline hasn't come yet."""

    def allow(self, _lot_id):
        raise KeyNotDue(deadline="later", now="now")


def test_with_too_few_bids_it_is_the_keepers_to_allow_the_opening_too(session, lot, after):
    with pytest.raises(KeyNotDue):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=AnotherClock())
    assert bids.opening_of(session, lot.id) is None


def test_while_a_clock_is_in_doubt_nothing_is_opened(session, lot, keeper, after):
    doubts.note(session, which="keeper", node="here", apart=timedelta(seconds=3))
    with pytest.raises(doubts.ClocksDoubted):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)


def test_what_the_keeper_allowed_stands_in_its_log(session, lot, keeper, after):
    bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)
    assert ("allow", lot.id) in [(line["act"], line["lot"]) for line in keeper.log.lines]
