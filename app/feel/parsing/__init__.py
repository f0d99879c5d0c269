"""Text to syntax, by precedence climbing (DMN 1.5, section 10.3.1.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from app.feel import syntax as s
from app.feel.errors import TOO_DEEP
from app.feel.lexer import error
from app.feel.parsing.expressions import Parser
from app.feel.types import Type

_T = TypeVar("_T")


def parse(
    text: str, names: Iterable[str] = (), members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> s.Node:
    """Read one expression.

    ``names``: the names in scope; ``members``: names that may stand after a dot; ``types``: types besides the built-in.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    return _bounded(lambda: Parser(text, names, members, types).whole(), text)


def parse_unary_tests(
    text: str, names: Iterable[str] = (), members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> s.Tests:
    """Read unary tests, as decision tables have them in their cells.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    return _bounded(lambda: Parser(text, names, members, types).unary_tests(), text)


def _bounded(read: Callable[[], _T], text: str) -> _T:
    try:
        return read()
    except RecursionError:
        raise error(TOO_DEEP, text, 0) from None
