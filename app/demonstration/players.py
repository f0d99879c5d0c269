"""Playing a case without a browser, through the doors that people, the clock and the world use.

A ``Play`` holds a house whose clock is turned. Each act runs in a transaction of its own, as a request would, and every
step that the history or the journal took down is told to ``say``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import House
from app.demonstration import town
from app.engine import instances, messages, tasks, timers
from app.engine.inbox import Filters
from app.engine.records import HistoryRow, InstanceRow, OpenTaskRow
from app.engine.tasks import Shown
from app.foundation import workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.clock import PLACE, VirtualClock
from app.foundation.journal import JournalEntry
from app.foundation.text import Text
from app.workflow import starts

STAGES = (
    "application",
    "approval",
    "planning",
    "agreement",
    "documents",
    "notice",
    "registration",
    "bonds",
    "bids",
    "opening",
    "committee",
    "evaluation",
    "award",
    "contract",
    "acceptance",
    "payment",
)
"""The stages of a procurement's life, in their order."""

_ACTS = {
    "suppliers.review": ("registration", Text("Supplier registered", "供应商注册通过")),
    "tenders.ask": ("notice", Text("Enquiry received", "收到询问")),
    "tenders.change": ("notice", Text("Tender documents corrected", "更正招标文件")),
    "tenders.terminate": ("notice", Text("Tender terminated", "终止招标")),
    "bonds.arrive": ("bonds", Text("Bid bond arrived", "投标保证金到账")),
    "bonds.import_statement": ("bonds", Text("Bank statement imported", "导入银行对账单")),
    "bonds.lodge_guarantee": ("bonds", Text("Letter of guarantee lodged", "提交投标保函")),
    "bids.submit": ("bids", Text("Bid sealed and submitted", "密封并提交投标文件")),
    "bids.confirm": ("bids", Text("Bid confirmed after the correction", "确认投标继续有效")),
    "bids.withdraw": ("bids", Text("Bid withdrawn", "撤回投标")),
    "queries.raise": ("award", Text("Challenge received", "收到质疑")),
}
"""Acts outside the diagrams that belong to a stage, and what they are called."""

_TOLD = frozenset(
    {"serviceTask", "businessRuleTask", "sendTask", "scriptTask", "intermediateCatchEvent", "boundaryEvent"}
)
"""Elements whose end is told though nobody did it."""


@dataclass(frozen=True)
class Step:
    """One step of a case: when, in which stage, who, what."""

    at: datetime
    stage: str
    who: str
    what: Text


def works(calendar: workdays.Calendar, on: date) -> bool:
    """Whether the town's people work on a day; in a year without a calendar, on weekdays that aren't holidays."""
    known = calendar.is_working(on)
    return on.weekday() < 5 and not calendar.is_statutory(on) if known is None else known


class TooLate(Exception):
    """The clock was to be turned beyond where the play ends."""


class NothingToDo(AssertionError):
    """A person was to do a task that isn't in their inbox."""


@dataclass
class Play:
    """One town, its clock, and the case being played. ``steps`` are all that were told; with ``say`` None nothing is.

    ``until`` is where the play ends: the clock isn't turned beyond it.
    """

    house: House
    clock: VirtualClock
    say: Callable[[Step], None] | None = lambda _step: None
    key: str | None = None
    instance_id: str | None = None
    until: datetime | None = None
    steps: list[Step] = field(default_factory=list)
    _told: int = 0
    _journalled: set[str] = field(default_factory=set)

    @property
    def stages(self) -> set[str]:
        """The stages reached so far."""
        return {step.stage for step in self.steps}

    @contextmanager
    def acting(self, login: str) -> Iterator[tuple[Session, Actor]]:
        """A transaction of a person; what it did is committed and told."""
        with self.house.sessions() as session:
            yield session, town.actor(session, login)
            session.commit()
        self.tell()

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A session to look with; nothing is kept."""
        with self.house.sessions() as session:
            session.connection(execution_options={"read_only": True})
            yield session

    def begin(self, login: str, process_id: str = "project") -> InstanceRow:
        """A person starts a procedure; what follows concerns this case."""
        with self.house.sessions() as session:
            row = starts.start(self.house.engine, session, town.actor(session, login), process_id)
            session.commit()
        self.instance_id, self.key, self._told = row.id, None, 0
        self.tell()
        return row

    def do(
        self,
        login: str,
        element_id: str,
        values: Mapping[str, Any] | Callable[[Shown], Mapping[str, Any]] | None = None,
        *,
        where: Callable[[Mapping[str, Any]], bool] = lambda _variables: True,
    ) -> None:
        """A person does their task: the form as it is shown to them, with ``values`` entered over it.

        ``where`` picks one of several by the variables it sees.

        :raises NothingToDo: when it isn't in their inbox
        """
        engine = self.house.engine
        with self.acting(login) as (session, actor):
            shown = self._shown(session, actor, element_id, where)
            entered = values(shown) if callable(values) else values or {}
            filled = {name: value for name, value in shown.values.items() if value is not None} | dict(entered)
            tasks.complete(engine, session, actor, shown.task.id, filled, seen_version=shown.task.version)

    def _shown(
        self, session: Session, actor: Actor, element_id: str, where: Callable[[Mapping[str, Any]], bool]
    ) -> Shown:
        for task in self._inbox(session, actor, element_id):
            shown = tasks.show(self.house.engine, session, actor, task.id)
            if where(shown.variables):
                return shown
        raise NothingToDo(f"{actor.name} has no task {element_id}; open are {', '.join(self.open()) or 'none'}")

    def _inbox(self, session: Session, actor: Actor, element_id: str) -> list[OpenTaskRow]:
        page = tasks.inbox(session, actor, Filters(element_id=element_id), size=200)
        return [task for task in page.rows if task.instance_id == self.instance_id]

    def has(self, login: str, element_id: str) -> bool:
        """Whether a task of this case is in a person's inbox."""
        with self.looking() as session:
            return bool(self._inbox(session, town.actor(session, login), element_id))

    def open(self) -> list[str]:
        """The case's open tasks, by element."""
        with self.looking() as session:
            statement = select(OpenTaskRow.element_id).where(OpenTaskRow.instance_id == self.instance_id)
            return sorted(session.scalars(statement))

    def holders(self, element_id: str) -> list[str]:
        """Whom the open tasks of an element are assigned to, by account."""
        with self.looking() as session:
            statement = select(OpenTaskRow).where(
                OpenTaskRow.instance_id == self.instance_id, OpenTaskRow.element_id == element_id
            )
            return [task.holder_id for task in session.scalars(statement.order_by(OpenTaskRow.id)) if task.holder_id]

    def seen(self, element_id: str) -> list[dict[str, Any]]:
        """The variables that the open tasks of an element see."""
        with self.looking() as session:
            statement = select(OpenTaskRow.token_id).where(
                OpenTaskRow.instance_id == self.instance_id, OpenTaskRow.element_id == element_id
            )
            tokens = session.scalars(statement.order_by(OpenTaskRow.id)).all()
            with instances.looking(self.house.engine, session, self.instance_id or "") as live:
                return [dict(live.task_variables(token)) for token in tokens]

    @property
    def state(self) -> str:
        """The case's state."""
        with self.looking() as session:
            return session.get_one(InstanceRow, self.instance_id).state

    def turn_to(self, instant: datetime) -> None:
        """Turn the clock to an instant; what is due on the way fires at its own time, in its order.

        :raises TooLate:
        """
        if self.until is not None and instant > self.until:
            raise TooLate
        while True:
            with self.looking() as session:
                due = timers.next_due(session)
            if due is None or due > instant:
                break
            self.clock.turn_to(max(due, self.clock.instant))
            if not self.fire():
                break
        self.clock.turn_to(max(instant, self.clock.instant))
        self.fire()

    def next_day(self, days: int = 1, hour: int = 9) -> None:
        """Turn the clock to the morning of a working day, ``days`` working days from now.

        :raises TooLate:
        """
        with self.looking() as session:
            calendar, on = workdays.load(session), town.today(session)
        while days > 0:
            on += workdays.ONE_DAY
            days -= works(calendar, on)
        self.turn_to(datetime.combine(on, time(hour), PLACE))

    def later(self, **duration: float) -> None:
        """Turn the clock by a while (``hours=1``)."""
        self.turn_to(self.clock.instant + timedelta(**duration))

    def fire(self) -> int:
        """Fire what is due, and deliver what found its receiver busy."""
        engine, sessions = self.house.engine, self.house.sessions
        fired = timers.fire_due(engine, sessions)
        messages.deliver_waiting(engine, sessions)
        self.tell()
        return fired

    def tell(self) -> None:
        """Tell what the history and the journal took down since the last time."""
        if self.say is None:
            return
        with self.looking() as session:
            new = [*self._history(session), *self._journal(session)]
        for step in sorted(new, key=lambda step: step.at):
            self.steps.append(step)
            self.say(step)

    def _history(self, session: Session) -> Iterator[Step]:
        statement = select(HistoryRow).where(
            HistoryRow.instance_id == self.instance_id, HistoryRow.sequence > self._told
        )
        for row in session.scalars(statement.order_by(HistoryRow.sequence)):
            self._told = row.sequence
            stage = self._stage(session, row)
            by_a_person = row.actor_id != SYSTEM.id
            if row.kind == "completed" and stage and row.name_en and (by_a_person or row.element_kind in _TOLD):
                yield Step(row.at, stage, row.actor_name, Text(row.name_en, row.name_zh or row.name_en))

    def _stage(self, session: Session, row: HistoryRow) -> str | None:
        if row.element_id is None:
            return None
        deployment_id = session.get_one(InstanceRow, row.instance_id).deployment_id
        processes = self.house.engine.package(session, deployment_id).diagrams.processes
        process = processes.get(row.process_id or "")
        node = process.nodes.get(row.element_id) if process else None
        return node.stage if node else None

    def _journal(self, session: Session) -> Iterator[Step]:
        statement = select(JournalEntry).where(JournalEntry.act.in_(_ACTS), JournalEntry.id.not_in(self._journalled))
        for entry in session.scalars(statement.order_by(JournalEntry.id)):
            self._journalled.add(entry.id)
            stage, what = _ACTS[entry.act]
            yield Step(entry.at, stage, entry.actor_name, what)
