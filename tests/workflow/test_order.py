"""The gate follows acts along the shipped diagrams, and refuses what an analyst adds to them where it can never be done."""

from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from app.engine import definitions
from app.engine.engine import Engine
from app.engine.forms import Library
from app.workflow.acts import ACTS

ROOT = Path(__file__).parents[2]
FILES = {path.name: path.read_bytes() for path in sorted((ROOT / "processes").rglob("*.[bd][pm][mn]*"))}
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
ENGINE = Engine(acts=ACTS, forms=Library(ROOT / "forms"))
CODES = ("act-lacks", "act-done-before", "act-out-of-turn")
ONLY = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.com/d">
<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="start" /><bpmn:userTask id="only"><bpmn:extensionElements>
<zeebe:userTask /><zeebe:formDefinition formId="%s" /></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="end" />
<bpmn:sequenceFlow id="a" sourceRef="start" targetRef="only" /><bpmn:sequenceFlow id="b" sourceRef="only" targetRef="end" />
</bpmn:process></bpmn:definitions>"""


def found(files):
    return {(one.code, one.element_id) for one in definitions.check(files, ENGINE) if one.code in CODES}


def tasks():
    """Each user task of the shipped diagrams whose act leaves a record where it may not be done again."""
    for name, content in FILES.items():
        for task in etree.fromstring(content).iter(f"{BPMN}userTask") if name.endswith(".bpmn") else ():
            form = task.find(f".//{ZEEBE}formDefinition")
            act = ACTS.of_form(form.get("formId")) if form is not None else None
            if act is not None and any(
                each.needs and each.leaves and not each.needs & each.leaves for each in act.states
            ):
                yield name, task.get("id")


def twice(content, task_id):
    """The diagram with the same task once more, right before it."""
    root = etree.fromstring(content)
    task = next(each for each in root.iter(f"{BPMN}userTask") if each.get("id") == task_id)
    first, body = deepcopy(task), task.getparent()
    first.set("id", "first")
    for flow in [*first.findall(f"{BPMN}incoming"), *first.findall(f"{BPMN}outgoing")]:
        first.remove(flow)
    for flow in body.findall(f"{BPMN}sequenceFlow"):
        if flow.get("targetRef") == task_id:
            flow.set("targetRef", "first")
    for incoming in task.findall(f"{BPMN}incoming"):
        task.remove(incoming)
    body.append(first)
    etree.SubElement(body, f"{BPMN}sequenceFlow", id="first_to_it", sourceRef="first", targetRef=task_id)
    return etree.tostring(root)


def test_the_shipped_diagrams_let_every_act_be_done():
    assert found(FILES) == set()


@pytest.mark.parametrize(("name", "task_id"), tasks(), ids=lambda each: each.removesuffix(".bpmn"))
def test_the_same_act_once_more_before_a_task_is_refused_at_that_task(name, task_id):
    assert ("act-done-before", task_id) in found(FILES | {name: twice(FILES[name], task_id)})


@pytest.mark.parametrize("act", [act for act in ACTS if act.form], ids=lambda act: act.id)
def test_a_diagram_whose_only_task_lacks_what_its_act_needs_is_refused(act):
    needed = any(need.required for need in act.needs)
    assert found({"d.bpmn": (ONLY % act.form).encode()}) == ({("act-lacks", "only")} if needed else set())
