"""Several at once, each in a transaction of its own: a change that moves the deadline, the opening, and bids around both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import bidding
import pytest

from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.procurement import bids, tenders
from app.procurement.bids import BidState
from tests.procurement.publishing import documents


@pytest.fixture
def written(session, town, lot):
    """Everybody's complete draft, its bond paid."""
    for bidder in town.bidders:
        bidding.write(session, bidder, lot.id)
        bidding.pay(session, town, bidder, lot.id)
    session.commit()
    return lot.id


@pytest.fixture
def act(session_factory):
    """Acts in a session of its own on a clock that stands at an instant; gives what came of it, or the refusal."""

    def do(instant, doing):
        with session_factory() as session:
            clock.use(session, clock.VirtualClock(instant))
            try:
                doing(session)
                session.commit()
            except (tenders.DeadlinePassed, bids.OpeningNotDue, bids.DraftMissing) as refusal:
                session.rollback()
                return refusal
            return None

    return do


def standing(session_factory, lot_id):
    with session_factory() as session:
        return bids.of_lot(session, lot_id)


def test_bids_that_come_in_with_the_opening_are_either_opened_or_refused(
    session_factory, town, tender, written, keeper, act, signer, virtual_clock
):
    deadline = tender.bid_deadline_at
    virtual_clock.turn_to(deadline)  # the keeper's
    before = deadline - timedelta(microseconds=1)

    def submit(bidder):
        return lambda session: bids.submit(session, bidder, lot_id=written, signer=signer)

    def opening(session):
        bids.open_all(session, SYSTEM, lot_id=written, keeper=keeper)

    with ThreadPoolExecutor(5) as pool:
        done = [pool.submit(act, before, submit(bidder)) for bidder in town.bidders]
        done.append(pool.submit(act, deadline, opening))
        taken = sum(future.result(60) is None for future in done[:-1])
        assert done[-1].result(60) is None
    made = standing(session_factory, written)
    assert len(made) == taken
    assert BidState.SEALED not in {bid.state for bid in made}, "a bid that was taken in was forgotten by the opening"


def test_a_deadline_moved_at_the_same_moment_holds_for_who_comes_after_it(
    session_factory, town, tender, written, keeper, act, signer
):
    old, late = tender.bid_deadline_at, tender.bid_deadline_at + timedelta(seconds=1)

    def change(session):
        moved = documents(bid_deadline_at=old + timedelta(days=7))
        tenders.change(session, town.officer, tender_id=tender.id, reasons="顺延", keeper=keeper, **moved)

    def submit(session):
        bids.submit(session, town.bidders[0], lot_id=written, signer=signer)

    with ThreadPoolExecutor(2) as pool:
        moving = pool.submit(act, old - timedelta(seconds=1), change)
        coming = pool.submit(act, late, submit)
        assert moving.result(60) is None
        refused = coming.result(60)
    assert (refused is None) == (len(standing(session_factory, written)) == 1)
    assert act(late, submit) is None or refused is None


def test_the_same_draft_sent_twice_at_once_is_sealed_once(session_factory, town, tender, written, act, signer):
    def submit(session):
        bids.submit(session, town.bidders[0], lot_id=written, signer=signer)

    before = tender.bid_deadline_at - timedelta(hours=1)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(act, before, submit) for _ in range(2)]
        assert sorted(type(future.result(60)).__name__ for future in done) == ["DraftMissing", "NoneType"]
    assert [bid.sequence for bid in standing(session_factory, written)] == [1]
