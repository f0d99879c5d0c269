"""pyHanko's plain functions start an event loop of their own, which a thread that runs one already refuses."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def apart(call: Callable[[], T]) -> T:
    """Call in a thread of its own and wait: whether the caller's thread runs an event loop no longer matters."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(call).result()
