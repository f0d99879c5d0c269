"""At the deadline: the timer opens the bids, the host signs the record, and the losers' bonds go back."""

import pytest

from app.demonstration import lives, town
from app.engine import tasks
from app.foundation import documents
from app.procurement import bids, bonds, projects, tenders
from app.procurement.bids import BidState
from app.procurement.bonds import BondState


def facts_of(play, login, element_id):
    with play.looking() as session:
        actor = town.actor(session, login)
        [task] = tasks.inbox(session, actor, tasks.Filters(element_id=element_id)).rows
        shown = tasks.show(play.house.engine, session, actor, task.id)
        return {name.en: words.en for name, words, *_ in shown.facts}


@pytest.fixture
def opened(play, case, lot_id, submit):
    for login, price in (("ming", 445_000), ("kang", 512_800), ("shuang", 566_000)):
        submit(login, price)
    play.turn_to(lives.tender_of(play)[1])
    return lot_id


def test_the_timer_opens_the_bids_at_the_deadline(play, opened):
    with play.looking() as session:
        opening = bids.opening_of(session, opened)
        assert (opening.enough, opening.opened_at) == (True, tenders.of_lot(session, opened).bid_deadline_at)
        assert {bid.state for bid in bids.of_lot(session, opened)} == {BidState.OPENED}
    assert "opening" in play.stages


def test_the_host_sees_what_was_read_and_signs(play, opened):
    shown = facts_of(play, "he", "sign_opening_record")
    assert shown["Bids received"] == "3"
    assert "bid bond: received" in shown["Minghe Medical Technology Ltd"]
    play.do("he", "sign_opening_record", {"agreed": True, "objections": ""})
    with play.looking() as session:
        assert documents.get(session, bids.opening_of(session, opened).document_zh_id).kind == "opening_record"


def test_o87_41_with_two_bids_the_lot_fails_unopened_and_the_bonds_wait_to_go_back(play, lot_id, submit):
    submit("ming", 445_000)
    submit("kang", 512_800)
    play.turn_to(lives.tender_of(play)[1])
    with play.looking() as session:
        lot = projects.lot(session, lot_id)
        assert lot.failure_reason == "few_bids"
        assert {bid.state for bid in bids.of_lot(session, lot_id)} == {BidState.UNOPENED}
        states = {bond.state for bond in bonds.of_lot(session, lot_id)}
        assert states <= {BondState.DUE_BACK}
