"""The course of projects and lots: finding and locking them, their states, their numbers, who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import pairwise

from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import rules
from app.procurement.projects.records import Lot, LotState, NumberSeries, Project, ProjectState
from app.procurement.rules import methods


class ProjectUnknown(NotFound):
    """There is no such project, or none this person may know of."""

    text = Text("There is no such project.", "没有该采购项目。")


class LotUnknown(NotFound):
    """There is no such lot."""

    text = Text("There is no such lot.", "没有该采购包。")


class NotInThisState(Conflict):
    """The project or lot has gone on in the meantime, or isn't that far yet."""

    text = Text("You cannot do this now. The status is “%(state)s”.", "当前状态为“%(state)s”，不能执行此操作。")


GIVEN_UP = (LotState.FAILED, LotState.CANCELLED)
"""States of a lot that nothing follows: what it was to buy is procured anew, or not at all."""

STATE_NAMES: dict[str, Text] = {
    ProjectState.APPLIED: Text("applied for", "已申请"),
    ProjectState.RETURNED: Text("returned for correction", "已退回修改"),
    ProjectState.REVIEWED: Text("reviewed", "已审核"),
    ProjectState.FILED: Text("filed", "已备案"),
    ProjectState.PLANNED: Text("planned", "已编制计划"),
    ProjectState.ENTRUSTED: Text("agency appointed", "已委托"),
    ProjectState.PUBLISHED: Text("published", "已公告"),
    ProjectState.CLOSED: Text("closed", "已结项"),
    LotState.BIDDING: Text("open for bids", "投标中"),
    LotState.OPENED: Text("opened", "已开标"),
    LotState.EVALUATING: Text("being evaluated", "评标中"),
    LotState.DECIDED: Text("decided", "已定标"),
    LotState.NOTIFIED: Text("award published", "已公告中标结果"),
    LotState.CONTRACTED: Text("contracted", "已签合同"),
    LotState.PERFORMING: Text("being performed", "履约中"),
    LotState.ACCEPTED: Text("accepted", "已验收"),
    LotState.PAID: Text("paid", "已支付"),
    LotState.ARCHIVED: Text("completed", "已办结"),
    LotState.FAILED: Text("failed", "已废标"),
    LotState.CANCELLED: Text("cancelled", "已取消"),
}
"""The names of all states of projects and lots."""

_ORDER = tuple(LotState)
"""How far a lot is, by any method."""
GOING_BACK: dict[str, frozenset[str]] = {
    LotState.ACCEPTED: frozenset({LotState.PERFORMING}),
    LotState.NOTIFIED: frozenset({LotState.DECIDED, LotState.EVALUATING}),
    LotState.DECIDED: frozenset({LotState.EVALUATING}),
}
"""Where a lot is taken back to when what was decided doesn't hold, or more is delivered."""
BEFORE_CONTRACT = frozenset(
    {LotState.BIDDING, LotState.OPENED, LotState.EVALUATING, LotState.DECIDED, LotState.NOTIFIED}
)
"""From where a lot can fail."""


@cache
def moves(course: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """From each state of a course, as a method's row gives it, to those a lot may go to next."""
    found: dict[str, frozenset[str]] = {
        state: frozenset({following, LotState.CANCELLED}) for state, following in pairwise(course)
    }
    for state in found:
        found[state] |= GOING_BACK.get(state, frozenset()) & set(course)
        if state in BEFORE_CONTRACT:
            found[state] |= {LotState.FAILED}
    return {**found, LotState.FAILED: frozenset(course[:1])}


def get(session: Session, project_id: str) -> Project:
    """A project.

    :raises ProjectUnknown:
    """
    project = session.get(Project, project_id)
    if project is None:
        raise ProjectUnknown
    return project


def lock(session: Session, project_id: str, *, states: Iterable[str] | None = None) -> Project:
    """A project under its row lock, in one of ``states``.

    :raises ProjectUnknown:
    :raises NotInThisState:
    """
    project = session.get(Project, project_id, with_for_update=True, populate_existing=True)
    if project is None:
        raise ProjectUnknown
    if states is not None and project.state not in set(states):
        raise NotInThisState(state=STATE_NAMES[project.state])
    return project


def lot(session: Session, lot_id: str, *, lock: bool = False) -> Lot:
    """A lot, under its row lock if asked.

    :raises LotUnknown:
    """
    found = session.get(Lot, lot_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise LotUnknown
    return found


def failure(lot: Lot) -> Text | None:
    """Why a lot failed, in the words of its own method's row; None where it did not, or for a reason that the row lacks."""
    return methods.named(lot.project.method or "").failures.get(lot.failure_reason)


def law_of_lot(session: Session, lot_id: str, *, on: date | None = None) -> rules.Law:
    """The law of the project that a lot belongs to, ``on`` a day, today unless given."""
    return rules.law(session, lot(session, lot_id).project, on=on)


def move_lot(session: Session, lot: Lot, state: LotState) -> None:
    """Let a lot go on to ``state``.

    :raises NotInThisState: when the course of its method doesn't lead there
    """
    if lot.state == state:
        return
    course = rules.law(session, lot.project).method.states
    if state not in moves(course).get(lot.state, frozenset()):
        raise NotInThisState(state=STATE_NAMES[lot.state])
    lot.state = state


def stage(project: Project) -> str:
    """Where a project stands: its own state, and once published that of the lot that is least far.

    One whose lots all failed or were cancelled stands there for good, closed or not.
    """
    alive = [lot.state for lot in project.lots if lot.state not in GIVEN_UP]
    if project.lots and not alive:
        return LotState.FAILED if any(lot.state == LotState.FAILED for lot in project.lots) else LotState.CANCELLED
    if project.state != ProjectState.PUBLISHED:
        return project.state
    return min(alive, key=lambda state: _ORDER.index(LotState(state)))


def outcome(project: Project) -> Text:
    """What came of a project's lots: in one word where all came to the same, else each with its number."""
    names = {lot.number: STATE_NAMES[lot.state] for lot in project.lots}
    if len({name.en for name in names.values()}) == 1:
        return next(iter(names.values()))
    return Text(
        "; ".join(f"lot {number}: {name.en}" for number, name in sorted(names.items())),
        "；".join(f"第{number}包：{name.zh}" for number, name in sorted(names.items())),
    )


def next_number(session: Session, prefix: str, *, width: int = 4) -> str:
    """The next number of this year's series: ``JC-2026-0001``. Gaps arise only from what was rolled back: none."""
    name = f"{prefix}-{local_day(clock.now(session)).year}"
    series = session.get(NumberSeries, name, with_for_update=True, populate_existing=True)
    if series is None:
        series = NumberSeries(name=name, last=0)
        session.add(series)
    series.last += 1
    session.flush()
    return f"{name}-{series.last:0{width}d}"


def close(session: Session, actor: Actor, *, project_id: str, outcome: str) -> Project:
    """End a project: ``done``, ``another_procedure`` or ``terminated``; lots that were paid are archived (GPL 42).

    Lots that failed or were cancelled stay so: that is how they ended. With no other lot, ``done`` becomes ``failed``.
    """
    project = lock(session, project_id)
    if project.state == ProjectState.CLOSED:
        return project
    if outcome == "done" and project.lots and all(lot.state in GIVEN_UP for lot in project.lots):
        outcome = "failed"
    project.state, project.outcome = ProjectState.CLOSED, outcome
    project.closed_at = clock.now(session)
    for each in project.lots:
        if each.state == LotState.PAID:
            move_lot(session, each, LotState.ARCHIVED)
    journal.write(session, actor, case=project.id, act="projects.close", facts={"outcome": outcome})
    return project
