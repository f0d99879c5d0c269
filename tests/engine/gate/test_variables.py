"""Variables that something reads and nothing writes are doubted; what may come from outside the diagram is not."""

import pytest
import toys
from drawing import (
    boundary,
    call,
    catch,
    drawing,
    each,
    element,
    exclusive,
    mapping,
    message,
    on_error,
    on_message,
    script,
    service,
    timer,
    user,
)  # fmt: skip

from app.engine import definitions
from app.engine.acts import Value
from app.foundation.text import Text

CHOICE = (exclusive("g", default="end"),)


def doubted(diagram, engine=None, **files):
    """The element and the message of each doubt."""
    contents = {"d.bpmn": diagram.encode(), **{name.replace("__", "."): content for name, content in files.items()}}
    found = definitions.check(contents, engine)
    return [(one.element_id, one.message) for one in found if one.code == "variable-unwritten"]


def test_a_variable_that_nothing_writes_is_named_where_it_is_read():
    diagram = drawing("start -> a -> g; g -{total > limit}-> b -> end; g -> end", script("a", "1", "total"), *CHOICE)
    assert [(element, "“limit”" in words) for element, words in doubted(diagram)] == [("g_to_b", True)]


@pytest.mark.parametrize(
    "elements",
    [
        [script("a", "1", "x")],
        [element("task", "a", "", mapping({"x": "=1"}))],
        [element("task", "a", "", mapping(None, {"x": "=1"}))],
        [element("task", "a", each("[1]", "x"))],
        [user("a")],
        [service("a", "somewhere")],
        [user("a", inner=""), boundary("late", "a", on_error())],
    ],
)
def test_what_is_written_or_may_come_from_outside_is_not_doubted(elements):
    late = "; late -> end" if len(elements) > 1 else ""
    diagram = drawing(f"start -> a -> g; g -{{x}}-> b -> end; g -> end{late}", *elements, *CHOICE)
    assert doubted(diagram) == []


def test_a_message_may_bring_anything():
    diagram = drawing(
        "start -> a -> g; g -{x}-> b -> end; g -> end",
        catch("a", on_message("m")),
        *CHOICE,
        definitions=message("m", "m", "=1"),
    )
    assert doubted(diagram) == []


def test_a_nearly_right_name_is_doubted_even_then():
    diagram = drawing(
        "start -> a -> g; g -{aproved}-> b -> end; g -> end",
        user("a", mapping(None, {"approved": "=approved"})),
        *CHOICE,
    )
    assert "(is “approved” meant?)" in doubted(diagram)[0][1]


@pytest.mark.parametrize("other", ["lot", "lots", "reviewer", "lotid2"])
def test_names_that_are_merely_alike_are_not(other):
    diagram = drawing(
        "start -> u -> a -> g; g -{lot_ids}-> b -> end; g -> end", user("u"), script("a", "1", other), *CHOICE
    )
    assert doubted(diagram) == []


def test_a_form_brings_its_fields_and_nothing_else():
    schema = b'{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"x": {"type": "boolean"}}}'
    ui = b'{"title": {"en": "F", "zh": "F"}, "fields": [{"name": "x", "widget": "checkbox", "label": {"en": "X", "zh": "X"}}]}'
    form = '<zeebe:formDefinition formId="f" />'
    flows = "start -> a -> g; g -{%s}-> b -> end; g -> end"
    files = {"f.schema.json": schema, "f.ui.json": ui}
    for name, expected in (("x", []), ("y", ["g_to_b"])):
        diagram = drawing(flows % name, user("a", form), *CHOICE)
        assert [where for where, _ in doubted(diagram, toys.engine(), **files)] == expected


def test_an_operation_brings_its_results():
    engine = toys.engine()
    engine.acts.act("weigh", name=Text("Weigh", "称重"), gives=[Value("weight")])(print)
    for name, expected in (("weight", []), ("height", ["g_to_b"])):
        diagram = drawing(f"start -> a -> g; g -{{{name}}}-> b -> end; g -> end", service("a", "weigh"), *CHOICE)
        assert [where for where, _ in doubted(diagram, engine)] == expected


def test_a_called_process_knows_what_its_caller_gives_it():
    called = drawing("start -> g; g -{x or y}-> b -> end; g -> end", *CHOICE, process="q").encode()
    caller = drawing("start -> a -> end", call("a", "q", mapping({"x": "=1"})))
    assert [words.split("”")[0] for _, words in doubted(caller, q__bpmn=called)] == ["it reads the variable “y"]


def test_an_output_of_the_start_event_declares_what_is_given():
    start = element("startEvent", "start", "", mapping(None, {"days": "=days"}))
    assert doubted(drawing("start -> a -> end", start, catch("a", timer('=duration("P" + string(days) + "D")')))) == []
