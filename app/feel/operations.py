"""Arithmetic, equality and order (DMN 1.5, section 10.3.2.3 and tables 45 to 58). A wrong operand gives None."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from app.feel import temporal as t
from app.feel.values import DECIMAL128, Range, kind, number

_DURATIONS = frozenset({"days and time duration", "years and months duration"})
_MOMENTS = frozenset({"date", "time", "date and time"})


# -- equality and order


def equal(left: Any, right: Any) -> bool | None:
    """Equality within one type; null equals null only; None when the types differ."""
    if left is None or right is None:
        return left is right
    name = kind(left)
    if name != kind(right):
        return None
    compare = _EQUALITIES.get(name)
    return bool(left == right) if compare is None else compare(left, right)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal; values of different types are not."""
    return equal(left, right) is True


def _equal_contexts(left: Any, right: Any) -> bool:
    return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)


def _equal_lists(left: Any, right: Any) -> bool:
    return len(left) == len(right) and all(map(same, left, right))


def _equal_moments(left: Any, right: Any) -> bool:
    """Moments of the same second: fractions of a second don't count (section 10.3.2.3.5)."""
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return t.instant(left) // t.SECOND == t.instant(right) // t.SECOND


def _equal_times(left: Any, right: Any) -> bool:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return t.clock_instant(left) // t.SECOND == t.clock_instant(right) // t.SECOND


def _equal_ranges(left: Range, right: Range) -> bool:
    flags = (left.operator, left.low_included, left.high_included)
    return (
        flags == (right.operator, right.low_included, right.high_included)
        and same(left.low, right.low)
        and same(left.high, right.high)
    )


_EQUALITIES: dict[str, Callable[[Any, Any], bool]] = {
    "number": lambda left, right: number(left) == number(right),
    "list": _equal_lists,
    "context": _equal_contexts,
    "date and time": _equal_moments,
    "time": _equal_times,
    "range": _equal_ranges,
    "function": lambda left, right: left is right,
}


def _key(value: Any, name: str) -> Any:
    match name:
        case "number":
            return number(value)
        case "date and time":
            return t.instant(value)
        case "time":
            return t.clock_instant(value)
        case "date":
            return t.day_number(value)
        case "days and time duration":
            return t.nanoseconds(value)
    return value


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None where the types have no common order."""
    name = kind(left)
    if name != kind(right) or name not in _ORDERED:
        return None
    if name in ("date and time", "time") and (left.tzinfo is None) != (right.tzinfo is None):
        return None
    a, b = _key(left, name), _key(right, name)
    return int(a > b) - int(a < b)


_ORDERED = frozenset({"number", "string"}) | _DURATIONS | _MOMENTS


def _greater(left: Any, right: Any) -> bool | None:
    return None if (sign := order(left, right)) is None else sign > 0


def _at_least(left: Any, right: Any) -> bool | None:
    return None if (sign := order(left, right)) is None else sign >= 0 or same(left, right)


def _unequal(left: Any, right: Any) -> bool | None:
    return None if (found := equal(left, right)) is None else not found


COMPARISONS: dict[str, Callable[[Any, Any], bool | None]] = {
    "=": equal,
    "!=": _unequal,
    ">": _greater,
    ">=": _at_least,
    "<": lambda left, right: _greater(right, left),
    "<=": lambda left, right: _at_least(right, left),
}


def includes(interval: Range, point: Any) -> bool | None:
    """Whether a point lies in a range; None when that can't be told."""
    if interval.operator is not None:
        return COMPARISONS[interval.operator](point, interval.high if interval.low is None else interval.low)
    low = COMPARISONS[">=" if interval.low_included else ">"](point, interval.low)
    high = COMPARISONS["<=" if interval.high_included else "<"](point, interval.high)
    if point is None or interval.low is None or interval.high is None or low is None or high is None:
        return None
    return low and high


# -- arithmetic


def add(left: Any, right: Any) -> Any:
    """Sum, concatenation, or a moment moved by a duration."""
    kinds = (kind(left), kind(right))
    if kinds[0] == kinds[1]:
        match kinds[0]:
            case "string":
                return left + right
            case "days and time duration":
                return t.make_duration(t.nanoseconds(left) + t.nanoseconds(right))
            case "years and months duration":
                return t.make_months(left.months + right.months)
    if kinds[0] in _MOMENTS and kinds[1] in _DURATIONS:
        return t.shift(left, right)
    if kinds[1] in _MOMENTS and kinds[0] in _DURATIONS:
        return t.shift(right, left)
    return _of_numbers(left, right, DECIMAL128.add)


def subtract(left: Any, right: Any) -> Any:
    """Difference, or a moment moved back."""
    kinds = (kind(left), kind(right))
    if kinds[1] in _DURATIONS:
        return add(left, negate(right))
    if kinds[0] in _MOMENTS and kinds[1] in _MOMENTS:
        return t.between(left, right) if (kinds[0] == "time") == (kinds[1] == "time") else None
    return _of_numbers(left, right, DECIMAL128.subtract)


def multiply(left: Any, right: Any) -> Any:
    """Product, also of a duration and a number."""
    duration, factor = (right, left) if kind(right) in _DURATIONS else (left, right)
    if kind(duration) in _DURATIONS:
        times = number(factor)
        return None if times is None else _scaled(duration, lambda length: DECIMAL128.multiply(length, times))
    return _of_numbers(left, right, DECIMAL128.multiply)


def divide(left: Any, right: Any) -> Any:
    """Quotient, also of a duration by a number or by a duration; None when divided by zero."""
    if kind(left) in _DURATIONS:
        if kind(left) == kind(right):
            return _of_numbers(_length(left), _length(right), DECIMAL128.divide)
        divisor = number(right)
        return None if divisor is None else _scaled(left, lambda length: DECIMAL128.divide(length, divisor))
    return _of_numbers(left, right, DECIMAL128.divide)


def power(left: Any, right: Any) -> Any:
    """Exponentiation of numbers."""
    return _of_numbers(left, right, DECIMAL128.power)


def _length(duration: Any) -> Decimal:
    return Decimal(duration.months if isinstance(duration, t.YearsMonthsDuration) else t.nanoseconds(duration))


def _scaled(duration: Any, operation: Callable[[Decimal], Decimal]) -> Any:
    """A duration made longer or shorter: whole months, or whole microseconds if it was of such."""
    try:
        length = operation(_length(duration))
        if isinstance(duration, t.YearsMonthsDuration):
            return t.make_months(int(length))
        unit = 1 if isinstance(duration, t.WideDuration) else 1000
        return t.make_duration(int((length / unit).to_integral_value(ROUND_HALF_EVEN)) * unit)
    except ArithmeticError:
        return None


def _of_numbers(left: Any, right: Any, operation: Callable[[Decimal, Decimal], Decimal]) -> Decimal | None:
    a, b = number(left), number(right)
    if a is None or b is None:
        return None
    try:
        result = operation(a, b)
    except ArithmeticError:
        return None
    return result if result.is_finite() else None


def negate(value: Any) -> Any:
    """The opposite of a number or duration."""
    match kind(value):
        case "years and months duration":
            return t.YearsMonthsDuration(-value.months)
        case "days and time duration":
            return t.make_duration(-t.nanoseconds(value))
    as_number = number(value)
    return None if as_number is None else DECIMAL128.minus(as_number)


ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}
