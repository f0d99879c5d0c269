"""The figures, each with its limit."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, event, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app import feel
from app.engine import decisions, definitions, instances, messages, steps, tasks, timers
from app.engine.acts import Value
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.records import InstanceRow, OpenTaskRow
from app.engine.states import InstanceState, TaskKind
from app.foundation.actor import Actor
from app.foundation.database import Base, connect, sessions
from app.foundation.text import Text
from measuring.bench import tender

CLERK = Actor("clerk", "Clerk", groups=frozenset({"clerk", "administrator"}))


@dataclass(frozen=True)
class Figure:
    """A promise: its name, the function that measures it, its unit and the most it may be (or the least, if ``more_is_better``).

    Without a limit it is said only: what it is depends on the machine, and what is promised of it is another figure.
    """

    name: str
    measure: Callable[[], float]
    unit: str
    limit: float | None
    more_is_better: bool = False

    def is_broken(self, found: float) -> bool:
        """Whether what was measured is beyond the limit."""
        if self.limit is None:
            return False
        return found < self.limit if self.more_is_better else found > self.limit

    def line(self, found: float) -> str:
        """How it is printed."""
        limit = " (no limit)" if self.limit is None else f" (limit {self.limit:g})"
        return f"{self.name}: {found:.2f} {self.unit}{limit}"


@contextmanager
def house(*, durable: bool = True) -> Iterator[tuple[Engine, sessionmaker[Session]]]:
    """An engine on a fresh SQLite file with the real settings: a commit is on the disk.

    Where growth is measured the disk isn't waited for (``durable=False``): its moods would hide what grows.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        database = connect(f"sqlite:///{Path(folder) / 'bench.db'}")
        if not durable:
            event.listen(
                database, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close()
            )
        Base.metadata.create_all(database)
        yield Engine(), sessions(database)
        database.dispose()


def deploy(engine: Engine, factory: sessionmaker[Session], files: dict[str, bytes]) -> None:
    with factory() as session:
        definitions.deploy(engine, session, CLERK, files, "to be measured")
        session.commit()


# -- completing a user task


def durable_task() -> float:
    """A durable user task, with projection, history and journal, against the bare engine in memory plus one commit.

    Tasks differ, so the 22 of a whole tender are added up; each tender of ours is compared with one of the bare engine.
    """
    with house() as (engine, factory), _BareTender() as bare:
        for name, result in _OPERATIONS.items():
            gives = [Value(each, "any") for each in result]
            engine.acts.act(name, name=Text(name, name), gives=gives)(_returning(result))
        deploy(engine, factory, tender.ours())
        ratios = []
        for _ in range(12):
            mine, theirs = _play_ours(engine, factory), bare.play()
            ratios.append(sum(mine) / sum(theirs))
        return statistics.median(ratios[2:])


_OPERATIONS: dict[str, dict[str, Any]] = {
    **{name: {result: {"ok": True}} for name, result in (
        ("mail/remind", "reminded"), ("portal/publish", "publication"), ("mail/notify", "notified"), ("mail/results", "results_sent"),
        ("portal/award", "award_pub"), ("bank/release", "sec"), ("dms/archive", "arch"), ("portal/suspend", "susp"),
    )},
    "vault/open": {"bids": [{"supplier": f"S{i}", "price": 100 + i, "docs": ["d"] * 5} for i in range(tender.BIDS)]},
}  # fmt: skip


def _returning(result: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    return lambda _context, **_: result


def _play_ours(engine: Engine, factory: sessionmaker[Session]) -> list[float]:
    """One whole tender; the seconds each user task took, from the values to the commit."""
    with factory() as session:
        case = instances.start(engine, session, CLERK, "tender", {}).id
        session.commit()
    took: list[float] = []
    while True:
        with factory() as session:
            there = session.scalars(
                select(OpenTaskRow).where(OpenTaskRow.instance_id == case).order_by(OpenTaskRow.id).limit(1)
            ).first()
            if there is None and session.get_one(InstanceRow, case).state != InstanceState.ACTIVE:
                return took
        if there is None or there.kind == TaskKind.RECEIVE:
            _unblock(engine, factory, there)
            continue
        values = tender.ANSWERS.get(there.element_id, {})
        started = time.perf_counter()
        with factory() as session:
            tasks.complete(engine, session, CLERK, there.id, values)
            session.commit()
        took.append(time.perf_counter() - started)
        timers.fire_due(engine, factory)


def _unblock(engine: Engine, factory: sessionmaker[Session], receiving: OpenTaskRow | None) -> None:
    if receiving is None:
        timers.fire_due(engine, factory)
        return
    with factory() as session:
        messages.send(engine, session, CLERK, "m_signed", "T-1")
        session.commit()


class _BareTender:
    """SpiffWorkflow by itself, in memory, with one small row committed for each task."""

    def __enter__(self) -> _BareTender:
        from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
        from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

        class Operations(TaskDataEnvironment):
            def call_service(self, _context: Any, operation_name: Any = None, **_: Any) -> str:
                (result,) = _OPERATIONS[operation_name].values()
                return json.dumps(result)

        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.database = connect(f"sqlite:///{Path(self.folder.name) / 'bare.db'}")
        self.table = Table(
            "step", MetaData(), Column("id", Integer, primary_key=True), Column("body", LargeBinary), keep_existing=True
        )
        self.table.metadata.create_all(self.database)
        self.scripts = PythonScriptEngine(Operations())
        parser = SpiffBpmnParser()
        for name, content in tender.bare().items():
            (parser.add_dmn_str if name.endswith(".dmn") else parser.add_bpmn_str)(content)
        self.spec, self.called = parser.get_spec("tender"), parser.get_subprocess_specs("tender")
        return self

    def __exit__(self, *_: object) -> None:
        self.database.dispose()
        self.folder.cleanup()

    def play(self) -> list[float]:
        """One whole tender; the seconds each user task took."""
        from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
        from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
        from SpiffWorkflow.util.task import TaskState

        workflow = BpmnWorkflow(self.spec, self.called, script_engine=self.scripts)
        workflow.do_engine_steps()
        took: list[float] = []
        while not workflow.is_completed():
            ready = workflow.get_tasks(state=TaskState.READY, manual=True)
            if not ready:
                if "m_signed" in [event.name for event in workflow.waiting_events()]:
                    workflow.send_event(BpmnEvent(MessageEventDefinition("m_signed"), {}))
                else:
                    time.sleep(0.002)
                    workflow.refresh_timers()
                workflow.do_engine_steps()
                continue
            name = ready[0].task_spec.name.partition(" [")[0]
            values = tender.ANSWERS.get(name, {})
            started = time.perf_counter()
            ready[0].set_data(**values)
            ready[0].run()
            workflow.do_engine_steps()
            with self.database.begin() as connection:
                connection.execute(insert(self.table).values(body=b"x" * 150))
            took.append(time.perf_counter() - started)
        return took


# -- growth


def _timed(act: Callable[[], Any], runs: int = 5) -> float:
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        act()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


_ITEMS = """<bpmn:startEvent id="s" /><bpmn:scriptTask id="a"><bpmn:extensionElements>
<zeebe:script expression="=n * 2" resultVariable="r" /></bpmn:extensionElements><bpmn:multiInstanceLoopCharacteristics>
<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=for i in 1..size return i" inputElement="n" outputCollection="out"
outputElement="=r" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:scriptTask><bpmn:endEvent id="e" />
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="a" /><bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="e" />"""
_TURNS = """<bpmn:startEvent id="s" /><bpmn:exclusiveGateway id="m" /><bpmn:userTask id="a"><bpmn:extensionElements><zeebe:userTask />
<zeebe:assignmentDefinition candidateGroups="clerk" /></bpmn:extensionElements></bpmn:userTask><bpmn:exclusiveGateway id="g" default="f5" />
<bpmn:endEvent id="e" /><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="m" /><bpmn:sequenceFlow id="f2" sourceRef="m" targetRef="a" />
<bpmn:sequenceFlow id="f3" sourceRef="a" targetRef="g" /><bpmn:sequenceFlow id="f4" sourceRef="g" targetRef="m"><bpmn:conditionExpression>=n &lt; size
</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:sequenceFlow id="f5" sourceRef="g" targetRef="e" />"""


def diagram(body: str) -> bytes:
    return f'{tender._HEAD}<bpmn:process id="p" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()


def items_growth() -> float:
    """What an item of a multi-instance over 1,000 costs against one over 10."""
    with house(durable=False) as (engine, factory):
        deploy(engine, factory, {"p.bpmn": diagram(_ITEMS)})

        def run(size: int) -> None:
            with factory() as session:
                instances.start(engine, session, CLERK, "p", {"size": size})
                session.rollback()

        run(10)
        return (_timed(lambda: run(1000)) / 1000) / (_timed(lambda: run(10), 15) / 10)


def turns_growth() -> float:
    """What a turn of a loop costs after 600 turns against the first ten."""
    with house(durable=False) as (engine, factory):
        deploy(engine, factory, {"p.bpmn": diagram(_TURNS)})
        took = _turns(engine, factory, 600)
        return statistics.median(took[-20:]) / statistics.median(took[2:12])


def _turns(engine: Engine, factory: sessionmaker[Session], size: int) -> list[float]:
    with factory() as session:
        case = instances.start(engine, session, CLERK, "p", {"size": size + 1, "n": 0}).id
        session.commit()
    took = []
    for number in range(size):
        with factory() as session:
            task_id = session.scalars(select(OpenTaskRow.id).where(OpenTaskRow.instance_id == case)).one()
        started = time.perf_counter()
        with factory() as session:
            tasks.complete(engine, session, CLERK, task_id, {"n": number})
            session.commit()
        took.append(time.perf_counter() - started)
    return took


def restoring() -> float:
    """Restoring an instance after 300 turns against one after three: its history must not count."""
    with house(durable=False) as (engine, factory):
        deploy(engine, factory, {"p.bpmn": diagram(_TURNS)})
        _turns(engine, factory, 3)
        _turns(engine, factory, 300)
        with factory() as session:
            few, many = session.scalars(select(InstanceRow).order_by(InstanceRow.id)).all()
            environment = CaseEnvironment(engine)

            def restored(row: InstanceRow) -> object:
                return steps.restore(engine, session, row, environment)

            for row in (few, many):
                restored(row)
            return _timed(lambda: restored(many), 60) / _timed(lambda: restored(few), 60)


# -- expressions and decisions


def comparison() -> float:
    """A compiled condition over three variables, in microseconds."""
    condition = feel.compile('price <= ceiling and supplier != "X"')
    values = {"price": 12, "ceiling": 20, "supplier": "S"}
    return _timed(lambda: [condition.evaluate(values) for _ in range(2000)]) / 2000 * 1e6


def table_of_100_rules() -> float:
    """A decision table of 100 rules, in milliseconds."""
    rules = "".join(
        f'<rule id="r{i}"><inputEntry id="a{i}"><text>[{i * 10}..{i * 10 + 9}]</text></inputEntry><inputEntry id="b{i}"><text>"goods","works"</text>'
        f'</inputEntry><outputEntry id="o{i}"><text>{i}</text></outputEntry></rule>'
        for i in range(100)
    )
    xml = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="d" namespace="n"><decision id="d" name="d">'
        '<decisionTable id="t" hitPolicy="UNIQUE"><input id="i1"><inputExpression id="x1"><text>amount</text></inputExpression></input>'
        '<input id="i2"><inputExpression id="x2"><text>kind</text></inputExpression></input><output id="o" name="band" />'
        f"{rules}</decisionTable></decision></definitions>"
    )
    model = decisions.read_all({"bench.dmn": xml.encode()}).models["bench.dmn"]
    values = {"amount": 995, "kind": "works"}
    return _timed(lambda: [model.evaluate("d", values) for _ in range(50)]) / 50 * 1e3


FIGURES = (
    Figure("durable user task against the bare engine in memory plus one commit", durable_task, "x", 2.2),
    Figure("item of a multi-instance over 1,000 against one over 10", items_growth, "x", 3),
    Figure("turn of a loop after 600 turns against the first", turns_growth, "x", 3),
    Figure("restoring after 300 turns against after three", restoring, "x", 1.5),
    Figure("comparison of three variables in FEEL", comparison, "µs", 30),
    Figure("decision table of 100 rules", table_of_100_rules, "ms", 2),
)
