"""What the engine's tests ask for: an engine, and deploying and starting a toy in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))  # test folders are no packages; the toys stand beside the tests

import toys

from app.engine import definitions, instances
from app.engine.engine import Engine
from app.engine.records import InstanceRow


@pytest.fixture
def engine() -> Engine:
    """An engine without forms and operations of its own."""
    return toys.engine()


@pytest.fixture
def play(engine: Engine, session_factory: Any) -> Callable[..., InstanceRow]:
    """Deploy a toy diagram, start it as Anna and commit: ``play(diagram, variables, key=…)``."""

    def start(diagram: bytes, variables: dict[str, Any] | None = None, key: str | None = None) -> InstanceRow:
        with session_factory() as session:
            definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": diagram}, "to play with")
            row = instances.start(engine, session, toys.ANNA, "toy", variables, key)
            session.commit()
            return row

    return start
