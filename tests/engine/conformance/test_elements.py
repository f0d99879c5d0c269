"""Every element of the dialect by itself: docs/reference/elements.md lists them by these names."""

from __future__ import annotations

import pytest
from drawing import (
    CANCEL,
    TERMINATE,
    another,
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
)
from steps import COMPLETED, advance, assign, begin, done, expect, fail, send, signalled

M, S = message("m", "m", "=1"), signal("s", "s")
FREE = message("m", "m", None)
E, U = error("e", "E"), escalation("u", "U")
HOUR = timer("PT1H")
GLOBALS = M + S + E + U
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="two" name="two">
<variable name="two" /><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>"""
REFUSED = {"start": {"variables": {"note": "no budget"}, "expectRefused": True}}
FORM = {
    "plan.schema.json": """{"type": "object", "required": ["budget"], "properties": {"budget": {"type": "number", "minimum": 1}}}""",
    "plan.ui.json": """{"title": {"en": "Plan", "zh": "计划"}, "fields": [{"name": "budget", "label": {"en": "Budget", "zh": "预算"}, "widget": "money"}]}""",
}
SERVICES = {"work": {"returns": {"worked": True}}, "undo": {"returns": {}}}

FIRING = {
    "message": (on_message("m"), [send("m", 1)]),
    "timer": (HOUR, [advance("PT1H")]),
    "signal": (on_signal("s"), [signalled("s")]),
    "conditional": (on_condition("x"), [assign(x=True)]),
}
"""What listens, and what makes it happen."""


def ended(*completed: str, never: tuple[str, ...] = ()) -> dict:
    return expect(**COMPLETED, completed=list(completed), never=list(never))


def around(host: str, edge: str) -> str:
    return drawing("start -> h -> end; b -> after -> end2", host, edge, definitions=GLOBALS)


def _boundaries():
    for kind, (definition, firing) in FIRING.items():
        yield (
            f"boundary event, {kind}",
            around(user("h"), boundary("b", "h", definition)),
            [begin(), *firing, ended("after", never=("end",))],
        )
        beside = around(user("h"), boundary("b", "h", definition, interrupting=False))
        yield (
            f"boundary event, {kind}, not interrupting",
            beside,
            [begin(), *firing, expect(open=["h"]), done("h"), ended("after", "h")],
        )
    thrown = sub("h", "start2 -> t -> a -> end3", throw("t", on_escalation("u")), user("a"))
    yield (
        "boundary event, escalation",
        around(thrown, boundary("b", "h", on_escalation("u"))),
        [begin(), ended("after", never=("a", "end"))],
    )
    yield (
        "boundary event, escalation, not interrupting",
        around(thrown, boundary("b", "h", on_escalation("u"), interrupting=False)),
        [begin(), expect(open=["a"]), done("a"), ended("after", "h")],
    )
    yield (
        "boundary event, error",
        around(user("h"), boundary("b", "h", on_error("e"))),
        [begin(), fail("h", "E"), ended("after", never=("end",))],
    )
    undone = drawing(
        "start -> h -> c -> end",
        service("h", "work"),
        compensation("b", "h", "u1"),
        service("u1", "undo", isForCompensation="true"),
        throw("c", compensate()),
    )
    yield "boundary event, compensation", undone, [begin(), expect(calls={"undo": 1}), ended("u1")]
    cancelled = sub("h", "start2 -> c", end("c", CANCEL), kind="transaction")
    yield (
        "boundary event, cancel",
        around(cancelled, boundary("b", "h", CANCEL)),
        [begin(), ended("after", never=("end",))],
    )


def _event_subprocesses():
    for kind, (definition, firing) in FIRING.items():
        for words, interrupting in (("", True), (", not interrupting", False)):
            diagram = drawing(
                "start -> a -> end",
                user("a"),
                event_sub("s1", "begin -> after -> end2", start("begin", definition, interrupting=interrupting)),
                definitions=GLOBALS,
            )
            rest = (
                [ended("after", never=("end",))]
                if interrupting
                else [expect(open=["a"]), done("a"), ended("after", "a")]
            )
            yield f"start event of an event sub-process, {kind}{words}", diagram, [begin(), *firing, *rest]
    for words, interrupting in (("", True), (", not interrupting", False)):
        diagram = drawing(
            "start -> t -> a -> end", throw("t", on_escalation("u")), user("a"),
            event_sub("s1", "begin -> after -> end2", start("begin", on_escalation("u"), interrupting=interrupting)), definitions=GLOBALS,
        )  # fmt: skip
        rest = [ended("after", never=("a",))] if interrupting else [expect(open=["a"]), done("a"), ended("after", "a")]
        yield f"start event of an event sub-process, escalation{words}", diagram, [begin(), *rest]
    diagram = drawing(
        "start -> a -> end",
        user("a"),
        event_sub("s1", "begin -> after -> end2", start("begin", on_error())),
        definitions=GLOBALS,
    )
    yield (
        "start event of an event sub-process, error",
        diagram,
        [begin(), fail("a", "E"), ended("after", never=("end",))],
    )


def _starts():
    yield "start event, none", drawing("start -> end"), [begin(), ended("start", "end")]
    yield (
        "start event, none, with a form",
        drawing("begin -> end", element("startEvent", "begin", "", '<zeebe:formDefinition formId="plan" />')),
        [REFUSED, begin(budget=12), expect(**COMPLETED, variables={"budget": 12})],
    )
    asked = {"start": {"message": {"name": "m"}}}
    yield (
        "start event, message",
        drawing("begin -> end", start("begin", on_message("m")), definitions=FREE),
        [asked, ended("begin")],
    )
    yield "start event, timer", drawing("begin -> end", start("begin", HOUR)), [advance("PT1H"), ended("begin")]
    yield (
        "start event, signal",
        drawing("begin -> end", start("begin", on_signal("s")), definitions=S),
        [signalled("s"), ended("begin")],
    )


def _throwing():
    both = "start -> f -> a -> end; f -> b -> end2"
    yield "end event, none", drawing("start -> end"), [begin(), ended("end")]
    yield "intermediate throw event, none", drawing("start -> t -> end", throw("t", "")), [begin(), ended("t")]
    for place, event, flows in (("intermediate throw event", throw, "b -> end2"), ("end event", end, "")):
        way = f"start -> f -> a -> end; f -> w -> b; {flows}"
        waiting = parallel("f"), user("w")
        steps = [begin(), done("w"), ended("a", "b")]
        yield (
            f"{place}, message",
            drawing(way, *waiting, catch("a", on_message("m")), event("b", on_message("m")), definitions=GLOBALS),
            steps,
        )
        yield (
            f"{place}, signal",
            drawing(way, *waiting, catch("a", on_signal("s")), event("b", on_signal("s")), definitions=GLOBALS),
            steps,
        )
        inner = f"start2 -> t{' -> end3' if flows else ''}"
        heard = drawing(
            "start -> h -> end; b -> after -> end2", sub("h", inner, event("t", on_escalation("u"))), boundary("b", "h", on_escalation("u"), interrupting=False),
            definitions=GLOBALS,
        )  # fmt: skip
        yield f"{place}, escalation", heard, [begin(), ended("after", "h")]
        undone = drawing(
            f"start -> h -> c{' -> end' if flows else ''}", service("h", "work"), compensation("b", "h", "u1"), service("u1", "undo", isForCompensation="true"),
            event("c", compensate("h")),
        )  # fmt: skip
        yield f"{place}, compensation", undone, [begin(), expect(calls={"undo": 1}), ended("u1", "c")]
    yield (
        "intermediate throw event, link",
        drawing("start -> t; c -> end", throw("t", on_link("l")), catch("c", on_link("l"))),
        [begin(), ended("t", "c")],
    )
    failed = drawing(
        "start -> h -> end; b -> end2",
        sub("h", "start2 -> t", end("t", on_error("e"))),
        boundary("b", "h", on_error("e")),
        definitions=GLOBALS,
    )
    yield "end event, error", failed, [begin(), ended("end2", never=("end",))]
    yield (
        "end event, terminate",
        drawing(both, parallel("f"), user("a"), end("end2", TERMINATE)),
        [begin(), ended("end2", never=("end",))],
    )
    cancelled = sub("h", "start2 -> c", end("c", CANCEL), kind="transaction")
    yield "end event, cancel", around(cancelled, boundary("b", "h", CANCEL)), [begin(), ended("b", never=("end",))]


def _catching():
    for kind, (definition, firing) in FIRING.items():
        yield (
            f"intermediate catch event, {kind}",
            drawing("start -> c -> end", catch("c", definition), definitions=GLOBALS),
            [begin(), *firing, ended("c")],
        )
    yield (
        "intermediate catch event, link",
        drawing("start -> t; c -> end", throw("t", on_link("l")), catch("c", on_link("l"))),
        [begin(), ended("c")],
    )


def _tasks():
    yield "undefined task", drawing("start -> a -> end"), [begin(), ended("a")]
    yield (
        "user task",
        drawing("start -> a -> end", user("a")),
        [begin(), expect(open=["a"]), done("a", x=1), ended("a")],
    )
    yield (
        "manual task",
        drawing("start -> a -> end", element("manualTask", "a")),
        [begin(), expect(open=["a"]), done("a"), ended("a")],
    )
    yield (
        "service task",
        drawing("start -> a -> end", service("a", "work")),
        [begin(), expect(calls={"work": 1}, variables={"worked": True}), ended("a")],
    )
    yield (
        "send task",
        drawing("start -> a -> end", service("a", "work", kind="sendTask")),
        [begin(), expect(calls={"work": 1}), ended("a")],
    )
    yield (
        "receive task",
        drawing("start -> a -> end", receive("a", "m"), definitions=M),
        [begin(), send("m", 1, x=2), expect(variables={"x": 2}), ended("a")],
    )
    yield (
        "script task",
        drawing("start -> a -> end", script("a", "1 + 1", "x")),
        [begin(), expect(variables={"x": 2}), ended("a")],
    )
    yield (
        "business rule task",
        drawing("start -> a -> end", rule("a", "two", "x")),
        [begin(), expect(variables={"x": 2}), ended("a")],
    )
    called = drawing(
        "start -> a -> end", call("a", "q"), definitions=another("q", "start2 -> b -> end2", script("b", "3", "x"))
    )
    yield "call activity", called, [begin(), expect(variables={"x": 3}), ended("a", "b")]
    yield "sub-process", drawing("start -> s -> end", sub("s", "start2 -> b -> end2")), [begin(), ended("b", "s")]
    yield (
        "transaction",
        drawing("start -> s -> end", sub("s", "start2 -> b -> end2", kind="transaction")),
        [begin(), ended("b", "s")],
    )
    items = "[1, 2]"
    yield (
        "multi-instance, parallel",
        drawing("start -> a -> end", user("a", inner=each(items))),
        [begin(), expect(open=["a", "a"])],
    )
    yield "multi-instance, sequential", drawing("start -> a -> end", user("a", inner=each(items, sequential=True))), [begin(), expect(open=["a"]), done("a"),
        done("a"), ended("a")]  # fmt: skip
    yield (
        "standard loop",
        drawing("start -> a -> end", user("a", inner=loop(maximum=2))),
        [begin(), done("a"), done("a"), ended("a")],
    )


def _gateways():
    ways = "start -> g; g -{x}-> a -> end; g -> b -> end"
    yield "exclusive gateway", drawing(ways, exclusive("g", default="b")), [begin(x=True), ended("a", never=("b",))]
    yield "inclusive gateway", drawing("start -> g; g -{x}-> a -> j; g -{y}-> b -> j; g -> c -> j; j -> end", inclusive("g", default="c"), inclusive("j")), [
        begin(x=True, y=True), expect(times={"j": 1}), ended("a", "b", never=("c",))]  # fmt: skip
    yield (
        "parallel gateway",
        drawing("start -> f -> a -> j -> end; f -> b -> j", parallel("f"), parallel("j")),
        [begin(), expect(times={"j": 1}), ended("a", "b")],
    )
    yield "event-based gateway", drawing("start -> g -> t -> end; g -> c -> end2", until("g"), catch("t", HOUR), catch("c", on_message("m")), definitions=M), [
        begin(), send("m", 1), ended("c", never=("t",))]  # fmt: skip
    yield "implicit fork", drawing("start -> a; a -> b -> end; a -> c -> end"), [begin(), ended("b", "c")]
    conditional = drawing("start -> a; a -{x}-> b -> end; a -> c -> end", element("task", "a", default="a_to_c"))
    yield "condition on a task's flow", conditional, [begin(x=True), ended("b", never=("c",))]


def _containers():
    held = '<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="clerk"><bpmn:flowNodeRef>s</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    yield (
        "lane",
        drawing("start -> s -> end", held, sub("s", "start2 -> a -> end2", user("a"))),
        [begin(), done("a"), ended("s")],
    )
    pools = '<bpmn:collaboration id="c"><bpmn:participant id="own" processRef="p" /><bpmn:participant id="box" /></bpmn:collaboration>'
    yield "pool", drawing("start -> a -> end", definitions=pools), [begin(), ended("a")]


PARTS = (_starts, _event_subprocesses, _throwing, _catching, _boundaries, _tasks, _gateways, _containers)
ELEMENTS = {name: (diagram, steps) for part in PARTS for name, diagram, steps in part()}


@pytest.mark.parametrize("name", ELEMENTS)
def test_it_is_executed(play, name):
    diagram, steps = ELEMENTS[name]
    files = {"business rule task": {"two.dmn": DECISION}, "start event, none, with a form": FORM}.get(name)
    play(diagram, *steps, files=files, services=SERVICES)


@pytest.mark.parametrize("name", ["count", "date", "number", "sum", "duration", "string", "range"])
def test_a_condition_on_a_variable_named_like_a_function_fires(play, name):
    diagram = drawing("start -> c -> a -> end", catch("c", on_condition(f"{name} >= 2")), user("a"))
    play(diagram, begin(**{name: 0}), expect(open=[]), assign(**{name: 2}), expect(open=["a"]))
