"""Which price a bid has when it says several: the order of O87 59; and amounts in Chinese words, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.money import CENT
from app.foundation.text import Text

SHIFTS = tuple(Decimal(10) ** places for places in (-4, -3, -2, -1, 1, 2, 3, 4))
"""By what a unit price is off when its decimal point slipped by one to four places."""


@dataclass(frozen=True)
class Correction:
    """One discrepancy and how it was settled. ``rule`` is the number of O87 59 (1 to 4)."""

    rule: int
    text: Text

    @property
    def statute(self) -> str:
        """The article with its number."""
        return f"O87 59({self.rule})"


@dataclass(frozen=True)
class Reading:
    """The price that counts, the unit prices that go with it, and what was corrected on the way.

    A corrected price binds only once the bidder has confirmed it (O87 59, 51); the bid of who doesn't is invalid.
    """

    price: Decimal
    unit_prices: Mapping[str, Decimal]
    corrections: tuple[Correction, ...] = field(default=())

    @property
    def needs_confirmation(self) -> bool:
        """Whether the bidder has to confirm a correction."""
        return bool(self.corrections)


def read_price(
    price: Decimal,
    *,
    words: str = "",
    elsewhere: Decimal | None = None,
    unit_prices: Mapping[str, Decimal] | None = None,
    quantities: Mapping[str, Decimal] | None = None,
) -> Reading:
    """Settle a bid's price in the order of O87 59.

    ``price`` and ``words`` stand in the opening list, in digits and in Chinese words; ``elsewhere`` is the total as the
    rest of the bid says it; ``unit_prices`` and ``quantities`` by item. Items without a quantity count once.

    :raises WordsUnreadable:
    """
    corrections: list[Correction] = []
    if elsewhere is not None and elsewhere != price:
        corrections.append(_list_counts(elsewhere, price))
    written = amount_of_words(words) if words.strip() else None
    if written is not None and written != price:
        corrections.append(_words_count(price, written))
        price = written
    units, quantity = dict(unit_prices or {}), dict(quantities or {})
    if units and total_of(units, quantity) != price:
        slipped = _slipped(price, units, quantity)
        if slipped is not None:
            item, right = slipped
            corrections.append(_point_slipped(units[item], right))
            units[item] = right
        else:
            total = total_of(units, quantity)
            corrections.append(_units_count(price, total))
            price = total
    return Reading(price, units, tuple(corrections))


def total_of(unit_prices: Mapping[str, Decimal], quantities: Mapping[str, Decimal]) -> Decimal:
    """The sum of unit price by quantity over the items, in cents, rounded half up."""
    total = sum((price * quantities.get(item, Decimal(1)) for item, price in unit_prices.items()), Decimal(0))
    return total.quantize(CENT, ROUND_HALF_UP)


def _slipped(
    price: Decimal, units: Mapping[str, Decimal], quantities: Mapping[str, Decimal]
) -> tuple[str, Decimal] | None:
    """The one unit price whose decimal point slipped, and the right one: with it the total is right to the cent."""
    found = [
        (item, unit * shift)
        for item, unit in units.items()
        for shift in SHIFTS
        if unit and total_of({**units, item: unit * shift}, quantities) == price
    ]
    if len(found) != 1 or found[0][1] != found[0][1].quantize(CENT):
        return None
    return found[0][0], found[0][1].quantize(CENT)


def _list_counts(elsewhere: Decimal, price: Decimal) -> Correction:
    return Correction(
        1,
        Text(
            f"The bid states ¥{elsewhere:,.2f} but its price schedule states ¥{price:,.2f}. The price schedule is used.",
            f"投标文件载明{elsewhere:,.2f}元，开标一览表为{price:,.2f}元，以开标一览表为准。",
        ),
    )


def _words_count(price: Decimal, written: Decimal) -> Correction:
    return Correction(
        2,
        Text(
            f"The price is ¥{price:,.2f} in figures but ¥{written:,.2f} in words. The words are used.",
            f"小写金额为{price:,.2f}元，大写金额为{written:,.2f}元，以大写金额为准。",
        ),
    )


def _point_slipped(unit: Decimal, right: Decimal) -> Correction:
    return Correction(
        3,
        Text(
            f"The decimal point of the unit price ¥{unit:,.2f} is misplaced. The total is used; the unit price is ¥{right:,.2f}.",
            f"单价{unit:,.2f}元小数点明显错位，以总价为准，单价修正为{right:,.2f}元。",
        ),
    )


def _units_count(price: Decimal, total: Decimal) -> Correction:
    return Correction(
        4,
        Text(
            f"The total is ¥{price:,.2f} but the unit prices add up to ¥{total:,.2f}. The unit prices are used.",
            f"总价为{price:,.2f}元，按单价汇总为{total:,.2f}元，以单价金额计算结果为准。",
        ),
    )


class WordsUnreadable(ValueError):
    """These words are no amount."""


_DIGITS = {word: number for number, words in enumerate(("零〇", "壹一", "贰二两", "叁三", "肆四", "伍五", "陆六", "柒七", "捌八", "玖九")) for word in words}  # fmt: skip
_PLACES = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}


def amount_of_words(words: str) -> Decimal:
    """The amount that Chinese words say (``人民币壹佰贰拾叁元肆角伍分``), in yuan.

    :raises WordsUnreadable:
    """
    text = "".join(words.split()).removeprefix("人民币").replace("圆", "元")
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整").removesuffix("正")
    units, yuan, rest = text.rpartition("元")
    if not text or (not yuan and not any(part in rest for part in "角分")):
        raise WordsUnreadable(words)
    whole = _whole(units) if units else 0
    return sign * (Decimal(whole) + _cents(rest, words))


def _cents(rest: str, words: str) -> Decimal:
    rest = rest.lstrip("零")
    amount = Decimal(0)
    for unit, value in (("角", Decimal("0.1")), ("分", CENT)):
        digit, found, after = rest.partition(unit)
        if not found:
            continue
        digit = digit.lstrip("零") or "零"
        if len(digit) != 1 or digit not in _DIGITS:
            raise WordsUnreadable(words)
        amount, rest = amount + _DIGITS[digit] * value, after
    if rest:
        raise WordsUnreadable(words)
    return amount


def _whole(words: str) -> int:
    total = group = digit = 0
    for word in words:
        if word in _DIGITS:
            digit = _DIGITS[word]
        elif word in _PLACES:
            group += (digit or 1) * _PLACES[word]
            digit = 0
        elif word in _GROUPS:
            total = (total + group + digit) * _GROUPS[word] if word == "亿" else total + (group + digit) * _GROUPS[word]
            group = digit = 0
        else:
            raise WordsUnreadable(words)
    return total + group + digit
