"""Whole lives, each through the engine's doors: what succeeds, what fails, and what each leaves behind."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.demonstration import cases, lives, town
from app.engine import incidents, invariants, tasks
from app.foundation import journal
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import bids, bonds, evaluation, experts, projects, tenders
from app.procurement.bids import BidState
from app.procurement.disclosure import invitations
from app.workflow import changes
from tests import memory, seals


def lot_of(session, number=1):
    return session.scalars(select(projects.Lot).where(projects.Lot.number == number)).one()


def nothing_is_wrong(play):
    """No incident, every invariant and every chain of the journal holds."""
    with play.looking() as session:
        assert [incident.message.en for incident in incidents.open(session)] == []
        assert list(invariants.violations(play.house.engine, session)) == []
        assert list(journal.violations(session)) == []
    return True


@pytest.fixture
def awarded(play, case):
    """The demonstration's tender, up to its award."""
    memory.played(play, case, lives.FIRST_HALF + lives.AWARDING[:-1])
    return play


def test_the_published_figures_come_out_to_the_cent(awarded):
    """G1 and G2: 44.5, 51.28, 56.6 and 61.6 (ten thousand yuan) at a weight of 20."""
    with awarded.looking() as session:
        results = evaluation.results(session, lot_of(session).id)
        assert {result.price: result.price_points for result in results} == {
            Decimal("445000.00"): Decimal("20.00"),
            Decimal("512800.00"): Decimal("17.36"),
            Decimal("566000.00"): Decimal("15.72"),
            Decimal("616000.00"): Decimal("14.45"),
        }


def test_none_of_these_prices_is_abnormally_low(awarded):
    """G6: half of the mean is 26.7475, half of the next price 25.64."""
    with awarded.looking() as session:
        assert evaluation.low_price_checks(session, lot_of(session).id) == []
    assert "explain_price" not in awarded.open()


def test_the_committee_is_drawn_without_who_is_tied_to_a_bidder(awarded):
    with awarded.looking() as session:
        committee = experts.of_lot(session, lot_of(session).id)
        draw = committee.draws[-1]
        assert len(experts.serving(committee)) == 5
        assert "employee" in draw.excluded.values()


def test_the_best_bid_wins_and_the_losers_bonds_went_back(awarded):
    with awarded.looking() as session:
        lot = lot_of(session)
        states = {bid.supplier_id: bid.state for bid in bids.of_lot(session, lot.id)}
        [winner] = [supplier for supplier, state in states.items() if state == BidState.WINNER]
        held = [bond.supplier_id for bond in bonds.of_lot(session, lot.id) if bond.state == bonds.BondState.HELD]
        assert (lot.state, held) == ("notified", [winner])


def test_the_agency_seals_the_report_it_delivers_and_the_list_of_the_bonds_it_returns(awarded):
    with awarded.looking() as session:
        lot = lot_of(session)
        agency = organisations.get(session, tenders.of_lot(session, lot.id).agency_id).name.zh
        [batch] = bonds.batches_of(session, lot.id)
        assert seals.of_document(session, evaluation.report(session, lot.id).document_zh_id) == [agency]
        assert seals.of_document(session, batch.list_zh_id) == [agency]


def test_up_to_the_award_nothing_is_wrong(awarded):
    assert nothing_is_wrong(awarded)


def test_with_two_bids_none_is_opened_and_the_lot_fails(play, case):
    two = replace(case, offers=case.offers[:2])
    memory.played(play, two, (*lives.FIRST_HALF, lives.bid))
    play.turn_to(lives.tender_of(play)[1])
    with play.looking() as session:
        lot = lot_of(session)
        assert (lot.state, lot.failure_reason) == ("failed", "few_bids")
        assert {bid.state for bid in bids.of_lot(session, lot.id)} == {BidState.UNOPENED}
        assert {bond.state for bond in bonds.of_lot(session, lot.id)} == {bonds.BondState.DUE_BACK}
        notice = tenders.of_lot(session, lot.id).notices[-1]
        assert (notice.kind, notice.document_zh_id is not None) == ("failure", True)
        assert invitations.status(notice.tender) == "unsuccessful"
    assert nothing_is_wrong(play)


def test_o87_29_after_a_failure_the_agency_returns_the_bonds_in_time_and_the_case_ends(play, case):
    two = replace(case, offers=case.offers[:2])
    memory.played(play, two, (*lives.FIRST_HALF, lives.bid))
    play.turn_to(lives.tender_of(play)[1])
    with play.looking() as session:
        [task] = tasks.inbox(session, town.actor(session, "sun"), tasks.Filters(element_id="return_all_bonds")).rows
        due_on = {bond.return_due_on for bond in bonds.of_lot(session, lot_of(session).id)}
        assert {local_day(task.due_at)} == due_on
    play.do("sun", "return_all_bonds", {"agreed": True})
    with play.looking() as session:
        assert {bond.state for bond in bonds.of_lot(session, lot_of(session).id)} == {bonds.BondState.RETURNED}
    assert play.state == "completed"


def test_gpl_36_and_37_who_bid_is_told_why_it_failed_and_the_buyer_what_comes_next(play, case):
    two = replace(case, offers=case.offers[:2])
    memory.played(play, two, (*lives.FIRST_HALF, lives.bid))
    play.turn_to(lives.tender_of(play)[1])
    with play.looking() as session:
        mails = list(session.scalars(select(Outgoing).where(Outgoing.key.contains("failure:"))))
        assert all("投标截止时投标人不足三家" in mail.content["body"] for mail in mails)
        told = {mail.key.split(":")[1] for mail in mails if mail.key.startswith("bid:")}
        assert told == {bid.id for bid in bids.of_lot(session, lot_of(session).id)}
        assert {"重新组织招标" in mail.content["body"] for mail in mails if mail.key.startswith("failure:")} == {True}


def test_after_a_late_change_only_confirmed_bids_are_opened_at_the_new_deadline(play, case):
    memory.played(play, case, (*lives.FIRST_HALF, lives.bid))
    tender_id, old = lives.tender_of(play)
    play.turn_to(old - timedelta(days=4))
    change(play, case, tender_id)
    for offer in case.offers[:3]:
        with play.looking() as session:
            [signer, *_] = bids.signers_of(session, town.actor(session, offer.login).organisation_id)
        with play.acting(signer.login) as (session, actor):
            [mine] = bids.all_of_supplier(session, actor.organisation_id)
            bids.confirm(session, actor, bid_id=mine.id, signer=play.house.signer)
    play.turn_to(old + timedelta(days=1))
    assert "opening" not in play.stages
    lives.open_bids(play, case)
    with play.looking() as session:
        lot_id = lot_of(session).id
        states = [(bid.state, bid.invalid_reason) for bid in bids.of_lot(session, lot_id)]
        assert [state for state, _ in states] == [BidState.OPENED] * 3 + [BidState.UNOPENED]
    assert nothing_is_wrong(play)


def change(play, case, tender_id):
    reworded = [
        replace(r, text=Text("Spare parts in the house.", "备件存放于本院库房。")) if r.code == "T3" else r
        for r in case.requirements
    ]
    with play.acting("sun") as (session, actor):
        tender = tenders.get(session, tender_id)
        names = [name for name in tenders.Terms.__dataclass_fields__ if name != "more"]
        terms = tenders.Terms(**{name: getattr(tender, name) for name in names}, more=tender.terms)
        return changes.change(
            play.house.engine,
            session,
            actor,
            tender_id=tender_id,
            reasons="应供应商询问",
            requirements=reworded,
            factors=case.factors,
            terms=terms,
            keeper=play.house.keeper,
            signer=play.house.authority,
        )


def test_of_two_lots_one_may_fail_while_the_other_goes_on(play):
    memory.played(play, cases.TWO_LOTS, (*lives.FIRST_HALF, *lives.AWARDING[1:-1]))
    with play.looking() as session:
        first, second = lot_of(session, 1), lot_of(session, 2)
        assert (first.state, second.state, second.failure_reason) == ("notified", "failed", "few_bids")
    assert play.state == "active"
    assert nothing_is_wrong(play)


def test_when_no_lot_is_left_the_project_closes(play):
    none = replace(cases.TWO_LOTS, offers=cases.TWO_LOTS.offers[-2:])
    memory.played(play, none, (*lives.FIRST_HALF, lives.bid))
    play.turn_to(lives.tender_of(play)[1])
    while play.has("sun", "return_all_bonds"):
        play.do("sun", "return_all_bonds", {"agreed": True})
    with play.looking() as session:
        project = session.scalars(select(projects.Project)).one()
        assert (project.state, project.outcome) == ("closed", "failed")
        assert {lot.state for lot in project.lots} == {"failed"}
    assert play.state == "completed"
