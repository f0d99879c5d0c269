"""The small process: what a step costs beyond the commit that it can't do without, and how many steps a second there are.

The bare commit is one small row in a table of its own, in the same database with the same settings, after each step of ours:
the machine's and the disk's moods are in both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.engine import instances, tasks
from app.engine.acts import Value
from app.engine.engine import Engine
from app.engine.records import OpenTaskRow
from app.foundation.text import Text
from measuring.bench.figures import CLERK, Figure, deploy, diagram, house

ROUNDS, WARMING = 120, 20
"""Cases that are played, and how many of the first aren't counted."""
THREADS, EACH = 32, 40
"""Who completes tasks at once, and how many each."""

_USER = """<bpmn:userTask id="%s"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="clerk" />
</bpmn:extensionElements></bpmn:userTask>"""
_FLOW = '<bpmn:sequenceFlow id="%s_%s" sourceRef="%s" targetRef="%s" />'
SMALL = "".join(
    (
        '<bpmn:startEvent id="start" />',
        _USER % "ask",
        '<bpmn:exclusiveGateway id="enough" default="enough_no" />',
        '<bpmn:serviceTask id="publish"><bpmn:extensionElements><zeebe:taskDefinition type="publish" />',
        "</bpmn:extensionElements></bpmn:serviceTask>",
        _USER % "sign",
        '<bpmn:endEvent id="end" /><bpmn:endEvent id="no" />',
        *(_FLOW % (a, b, a, b) for a, b in (("start", "ask"), ("ask", "enough"), ("publish", "sign"), ("sign", "end"))),
        '<bpmn:sequenceFlow id="enough_publish" sourceRef="enough" targetRef="publish"><bpmn:conditionExpression>',
        '=value &gt;= 5000 and kind = "goods"</bpmn:conditionExpression></bpmn:sequenceFlow>',
        '<bpmn:sequenceFlow id="enough_no" sourceRef="enough" targetRef="no" />',
    )
)
"""Start, user task, gateway, service task, user task, end."""
ANSWERS: dict[str, dict[str, Any]] = {"ask": {"value": 100_000, "kind": "goods"}, "sign": {"signed": True}}


@contextmanager
def _small() -> Iterator[tuple[Engine, sessionmaker[Session]]]:
    with house() as (engine, factory):
        publish = engine.acts.act("publish", name=Text("publish", "publish"), gives=[Value("published", "boolean")])
        publish(lambda _context, **_: {"published": True})
        deploy(engine, factory, {"p.bpmn": diagram(SMALL)})
        yield engine, factory


def _started(engine: Engine, factory: sessionmaker[Session]) -> str:
    with factory() as session:
        case = instances.start(engine, session, CLERK, "p", {}).id
        session.commit()
    return case


def _open_task(factory: sessionmaker[Session], case: str) -> tuple[str, str]:
    with factory() as session:
        session.connection(execution_options={"read_only": True})
        found = select(OpenTaskRow.id, OpenTaskRow.element_id).where(OpenTaskRow.instance_id == case)
        task_id, element_id = session.execute(found).one()
        return task_id, element_id


def _completed(engine: Engine, factory: sessionmaker[Session], task_id: str, element_id: str) -> None:
    with factory() as session:
        tasks.complete(engine, session, CLERK, task_id, ANSWERS[element_id])
        session.commit()


# -- one after the other


@dataclass(frozen=True)
class _Took:
    """Seconds: the median of a user task and of a bare commit, and all that the cases counted took together."""

    task: float
    commit: float
    cases: float


@cache
def one_by_one() -> _Took:
    """Played once, for all the figures that are read from it."""
    with _small() as (engine, factory):
        table = Table("bare", MetaData(), Column("id", Integer, primary_key=True), Column("body", LargeBinary))
        database = factory.kw["bind"]
        table.metadata.create_all(database)

        def commit() -> None:
            with database.begin() as connection:
                connection.execute(insert(table).values(body=b"x" * 150))

        rounds = [_round(engine, factory, commit) for _ in range(ROUNDS)][WARMING:]
    tasks_, commits = [one for each in rounds for one in each.tasks], [one for each in rounds for one in each.commits]
    cases_ = sum(each.start + sum(each.tasks) for each in rounds)
    return _Took(statistics.median(tasks_), statistics.median(commits), cases_)


@dataclass(frozen=True)
class _Round:
    """Seconds of one case: its start, each of its user tasks, and a bare commit after each."""

    start: float
    tasks: list[float]
    commits: list[float]


def _round(engine: Engine, factory: sessionmaker[Session], commit: Callable[[], None]) -> _Round:
    begun = time.perf_counter()
    case = _started(engine, factory)
    round_ = _Round(time.perf_counter() - begun, [], [])
    for _ in ANSWERS:
        task = _open_task(factory, case)
        round_.tasks.append(_seconds(partial(_completed, engine, factory, *task)))
        round_.commits.append(_seconds(commit))
    return round_


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def user_task() -> float:
    """A durable user task of the small process, from the values to the commit, in milliseconds."""
    return one_by_one().task * 1000


def beyond_commit() -> float:
    """What that task costs beyond one bare commit, in milliseconds."""
    took = one_by_one()
    return (took.task - took.commit) * 1000


def against_commit() -> float:
    """That task against one bare commit."""
    took = one_by_one()
    return took.task / took.commit


def cases() -> float:
    """Whole small processes a second, one after the other: a start and two user tasks each."""
    return (ROUNDS - WARMING) / one_by_one().cases


# -- many at once


@dataclass(frozen=True)
class _Crowd:
    """Tasks completed in a second by all threads together, and the seconds that 99 of 100 of them took at most."""

    rate: float
    p99: float


@cache
def crowd() -> _Crowd:
    """Many threads complete tasks at once, each of a case of its own."""
    with _small() as (engine, factory):
        work = [_many_started(engine, factory, EACH) for _ in range(THREADS)]
        took: list[float] = []
        ready = Barrier(THREADS + 1)

        def complete(mine: list[tuple[str, str]]) -> None:
            ready.wait()
            for task in mine:
                took.append(_seconds(partial(_completed, engine, factory, *task)))

        threads = [Thread(target=complete, args=(mine,)) for mine in work]
        for thread in threads:
            thread.start()
        ready.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - started
    assert len(took) == THREADS * EACH, "a thread didn't get to its end"
    return _Crowd(len(took) / elapsed, statistics.quantiles(took, n=100)[98])


def _many_started(engine: Engine, factory: sessionmaker[Session], count: int) -> list[tuple[str, str]]:
    """That many cases, started in one transaction: their open tasks."""
    with factory() as session:
        cases = [instances.start(engine, session, CLERK, "p", {}).id for _ in range(count)]
        session.commit()
        found = select(OpenTaskRow.id, OpenTaskRow.element_id).where(OpenTaskRow.instance_id.in_(cases))
        return [(task_id, element_id) for task_id, element_id in session.execute(found)]


def completed_a_second() -> float:
    """Tasks completed a second from 32 threads, without HTTP."""
    return crowd().rate


def completed_p99() -> float:
    """How long 99 of 100 of them took at most, in milliseconds."""
    return crowd().p99 * 1000


FIGURES = (
    Figure("small process: user task", user_task, "ms", None),
    Figure("small process: user task against one bare commit", against_commit, "x", None),
    Figure("small process: user task beyond one bare commit", beyond_commit, "ms", None),
    Figure("small process: cases a second", cases, "cases/s", None),
    Figure("tasks: completed a second from 32 threads", completed_a_second, "tasks/s", 250, more_is_better=True),
    Figure("tasks: completed from 32 threads, 99 of 100 within", completed_p99, "ms", 400),
)
"""To be reached still: 1.3 ms beyond the commit. A limit comes when a quiet machine has shown that it is met."""
