"""A snapshot that can't be read is one incident, whoever meets it, and closes by itself when it can be read again."""

from datetime import timedelta

import orjson
import pytest
import toys
import zstandard
from sqlalchemy import select, text

from app.engine import (
    charts,
    definitions,
    incidents,
    instances,
    interventions,
    messages,
    scrubbing,
    spiff,
    tasks,
    timers,
)
from app.engine.records import BufferedMessage, InstanceRow, OpenTaskRow, TimerRow
from app.engine.steps import SnapshotUnreadable
from app.foundation import workdays

ALL = toys.diagram(
    toys.START
    + '<bpmn:parallelGateway id="fork" />'
    + toys.user("work")
    + toys.catch_timer("pause", "P1D")
    + toys.catch_message("wait")
    + '<bpmn:intermediateCatchEvent id="bell"><bpmn:signalEventDefinition signalRef="s" /></bpmn:intermediateCatchEvent>'
    + '<bpmn:parallelGateway id="join" />'
    + toys.END
    + toys.flows("start", "fork", "work", "join", "end")
    + toys.flows("fork", "pause", "join")
    + toys.flows("fork", "wait", "join")
    + toys.flows("fork", "bell", "join"),
    globals_=toys.message("answered") + '<bpmn:signal id="s" name="closed" />',
)
OTHER = ALL.replace(b'name="Toy"', b'name="Toy again"')


def rewritten(change):
    """The snapshot with something else in its JSON: sound bytes that describe no instance."""

    def damage(snapshot):
        body = orjson.loads(zstandard.ZstdDecompressor().decompress(snapshot))
        change(body)
        return zstandard.ZstdCompressor().compress(orjson.dumps(body))

    return damage


def flipped(place):
    return lambda snapshot: (
        snapshot[: (at := int(len(snapshot) * place))] + bytes([snapshot[at] ^ 0x10]) + snapshot[at + 1 :]
    )


def not_an_object(snapshot):
    return zstandard.ZstdCompressor().compress(b'["version"]')


DAMAGES = {
    "nothing": lambda _: None,
    "empty": lambda _: b"",
    "other bytes": lambda _: b"damaged",
    "cut": lambda snapshot: snapshot[: len(snapshot) // 2],
    "a bit near the start": flipped(0.2),
    "a bit in the middle": flipped(0.5),
    "a bit of the last byte": flipped(0.9999),
    "a size beyond all memory": lambda _: b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 7 + b"\x0f" + b"damaged",
    "no JSON": lambda _: zstandard.ZstdCompressor().compress(b"{"),
    "another JSON": not_an_object,
    "another format": rewritten(lambda body: body.update(version="9/9")),
    "other diagrams": rewritten(lambda body: body.update(bundle="0" * 64)),
    "an unknown process": rewritten(lambda body: body.update(process="gone")),
    "no scopes": rewritten(lambda body: body.pop("scopes")),
    "scopes that are none": rewritten(lambda body: body.update(scopes=[7])),
    "tokens nowhere": rewritten(lambda body: [token.update(spec="gone") for token in body["tokens"]]),
    "a token without a time": rewritten(lambda body: [token.update(at="yesterday") for token in body["tokens"]]),
}


@pytest.fixture
def case(play):
    return play(ALL, {"key": "A"}).id


@pytest.fixture
def damage(engine, case, session_factory):
    """``damage(how)`` spoils the case's snapshot and gives what it was; ``damage.mend(before)`` puts it back."""

    def put(snapshot):
        with session_factory() as session:
            session.execute(text("UPDATE engine_instance SET snapshot = :it"), {"it": snapshot})
            session.commit()
        engine.forget()

    def spoil(how="other bytes"):
        with session_factory() as session:
            before = session.get_one(InstanceRow, case).snapshot
        put(DAMAGES[how](before))
        return before

    spoil.mend = put
    return spoil


@pytest.fixture
def opened(session_factory):
    """The kinds of the incidents that are open now."""

    def look():
        with session_factory() as session:
            return [incident.kind for incident in incidents.open(session)]

    return look


def by_task(engine, sessions, case):
    with sessions() as session:
        task = session.scalars(select(OpenTaskRow)).one()
        tasks.complete(engine, session, toys.ANNA, task.id, {})


def by_looking(engine, sessions, case):
    with sessions() as session:
        session.connection(execution_options={"read_only": True})
        instances.variables(engine, session, case)


def by_setting_a_variable(engine, sessions, case):
    with sessions() as session:
        instances.set_variables(engine, session, toys.ROOT, case, {"a": 1})


def by_cancelling(engine, sessions, case):
    with sessions() as session:
        instances.cancel(engine, session, toys.ROOT, case, "x")


def by_previewing_a_migration(engine, sessions, case):
    with sessions() as session:
        definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": OTHER}, "x")
        session.commit()
        interventions.preview_migration(engine, session, case, definitions.latest(session, "toy"))


def by_migrating(engine, sessions, case):
    with sessions() as session:
        definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": OTHER}, "x")
        session.commit()
        interventions.migrate(engine, session, toys.ROOT, case, definitions.latest(session, "toy"), reasons="x")


def by_changing_it_by_hand(engine, sessions, case):
    with sessions() as session:
        change = spiff.Modification(start=[spiff.Start("work", "toy")])
        interventions.modify(engine, session, toys.ROOT, case, change, reasons="x")


REFUSED = [
    by_task,
    by_looking,
    by_setting_a_variable,
    by_cancelling,
    by_previewing_a_migration,
    by_migrating,
    by_changing_it_by_hand,
]


@pytest.mark.parametrize("how", DAMAGES)
def test_every_damage_is_an_incident_with_its_reason_and_remedy(engine, case, damage, session_factory, how):
    damage(how)
    with pytest.raises(SnapshotUnreadable):
        by_looking(engine, session_factory, case)
    with session_factory() as session:
        (incident,) = incidents.open(session)
    assert (incident.kind, incident.instance_id, incident.retries_left) == ("snapshot", case, 0)
    assert ("backup" in incident.message.en, "备份" in incident.message.zh) == (True, True)


@pytest.mark.parametrize("door", REFUSED)
def test_whoever_meets_it_opens_the_incident_once_and_changes_nothing(
    engine, case, damage, opened, session_factory, door
):
    damage()
    for _ in range(2):
        with pytest.raises(SnapshotUnreadable):
            door(engine, session_factory, case)
    with session_factory() as session:
        row = session.get_one(InstanceRow, case)
        assert (row.state, row.version, len(session.scalars(select(OpenTaskRow)).all())) == ("active", 2, 1)
    assert opened() == ["snapshot"]


def test_a_timer_that_is_due_waits_and_fires_when_the_case_can_be_read(
    engine, case, damage, opened, session_factory, session, virtual_clock
):
    before = damage()
    virtual_clock.turn(timedelta(days=1))
    assert (timers.fire_due(engine, session_factory), opened()) == (0, ["snapshot"])
    damage.mend(before)
    virtual_clock.turn(timedelta(hours=1))
    assert (timers.fire_due(engine, session_factory), opened()) == (1, [])
    assert session.scalars(select(TimerRow)).all() == []


def test_a_message_is_kept_for_a_case_that_cannot_be_read(engine, case, damage, opened, session_factory, session):
    before = damage()
    assert messages.send(engine, session, toys.ROOT, "answered", "A").kept
    session.commit()
    assert (messages.deliver_waiting(engine, session_factory), opened()) == (0, ["snapshot"])
    damage.mend(before)
    by_looking(engine, session_factory, case)
    assert (messages.deliver_waiting(engine, session_factory), opened()) == (1, [])
    assert session.scalars(select(BufferedMessage)).all() == []


def test_a_signal_reaches_the_others_and_is_kept_for_a_case_that_cannot_be_read(
    engine, play, case, damage, opened, session_factory, session
):
    before = damage()
    play(ALL, {"key": "B"})
    assert messages.signal(engine, session, toys.ROOT, "closed") == 1
    session.commit()
    assert opened() == ["snapshot"]
    _mend_one(session, case, before)
    engine.forget()
    by_looking(engine, session_factory, case)
    assert messages.deliver_waiting(engine, session_factory) == 1


def _mend_one(session, case, before):
    session.get_one(InstanceRow, case).snapshot = before
    session.commit()


def test_a_kept_signal_does_not_keep_a_case_from_being_resumed(engine, case, damage, opened, session_factory, session):
    instances.suspend(engine, session, toys.ROOT, case, "x")
    messages.signal(engine, session, toys.ROOT, "closed")
    session.commit()
    damage()
    instances.resume(engine, session, toys.ROOT, case, "x")
    session.commit()
    assert (opened(), len(session.scalars(select(BufferedMessage)).all())) == (["snapshot"], 1)


@pytest.mark.parametrize("how", DAMAGES)
def test_the_scrubber_opens_it_and_closes_it_again(
    engine, case, damage, opened, database, session_factory, virtual_clock, how
):
    with session_factory() as session:
        workdays.seed(session)
        session.commit()
    before = damage(how)
    assert any(
        "its snapshot can't be read" in line for line in scrubbing.scrub(engine, database, session_factory).lines
    )
    assert opened() == ["snapshot"]
    damage.mend(before)
    virtual_clock.turn(timedelta(hours=1))
    assert (scrubbing.scrub(engine, database, session_factory).lines, opened()) == ([], [])


def test_it_is_read_again_on_demand_and_stays_open_with_what_is_wrong_now(
    engine, case, damage, session_factory, session
):
    before = damage()
    with pytest.raises(SnapshotUnreadable):
        by_looking(engine, session_factory, case)
    (incident,) = incidents.open(session)
    session.rollback()
    damage.mend(DAMAGES["another format"](before))
    incidents.retry(engine, session, toys.ROOT, incident.id, "copied")
    session.commit()
    session.refresh(incident)
    assert (incident.resolved_at, "9/9" in incident.message.en) == (None, True)
    session.rollback()
    damage.mend(before)
    incidents.retry(engine, session, toys.ROOT, incident.id, "copied again")
    session.commit()
    assert session.get(type(incident), incident.id, populate_existing=True).resolved_by == "root"


def test_a_case_that_memory_still_holds_mends_its_snapshot_by_going_on(
    engine, case, damage, opened, session_factory, session
):
    with session_factory() as other:
        instances.variables(engine, other, case)
    session.execute(text("UPDATE engine_instance SET snapshot = :it"), {"it": b"damaged"})
    session.commit()
    with session_factory() as other:
        instances.set_variables(engine, other, toys.ROOT, case, {"a": 1})
        other.commit()
    engine.forget()
    by_looking(engine, session_factory, case)
    assert opened() == []


def test_the_diagram_of_such_a_case_still_shows_its_open_tasks(engine, case, damage, session):
    damage()
    shown = charts.tokens(engine, session, session.get_one(InstanceRow, case))
    assert [(token.element_id, token.state) for token in shown] == [("work", "open")]


def test_a_change_whose_state_from_before_is_damaged_is_not_taken_back(engine, case, session_factory, session):
    change = spiff.Modification(start=[spiff.Start("work", "toy")])
    made = interventions.modify(engine, session, toys.ROOT, case, change, reasons="x")
    made.before = b"damaged"
    session.commit()
    with pytest.raises(interventions.BeforeUnreadable):
        interventions.revert(engine, session, toys.ROOT, made.id, reasons="x")
