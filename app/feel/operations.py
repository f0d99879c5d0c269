"""Arithmetic, equality and order (DMN 1.5, section 10.3.2.3 and tables 45 to 55). A wrong operand gives None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any
from zoneinfo import ZoneInfo

from app.feel.values import DECIMAL128, DaysTimeDuration, Function, Range, YearsMonthsDuration, add_months, number

DIGITS = 34


def kind(value: Any) -> str:
    """The FEEL type's name of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case Decimal() | int() | float():
            return "number"
        case datetime():
            return "date and time"
        case date():
            return "date"
        case time():
            return "time"
        case timedelta():
            return "days and time duration"
        case YearsMonthsDuration():
            return "years and months duration"
        case list() | tuple():
            return "list"
        case Range():
            return "range"
        case Function():
            return "function"
        case Mapping():
            return "context"
    return "Any"


def instant(value: datetime) -> Decimal | timedelta:
    """What orders date-times: the instant for aware ones, the wall clock for local ones."""
    offset = value.utcoffset()
    return value.replace(tzinfo=None) - datetime.min - (offset or timedelta(0))  # noqa: DTZ901 - both are wall clocks


def clock(value: time) -> timedelta:
    """What orders times of day."""
    if isinstance(value.tzinfo, ZoneInfo):
        offset = value.tzinfo.utcoffset(datetime(1970, 1, 1))  # noqa: DTZ001 - only a place for the offset
    else:
        offset = value.utcoffset()
    return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond) - (
        offset or timedelta(0)
    )


def equal(left: Any, right: Any) -> bool | None:
    """Equality within one type; null with null; None when the types differ."""
    if left is None or right is None:
        return left is None and right is None
    kinds = kind(left), kind(right)
    if kinds[0] != kinds[1]:
        return None
    match kinds[0]:
        case "number":
            return number(left) == number(right)
        case "list":
            return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
        case "context":
            return left.keys() == right.keys() and all(equal(left[key], right[key]) is True for key in left)
        case "date and time":
            return (left.tzinfo is None) == (right.tzinfo is None) and instant(left) == instant(right)
        case "time":
            return (left.tzinfo is None) == (right.tzinfo is None) and clock(left) == clock(right)
        case "range":
            same = left.low_included == right.low_included and left.high_included == right.high_included
            return same and equal(left.low, right.low) is True and equal(left.high, right.high) is True
    return bool(left == right)


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None where the types have no common order."""
    kinds = kind(left), kind(right)
    if kinds[0] != kinds[1]:
        return None
    match kinds[0]:
        case "number":
            a, b = number(left), number(right)
        case "string" | "days and time duration" | "years and months duration" | "date":
            a, b = left, right
        case "date and time":
            if (left.tzinfo is None) != (right.tzinfo is None):
                return None
            a, b = instant(left), instant(right)
        case "time":
            if (left.tzinfo is None) != (right.tzinfo is None):
                return None
            a, b = clock(left), clock(right)
        case _:
            return None
    return (a > b) - (a < b)  # type: ignore[operator]


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """The six comparisons by their signs."""
    if operator == "=":
        return equal(left, right)
    if operator == "!=":
        same = equal(left, right)
        return None if same is None else not same
    sign = order(left, right)
    if sign is None:
        return None
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]


def includes(interval: Range, point: Any) -> bool | None:
    """Whether a point lies in a range."""
    if interval.low is not None:
        sign = order(point, interval.low)
        if sign is None:
            return None
        if sign < 0 or (sign == 0 and not interval.low_included):
            return False
    if interval.high is not None:
        sign = order(point, interval.high)
        if sign is None:
            return None
        if sign > 0 or (sign == 0 and not interval.high_included):
            return False
    return None if interval.low is None and interval.high is None else True


def add(left: Any, right: Any) -> Any:
    """Sum, concatenation, or a moment moved by a duration."""
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return DaysTimeDuration.of(timedelta.__add__(left, right))
    if isinstance(left, YearsMonthsDuration) and isinstance(right, YearsMonthsDuration):
        return YearsMonthsDuration(left.months + right.months)
    if isinstance(right, timedelta | YearsMonthsDuration):
        return shift(left, right)
    if isinstance(left, timedelta | YearsMonthsDuration):
        return shift(right, left)
    return _numbers(left, right, DECIMAL128.add)


def shift(moment: Any, duration: timedelta | YearsMonthsDuration) -> Any:
    """A date, date and time or time moved by a duration."""
    try:
        if isinstance(moment, time):
            if not isinstance(duration, timedelta):
                return None
            moved = datetime(2000, 1, 2, moment.hour, moment.minute, moment.second, moment.microsecond) + duration  # noqa: DTZ001
            return moved.time().replace(tzinfo=moment.tzinfo)
        if not isinstance(moment, date):
            return None
        if isinstance(duration, YearsMonthsDuration):
            return add_months(moment, duration.months)
        if isinstance(moment, datetime):
            if isinstance(moment.tzinfo, ZoneInfo):  # exact seconds, also across a change of summer time
                utc = moment.astimezone(ZoneInfo("UTC")) + duration
                return utc.astimezone(moment.tzinfo)
            return moment + duration
        return (datetime.combine(moment, time()) + duration).date()
    except (OverflowError, ValueError):
        return None


def subtract(left: Any, right: Any) -> Any:
    """Difference, or a moment moved back."""
    if isinstance(right, timedelta):
        return (
            DaysTimeDuration.of(timedelta.__sub__(left, right)) if isinstance(left, timedelta) else shift(left, -right)
        )
    if isinstance(right, YearsMonthsDuration):
        opposite = YearsMonthsDuration(-right.months)
        return (
            YearsMonthsDuration(left.months - right.months)
            if isinstance(left, YearsMonthsDuration)
            else shift(left, opposite)
        )
    if isinstance(left, date) and isinstance(right, date):
        return _between(left, right)
    if isinstance(left, time) and isinstance(right, time):
        return (
            None if (left.tzinfo is None) != (right.tzinfo is None) else DaysTimeDuration.of(clock(left) - clock(right))
        )
    return _numbers(left, right, DECIMAL128.subtract)


def _between(left: date, right: date) -> Any:
    def moment(value: date) -> datetime:
        return value if isinstance(value, datetime) else datetime.combine(value, time())

    a, b = moment(left), moment(right)
    if (a.tzinfo is None) != (b.tzinfo is None):
        return None
    return DaysTimeDuration.of(instant(a) - instant(b))  # type: ignore[operator]


def multiply(left: Any, right: Any) -> Any:
    """Product, also of a duration and a number."""
    for duration, factor in ((left, right), (right, left)):
        times = number(factor)
        if times is None:
            continue
        if isinstance(duration, YearsMonthsDuration):
            return YearsMonthsDuration(int(duration.months * times))
        if isinstance(duration, timedelta):
            return _scaled(duration, times)
    return _numbers(left, right, DECIMAL128.multiply)


def _scaled(duration: timedelta, times: Decimal) -> Any:
    micros = Decimal(duration // timedelta(microseconds=1)) * times
    try:
        return DaysTimeDuration(microseconds=int(micros))
    except OverflowError:
        return None


def divide(left: Any, right: Any) -> Any:
    """Quotient; None when divided by zero."""
    if isinstance(left, YearsMonthsDuration) and isinstance(right, YearsMonthsDuration):
        return None if not right.months else DECIMAL128.divide(Decimal(left.months), Decimal(right.months))
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        unit = timedelta(microseconds=1)
        return None if not right else DECIMAL128.divide(Decimal(left // unit), Decimal(right // unit))
    divisor = number(right)
    if divisor is None or not divisor:
        return None
    if isinstance(left, YearsMonthsDuration):
        return YearsMonthsDuration(int(left.months / divisor))
    if isinstance(left, timedelta):
        return _scaled(left, 1 / divisor)
    return _numbers(left, right, DECIMAL128.divide)


def power(left: Any, right: Any) -> Any:
    """Exponentiation of numbers."""
    return _numbers(left, right, DECIMAL128.power)


def _numbers(left: Any, right: Any, operation: Any) -> Decimal | None:
    a, b = number(left), number(right)
    if a is None or b is None:
        return None
    try:
        result = operation(a, b)
    except (InvalidOperation, Overflow, ZeroDivisionError, ArithmeticError):
        return None
    return result if result.is_finite() else None


def negate(value: Any) -> Any:
    """The opposite of a number or duration."""
    if isinstance(value, YearsMonthsDuration):
        return YearsMonthsDuration(-value.months)
    if isinstance(value, timedelta):
        return DaysTimeDuration.of(timedelta.__neg__(value))
    as_number = number(value)
    return None if as_number is None else DECIMAL128.minus(as_number)


ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}
