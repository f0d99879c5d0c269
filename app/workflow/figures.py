"""Figures of the house: how cases stand and how long they take, what is late, what was saved, how many competed.

Every figure is counted from records at the moment it is asked for. Years are those of the place's calendar.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select, union
from sqlalchemy.orm import Session

from app.engine import charts
from app.engine.engine import Engine
from app.engine.records import HistoryRow, IncidentRow, InstanceRow, Offer, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.states import RUNNING, InstanceState
from app.foundation.database import Base
from app.foundation.text import Text
from app.procurement.awards import Award, AwardState
from app.procurement.bids import Opening
from app.procurement.projects import Lot, Project

# -- periods


@dataclass(frozen=True)
class Period:
    """What is counted over, as instants: from ``from_at`` to before ``to_at``. ``key`` names it in addresses."""

    key: str
    name: Text
    from_at: datetime
    to_at: datetime


def twelve_months(now: datetime, zone: ZoneInfo) -> Period:
    """The twelve months up to now, in whole days of the place."""
    tomorrow = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    day = 28 if (tomorrow.month, tomorrow.day) == (2, 29) else tomorrow.day
    first = tomorrow.replace(year=tomorrow.year - 1, day=day)
    return Period("months", Text("Last 12 months", "近12个月"), first, tomorrow)


def year_of(number: int, zone: ZoneInfo) -> Period:
    """The year of that number at a place."""
    return Period(
        str(number),
        Text(str(number), f"{number}年"),
        datetime(number, 1, 1, tzinfo=zone),
        datetime(number + 1, 1, 1, tzinfo=zone),
    )


def years(session: Session, now: datetime, zone: ZoneInfo) -> list[int]:
    """The years from the first case to now, the latest first."""
    first = session.scalar(select(func.min(InstanceRow.started_at)))
    latest = now.astimezone(zone).year
    return list(range(latest, (first.astimezone(zone).year if first else latest) - 1, -1))


# -- cases


@dataclass(frozen=True)
class ProcessCases:
    """The cases of a procedure that were started in a year, by what became of them."""

    process_id: str
    started: int
    running: int
    completed: int
    cancelled: int


def cases(session: Session, period: Period) -> list[ProcessCases]:
    """How many cases of each procedure were started in a year, and how they stand now."""
    rows = session.execute(
        select(InstanceRow.process_id, InstanceRow.state, func.count())
        .where(InstanceRow.started_at >= period.from_at, InstanceRow.started_at < period.to_at)
        .group_by(InstanceRow.process_id, InstanceRow.state)
    )
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for process_id, state, number in rows:
        counted[process_id][state] += number
    return [
        ProcessCases(
            process_id,
            by.total(),
            sum(by[state] for state in RUNNING),
            by[InstanceState.COMPLETED],
            by[InstanceState.CANCELLED],
        )
        for process_id, by in sorted(counted.items())
    ]


# -- stages


class Stages:
    """In which stage the elements of each deployment's diagrams lie; each diagram is read once."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self._engine = engine
        self._session = session
        self._known: dict[tuple[str, str], charts.Chart] = {}

    def of(self, deployment_id: str, started: str, process_id: str, element_id: str) -> str | None:
        """The stage of an element of a case of the process ``started``, or None."""
        key = (deployment_id, started)
        if key not in self._known:
            sample = InstanceRow(deployment_id=deployment_id, process_id=started)
            self._known[key] = charts.of_instance(self._engine, self._session, sample)
        node = self._known[key].node(process_id, element_id)
        return (node.stage or None) if node is not None else None

    def order(self) -> list[str]:
        """All stages met, in the order in which diagrams come to them."""
        return list(dict.fromkeys(stage for chart in self._known.values() for stage in chart.stages))


@dataclass(frozen=True)
class StageCases:
    """How many running cases of a procedure wait in a stage; one that waits in two counts in both."""

    process_id: str
    stage: str
    cases: int


def in_stages(session: Session, stages: Stages) -> list[StageCases]:
    """Where the running cases wait now: by their open tasks, timers, awaited messages and incidents."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for instance_id, deployment_id, started, process_id, element_id in session.execute(_waiting()):
        stage = stages.of(deployment_id, started, process_id, element_id)
        if stage is not None:
            found[started, stage].add(instance_id)
    order = {stage: number for number, stage in enumerate(stages.order())}
    counted = [StageCases(process_id, stage, len(ids)) for (process_id, stage), ids in found.items()]
    return sorted(counted, key=lambda one: (one.process_id, order[one.stage]))


def _waiting() -> Any:
    records: tuple[type[Base], ...] = (OpenTaskRow, TimerRow, SubscriptionRow, IncidentRow)
    parts = []
    for record in records:
        places: Any = record
        statement = select(places.instance_id, places.process_id, places.element_id).where(
            places.instance_id.is_not(None)
        )
        parts.append(statement.where(IncidentRow.resolved_at.is_(None)) if record is IncidentRow else statement)
    places = union(*parts).subquery()
    return (
        select(
            InstanceRow.id, InstanceRow.deployment_id, InstanceRow.process_id, places.c.process_id, places.c.element_id
        )
        .join(places, places.c.instance_id == InstanceRow.id)
        .where(InstanceRow.state.in_(RUNNING))
    )


@dataclass(frozen=True)
class StageTime:
    """How long a stage took in the cases that have passed it: half took no longer than ``half``, nine tenths than ``most``."""

    process_id: str
    stage: str
    passages: int
    half: timedelta
    most: timedelta


def stage_times(session: Session, stages: Stages, period: Period) -> list[StageTime]:
    """How long the stages took in the cases started in a year, from first entering to last completing.

    A stage counts once nothing of the case waits in it any more; a case that was sent back to a stage counts from
    when it first came there.
    """
    times: dict[tuple[str, str], dict[str, tuple[datetime, datetime]]] = defaultdict(dict)
    for instance_id, deployment_id, started, process_id, element_id, first, last in session.execute(_passages(period)):
        stage = stages.of(deployment_id, started, process_id, element_id)
        if stage is None or last is None or first is None:
            continue
        before = times[started, stage].get(instance_id, (first, last))
        times[started, stage][instance_id] = min(before[0], first), max(before[1], last)
    for instance_id, deployment_id, started, process_id, element_id in session.execute(_waiting()):
        stage = stages.of(deployment_id, started, process_id, element_id)
        if stage is not None:
            times[started, stage].pop(instance_id, None)
    order = {stage: number for number, stage in enumerate(stages.order())}
    return [
        StageTime(process_id, stage, len(spans), middle(spans), nine_tenths(spans))
        for (process_id, stage), passed in sorted(times.items(), key=lambda one: (one[0][0], order[one[0][1]]))
        if (spans := [to_at - from_at for from_at, to_at in passed.values()])
    ]


def _passages(period: Period) -> Any:
    """For each element of a case: when it was first entered, and last completed."""
    entered = func.min(
        case((HistoryRow.kind == "entered", HistoryRow.at), (HistoryRow.kind == "completed", HistoryRow.at))
    )
    completed = func.max(case((HistoryRow.kind == "completed", HistoryRow.at)))
    return (
        select(
            InstanceRow.id,
            InstanceRow.deployment_id,
            InstanceRow.process_id,
            HistoryRow.process_id,
            HistoryRow.element_id,
            entered,
            completed,
        )
        .join(HistoryRow, HistoryRow.instance_id == InstanceRow.id)
        .where(HistoryRow.kind.in_(("entered", "completed")), HistoryRow.element_id.is_not(None))
        .where(InstanceRow.started_at >= period.from_at, InstanceRow.started_at < period.to_at)
        .group_by(
            InstanceRow.id,
            InstanceRow.deployment_id,
            InstanceRow.process_id,
            HistoryRow.process_id,
            HistoryRow.element_id,
        )
    )


def middle(spans: Sequence[timedelta]) -> timedelta:
    """The median: of an even number the mean of the two in the middle."""
    ordered, half = sorted(spans), len(spans) // 2
    return ordered[half] if len(spans) % 2 else (ordered[half - 1] + ordered[half]) / 2


def nine_tenths(spans: Sequence[timedelta]) -> timedelta:
    """The shortest span that at least nine tenths of them don't exceed (nearest rank)."""
    return sorted(spans)[math.ceil(len(spans) * 0.9) - 1]


# -- tasks


@dataclass(frozen=True)
class RoleTasks:
    """The open tasks that a role may do, and how many of them are late."""

    role: str
    open: int
    late: int


def tasks_by_role(session: Session, now: datetime) -> list[RoleTasks]:
    """Open and late tasks by the roles they are offered to; a task for two roles counts for each."""
    offered: dict[str, set[str]] = defaultdict(set)
    late: dict[str, set[str]] = defaultdict(set)
    rows = session.execute(
        select(Offer.name, OpenTaskRow.id, OpenTaskRow.due_at)
        .join(OpenTaskRow, OpenTaskRow.id == Offer.task_id)
        .where(Offer.kind == "group")
        .execution_options(yield_per=1000)
    )
    for group, task_id, due_at in rows:
        role = group.partition("@")[0]
        offered[role].add(task_id)
        if due_at is not None and due_at < now:
            late[role].add(task_id)
    counted = [RoleTasks(role, len(ids), len(late[role])) for role, ids in offered.items()]
    return sorted(counted, key=lambda one: (-one.late, -one.open, one.role))


def late_tasks(session: Session, now: datetime) -> int:
    """How many open tasks are late, each once."""
    return session.scalar(select(func.count()).select_from(OpenTaskRow).where(OpenTaskRow.due_at < now)) or 0


AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
"""The ends of the classes of age; the last class has none."""


def tasks_by_age(session: Session, now: datetime) -> list[int]:
    """How many open tasks are younger than each of ``AGES``, and older than the last."""
    ends = [now - age for age in AGES]
    classes = [OpenTaskRow.created_at > ends[0]]
    classes += [
        and_(OpenTaskRow.created_at <= newer, OpenTaskRow.created_at > older)
        for newer, older in itertools.pairwise(ends)
    ]
    classes.append(OpenTaskRow.created_at <= ends[-1])
    counts = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in classes]
    return [int(number) for number in session.execute(select(*counts)).one()]


# -- money


@dataclass(frozen=True)
class Savings:
    """The lots awarded of one kind of object in one currency: what was budgeted for them, and for what they went."""

    object: str
    currency: str
    lots: int
    budget: Decimal
    price: Decimal

    @property
    def saved(self) -> Decimal:
        """How much less than the budget."""
        return self.budget - self.price

    @property
    def rate(self) -> Decimal:
        """The part of the budget that was saved."""
        return self.saved / self.budget if self.budget else Decimal(0)


def savings(session: Session, period: Period) -> list[Savings]:
    """Budget against price of the lots whose award was published in a year and stands."""
    rows = session.execute(
        select(Project.object, Lot.budget, Award.price, Award.currency)
        .join(Lot, Lot.project_id == Project.id)
        .join(Award, Award.lot_id == Lot.id)
        .where(Award.state == AwardState.PUBLISHED, Award.currency == Lot.currency)
        .where(Award.published_at >= period.from_at, Award.published_at < period.to_at)
    )
    found: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for kind, budget, price, currency in rows:
        found[kind, currency].append((budget, price))
    return [
        Savings(
            kind,
            currency,
            len(lots),
            sum(lot[0] for lot in lots) + Decimal(0),
            sum(lot[1] for lot in lots) + Decimal(0),
        )
        for (kind, currency), lots in sorted(found.items())
    ]


@dataclass(frozen=True)
class Competition:
    """How many lots were opened with how many bids."""

    lots: int
    bids: int
    by_bids: list[tuple[int, int]]

    @property
    def mean(self) -> Decimal | None:
        """Bids for a lot on average."""
        return Decimal(self.bids) / self.lots if self.lots else None


def competition(session: Session, period: Period) -> Competition:
    """How many bids each lot had that was opened in a year: those received in time and not withdrawn."""
    rows = session.execute(
        select(Opening.bid_count, func.count())
        .where(Opening.opened_at >= period.from_at, Opening.opened_at < period.to_at)
        .group_by(Opening.bid_count)
        .order_by(Opening.bid_count)
    )
    by_bids = [(int(bids), int(lots)) for bids, lots in rows]
    return Competition(sum(lots for _, lots in by_bids), sum(bids * lots for bids, lots in by_bids), by_bids)
