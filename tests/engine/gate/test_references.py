"""What a deployment is held against: forms, operations, roles, and what else is in it."""

import pytest
import toys
from drawing import (
    another,
    call,
    catch,
    drawing,
    element,
    exclusive,
    mapping,
    message,
    on_message,
    on_signal,
    service,
    start,
    throw,
    timer,
    user,
)

from app.engine import definitions
from app.engine.acts import Value
from app.engine.forms import Library
from app.foundation.text import Text

DONE = "start -> a -> end"
FORM = '<zeebe:formDefinition formId="plan" />'
DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="rate" name="Rate"><variable name="rate" /><literalExpression><text>1</text></literalExpression></decision></definitions>"""


@pytest.fixture
def engine():
    engine = toys.engine(roles={"clerk": Text("Clerk", "经办")})
    engine.acts.act("publish", name=Text("Publish", "发布"), needs=[Value("tender"), Value("note").optional()])(print)
    return engine


def found(engine, diagram, **files):
    contents = {"d.bpmn": diagram.encode(), **{name.replace("__", "."): content for name, content in files.items()}}
    return {(one.code, one.element_id) for one in definitions.check(contents, engine)}


def inputs(*entries):
    held = "".join(
        f'<zeebe:input {"" if source is None else f"source={source!r}"} target="{name}" />' for name, source in entries
    )
    return f"<zeebe:ioMapping>{held}</zeebe:ioMapping>"


def test_an_unknown_form_is_refused(engine):
    assert ("form-unknown", "a") in found(engine, drawing(DONE, user("a", FORM)))


def test_a_broken_form_is_refused_at_the_task_and_at_its_file(engine):
    broken = found(engine, drawing(DONE, user("a", FORM)), plan__schema__json=b"{}", plan__ui__json=b"no json")
    assert broken >= {("form-broken", "a"), ("form-file", None)}


def test_an_unknown_operation_is_refused(engine):
    assert ("operation-unknown", "a") in found(engine, drawing(DONE, service("a", "publsh")))


def test_an_unknown_input_of_an_operation_is_refused(engine):
    given = inputs(("tender", "=1"), ("tendr", "=1"))
    assert ("operation-input-unknown", "a") in found(engine, drawing(DONE, service("a", "publish", given)))


@pytest.mark.parametrize("given", [inputs(("note", "=1")), inputs(("tender", None))])
def test_a_required_input_that_is_missing_or_left_empty_is_refused(engine, given):
    assert ("operation-input-missing", "a") in found(engine, drawing(DONE, service("a", "publish", given)))


def test_an_optional_input_may_be_left_empty(engine):
    assert found(engine, drawing(DONE, service("a", "publish", inputs(("tender", "=1"), ("note", None))))) == set()


def test_an_operation_without_inputs_sees_everything_and_nothing_is_missing(engine):
    assert found(engine, drawing(DONE, service("a", "publish"))) == set()


@pytest.mark.parametrize("name", ["baker", "baker@org-1"])
def test_a_group_that_is_no_role_is_a_warning(engine, name):
    held = f'<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="clerk, {name}" />'
    assert found(engine, drawing(DONE, element("userTask", "a", "", held))) == {("role-unknown", "a")}


NOBODY = {
    "nothing said": element("userTask", "a"),
    "empty names": element("userTask", "a", "", '<zeebe:assignmentDefinition candidateGroups=" , " />'),
    "no role of the office": user("a").replace('"clerk"', '"baker, cook@org-1"'),
    "a manual task": element("manualTask", "a"),
}
SOMEBODY = {
    "a role": user("a"),
    "a role and another name": user("a").replace('"clerk"', '"baker, clerk"'),
    "a role of an organisation": user("a").replace('"clerk"', '"clerk@org-1"'),
    "an expression": user("a").replace('"clerk"', '"=who"'),
    "a person": element("userTask", "a", "", '<zeebe:assignmentDefinition assignee="anna" />'),
    "candidates": element("userTask", "a", "", '<zeebe:assignmentDefinition candidateUsers="anna,ben" />'),
    "a lane": element("userTask", "a") + '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="clerk">'
    "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
}


def for_nobody(diagram, engine=None, session=None):
    found = definitions.check({"d.bpmn": diagram.encode()}, engine, session=session)
    return [(one.level, one.element_id) for one in found if one.code == "task-for-nobody"]


def test_a_task_for_nobody_is_a_warning():
    assert for_nobody(drawing(DONE, NOBODY["nothing said"])) == [("warning", "a")]


@pytest.mark.parametrize("task", NOBODY.values(), ids=NOBODY)
def test_a_task_for_nobody_is_an_error_in_an_office(engine, session, task):
    assert for_nobody(drawing(DONE, task), engine, session) == [("error", "a")]


@pytest.mark.parametrize("task", NOBODY.values(), ids=NOBODY)
def test_a_task_for_nobody_is_not_deployed_to_an_office(engine, session, task):
    with pytest.raises(definitions.DeploymentRefused):
        definitions.deploy(engine, session, toys.ROOT, {"d.bpmn": drawing(DONE, task).encode()}, "a test")


@pytest.mark.parametrize("task", SOMEBODY.values(), ids=SOMEBODY)
def test_a_task_for_somebody_is_left_in_peace(engine, session, task):
    assert for_nobody(drawing(DONE, task), engine, session) == []


def test_a_lane_that_is_no_role_is_a_warning_but_not_one_that_only_holds_lanes(engine):
    inner = '<bpmn:childLaneSet id="i"><bpmn:lane id="l2" name="baker" /><bpmn:lane id="l3" name="clerk" /></bpmn:childLaneSet>'
    lanes = f'<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Department">{inner}</bpmn:lane></bpmn:laneSet>'
    assert found(engine, drawing(DONE, lanes)) == {("role-unknown", "l2")}


def test_two_decisions_of_one_id_are_refused(engine):
    assert ("decision-twice", "rate") in found(engine, drawing(DONE), one__dmn=DECISION, two__dmn=DECISION)


def test_in_a_scenario_operations_forms_and_roles_are_stand_ins():
    engine = toys.engine(stand_ins=True, forms=Library())
    assert found(engine, drawing("start -> a -> b -> end", user("a", FORM), service("b", "anything"))) == set()


SCHEMA = b'{"type": "object", "required": ["budget"], "properties": {"budget": {"type": "number"}, "note": {"type": "string"}}}'
UI = b"""{"title": {"en": "Plan", "zh": "P"}, "fields": [{"name": "budget", "label": {"en": "Budget", "zh": "B"}, "widget": "money"},
 {"name": "note", "label": {"en": "Note", "zh": "N"}, "widget": "text"}]}"""
BEGIN = element("startEvent", "begin", "", FORM)
FORM_FILES = {"plan__schema__json": SCHEMA, "plan__ui__json": UI}


def test_an_unknown_start_form_is_refused(engine):
    assert ("form-unknown", "begin") in found(engine, drawing("begin -> end", BEGIN))


def test_a_start_form_of_the_deployment_is_known_and_its_fields_are_variables(engine):
    diagram = drawing(
        "begin -> g; g -{budget > 1 and note != null}-> a -> end; g -> end", BEGIN, exclusive("g", default="end")
    )
    assert found(engine, diagram, **FORM_FILES) == set()


def test_a_variable_that_the_start_form_does_not_take_is_doubted(engine):
    diagram = drawing("begin -> g; g -{sum_total > 1}-> a -> end; g -> end", BEGIN, exclusive("g", default="end"))
    assert ("variable-unwritten", "g_to_a") in found(engine, diagram, **FORM_FILES)


@pytest.mark.parametrize(
    "declared",
    [lambda acts: acts.act("plan", name=Text("Plan", "计划"), form="plan"), lambda acts: acts.prepares("plan")],
)
def test_a_form_that_the_program_takes_in_is_no_start_form(declared):
    engine = toys.engine()
    declared(engine.acts)(print)
    assert ("start-form-of-tasks", "begin") in found(engine, drawing("begin -> end", BEGIN), **FORM_FILES)


def test_a_call_activity_that_leaves_out_what_the_start_form_needs_is_refused(engine):
    called = another("q", "begin -> end2", BEGIN)
    lacking = drawing(DONE, call("a", "q", inputs(("note", "=1"))), definitions=called)
    assert ("called-form-incomplete", "a") in found(engine, lacking, **FORM_FILES)
    whole = drawing(DONE, call("a", "q", inputs(("budget", "=1"))), definitions=called)
    assert found(engine, whole, **FORM_FILES) == set()


SENT = message("m", "m", None) + '<bpmn:signal id="s" name="s" />'
GIVES, LACKS = inputs(("budget", "=1")), inputs(("note", "=1"))


def gives(*names):
    return mapping(None, dict.fromkeys(names, "=1"))


@pytest.mark.parametrize(
    ("definition", "outputs", "refused"),
    [
        (timer("P1D"), "", True),
        (timer("P1D"), gives("note"), True),
        (timer("P1D"), gives("budget"), False),
        (timer("P1D"), gives("budget.net"), False),
        (on_message("m"), "", False),
        (on_message("m"), gives("note"), True),
        (on_message("m"), gives("budget"), False),
        (on_signal("s"), "", False),
        (on_signal("s"), gives("note"), False),
    ],
)
def test_a_start_event_that_can_never_fill_in_the_start_form_is_refused(engine, definition, outputs, refused):
    diagram = drawing(
        "begin -> end; other -> end2", BEGIN, element("startEvent", "other", definition, outputs), definitions=SENT
    )
    assert (("start-form-not-filled", "other") in found(engine, diagram, **FORM_FILES)) is refused


@pytest.mark.parametrize("definition", [on_message("m"), on_signal("s")], ids=["message", "signal"])
@pytest.mark.parametrize(
    ("sent", "outputs", "refused"),
    [("", "", True), (LACKS, "", True), (GIVES, "", False), ("", gives("budget"), False)],
)
def test_an_event_that_starts_a_process_without_what_its_form_needs_is_refused(
    engine, definition, sent, outputs, refused
):
    started = another("q", "begin -> end2; other -> end3", BEGIN, element("startEvent", "other", definition, outputs))
    diagram = drawing("start -> tell -> end", throw("tell", definition, sent), definitions=SENT + started)
    assert (("sent-form-incomplete", "tell") in found(engine, diagram, **FORM_FILES)) is refused


def test_a_message_that_another_case_may_wait_for_needs_nothing_of_the_form(engine):
    started = another("q", "begin -> end2; other -> end3", BEGIN, start("other", on_message("m")))
    waiting = another("r", "start2 -> wait -> end4", catch("wait", on_message("m")))
    definitions_ = message("m", "m", "=1") + started + waiting
    diagram = drawing("start -> tell -> end", throw("tell", on_message("m")), definitions=definitions_)
    assert ("sent-form-incomplete", "tell") not in found(engine, diagram, **FORM_FILES)
