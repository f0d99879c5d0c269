"""A process that dies in the middle of an act leaves nothing of it; one that dies after its commit leaves all of it.

The act is the confirmation of procurement documents: a task done, a tender published, papers drawn, timers armed, open
data released. It is done by a process of its own, which is killed at one of its statements.
"""

from __future__ import annotations

import multiprocessing
import os
import signal

import pytest
from sqlalchemy import event, func, select

from app import bootstrap
from app.demonstration import cases, lives
from app.demonstration.players import Play
from app.engine import invariants
from app.engine.records import TimerRow
from app.foundation.clock import VirtualClock
from app.foundation.database import connect
from app.procurement.disclosure.records import Release
from app.procurement.tenders import Notice
from config import Config
from tests import memory
from tests.conftest import KEY

pytestmark = pytest.mark.slow
WRITTEN = (Notice, TimerRow, Release)
"""What the act writes, among others."""
STATEMENTS = (2, 13, 89)
"""Where it is killed, besides at its commit."""


@pytest.fixture
def ready(play, case):
    """A case whose documents wait to be confirmed."""
    memory.played(play, case, lives.FIRST_HALF[:-1])
    return play


@pytest.fixture(scope="module")
def processes():
    """Makes processes that have loaded what they need and share nothing that is open here."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["app.bootstrap", "app.demonstration.lives"])
    return context


def confirm(url, instant, instance_id, dies_at, counted):
    """Confirm the documents, dying before the statement of that number, or at the commit."""
    database, clock = connect(url, key=KEY), VirtualClock(instant)
    house = bootstrap.build(database, Config(database_url=url, secret_key="for tests"), clock=clock)

    def count_statement(*_):
        counted.value += 1
        if counted.value == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def reach_commit(_):
        if dies_at == "commit" and counted.value > STATEMENTS[-1]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database, "before_cursor_execute", count_statement)
    event.listen(database, "commit", reach_commit)
    lives.publish(Play(house, clock, say=None, instance_id=instance_id), cases.MAINTENANCE)
    os._exit(0)


def run(processes, play, dies_at=None):
    """How the process that confirms ended, and how many statements it made."""
    play.house.database.dispose()
    url = play.house.database.url.render_as_string(hide_password=False)
    counted = processes.Value("i", 0, lock=False)
    process = processes.Process(target=confirm, args=(url, play.clock.instant, play.instance_id, dies_at, counted))
    process.start()
    process.join(120)
    return process.exitcode, counted.value


def state(play):
    """The open tasks, and how many rows there are of what the act writes."""
    play.house.engine.forget()
    with play.looking() as session:
        return play.open(), [session.scalar(select(func.count()).select_from(record)) for record in WRITTEN]


def test_an_act_is_whole_or_nothing_wherever_its_process_dies(ready, processes):
    before = state(ready)
    for dies_at in (*STATEMENTS, "commit"):
        assert run(processes, ready, dies_at)[0] == -signal.SIGKILL
        assert state(ready) == before, f"died at {dies_at}"
    ended, statements = run(processes, ready)
    assert (ended, statements > STATEMENTS[-1]) == (0, True)
    tasks, counts = state(ready)
    assert (tasks, [after > count for after, count in zip(counts, before[1], strict=True)]) == (
        [],
        [True] * len(WRITTEN),
    )
    with ready.looking() as session:
        assert list(invariants.violations(ready.house.engine, session)) == []
