"""Duties of which one person may not have two, and roles that one person may not hold together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Duties:
    """What must be kept apart: for each form those whose doers may not fill it in, and which roles one person may hold."""

    apart: Mapping[str, Set[str]] = field(default_factory=dict)
    together: Callable[[str, str], bool] = lambda one, other: one == other
