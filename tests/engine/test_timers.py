"""What is due fires once, never early, however many look; what fails doesn't keep the others waiting."""

import threading
from datetime import timedelta

import toys
from sqlalchemy import select

from app.engine import definitions, incidents, instances, spiff, timers
from app.engine.records import HistoryRow, InstanceRow, TimerRow
from app.foundation import arrivals
from app.foundation.text import Text

WAITING = toys.diagram(toys.START + toys.catch_timer("wait", "P1D") + toys.END + toys.flows("start", "wait", "end"))
CALLING = toys.diagram(
    toys.START
    + toys.catch_timer("wait", "P1D")
    + toys.service("call", "count")
    + toys.END
    + toys.flows("start", "wait", "call", "end")
)
CYCLE = toys.diagram(
    '<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle>R2/PT1H</bpmn:timeCycle>'
    "</bpmn:timerEventDefinition></bpmn:startEvent>" + toys.user("work") + toys.END + toys.flows("start", "work", "end")
)


def states(session):
    return [row.state for row in session.scalars(select(InstanceRow).order_by(InstanceRow.id))]


def start_many(engine, session_factory, diagram, count):
    with session_factory() as session:
        definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": diagram}, "x")
        for _ in range(count):
            instances.start(engine, session, toys.ANNA, "toy")
        session.commit()


def test_nothing_fires_early(engine, play, session_factory, virtual_clock):
    play(WAITING)
    virtual_clock.turn(timedelta(days=1) - timedelta(microseconds=1))
    assert timers.fire_due(engine, session_factory) == 0


def test_what_is_due_fires_in_the_step_that_ends_the_process(engine, play, session_factory, session, virtual_clock):
    play(WAITING)
    virtual_clock.turn(timedelta(days=1))
    assert timers.fire_due(engine, session_factory) == 1
    assert (states(session), session.scalars(select(TimerRow)).all()) == (["completed"], [])


def test_several_workers_fire_each_timer_once(engine, session_factory, session, virtual_clock):
    calls = []
    engine.acts.act("count", name=Text("Count", "计数"))(lambda context: calls.append(context.instance_id))
    start_many(engine, session_factory, CALLING, 12)
    virtual_clock.turn(timedelta(days=2))
    fired = []
    workers = [
        threading.Thread(target=lambda: fired.append(timers.fire_due(engine, session_factory))) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while timers.fire_due(engine, session_factory):
        pass
    assert set(states(session)) == {"completed"}
    rows = session.scalars(select(HistoryRow).where(HistoryRow.kind == "fired", HistoryRow.element_id == "wait")).all()
    assert (len(rows), len(set(calls)), len(calls)) == (12, 12, 12)


def test_a_poisoned_instance_does_not_keep_the_others_waiting(engine, session_factory, session, virtual_clock):
    poisoned = []

    def count(context):
        if not poisoned:
            poisoned.append(context.instance_id)
        if context.instance_id == poisoned[0]:
            raise spiff.Abort("the database failed")

    engine.acts.act("count", name=Text("Count", "计数"))(count)
    start_many(engine, session_factory, CALLING, 3)
    virtual_clock.turn(timedelta(days=2))
    timers.fire_due(engine, session_factory)
    assert sorted(states(session)) == ["active", "completed", "completed"]
    assert [incident.kind for incident in incidents.open(session)] == ["step"]


def test_a_poisoned_timer_is_tried_again_later(engine, session_factory, session, virtual_clock):
    attempts = []

    def count(context):
        attempts.append(context.now)
        if len(attempts) == 1:
            raise spiff.Abort("the database failed")

    engine.acts.act("count", name=Text("Count", "计数"))(count)
    start_many(engine, session_factory, CALLING, 1)
    virtual_clock.turn(timedelta(days=2))
    timers.fire_due(engine, session_factory)
    assert timers.fire_due(engine, session_factory) == 0
    virtual_clock.turn(timedelta(minutes=1))
    assert (timers.fire_due(engine, session_factory), states(session)) == (1, ["completed"])


def test_a_poisoned_timer_is_looked_at_once_an_hour_in_the_end(engine, session_factory, session, virtual_clock):
    def count(context):
        raise spiff.Abort("the database failed")

    engine.acts.act("count", name=Text("Count", "计数"))(count)
    start_many(engine, session_factory, CALLING, 1)
    virtual_clock.turn(timedelta(days=2))
    pauses = []
    for _ in range(9):
        timers.fire_due(engine, session_factory)
        with session_factory() as reading:
            wake_at = reading.scalars(select(TimerRow.wake_at)).one()
        pauses.append(int((wake_at - virtual_clock.instant).total_seconds() / 60))
        virtual_clock.turn_to(wake_at)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_timers_of_a_suspended_instance_wait_until_it_is_resumed(
    engine, play, session_factory, session, virtual_clock
):
    row = play(WAITING)
    instances.suspend(engine, session, toys.ROOT, row.id, "a question")
    session.commit()
    virtual_clock.turn(timedelta(days=2))
    assert timers.fire_due(engine, session_factory) == 0
    instances.resume(engine, session, toys.ROOT, row.id)
    session.commit()
    assert timers.fire_due(engine, session_factory) == 1


def test_a_timer_starts_a_process_as_often_as_its_cycle_says(engine, session_factory, session, virtual_clock):
    with session_factory() as other:
        definitions.deploy(engine, other, toys.ROOT, {"toy.bpmn": CYCLE}, "x")
        other.commit()
    virtual_clock.turn(timedelta(hours=5))
    assert (timers.fire_due(engine, session_factory), len(states(session))) == (2, 2)


def test_a_new_version_takes_over_the_start_timer(engine, session_factory, session):
    with session_factory() as other:
        definitions.deploy(engine, other, toys.ROOT, {"toy.bpmn": CYCLE}, "x")
        definitions.deploy(engine, other, toys.ROOT, {"toy.bpmn": CYCLE.replace(b"Do work", b"Work")}, "y")
        other.commit()
    assert len(session.scalars(select(TimerRow)).all()) == 1


def test_nothing_fires_before_what_arrived_earlier_is_decided(engine, play, session_factory, session, virtual_clock):
    play(WAITING)
    virtual_clock.turn(timedelta(days=2))
    with session_factory() as saying:
        arrivals.publish(saying, "busy", virtual_clock.instant - timedelta(days=1, microseconds=1))
        saying.commit()
    assert timers.fire_due(engine, session_factory) == 0
    with session_factory() as saying:
        arrivals.publish(saying, "busy", virtual_clock.instant - timedelta(days=1))
        saying.commit()
    assert timers.fire_due(engine, session_factory) == 1
