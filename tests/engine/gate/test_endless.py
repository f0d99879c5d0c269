"""A loop in which nothing waits is refused when nobody can leave it, and doubted when nothing can change who does."""

import pytest
from drawing import (
    another,
    boundary,
    call,
    catch,
    drawing,
    each,
    element,
    error,
    event_sub,
    exclusive,
    loop,
    mapping,
    message,
    on_error,
    on_link,
    parallel,
    receive,
    rule,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)

from app.engine import validation

ROUND = "start -> m -> a -> m"
ASKED = "start -> m -> a -> g; g -{n < 9}-> m; g -> end"
MERGE, ASK = exclusive("m"), exclusive("g", default="end")


def found(diagram):
    """Level and element of each finding about loops."""
    bundle = validation.read_diagrams({"d.bpmn": diagram.encode()})
    codes = {"endless-loop", "loop-may-be-endless"}
    return [(one.level, one.element_id) for one in bundle.findings if one.code in codes]


AUTOMATIC = {
    "undefined task": element("task", "a"),
    "service task": service("a", "x"),
    "script task": script("a", "1", "x"),
    "business rule task": rule("a", "d", "x"),
    "throw event": throw("a", ""),
    "timer of no length": catch("a", timer("PT0S")),
    "sub-process": sub("a", "start_a -> b -> end_a", element("task", "b")),
    "a split": parallel("a"),
}


@pytest.mark.parametrize("inside", AUTOMATIC.values(), ids=AUTOMATIC)
def test_a_loop_without_a_way_out_is_refused(inside):
    assert found(drawing(ROUND, MERGE, inside)) == [("error", "m")]


def test_a_loop_over_a_link_is_refused():
    parts = [throw("a", on_link("back")), catch("m", on_link("back"))]
    assert found(drawing("start -> x -> a; m -> b -> x", *parts, exclusive("x"))) == [("error", "a")]


def test_a_loop_whose_every_branch_stays_is_refused():
    flows = "start -> m -> g; g -{x}-> a -> m; g -> b -> m"
    assert found(drawing(flows, MERGE, exclusive("g", default="b"))) == [("error", "m")]


def test_a_loop_inside_a_sub_process_is_refused():
    assert found(drawing("start -> s -> end", sub("s", "start_s -> m -> a -> m", MERGE))) == [("error", "m")]


WAITING = {
    "user task": user("a"),
    "manual task": element("manualTask", "a"),
    "receive task": receive("a", "msg"),
    "timer": catch("a", timer("PT1M")),
    "call": call("a", "q"),
    "sub-process with a task": sub("a", "start_a -> b -> end_a", user("b")),
}


@pytest.mark.parametrize("inside", WAITING.values(), ids=WAITING)
def test_a_loop_that_waits_is_left_in_peace(inside):
    more = message("msg", "msg") + another("q", "start_q -> v -> end_q", user("v"))
    assert found(drawing(ROUND, MERGE, inside, definitions=more)) == []


def test_an_error_that_is_caught_is_a_way_out():
    caught = boundary("edge", "a", on_error("e"))
    diagram = drawing(f"{ROUND}; edge -> end", MERGE, service("a", "x"), caught, definitions=error("e", "E"))
    assert found(diagram) == []


def test_an_error_that_is_caught_around_it_is_a_way_out():
    asks = event_sub("es", "stop -> end_es", start("stop", on_error()))
    assert found(drawing(ROUND, MERGE, service("a", "x"), asks)) == []


CHANGING = {
    "the variable": script("a", "n + 1", "n"),
    "an output": element("task", "a", "", mapping(None, {"n": "=n + 1"})),
    "what is only sketched": element("task", "a"),
    "an operation that may return anything": service("a", "x"),
    "the output collection": element("task", "a", each("[1]", "i", collect=("n", "i"))),
    "within a sub-process": sub("a", "start_a -> b -> end_a", script("b", "n + 1", "n")),
}


@pytest.mark.parametrize("inside", CHANGING.values(), ids=CHANGING)
def test_a_loop_that_changes_what_decides_is_left_in_peace(inside):
    assert found(drawing(ASKED, MERGE, ASK, inside)) == []


@pytest.mark.parametrize(
    "inside",
    [script("a", "1", "other"), service("a", "x", mapping(None, {"other": "=y"}))],
    ids=["another variable", "another output"],
)
def test_a_loop_that_can_not_change_what_decides_is_doubted(inside):
    assert found(drawing(ASKED, MERGE, ASK, inside)) == [("warning", "m")]


@pytest.mark.parametrize(
    ("marker", "doubts"),
    [(loop("n < 3"), 1), (loop("n < 3", 5), 0), (loop("x < 3"), 0)],
    ids=["nothing changes it", "a maximum", "it changes"],
)
def test_a_marked_loop_is_looked_at_too(marker, doubts):
    assert len(found(drawing("start -> a -> end", script("a", "x + 1", "x", marker)))) == doubts
