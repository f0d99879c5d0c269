"""Turning the demonstration's clock ahead: everything that falls due on the way happens at its own time, in its order.

Only a demonstration's clock can be turned; a real office's house has none that could. Sessions of browsers are moved
along, so that nobody is signed out by it.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.bootstrap import House
from app.engine import charts, messages, sentences, timers
from app.engine.engine import Engine
from app.engine.records import Definition, HistoryRow, InstanceRow, TimerRow
from app.foundation import arrivals
from app.foundation.actor import SYSTEM
from app.foundation.clock import KeptClock
from app.foundation.database import new_id
from app.foundation.errors import Conflict, NotAllowed
from app.foundation.journal import JournalEntry
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.identity import sessions
from app.workflow import due_tasks, reminding

log = logging.getLogger(__name__)

STEPS: dict[str, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
"""By how much the clock is turned, by the names of the buttons."""
MOST_FIRED = 100
"""How many things of one instant are fired before looking again how far the turn is."""

ACTS: dict[str, tuple[str, str, str]] = {
    "bids.open": (
        "The bids for %(n)s lot were opened",
        "The bids for %(n)s lots were opened",
        "%(n)s个采购包已开标",
    ),
    "tenders.fail": ("%(n)s lot failed", "%(n)s lots failed", "%(n)s个采购包废标"),
    "awards.confirm": ("%(n)s winning bidder was confirmed", "%(n)s winning bidders were confirmed", "%(n)s个采购包确定中标人"),
    "awards.publish": ("%(n)s award was published", "%(n)s awards were published", "发布%(n)s项中标结果"),
    "contracts.draft": ("%(n)s contract was drafted", "%(n)s contracts were drafted", "生成%(n)s份合同草案"),
    "experts.draw": ("%(n)s draw of experts was made", "%(n)s draws of experts were made", "抽取专家%(n)s次"),
    "projects.close": ("%(n)s project was closed", "%(n)s projects were closed", "%(n)s个项目已办结"),
}  # fmt: skip
"""What is told of acts that nobody did by hand, in the order in which it is told."""


class NotTurnable(NotAllowed):
    """Only a demonstration has a clock that can be turned."""

    code = "clock-not-turnable"
    text = Text("Only the clock of a demonstration can be changed.", "仅演示环境的时钟可以调整。")


class TurningAlready(Conflict):
    """The clock is being turned."""

    code = "clock-turning"
    text = Text("Someone else is changing the clock. Wait until it is done.", "有人正在调整时钟，请等待完成后再操作。")


@dataclass(frozen=True)
class Waited:
    """The next thing that waits for a time: when, what, and the number of its case."""

    at: datetime
    name: Text
    number: str | None


@dataclass(frozen=True)
class Happened:
    """A thing that the clock caused: when, what, in which case."""

    at: datetime
    name: Text
    instance_id: str
    number: str | None


@dataclass
class Turn:
    """A turn of the clock: from when to when, how many things were done and how many are due by its end.

    ``caused`` are sentences about what came of it, ``happened`` the single things, once it is done.
    """

    began_at: datetime
    until: datetime
    done: int = 0
    due: int = 0
    failed: bool = False
    caused: list[Text] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def is_over(self) -> bool:
        """Whether the clock runs again."""
        return self.ended.is_set()


class Turning:
    """Turns the clock of a house, one turn at a time. ``last`` is the turn under way, or the latest one."""

    def __init__(self, house: House) -> None:
        self.house, self._lock = house, Lock()
        self.last: Turn | None = None

    @property
    def clock(self) -> KeptClock:
        """The clock.

        :raises NotTurnable:
        """
        clock = self.house.engine.clock
        if not isinstance(clock, KeptClock):
            raise NotTurnable
        return clock

    def begin(self, step: str) -> Turn:
        """Begin to turn by a step (``hour``, ``day``, or ``next``: to what is waited for next), in a thread of its own.

        :raises NotTurnable:
        :raises TurningAlready:
        """
        with self._lock:
            if self.last is not None and not self.last.is_over:
                raise TurningAlready
            self.clock.stand()
            now = self.clock.instant
            with self.house.sessions() as session:
                following = waited_for(self.house.engine, session, now)
            wanted = following.at if step == "next" and following else now + STEPS.get(step, timedelta(0))
            self.last = turn = Turn(now, wanted)
        Thread(target=self._turn, args=(turn,), name="turning", daemon=True).start()
        return turn

    def _turn(self, turn: Turn) -> None:
        first = new_id()
        try:
            self._go(turn)
            with self.house.sessions() as session:
                turn.caused, turn.happened = _told(session, turn, first)
        except Exception:
            log.exception("the clock could not be turned to its end")
            turn.failed = True
        finally:
            self.clock.go_on()
            turn.ended.set()

    def _go(self, turn: Turn) -> None:
        """Stop at every instant at which something is due until the end; what is due later isn't looked at before."""
        while True:
            self._fire(turn)
            with self.house.sessions() as session:
                following = session.scalar(
                    select(func.min(TimerRow.wake_at)).where(TimerRow.wake_at > self.clock.instant)
                )
            if following is None or following > turn.until:
                break
            self._to(following)
        self._to(turn.until)
        reminding.remind(self.house.sessions)
        due_tasks.remind(self.house.sessions)

    def _to(self, instant: datetime) -> None:
        """Let the clock, which stands, stand at a later instant, and take the browsers' sessions along."""
        with self.house.sessions() as session:
            sessions.move(session, instant - self.clock.instant)
            session.commit()
        self.clock.turn_to(instant)
        with self.house.sessions() as session:
            arrivals.decide_all(session, instant)
            session.commit()

    def _fire(self, turn: Turn) -> None:
        """Fire what is due now, and what that made due at once."""
        engine, factory = self.house.engine, self.house.sessions
        fired = MOST_FIRED
        while fired:
            with factory() as session:
                turn.due = turn.done + (
                    session.scalar(select(func.count()).select_from(TimerRow).where(TimerRow.wake_at <= turn.until))
                    or 0
                )
            fired = timers.fire_due(engine, factory, limit=MOST_FIRED)
            messages.deliver_waiting(engine, factory)
            turn.done += fired


def waited_for(engine: Engine, session: Session, now: datetime) -> Waited | None:
    """What is waited for next after an instant, or None."""
    statement = select(TimerRow).where(TimerRow.wake_at > now).order_by(TimerRow.wake_at, TimerRow.id).limit(1)
    timer = session.scalars(statement).first()
    if timer is None or timer.wake_at is None:
        return None
    if timer.instance_id is None:
        begun = session.get_one(Definition, timer.definition_id)
        return Waited(timer.wake_at, Text(begun.name_en, begun.name_zh), None)
    row = session.get_one(InstanceRow, timer.instance_id)
    name = charts.of_instance(engine, session, row).name(timer.process_id, timer.element_id)
    return Waited(timer.wake_at, name, row.business_key)


def _told(session: Session, turn: Turn, first: str) -> tuple[list[Text], list[Happened]]:
    """What came of a turn: in sentences, and one by one."""
    statement = select(JournalEntry.act, JournalEntry.facts).where(
        JournalEntry.id > first, JournalEntry.actor_id == SYSTEM.id, JournalEntry.act.in_(ACTS)
    )
    # bids that are too few are counted at the deadline, but stay sealed
    acts = Counter(act for act, facts in session.execute(statement) if facts.get("enough", True))
    told = [_counted(acts[act], *words) for act, words in ACTS.items() if act in acts]
    tasks = _of_the_clock(turn).where(HistoryRow.kind == "entered", HistoryRow.element_kind == "userTask")
    if new := session.scalar(select(func.count()).select_from(tasks.subquery())):
        told.append(_counted(new, "%(n)s task became open", "%(n)s tasks became open", "产生%(n)s项待办"))
    mails = session.scalar(select(func.count()).select_from(Outgoing).where(Outgoing.id > first))
    if mails:
        told.append(_counted(mails, "%(n)s message was sent", "%(n)s messages were sent", "发出%(n)s条通知"))
    fired = _of_the_clock(turn).where(HistoryRow.kind == "fired", HistoryRow.name_en.is_not(None))
    happened = [
        Happened(
            row.at, sentences.name_of(row), row.instance_id, session.get_one(InstanceRow, row.instance_id).business_key
        )
        for row in session.scalars(fired.order_by(HistoryRow.at, HistoryRow.instance_id, HistoryRow.sequence))
    ]
    return told, happened


def _of_the_clock(turn: Turn) -> Select[HistoryRow]:
    return select(HistoryRow).where(
        HistoryRow.at > turn.began_at, HistoryRow.at <= turn.until, HistoryRow.actor_id == SYSTEM.id
    )


def _counted(count: int, one: str, many: str, zh: str) -> Text:
    return Text(one if count == 1 else many, zh).filled(n=count)
