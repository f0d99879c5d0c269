"""JSON of strangers: its size, depth and numbers are looked at before anything is built from it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from app.foundation.foreign.reasons import DAMAGED, TOO_DEEP, TOO_LARGE, TOO_MANY, Unreadable
from app.foundation.text import Text

LARGEST = 4 * 1024 * 1024
"""Bytes."""
DEEPEST = 64
"""Lists and objects in each other: far more than a form, a receipt or a schema has, far less than a stack holds."""
MOST_PARTS = 200_000
"""Lists, objects, names and values together."""
LONGEST_NUMBER = 40
"""Digits and signs."""

DOUBLED = Text("a name occurs twice in one object", "同一对象中有重复的名称")
ODD_NUMBER = Text("it contains an invalid number", "含有无法识别的数值")
ODD_TEXT = Text("it contains invalid characters", "含有无法识别的字符")

_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},]', re.DOTALL)


def read(content: bytes | str, *, largest: int = LARGEST, parse_float: Callable[[str], Any] = float) -> Any:
    """The value of a JSON text (RFC 8259), in UTF-8.

    :raises Unreadable: also for what the standard leaves open: doubled names, numbers without end, lone surrogates
    """
    if len(content) > largest:
        raise Unreadable(TOO_LARGE)
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        _measure(text)
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_whole,
            parse_float=lambda said: _number(said, parse_float),
            parse_constant=lambda said: _number(said, parse_float),
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(DAMAGED) from error
    _look_through(value)
    return value


def _measure(text: str) -> None:
    """Refuse what is too deep or too much, before it is built."""
    depth = 0
    for part, sign in enumerate(_SIGN.finditer(text)):
        mark = sign.group() if sign.end() - sign.start() == 1 else ""
        depth += (mark in ("[", "{")) - (mark in ("]", "}")) if mark else 0
        if depth > DEEPEST:
            raise Unreadable(TOO_DEEP)
        if part > MOST_PARTS:
            raise Unreadable(TOO_MANY)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(DOUBLED)
        found[name] = value
    return found


def _whole(said: str) -> int:
    if len(said) > LONGEST_NUMBER:
        raise Unreadable(ODD_NUMBER)
    return int(said)


def _number(said: str, parse: Callable[[str], Any]) -> Any:
    """A number with a fraction or an exponent; ``NaN`` and the infinities aren't any, nor is what has no end."""
    if len(said) > LONGEST_NUMBER or not math.isfinite(float(said)) or abs(Decimal(said).adjusted()) > 300:
        raise Unreadable(ODD_NUMBER)
    return parse(said)


def _look_through(value: Any) -> None:
    """Refuse texts that no database keeps and no encoding writes."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if "\0" in each or any("\ud800" <= character <= "\udfff" for character in each if character > "\ud7ff"):
                raise Unreadable(ODD_TEXT)
        elif isinstance(each, dict):
            waiting += each.keys()
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
