"""Money is exact and can be written in words."""

from decimal import Decimal

import pytest

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
