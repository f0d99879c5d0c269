"""Errors, escalations, terminate ends and event sub-processes."""

from drawing import (
    TERMINATE,
    another,
    boundary,
    call,
    drawing,
    each,
    end,
    error,
    escalation,
    event_sub,
    mapping,
    message,
    on_error,
    on_escalation,
    on_message,
    parallel,
    script,
    service,
    start,
    sub,
    throw,
    user,
)  # fmt: skip
from steps import COMPLETED, begin, done, expect, fail, send

E1 = error("e1", "BAD") + error("e2", "WORSE")
C1 = escalation("c1", "LATE") + escalation("c2", "LATER")
CHARGE = {"charge": {"error": {"code": "BAD", "variables": {"balance": 3}}}}


def test_an_error_of_an_operation_takes_the_boundary_with_its_code(play):
    diagram = drawing(
        "start -> a -> end; any -> x -> end1; bad -> y -> end2",
        service("a", "charge"), boundary("any", "a", on_error()), boundary("bad", "a", on_error("e1")), definitions=E1,
    )  # fmt: skip
    play(
        diagram,
        begin(),
        expect(completed=["bad", "y"], never=["x", "end"], variables={"balance": 3}, **COMPLETED),
        services=CHARGE,
    )


def test_an_error_boundary_without_code_takes_every_error(play):
    diagram = drawing("start -> a -> end; any -> x -> end1", service("a", "charge"), boundary("any", "a", on_error()))
    play(diagram, begin(), expect(completed=["any", "x"], **COMPLETED), services=CHARGE)


def test_an_error_boundary_with_another_code_does_not_fit(play):
    diagram = drawing(
        "start -> a -> end; other -> x -> end1",
        service("a", "charge"),
        boundary("other", "a", on_error("e2")),
        definitions=E1,
    )
    play(diagram, begin(), expect(state="incident", incidents=["a"], never=["x"]), services=CHARGE)


def test_an_error_end_event_leaves_its_sub_process_by_the_boundary(play):
    inner = sub(
        "s", "start_s -> f; f -> b -> end_s; f -> end_e", parallel("f"), user("b"), end("end_e", on_error("e1"))
    )
    diagram = drawing(
        "start -> s -> end; bad -> x -> end1", inner, boundary("bad", "s", on_error("e1")), definitions=E1
    )
    play(diagram, begin(), expect(completed=["bad", "x", "end_e"], never=["end", "end_s"], open=[], **COMPLETED))


def test_an_error_goes_outwards_through_a_call_activity(play):
    diagram = drawing(
        "start -> c -> end; bad -> x -> end1",
        call("c", "q"), boundary("bad", "c", on_error("e1")),
        definitions=E1 + another("q", "start_q -> a -> end_q", service("a", "charge")),
    )  # fmt: skip
    play(
        diagram, begin(), expect(completed=["x"], never=["end"], variables={"balance": 3}, **COMPLETED), services=CHARGE
    )


def test_the_first_scope_that_fits_takes_the_error_even_without_a_code(play):
    inner = sub(
        "s", "start_s -> a -> end_s; near -> y -> end_y", service("a", "charge"), boundary("near", "a", on_error())
    )
    diagram = drawing(
        "start -> s -> end; far -> x -> end1", inner, boundary("far", "s", on_error("e1")), definitions=E1
    )
    play(diagram, begin(), expect(completed=["y", "end"], never=["x"], **COMPLETED), services=CHARGE)


def test_an_event_sub_process_takes_an_error_before_the_boundary_of_its_scope(play):
    handler = event_sub("e", "caught -> y -> end_y", start("caught", on_error("e1")))
    inner = sub(
        "s", "start_s -> f; f -> a -> end_s; f -> b -> end_b", parallel("f"), service("a", "charge"), user("b"), handler
    )
    diagram = drawing(
        "start -> s -> end; far -> x -> end1", inner, boundary("far", "s", on_error("e1")), definitions=E1
    )
    play(
        diagram,
        begin(),
        expect(completed=["y", "end"], never=["x", "end_s"], open=[], variables={"balance": 3}, **COMPLETED),
        services=CHARGE,
    )


def test_an_error_thrown_inside_a_handler_goes_further_out(play):
    handler = event_sub("e", "caught -> end_again", start("caught", on_error("e1")), end("end_again", on_error("e2")))
    inner = sub("s", "start_s -> a -> end_s", service("a", "charge"), handler)
    diagram = drawing(
        "start -> s -> end; far -> x -> end1", inner, boundary("far", "s", on_error("e2")), definitions=E1
    )
    play(diagram, begin(), expect(completed=["x"], never=["end"], **COMPLETED), services=CHARGE)


def test_an_error_in_a_multi_instance_ends_the_whole(play):
    diagram = drawing(
        "start -> a -> end; bad -> x -> end1",
        user("a", inner=each("[1,2,3]", "i")),
        boundary("bad", "a", on_error("e1")),
        definitions=E1,
    )
    play(
        diagram,
        begin(),
        {"throwError": "a", "where": "=i = 2", "code": "BAD", "variables": {}},
        expect(completed=["x"], open=[], never=["end"], **COMPLETED),
    )


def test_outputs_of_an_error_event_map_what_it_caught(play):
    diagram = drawing(
        "start -> a -> end; bad -> end1",
        service("a", "charge"),
        boundary("bad", "a", on_error("e1"), extensions=mapping({}, {"short": "=10 - balance"})),
        definitions=E1,
    )
    play(diagram, begin(), expect(variables={"short": 7, "balance": None}, **COMPLETED), services=CHARGE)


def test_an_escalation_that_does_not_interrupt_goes_on_beside(play):
    inner = sub("s", "start_s -> t -> b -> end_s", throw("t", on_escalation("c1")), user("b"))
    diagram = drawing(
        "start -> s -> end; late -> x -> end1",
        inner,
        boundary("late", "s", on_escalation("c1"), interrupting=False),
        definitions=C1,
    )
    play(diagram, begin(), expect(completed=["x", "t"], open=["b"]), done("b"), expect(completed=["end"], **COMPLETED))


def test_an_interrupting_escalation_ends_its_sub_process(play):
    inner = sub("s", "start_s -> t -> b -> end_s", throw("t", on_escalation("c1")), user("b"))
    diagram = drawing(
        "start -> s -> end; late -> x -> end1", inner, boundary("late", "s", on_escalation("c1")), definitions=C1
    )
    play(diagram, begin(), expect(completed=["x"], open=[], never=["b", "end"], **COMPLETED))


def test_an_escalation_nobody_takes_lets_the_flow_go_on(play):
    diagram = drawing(
        "start -> t -> end_e", throw("t", on_escalation("c1")), end("end_e", on_escalation("c2")), definitions=C1
    )
    play(diagram, begin(), expect(completed=["t", "end_e"], incidents=[], **COMPLETED))


def test_an_escalation_with_another_code_passes_on_outwards(play):
    inner = sub("s", "start_s -> t -> end_s", throw("t", on_escalation("c2")))
    outer = sub(
        "o",
        "start_o -> s -> end_o; wrong -> y -> end_y",
        inner,
        boundary("wrong", "s", on_escalation("c1"), interrupting=False),
    )
    diagram = drawing(
        "start -> o -> end; right -> x -> end1",
        outer,
        boundary("right", "o", on_escalation("c2"), interrupting=False),
        definitions=C1,
    )
    play(diagram, begin(), expect(completed=["x", "end"], never=["y"], **COMPLETED))


def test_an_escalation_starts_an_event_sub_process_of_its_own_scope(play):
    handler = event_sub("e", "caught -> x -> end_x", start("caught", on_escalation("c1"), interrupting=False))
    diagram = drawing("start -> t -> b -> end", throw("t", on_escalation("c1")), user("b"), handler, definitions=C1)
    play(diagram, begin(), expect(completed=["x"], open=["b"]), done("b"), expect(**COMPLETED))


def test_an_escalation_goes_out_through_a_call_activity(play):
    diagram = drawing(
        "start -> c -> end; late -> x -> end1",
        call("c", "q"), boundary("late", "c", on_escalation(), interrupting=False),
        definitions=C1 + another("q", "start_q -> t -> end_q", throw("t", on_escalation("c1"))),
    )  # fmt: skip
    play(diagram, begin(), expect(completed=["x", "end", "end_q"], **COMPLETED))


def test_a_terminate_end_event_ends_its_own_scope_only(play):
    inner = sub("s", "start_s -> f; f -> b -> end_b; f -> end_t", parallel("f"), user("b"), end("end_t", TERMINATE))
    play(
        drawing("start -> f0; f0 -> s -> after -> end; f0 -> a -> end2", parallel("f0"), inner, user("a")),
        begin(),
        expect(open=["a"], completed=["end_t", "after"], never=["end_b"]),
        done("a"),
        expect(**COMPLETED),
    )


def test_a_terminate_end_event_at_the_top_ends_the_process(play):
    diagram = drawing(
        "start -> f; f -> a -> end; f -> b -> end_t", parallel("f"), user("a"), user("b"), end("end_t", TERMINATE)
    )
    play(diagram, begin(), done("b"), expect(open=[], never=["end"], **COMPLETED))


def test_an_interrupting_event_sub_process_ends_other_handlers_too(play):

    stop = event_sub("e1s", "stop -> x -> end_x", start("stop", on_message("m")))
    note = event_sub("e2s", "note -> y -> end_y", start("note", on_message("n"), interrupting=False), user("y"))

    diagram = drawing(
        "start -> a -> end", user("a"), stop, note, definitions=message("m", "stop") + message("n", "note")
    )
    play(
        diagram,
        begin(key=1),
        send("note", 1),
        send("stop", 1),
        expect(completed=["x"], open=[], never=["end_y"], messages=[], **COMPLETED),
    )


def test_a_sub_process_ends_when_nothing_is_left_in_it(play):
    inner = sub("s", "start_s -> f; f -> a -> end_a; f -> b -> end_b", parallel("f"), user("a"), user("b"))
    play(
        drawing("start -> s -> after -> end", inner),
        begin(),
        done("b"),
        expect(never=["after"]),
        done("a"),
        expect(completed=["after"], **COMPLETED),
    )


def test_listening_does_not_keep_a_scope_open(play):

    handler = event_sub("e", "got -> x -> end_x", start("got", on_message("m"), interrupting=False))
    inner = sub("s", "start_s -> a -> end_s", user("a"), handler)
    play(
        drawing("start -> s -> end", inner, definitions=message("m", "note")),
        begin(key=1),
        done("a"),
        expect(messages=[], never=["got"], **COMPLETED),
    )


def test_sub_processes_thirty_deep(play):
    inner = "start_0 -> t_0 -> end_0"
    parts = [script("t_0", "depth + 1", "depth")]
    for level in range(1, 30):
        parts = [sub(f"s_{level}", inner, *parts)]
        inner = f"start_{level} -> s_{level} -> end_{level}"
    play(drawing(inner, *parts), begin(depth=1), expect(variables={"depth": 2}, **COMPLETED))


def test_a_reported_error_keeps_what_the_person_said(play):
    diagram = drawing(
        "start -> a -> end; bad -> x -> end1", user("a"), boundary("bad", "a", on_error("e1")), definitions=E1
    )
    play(
        diagram,
        begin(),
        fail("a", "BAD", note="papers missing"),
        expect(variables={"note": "papers missing"}, completed=["x"], **COMPLETED),
    )
