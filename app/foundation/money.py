"""Money: an exact decimal amount with its currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, order=False)
class Money:
    """``amount`` in units of ``currency`` (ISO 4217), kept to two decimals, rounded half up."""

    amount: Decimal
    currency: str = "CNY"

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", Decimal(self.amount).quantize(CENT, ROUND_HALF_UP))

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} can't be compared or added")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def times(self, factor: Decimal) -> Money:
        """This amount multiplied by a ratio, rounded half up to cents."""
        return Money(self.amount * factor, self.currency)

    def in_words(self, language: str = "zh") -> str:
        """The amount as contracts write it: 壹佰贰拾叁元肆角伍分, or one hundred and twenty-three yuan and 45 fen.

        Amounts below 10^16 have words. The Chinese words name no currency; it is written before them (人民币).
        """
        return _chinese_words(self.amount) if language == "zh" else _english_words(self.amount, self.currency)


def in_figures(amount: Decimal, currency: str = "CNY") -> str:
    """An amount with its currency and thousands, the same in both languages: ``¥1,860,000.00``, ``USD 1,860,000.00``."""
    sign, figures = "-" if amount < 0 else "", f"{abs(amount).quantize(CENT, ROUND_HALF_UP):,}"
    return f"{sign}¥{figures}" if currency == "CNY" else f"{sign}{currency} {figures}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def _four_digits(number: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words


def _whole_units(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = True
            continue
        if words and (gap or group < 1_000):
            words += "零"
        words += _four_digits(group) + _GROUPS[index]
        gap = False
    return words


def _chinese_words(amount: Decimal) -> str:
    sign = "负" if amount < 0 else ""
    cents = int((abs(amount) * 100).to_integral_value(ROUND_HALF_UP))
    units, tenths, hundredths = cents // 100, cents // 10 % 10, cents % 10
    if units >= 10**16:
        raise ValueError("amounts from 10^16 have no words here")
    words = sign + (_whole_units(units) + "元" if units else "")
    if not tenths and not hundredths:
        return (words or "零元") + "整"
    if tenths:
        words += _DIGITS[tenths] + "角"
    elif units:
        words += "零"
    return words + (_DIGITS[hundredths] + "分" if hundredths else "整")


_ONES = [
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
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion")
_UNITS = {"CNY": ("yuan", "fen"), "USD": ("US dollars", "cents"), "EUR": ("euros", "cents")}


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        words.append(_TENS[rest // 10] + (f"-{_ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        words.append(_ONES[rest])
    return " and ".join(words)


def _english_units(number: int) -> str:
    if number == 0:
        return _ONES[0]
    groups = []
    while number:
        number, group = divmod(number, 1_000)
        groups.append(group)
    words = [_below_thousand(group) + _THOUSANDS[place] for place, group in reversed(list(enumerate(groups))) if group]
    joined = " ".join(words[:-1])
    if not joined:
        return words[-1]
    return f"{joined} and {words[-1]}" if 0 < groups[0] < 100 else f"{joined} {words[-1]}"


def _english_words(amount: Decimal, currency: str) -> str:
    cents = int((abs(amount) * 100).to_integral_value(ROUND_HALF_UP))
    units, hundredths = divmod(cents, 100)
    if units >= 10**16:
        raise ValueError("amounts from 10^16 have no words here")
    unit, part = _UNITS.get(currency, (currency, "hundredths"))
    words = f"{'minus ' if amount < 0 else ''}{_english_units(units)} {unit}"
    return f"{words} and {hundredths:02} {part}" if hundredths else words
