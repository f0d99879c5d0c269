"""Prices that a bid says differently: corrected, confirmed by the bidder in time, or the bid is out (O87 51, 59)."""

from decimal import Decimal

import pytest
from lots import as_actor, conform, qualify, score

from app.foundation import documents
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import NotAllowed
from app.procurement import evaluation, experts, tenders
from app.procurement.bids import BidPrice, BidState
from app.procurement.evaluation import reports

UNITS = ("275000.00", "260000.00", "270000.00", "280000.00")
"""Twice these are the totals of the published prices but for the first, whose total says 500,000."""


@pytest.fixture
def priced(session, town, committee):
    """A lot whose bids price their one item (two pieces) so: the lot, its members and its bids, reviewed but not settled."""

    def act(units=UNITS):
        lot, members = committee()
        bids = evaluation.bids_in(session, lot.id, BidState.OPENED)
        (item,) = lot.items
        for bid, unit in zip(bids, units, strict=True):
            session.add(BidPrice(bid_id=bid.id, item_id=item.id, unit_price=Decimal(unit)))
        session.flush()
        session.expire_all()
        qualify(session, town, lot.id)
        for member in members:
            conform(session, member, lot.id)
        return lot, members, bids

    return act


@pytest.fixture
def asked(session, priced):
    """The same with its prices corrected: the lot, the bids and the corrections."""

    def act(units=UNITS):
        lot, _, bids = priced(units)
        return lot, bids, evaluation.correct_prices(session, SYSTEM, lot_id=lot.id)

    return act


def of(bid, *roles):
    """Somebody of a bid's supplier who holds these roles there."""
    groups = frozenset({*roles, *(f"{role}@{bid.supplier_id}" for role in roles)})
    return Actor(id="someone", name="Someone", organisation_id=bid.supplier_id, groups=groups)


def signer_of(bid):
    """Who signs for a bid's supplier."""
    return of(bid, "supplier-signer")


def test_o87_59_only_prices_that_disagree_are_corrected_and_their_bidders_asked(asked):
    _, bids, (correction,) = asked()
    assert (correction.bid_id, correction.price) == (bids[0].id, Decimal("550000.00"))
    assert [each["rule"] for each in correction.corrections] == [4]
    assert correction.due_at > correction.asked_at


def test_a_slipped_point_leaves_the_total_and_corrects_the_unit_price(asked):
    _, bids, (correction,) = asked(("25000.00", *UNITS[1:]))
    assert correction.price == bids[0].opened.price
    assert list(correction.unit_prices.values()) == ["250000.00"]


def test_doing_it_again_asks_nobody_twice(session, asked):
    lot, _, first = asked()
    assert evaluation.correct_prices(session, SYSTEM, lot_id=lot.id) == first


def test_nothing_is_settled_before_the_prices_are_corrected(session, priced):
    lot, _, _ = priced()
    with pytest.raises(evaluation.CorrectionsOpen):
        evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)


def test_nothing_is_settled_while_a_bidder_has_time_to_confirm(session, asked):
    lot, _, _ = asked()
    with pytest.raises(evaluation.CorrectionsOpen):
        evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)


def test_before_it_is_confirmed_a_corrected_price_binds_nobody(asked):
    _, bids, _ = asked()
    assert bids[0].opened.binding_price == Decimal("500000.00")


def test_o87_59_a_confirmed_price_is_what_the_ranking_counts(session, asked):
    lot, bids, _ = asked()
    evaluation.confirm_price(session, signer_of(bids[0]), bid_id=bids[0].id, confirmed=True)
    evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    for member in experts.serving(experts.of_lot(session, lot.id)):
        score(session, as_actor(session, member), lot.id)
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    assert {result.bid_id: result.price for result in evaluation.results(session, lot.id)}[bids[0].id] == 550_000
    assert evaluation.candidates(session, lot.id)[0].bid_id == bids[1].id


def test_the_report_says_what_was_corrected_and_answered(session, asked):
    lot, bids, _ = asked()
    evaluation.confirm_price(session, signer_of(bids[0]), bid_id=bids[0].id, confirmed=True)
    evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    said = reports.contents(session, lot, tenders.of_lot(session, lot.id), "seed")
    (row,) = said["price_corrections"]
    assert (row["read"], row["price"], row["answer"]) == ("500000.00", "550000.00", "confirmed")


def test_what_is_confirmed_is_a_paper_of_the_bidder(session, asked):
    _, bids, _ = asked()
    correction = evaluation.confirm_price(session, signer_of(bids[0]), bid_id=bids[0].id, confirmed=True)
    drawn = documents.get(session, correction.document_zh_id)
    assert (drawn.kind, drawn.organisation_id) == ("price_confirmation", bids[0].supplier_id)


def test_a_corrected_price_above_the_ceiling_is_out(session, asked):
    lot, bids, _ = asked(("310000.00", *UNITS[1:]))
    evaluation.confirm_price(session, signer_of(bids[0]), bid_id=bids[0].id, confirmed=True)
    evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    assert (bids[0].state, bids[0].invalid_reason) == (BidState.NONCONFORMING, "price_limit")


@pytest.mark.parametrize("answer", ["declined", "too late"])
def test_o87_59_a_bid_whose_corrected_price_isnt_confirmed_is_invalid(session, asked, virtual_clock, answer):
    lot, bids, (correction,) = asked()
    if answer == "declined":
        evaluation.confirm_price(session, signer_of(bids[0]), bid_id=bids[0].id, confirmed=False)
    else:
        session.commit()
        virtual_clock.turn_to(correction.due_at)
    evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    assert (bids[0].state, bids[0].invalid_reason) == (BidState.NONCONFORMING, "price_correction")
    assert "550,000.00" in evaluation.rejections(session, bids[0].id)[0].zh


def test_a_confirmation_counts_by_its_arrival(session, asked):
    _, bids, (correction,) = asked()
    with pytest.raises(evaluation.ConfirmationTooLate):
        evaluation.confirm_price(
            session, signer_of(bids[0]), bid_id=bids[0].id, confirmed=True, arrived_at=correction.due_at
        )


def test_a_bidder_answers_once(session, asked):
    _, bids, _ = asked()
    signer = signer_of(bids[0])
    evaluation.confirm_price(session, signer, bid_id=bids[0].id, confirmed=False)
    with pytest.raises(evaluation.AlreadyAnswered):
        evaluation.confirm_price(session, signer, bid_id=bids[0].id, confirmed=True)


def test_o87_51_whoever_only_writes_bids_cant_confirm(session, asked):
    _, bids, _ = asked()
    with pytest.raises(NotAllowed):
        evaluation.confirm_price(session, of(bids[0], "supplier-bidder"), bid_id=bids[0].id, confirmed=True)


def test_another_bidder_learns_nothing_of_a_correction(session, asked):
    _, bids, _ = asked()
    with pytest.raises(evaluation.CorrectionUnknown):
        evaluation.confirm_price(session, signer_of(bids[1]), bid_id=bids[0].id, confirmed=True)
