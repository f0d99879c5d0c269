"""A none start event with a form: what the process starts with is held against it, whoever gives it."""

import json

import pytest
from drawing import another, call, drawing, element, mapping, message, on_message, on_signal, start, timer, user
from steps import COMPLETED, advance, again, assign, begin, expect, send, signalled

FORM = '<zeebe:formDefinition formId="order" />'
SCHEMA = {
    "type": "object",
    "required": ["what"],
    "properties": {
        "what": {"type": "string", "maxLength": 10},
        "many": {"type": "integer", "minimum": 1},
        "wanted": {"type": "string", "format": "date"},
        "reason": {"type": "string"},
    },
    "if": {"required": ["many"], "properties": {"many": {"minimum": 100}}},
    "then": {"required": ["reason"]},
}
FIELDS = (("what", "text"), ("many", "number"), ("wanted", "date"), ("reason", "text"))
UI = {"title": {"en": "Order", "zh": "订单"}, "fields": [
    {"name": name, "label": {"en": name, "zh": name}, "widget": widget} for name, widget in FIELDS]}  # fmt: skip
FILES = {"order.schema.json": json.dumps(SCHEMA), "order.ui.json": json.dumps(UI)}
ASKED = element("startEvent", "begin", "", FORM)


def refused(**variables):
    return {"start": {"variables": variables, "expectRefused": True}}


def test_what_fits_becomes_the_variables_and_what_the_form_does_not_know_is_left(play):
    given = {"what": "paper", "many": 3, "wanted": "2026-04-01", "office": {"id": 7}}
    play(
        drawing("begin -> a -> end", ASKED, user("a")), begin(**given), expect(open=["a"], variables=given), files=FILES
    )


UNFIT = [{}, {"what": None}, {"what": "x" * 11}, {"what": "x", "many": 0}, {"what": "x", "many": "three"},
    {"what": "x", "wanted": "tomorrow"}, {"what": "x", "many": 100}]  # fmt: skip


@pytest.mark.parametrize("given", UNFIT, ids=str)
def test_what_does_not_fit_starts_nothing(play, given):
    play(drawing("begin -> a -> end", ASKED, user("a")), refused(**given), expect(open=[]), files=FILES)


def test_outputs_of_the_start_event_read_what_was_entered(play):
    counted = element("startEvent", "begin", "", FORM + mapping(None, {"total": "=many * 2"}))
    play(
        drawing("begin -> a -> end", counted, user("a")),
        begin(what="paper", many=3),
        expect(variables={"what": "paper", "total": 6}),
        files=FILES,
    )


CALLED = another("q", "begin -> b -> end2", ASKED, user("b"))


def test_a_call_activity_gives_what_the_form_takes(play):
    given = call("a", "q", mapping({"what": '="paper"', "note": "=1"}))
    play(drawing("start -> a -> end", given, definitions=CALLED), begin(), expect(open=["b"]), files=FILES)


@pytest.mark.parametrize("extensions", [mapping({"what": "=asked"}), ""], ids=["by inputs", "all that it sees"])
def test_a_call_activity_that_gives_what_does_not_fit_is_an_incident_that_can_be_tried_again(play, extensions):
    diagram = drawing("start -> a -> end", call("a", "q", extensions), definitions=CALLED)
    wrong = expect(incidents=["a"], open=[])
    play(
        diagram,
        begin(),
        wrong,
        assign(asked="paper", what="paper"),
        again("a"),
        expect(open=["b"], incidents=[]),
        files=FILES,
    )


# -- brought by a message, a signal or a time

GLOBALS = message("m", "m", None) + '<bpmn:signal id="s" name="s" />'
PLAIN = drawing(
    "begin -> a -> end; other -> b -> end2",
    ASKED,
    start("other", on_message("m")),
    user("a"),
    user("b"),
    definitions=GLOBALS,
)
OUT = mapping(None, {"what": "=order.text", "many": "=order.count"})
MAPPED = drawing(
    "begin -> a -> end; other -> b -> end2",
    ASKED,
    element("startEvent", "other", on_message("m"), OUT),
    user("a"),
    user("b"),
    definitions=GLOBALS,
)
SIGNALLED = drawing(
    "begin -> a -> end; other -> b -> end2",
    ASKED,
    start("other", on_signal("s")),
    user("a"),
    user("b"),
    definitions=GLOBALS,
)


def by_message(*, fits=True, **variables):
    given = {"message": {"name": "m", "variables": variables}}
    return {"start": given if fits else given | {"expectRefused": True}}


def test_what_a_message_brings_becomes_the_variables_with_the_types_of_the_form(play):
    given = {"what": "paper", "many": 3, "wanted": "2026-04-01", "from": "shop"}
    play(PLAIN, by_message(**given), expect(open=["b"], variables=given), files=FILES)


@pytest.mark.parametrize("given", UNFIT, ids=str)
def test_a_message_that_does_not_fit_is_refused_and_starts_nothing(play, given):
    play(PLAIN, by_message(fits=False, **given), send("m", refused=True, **given), expect(open=[]), files=FILES)


def test_outputs_of_the_start_event_make_of_a_message_what_the_form_takes(play):
    order = {"text": "paper", "count": 3}
    fits = expect(open=["b"], variables={"what": "paper", "many": 3})
    play(MAPPED, by_message(order=order), fits, files=FILES)


@pytest.mark.parametrize("order", [{}, {"text": "x" * 11, "count": 1}, {"text": "x", "count": 0}], ids=str)
def test_what_the_outputs_make_of_a_message_is_held_against_the_form(play, order):
    play(
        MAPPED, by_message(fits=False, order=order), by_message(fits=False, what="paper"), expect(open=[]), files=FILES
    )


def test_what_a_signal_brings_is_held_against_the_form_too(play):
    unfit = (signalled("s"), signalled("s", what="x", many=0))
    play(
        SIGNALLED,
        *unfit,
        expect(open=[]),
        signalled("s", what="pens"),
        expect(open=["b"], variables={"what": "pens"}),
        files=FILES,
    )


def test_a_time_gives_what_the_outputs_of_its_start_event_say(play):
    daily = timer("P1D")
    given = mapping(None, {"what": '="paper"', "many": "=2"})
    diagram = drawing(
        "begin -> a -> end; other -> b -> end2",
        ASKED,
        element("startEvent", "other", daily, given),
        user("a"),
        user("b"),
    )
    play(diagram, advance("P1D"), expect(open=["b"], variables={"what": "paper", "many": 2}), files=FILES)


def test_without_its_files_a_scenario_starts_without_the_form(play):
    play(drawing("begin -> end", ASKED), begin(), expect(**COMPLETED))


def test_a_refused_start_says_every_field_to_who_plays_it(play):
    with pytest.raises(AssertionError) as failed:
        play(drawing("begin -> end", ASKED), begin(many=0), files=FILES)
    assert "Fill in “what”." in str(failed.value)
    assert "“many” must be 1 or more." in str(failed.value)
