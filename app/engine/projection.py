"""A snapshot's open tasks, timers, subscriptions and incidents as rows, written by difference after each step."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from app.engine import reminders, spiff
from app.engine.cache import CachedInstance
from app.engine.engine import ADMINISTRATOR, Engine
from app.engine.environment import CaseEnvironment
from app.engine.history import Place
from app.engine.records import (
    SOMEDAY,
    IncidentRow,
    InstanceRow,
    Offer,
    OpenTaskRow,
    SubscriptionRow,
    TimerRow,
    stored_key,
    table_of,
)
from app.engine.spiff import Flow, Node
from app.engine.states import InstanceState
from app.engine.stored_rows import stored
from app.foundation import clock, ledger
from app.foundation.actor import SYSTEM, Actor
from app.foundation.belongings import connection
from app.foundation.database import new_id
from app.foundation.prepared import Prepared
from app.foundation.text import Text

log = logging.getLogger(__name__)

_DUTY = "not the same person as "


_TASKS, _OFFERS, _TIMERS, _SUBSCRIPTIONS = map(table_of, (OpenTaskRow, Offer, TimerRow, SubscriptionRow))
_CLOSE_TASK = Prepared(delete(_TASKS).where(_TASKS.c.id == bindparam("gone")))


@dataclass
class Projected:
    """What a projection changed: tasks by token, and the message subscriptions that were opened."""

    task_ids: dict[str, str] = field(default_factory=dict)
    opened_messages: list[tuple[str, str | None]] = field(default_factory=list)


def project(engine: Engine, session: Session, actor: Actor, row: InstanceRow, entry: CachedInstance) -> Projected:
    """Bring an instance's rows in line with what its live object waits for."""
    if entry.projected is None:
        entry.projected = stored(session, row.id)
    waiting = entry.live.waiting()
    projected = Projected()
    step = _Projection(engine, session, actor, row, entry, projected)
    step.tasks(waiting.tasks)
    step.timers(waiting.timers)
    step.subscriptions(waiting.subscriptions)
    step.incidents(waiting.incidents)
    return projected


def relocate(engine: Engine, session: Session, row: InstanceRow, entry: CachedInstance) -> None:
    """Write again what an instance's rows copied from the diagram, after it came to stand on another one.

    A task keeps its id, its holder and its draft; names, form, candidates and dates are those of the element it is at now.
    """
    entry.projected = stored(session, row.id)
    step = _Projection(engine, session, SYSTEM, row, entry, Projected())
    waiting = entry.live.waiting()
    for task in waiting.tasks:
        if known := entry.projected["tasks"].get(task.token_id):
            step.rewrite_task(known[0], task)
    places: list[tuple[Any, str, str]] = [
        *((TimerRow, timer.token_id, timer.element_id) for timer in waiting.timers),
        *((IncidentRow, incident.token_id, incident.element_id) for incident in waiting.incidents),
    ]
    for record, token_id, element_id in places:
        there = (record.instance_id == row.id, record.token_id == token_id, record.element_id != element_id)
        session.execute(update(record).where(*there).values(element_id=element_id))
    session.flush()
    entry.projected = stored(session, row.id)


class Locator:
    """Elements of all processes an instance runs, by process and element id."""

    def __init__(self, live: spiff.Instance, environment: CaseEnvironment) -> None:
        self.live = live
        self.environment = environment
        self._places: dict[tuple[str, str], Place] = {}

    def node(self, process_id: str, element_id: str) -> Node | None:
        """The diagram's element, or None when the diagram has none of that id (a flow)."""
        process = self.live.bundle.processes.get(process_id)
        if process is None:
            called = self.environment.called_process(process_id, "latest")
            process = called.processes.get(process_id) if called else None
        return process.nodes.get(element_id) if process else None

    def place(self, process_id: str, element_id: str) -> Place:
        """An element's names in both languages, and its kind."""
        found = self._places.get((process_id, element_id))
        if found is None:
            node = self.node(process_id, element_id)
            found = Place(name_of(node, element_id), node.kind, node.told) if node else Place(name_of(None, element_id))
            self._places[process_id, element_id] = found
        return found


def name_of(node: Node | Flow | None, element_id: str) -> Text:
    """An element's name in both languages; its id where the diagram gives none."""
    if node is None:
        return Text(element_id, element_id)
    english = node.names.get("en") or node.name or element_id
    return Text(english, node.names.get("zh") or node.name or english)


_COPIED = (
    "element_id", "process_id", "kind", "form_id", "name_en", "name_zh", "law", "stage", "duty", "candidate_groups",
    "candidate_users", "assignee_id", "due_at", "follow_up_at", "priority",
)  # fmt: skip


@dataclass
class _Projection:
    engine: Engine
    session: Session
    actor: Actor
    row: InstanceRow
    entry: CachedInstance
    projected: Projected

    def __post_init__(self) -> None:
        self.locator = Locator(self.entry.live, self.entry.environment)
        assert self.entry.projected is not None
        self.before = self.entry.projected
        self.now = clock.now(self.session)

    # -- tasks

    def tasks(self, tasks: Iterable[spiff.OpenTask]) -> None:
        known, now = self.before["tasks"], {}
        rows: list[dict[str, Any]] = []
        offers: list[dict[str, Any]] = []
        for task in tasks:
            signature = (task.assignee, task.due_at, task.follow_up_at, _priority(task), task.form_id)
            stored = known.get(task.token_id)
            if stored is None:
                row = self._task_row(task)
                rows.append(row)
                offers += offers_of(row)
                now[task.token_id] = (row["id"], signature)
                self.projected.task_ids[task.token_id] = row["id"]
            else:
                now[task.token_id] = (stored[0], signature)
                if stored[1] != signature:
                    self._change_task(stored[0], task)
        gone = {token: stored[0] for token, stored in known.items() if token not in now}
        self.projected.task_ids.update(gone)
        if gone:  # their offers go with them
            _CLOSE_TASK.write(connection(self.session), [{"gone": identity} for identity in gone.values()])
        if rows:
            ledger.append(self.session, _TASKS, rows)
        if offers:
            ledger.append(self.session, _OFFERS, offers)
        self.before["tasks"] = now

    def _task_row(self, task: spiff.OpenTask) -> dict[str, Any]:
        node = self.locator.node(task.process_id, task.element_id)
        name = name_of(node, task.element_id)
        variables = task.variables
        groups = [self._resolved(group, variables) for group in task.candidate_groups]
        duty = (node.duty or "") if node else ""
        return {
            "id": new_id(),
            "instance_id": self.row.id,
            "token_id": task.token_id,
            "element_id": task.element_id,
            "process_id": task.process_id,
            "business_key": self.row.business_key,
            "kind": task.kind,
            "form_id": task.form_id,
            "name_en": name.en[:300],
            "name_zh": name.zh[:300],
            "law": node.law if node else None,
            "stage": node.stage if node else None,
            "duty": duty.removeprefix(_DUTY).strip() if duty.startswith(_DUTY) else None,
            "item_index": task.item_index,
            "candidate_groups": list(dict.fromkeys(groups)),
            "candidate_users": list(dict.fromkeys(task.candidate_users)),
            "assignee_id": task.assignee,
            "created_at": self.now,
            "due_at": task.due_at,
            "remind_at": reminders.first(self.now, task.due_at),
            "follow_up_at": task.follow_up_at,
            "priority": _priority(task),
            "version": 1,
        }

    def _resolved(self, group: str, variables: Any) -> str:
        """The group as actors have it; administrators, when the variables don't say whose it is."""
        try:
            return self.engine.resolve_group(group, variables)
        except (KeyError, TypeError, ValueError, LookupError):
            log.warning(
                "the group %s of instance %s could not be told; administrators see the task", group, self.row.id
            )
            return ADMINISTRATOR

    def _change_task(self, task_id: str, task: spiff.OpenTask) -> None:
        row = self.session.get(OpenTaskRow, task_id)
        assert row is not None, task_id
        if row.due_at != task.due_at:
            row.remind_at = reminders.first(self.now, task.due_at)
        row.assignee_id, row.due_at, row.follow_up_at = task.assignee, task.due_at, task.follow_up_at
        row.priority = _priority(task)
        row.form_id = task.form_id
        row.version += 1
        self.session.flush()
        offer_anew(self.session, row)

    def rewrite_task(self, task_id: str, task: spiff.OpenTask) -> None:
        row = self.session.get(OpenTaskRow, task_id)
        assert row is not None, task_id
        fresh = self._task_row(task)
        changed = {name: fresh[name] for name in _COPIED if getattr(row, name) != fresh[name]}
        if not changed:
            return
        for name, value in changed.items():
            setattr(row, name, value)
        if "due_at" in changed:
            row.remind_at = fresh["remind_at"]
        row.version += 1
        self.session.flush()
        offer_anew(self.session, row)

    # -- timers

    def timers(self, timers: Iterable[spiff.ArmedTimer]) -> None:
        known, now, rows = self.before["timers"], {}, []
        for position, timer in enumerate(timers):
            key = (timer.token_id, timer.occurrence)
            now[key] = timer.due_at
            if key not in known:
                rows.append(self._timer_row(timer, position))
            elif known[key] != timer.due_at:
                self.session.execute(
                    self._of_timer(update(TimerRow), key).values(due_at=timer.due_at, wake_at=self._wake(timer.due_at))
                )
        for key in known:
            if key not in now:
                self.session.execute(self._of_timer(delete(TimerRow), key))
        if rows:
            ledger.append(self.session, _TIMERS, rows)
        self.before["timers"] = now

    def _wake(self, due_at: Any) -> Any:
        return None if self.row.state == InstanceState.SUSPENDED else due_at

    def _of_timer(self, statement: Any, key: tuple[str, int]) -> Any:
        return statement.where(
            TimerRow.instance_id == self.row.id, TimerRow.token_id == key[0], TimerRow.occurrence == key[1]
        )

    def _timer_row(self, timer: spiff.ArmedTimer, position: int) -> dict[str, Any]:
        return {
            "id": new_id(),
            "instance_id": self.row.id,
            "token_id": timer.token_id,
            "element_id": timer.element_id,
            "process_id": timer.process_id,
            "occurrence": timer.occurrence,
            "position": position,
            "due_at": timer.due_at,
            "wake_at": self._wake(timer.due_at),
            "attempts": 0,
        }

    # -- subscriptions

    def subscriptions(self, subscriptions: Iterable[spiff.Subscription]) -> None:
        known, now, rows = self.before["subscriptions"], {}, []
        for subscription in subscriptions:
            key = subscription_key(subscription)
            now[key] = known.get(key) or new_id()
            if key not in known:
                rows.append(self._subscription_row(subscription, now[key]))
                if subscription.kind == "message":
                    self.projected.opened_messages.append((subscription.name, subscription.correlation_key))
        gone = [identity for key, identity in known.items() if key not in now]
        for identities in _portions(gone):
            self.session.execute(delete(SubscriptionRow).where(SubscriptionRow.id.in_(identities)))
        if rows:
            ledger.append(self.session, _SUBSCRIPTIONS, rows)
        self.before["subscriptions"] = now

    def _subscription_row(self, subscription: spiff.Subscription, identity: str) -> dict[str, Any]:
        return {
            "id": identity,
            "instance_id": self.row.id,
            "token_id": subscription.token_id,
            "element_id": subscription.element_id,
            "process_id": subscription.process_id,
            "kind": subscription.kind,
            "name": (subscription.name or "")[:200],
            "correlation_key": stored_key(subscription.correlation_key),
        }

    # -- incidents

    def incidents(self, incidents: Iterable[spiff.OpenIncident]) -> None:
        known, now = self.before["incidents"], {}
        for incident in incidents:
            signature = (incident.kind, incident.message.en.replace("\0", ""), incident.retries_left)
            stored = known.get(incident.token_id)
            if stored is None:
                identity = self._open_incident(incident)
            else:
                identity = stored[0]
                if stored[1] != signature:
                    self._change_incident(identity, incident)
            now[incident.token_id] = (identity, signature)
        gone = [stored[0] for token, stored in known.items() if token not in now]
        for identities in _portions(gone):
            self.session.execute(
                update(IncidentRow)
                .where(IncidentRow.id.in_(identities))
                .values(resolved_at=self.now, resolved_by=self.actor.id)
            )
        self.before["incidents"] = now

    def _open_incident(self, incident: spiff.OpenIncident) -> str:
        name = self.locator.place(incident.process_id, incident.element_id).name
        message = _storable(incident.message)
        row = IncidentRow(
            id=new_id(),
            instance_id=self.row.id,
            token_id=incident.token_id,
            element_id=incident.element_id,
            process_id=incident.process_id,
            name_en=name.en[:300],
            name_zh=name.zh[:300],
            kind=incident.kind[:20],
            message_en=message.en,
            message_zh=message.zh,
            retries_left=incident.retries_left or 0,
            opened_at=self.now,
        )
        self.session.add(row)
        return row.id

    def _change_incident(self, identity: str, incident: spiff.OpenIncident) -> None:
        message = _storable(incident.message)
        self.session.execute(
            update(IncidentRow)
            .where(IncidentRow.id == identity)
            .values(
                kind=incident.kind[:20],
                message_en=message.en,
                message_zh=message.zh,
                retries_left=incident.retries_left or 0,
            )
        )


def _priority(task: spiff.OpenTask) -> int:
    return 50 if task.priority is None else int(task.priority)


def _storable(message: Text) -> Text:
    """A text without the one character that PostgreSQL doesn't keep."""
    return Text(*(words.replace("\0", "") for words in message))


def subscription_key(subscription: spiff.Subscription) -> tuple[str, str, str, str, str | None]:
    """What tells an instance's subscriptions apart, as their rows hold it."""
    name, key = (subscription.name or "")[:200], stored_key(subscription.correlation_key)
    return subscription.token_id, subscription.element_id, subscription.kind, name, key


def offers_of(row: dict[str, Any] | OpenTaskRow) -> list[dict[str, Any]]:
    """To whom a task shows: its holder, and its candidates (marked as not free while somebody holds it)."""
    values = row if isinstance(row, dict) else {key: getattr(row, key) for key in _OFFERED}
    holder = values.get("claimed_by") or values["assignee_id"]
    order = {"task_id": values["id"], "due_at": values["due_at"] or SOMEDAY, "urgency": -values["priority"]}
    offers = [
        {"kind": kind, "name": name, "free": holder is None, **order}
        for kind, names in (("group", values["candidate_groups"]), ("user", values["candidate_users"]))
        for name in names
    ]
    if not offers and holder is None:
        offers = [{"kind": "group", "name": ADMINISTRATOR, "free": True, **order}]
    return offers + ([{"kind": "holder", "name": holder, "free": True, **order}] if holder else [])


_OFFERED = ("id", "claimed_by", "assignee_id", "due_at", "priority", "candidate_groups", "candidate_users")


def offer_anew(session: Session, row: OpenTaskRow) -> None:
    """Write a task's offers again after its holder, its due date or its priority changed."""
    session.execute(delete(Offer).where(Offer.task_id == row.id))
    offers = offers_of(row)
    if offers:
        ledger.append(session, _OFFERS, offers)


def _portions(identities: list[str], size: int = 500) -> Iterable[list[str]]:
    return (identities[start : start + size] for start in range(0, len(identities), size))
