"""The order of the bids is total, replayable, and lets one bid of each brand be a candidate (O87 31, 56-57)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procurement.evaluation.rankings import Entry, count_by_brand, lowest_of_each_brand, rank

SEED = "11" * 32
SMALL = st.integers(1, 5).map(Decimal)
ENTRIES = st.lists(
    st.builds(
        Entry,
        bid_id=st.integers(0, 50).map(str),
        price=SMALL,
        evaluation_price=SMALL,
        total=SMALL,
        technical=SMALL,
        brand=st.sampled_from(["", "a", "b"]),
    ),
    max_size=9,
    unique_by=lambda entry: entry.bid_id,
)
METHODS = st.sampled_from(["comprehensive", "lowest_price"])
TIES = st.sampled_from(["draw", "technical"])


@given(ENTRIES, METHODS, TIES, st.randoms())
def test_the_order_is_total_and_does_not_depend_on_the_order_of_arrival(entries, method, tie_break, random):
    shuffled = list(entries)
    random.shuffle(shuffled)
    first = rank(entries, review_method=method, tie_break=tie_break, seed=SEED)
    again = rank(shuffled, review_method=method, tie_break=tie_break, seed=SEED)
    assert first == again
    assert [place.rank for place in first] == list(range(1, len(entries) + 1))


@given(ENTRIES, TIES)
def test_a_better_score_or_at_equal_score_a_lower_price_goes_first(entries, tie_break):
    order = [p.entry for p in rank(entries, review_method="comprehensive", tie_break=tie_break, seed=SEED)]
    merits = [(-entry.total, entry.price) for entry in order]
    assert merits == sorted(merits)


@given(ENTRIES)
def test_one_bid_of_each_brand_can_be_a_candidate(entries):
    places = rank(entries, review_method="comprehensive", tie_break="draw", seed=SEED)
    open_brands = [place.entry.brand for place in places if not place.barred and place.entry.brand]
    assert len(open_brands) == len(set(open_brands))
    assert count_by_brand(entry.brand for entry in entries) == sum(not place.barred for place in places)


def entry(bid_id, price, total=0, technical=0, brand=""):
    return Entry(bid_id, Decimal(price), Decimal(price), Decimal(total), Decimal(technical), brand)


def order(entries, **options):
    values = {"review_method": "comprehensive", "tie_break": "draw", "seed": SEED, **options}
    return rank(entries, **values)


def test_o87_57_score_goes_before_price():
    places = order([entry("a", 90, total=80), entry("b", 100, total=81)])
    assert [place.entry.bid_id for place in places] == ["b", "a"]


def test_o87_56_under_the_lowest_price_the_evaluation_price_counts_alone():
    cheap = Entry("a", Decimal(100), Decimal(80))
    places = order([entry("b", 90), cheap], review_method="lowest_price")
    assert [place.entry.bid_id for place in places] == ["a", "b"]


def test_equals_are_told_apart_by_the_technical_points_if_the_documents_say_so():
    places = order([entry("a", 90, 80, 40), entry("b", 90, 80, 45)], tie_break="technical")
    assert [(p.entry.bid_id, p.tie) for p in places] == [("b", "technical"), ("a", "technical")]


def test_o87_68_equals_are_drawn_and_the_draw_replays_from_its_seed():
    equals = [entry(name, 90, 80) for name in "abcdef"]
    drawn = {tuple(p.entry.bid_id for p in order(equals, seed=f"{n:064x}")) for n in range(20)}
    assert len(drawn) > 10
    assert order(equals) == order(list(reversed(equals)))
    assert {place.tie for place in order(equals)} == {"draw"}


@pytest.mark.parametrize(("brands", "count"), [(["a", "A ", "b"], 2), (["", "", "ａ"], 3), ([], 0)])
def test_o87_31_bids_of_one_brand_count_as_one(brands, count):
    assert count_by_brand(brands) == count


def test_o87_31_under_the_lowest_price_the_lowest_of_a_brand_joins():
    joined = lowest_of_each_brand([entry("a", 90, brand="x"), entry("b", 80, brand="X"), entry("c", 95)], SEED)
    assert joined == {"b", "c"}
