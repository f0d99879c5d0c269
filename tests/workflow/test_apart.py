"""The gate knows which tasks one person may not both do, in any diagram (GPL 61, IR 45)."""

from itertools import combinations

import pytest

from app.engine import definitions
from app.engine.engine import Engine
from app.identity import roles
from app.procurement.duties import INCOMPATIBLE, Part
from app.workflow import acts
from app.workflow.apart import ACTS, DUTIES, PARTS, may_be_one_person
from tests.engine.conformance.drawing import another, call, drawing, element

PAIRS = {
    f"{act} after {part}: {form} after {done}": (form, done)
    for act, parts in INCOMPATIBLE.items()
    for part in parts
    for form in sorted(ACTS[act])
    for done in sorted(PARTS[part])
}
"""For each pair of the table each form of the act with each form of the part."""
APART = [pair for pair in combinations(roles.ROLES, 2) if not may_be_one_person(*pair)]
TOGETHER = [pair for pair in combinations(roles.ROLES, 2) if may_be_one_person(*pair)]


def task(name, form, role, duty=""):
    """A task with a form, offered to a role."""
    said = f'<zeebe:properties><zeebe:property name="duty" value="{duty}" /></zeebe:properties>' if duty else ""
    mine = f'<zeebe:userTask /><zeebe:formDefinition formId="{form}" />'
    offered = (
        f"<zeebe:assignmentDefinition candidateGroups='{role}' />"
        if not role.startswith("assignee")
        else (f"<zeebe:assignmentDefinition assignee='={role}' />")
    )
    return element("userTask", name, "", mine + offered + said)


def warned(*diagrams):
    """The elements that the gate warns of."""
    files = {f"{number}.bpmn": diagram.encode() for number, diagram in enumerate(diagrams)}
    found = definitions.check(files, Engine(duties=DUTIES))
    return {one.element_id for one in found if one.code == "duties-together"}


def one_after_the_other(form, done, role="buyer-handler", other="buyer-handler", duty=""):
    return drawing("start -> done -> act -> end", task("done", done, other), task("act", form, role, duty))


@pytest.mark.parametrize("pair", PAIRS)
def test_gpl_61_two_duties_in_one_role_are_warned_of(pair):
    assert warned(one_after_the_other(*PAIRS[pair])) == {"act"}


@pytest.mark.parametrize("pair", PAIRS)
def test_two_duties_that_the_diagram_keeps_apart_by_name_are_not(pair):
    assert warned(one_after_the_other(*PAIRS[pair], duty="not the same person as done")) == set()


@pytest.mark.parametrize("pair", PAIRS)
def test_two_duties_in_roles_that_no_one_holds_together_are_not(pair):
    assert warned(one_after_the_other(*PAIRS[pair], role="buyer-contract-officer")) == set()


@pytest.mark.parametrize("pair", PAIRS)
def test_duties_in_a_procedure_and_in_what_it_calls_are_of_one_case(pair):
    form, done = PAIRS[pair]
    called = drawing("start -> act -> end", task("act", form, "buyer-handler"), process="q")
    calling = drawing("start -> done -> c -> end", task("done", done, "buyer-handler"), call("c", "q"))
    assert warned(calling, called) == {"act"}


@pytest.mark.parametrize("pair", PAIRS)
def test_duties_in_procedures_that_do_not_call_each_other_are_of_two_cases(pair):
    form, done = PAIRS[pair]
    alone = another("q", "start -> act -> end", task("act", form, "buyer-handler"))
    assert warned(drawing("start -> done -> end", task("done", done, "buyer-handler"), definitions=alone)) == set()


@pytest.mark.parametrize("pair", PAIRS)
def test_whom_an_expression_names_is_left_to_the_act(pair):
    assert warned(one_after_the_other(*PAIRS[pair], role="assignee_id")) == set()


@pytest.mark.parametrize("pair", APART, ids=" ".join)
def test_roles_of_different_organisations_or_kept_apart_are_never_one_person(pair):
    assert warned(one_after_the_other("pay", "check_payment", *pair)) == set()


@pytest.mark.parametrize("pair", TOGETHER, ids=" ".join)
def test_roles_that_one_person_may_hold_are_one_person(pair):
    assert warned(one_after_the_other("pay", "check_payment", *pair)) == {"act"}


def test_every_part_and_act_of_the_table_has_its_forms():
    assert set(PARTS) == set(Part)
    assert set(ACTS) == set(INCOMPATIBLE)
    forms = {form for forms in (*PARTS.values(), *ACTS.values()) for form in forms}
    assert forms <= acts.ACTS.forms
