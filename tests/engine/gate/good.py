"""Patterns that are as they should be: the gate has nothing to say about any of them."""

from __future__ import annotations

from drawing import (
    CANCEL,
    TERMINATE,
    boundary,
    call,
    catch,
    compensate,
    compensation,
    drawing,
    each,
    element,
    end,
    error,
    escalation,
    event_sub,
    exclusive,
    inclusive,
    loop,
    mapping,
    message,
    on_condition,
    on_error,
    on_escalation,
    on_link,
    on_message,
    on_signal,
    parallel,
    receive,
    rule,
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


def given(diagram: str) -> str:
    """The diagram with a start event that declares what the process is given, as outputs of the same name."""
    names = ("again", "bad", "key", "list", "n", "result", "x", "y", "a", *(f"c{number}" for number in range(60)))
    outputs = {name: f"={name}" for name in names}
    return diagram.replace('<bpmn:startEvent id="start" />', element("startEvent", "start", "", mapping(None, outputs)))


M = message("m", "m")
S = signal("s", "s")

PATTERNS = {
    "a sequence": drawing("start -> a -> b -> end"),
    "exclusive with exclusive": drawing("start -> g; g -{x}-> a -> j; g -> b -> j; j -> end", exclusive("g", default="b"), exclusive("j")),
    "parallel with parallel": drawing("start -> f -> a -> j -> end; f -> b -> j", parallel("f"), parallel("j")),
    "inclusive with inclusive": drawing("start -> f; f -{x}-> a -> j; f -{y}-> b -> j; f -> c -> j; j -> end", inclusive("f", default="c"), inclusive("j")),
    "inclusive with a way around": drawing("start -> f; f -{x}-> a -> j; f -> end2; f -{y}-> j; j -> end", inclusive("f", default="end2"), inclusive("j")),
    "parallel in a branch of exclusive": drawing(
        "start -> g; g -{x}-> f -> a -> j -> m; f -> b -> j; g -> m -> end", exclusive("g", default="m"), parallel("f"), parallel("j"), exclusive("m")),
    "exclusive in a branch of parallel": drawing(
        "start -> f -> g; g -{x}-> a -> m; g -> b -> m; m -> j; f -> c -> j; j -> end",
        parallel("f"), parallel("j"), exclusive("g", default="b"), exclusive("m")),
    "a loop back": drawing("start -> m -> a -> g; g -{again}-> m; g -> end", exclusive("m"), exclusive("g", default="end")),
    "a loop in a branch of parallel": drawing(
        "start -> f -> m -> a -> g; g -{again}-> m; g -> j; f -> b -> j; j -> end",
        parallel("f"), parallel("j"), exclusive("m"), exclusive("g", default="j")),
    "a loop around parallel": drawing(
        "start -> m -> f -> a -> j; f -> b -> j; j -> g; g -{again}-> m; g -> end",
        parallel("f"), parallel("j"), exclusive("m"), exclusive("g", default="end")),
    "an implicit fork and its join": drawing("start -> a; a -> b -> j; a -> c -> j; j -> end", parallel("j")),
    "an implicit fork to two ends": drawing("start -> a; a -> b -> end; a -> c -> end"),
    "parallel ways to ends of their own": drawing("start -> f -> a -> end; f -> b -> end2", parallel("f")),
    "one end reached twice": drawing("start -> f -> a -> end; f -> b -> end", parallel("f")),
    "conditions on a task's flows": drawing("start -> a; a -{x = 1}-> b -> m; a -{x != 1}-> c -> m; m -> end", exclusive("m")),
    "an event gateway": drawing("start -> g; g -> a -> n; g -> t -> n; g -> r -> n; n -> end", until("g"), catch("a", on_message("m")),
        catch("t", timer("PT1H")), receive("r", "m2"), exclusive("n"), definitions=M + message("m2", "m2")),
    "an interrupting boundary": drawing("start -> a -> m; late -> b -> m; m -> end", user("a"), boundary("late", "a", timer("PT1H")), exclusive("m")),
    "a reminder": drawing("start -> a -> end; late -> b -> end2", user("a"), boundary("late", "a", timer("R/PT1H", "timeCycle"), interrupting=False)),
    "a boundary in a branch of parallel": drawing(
        "start -> f -> a -> m; late -> c -> m; m -> j; f -> b -> j; j -> end",
        user("a"), boundary("late", "a", timer("PT1H")), parallel("f"), parallel("j"), exclusive("m")),
    "every kind of boundary": drawing(
        "start -> a -> end; b1 -> end; b2 -> end; b3 -> end; b4 -> end; b5 -> end", user("a"), boundary("b1", "a", on_message("m")),
        boundary("b2", "a", on_signal("s")), boundary("b3", "a", on_condition("x")), boundary("b4", "a", on_error()),
        boundary("b5", "a", timer("PT1H")), definitions=M + S),
    "an error caught": drawing("start -> s -> end; b -> end2", sub("s", "start2 -> a -> bad", end("bad", on_error("e"))), boundary("b", "s", on_error("e")),
        definitions=error("e", "E")).replace('<bpmn:sequenceFlow id="s_to_end" sourceRef="s" targetRef="end" />', "").replace('<bpmn:endEvent id="end" />', ""),
    "an error of a service": drawing("start -> a -> end; b -> end2", service("a", "t"), boundary("b", "a", on_error("e")), definitions=error("e", "E")),
    "an error in a branch": drawing(
        "start -> s -> end; b -> end2", sub("s", "start2 -> f -> a -> g; g -{bad}-> failed; g -> j; f -> c -> j; j -> end3", parallel("f"), parallel("j"),
        exclusive("g", default="j"), end("failed", on_error("e"))), boundary("b", "s", on_error("e")), definitions=error("e", "E")),
    "an escalation": drawing("start -> s -> end; b -> c -> end2", sub("s", "start2 -> up -> end3", throw("up", on_escalation("e"))),
        boundary("b", "s", on_escalation("e"), interrupting=False), definitions=escalation("e", "E")),
    "an escalation that interrupts": drawing(
        "start -> s -> end; b -> end2", sub("s", "start2 -> f -> g; g -{x}-> up; g -> j; f -> c -> j -> end3", parallel("f"), parallel("j"),
        exclusive("g", default="j"), end("up", on_escalation("e"))), boundary("b", "s", on_escalation("e")), definitions=escalation("e", "E")),
    "a terminate end": drawing("start -> f -> a -> stop; f -> b -> end", parallel("f"), end("stop", TERMINATE)),
    "a terminate end beside a join": drawing(
        "start -> f -> g; g -{x}-> stop; g -> j; f -> b -> j; j -> end", parallel("f"), parallel("j"), exclusive("g", default="j"), end("stop", TERMINATE)),
    "links": drawing("start -> out; in -> end", throw("out", on_link("l")), catch("in", on_link("l"))),
    "links in branches": drawing("start -> f -> out; in -> j; f -> a -> j; j -> end", parallel("f"), parallel("j"), throw("out", on_link("l")), catch("in", on_link("l"))),
    "a sub-process": drawing("start -> s -> end", sub("s", "start2 -> a -> end2")),
    "a sub-process in a sub-process": drawing("start -> s -> end", sub("s", "start2 -> t -> end2", sub("t", "start3 -> a -> end3"))),
    "an event sub-process": drawing("start -> a -> end", user("a"), event_sub("s", "begin -> b -> end2", start("begin", on_message("m"), interrupting=False)), definitions=M),
    "an event sub-process for errors": drawing("start -> a -> end", user("a"), event_sub("s", "begin -> b -> end2", start("begin", on_error()))),
    "an event sub-process in a sub-process": drawing("start -> s -> end", sub("s", "start2 -> a -> end2", user("a"),
        event_sub("e", "begin -> b -> end3", start("begin", timer("PT1H"))))),
    "an event sub-process for a condition": drawing("start -> a -> end", user("a"), event_sub("s", "begin -> end2", start("begin", on_condition("x")))),
    "multi-instance": drawing("start -> a -> end", user("a", inner=each("list", "item", collect=("results", "result")))),
    "multi-instance of a sub-process": drawing("start -> s -> end", sub("s", "start2 -> a -> end2", user("a"), marker=each("list", "item", sequential=True))),
    "a loop marker": drawing("start -> a -> end", user("a", inner=loop("again", 3))),
    "a transaction": drawing(
        "start -> t -> end; b -> end2; e -> end3",
        sub("t", "start2 -> a -> g; g -{bad}-> c; g -> end4", service("a", "book"), compensation("k", "a", "undo"),
            service("undo", "unbook", isForCompensation="true"), exclusive("g", default="end4"), end("c", CANCEL), kind="transaction"),
        boundary("b", "t", CANCEL), boundary("e", "t", on_error())),
    "compensation": drawing("start -> a -> c -> end", service("a", "book"), compensation("k", "a", "undo"), service("undo", "unbook", isForCompensation="true"),
        throw("c", compensate("a"))),
    "a call": drawing("start -> a -> end", call("a", "p")),
    "two starts": drawing("start -> a -> end; begin -> a", user("a"), start("begin", on_message("m")), definitions=message("m", "m", None)),
    "starts of every kind": drawing("b1 -> end; b2 -> end; b3 -> end", start("b1", on_message("m")), start("b2", on_signal("s")),
        start("b3", timer("R/P1D", "timeCycle")), definitions=message("m", "m", None) + S),
    "throws of every kind": drawing("start -> t1 -> t2 -> t3 -> t4", throw("t1", on_message("m")), throw("t2", on_signal("s")), throw("t3", ""),
        end("t4", on_message("m")), definitions=M + S),
    "tasks of every kind": drawing("start -> a -> b -> c -> d -> e -> end", element("manualTask", "a"), service("b", "t"), service("c", "u", kind="sendTask"),
        script("d", "1", "x"), receive("e", "m"), definitions=M),
    "a join of three": drawing("start -> f -> a -> j -> end; f -> b -> j; f -> c -> j", parallel("f"), parallel("j")),
    "a join in two steps": drawing("start -> f -> a -> j -> k -> end; f -> b -> j; f -> c -> k", parallel("f"), parallel("j"), parallel("k")),
    "complementary conditions": drawing('start -> g; g -{x = "a"}-> a -> end; g -{x != "a"}-> b -> end', exclusive("g")),
    "the same with not": drawing('start -> g; g -{x = "a"}-> a -> end; g -{not(x = "a")}-> b -> end', exclusive("g")),
    "a condition that always holds": drawing("start -> g; g -{x}-> a -> end; g -{true}-> b -> end", exclusive("g")),
    "conditions that exclude each other, and an exclusive merge": drawing(
        "start -> f; f -{n < 5}-> a -> m; f -{n >= 5 and n < 9}-> b -> m; f -> c -> m; m -> d -> end", inclusive("f", default="c"), exclusive("m")),
}  # fmt: skip
"""By what each shows."""
DECIDING = drawing("start -> a -> end", rule("a", "d", "x"))
