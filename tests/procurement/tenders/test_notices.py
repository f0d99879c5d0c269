"""The notice: what starts to run, what is public, and what nobody is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM
from app.procurement import projects, tenders
from app.procurement.projects import LotState, NotInThisState, ProjectState
from app.procurement.tenders import TenderState


def test_publishing_starts_every_clock_of_the_law(tender):
    assert tender.bid_deadline_at == datetime(2026, 3, 25, 1, 30, tzinfo=UTC)
    assert (tender.notice_ends_on, tender.supply_ends_on) == (date(2026, 3, 9), date(2026, 3, 9))


def test_publishing_opens_the_lots_for_bids(tender):
    assert tender.project.state == ProjectState.PUBLISHED
    assert [lot.state for lot in tender.project.lots] == [LotState.BIDDING]


def test_every_lot_has_a_key_whose_private_half_is_with_the_keeper(session, tender, keeper):
    lot = tender.project.lots[0]
    key = session.get(tenders.LotKey, lot.id)
    assert key.recipient.startswith("age1")
    assert keeper.deadline(lot.id) == tender.bid_deadline_at


@pytest.mark.parametrize(
    "part",
    ["buyer", "agency", "lots", "need", "qualification", "documents", "notice_ends_on", "bid_deadline_at"],
    ids=[f"O87 13({n})" for n in ("1", "1 agency", "2", "3", "4", "5", "6", "7")],
)
def test_the_notice_says_what_o87_13_asks_for(tender, part):
    assert tender.notices[0].content[part]


def test_the_first_version_keeps_the_whole_content(tender):
    version = tender.versions[0]
    assert version.number == 1
    assert version.digest == tenders.digest(tenders.content(tender))


def test_the_content_is_the_same_after_it_was_stored(session, tender):
    before = tenders.digest(tenders.content(tender))
    session.commit()
    session.expire_all()
    assert tenders.digest(tenders.content(tenders.get(session, tender.id))) == before


def test_unconfirmed_documents_are_not_published(session, entrusted, draft, keeper):
    draft()
    tenders.check(session, SYSTEM, project_id=entrusted.id)
    with pytest.raises(tenders.TenderNotOpen):
        tenders.publish(session, SYSTEM, project_id=entrusted.id, keeper=keeper)


def test_documents_with_errors_are_not_confirmed(session, town, entrusted, draft):
    draft(committee_size=4)
    tenders.check(session, SYSTEM, project_id=entrusted.id)
    with pytest.raises(tenders.FindingsOpen):
        tenders.confirm_documents(session, town.handler, project_id=entrusted.id, decision="confirm")


def test_gpl_35_a_late_notice_is_refused_when_the_bid_period_has_become_too_short(
    session, town, entrusted, draft, keeper, virtual_clock
):
    draft()
    tenders.check(session, SYSTEM, project_id=entrusted.id)
    tenders.confirm_documents(session, town.handler, project_id=entrusted.id, decision="confirm")
    session.commit()
    virtual_clock.turn(timedelta(days=5))
    with pytest.raises(tenders.FindingsOpen):
        tenders.publish(session, SYSTEM, project_id=entrusted.id, keeper=keeper)


def test_returned_documents_go_back_to_the_agency_with_reasons(session, town, entrusted, draft):
    tender = draft()
    tenders.check(session, SYSTEM, project_id=entrusted.id)
    tenders.confirm_documents(session, town.handler, project_id=entrusted.id, decision="return", reasons="技术要求过宽")
    assert tender.state == TenderState.DRAFTING


def test_drafting_again_takes_the_confirmation_back(session, town, entrusted, draft):
    draft()
    tenders.check(session, SYSTEM, project_id=entrusted.id)
    tenders.confirm_documents(session, town.handler, project_id=entrusted.id, decision="confirm")
    assert draft().confirmed_at is None


def test_before_the_notice_only_the_parties_see_the_documents(session, town, draft):
    tender, now = draft(), clock.now(session)
    assert tenders.visible_to(town.officer, tender, now)
    assert not tenders.visible_to(town.bidders[0], tender, now)
    assert not tenders.visible_to(None, tender, now)


def test_after_the_notice_everybody_sees_them(session, tender):
    assert tenders.visible_to(None, tender, clock.now(session))


def test_o87_28_nobody_learns_before_the_deadline_who_took_the_documents(session, town, tender):
    tenders.take_documents(session, town.bidders[0], tender_id=tender.id)
    before, after = clock.now(session), tender.bid_deadline_at
    assert not tenders.accesses_visible_to(town.host, tender, before)
    assert tenders.accesses_visible_to(town.host, tender, after)
    assert town.bidders[0].id not in {e.actor_id for e in journal.of_case(session, tender.project_id)}


def test_taking_the_documents_twice_is_one_taking(session, town, tender):
    first = tenders.take_documents(session, town.bidders[0], tender_id=tender.id)
    assert tenders.take_documents(session, town.bidders[0], tender_id=tender.id) is first


def test_gpl_36_a_failed_lot_says_why_to_all(session, tender):
    lot = tender.project.lots[0]
    tenders.fail(session, SYSTEM, lot_id=lot.id, reason="few_bids")
    assert (lot.state, tender.notices[-1].content["why"]["zh"]) == (LotState.FAILED, "投标截止时投标人不足三家")


def test_failing_twice_publishes_once(session, tender):
    lot = tender.project.lots[0]
    tenders.fail(session, SYSTEM, lot_id=lot.id, reason="few_bids")
    tenders.fail(session, SYSTEM, lot_id=lot.id, reason="few_qualified")
    assert [notice.kind for notice in tender.notices] == ["tender", "failure"]


def test_o87_29_a_terminated_tender_takes_no_bids(session, town, tender):
    tenders.terminate(session, town.reviewer, tender_id=tender.id, reasons="重大变故")
    assert not tenders.open_for_bids(tender, clock.now(session))
    assert tender.project.lots[0].state == LotState.CANCELLED


def test_a_project_is_not_planned_again_after_the_notice(tender, plan):
    with pytest.raises(NotInThisState):
        plan(tender.project)


def test_a_timetable_that_reaches_a_year_without_calendar_asks_a_person(session, town, planned, virtual_clock):
    planned.notice_on = date(2026, 12, 14)
    rows = {row.name: row for row in tenders.draw_timetable(session, SYSTEM, project_id=planned.id)}
    assert rows["bid_deadline"].on is None
    tenders.confirm_timetable(
        session,
        town.handler,
        project_id=planned.id,
        bid_deadline_at=datetime(2027, 1, 12, 1, tzinfo=UTC),
        source="财政局答复",
    )
    assert rows["bid_deadline"].on == date(2027, 1, 12)


def test_gpl_35_no_person_can_settle_a_deadline_that_no_calendar_allows(session, town, planned):
    planned.notice_on = date(2026, 12, 14)
    tenders.draw_timetable(session, SYSTEM, project_id=planned.id)
    with pytest.raises(tenders.timetables.OutsideBounds):
        tenders.confirm_timetable(
            session,
            town.handler,
            project_id=planned.id,
            bid_deadline_at=datetime(2026, 12, 30, 1, tzinfo=UTC),
            source="财政局答复",
        )


def test_a_timetable_inside_known_years_is_certain(session, planned):
    assert all(row.on for row in tenders.draw_timetable(session, SYSTEM, project_id=planned.id))
    assert projects.get(session, planned.id) is planned
