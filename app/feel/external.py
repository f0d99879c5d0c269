"""External functions (DMN 1.5, section 10.3.2.13.3): a ``class`` and a ``method signature`` name what isn't FEEL.

An office calls nothing outside FEEL: the gate refuses such a definition, and where one is worked out it is null with a
warning. Who measures how DMN is carried out lends methods for as long as that takes (``measuring.conformance``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from app.feel.values import Function

Finder = Callable[[tuple[str, ...], Any], Function]
"""Finds a method: the names of the parameters, and what describes it; raises Unknown."""


class Unknown(LookupError):
    """What was described is no method that can be called."""


def _no_method(_names: tuple[str, ...], _described: Any) -> Function:
    raise Unknown("a function is defined in FEEL; nothing outside it can be called")


_finder: ContextVar[Finder] = ContextVar("finder", default=_no_method)


@contextmanager
def lent(finder: Finder) -> Iterator[None]:
    """Let what is read and worked out meanwhile call the methods that ``finder`` finds."""
    token = _finder.set(finder)
    try:
        yield
    finally:
        _finder.reset(token)


def are_lent() -> bool:
    """Whether any method can be called."""
    return _finder.get() is not _no_method


def find_method(names: tuple[str, ...], described: Any) -> Function:
    """The function with parameters of these names that was described.

    :raises Unknown: when there is no such method
    """
    return _finder.get()(names, described)
