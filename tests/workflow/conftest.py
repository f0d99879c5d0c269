"""A house on the test's database and clock, the town in it, and a play to act in."""

from pathlib import Path

import pytest

from app import bootstrap
from app.demonstration import cases, settling
from app.demonstration.players import Play
from config import Config
from tests.workflow import standins

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(database, virtual_clock):
    settings = Config(database_url="sqlite://", secret_key="for tests")
    made = bootstrap.build(database, settings, clock=virtual_clock)
    standins.complete(made.engine.operations)
    settling.settle(made, ROOT / "processes")
    return made


@pytest.fixture
def play(house, virtual_clock):
    return Play(house, virtual_clock)


@pytest.fixture
def case():
    return cases.MAINTENANCE
