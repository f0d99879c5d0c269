"""What an engine says when it can't go on stands in both languages, always."""

import ast
from pathlib import Path

import pytest
from drawing import (
    call,
    catch,
    drawing,
    each,
    element,
    exclusive,
    message,
    on_signal,
    receive,
    rule,
    script,
    service,
    signal,
    throw,
    timer,
    user,
)
from repeating import House

from app.engine import spiff, validation
from app.engine.decisions import NO_SUCH_DECISION, DecisionFailed
from app.foundation.text import Text

ENGINE = Path(spiff.__file__).parents[1]
RAISED = ("Failure", "DecisionFailed", "Unfit", "TaskRefused")


class Broken(House):
    """An environment in which operations and decisions fail."""

    def call(self, request):
        if request.type == "list":
            return [1]
        raise ValueError("no such thing")

    def decide(self, decision_id, _variables):
        raise DecisionFailed(NO_SUCH_DECISION.filled(decision=decision_id))


def assigned(**given):
    """A user task with an assignment and a schedule."""
    names = {"assignee", "candidateGroups", "candidateUsers"}
    who = " ".join(f'{name}="{value}"' for name, value in given.items() if name in names)
    when = " ".join(f'{name}="{value}"' for name, value in given.items() if name == "dueDate")
    number = f'<zeebe:priorityDefinition priority="{given["priority"]}" />' if "priority" in given else ""
    held = "<zeebe:userTask />" + (f"<zeebe:assignmentDefinition {who} />" if who else "")
    return element("userTask", "a", "", held + (f"<zeebe:taskSchedule {when} />" if when else "") + number)


LINE = "start -> a -> end"
CASES = {
    "no flow of a gateway": drawing("start -> a; a -{false}-> b -> end; a -{false}-> end", exclusive("a")),
    "no flow of a task": drawing("start -> a; a -{false}-> end"),
    "no list": drawing(LINE, user("a", inner=each("5", "n"))),
    "too many": drawing(LINE, user("a", inner=each("for i in 1..20000 return i", "n"))),
    "an operation fails": drawing(LINE, service("a", "x")),
    "an operation returns a list": drawing(LINE, service("a", "list")),
    "no type": drawing(LINE, service("a", "=missing")),
    "no decision": drawing(LINE, rule("a", "d", "r")),
    "no id of a decision": drawing(LINE, rule("a", "=missing", "r")),
    "no process": drawing(LINE, call("a", "=missing")),
    "an unknown process": drawing(LINE, call("a", '="other"')),
    "a process that calls itself": drawing(LINE, call("a", "p")),
    "a priority": drawing(LINE, assigned(priority="=1.5")),
    "a great priority": drawing(LINE, assigned(priority="=10000000000")),
    "candidates": drawing(LINE, assigned(candidateGroups="=5")),
    "a long name": drawing(LINE, assigned(assignee="=string join(for i in 1..99 return string(i))")),
    "a due date": drawing(LINE, assigned(dueDate="=5")),
    "a timer": drawing(LINE, catch("a", timer("=5"))),
    "a timer without a zone": drawing(LINE, catch("a", timer('="2026-01-01T00:00:00"', "timeDate"))),
    "a cycle": drawing(LINE, catch("a", timer('="R3/P1X"', "timeCycle"))),
    "a correlation key": drawing(LINE, receive("a", "m"), definitions=message("m", "m", "=missing")),
    "the name of a message": drawing(LINE, receive("a", "m"), definitions=message("m", "=missing", "=1")),
    "the name of a signal": drawing(LINE, catch("a", on_signal("s")), definitions=signal("s", "=missing")),
    "the name of a thrown signal": drawing(LINE, throw("a", on_signal("s")), definitions=signal("s", "=missing")),
    "an expression without end": drawing(LINE, script("a", "count(for i in 1..100000, j in 1..100000 return i)", "r")),
}  # fmt: skip


@pytest.mark.parametrize("diagram", CASES.values(), ids=CASES)
def test_an_incident_is_said_in_both_languages(diagram):
    bundle = validation.read_diagrams({"d.bpmn": diagram.encode()})
    assert bundle.ok, bundle.findings
    house = Broken(bundle)
    instance = spiff.start(bundle, "p", {}, house)
    instance.run()
    instance = spiff.restore(bundle, instance.snapshot(), house)
    messages = [incident.message for incident in instance.waiting().incidents]
    assert messages
    assert all(is_chinese(said.zh) and not is_chinese(said.en) for said in messages), messages


def is_chinese(words):
    """Whether there is a Chinese character in it."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in words)


def test_nothing_is_raised_in_one_language():
    """No incident's words are a plain string anywhere in the engine."""
    plain = [
        f"{path.name}:{node.lineno}"
        for path in ENGINE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISED
        for argument in node.args[-1:]
        if isinstance(argument, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert plain == []


def test_an_incident_of_the_first_release_keeps_its_words():
    diagram = drawing("start -> a -> end", service("a", "x"))
    bundle = spiff.read({"d.bpmn": diagram.encode()})
    instance = spiff.start(bundle, "p", {}, Broken(bundle))
    instance.run()
    token = next(iter(instance._course.live()))
    token.incident["message"] = "as it was said"
    assert instance.waiting().incidents[0].message == Text("as it was said", "as it was said")
