"""Money is exact and can be written in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.money import Money


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("10", "壹拾元整"),
        ("100.5", "壹佰元伍角整"),
        ("1005", "壹仟零伍元整"),
        ("10000", "壹万元整"),
        ("10500", "壹万零伍佰元整"),
        ("1230000.50", "壹佰贰拾叁万元伍角整"),
        ("100000001.01", "壹亿零壹元零壹分"),
        ("20010000", "贰仟零壹万元整"),
        ("-3", "负叁元整"),
    ],
)
def test_amounts_in_words_follow_the_bookkeeping_rules(amount, words):
    assert Money(Decimal(amount)).in_words() == words


def test_amounts_are_rounded_half_up_to_cents():
    assert Money(Decimal("10")).times(Decimal("0.33335")) == Money(Decimal("3.33"))


def test_two_currencies_are_not_added():
    with pytest.raises(ValueError, match="CNY and EUR"):
        Money(Decimal(1)) + Money(Decimal(1), "EUR")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "zero yuan"),
        ("0.05", "zero yuan and 05 fen"),
        ("21", "twenty-one yuan"),
        ("115.50", "one hundred and fifteen yuan and 50 fen"),
        ("1005", "one thousand and five yuan"),
        ("565000", "five hundred and sixty-five thousand yuan"),
        ("1000900", "one million nine hundred yuan"),
        ("-3", "minus three yuan"),
    ],
)
def test_amounts_have_english_words_too(amount, words):
    assert Money(Decimal(amount)).in_words("en") == words


def test_other_currencies_have_their_units():
    assert Money(Decimal("2.50"), "USD").in_words("en") == "two US dollars and 50 cents"


amounts = st.decimals(min_value=0, max_value=Decimal("9999999999999999.99"), places=2)


def read_chinese(words: str) -> Decimal:
    """Read formal numerals by their places: each digit times its place times its group."""
    digits, places = "零壹贰叁肆伍陆柒捌玖", {"拾": 10, "佰": 100, "仟": 1000}
    total = group = Decimal(0)
    digit = 0
    for character in words.removesuffix("整").replace("万亿", "兆"):
        if character in digits:
            digit = digits.index(character)
        elif character in places:
            group, digit = group + digit * places[character], 0
        else:
            scale = {"兆": 10**12, "亿": 10**8, "万": 10**4, "元": 1, "角": Decimal("0.1"), "分": Decimal("0.01")}
            total, group, digit = total + (group + digit) * scale[character], Decimal(0), 0
    return total


@given(amounts)
def test_the_chinese_words_say_the_amount(amount):
    assert read_chinese(Money(amount).in_words()) == amount


def read_english(words: str) -> Decimal:
    """Read English words: a hundred multiplies what stands before it, a thousand its whole group."""
    ones = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
    ]
    ones += ["seventeen", "eighteen", "nineteen"]
    tens = {
        word: 10 * n
        for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
    }
    scales = {word: 1000**n for n, word in enumerate(["thousand", "million", "billion", "trillion", "quadrillion"], 1)}
    units, _, rest = words.partition(" yuan")
    total = group = 0
    for word in units.replace("-", " ").replace(",", "").replace(" and", "").split():
        if word in scales:
            total, group = total + group * scales[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += tens.get(word) or ones.index(word)
    fen = rest.removeprefix(" and ").removesuffix(" fen") if rest else "0"
    return Decimal(total + group) + Decimal(fen) / 100


@given(amounts)
def test_the_english_words_say_the_amount(amount):
    assert read_english(Money(amount).in_words("en")) == amount
