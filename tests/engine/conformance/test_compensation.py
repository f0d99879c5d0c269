"""Compensation and transactions."""

from drawing import (
    CANCEL,
    boundary,
    compensate,
    compensation,
    drawing,
    each,
    end,
    error,
    event_sub,
    mapping,
    on_error,
    parallel,
    script,
    service,
    start,
    sub,
    throw,
    user,
)
from steps import COMPLETED, again, begin, done, expect

NOTHING = {"returns": {}}
UNDO = {"book": NOTHING, "pay": NOTHING, "unbook": NOTHING, "refund": NOTHING}


def handler(name, type_):
    return service(name, type_, isForCompensation="true")


def two(flows, *more, **parts):
    return drawing(
        flows, service("a", "book"), service("b", "pay"), compensation("ca", "a", "ua"), compensation("cb", "b", "ub"),
        handler("ua", "unbook"), handler("ub", "refund"), *more, **parts,
    )  # fmt: skip


def test_handlers_run_in_reverse_order_of_completion(play):
    diagram = two("start -> a -> b -> t -> end", throw("t", compensate()))
    play(
        diagram,
        begin(),
        expect(order=["a", "b", "ub", "ua", "t"], calls={"unbook": 1, "refund": 1}, **COMPLETED),
        services=UNDO,
    )


def test_what_was_not_completed_is_not_compensated(play):
    diagram = two(
        "start -> g; g -{x}-> b -> t; g -> a -> t -> end",
        throw("t", compensate()),
        '<bpmn:exclusiveGateway id="g" default="g_to_a" />',
    )
    play(diagram, begin(x=False), expect(calls={"unbook": 1, "refund": 0}, never=["ub"], **COMPLETED), services=UNDO)


def test_one_activity_can_be_named(play):
    diagram = two("start -> a -> b -> t -> end", throw("t", compensate("a")))
    play(diagram, begin(), expect(calls={"unbook": 1, "refund": 0}, **COMPLETED), services=UNDO)


def test_an_activity_is_compensated_as_often_as_it_was_completed(play):
    diagram = drawing(
        "start -> m -> a -> g; g -{n < 3}-> m; g -> t -> end",
        '<bpmn:exclusiveGateway id="m" />', '<bpmn:exclusiveGateway id="g" default="g_to_t" />',
        script("a", "n + 1", "n"), compensation("ca", "a", "ua"),
        script("ua", "n", "seen", isForCompensation="true"), throw("t", compensate()),
    )  # fmt: skip
    play(diagram, begin(n=0), expect(times={"ua": 3}, variables={"seen": 1, "n": 3}, **COMPLETED))


def test_a_handler_sees_the_variables_as_they_were(play):
    diagram = drawing(
        "start -> a -> b -> t -> end",
        script("a", "1", "x"), script("b", "2", "x"), compensation("ca", "a", "ua"),
        script("ua", "x", "seen", isForCompensation="true"), throw("t", compensate()),
    )  # fmt: skip
    play(diagram, begin(x=0), expect(variables={"seen": 1, "x": 2}, **COMPLETED))


def test_a_completed_sub_process_is_compensated_from_within(play):
    inner = sub(
        "s",
        "start_s -> a -> b -> end_s",
        service("a", "book"),
        service("b", "pay"),
        compensation("ca", "a", "ua"),
        compensation("cb", "b", "ub"),
        handler("ua", "unbook"),
        handler("ub", "refund"),
    )
    play(
        drawing("start -> s -> t -> end", inner, throw("t", compensate())),
        begin(),
        expect(order=["ub", "ua"], **COMPLETED),
        services=UNDO,
    )


def test_a_sub_process_with_a_handler_of_its_own_is_compensated_by_it(play):
    inner = sub(
        "s", "start_s -> a -> end_s", service("a", "book"), compensation("ca", "a", "ua"), handler("ua", "unbook")
    )
    diagram = drawing(
        "start -> s -> t -> end",
        inner,
        compensation("cs", "s", "us"),
        handler("us", "refund"),
        throw("t", compensate()),
    )
    play(diagram, begin(), expect(calls={"refund": 1, "unbook": 0}, **COMPLETED), services=UNDO)


def test_what_is_still_open_is_left_alone(play):
    diagram = drawing(
        "start -> f; f -> a -> t -> end1; f -> c -> end2",
        parallel("f"), service("a", "book"), user("c"), compensation("ca", "a", "ua"), compensation("cc", "c", "uc"),
        handler("ua", "unbook"), handler("uc", "refund"), throw("t", compensate()),
    )  # fmt: skip
    play(
        diagram,
        begin(),
        expect(open=["c"], calls={"unbook": 1, "refund": 0}),
        done("c"),
        expect(**COMPLETED),
        services=UNDO,
    )


def test_compensation_runs_once(play):
    diagram = two("start -> a -> t1 -> t2 -> end", throw("t1", compensate()), throw("t2", compensate()))
    play(diagram, begin(), expect(calls={"unbook": 1}, **COMPLETED), services=UNDO)


def test_a_handler_that_is_a_user_task_waits(play):
    diagram = drawing(
        "start -> a -> t -> end",
        service("a", "book"),
        compensation("ca", "a", "ua"),
        user("ua").replace('id="ua"', 'id="ua" isForCompensation="true"'),
        throw("t", compensate()),
    )
    play(diagram, begin(), expect(open=["ua"], never=["end"]), done("ua"), expect(**COMPLETED), services=UNDO)


def test_a_handler_that_fails_is_an_incident_and_goes_on(play):
    diagram = two("start -> a -> b -> t -> end", throw("t", compensate()))
    play(
        diagram,
        begin(),
        expect(state="incident", incidents=["ub"], never=["ua"]),
        again("ub"),
        expect(calls={"refund": 2, "unbook": 1}, **COMPLETED),
        services=UNDO | {"refund": {"fails": 1, "returns": {}}},
    )


def test_a_compensation_end_event(play):
    diagram = two("start -> a -> b -> end_c", end("end_c", compensate()))
    play(diagram, begin(), expect(order=["ub", "ua", "end_c"], **COMPLETED), services=UNDO)


def test_compensation_in_an_error_handler_reaches_the_scope_it_stands_in(play):
    caught = event_sub("e", "bad -> t -> end_e", start("bad", on_error("e1")), throw("t", compensate()))
    diagram = two("start -> a -> b -> end_x", caught, end("end_x", on_error("e1")), definitions=error("e1", "BAD"))
    play(diagram, begin(), expect(order=["ub", "ua", "t"], **COMPLETED), services=UNDO)


def test_each_item_of_a_multi_instance_compensates_its_own(play):
    inner = sub(
        "s", "start_s -> a -> g; g -{n = 2}-> t -> end_t; g -> end_s",
        script("a", "n", "done"), compensation("ca", "a", "ua"), script("ua", "append(undone, n)", "undone", isForCompensation="true"),
        '<bpmn:exclusiveGateway id="g" default="g_to_end_s" />', throw("t", compensate()),
        marker=each("[1,2,3]", "n"), extensions=mapping({"done": "=null"}),
    )  # fmt: skip
    play(drawing("start -> s -> end", inner), begin(undone=[]), expect(variables={"undone": [2]}, **COMPLETED))


def transaction(*more, flows="start_t -> a -> b -> g; g -{cancel}-> end_c; g -> end_t"):
    return sub(
        "x", flows, service("a", "book"), service("b", "pay"), compensation("ca", "a", "ua"), compensation("cb", "b", "ub"),
        handler("ua", "unbook"), handler("ub", "refund"), '<bpmn:exclusiveGateway id="g" default="g_to_end_t" />',
        end("end_c", CANCEL), *more, kind="transaction",
    )  # fmt: skip


def test_a_cancelled_transaction_compensates_and_leaves_by_its_cancel_event(play):
    diagram = drawing("start -> x -> end; off -> after -> end2", transaction(), boundary("off", "x", CANCEL))
    play(
        diagram,
        begin(cancel=True),
        expect(order=["b", "ub", "ua", "off", "after"], never=["end", "end_t"], **COMPLETED),
        services=UNDO,
    )


def test_a_transaction_that_is_not_cancelled_goes_on(play):
    diagram = drawing("start -> x -> end; off -> after -> end2", transaction(), boundary("off", "x", CANCEL))
    play(
        diagram,
        begin(cancel=False),
        expect(completed=["x", "end"], never=["off", "ua", "ub"], **COMPLETED),
        services=UNDO,
    )


def test_cancelling_ends_what_is_still_open_in_the_transaction(play):
    inner = transaction(
        parallel("f"),
        user("w"),
        flows="start_t -> f; f -> w -> end_w; f -> a -> b -> g; g -{cancel}-> end_c; g -> end_t",
    )
    diagram = drawing("start -> x -> end; off -> after -> end2", inner, boundary("off", "x", CANCEL))
    play(
        diagram,
        begin(cancel=True),
        expect(open=[], completed=["after", "ua", "ub"], never=["end_w"], **COMPLETED),
        services=UNDO,
    )


def test_an_error_in_a_transaction_leaves_without_compensation(play):
    inner = transaction(flows="start_t -> a -> b -> g; g -{cancel}-> end_c; g -> end_t")
    diagram = drawing(
        "start -> x -> end; off -> y -> end2; bad -> z -> end3",
        inner,
        boundary("off", "x", CANCEL),
        boundary("bad", "x", on_error()),
    )
    play(
        diagram,
        begin(cancel=True),
        expect(completed=["z"], never=["ua", "ub", "y"], **COMPLETED),
        services=UNDO | {"pay": {"error": {"code": "NO"}}},
    )
