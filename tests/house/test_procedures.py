"""Every procedure in the house is whole: its forms exist in both languages, its scenarios stand beside it."""

import json
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
BPMN = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "z": "http://camunda.org/schema/zeebe/1.0"}
DIAGRAMS = sorted((ROOT / "processes").glob("*.bpmn"))
FORMS = sorted(path.name.removesuffix(".ui.json") for path in (ROOT / "forms").glob("*.ui.json"))


def texts(node):
    """Every bilingual text in a piece of a form's UI file."""
    if isinstance(node, dict):
        if set(node) <= {"en", "zh"}:
            yield node
        else:
            for value in node.values():
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_form_a_diagram_names_exists(diagram):
    named = set(etree.parse(diagram).xpath("//z:formDefinition/@formId", namespaces=BPMN))
    assert named <= set(FORMS)


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_diagram_has_scenarios(diagram):
    assert list(diagram.parent.glob(f"{diagram.stem}.*scenario.json"))


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_named_element_is_named_in_both_languages(diagram):
    unnamed = [
        element.get("id")
        for element in etree.parse(diagram).xpath("//b:process/descendant-or-self::b:*[@name]", namespaces=BPMN)
        if {"name:en", "name:zh"}
        - set(element.xpath("b:extensionElements/z:properties/z:property/@name", namespaces=BPMN))
    ]
    assert unnamed == []


@pytest.mark.parametrize("form", FORMS)
def test_every_text_of_a_form_is_there_in_both_languages(form):
    ui = json.loads((ROOT / "forms" / f"{form}.ui.json").read_text())
    assert [text for text in texts(ui) if not (text.get("en") and text.get("zh"))] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_every_field_of_its_schema(form):
    ui = json.loads((ROOT / "forms" / f"{form}.ui.json").read_text())
    schema = json.loads((ROOT / "forms" / f"{form}.schema.json").read_text())
    assert {field["name"] for field in ui["fields"] if "name" in field} >= set(schema["properties"])
