"""Which tests ``make quick`` runs: one case of each, on SQLite. What isn't named here is in it, so a new test is.

``make test`` runs every case of every test, on both databases. docs/howto/run-the-tests.md says what is left out, and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MARKS = ("browser", "slow")
"""Tests with one of these marks are left out."""

LEFT_OUT: dict[str, str] = {
    "tests/browser": "pages in a real browser",
    "tests/measuring/bench": "measures speed, which needs a quiet machine",
    "tests/measuring/load": "the minute before a deadline, played on both databases",
    "tests/scenarios": "whole procurements over HTTP, person by person",
    "tests/serving": "real servers, proxies and slow clients",
    "tests/workflow/test_crashes.py": "processes that are killed in the middle of an act",
    "tests/workflow/test_lives.py": "whole procurements through the doors of the engine",
    "tests/workflow/test_lot.py": "a lot from its opening to its award, through the doors of the engine",
    "tests/workflow/test_proof.py": "each column of each record of a whole procurement, changed by hand",
    "tests/workflow/test_raw_values.py": "what stands beside the forms of a whole procurement",
    "tests/workflow/test_town.py": "the past of the demonstration town",
    "tests/workflow/test_turning.py": "the clock of the demonstration town, turned",
}
"""Folders and files that are left out whole, each with what it is about."""


def is_left_out(path: Path) -> bool:
    """Whether a file or folder of tests is one of LEFT_OUT."""
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).as_posix() in LEFT_OUT


def divide(items: Iterable[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests to run, and those not: of each function its first case that isn't on PostgreSQL."""
    run: dict[str, pytest.Item] = {}
    rest = []
    for item in items:
        function = item.nodeid.partition("[")[0]
        marked = any(item.get_closest_marker(mark) for mark in MARKS)
        if function in run or marked or is_on_postgresql(item):
            rest.append(item)
        else:
            run[function] = item
    return list(run.values()), rest


def is_on_postgresql(item: pytest.Item) -> bool:
    """Whether a test's case asks for PostgreSQL: as the parameter of its database, or by the fixture itself."""
    call = getattr(item, "callspec", None)
    by_parameter = call is not None and "postgresql" in call.params.values()
    return by_parameter or "postgresql_url" in getattr(item, "fixturenames", ())
