"""Every conformance test plays three ways: straight through, thrown out of memory before every step, on PostgreSQL."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))  # test folders are no packages; the drawing stands beside the tests

from app.engine import scenarios

CLOCK = "2026-03-02T09:00:00+08:00"


@pytest.fixture(scope="session")
def _stages(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    held: dict[str, Any] = {}
    yield held
    for stage in held.values():
        stage.__exit__(None, None, None)


@pytest.fixture(params=["straight", "restored", "postgresql"])
def play(request: pytest.FixtureRequest, _stages: dict[str, Any], tmp_path: Path) -> Any:
    """Plays steps on a diagram and fails with what didn't hold: ``play(diagram, step, step, …, services={…})``."""
    where = "postgresql" if request.param == "postgresql" else "sqlite"
    if where not in _stages:
        url = request.getfixturevalue("postgresql_url") if where == "postgresql" else None
        _stages[where] = scenarios.Stage(url).__enter__()

    def played(
        diagram: str, *steps: dict[str, Any], process: str = "p", files: dict[str, str] | None = None, **parts: Any
    ) -> None:
        contents = {"d.bpmn": diagram, **(files or {})}
        for name, content in contents.items():
            (tmp_path / name).write_text(content)
        scenario = {
            "name": "s",
            "definitions": list(contents),
            "process": process,
            "clock": CLOCK,
            "steps": list(steps),
        }
        path = tmp_path / "s.scenario.json"
        path.write_text(json.dumps(scenario | parts))
        outcome = scenarios.play_file(path, _stages[where], reload=request.param == "restored")
        assert outcome.passed, outcome.line

    return played
