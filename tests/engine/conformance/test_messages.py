"""Messages, signals, conditions and links."""

from drawing import (
    another,
    boundary,
    call,
    catch,
    drawing,
    end,
    event_sub,
    mapping,
    message,
    on_condition,
    on_link,
    on_message,
    on_signal,
    parallel,
    receive,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    until,
    user,
)  # fmt: skip
from steps import COMPLETED, advance, assign, begin, done, expect, send, signalled

M = message("m", "answered")
S = signal("s", "closed")


def test_a_message_wakes_one_subscription_of_its_key(play):
    diagram = drawing(
        "start -> f; f -> a -> end1; f -> b -> end2",
        parallel("f"),
        catch("a", on_message("m")),
        catch("b", on_message("m")),
        definitions=M,
    )
    play(
        diagram,
        begin(key=5),
        expect(messages=[{"name": "answered", "correlationKey": "5"}] * 2),
        send("answered", 5),
        expect(messages=[{"name": "answered"}], state="active"),
        send("answered", "5"),
        expect(**COMPLETED),
        send("answered", 5, refused=True),
    )


def test_the_key_is_worked_out_when_the_subscription_opens(play):
    diagram = drawing("start -> a -> b -> end", user("a"), catch("b", on_message("m")), definitions=M)
    play(
        diagram,
        begin(key="old"),
        done("a", key="new"),
        assign(key="later"),
        send("answered", "later", refused=True),
        send("answered", "new", x=1),
        expect(variables={"x": 1}, **COMPLETED),
    )


def test_a_key_that_is_neither_text_nor_number_is_an_incident(play):
    play(
        drawing("start -> b -> end", catch("b", on_message("m")), definitions=M),
        begin(),
        expect(state="incident", incidents=["b"]),
    )


def test_a_message_boundary_interrupts_and_hands_over_its_variables(play):
    diagram = drawing(
        "start -> a -> end; stop -> b -> end2", user("a"), boundary("stop", "a", on_message("m")), definitions=M
    )
    play(
        diagram,
        begin(key=1),
        send("answered", 1, why="late"),
        expect(variables={"why": "late"}, completed=["b"], open=[], never=["end"], **COMPLETED),
    )


def test_a_message_boundary_that_does_not_interrupt_fires_many_times(play):
    diagram = drawing(
        "start -> a -> end; note -> b -> end2",
        user("a"),
        boundary("note", "a", on_message("m"), interrupting=False),
        definitions=M,
    )
    play(
        diagram,
        begin(key=1),
        send("answered", 1),
        send("answered", 1),
        expect(times={"b": 2, "note": 2}, open=["a"]),
        done("a"),
        expect(messages=[], **COMPLETED),
    )


def test_outputs_of_a_message_event_are_all_that_leaves(play):
    diagram = drawing("start -> b -> end", catch("b", on_message("m"), mapping({}, {"kept": "=x"})), definitions=M)
    play(
        diagram,
        begin(key=1),
        send("answered", 1, x=3, y=4),
        expect(variables={"kept": 3, "x": None, "y": None}, **COMPLETED),
    )


def test_a_message_starts_a_process_without_a_key(play):
    diagram = drawing(
        "start_m -> a -> end", start("start_m", on_message("m")), user("a"), definitions=message("m", "asked", None)
    )
    play(
        diagram,
        {"start": {"message": {"name": "asked", "variables": {"who": "Li"}}}},
        expect(open=["a"], variables={"who": "Li"}, completed=["start_m"]),
    )


def test_a_thrown_message_reaches_another_branch(play):
    diagram = drawing(
        "start -> f; f -> b -> end1; f -> a -> t -> end2",
        parallel("f"),
        user("a"),
        catch("b", on_message("m")),
        throw("t", on_message("m"), mapping({"x": "=9"})),
        definitions=M,
    )
    play(diagram, begin(key=1), done("a"), expect(variables={"x": 9}, **COMPLETED))


def test_a_message_end_event_with_an_operation_calls_it(play):
    diagram = drawing(
        "start -> end_m", end("end_m", on_message("m"), '<zeebe:taskDefinition type="tell" />'), definitions=M
    )
    play(
        diagram,
        begin(key=1),
        expect(calls={"tell": 1}, completed=["end_m"], **COMPLETED),
        services={"tell": {"returns": {}}},
    )


def test_an_event_gateway_with_a_receive_task_and_a_timer(play):
    diagram = drawing(
        "start -> g; g -> r -> a -> end; g -> t -> b -> end2",
        until("g"),
        receive("r", "m"),
        catch("t", timer("PT1H")),
        definitions=M,
    )
    play(
        diagram,
        begin(key=1),
        send("answered", 1),
        expect(completed=["r", "a"], never=["t", "b"], timers=[], **COMPLETED),
    )


def test_an_event_gateway_in_a_loop_listens_anew(play):
    diagram = drawing(
        "start -> m1 -> g; g -> moved -> m1; g -> due -> end",
        '<bpmn:exclusiveGateway id="m1" />', until("g"), catch("moved", on_message("m")), catch("due", timer("=at", "timeDate")),
        definitions=M,
    )  # fmt: skip
    play(
        diagram,
        begin(key=1, at="2026-03-03T09:00:00+08:00"),
        send("answered", 1, at="2026-03-05T09:00:00+08:00"),
        expect(timers=[{"element": "due", "due": "2026-03-05T09:00:00+08:00"}]),
        advance("P1D"),
        expect(state="active"),
        advance("P2D"),
        expect(times={"moved": 1, "due": 1}, **COMPLETED),
    )


def test_a_message_starts_an_event_sub_process_as_often_as_it_comes(play):
    handler = event_sub("e", "got -> b -> end_e", start("got", on_message("m"), interrupting=False), user("b"))
    play(
        drawing("start -> a -> end", user("a"), handler, definitions=M),
        begin(key=1),
        expect(never=["e", "got"]),
        send("answered", 1),
        send("answered", 1),
        expect(open=["a", "b", "b"], times={"got": 2}),
        done("a"),
        expect(state="active", open=["b", "b"]),
        send("answered", 1),
        done("b", "=true"),
        done("b", "=true"),
        done("b"),
        expect(messages=[], **COMPLETED),
    )


def test_a_signal_wakes_everything_that_waits(play):
    diagram = drawing(
        "start -> f; f -> a -> end1; f -> b -> end2; f -> c -> end3; stop -> d -> end4",
        parallel("f"), catch("a", on_signal("s")), catch("b", on_signal("s")), user("c"), boundary("stop", "c", on_signal("s")),
        definitions=S,
    )  # fmt: skip
    play(diagram, begin(), signalled("closed", x=1), expect(completed=["a", "b", "d"], variables={"x": 1}, **COMPLETED))


def test_a_signal_nobody_waits_for_is_gone(play):
    play(
        drawing("start -> a -> b -> end", user("a"), catch("b", on_signal("s")), definitions=S),
        begin(),
        signalled("closed"),
        done("a"),
        expect(state="active"),
        signalled("closed"),
        expect(**COMPLETED),
    )


def test_a_thrown_signal_wakes_other_branches_and_called_processes(play):
    diagram = drawing(
        "start -> f; f -> c -> end1; f -> b -> end2; f -> a -> t -> end3",
        parallel("f"), call("c", "q"), catch("b", on_signal("s")), user("a"), throw("t", on_signal("s")),
        definitions=S + another("q", "start_q -> w -> end_q", catch("w", on_signal("s"))),
    )  # fmt: skip
    play(diagram, begin(), done("a"), expect(completed=["b", "w", "t"], **COMPLETED))


def test_a_signal_end_event_throws_before_its_flow_ends(play):
    diagram = drawing(
        "start -> f; f -> b -> end1; f -> a -> end_s",
        parallel("f"),
        catch("b", on_signal("s")),
        user("a"),
        end("end_s", on_signal("s")),
        definitions=S,
    )
    play(diagram, begin(), done("a"), expect(completed=["b", "end_s"], **COMPLETED))


def test_a_condition_that_holds_already_fires_at_once(play):
    play(drawing("start -> c -> end", catch("c", on_condition("x > 1"))), begin(x=2), expect(**COMPLETED))


def test_a_condition_fires_when_a_parallel_branch_makes_it_true(play):
    diagram = drawing(
        "start -> f; f -> c -> end1; f -> a -> end2", parallel("f"), catch("c", on_condition("x > 1 and y")), user("a")
    )
    play(
        diagram,
        begin(x=2),
        expect(state="active"),
        assign(y=False),
        expect(state="active"),
        done("a", y=True),
        expect(completed=["c"], **COMPLETED),
    )


def test_a_condition_fires_again_only_after_it_was_false(play):
    diagram = drawing(
        "start -> a -> end; high -> b -> end2",
        user("a"),
        boundary("high", "a", on_condition("x > 5"), interrupting=False),
    )
    play(
        diagram,
        begin(x=1),
        assign(x=6),
        assign(x=7),
        expect(times={"high": 1}),
        assign(x=1),
        assign(x=8),
        expect(times={"high": 2, "b": 2}, open=["a"]),
    )


def test_an_interrupting_condition_ends_its_task(play):
    diagram = drawing("start -> a -> end; high -> b -> end2", user("a"), boundary("high", "a", on_condition("x > 5")))
    play(diagram, begin(x=1), assign(x=6), expect(completed=["b"], never=["end"], open=[], **COMPLETED))


def test_a_condition_starts_an_event_sub_process(play):
    handler = event_sub("e", "high -> b -> end_e", start("high", on_condition("x > 5")))
    play(
        drawing("start -> a -> end", user("a"), handler),
        begin(x=1),
        assign(x=6),
        expect(completed=["b", "e"], never=["end"], **COMPLETED),
    )


def test_a_condition_reads_the_variables_of_its_own_scope(play):
    inner = sub("s", "start_s -> c -> end_s", catch("c", on_condition("n > 5")), extensions=mapping({"n": "=1"}))
    play(drawing("start -> s -> end", inner), begin(n=9), expect(state="active", never=["end"]))


def test_a_link_jumps_to_its_catch(play):
    diagram = drawing("start -> l; k -> a -> end", throw("l", on_link("go")), catch("k", on_link("go")))
    play(diagram, begin(), expect(order=["l", "k", "a"], **COMPLETED))


def test_several_throws_of_one_link(play):
    diagram = drawing(
        "start -> f; f -> l1; f -> l2; k -> a -> end",
        parallel("f"),
        throw("l1", on_link("go")),
        throw("l2", on_link("go")),
        catch("k", on_link("go")),
    )
    play(diagram, begin(), expect(times={"k": 2, "a": 2}, **COMPLETED))


def test_two_instances_never_touch_each_other(play):
    diagram = drawing("start -> a -> b -> end", user("a"), script("b", "n + 1", "n"))
    play(
        diagram,
        begin(n=1, me=1),
        begin(n=10, me=2),
        done("a", "=me = 1"),
        expect(variables={"n": 10}, state="active"),
        done("a"),
        expect(variables={"n": 11}, **COMPLETED),
    )


def test_a_service_after_a_message_sees_its_variables(play):
    diagram = drawing("start -> b -> t -> end", catch("b", on_message("m")), service("t", "echo"), definitions=M)
    play(
        diagram,
        begin(key="k"),
        send("answered", "k", x=2),
        expect(variables={"y": 4}, **COMPLETED),
        services={"echo": {"returns": {"y": "=x * 2"}}},
    )
