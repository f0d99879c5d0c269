"""Turning the demonstration's clock: each thing on the way happens at its own time, and nobody is signed out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import bootstrap
from app.demonstration import settling, town
from app.demonstration.past import NOW
from app.demonstration.turning import NotTurnable, Turning, TurningAlready, waited_for
from app.engine import definitions, instances, tasks
from app.engine.records import HistoryRow, OpenTaskRow
from app.foundation import arrivals
from app.foundation.actor import SYSTEM
from app.foundation.clock import KeptClock
from app.identity import sessions
from app.identity.accounts import Account
from app.keeper import servers
from app.keeper.local import LocalKeeper
from config import Config
from tests import towns

HOUR = timedelta(hours=1)
TWO_TIMERS = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="n">
<bpmn:process id="p" name="Two" isExecutable="true"><bpmn:startEvent id="s" />
<bpmn:intermediateCatchEvent id="first" name="First"><bpmn:timerEventDefinition id="t1">
<bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:intermediateCatchEvent id="second" name="Second"><bpmn:timerEventDefinition id="t2">
<bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:endEvent id="e" />
<bpmn:sequenceFlow id="a" sourceRef="s" targetRef="first" /><bpmn:sequenceFlow id="b" sourceRef="first" targetRef="second" />
<bpmn:sequenceFlow id="c" sourceRef="second" targetRef="e" /></bpmn:process></bpmn:definitions>"""


@pytest.fixture
def house(database, tmp_path):
    """The house of a demonstration on its first morning."""
    config = towns.config_of(tmp_path)
    settling.settle(database, config)
    clock = KeptClock(config.clock_file)
    vault = servers.open_vault(config.keeper_folder, lambda: clock.instant)
    return bootstrap.build(database, config, clock=clock, keeper=LocalKeeper(clock, vault))


@pytest.fixture
def turning(house):
    return Turning(house)


def turned(turning, step):
    """A turn of the clock, when it is over."""
    turn = turning.begin(step)
    assert turn.ended.wait(300)
    assert not turn.failed
    return turn


def start(house, count):
    with house.sessions() as session:
        definitions.deploy(house.engine, session, SYSTEM, {"p.bpmn": TWO_TIMERS}, "to be turned over")
        for _ in range(count):
            instances.start(house.engine, session, SYSTEM, "p")
        session.commit()


def fired(house, element_id):
    with house.sessions() as session:
        query = select(HistoryRow.at).where(HistoryRow.kind == "fired", HistoryRow.element_id == element_id)
        return session.scalars(query.order_by(HistoryRow.at.desc())).all()


def test_what_is_waited_for_next_is_named(house):
    with house.sessions() as session:
        following = waited_for(house.engine, session, house.engine.clock.instant)
    assert (following.name.en, following.number, following.at > NOW) == ("Bid deadline", "JC-2026-0004", True)


def answer_what_is_asked(house):
    """The agency answers the open question; an opening waits for that."""
    with house.sessions() as session:
        [task] = session.scalars(select(OpenTaskRow).where(OpenTaskRow.element_id == "answer_question"))
        tasks.complete(
            house.engine, session, town.actor(session, "sun"), task.id, {"answer": "可以。", "effect": "explains"}
        )
        session.commit()


def test_an_opening_waits_for_the_answer_to_what_was_asked(house, turning):
    turn = turned(turning, "next")
    assert fired(house, "bid_deadline")[0] == turn.until
    assert [each.en for each in turn.caused] == [
        "4 messages were sent"
    ]  # reminders: nothing is opened and no lot fails


def test_turned_to_what_is_next_it_happens_at_its_own_time_and_is_told(house, turning):
    answer_what_is_asked(house)
    turn = turned(turning, "next")
    assert fired(house, "bid_deadline")[0] == turn.until
    assert "1 lot failed" in [each.en for each in turn.caused]
    assert [(each.name.en, each.number) for each in turn.happened] == [("Bid deadline", "JC-2026-0004")]


def test_bids_that_are_too_few_are_not_told_as_opened(house, turning):
    answer_what_is_asked(house)
    assert [each.en for each in turned(turning, "next").caused if "opened" in each.en] == []


def test_what_is_due_on_the_way_happens_at_its_own_time_also_what_only_arises_then(house, turning):
    start(house, 1)
    turn = turned(turning, "day")
    assert fired(house, "first") == [NOW + HOUR]
    assert fired(house, "second") == [NOW + 3 * HOUR]
    assert [each.at for each in turn.happened] == [NOW + HOUR, NOW + 3 * HOUR]


def test_what_is_due_later_is_left_alone(house, turning):
    start(house, 1)
    turned(turning, "hour")
    assert (fired(house, "first"), fired(house, "second")) == ([NOW + HOUR], [])


def test_a_server_that_takes_requests_meanwhile_holds_nothing_back(house, turning):
    with house.sessions() as session:
        arrivals.publish(session, "a node", NOW)
        session.commit()
    start(house, 1)
    turned(turning, "next")
    assert fired(house, "first") == [NOW + HOUR]


def test_hundreds_of_things_are_counted_as_they_are_done(house, turning):
    start(house, 150)
    turn = turned(turning, "day")
    assert (turn.done, turn.due, len(turn.happened)) == (300, 300, 300)


def test_nobody_is_signed_out_by_it(house, turning):
    with house.sessions() as session:
        account = session.get_one(Account, town.actor(session, "chen").id)
        token = sessions.open_for(session, account).token
        session.commit()
    for _ in range(3):
        turned(turning, "day")
    with house.sessions() as session:
        assert sessions.find(session, token) is not None


def test_the_clock_runs_on_after_it_and_other_processes_see_the_same(house, turning):
    turn = turned(turning, "day")
    assert turn.until <= KeptClock(house.engine.clock.path).instant < turn.until + HOUR


def test_one_turn_at_a_time(turning):
    turned(turning, "day").ended.clear()
    with pytest.raises(TurningAlready):
        turning.begin("hour")


def test_a_real_office_has_no_clock_that_could_be_turned(database, tmp_path):
    config = Config(instance_folder=tmp_path, database_url="sqlite://", secret_key="for tests", demonstration=False)
    with pytest.raises(NotTurnable):
        Turning(bootstrap.build(database, config)).begin("hour")
