"""Numeric functions (DMN 1.5, table 76)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from typing import Any

from app.feel import operations as op
from app.feel import temporal as t
from app.feel.evaluation import Environment
from app.feel.functions.signatures import built_in
from app.feel.values import DECIMAL128, kind, number

LEAST_SCALE, GREATEST_SCALE = -6111, 6176
_EXACT = Context(prec=7000, Emin=-20_000, Emax=20_000)


def _rounded(value: Any, scale: Any, rounding: str) -> Decimal | None:
    """A number to so many places after the point, before it when negative."""
    amount, places = number(value), int(scale)
    if amount is None or not LEAST_SCALE <= places <= GREATEST_SCALE:
        return None
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return amount
    unit = Decimal(1).scaleb(-places, _EXACT)
    try:
        return DECIMAL128.plus(amount.quantize(unit, rounding, _EXACT))
    except InvalidOperation:
        return None


@built_in("decimal", "n: number, scale: number")
def _decimal(_env: Environment, value: Any, scale: Any) -> Any:
    return _rounded(value, scale, ROUND_HALF_EVEN)


def _rounding(name: str, rounding: str, optional: bool) -> None:
    @built_in(name, f"n: number, scale{'?' if optional else ''}: number")
    def body(_env: Environment, value: Any, scale: Any = 0) -> Any:
        return _rounded(value, scale, rounding)


_rounding("floor", ROUND_FLOOR, True)
_rounding("ceiling", ROUND_CEILING, True)
_rounding("round up", ROUND_UP, False)
_rounding("round down", ROUND_DOWN, False)
_rounding("round half up", ROUND_HALF_UP, False)
_rounding("round half down", ROUND_HALF_DOWN, False)


@built_in("abs", "n: number|days and time duration|years and months duration")
def _abs(_env: Environment, value: Any) -> Any:
    match kind(value):
        case "number":
            amount = number(value)
            return None if amount is None else abs(amount)
        case "years and months duration":
            return t.YearsMonthsDuration(abs(value.months))
    return t.make_duration(abs(t.nanoseconds(value)))


@built_in("modulo", "dividend: number, divisor: number")
def _modulo(_env: Environment, dividend: Any, divisor: Any) -> Any:
    quotient = op.divide(dividend, divisor)
    if quotient is None:
        return None
    whole = quotient.to_integral_value(ROUND_FLOOR)
    return op.subtract(dividend, op.multiply(divisor, whole))


def _of_number(name: str, result: Callable[[Decimal], Any]) -> None:
    @built_in(name, "number: number")
    def body(_env: Environment, value: Any) -> Any:
        amount = number(value)
        try:
            return None if amount is None else result(amount)
        except ArithmeticError:
            return None


_of_number("sqrt", lambda n: DECIMAL128.sqrt(n) if n >= 0 else None)
_of_number("log", lambda n: DECIMAL128.ln(n) if n > 0 else None)
_of_number("exp", DECIMAL128.exp)
_of_number("odd", lambda n: _EXACT.remainder(n, Decimal(2)) != 0 if n == n.to_integral_value() else False)
_of_number("even", lambda n: _EXACT.remainder(n, Decimal(2)) == 0 if n == n.to_integral_value() else False)
