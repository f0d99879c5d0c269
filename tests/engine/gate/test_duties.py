"""Tasks that one person may not both do, and what a diagram does to keep them apart."""

import pytest
from drawing import call, drawing, element

from app.engine import definitions
from app.engine.duties import Duties
from app.engine.engine import Engine

ENGINE = Engine(duties=Duties(apart={"pay": {"check"}}))


def task(name, form, offer, duty=""):
    said = f'<zeebe:properties><zeebe:property name="duty" value="{duty}" /></zeebe:properties>' if duty else ""
    mine = f'<zeebe:userTask /><zeebe:formDefinition formId="{form}" /><zeebe:assignmentDefinition {offer} />'
    return element("userTask", name, "", mine + said)


CLERKS = 'candidateGroups="clerk"'


def warned(*diagrams):
    files = {f"{number}.bpmn": diagram.encode() for number, diagram in enumerate(diagrams)}
    return [one for one in definitions.check(files, ENGINE) if one.code == "duties-together"]


def test_two_duties_of_one_group_are_warned_of_and_the_way_out_names_the_task():
    [found] = warned(drawing("start -> c -> p -> end", task("c", "check", CLERKS), task("p", "pay", CLERKS)))
    assert (found.element_id, found.level) == ("p", "warning")
    assert "not the same person as c" in str(found.remedy)


@pytest.mark.parametrize(
    ("checks", "pays"),
    [
        (task("c", "check", CLERKS), task("p", "pay", CLERKS, "not the same person as c")),
        (task("c", "check", CLERKS, "not the same person as p"), task("p", "pay", CLERKS)),
        (task("c", "check", CLERKS), task("p", "pay", 'candidateGroups="cashier"')),
        (task("c", "check", 'assignee="=who"'), task("p", "pay", CLERKS)),
        (task("c", "check", CLERKS), task("p", "pay", 'candidateGroups="=groups"')),
        (task("c", "other", CLERKS), task("p", "pay", CLERKS)),
    ],
    ids=["by name", "by name at the other", "by group", "a person", "an expression", "another form"],
)
def test_what_is_kept_apart_or_left_to_an_expression_is_not(checks, pays):
    assert warned(drawing("start -> c -> p -> end", checks, pays)) == []


def test_one_group_of_several_is_enough():
    both = task("p", "pay", 'candidateGroups="cashier, clerk@org-1"')
    assert len(warned(drawing("start -> c -> p -> end", task("c", "check", CLERKS), both))) == 1


def test_a_task_is_judged_with_what_calls_what_calls_it():
    outer = drawing("start -> c -> one -> end", task("c", "check", CLERKS), call("one", "q"))
    middle = drawing("start -> two -> end", call("two", "r"), process="q")
    inner = drawing("start -> p -> end", task("p", "pay", CLERKS), process="r")
    assert [found.element_id for found in warned(outer, middle, inner)] == ["p"]
