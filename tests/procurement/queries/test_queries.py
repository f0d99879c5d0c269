"""Queries: by whom, within which days, answered to all concerned, and what follows for the result (GPL 52-53, IR 53-54, O94)."""

from datetime import UTC, date, datetime

import pytest
from lots import award as make_award

from app.foundation import journal
from app.foundation.actor import SYSTEM
from app.identity.roles import RoleMissing
from app.procurement import awards, queries, tenders
from app.procurement.projects import LotState, ReasonsMissing

POINT = queries.Point("评审不公", "中标人未提供T1的检测报告", "重新评审")


@pytest.fixture
def awarded(session, town, committee, remembered):
    def make():
        lot, members = committee()
        make_award(session, town, lot.id, members)
        return lot

    return remembered("awarded", make)


@pytest.fixture
def ask(session, town):
    """A bidder queries a lot's result unless told otherwise."""

    def act(lot, actor=None, **options):
        values = {"scope": "result", "points": [POINT], **options}
        return queries.raise_query(session, actor or town.bidders[1], lot_id=lot.id, **values)

    return act


@pytest.fixture
def answer(session, town):
    def act(query, outcome, actor=None, answer="经复核，评审符合招标文件"):
        return queries.answer(session, actor or town.officer, query_id=query.id, outcome=outcome, answer=answer)

    return act


def at(session, virtual_clock, *when):
    session.commit()
    virtual_clock.turn_to(datetime(*when, tzinfo=UTC))


def test_gpl_53_a_query_is_answered_within_seven_working_days(awarded, ask):
    assert ask(awarded).answer_due_on == date(2026, 4, 3)


@pytest.mark.parametrize(("when", "taken"), [((2026, 4, 7, 15, 59), True), ((2026, 4, 7, 16, 0), False)])
def test_gpl_52_the_result_is_queried_within_seven_working_days_of_the_notice(
    session, awarded, ask, virtual_clock, when, taken
):
    at(session, virtual_clock, *when)
    if taken:
        assert ask(awarded).state == "open"
    else:
        with pytest.raises(queries.QueryTooLate):
            ask(awarded)


def test_before_the_award_its_result_is_not_queried(opened, ask):
    with pytest.raises(queries.QueryTooEarly):
        ask(opened())


@pytest.mark.parametrize(("when", "taken"), [((2026, 4, 3, 4), True), ((2026, 4, 4, 4), False)])
def test_ir_53_the_opening_is_queried_within_seven_working_days_of_its_end(
    session, opened, ask, virtual_clock, when, taken
):
    lot = opened()
    at(session, virtual_clock, *when)
    if taken:
        assert ask(lot, scope="opening").scope == "opening"
    else:
        with pytest.raises(queries.QueryTooLate):
            ask(lot, scope="opening")


def test_o94_11_who_took_the_documents_may_query_them_until_seven_working_days_after_the_notice(
    session, town, tender, ask, virtual_clock
):
    tenders.take_documents(session, town.bidders[3], tender_id=tender.id)
    lot = tender.project.lots[0]
    assert queries.window(session, town.supplier_ids[3], lot.id, "documents").until_on == date(2026, 3, 18)
    at(session, virtual_clock, 2026, 3, 18, 12)
    assert ask(lot, actor=town.bidders[3], scope="documents").scope == "documents"


def test_o94_11_who_did_not_take_part_does_not_query(session, town, tender, ask):
    with pytest.raises(queries.MayNotQuery):
        ask(tender.project.lots[0], scope="documents")
    with pytest.raises(queries.MayNotQuery):
        ask(tender.project.lots[0], scope="result")


def test_a_buyer_does_not_query(town, awarded, ask):
    with pytest.raises(tenders.NotASupplierHere):
        ask(awarded, actor=town.handler)


@pytest.mark.parametrize("points", [[], [queries.Point("评审不公", " ", "重新评审")]])
def test_o94_12_a_query_names_matter_facts_and_request(awarded, ask, points):
    with pytest.raises(queries.PointsMissing):
        ask(awarded, points=points)


def test_a_supplier_sees_what_it_may_query_now(session, town, awarded):
    scopes = {window.scope for window in queries.open_scopes(session, town.supplier_ids[1], awarded.id)}
    assert scopes == {"opening", "evaluation", "result"}


def test_ir_54_an_open_query_pauses_the_signing(session, awarded, ask):
    ask(awarded)
    assert len(awards.pauses(session, awarded.id)) == 1


@pytest.mark.parametrize(
    ("outcome", "paused", "next_"),
    [("dismissed", 0, "conclude"), ("upheld_no_effect", 0, "conclude"), ("upheld", 1, "decide")],
)
def test_o94_16_what_an_answer_means(session, awarded, ask, answer, outcome, paused, next_):
    query = ask(awarded)
    assert queries.settle(session, SYSTEM, lot_id=awarded.id) == "wait"
    answer(query, outcome)
    assert len(awards.pauses(session, awarded.id)) == paused
    assert queries.settle(session, SYSTEM, lot_id=awarded.id) == next_


def test_o94_16_an_upheld_query_revokes_the_award_once(session, awarded, ask, answer):
    answer(ask(awarded), "upheld")
    queries.settle(session, SYSTEM, lot_id=awarded.id)
    assert (awarded.state, awards.of_lot(session, awarded.id)) == (LotState.EVALUATING, None)
    assert awards.pauses(session, awarded.id) == []
    assert queries.settle(session, SYSTEM, lot_id=awarded.id) == "conclude"


def test_o94_16_flawed_documents_start_the_procurement_over(session, town, tender, awarded, ask, answer):
    access = tenders.DocumentAccess(
        tender_id=tender.id, supplier_id=town.supplier_ids[1], taken_at=datetime(2026, 3, 24, tzinfo=UTC)
    )
    session.add(access)
    session.flush()
    answer(ask(awarded, scope="documents"), "upheld")
    assert queries.settle(session, SYSTEM, lot_id=awarded.id) == "fail"
    assert awarded.failure_reason == "documents_flawed"


def test_gpl_53_the_answer_goes_to_all_who_bid(session, town, awarded, ask, answer):
    assert set(answer(ask(awarded), "dismissed").told) == set(town.supplier_ids)


def test_the_others_read_a_query_only_once_it_is_answered(session, town, awarded, ask, answer):
    query = ask(awarded)
    assert queries.visible_to(session, town.bidders[1], query)
    assert not queries.visible_to(session, town.bidders[2], query)
    answer(query, "dismissed")
    assert queries.visible_to(session, town.bidders[2], query)


def test_o94_17_a_complaint_is_possible_fifteen_working_days_after_the_period_for_the_answer(awarded, ask, answer):
    assert answer(ask(awarded), "dismissed").complaint_until_on == date(2026, 4, 27)


def test_only_the_agency_answers_and_once(town, awarded, ask, answer):
    query = ask(awarded)
    with pytest.raises(RoleMissing):
        answer(query, "dismissed", actor=town.handler)
    with pytest.raises(ReasonsMissing):
        answer(query, "dismissed", answer=" ")
    answer(query, "dismissed")
    with pytest.raises(queries.QueryClosed):
        answer(query, "dismissed")


def test_o87_28_the_project_s_journal_doesnt_name_who_queries(session, town, tender, ask):
    tenders.take_documents(session, town.bidders[3], tender_id=tender.id)
    ask(tender.project.lots[0], actor=town.bidders[3], scope="documents")
    told = repr([(entry.actor_id, entry.facts) for entry in journal.of_case(session, tender.project_id)])
    assert town.bidders[3].id not in told
    assert town.supplier_ids[3] not in told


def test_a_query_has_a_number_of_its_own(awarded, ask):
    assert ask(awarded).number == "ZY-2026-0001"
