"""Qualification by the agency, conformity by the committee's majority, and when a lot fails (O87 44, 50, 61, 63; GPL 36)."""

from datetime import date

import pytest
from lots import conform, qualify, review

from app.foundation.actor import SYSTEM
from app.identity.roles import RoleMissing
from app.procurement import bonds, evaluation, experts
from app.procurement.bids import BidState
from app.procurement.projects import NotInThisState, ReasonsMissing
from app.procurement.suppliers import Exclusion


@pytest.fixture
def evaluated(session, town, committee):
    """A lot under evaluation with its members and its bids."""

    def act(prices=("500000.00", "520000.00", "540000.00", "560000.00"), **options):
        lot, members = committee(prices, **options)
        return lot, members, evaluation.bids_in(session, lot.id, BidState.OPENED)

    return act


def test_every_bid_is_reviewed_for_each_condition_and_the_general_one(session, evaluated):
    lot, _, bids = evaluated()
    assert len(evaluation.qualification_cells(session, lot.id)) == 2 * len(bids)


def test_a_bid_that_misses_a_condition_is_out_with_the_reason(session, town, evaluated):
    lot, _, bids = evaluated()
    assert qualify(session, town, lot.id, missed=[bids[0].id])
    assert bids[0].state == BidState.UNQUALIFIED
    assert "未提供证明" in evaluation.rejections(session, bids[0].id)[0].zh


def test_o87_44_fewer_than_three_qualified_bidders_are_not_evaluated(session, town, evaluated):
    lot, _, bids = evaluated()
    assert not qualify(session, town, lot.id, missed=[bids[0].id, bids[1].id])
    assert lot.failure_reason == "few_qualified"


def test_a_condition_not_met_needs_its_reason(session, town, evaluated):
    lot, _, _ = evaluated()
    rows = [evaluation.Row(*cell.key, met=False) for cell in evaluation.qualification_cells(session, lot.id)]
    with pytest.raises(ReasonsMissing) as refused:
        evaluation.review_qualification(session, town.officer, lot_id=lot.id, rows=rows)
    assert refused.value.field == "rows-0-reason"


@pytest.mark.parametrize("change", [lambda rows: rows[1:], lambda rows: [*rows, rows[0]]], ids=["missing", "twice"])
def test_a_review_with_gaps_is_refused(session, town, evaluated, change):
    lot, _, _ = evaluated()
    rows = [evaluation.Row(*cell.key, met=True) for cell in evaluation.qualification_cells(session, lot.id)]
    with pytest.raises(evaluation.RowsIncomplete):
        evaluation.review_qualification(session, town.officer, lot_id=lot.id, rows=change(rows))


def test_a_qualification_review_is_recorded_once(session, town, evaluated):
    lot, _, _ = evaluated()
    qualify(session, town, lot.id)
    with pytest.raises(evaluation.AlreadyReviewed):
        qualify(session, town, lot.id)


def test_o87_44_the_committee_does_not_review_the_qualification(session, evaluated):
    lot, members, _ = evaluated()
    rows = [evaluation.Row(*cell.key, met=True) for cell in evaluation.qualification_cells(session, lot.id)]
    with pytest.raises(RoleMissing):
        evaluation.review_qualification(session, members[0], lot_id=lot.id, rows=rows)


def test_gpl_77_an_excluded_supplier_does_not_pass(session, town, evaluated):
    lot, _, bids = evaluated()
    session.add(
        Exclusion(
            organisation_id=bids[0].supplier_id,
            basis="GPL 77",
            reasons="串通投标",
            valid_from=date(2026, 3, 10),
            valid_until=date(2027, 3, 9),
            decided_by="finance",
            decided_at=bids[0].received_at,
        )
    )
    session.flush()
    with pytest.raises(evaluation.ExcludedCannotPass):
        qualify(session, town, lot.id)


def test_before_the_committee_sits_nothing_is_reviewed(session, town, opened):
    lot = opened()
    with pytest.raises(NotInThisState):
        qualify(session, town, lot.id)


def test_o87_61_the_majority_decides(session, town, evaluated):
    lot, members, bids = evaluated()
    qualify(session, town, lot.id)
    for place, member in enumerate(members):
        conform(session, member, lot.id, missed=[bids[0].id] if place < 3 else [bids[1].id])
    assert evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    assert [bid.state for bid in bids[:2]] == [BidState.NONCONFORMING, BidState.CONFORMING]


def test_gpl_36_fewer_than_three_conforming_bids_fail_the_lot(session, town, evaluated):
    lot, members, bids = evaluated()
    qualify(session, town, lot.id)
    for member in members:
        conform(session, member, lot.id, missed=[bids[0].id, bids[1].id])
    assert not evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    assert lot.failure_reason == "few_conforming"


def test_nothing_is_settled_before_every_member_has_reviewed(session, town, evaluated):
    lot, members, _ = evaluated()
    qualify(session, town, lot.id)
    conform(session, members[0], lot.id)
    with pytest.raises(evaluation.OpinionsMissing):
        evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)


def test_a_member_reviews_once_and_nobody_else_at_all(session, town, evaluated):
    lot, members, _ = evaluated()
    qualify(session, town, lot.id)
    conform(session, members[0], lot.id)
    with pytest.raises(evaluation.AlreadyReviewed):
        conform(session, members[0], lot.id)
    with pytest.raises(experts.NotAMember):
        conform(session, town.officer, lot.id)


def test_o87_63_a_bid_above_the_ceiling_is_out_whatever_the_members_say(session, town, evaluated):
    lot, members, bids = evaluated(("500000.00", "520000.00", "540000.00", "580000.01"))
    assert review(session, town, lot.id, members)
    assert bids[3].state == BidState.NONCONFORMING
    assert "580,000.01" in evaluation.rejections(session, bids[3].id)[0].en


def test_gpl_36_when_all_are_above_the_budget_that_is_the_reason(session, town, evaluated):
    lot, members, _ = evaluated(("580000.01", "590000.00", "600000.00"))
    assert not review(session, town, lot.id, members)
    assert lot.failure_reason == "over_budget"


def test_o87_63_a_bid_without_its_bond_is_out(session, town, evaluated):
    lot, members, bids = evaluated()
    session.delete(bonds.of_supplier(session, lot.id, bids[0].supplier_id))
    session.flush()
    assert review(session, town, lot.id, members)
    assert bids[0].state == BidState.NONCONFORMING


def test_o87_63_nobody_passes_whose_bond_no_bank_statement_shows(session, town, evaluated):
    lot, _, bids = evaluated()
    bonds.of_supplier(session, lot.id, bids[0].supplier_id).state = "requested"
    session.flush()
    with pytest.raises(evaluation.BondUnproved):
        qualify(session, town, lot.id)


def test_o87_31_bids_of_one_brand_count_as_one(session, town, evaluated):
    lot, members, _ = evaluated(brand=["海光", "海光 ", "远景", "远景"])
    assert not review(session, town, lot.id, members)


def test_o87_31_under_the_lowest_price_only_the_lowest_of_a_brand_goes_on(session, town, tender, evaluated):
    tender.review_method = "lowest_price"
    lot, members, bids = evaluated(brand=["海光", "海光", "远景", "晨曦"])
    assert review(session, town, lot.id, members)
    assert [bid.state for bid in bids[:2]] == [BidState.CONFORMING, BidState.INVALID]
