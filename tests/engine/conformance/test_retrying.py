"""An element that is tried again takes its inputs again, so that mending a variable of the case helps."""

import pytest
from drawing import another, boundary, call, drawing, each, element, mapping, script, service, timer, user
from repeating import House
from steps import COMPLETED, advance, again, assign, begin, expect

from app.engine import spiff

LINE = "start -> a -> end"
NEEDY = {"check": {"fails": 1, "returns": {"seen": "=who"}}}


@pytest.mark.parametrize("inputs", [{"who": "=name"}, {"who": "=who"}, {"who": "=name", "x": "=who"}])
def test_a_mended_variable_of_the_case_reaches_the_operation(play, inputs):
    play(
        drawing(LINE, service("a", "check", mapping(inputs))),
        begin(name="old", who="old"),
        expect(incidents=["a"]),
        assign(name="new", who="new"),
        again("a"),
        expect(variables={"seen": "new"}, **COMPLETED),
        services=NEEDY,
    )


def test_a_nested_input_is_worked_out_again_too(play):
    play(
        drawing(LINE, service("a", "check", mapping({"who.name": "=name", "who.age": "=age"}))),
        begin(name="old", age=1),
        assign(name="new"),
        again("a"),
        expect(variables={"seen": {"name": "new", "age": 1}}, **COMPLETED),
        services=NEEDY,
    )


def test_an_instance_reads_its_own_item_again(play):
    marker = each("[1,2]", "n", collect=("out", "seen"))
    play(
        drawing(LINE, service("a", "check", mapping({"n": "=n * factor", "who": "=n"}), marker)),
        begin(factor=10),
        expect(incidents=["a"]),
        assign(factor=100),
        again("a"),
        expect(variables={"out": [100, 20]}, **COMPLETED),
        services=NEEDY,
    )


def test_a_called_process_that_was_not_there_is_called_with_what_is_right_now(play):
    diagram = drawing(
        LINE,
        call("a", "=process", mapping({"process": "=chosen"})),
        definitions=another("q", "start_q -> v -> end_q", script("v", '"done"', "made")),
    )
    play(
        diagram,
        begin(chosen="nothing"),
        expect(incidents=["a"]),
        assign(chosen="q"),
        again("a"),
        expect(variables={"made": "done"}, **COMPLETED),
    )


def test_what_listens_for_it_listens_once(play):
    edge = boundary("late", "a", timer("PT1H"), interrupting=False)
    diagram = drawing(
        f"{LINE}; late -> b -> end1", service("a", "check", mapping({"who": "=name"})), edge, element("task", "b")
    )
    play(
        diagram,
        begin(name="old"),
        again("a"),
        expect(incidents=["a"], timers=[{"element": "late"}]),
        advance("PT1H"),
        expect(times={"b": 1}),
        services={"check": {"fails": 9, "returns": {}}},
    )


def test_an_input_that_was_set_by_hand_stays():
    bundle = spiff.read({"d.bpmn": drawing(LINE, user("a", f"{mapping({'level': '=asked'})}{PRIORITY}")).encode()})
    instance = spiff.start(bundle, "p", {"asked": 1.5}, House(bundle))
    instance.run()
    stuck = instance.waiting().incidents[0].token_id
    scope = next(scope for scope in instance.scopes() if scope.kind == "element")
    instance.set_variables({"level": 7}, scope.scope_id)
    instance.retry(stuck)
    instance.run()
    assert instance.waiting().tasks[0].priority == 7


PRIORITY = '<zeebe:priorityDefinition priority="=level" />'
