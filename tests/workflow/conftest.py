"""A house on the test's database and clock, the town in it, and a play to act in."""

from pathlib import Path

import pytest
from lxml import etree

from app import bootstrap
from app.demonstration import cases, settling
from app.demonstration.players import Play
from app.engine.operations import Parameter
from app.foundation.text import Text
from config import Config

ROOT = Path(__file__).parents[2]
BPMN = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "z": "http://camunda.org/schema/zeebe/1.0"}


@pytest.fixture
def house(database, virtual_clock):
    settings = Config(database_url="sqlite://", secret_key="for tests")
    made = bootstrap.build(database, settings, clock=virtual_clock)
    complete(made.engine.operations)
    settling.settle(made, ROOT / "processes")
    return made


def complete(registry):
    """Register what the diagrams call and the house doesn't have yet, so that they can be deployed."""
    for diagram in (ROOT / "processes").glob("*.bpmn"):
        for task in etree.parse(diagram).xpath("//b:serviceTask", namespaces=BPMN):
            [type_] = task.xpath(".//z:taskDefinition/@type", namespaces=BPMN)
            inputs = task.xpath(".//z:input/@target", namespaces=BPMN)
            if type_ not in registry:
                parameters = [Parameter(name, "any") for name in inputs]
                registry.operation(type_, name=Text(type_, type_), parameters=parameters)(lambda context, **_: {})


@pytest.fixture
def play(house, virtual_clock):
    return Play(house, virtual_clock)


@pytest.fixture
def case():
    return cases.MAINTENANCE
