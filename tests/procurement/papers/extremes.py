"""The same paper with the longest and with the emptiest data that its acts may give it, made from its sample."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.foundation.money import Money
from app.foundation.text import Text
from app.procurement.papers import PAPERS

TOKEN = "f3b9c1d7" * 12
"""A digest, an address of a page or a reference that nobody thought of a space in."""
KEPT = frozenset({"kind", "language", "digest", "replaces", "sha256", "rejected"})
"""What is a code of the program or has a length of its own."""


def longest(value: Any, key: str = "") -> Any:
    """Every text long and with a token that doesn't break, every list long, every amount large."""
    match value:
        case _ if key in KEPT:
            return value
        case Text():
            return Text(f"{value.en} and a very long addition {TOKEN} " * 3, f"{value.zh}以及很长的补充说明{TOKEN}" * 3)
        case Money():
            return Money(Decimal("1234567890123.45"), value.currency)
        case bool() | date() | datetime() | None:
            return value
        case str() if _is_day(value) or value.replace(".", "", 1).isdigit():
            return value
        case str():
            return f"{value}补充说明{TOKEN}继续说明" * 2
        case int() | Decimal():
            return type(value)(987654321)
        case Mapping():
            return {name: longest(part, name) for name, part in value.items()}
        case _:
            return _longest_list(value, key)


def _longest_list(value: Any, key: str) -> Any:
    if key == "head":
        return value
    if key in ("rows", "points") or (value and not isinstance(value[0], Mapping | list)):
        return [longest(part, "points" if isinstance(part, list) else "") for part in value]
    return [longest(part) for part in value] * 5


def emptiest(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the paper has to be told, and every free text and list in it empty."""
    required = PAPERS[name].__required_keys__ | {"dated_on"}  # type: ignore[attr-defined]
    return {key: _emptied(content[key], key) for key in required}


def _emptied(value: Any, key: str) -> Any:
    if key in ("kind", "dated_on"):
        return value
    if isinstance(value, Mapping):
        return {name: _emptied(part, name) for name, part in value.items()}
    if isinstance(value, list | tuple) and not isinstance(value, Text):
        return []
    return "" if isinstance(value, str) and not _is_day(value) else value


def _is_day(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def paired(value: Any, stand_in: str) -> Any:
    """The same content where what exists in one language only is a neutral word: all that is left speaks its paper's."""
    match value:
        case Text() | Money():
            return value
        case str():
            return value if _is_day(value) else stand_in
        case Mapping():
            return {name: paired(part, stand_in) for name, part in value.items()}
        case list() | tuple():
            return [paired(part, stand_in) for part in value]
        case _:
            return value
