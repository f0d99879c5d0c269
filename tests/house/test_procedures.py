"""Every procedure in the house is whole: its forms exist in both languages, its scenarios stand beside it."""

import json
from pathlib import Path

import pytest
from lxml import etree

from app.workflow.acts import ACTS

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


@pytest.fixture(scope="module")
def templates():
    """The element templates of all operations, by id."""
    return {template["id"]: template for template in ACTS.element_templates("en")}


def bindings(template, kind, key):
    """What a template binds of a task's inputs (by name) or results (by source)."""
    return {
        one["binding"][key]: one["optional"]
        for one in template["properties"]
        if one["binding"]["type"] == f"zeebe:{kind}"
    }


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_operation_is_bound_to_its_template(diagram, templates):
    for task in etree.parse(diagram).xpath("//b:*[b:extensionElements/z:taskDefinition]", namespaces=BPMN):
        template = templates[task.xpath("string(.//z:taskDefinition/@type)", namespaces=BPMN)]
        given = set(task.xpath(".//z:input/@target", namespaces=BPMN))
        needed = bindings(template, "input", "name")
        assert task.get(f"{{{BPMN['z']}}}modelerTemplate") == template["id"]
        assert {name for name, optional in needed.items() if not optional} <= given <= set(needed), task.get("id")
        assert set(task.xpath(".//z:output/@source", namespaces=BPMN)) <= set(bindings(template, "output", "source"))


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


WITHOUT_A_PERIOD = {
    "begins the case; no law says by when a need is applied for": {"apply"},
    "the buyer's own planning, whose days the timetable works back from the notice": {
        "review_application",
        "file_application",
        "plan",
        "confirm_method",
        "confirm_timetable",
        "choose_agency",
        "sign_agreement_agency",
        "sign_agreement_buyer",
        "prepare_documents",
        "confirm_documents",
    },
    "done in the sitting of the opening or of the evaluation, which has no period of its own": {
        "decide_documents",
        "sign_opening_record",
        "appoint_representative",
        "set_draw_criteria",
        "review_qualification",
        "review_conformity",
        "decide_low_price",
        "score_bids",
        "correct_scores",
        "sign_report",
    },
    "the supplier's right, which doesn't lapse by a day": {"request_payment", "apply_early"},
}
"""User tasks without a due date, by the reason why."""


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_task_that_rests_on_law_has_a_due_date_or_a_reason(diagram):
    tasks = etree.parse(diagram).xpath("//b:userTask[.//z:property[@name='law']]", namespaces=BPMN)
    undated = {task.get("id") for task in tasks if not task.xpath(".//z:taskSchedule/@dueDate", namespaces=BPMN)}
    assert undated <= set().union(*WITHOUT_A_PERIOD.values())


def test_no_reason_stands_for_a_task_that_has_a_due_date():
    dated = "//b:userTask[.//z:taskSchedule/@dueDate]/@id"
    found = {id for diagram in DIAGRAMS for id in etree.parse(diagram).xpath(dated, namespaces=BPMN)}
    assert found.isdisjoint(set().union(*WITHOUT_A_PERIOD.values()))
