"""Which price counts when a bid says several (O87 59)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.money import Money
from app.procurement.bids.prices import WordsUnreadable, amount_of_words, read_price, total_of

D = Decimal
cents = st.decimals(min_value=0, max_value=10**12, places=2)


def rules(reading):
    return [correction.rule for correction in reading.corrections]


def test_a_bid_that_agrees_with_itself_keeps_its_price():
    reading = read_price(
        D("570000.00"), words="伍拾柒万元整", unit_prices={"a": D("285000.00")}, quantities={"a": D(2)}
    )
    assert (reading.price, reading.needs_confirmation) == (D("570000.00"), False)


def test_o87_59_1_the_opening_list_goes_before_the_rest_of_the_bid():
    reading = read_price(D("570000.00"), elsewhere=D("580000.00"))
    assert (reading.price, rules(reading)) == (D("570000.00"), [1])


def test_o87_59_2_words_go_before_digits():
    reading = read_price(D("570000.00"), words="伍拾捌万元整")
    assert (reading.price, rules(reading)) == (D("580000.00"), [2])


@pytest.mark.parametrize("unit", ["28500.00", "2850000.00", "2850.00", "285.00"])
def test_o87_59_3_a_slipped_decimal_point_is_put_right_by_the_total(unit):
    reading = read_price(
        D("670000.00"), unit_prices={"a": D(unit), "b": D("100000.00")}, quantities={"a": D(2), "b": D(1)}
    )
    assert (reading.price, reading.unit_prices["a"], rules(reading)) == (D("670000.00"), D("285000.00"), [3])


def test_o87_59_4_unit_prices_go_before_their_total():
    reading = read_price(D("570000.00"), unit_prices={"a": D("284000.00")}, quantities={"a": D(2)})
    assert (reading.price, rules(reading)) == (D("568000.00"), [4])


def test_when_two_unit_prices_could_have_slipped_it_isnt_obvious_and_the_units_count():
    reading = read_price(D("110.00"), unit_prices={"a": D("10.00"), "b": D("10.00")})
    assert (reading.price, rules(reading)) == (D("20.00"), [4])


def test_several_discrepancies_are_settled_in_the_articles_order():
    reading = read_price(
        D("570000.00"),
        words="伍拾捌万元整",
        elsewhere=D("1.00"),
        unit_prices={"a": D("284000.00")},
        quantities={"a": D(2)},
    )
    assert (reading.price, rules(reading)) == (D("568000.00"), [1, 2, 4])


def test_words_are_compared_before_a_slipped_point_is_looked_for():
    reading = read_price(D("57000.00"), words="伍拾柒万元整", unit_prices={"a": D("28500.00")}, quantities={"a": D(2)})
    assert (reading.price, reading.unit_prices["a"], rules(reading)) == (D("570000.00"), D("285000.00"), [2, 3])


def test_fractions_of_a_cent_are_rounded_in_the_sum_only():
    assert total_of({"a": D("0.33"), "b": D("0.33")}, {"a": D("1.5"), "b": D("0.5")}) == D("0.66")


@given(cents)
def test_words_written_for_any_amount_read_back_as_it(amount):
    assert amount_of_words(Money(amount).in_words()) == amount


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("人民币伍拾柒万元整", "570000"),
        ("壹佰万零壹元正", "1000001"),
        ("一百二十三元四角五分", "123.45"),
        ("拾元整", "10"),
        ("叁角", "0.3"),
        ("壹亿零伍拾万圆零捌分", "100500000.08"),
        ("零元整", "0"),
    ],
)
def test_words_are_read_as_people_write_them(words, amount):
    assert amount_of_words(words) == D(amount)


@pytest.mark.parametrize("words", ["", "元元", "五十七", "伍拾柒万元捌", "ten yuan", "壹角贰"])
def test_what_is_no_amount_is_not_guessed(words):
    with pytest.raises(WordsUnreadable):
        amount_of_words(words)


@given(cents, st.dictionaries(st.sampled_from("abc"), cents, max_size=3))
def test_the_price_that_counts_always_fits_its_unit_prices(price, units):
    reading = read_price(price, unit_prices=units)
    assert not units or total_of(reading.unit_prices, {}) == reading.price
