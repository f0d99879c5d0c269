"""Variables as plain values: what may stand in a scope, and how two of them are told apart as correlation keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from app import feel
from app.engine.spiff.failures import Failure
from app.foundation.text import Text

MAX_DEPTH = 100
LONGEST_GROUP = 160
"""So long may a candidate group be; the organisation it stands for is kept with it."""
LONGEST_PERSON = 64
"""So long may the id of an assignee or candidate be."""
TOO_DEEP = Text("a value is nested more than %(limit)s deep", "值的嵌套超过 %(limit)s 层")
NO_VARIABLE = Text(
    "a %(kind)s is no process variable; use text, numbers, dates or lists of them",
    "%(kind)s 不能作为流程变量；请使用文本、数字、日期或其列表",
)
_KEPT = (bool, str, Decimal, date, time, timedelta, feel.YearsMonthsDuration)


def plain(value: Any, depth: int = 0) -> Any:
    """A copy of ``value`` that shares nothing changeable: numbers as Decimals, lists, dicts with text keys.

    A function has no value outside its expression and becomes None.

    :raises Failure: for a value nested too deeply, or of a kind that is no data
    """
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is Decimal:
        return value
    if kind is int:
        return Decimal(value)
    if kind is dict or kind is list:
        return _copied(value, depth)
    if isinstance(value, _KEPT):
        return value
    if isinstance(value, int):
        return Decimal(int(value))
    if isinstance(value, float):
        return Decimal(repr(value)) if value == value and value not in (float("inf"), float("-inf")) else None
    if isinstance(value, feel.Function):
        return None
    if isinstance(value, feel.Range):
        return replace(value, low=plain(value.low, depth + 1), high=plain(value.high, depth + 1))
    return _copied(value, depth)


def _copied(value: Any, depth: int) -> Any:
    if depth >= MAX_DEPTH:
        raise Failure("variables", TOO_DEEP.filled(limit=MAX_DEPTH))
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, depth + 1) for item in value]
    raise Failure("variables", NO_VARIABLE.filled(kind=type(value).__name__))


def correlation_text(value: Any) -> str | None:
    """A correlation key as text, so that 5, 5.0 and "5" are one key; None for null and for what can't be a key."""
    if isinstance(value, str):
        return value
    number = plain(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
    return feel.to_text(number) if number is not None else None


def with_part(existing: Any, path: list[str], value: Any) -> Any:
    """``existing`` with ``value`` at ``path``; contexts on the way are copied, anything else gives way to one."""
    if not path:
        return value
    copy = dict(existing) if isinstance(existing, Mapping) else {}
    copy[path[0]] = with_part(copy.get(path[0]), path[1:], value)
    return copy
