"""What parallel instances share without anybody having said so is warned of where it is read."""

import pytest
import toys
from drawing import another, call, drawing, each, exclusive, mapping, script, service, sub, user

from app.engine import definitions

DECIDED = "start_s -> a -> g; g -{outcome}-> b -> end_s; g -> end_s"
GATE = exclusive("g", default="end_s")


def shared(diagram, engine=None):
    """Element and message of each warning."""
    found = definitions.check({"d.bpmn": diagram.encode()}, engine)
    return [(one.element_id, one.message) for one in found if one.code == "variable-shared"]


def lots(flows, *parts, definitions="", **more):
    """A process whose parallel instances do something for each lot."""
    marker = each("lots", "lot", sequential=more.pop("sequential", False), **more.pop("marked", {}))
    return drawing("start -> s -> end", sub("s", flows, *parts, marker=marker, **more), definitions=definitions)


WRITERS = {
    "a person": user("a"),
    "a script": script("a", "lot > 1", "outcome"),
    "an operation": service("a", "unknown"),
    "a mapping within": service("a", "unknown", mapping(None, {"outcome": "=x"})),
    "a called process": call("a", "q"),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_variable_that_decides_in_one_instance_and_is_written_by_all_is_warned_of(writer):
    diagram = lots(DECIDED, writer, GATE, definitions=another("q", "start_q -> v -> end_q", user("v")))
    assert [(element, "“outcome”" in words, "“a” writes it" in words) for element, words in shared(diagram)] == [
        ("g_to_b", True, True)
    ]


@pytest.mark.parametrize(
    "mended",
    [
        {"extensions": mapping({"outcome": "=null"})},
        {"sequential": True},
        {"marked": {"collect": ("outcomes", "outcome")}},
    ],
    ids=["an input makes it local", "one after the other", "it is the output"],
)
def test_what_each_instance_has_for_itself_is_not_warned_of(mended):
    assert shared(lots(DECIDED, user("a"), GATE, **mended)) == []


def test_what_is_only_read_is_not_warned_of():
    diagram = lots("start_s -> a -> g; g -{limit > lot}-> b -> end_s; g -> end_s", script("a", "1", "x"), GATE)
    assert shared(diagram) == []


def test_what_is_known_outside_is_not_taken_to_be_written_by_a_task_without_a_form():
    inner = sub("s", DECIDED, user("a"), GATE, marker=each("lots", "lot"))
    assert shared(drawing("start -> w -> s -> end", script("w", "true", "outcome"), inner)) == []


def test_an_output_worked_out_from_what_all_write_is_warned_of():
    diagram = drawing("start -> a -> end", user("a", inner=each("lots", "lot", collect=("out", "{lot: lot, r: r}"))))
    assert [element for element, _ in shared(diagram)] == ["a"]


def test_an_output_mapping_of_the_repeated_task_is_a_declaration():
    held = mapping(None, {"mine": "=answer"})
    task = user("a", held, each("lots", "lot", collect=("out", "{lot: lot, answer: answer}")))
    assert shared(drawing("start -> a -> end", task)) == []


def test_the_warning_is_given_for_diagrams_held_against_the_office_too():
    assert [element for element, _ in shared(lots(DECIDED, user("a"), GATE), toys.engine())] == ["g_to_b"]
