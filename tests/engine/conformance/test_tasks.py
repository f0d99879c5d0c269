"""Tasks, their mappings and the scopes of variables."""

import pytest
from drawing import (
    another,
    boundary,
    call,
    catch,
    drawing,
    element,
    error,
    manual,
    mapping,
    message,
    on_condition,
    on_error,
    parallel,
    receive,
    rule,
    script,
    service,
    sub,
    user,
)  # fmt: skip
from steps import COMPLETED, again, assign, begin, done, expect, fail, send

DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="dd" namespace="n">
<decision id="grade" name="grade"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie"><text>points</text></inputExpression></input><output id="o" name="mark" />
<rule id="r1"><inputEntry id="e1"><text>&gt;= 60</text></inputEntry><outputEntry id="o1"><text>"pass"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="e2"><text>-</text></inputEntry><outputEntry id="o2"><text>"fail"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_an_undefined_task_passes_at_once(play):
    play(
        drawing("start -> a -> end"),
        begin(),
        expect(completed=["start", "a", "end"], order=["start", "a", "end"], **COMPLETED),
    )


def test_a_manual_task_waits_until_somebody_says_it_is_done(play):
    play(drawing("start -> a -> end", manual("a")), begin(), expect(open=["a"]), done("a"), expect(**COMPLETED))


def test_a_user_task_without_a_form_takes_what_it_is_given(play):
    play(
        drawing("start -> a -> end", user("a")),
        begin(),
        done("a", x=1, text="é中"),
        expect(variables={"x": 1, "text": "é中"}),
    )


def test_a_service_task_without_inputs_sees_everything_and_its_results_become_variables(play):
    diagram = drawing("start -> a -> end", service("a", "double"))
    play(
        diagram,
        begin(n=4),
        expect(variables={"n": 4, "twice": 8}, calls={"double": 1}, **COMPLETED),
        services={"double": {"returns": {"twice": "=n * 2"}}},
    )


def test_inputs_are_local_and_outputs_are_all_that_leaves(play):
    inner = mapping({"n": "=m + 1"}, {"result": "=twice"})
    diagram = drawing("start -> a -> end", service("a", "double", inner))
    play(
        diagram,
        begin(m=4),
        expect(variables={"m": 4, "result": 10, "twice": None, "n": None}, **COMPLETED),
        services={"double": {"returns": {"twice": "=n * 2"}}},
    )


def test_an_input_may_read_the_input_before_it(play):
    inner = mapping({"a": "=1", "b": "=a + 1"}, {"sum": "=a + b"})
    play(
        drawing("start -> t -> end", service("t", "x", inner)),
        begin(),
        expect(variables={"sum": 3}),
        services={"x": {"returns": {}}},
    )


def test_a_mapping_target_with_dots_steps_into_a_context(play):
    inner = mapping({}, {"order.total": "=5", "order.paid": "=false"})
    diagram = drawing("start -> t -> end", service("t", "x", inner))
    play(
        diagram,
        begin(order={"id": 7}),
        expect(variables={"order": {"id": 7, "total": 5, "paid": False}}),
        services={"x": {"returns": {}}},
    )


def test_without_outputs_everything_returned_reaches_the_scope_outside(play):
    diagram = drawing("start -> t -> end", service("t", "x", mapping({"n": "=1"})))
    play(diagram, begin(), expect(variables={"made": True, "n": None}), services={"x": {"returns": {"made": True}}})


def test_a_send_task_calls_its_operation(play):
    diagram = drawing("start -> t -> end", service("t", "tell", kind="sendTask"))
    play(diagram, begin(), expect(calls={"tell": 1}, **COMPLETED), services={"tell": {"returns": {}}})


def test_a_script_task_works_out_one_feel_expression(play):
    diagram = drawing("start -> t -> end", script("t", "[1,2,3][item > 1]", "big"))
    play(diagram, begin(), expect(variables={"big": [2, 3]}, **COMPLETED))


def test_a_script_that_makes_no_sense_gives_null_not_an_incident(play):
    play(drawing("start -> t -> end", script("t", '"a" * 3', "x")), begin(), expect(variables={"x": None}, **COMPLETED))


def test_a_business_rule_task_asks_its_decision(play):
    diagram = drawing("start -> t -> end", rule("t", "grade", "result"))
    play(diagram, begin(points=75), expect(variables={"result": "pass"}, **COMPLETED), files={"g.dmn": DECISION})


def test_a_receive_task_waits_for_its_message_and_takes_its_variables(play):
    diagram = drawing("start -> t -> end", receive("t", "m"), definitions=message("m", "answered"))
    play(
        diagram,
        begin(key="A"),
        expect(open=["t"], messages=[{"name": "answered", "correlationKey": "A"}]),
        send("answered", "B", refused=True),
        send("answered", "A", answer=42),
        expect(variables={"answer": 42}, messages=[], **COMPLETED),
    )


def test_a_technical_failure_is_an_incident_and_a_retry_resumes_exactly_there(play):
    diagram = drawing("start -> a -> b -> end", service("a", "first"), service("b", "second"))
    play(
        diagram,
        begin(),
        expect(state="incident", incidents=["b"], completed=["a"]),
        again("b"),
        expect(state="incident", incidents=["b"]),
        again("b"),
        expect(calls={"first": 1, "second": 3}, incidents=[], **COMPLETED),
        services={"first": {"returns": {}}, "second": {"fails": 2, "returns": {}}},
    )


def test_an_incident_stops_its_own_branch_only(play):
    diagram = drawing(
        "start -> f; f -> a -> j; f -> b -> j; j -> end", parallel("f"), parallel("j"), service("a", "x"), user("b")
    )
    play(
        diagram,
        begin(),
        expect(state="incident", open=["b"], incidents=["a"]),
        done("b"),
        again("a"),
        expect(**COMPLETED),
        services={"x": {"fails": 1, "returns": {}}},
    )


def test_a_sub_process_with_inputs_keeps_its_variables_to_itself(play):
    inner = sub(
        "s", "start_s -> t -> end_s", script("t", "n + 1", "n"), extensions=mapping({"n": "=10"}, {"seen": "=n"})
    )
    play(drawing("start -> s -> end", inner), begin(n=1), expect(variables={"n": 1, "seen": 11}, **COMPLETED))


def test_what_is_declared_nowhere_is_written_to_the_process_instance(play):
    inner = sub("s", "start_s -> t -> end_s", script("t", "5", "fresh"))
    play(drawing("start -> s -> end", inner), begin(), expect(variables={"fresh": 5}, **COMPLETED))


def test_numbers_stay_decimals(play):
    diagram = drawing("start -> t -> end", script("t", "x + 0.2", "sum"))
    play(diagram, begin(x=0.1), expect(variables={"sum": 0.3}, **COMPLETED))


def test_any_key_is_plain_data(play):
    odd = {"typename": "x", "$ref": 1, "__builtins__": {"": 2}, "": [None]}
    play(
        drawing("start -> a -> end", user("a")),
        begin(odd=odd),
        done("a", more=odd),
        expect(variables={"odd": odd, "more": odd}),
    )


def test_a_person_reports_a_business_error_that_a_boundary_catches(play):

    diagram = drawing(
        "start -> a -> end; wrong -> fix -> end2",
        user("a"),
        boundary("wrong", "a", on_error("e")),
        definitions=error("e", "BAD"),
    )
    play(
        diagram,
        begin(),
        fail("a", "BAD", why="x"),
        expect(completed=["fix"], variables={"why": "x"}, never=["end"], **COMPLETED),
    )


def test_a_business_error_nobody_catches_is_an_incident_where_it_was_thrown(play):
    diagram = drawing("start -> a -> end", service("a", "x"))
    play(diagram, begin(), expect(state="incident", incidents=["a"]), services={"x": {"error": {"code": "BAD"}}})


def test_a_call_activity_returns_everything_without_output_mappings(play):

    diagram = drawing(
        "start -> c -> end",
        call("c", "q"),
        definitions=another("q", "start_q -> t -> end_q", script("t", "n + 1", "m")),
    )
    play(diagram, begin(n=1), expect(variables={"n": 1, "m": 2}, completed=["t"], **COMPLETED))


def test_a_called_process_that_propagates_nothing_returns_nothing(play):

    diagram = drawing(
        "start -> c -> end",
        call("c", "q", propagate="false"),
        definitions=another("q", "start_q -> t -> end_q", script("t", "n + 1", "m")),
    )
    play(diagram, begin(n=1), expect(variables={"m": None}, **COMPLETED))


def test_a_called_process_with_inputs_sees_only_them(play):

    diagram = drawing(
        "start -> c -> end",
        call("c", "q", mapping({"k": "=n"}, {"out": "=seen"})),
        definitions=another("q", "start_q -> t -> end_q", script("t", "[k, n]", "seen")),
    )
    play(diagram, begin(n=3), expect(variables={"out": [3, None], "seen": None}, **COMPLETED))


def test_a_called_process_does_not_write_into_its_caller(play):

    diagram = drawing(
        "start -> c -> end",
        call("c", "q", propagate="false"),
        definitions=another("q", "start_q -> t -> end_q", script("t", "99", "n")),
    )
    play(diagram, begin(n=1), expect(variables={"n": 1}, **COMPLETED))


def test_a_task_in_a_called_process_is_open_and_can_be_done(play):

    diagram = drawing("start -> c -> end", call("c", "q"), definitions=another("q", "start_q -> t -> end_q", user("t")))
    play(diagram, begin(), expect(open=["t"]), done("t", x=1), expect(variables={"x": 1}, **COMPLETED))


MAY_CALL = '<zeebe:properties><zeebe:property name="calls" value="q, r" /></zeebe:properties>'
CHOICE = "".join(
    another(name, f"start_{name} -> t_{name} -> end_{name}", script(f"t_{name}", "1", "x")) for name in "qrs"
)


@pytest.mark.parametrize("chosen", ["q", "r"])
def test_a_call_runs_the_process_that_its_expression_chooses(play, chosen):
    diagram = drawing("start -> c -> end", call("c", "=which", MAY_CALL), definitions=CHOICE)
    other = "q" if chosen == "r" else "r"
    play(diagram, begin(which=chosen), expect(completed=[f"t_{chosen}"], never=[f"t_{other}"], **COMPLETED))


def test_a_call_refuses_a_process_that_it_does_not_say_it_may_call(play):
    diagram = drawing("start -> c -> end", call("c", "=which", MAY_CALL), definitions=CHOICE)
    play(
        diagram,
        begin(which="s"),
        expect(state="incident", incidents=["c"], never=["t_s"]),
        assign(which="q"),
        again("c"),
        expect(completed=["t_q"], **COMPLETED),
    )


def test_a_called_process_that_is_not_there_is_an_incident(play):
    diagram = drawing("start -> c -> end", call("c", "=which"))
    play(diagram, begin(which="nowhere"), expect(state="incident", incidents=["c"]))


def test_which_process_is_called_may_be_worked_out(play):

    diagram = drawing("start -> c -> end", call("c", "=which"), definitions=another("q", "start_q -> t -> end_q"))
    play(diagram, begin(which="q"), expect(completed=["t"], **COMPLETED))


def test_an_administrator_changes_a_variable_and_conditions_see_it(play):

    diagram = drawing("start -> c -> end", catch("c", on_condition("x > 3")))
    play(diagram, begin(x=1), expect(state="active"), assign(x=4), expect(**COMPLETED))


def test_a_task_in_the_middle_of_data_objects_and_annotations_runs(play):
    drawn = (
        '<bpmn:dataObject id="o" /><bpmn:dataObjectReference id="r" dataObjectRef="o" />'
        '<bpmn:textAnnotation id="n"><bpmn:text>look</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="as" sourceRef="a" targetRef="n" />'
    )
    inner = '<bpmn:dataOutputAssociation id="do"><bpmn:targetRef>r</bpmn:targetRef></bpmn:dataOutputAssociation>'
    play(drawing("start -> a -> end", element("task", "a", inner), drawn), begin(), expect(**COMPLETED))
