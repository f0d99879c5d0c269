"""Stand-ins for operations that the diagrams call and the house doesn't have yet."""

from pathlib import Path

from lxml import etree

from app.engine.operations import Parameter
from app.foundation.text import Text

ROOT = Path(__file__).parents[2]
BPMN = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "z": "http://camunda.org/schema/zeebe/1.0"}


def complete(registry):
    """Register what the diagrams call and the house doesn't have yet, so that they can be deployed."""
    for diagram in (ROOT / "processes").glob("*.bpmn"):
        for task in etree.parse(diagram).xpath("//b:serviceTask", namespaces=BPMN):
            [type_] = task.xpath(".//z:taskDefinition/@type", namespaces=BPMN)
            inputs = task.xpath(".//z:input/@target", namespaces=BPMN)
            if type_ not in registry:
                parameters = [Parameter(name, "any") for name in inputs]
                registry.operation(type_, name=Text(type_, type_), parameters=parameters)(lambda context, **_: {})
