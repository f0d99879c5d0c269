"""What may go wrong on the way is warned of, with the way that shows it; good patterns are left in peace."""

from pathlib import Path

import pytest
from drawing import (
    CANCEL,
    another,
    boundary,
    call,
    catch,
    drawing,
    element,
    end,
    error,
    event_sub,
    exclusive,
    flow,
    inclusive,
    message,
    on_condition,
    on_error,
    on_escalation,
    on_link,
    parallel,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)  # fmt: skip
from good import PATTERNS, given
from lxml import etree

from app.engine import definitions
from app.engine.spiff.vocabulary import EVENT_DEFINITIONS

HOUSE = Path(__file__).parents[3] / "processes"


def warned(diagram):
    """Code and element of every finding, and the messages."""
    found = definitions.check({"d.bpmn": given(diagram).encode()})
    return [(finding.level, finding.code, finding.element_id) for finding in found], [
        finding.message for finding in found
    ]


@pytest.mark.parametrize("diagram", PATTERNS.values(), ids=PATTERNS)
def test_a_good_pattern_has_no_findings(diagram):
    assert warned(diagram) == ([], [])


def test_the_house_has_no_findings():
    files = {str(path): path.read_bytes() for path in [*HOUSE.glob("*.bpmn"), *HOUSE.glob("decisions/*.dmn")]}
    assert definitions.check(files) == []


@pytest.mark.parametrize(
    ("part", "left_out"), [("BPMNShape", "sign_report"), ("BPMNEdge", "draw_again_to_draw_experts")]
)
def test_what_is_executed_and_not_drawn_is_warned_of(part, left_out):
    root = etree.fromstring((HOUSE / "tender_lot.bpmn").read_bytes())
    [shape] = root.xpath(f"//*[local-name()='{part}' and @bpmnElement='{left_out}']")
    shape.getparent().remove(shape)
    files = {
        "tender_lot.bpmn": etree.tostring(root),
        "contract_performance.bpmn": (HOUSE / "contract_performance.bpmn").read_bytes(),
        "contract_payment.bpmn": (HOUSE / "contract_payment.bpmn").read_bytes(),
    }
    assert [(found.code, found.element_id) for found in definitions.check(files)] == [("undrawn", left_out)]


def test_a_file_without_any_drawing_is_left_in_peace():
    assert warned(drawing("start -> a -> end", user("a"))) == ([], [])


WAITING = {
    "exclusive into parallel": (
        drawing("start -> g; g -{x}-> a -> j; g -> b -> j; j -> end", exclusive("g", default="b"), parallel("j")),
        "j", "after “start”, then “g” (a), then “a”, the join “j” may wait for ever: nothing arrives from “b”",
    ),
    "inclusive into parallel": (
        drawing("start -> g; g -{x}-> a -> j; g -> b -> j; j -> end", inclusive("g", default="b"), parallel("j")),
        "j", "nothing arrives from",
    ),
    "a branch that leaves": (
        drawing("start -> f -> g; g -{x}-> end2; g -> j; f -> b -> j; j -> end", parallel("f"), parallel("j"), exclusive("g", default="j")),
        "j", "after “start”, then “g” (end2), then “end2”, then “b”, the join “j” may wait for ever: nothing arrives from “g”",
    ),
    "a boundary event that leaves": (
        drawing("start -> f -> a -> j; f -> b -> j; late -> end2; j -> end", user("a"), boundary("late", "a", timer("PT1H")), parallel("f"), parallel("j")),
        "j", "then “late”, then “end2”, then “b”, the join “j” may wait for ever: nothing arrives from “a”",
    ),
    "a reminder that is joined": (
        drawing("start -> a -> j; late -> j; j -> end", user("a"), boundary("late", "a", timer("PT1H"), interrupting=False), parallel("j")),
        "j", "nothing arrives from “late”",
    ),
    "a loop back before the join": (
        drawing("start -> j -> a -> g; g -{again}-> j; g -> end", parallel("j"), exclusive("g", default="end")),
        "j", "nothing arrives from “g”",
    ),
    "two inclusive joins that wait for each other": (
        drawing("start -> f; f -> j; f -> k; j -> a -> k; k -> g; g -{x}-> j; g -> end", parallel("f"), inclusive("j"), inclusive("k"), exclusive("g", default="end")),
        "j", "may wait for ever",
    ),
    "inside a sub-process": (
        drawing("start -> s -> end", sub("s", "start2 -> g; g -{x}-> j; g -> b -> j; j -> end2", exclusive("g", default="b"), parallel("j"))),
        "j", "may wait for ever",
    ),
    "fifty choices before it": (
        drawing("start -> f; j -> end; " + "; ".join(f"f -> x{n}; x{n} -{{a}}-> j; x{n} -> end" for n in range(50)),
                parallel("f"), parallel("j"), *[exclusive(f"x{n}", default="end") for n in range(50)]),
        "j", "may wait for ever",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("diagram", "join", "words"), WAITING.values(), ids=WAITING)
def test_a_join_that_may_wait_for_ever_is_named_with_the_way(diagram, join, words):
    found, messages = warned(diagram)
    assert ("warning", "may-wait-for-ever", join) in found
    assert any(words in message for message in messages), messages


def test_of_joins_that_wait_for_each_other_only_the_first_is_named():
    diagram = drawing(
        "start -> f -> g; f -> b -> k; g -{x}-> j; g -> j; j -> k; k -> end",
        parallel("f"), exclusive("g", default="j"), parallel("j"), parallel("k"),
    ).replace('id="g_to_j"', 'id="other"', 1).replace('targetRef="j"', 'targetRef="c"', 1) .replace(
        "</bpmn:process>", element("task", "c") + flow("c", "j") + "</bpmn:process>"
    )  # fmt: skip
    assert [code[1:] for code in warned(diagram)[0] if code[1] == "may-wait-for-ever"] == [("may-wait-for-ever", "j")]


DOUBLED = {
    "parallel into exclusive": (
        drawing("start -> f -> a -> m; f -> b -> m; m -> c -> end", parallel("f"), exclusive("m")),
        "m", "two tokens may come to “m”, from “a” and “b”",
    ),
    "parallel into a task": (drawing("start -> f -> a -> c; f -> b -> c; c -> end", parallel("f")), "c", "from “a” and “b”"),
    "an implicit fork into a task": (drawing("start -> a; a -> b -> d; a -> c -> d; d -> end"), "d", "from “b” and “c”"),
    "inclusive into exclusive": (
        drawing("start -> f; f -{x}-> a -> m; f -{y}-> b -> m; f -> m; m -> c -> end", inclusive("f", default="m"), exclusive("m")),
        "m", "after “start”, then “f” (a + b)",
    ),
    "a reminder that comes back": (
        drawing("start -> a -> m; late -> m; m -> b -> end", user("a"), boundary("late", "a", timer("PT1H"), interrupting=False), exclusive("m")),
        "m", "two tokens may come to “m”",
    ),
    "after many elements": (
        drawing("start -> f -> a -> a2 -> a3 -> m; f -> b -> n; k -> n; a -> k; n -> m; m -> c -> end", parallel("f"), exclusive("m"), exclusive("n")),
        "n", "two tokens may come to “n”",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("diagram", "node", "words"), DOUBLED.values(), ids=DOUBLED)
def test_a_missing_join_is_named_where_the_ways_meet(diagram, node, words):
    found, messages = warned(diagram)
    assert ("warning", "missing-join", node) in found
    assert any(words in message for message in messages), messages


NO_WAY = {
    "exclusive": (drawing("start -> g; g -{x}-> a -> end; g -{y}-> b -> end", exclusive("g")), "g"),
    "inclusive": (drawing("start -> g; g -{x}-> a -> end; g -{y}-> b -> end", inclusive("g")), "g"),
    "one conditional exit": (drawing("start -> g; g -{x}-> end", exclusive("g")), "g"),
    "a task": (drawing("start -> a; a -{x}-> b -> end; a -{y}-> c -> end"), "a"),
    "conditions that null escapes": (
        drawing("start -> g; g -{n < 5}-> a -> end; g -{n >= 5}-> b -> end", exclusive("g")),
        "g",
    ),
    "x and not(x), which null escapes": (
        drawing("start -> g; g -{x}-> a -> end; g -{not(x)}-> b -> end", exclusive("g")),
        "g",
    ),
}


@pytest.mark.parametrize(("diagram", "node"), NO_WAY.values(), ids=NO_WAY)
def test_a_gateway_that_may_find_no_way_is_named(diagram, node):
    found, messages = warned(diagram)
    assert found == [("warning", "may-find-no-way", node)]
    assert messages[0].startswith("after “start”, ")


UNREACHABLE = {
    "an element nothing leads to": (drawing("start -> end; a -> end"), "unreachable", "a"),
    "an island": (drawing("start -> end; a -> b; b -> a"), "unreachable", "b"),
    "a link catch without throw": (drawing("start -> end; c -> end", catch("c", on_link("l"))), "unreachable", "c"),
    "a compensation handler that undoes nothing": (drawing("start -> end", element("task", "undo", isForCompensation="true")), "unreachable", "undo"),
    "what follows a join that never opens": (
        drawing("start -> j; a -> j; j -> b -> end", parallel("j")), "unreachable", "b",
    ),
    "what follows a sub-process that never ends well": (
        drawing("start -> s -> a -> end; b -> end", sub("s", "start2 -> bad", end("bad", on_error("e"))), boundary("b", "s", on_error()),
                definitions=error("e", "E")), "unreachable", "a",
    ),
    "an error that nothing throws": (
        drawing("start -> s -> end; b -> end", sub("s", "start2 -> a -> end2"), boundary("b", "s", on_error("e")), definitions=error("e", "E")),
        "never-happens", "b",
    ),
    "another code": (
        drawing("start -> s -> end; b -> end", sub("s", "start2 -> g; g -{x}-> bad; g -> end2", exclusive("g", default="end2"), end("bad", on_error("e"))),
                boundary("b", "s", on_error("f")), definitions=error("e", "E") + error("f", "F")),
        "never-happens", "b",
    ),
    "an escalation of a task": (drawing("start -> a -> end; b -> end", user("a"), boundary("b", "a", on_escalation())), "never-happens", "b"),
    "a cancel boundary without cancel end": (
        drawing("start -> t -> end; b -> end", sub("t", "start2 -> end2", kind="transaction"), boundary("b", "t", CANCEL)), "never-happens", "b",
    ),
    "an error start beside nothing that fails": (
        drawing("start -> a -> end", event_sub("s", "begin -> end2", start("begin", on_error()))), "never-happens", "begin",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("diagram", "code", "node"), UNREACHABLE.values(), ids=UNREACHABLE)
def test_what_no_token_comes_to_is_named(diagram, code, node):
    assert ("warning", code, node) in warned(diagram)[0]


def test_a_transaction_that_can_be_cancelled_needs_a_way_out():
    diagram = drawing(
        "start -> t -> end",
        sub(
            "t",
            "start2 -> g; g -{x}-> c; g -> end2",
            exclusive("g", default="end2"),
            end("c", CANCEL),
            kind="transaction",
        ),
    )
    assert warned(diagram)[0] == [("warning", "cancel-without-boundary", "t")]


def test_an_unknown_property_is_a_warning():
    held = '<zeebe:properties><zeebe:property name="colour" value="red" /></zeebe:properties>'
    assert warned(drawing("start -> a -> end", user("a", held)))[0] == [("warning", "property-unknown", "a")]


def calls(value):
    return f'<zeebe:properties><zeebe:property name="calls" value="{value}" /></zeebe:properties>'


def test_a_call_that_chooses_among_nobody_knows_what_is_a_warning():
    assert warned(drawing("start -> a -> end", call("a", "=x")))[0] == [("warning", "called-processes-unnamed", "a")]


def test_a_call_that_says_what_it_may_call_is_left_in_peace():
    named = [another(name, f"start_{name} -> end_{name}") for name in "qr"]
    assert warned(drawing("start -> a -> end", call("a", "=x", calls("q, r")), definitions="".join(named))) == ([], [])


@pytest.mark.parametrize("element", [call("a", "p", calls("p")), user("a", calls("p"))], ids=["a call", "a task"])
def test_that_which_may_be_called_is_said_of_a_call_by_expression_only(element):
    assert ("warning", "calls-not-read", "a") in warned(drawing("start -> a -> end", element))[0]


def test_a_comparison_with_a_range_is_a_warning():
    drawn = drawing("start -> g; g -{a > > 100}-> b -> end; g -> end", exclusive("g", default="end"))
    assert ("warning", "range-compared", "g_to_b") in warned(drawn)[0]


def test_a_word_of_another_engine_is_a_warning():
    drawn = drawing("start -> a -> end", user("a")).replace(
        "<bpmn:userTask ", '<bpmn:userTask xmlns:f="http://flowable.org/bpmn" f:assignee="kim" '
    )
    assert ("warning", "foreign-not-executed", "a") in warned(drawn)[0]


@pytest.mark.parametrize(
    "drawn",
    [
        *(drawing("start -> a -> end", user("a"), definitions=f"<bpmn:{name} />") for name in (*sorted(EVENT_DEFINITIONS), "extension", "relationship", "import")),
        drawing("start -> a -> end", service("a", "t").replace("serviceTask", "sendTask").replace('id="a"', 'id="a" messageRef="m"', 1), definitions=message("m", "m")),
        drawing("start -> a -> end", user("a").replace('id="a"', 'id="a" startQuantity="0"', 1)),
    ],
)  # fmt: skip
def test_what_means_nothing_to_the_execution_is_read_past_and_said(drawn):
    assert [code for level, code, _ in warned(drawn)[0]] == ["read-past"]


def test_a_way_of_many_steps_is_shortened():
    chain = " -> ".join(f"t{number}" for number in range(20))
    diagram = drawing(f"start -> {chain} -> g; g -{{x}}-> end", exclusive("g"))
    assert warned(diagram)[1][0].startswith("after … “t14”, then “t15”")


def test_the_same_diagram_gives_the_same_words():
    diagram = WAITING["fifty choices before it"][0]
    assert warned(diagram) == warned(diagram)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "diagram",
    [
        drawing("start -> f; j -> end; " + "; ".join(f"f -> t{n} -> j" for n in range(1_000)), parallel("f"), parallel("j")),
        drawing("start -> f; j -> end; " + "; ".join(f"f -{{c{n}}}-> t{n} -> j" for n in range(60)), inclusive("f"), inclusive("j")),
        drawing("start -> x0; " + "; ".join(f"x{n} -{{a}}-> t{n} -> x{n + 1}; x{n} -> x{n + 1}" for n in range(700)) + "; x700 -> end",
                *[exclusive(f"x{n}", default=f"x{n + 1}") for n in range(700)], exclusive("x700")),
    ],
    ids=["a thousand branches", "sixty inclusive branches", "seven hundred choices"],
)  # fmt: skip
def test_exploring_large_diagrams_ends(diagram):
    assert not [finding for finding in warned(diagram)[0] if finding[0] == "error"]


def test_a_conditional_event_and_a_throw_are_passed():
    diagram = drawing("start -> c -> t -> end", catch("c", on_condition("x")), throw("t", ""))
    assert warned(diagram) == ([], [])
