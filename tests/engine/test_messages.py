"""One message wakes one waiting instance, once for good; what nobody waits for is kept or refused."""

from datetime import timedelta

import pytest
import toys
from sqlalchemy import select

from app.engine import definitions, instances, messages, tasks
from app.engine.records import BufferedMessage, InstanceRow, OpenTaskRow, SubscriptionRow
from app.foundation.text import Text

WAITING = toys.diagram(
    toys.START + toys.catch_message("wait") + toys.END + toys.flows("start", "wait", "end"),
    globals_=toys.message("answered"),
)
LATER = toys.diagram(
    toys.START + toys.user("work") + toys.catch_message("wait") + toys.END + toys.flows("start", "work", "wait", "end"),
    globals_=toys.message("answered"),
)
STARTED = toys.diagram(
    '<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="m" /></bpmn:startEvent>'
    + toys.user("work")
    + toys.END
    + toys.flows("start", "work", "end"),
    globals_='<bpmn:message id="m" name="asked" />',
)
LISTENING = toys.diagram(
    toys.START
    + '<bpmn:intermediateCatchEvent id="wait"><bpmn:signalEventDefinition signalRef="s" /></bpmn:intermediateCatchEvent>'
    + toys.END
    + toys.flows("start", "wait", "end"),
    globals_='<bpmn:signal id="s" name="closed" />',
)
THROWING = toys.diagram(
    toys.START
    + '<bpmn:intermediateThrowEvent id="throw"><bpmn:signalEventDefinition signalRef="s" /></bpmn:intermediateThrowEvent>'
    + toys.END
    + toys.flows("start", "throw", "end"),
    process_id="thrower",
    globals_='<bpmn:signal id="s" name="closed" />',
)


def state(session, row):
    return session.get(InstanceRow, row.id, populate_existing=True).state


def test_a_message_wakes_the_instance_with_its_key_and_no_other(engine, play, session):
    one, two = play(WAITING, {"key": "A"}), play(WAITING, {"key": "B"})
    sent = messages.send(engine, session, toys.ROOT, "answered", "B", {"answer": 42})
    assert (sent.instance_id, state(session, one), state(session, two)) == (two.id, "active", "completed")
    assert instances.variables(engine, session, two.id)["answer"] == 42


def test_a_key_is_told_apart_by_value_not_by_how_it_is_written(engine, play, session):
    row = play(WAITING, {"key": 5})
    messages.send(engine, session, toys.ROOT, "answered", "5")
    assert state(session, row) == "completed"


def test_one_message_wakes_the_one_that_has_waited_longest(engine, play, session):
    rows = [play(WAITING, {"key": "A"}), play(WAITING, {"key": "A"})]
    messages.send(engine, session, toys.ROOT, "answered", "A")
    assert [state(session, row) for row in rows] == ["completed", "active"]


def test_a_message_that_nobody_waits_for_is_refused(engine, play, session):
    play(WAITING, {"key": "A"})
    with pytest.raises(messages.NobodyWaits):
        messages.send(engine, session, toys.ROOT, "answered", "C")


def test_a_message_with_time_to_live_waits_for_its_receiver(engine, play, session):
    row = play(LATER, {"key": "A"})
    messages.send(engine, session, toys.ROOT, "answered", "A", {"answer": 1}, ttl=timedelta(hours=1))
    tasks.complete(engine, session, toys.ANNA, session.scalars(select(OpenTaskRow)).one().id, {})
    assert (state(session, row), session.scalars(select(BufferedMessage)).all()) == ("completed", [])


def test_a_message_is_not_delivered_after_its_time_to_live(engine, play, session, virtual_clock):
    row = play(LATER, {"key": "A"})
    messages.send(engine, session, toys.ROOT, "answered", "A", ttl=timedelta(hours=1))
    session.commit()
    virtual_clock.turn(timedelta(hours=1))
    tasks.complete(engine, session, toys.ANNA, session.scalars(select(OpenTaskRow)).one().id, {})
    assert state(session, row) == "active"


def test_a_message_id_is_taken_in_once_for_good(engine, play, session):
    rows = [play(WAITING, {"key": "A"}), play(WAITING, {"key": "A"})]
    first = messages.send(engine, session, toys.ROOT, "answered", "A", message_id="m-1")
    session.commit()
    again = messages.send(engine, session, toys.ROOT, "answered", "A", message_id="m-1")
    assert (again.repeated, again.instance_id) == (True, first.instance_id)
    assert [state(session, row) for row in rows] == ["completed", "active"]


def test_a_refused_message_id_may_come_again(engine, play, session):
    with pytest.raises(messages.NobodyWaits):
        messages.send(engine, session, toys.ROOT, "answered", "A", message_id="m-1")
    session.rollback()
    row = play(WAITING, {"key": "A"})
    messages.send(engine, session, toys.ROOT, "answered", "A", message_id="m-1")
    assert state(session, row) == "completed"


def test_a_message_starts_a_process_without_a_key(engine, session):
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": STARTED}, "x")
    sent = messages.send(engine, session, toys.ROOT, "asked", None, {"who": "S"})
    assert instances.variables(engine, session, sent.instance_id) == {"who": "S"}


def test_only_the_latest_version_starts_by_a_message(engine, session):
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": STARTED}, "x")
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": STARTED.replace(b"Do work", b"Work")}, "y")
    assert len(session.scalars(select(SubscriptionRow)).all()) == 1


def test_a_message_to_a_suspended_instance_waits_until_it_is_resumed(engine, play, session):
    row = play(WAITING, {"key": "A"})
    instances.suspend(engine, session, toys.ROOT, row.id, "a question")
    assert messages.send(engine, session, toys.ROOT, "answered", "A", {"answer": 1}).kept
    instances.resume(engine, session, toys.ROOT, row.id)
    assert (state(session, row), instances.variables(engine, session, row.id)["answer"]) == ("completed", 1)


def test_a_signal_wakes_all_who_wait(engine, play, session):
    rows = [play(LISTENING), play(LISTENING)]
    assert messages.signal(engine, session, toys.ROOT, "closed") == 2
    assert [state(session, row) for row in rows] == ["completed", "completed"]


def test_a_signal_thrown_by_one_instance_wakes_another_in_the_same_transaction(engine, play, session):
    row = play(LISTENING)
    definitions.deploy(engine, session, toys.ROOT, {"thrower.bpmn": THROWING}, "x")
    instances.start(engine, session, toys.ANNA, "thrower")
    session.commit()
    assert state(session, row) == "completed"


def test_a_receiver_that_somebody_else_is_moving_gets_the_signal_a_moment_later(
    engine, play, session_factory, database
):
    if database.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: nobody else can be moving anything")
    row = play(LISTENING)
    with session_factory() as mover, session_factory() as thrower:
        definitions.deploy(engine, mover, toys.ROOT, {"thrower.bpmn": THROWING}, "x")
        mover.commit()
        mover.get(InstanceRow, row.id, with_for_update=True)
        instances.start(engine, thrower, toys.ANNA, "thrower")
        thrower.commit()
        mover.rollback()
    assert messages.deliver_waiting(engine, session_factory) == 1
    with session_factory() as session:
        assert state(session, row) == "completed"


def test_a_message_sent_by_an_operation_to_its_own_instance_arrives_after_the_step(session):

    engine = toys.engine()

    @engine.acts.act("tell", name=Text("Tell", "告知"))
    def tell(context):
        messages.send(engine, context.session, context.actor, "answered", "A", {"answer": 7})

    diagram = toys.diagram(
        toys.START
        + toys.service("call", "tell")
        + toys.catch_message("wait")
        + toys.END
        + toys.flows("start", "call", "wait", "end"),
        globals_=toys.message("answered"),
    )
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": diagram}, "x")
    row = instances.start(engine, session, toys.ANNA, "toy", {"key": "A"})
    assert (row.state, instances.variables(engine, session, row.id)["answer"]) == ("completed", 7)


def test_a_message_sent_by_an_operation_that_then_fails_is_not_delivered(play, session):
    engine = toys.engine()

    @engine.acts.act("tell", name=Text("Tell", "告知"))
    def tell(context):
        messages.send(engine, context.session, context.actor, "answered", "A")
        raise ValueError("after all not")

    receiver = play(WAITING, {"key": "A"})
    diagram = toys.diagram(
        toys.START + toys.service("call", "tell") + toys.END + toys.flows("start", "call", "end"), process_id="teller"
    )
    definitions.deploy(engine, session, toys.ROOT, {"teller.bpmn": diagram}, "x")
    instances.start(engine, session, toys.ANNA, "teller")
    session.commit()
    assert state(session, receiver) == "active"


def test_a_very_long_key_finds_its_subscription(engine, play, session):
    row = play(WAITING, {"key": "A" * 5000})
    messages.send(engine, session, toys.ROOT, "answered", "A" * 5000)
    assert state(session, row) == "completed"
