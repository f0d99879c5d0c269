"""Automatic steps come in portions: a transaction takes so many, and the rest goes on in a later one."""

import pytest
import toys
from drawing import another, call, drawing, each, element, exclusive, parallel, script, sub, user
from sqlalchemy import func, select

from app.engine import definitions, history, instances, spiff, tasks, timers, validation
from app.engine.records import HistoryRow, IncidentRow, InstanceRow, OpenTaskRow, TimerRow
from app.engine.spiff.environment import MOST_TOKENS
from app.foundation.actor import Actor

CLERK = Actor("clerk", "Clerk", groups=frozenset({"clerk"}))
COUNTING = drawing(
    "start -> m -> a -> g; g -{n < 50}-> m; g -> u -> end",
    script("a", "n + 1", "n"),
    exclusive("m"),
    exclusive("g", default="u"),
    user("u"),
)
ENDLESS = drawing(
    "start -> m -> a -> g; g -{n > 0}-> m; g -> end",
    script("a", "n + 1", "n"),
    exclusive("m"),
    exclusive("g", default="end"),
)


def portioned(steps=10, limit=100_000, seconds=3.0):
    """An engine of small portions."""
    return toys.engine(portion=spiff.Portion(steps, seconds), step_limit=limit)


def started(engine, session, diagram, **variables):
    """A committed instance of a diagram."""
    definitions.deploy(engine, session, toys.ROOT, {"d.bpmn": diagram.encode()}, "a test")
    row = instances.start(engine, session, toys.ROOT, "p", variables)
    session.commit()
    return row.id


def open_tasks(session):
    """The open tasks."""
    return session.scalars(select(OpenTaskRow)).all()


def most_steps_of_a_portion(session, instance_id):
    """The longest stretch of completed elements between two halts."""
    longest = count = 0
    for row in toys.kept(session, instance_id, "completed", "halted"):
        count = count + 1 if row.kind == "completed" else 0
        longest = max(longest, count)
    return longest


def test_the_rest_goes_on_in_later_transactions(session_factory):
    engine = portioned()
    with session_factory() as session:
        instance_id = started(engine, session, COUNTING, n=0)
        assert open_tasks(session) == []
    engine.forget()
    timers.fire_due(engine, session_factory)
    with session_factory() as session:
        assert [task.element_id for task in open_tasks(session)] == ["u"]
        assert most_steps_of_a_portion(session, instance_id) <= 10


def test_history_says_that_the_rest_goes_on(session_factory):
    engine = portioned()
    with session_factory() as session:
        instance_id = started(engine, session, COUNTING, n=0)
        said = [line.text for line in history.story(session, instance_id) if line.kind == "halted"]
    assert [("10" in text.en, "10" in text.zh) for text in said] == [(True, True)]


def test_what_somebody_does_meanwhile_takes_the_rest_along(session_factory):
    engine = portioned()
    with session_factory() as session:
        instance_id = started(engine, session, COUNTING, n=0)
        instances.set_variables(engine, session, toys.ROOT, instance_id, {"n": 49})
        session.commit()
        assert [task.element_id for task in open_tasks(session)] == ["u"]
        assert session.scalar(select(func.count()).select_from(TimerRow)) == 0


def test_a_suspended_instance_goes_on_after_it_is_resumed(session_factory):
    engine = portioned()
    with session_factory() as session:
        instance_id = started(engine, session, COUNTING, n=0)
        instances.suspend(engine, session, toys.ROOT, instance_id, "a pause")
        session.commit()
    assert timers.fire_due(engine, session_factory) == 0
    with session_factory() as session:
        instances.resume(engine, session, toys.ROOT, instance_id)
        session.commit()
    timers.fire_due(engine, session_factory)
    with session_factory() as session:
        assert [task.element_id for task in open_tasks(session)] == ["u"]


def test_a_portion_is_measured_in_time_too(session_factory):
    engine = portioned(steps=1_000_000, seconds=0.0)
    with session_factory() as session:
        instance_id = started(engine, session, COUNTING, n=0)
        assert most_steps_of_a_portion(session, instance_id) <= 1


def test_a_loop_that_never_waits_is_an_incident_after_its_budget(session_factory):
    engine = portioned(steps=50, limit=200)
    with session_factory() as session:
        instance_id = started(engine, session, ENDLESS, n=1)
    timers.fire_due(engine, session_factory)
    with session_factory() as session:
        incident = session.scalars(select(IncidentRow)).one()
        assert (incident.kind, "200" in incident.message_en, "200" in incident.message_zh) == ("step-limit", True, True)
        assert most_steps_of_a_portion(session, instance_id) <= 50
        assert session.scalar(select(func.count()).select_from(TimerRow)) == 0


def test_an_instance_that_rests_now_and_then_has_no_limit(session_factory):
    engine = portioned(steps=50, limit=40)
    diagram = drawing(
        "start -> m -> u -> g; g -{more}-> m; g -> end", exclusive("m"), exclusive("g", default="end"), user("u")
    )
    with session_factory() as session:
        instance_id = started(engine, session, diagram)
        for number in range(30):
            task = open_tasks(session)[0]
            tasks.complete(engine, session, CLERK, task.id, {"more": number < 29})
            session.commit()
        assert session.get(InstanceRow, instance_id).state == "completed"


@pytest.mark.parametrize(
    "diagram",
    [
        drawing("start -> a -> end", user("a", inner=each("for i in 1..50000 return i", "n"))),
        drawing("start -> a -> end", script("a", "n", "r", each("for i in 1..50000 return i", "n"))),
        drawing(
            "start -> c -> end", call("c", "q", inner=each("for i in 1..50000 return i", "n")),
            definitions=another("q", "start_q -> v -> end_q", user("v")),
        ),
        drawing(
            "start -> s -> end",
            sub("s", "start_s -> a -> end_s", user("a", inner=each("for j in 1..300 return j", "n")), marker=each("for i in 1..300 return i", "m")),
        ),
    ],
    ids=["tasks", "scripts", "calls", "nested"],
)  # fmt: skip
def test_more_instances_at_once_than_a_case_may_have_are_refused_at_a_stated_limit(session_factory, diagram):
    engine = portioned(steps=10_000)
    with session_factory() as session:
        instance_id = started(engine, session, diagram)
        incident = session.scalars(select(IncidentRow).where(IncidentRow.kind == "collection").limit(1)).one()
        assert str(MOST_TOKENS) in incident.message_en
        opened = session.scalar(
            select(func.count()).where(HistoryRow.instance_id == instance_id, HistoryRow.kind == "entered")
        )
        assert opened <= MOST_TOKENS + 400


def test_a_split_that_makes_ever_more_tokens_is_an_incident():
    flows = "start -> m -> a -> f; f -> m; f -> b -> m; a -{n < 0}-> end"
    diagram = drawing(flows, exclusive("m"), parallel("f"), script("a", "n + 1", "n"), element("task", "b"))
    bundle = validation.read_diagrams({"d.bpmn": diagram.encode()})
    assert [one.code for one in bundle.findings if one.level == "error"] == ["endless-loop"]
