"""Multi-instance and standard loops."""

import orjson
import pytest
import zstandard
from drawing import (
    another,
    boundary,
    call,
    compensate,
    compensation,
    drawing,
    each,
    element,
    error,
    loop,
    mapping,
    on_error,
    parallel,
    script,
    service,
    sub,
    throw,
    timer,
    user,
)
from repeating import House
from steps import COMPLETED, advance, begin, done, expect

from app.engine import spiff
from app.engine.spiff import snapshots


def test_parallel_items_are_open_together_and_outputs_come_in_input_order(play):
    diagram = drawing(
        "start -> a -> end", user("a", inner=each('["x","y","z"]', "item", collect=("results", "item + mark")))
    )
    play(
        diagram,
        begin(),
        expect(open=["a", "a", "a"]),
        done("a", '=item = "z"', mark="3"),
        done("a", '=item = "x"', mark="1"),
        expect(open=["a"], state="active"),
        done("a", mark="2"),
        expect(variables={"results": ["x1", "y2", "z3"]}, **COMPLETED),
    )


def test_sequential_items_come_one_after_the_other(play):
    diagram = drawing(
        "start -> a -> end", user("a", inner=each("[10,20]", "n", sequential=True, collect=("out", "n + loopCounter")))
    )
    play(
        diagram,
        begin(),
        expect(open=["a"]),
        done("a"),
        expect(open=["a"]),
        done("a"),
        expect(variables={"out": [11, 22]}, **COMPLETED),
    )


@pytest.mark.parametrize("sequential", [False, True])
def test_an_empty_list_gives_an_empty_list(play, sequential):
    diagram = drawing(
        "start -> a -> end", user("a", inner=each("[]", "n", sequential=sequential, collect=("out", "n")))
    )
    play(diagram, begin(), expect(variables={"out": []}, open=[], **COMPLETED))


@pytest.mark.parametrize("value", ["5", "null", '"abc"', "missing", "{a: 1}"])
def test_what_is_no_list_is_an_incident(play, value):
    play(
        drawing("start -> a -> end", user("a", inner=each(value, "n"))),
        begin(),
        expect(state="incident", incidents=["a"]),
    )


def test_the_completion_condition_ends_what_is_open(play):
    inner = each("[1,2,3,4]", "n", collect=("out", "n"), complete_when="numberOfCompletedInstances >= 2")
    play(
        drawing("start -> a -> end", user("a", inner=inner)),
        begin(),
        done("a", "=n = 3"),
        expect(open=["a", "a", "a"]),
        done("a", "=n = 1"),
        expect(open=[], variables={"out": [1, None, 3, None]}, **COMPLETED),
    )


def test_counters_can_be_read(play):
    counters = "[loopCounter, numberOfInstances, numberOfActiveInstances, numberOfCompletedInstances, numberOfTerminatedInstances]"
    inner = each("[7,8]", "n", sequential=True, collect=("out", "seen"))
    diagram = drawing(
        "start -> a -> end", script("a", counters, "seen", inner=inner, extensions=mapping({"seen": "=null"}))
    )
    play(diagram, begin(), expect(variables={"out": [[1, 2, 1, 0, 0], [2, 2, 1, 1, 0]]}, **COMPLETED))


def test_mappings_belong_to_each_item(play):
    inner = each("[1,2,3]", "n", collect=("out", "twice"))
    diagram = drawing("start -> a -> end", service("a", "double", mapping({"k": "=n"}, {"twice": "=r"}), inner))
    play(
        diagram,
        begin(),
        expect(calls={"double": 3}, variables={"out": [2, 4, 6]}, **COMPLETED),
        services={"double": {"returns": {"r": "=k * 2"}}},
    )


def test_a_boundary_event_belongs_to_the_whole(play):
    diagram = drawing(
        "start -> a -> end; late -> x -> end1",
        user("a", inner=each("[1,2]", "n")),
        boundary("late", "a", timer("PT1H")),
    )
    play(
        diagram,
        begin(),
        expect(timers=[{"element": "late"}]),
        advance("PT1H"),
        expect(open=[], completed=["x"], never=["end"], **COMPLETED),
    )


def test_a_sub_process_for_each_item_keeps_items_apart(play):
    inner = sub(
        "s",
        "start_s -> a -> t -> end_s",
        user("a"),
        script("t", "n * 10", "big"),
        marker=each("[1,2]", "n", collect=("out", "big")),
        extensions=mapping({"big": "=null"}),
    )
    play(
        drawing("start -> s -> end", inner),
        begin(),
        expect(open=["a", "a"]),
        done("a", "=n = 2"),
        done("a"),
        expect(variables={"out": [10, 20], "n": None}, **COMPLETED),
    )


@pytest.mark.parametrize("body", ["user", "call"])
def test_the_next_of_a_sequence_reads_the_outputs_so_far(play, body):
    marker = each("[1,2,3]", "n", sequential=True, collect=("out", "seen"))
    called = another("q", "start_q -> v -> end_q", script("v", "count(out[item != null])", "seen"))
    task = script("a", "count(out[item != null])", "seen", marker) if body == "user" else call("a", "q", "", marker)
    play(
        drawing("start -> a -> end", task, definitions=called),
        begin(),
        expect(variables={"out": [0, 1, 2]}, **COMPLETED),
    )


def test_a_called_process_gives_back_only_what_it_wrote(play):
    diagram = drawing(
        "start -> f; f -> c -> j; f -> b -> j; j -> end",
        parallel("f"),
        parallel("j"),
        call("c", "q"),
        script("b", '"mended"', "address"),
        definitions=another("q", "start_q -> v -> end_q", user("v")),
    )
    play(
        diagram,
        begin(address="old", name="old"),
        done("v", name="new"),
        expect(variables={"address": "mended", "name": "new"}, **COMPLETED),
    )


def test_a_counter_is_handed_on_where_an_input_says_so(play):
    inputs = mapping({"loopCounter": "=loopCounter - 1"})
    called = another("q", "start_q -> v -> end_q", script("v", "loopCounter * 10", "made"))
    diagram = drawing(
        "start -> c -> end", call("c", "q", inputs, each("[7,8]", "n", collect=("out", "made"))), definitions=called
    )
    play(diagram, begin(), expect(variables={"out": [0, 10], "loopCounter": None}, **COMPLETED))


def test_an_instance_that_is_undone_reads_its_counter_as_it_was(play):
    inner = sub(
        "s", "start_s -> a -> end_s", element("task", "a"), compensation("undone", "a", "undo"),
        script("undo", "loopCounter * 100", "last", isForCompensation="true"), marker=each("[7,8]", "n"),
    )  # fmt: skip
    diagram = drawing("start -> s -> t -> end", inner, throw("t", compensate()))
    play(diagram, begin(), expect(variables={"last": 100, "loopCounter": None}, **COMPLETED))


def test_the_counters_of_a_running_instance_are_not_set_by_hand():
    bundle = spiff.read({"d.bpmn": drawing("start -> a -> end", user("a", inner=each("[1,2]", "n"))).encode()})
    instance = spiff.start(bundle, "p", {}, House(bundle))
    instance.run()
    body = next(scope for scope in instance.scopes() if scope.kind == "multi")
    assert body.variables["numberOfInstances"] == 2
    with pytest.raises(spiff.Unfit):
        instance.set_variables({"numberOfInstances": 1}, body.scope_id)


def test_an_instance_kept_by_the_first_release_goes_on():
    diagram = drawing("start -> a -> end", user("a", inner=each('["x","y"]', "item", collect=("out", "mark"))))
    bundle = spiff.read({"d.bpmn": diagram.encode()})
    house = House(bundle)
    instance = spiff.start(bundle, "p", {}, house)
    instance.run()
    instance.complete(instance.waiting().tasks[0].token_id, {"mark": 1})
    instance.run()
    kept = as_the_first_release_kept(instance.snapshot())
    instance = spiff.restore(bundle, kept, house)
    instance.complete(instance.waiting().tasks[0].token_id, {"mark": 2, "numberOfInstances": 5})
    instance.run()
    assert (instance.state, instance.variables["out"]) == ("completed", [1, 2])


def as_the_first_release_kept(snapshot):
    """Counters among the variables of the body and of each instance, the outputs so far in the token of the whole."""
    body = snapshots.opened(snapshot)
    for scope in body["scopes"]:
        own = scope.pop("own", {})
        scope.pop("given", None)
        outputs = own.pop("out", None)
        if outputs is not None:
            next(token for token in body["tokens"] if token["id"] == scope["owner"])["info"]["outputs"] = outputs
        scope["variables"] |= own
    return zstandard.ZstdCompressor().compress(orjson.dumps(body))


def test_nested_items(play):
    rows = each("rows", "row", collect=("out", "sums"))
    cells = each("row", "cell", collect=("sums", "cell * 2"), sequential=True)
    inner = sub(
        "s",
        "start_s -> t -> end_s",
        '<bpmn:task id="t">' + cells + "</bpmn:task>",
        marker=rows,
        extensions=mapping({"sums": "=null"}),
    )
    play(
        drawing("start -> s -> end", inner),
        begin(rows=[[1, 2], [], [3]]),
        expect(variables={"out": [[2, 4], [], [6]]}, **COMPLETED),
    )


def test_a_process_called_for_each_item(play):
    diagram = drawing(
        "start -> c -> end",
        call(
            "c",
            "q",
            inner=each("lots", "lot", collect=("out", "result")),
            propagate="true",
            extensions=mapping({}, {"result": "=made"}),
        ),
        definitions=another("q", "start_q -> a -> end_q", user("a")),
    )
    play(
        diagram,
        begin(lots=["A", "B"]),
        done("a", '=lot = "B"', made="b"),
        done("a", made="a"),
        expect(variables={"out": ["a", "b"]}, **COMPLETED),
    )


def test_an_incident_in_one_item_leaves_the_others(play):
    diagram = drawing("start -> a -> end", service("a", "x", inner=each("[1,2,3]", "n", collect=("out", "n"))))
    play(
        diagram,
        begin(),
        expect(state="incident", incidents=["a"]),
        {"retry": "a"},
        expect(variables={"out": [1, 2, 3]}, **COMPLETED),
        services={"x": {"fails": 1, "returns": {}}},
    )


def test_an_error_in_one_item_ends_the_whole(play):
    diagram = drawing(
        "start -> a -> end; bad -> x -> end1",
        service("a", "x", inner=each("[1,2]", "n")),
        boundary("bad", "a", on_error("e")),
        definitions=error("e", "BAD"),
    )
    play(
        diagram,
        begin(),
        expect(completed=["x"], never=["end"], **COMPLETED),
        services={"x": {"error": {"code": "BAD"}}},
    )


def test_two_thousand_items(play):
    doubled = each("for i in 1..2000 return i", "n", collect=("out", "r"))
    local = mapping({"r": "=null"})
    diagram = drawing(
        "start -> a -> b -> end", script("a", "n * 2", "r", doubled, local), script("b", "count(out)", "c")
    )
    play(diagram, begin(), expect(variables={"c": 2000}, **COMPLETED))


def test_two_thousand_open_tasks(play):
    diagram = drawing("start -> a -> end", user("a", inner=each("for i in 1..2000 return i", "n")))
    play(diagram, begin(), done("a", "=n = 1500"), expect(state="active", times={"start": 1}))


def test_a_diagram_of_two_thousand_nodes(play):
    names = [f"t{number}" for number in range(2000)]
    play(drawing(f"start -> {' -> '.join(names)} -> end"), begin(), expect(completed=["t0", "t1999"], **COMPLETED))


def test_a_loop_repeats_while_its_condition_holds_asked_afterwards(play):
    diagram = drawing("start -> a -> end", user("a", inner=loop("more")))
    play(
        diagram, begin(more=False), done("a", more=True), expect(open=["a"]), done("a", more=False), expect(**COMPLETED)
    )


def test_a_loop_that_asks_first_may_not_run_at_all(play):
    diagram = drawing("start -> a -> end", script("a", "n + 1", "n", inner=loop("n < 3", test_before=True)))
    play(diagram, begin(n=5), expect(variables={"n": 5}, **COMPLETED))


def test_a_loop_that_asks_first_runs_while_it_holds(play):
    diagram = drawing("start -> a -> end", script("a", "n + 1", "n", inner=loop("n < 3", test_before=True)))
    play(diagram, begin(n=0), expect(variables={"n": 3}, **COMPLETED))


def test_a_loop_has_a_maximum(play):
    diagram = drawing("start -> a -> end", script("a", "n + 1", "n", inner=loop("true", 4)))
    play(diagram, begin(n=0), expect(variables={"n": 4}, **COMPLETED))


def test_loop_counter_counts_from_one(play):
    diagram = drawing("start -> a -> end", script("a", "append(seen, loopCounter)", "seen", inner=loop(maximum=3)))
    play(diagram, begin(seen=[]), expect(variables={"seen": [1, 2, 3]}, **COMPLETED))


def test_a_sub_process_in_a_loop(play):
    inner = sub("s", "start_s -> a -> end_s", user("a"), marker=loop("n < 2"))
    play(
        drawing("start -> s -> end", inner),
        begin(n=0),
        done("a", n=1),
        expect(open=["a"]),
        done("a", n=2),
        expect(**COMPLETED),
    )


def test_ten_thousand_turns_of_a_flow_loop(play):
    diagram = drawing(
        "start -> m -> a -> g; g -{n < 10000}-> m; g -> end",
        script("a", "n + 1", "n"),
        '<bpmn:exclusiveGateway id="m" />',
        '<bpmn:exclusiveGateway id="g" default="g_to_end" />',
    )
    play(diagram, begin(n=0), expect(variables={"n": 10000}, **COMPLETED))


def test_a_variable_of_five_megabytes(play):
    diagram = drawing("start -> a -> b -> end", user("a"), script("b", "string length(text)", "n"))
    play(diagram, begin(text="é" * 2_500_000), done("a"), expect(variables={"n": 2_500_000}, **COMPLETED))
