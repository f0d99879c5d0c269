"""Challenges of the documents that were upheld: cured in time they go on, uncured they hold the opening (O94 16(1))."""

from datetime import UTC, datetime

import pytest
from lots import award as make_award

from app.foundation.actor import SYSTEM
from app.procurement import awards, bids, queries, tenders
from app.procurement.projects import LotState, ReasonsMissing

POINT = queries.Point("倾向性条款", "T1只有一家能满足", "修改T1")


@pytest.fixture
def challenged(session, town, tender):
    """A supplier that took the documents challenges those of the only lot: the lot and the challenge."""

    def act(scope="documents"):
        tenders.take_documents(session, town.bidders[3], tender_id=tender.id)
        lot = tender.project.lots[0]
        query = queries.raise_query(session, town.bidders[3], lot_id=lot.id, scope=scope, points=[POINT])
        return lot, query

    return act


@pytest.fixture
def answer(session, town):
    def act(query, outcome="upheld", **options):
        values = {"outcome": outcome, "answer": "T1不合理地限制竞争", **options}
        return queries.answer(session, town.officer, query_id=query.id, **values)

    return act


def turn_to_the_deadline(session, virtual_clock, tender):
    session.commit()
    virtual_clock.turn_to(tender.bid_deadline_at)


def test_o94_16_what_a_change_cured_in_time_touches_no_result(session, town, challenged, change, answer, committee):
    lot, query = challenged()
    answer(query, cured_by=change(validity_days=120).id)
    assert awards.pauses(session, lot.id) == []
    lot, members = committee()
    make_award(session, town, lot.id, members)
    assert queries.settle(session, SYSTEM, lot_id=lot.id) == "conclude"


def test_o94_16_uncured_documents_hold_the_opening(session, tender, challenged, answer, keeper, virtual_clock):
    lot, query = challenged()
    answer(query)
    turn_to_the_deadline(session, virtual_clock, tender)
    with pytest.raises(bids.DocumentsAtFault):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)


def test_o94_16_a_change_after_the_answer_cures_and_the_opening_goes_on(
    session, town, tender, challenged, answer, change, keeper, virtual_clock
):
    lot, query = challenged()
    answer(query)
    queries.cure(session, town.officer, query_id=query.id, change_id=change(validity_days=120).id)
    assert (queries.uncured(session, lot.id), awards.pauses(session, lot.id)) == ([], [])
    turn_to_the_deadline(session, virtual_clock, tender)
    assert bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper).bid_count == 0


def test_two_faults_are_cured_one_by_one(session, town, challenged, answer, change):
    lot, first = challenged()
    second = queries.raise_query(session, town.bidders[3], lot_id=lot.id, scope="documents", points=[POINT])
    answer(first)
    answer(second)
    queries.cure(session, town.officer, query_id=first.id, change_id=change(validity_days=120).id)
    assert (queries.uncured(session, lot.id), lot.failure_reason) == ([second], "documents_flawed")


def test_a_change_before_the_challenge_cures_nothing(session, challenged, answer, change, virtual_clock):
    earlier = change(validity_days=120)
    session.commit()
    virtual_clock.turn_to(datetime(2026, 3, 3, 4, tzinfo=UTC))
    _, query = challenged()
    with pytest.raises(queries.NoCure):
        answer(query, cured_by=earlier.id)


def test_only_what_was_upheld_of_the_documents_is_cured(challenged, answer, change):
    _, query = challenged()
    with pytest.raises(queries.NothingToCure):
        answer(query, outcome="dismissed", cured_by=change(validity_days=120).id)


def test_after_the_opening_nothing_is_cured(session, town, challenged, answer, change, opened):
    _, query = challenged()
    made = change(validity_days=120)
    opened()
    with pytest.raises(queries.NothingToCure):
        answer(query, cured_by=made.id)


def test_o94_16_documents_that_nothing_cured_start_over_with_reasons(session, town, challenged, answer):
    lot, query = challenged()
    answer(query)
    with pytest.raises(ReasonsMissing):
        queries.decide_documents(session, town.officer, lot_id=lot.id)
    assert not queries.decide_documents(session, town.officer, lot_id=lot.id, reasons="须修改文件后重新招标")
    assert (lot.state, lot.failure_reason) == (LotState.BIDDING, "documents_flawed")
