"""One case's state put back from a backup, when what is kept of it here is damaged.

The domain's records were committed with the step that the state is of, so only the state after the case's last step fits
them. A backup serves when it holds the case as of that step: by its version, its time, and the digest that the journal
has of the snapshot. Else nothing is changed, and what was done since is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session

from app.engine import history, locks, routing, spiff, unreadable
from app.engine.cache import CachedInstance
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.locks import NoSuchInstance
from app.engine.projection import offers_of, project
from app.engine.records import HistoryRow, InstanceRow, Offer, OpenTaskRow, table_of
from app.engine.states import DeliveryKind
from app.engine.stored_rows import stored
from app.engine.transactions import Delivery, Transaction
from app.foundation import dates, journal, ledger, proof
from app.foundation.actor import Actor
from app.foundation.database import Base, journal_key
from app.foundation.errors import Conflict
from app.foundation.journal import JournalEntry
from app.foundation.text import Text

MOST_NAMED = 20
"""So many acts are named; of the rest the number."""
STATE = ("snapshot", "engine_version")


class NotInBackup(Conflict):
    """The backup doesn't know the case."""

    text = Text(
        "The backup does not hold this case: it began after the backup was taken, or the backup is another office’s.",
        "备份中没有该流程：该流程在备份之后发起，或者备份属于其他单位。",
    )


class SeveralCases(Conflict):
    """More than one case has this number."""

    text = Text(
        "More than one case has this number. Name one of them by its id: %(ids)s",
        "有多个流程使用该编号，请指定其中之一的标识：%(ids)s",
    )


class MovedSinceBackup(Conflict):
    """The case has moved since the backup: its state of then doesn't fit the records of now."""

    text = Text(
        "The case has moved since this backup was taken (steps: %(steps)s). Going back to its state of then would lose: "
        "%(acts)s. Nothing was changed. Use a backup taken after %(at)s.",
        "备份之后该流程已有进展（%(steps)s步），恢复到当时的状态将丢失：%(acts)s。未作任何更改。请使用%(at)s之后的备份。",
    )


class OtherCourse(Conflict):
    """The backup holds a state that the case of this office never had, or had only later."""

    text = Text(
        "The backup holds a state that this case did not have after its last step on %(at)s. Nothing was changed.",
        "备份中的状态并非该流程最近一步（%(at)s）之后的状态。未作任何更改。",
    )


class BackupUnreadable(Conflict):
    """The state in the backup can't be read either."""

    text = Text(
        "The state in the backup cannot be read either: %(why)s Nothing was changed. Use another backup.",
        "备份中的状态同样无法读取：%(why)s未作任何更改。请使用其他备份。",
    )


class NothingDamaged(Conflict):
    """All that is kept of the case is as the backup has it."""

    text = Text(
        "What is stored of this case is as it is in the backup. There is nothing to put back.",
        "该流程保存的内容与备份一致，无需恢复。",
    )


@dataclass(frozen=True)
class PutBack:
    """What came back: whether the snapshot did, and how many rows that were gone or altered."""

    instance: InstanceRow
    snapshot: bool
    history: int
    tasks: int
    timers: int
    subscriptions: int

    @property
    def is_anything(self) -> bool:
        """Whether anything came back."""
        return any((self.snapshot, self.history, self.tasks, self.timers, self.subscriptions))


def put_back(engine: Engine, session: Session, actor: Actor, case: str, then: Session, file: str) -> PutBack:
    """Put a case's snapshot, and what is gone of its history, tasks, timers and subscriptions, back from a backup.

    ``case``: its id or number. ``then``: a session on the backup's data; ``file``: how the backup is called. Who holds a
    task, what was suspended and which messages are kept stay as they are now. Raises one of the refusals above.
    """
    row = locks.locked(session, _id_of(session, case))
    before = then.get(InstanceRow, row.id)
    if before is None:
        raise NotInBackup
    _refuse_moved(session, row, then, before)
    held = proof.held(session, (InstanceRow.__tablename__, HistoryRow.__tablename__), row.id)
    key = journal_key(session.get_bind())
    if not proof.agrees(before, held, key, STATE):
        raise OtherCourse(at=_at(row.moved_at))
    snapshot = _state(session, row, before)
    lines = _history(session, row, [one for one in _lines(then, row) if proof.agrees(one, held, key)])
    there = stored(session, row.id)
    _tasks(session, row, then)
    entry = _live(engine, session, row)
    opened = project(engine, session, actor, row, entry).opened_messages
    counted = {name: _differing(there[name], (entry.projected or {})[name]) for name in there}
    done = PutBack(row, snapshot, lines, counted["tasks"], counted["timers"], counted["subscriptions"])
    if not done.is_anything:
        raise NothingDamaged
    _note(session, actor, row, done, file)
    Transaction.of(session).pending += [
        Delivery(DeliveryKind.BUFFERED, name, to, {}, sender_id=row.id) for name, to in opened
    ]
    routing.deliver(engine, session)
    return done


def _id_of(session: Session, case: str) -> str:
    """The id of the case of this id or number."""
    where = or_(InstanceRow.id == case, InstanceRow.business_key == case)
    found = session.scalars(select(InstanceRow.id).where(where).order_by(InstanceRow.id).limit(MOST_NAMED)).all()
    if not found:
        raise NoSuchInstance
    if len(found) > 1:
        raise SeveralCases(ids=", ".join(found))
    return found[0]


def _refuse_moved(session: Session, row: InstanceRow, then: Session, before: InstanceRow) -> None:
    if before.version < row.version:
        acts = _named(list(_acts_since(session, row, then)))
        raise MovedSinceBackup(steps=row.version - before.version, acts=acts, at=_at(row.moved_at))
    if (before.version, before.moved_at) != (row.version, row.moved_at):
        raise OtherCourse(at=_at(row.moved_at))


def _acts_since(session: Session, row: InstanceRow, then: Session) -> Iterator[Text]:
    """The acts since the backup that were committed with a step of the case, the domain's among them."""
    journal.settle(session)
    last = then.scalar(select(func.coalesce(func.max(JournalEntry.position), 0)))
    about = select(JournalEntry).where(JournalEntry.position > last, JournalEntry.records.contains(row.id))
    steps = {entry.position for entry in session.scalars(about) if _is_step(entry, row)}
    acts = select(JournalEntry).where(JournalEntry.position.in_(steps), JournalEntry.case_id != journal.ALONE)
    for entry in session.scalars(acts.order_by(JournalEntry.position, JournalEntry.at, JournalEntry.sequence)):
        element = entry.facts.get("element")
        what = history.name_of_element(session, row.id, element) if isinstance(element, str) else None
        said = Text("%(act)s “%(what)s” by %(who)s, %(at)s", "%(act)s“%(what)s”，%(who)s，%(at)s")
        if what is None:
            said = Text("%(act)s by %(who)s, %(at)s", "%(act)s，%(who)s，%(at)s")
        yield said.filled(act=entry.act, what=what, who=entry.actor_name, at=_at(entry.at))


def _is_step(entry: JournalEntry, row: InstanceRow) -> bool:
    """Whether a step of the case was committed with this entry: what else changes its row doesn't say that it moved."""
    return "moved_at" in (proof.read(entry.records).get(InstanceRow.__tablename__, {}).get(row.id) or {})


def _named(acts: list[Text]) -> Text:
    if not acts:
        return Text("automatic steps", "自动步骤")
    if (left := len(acts) - MOST_NAMED) > 0:
        acts = [*acts[:MOST_NAMED], Text(f"{left} more", f"另有{left}项")]
    return Text("; ".join(act.en for act in acts), "；".join(act.zh for act in acts))


def _at(at: datetime) -> Text:
    return dates.when(at, seconds=True)


# -- what comes back


def _state(session: Session, row: InstanceRow, before: InstanceRow) -> bool:
    if row.snapshot == before.snapshot:
        return False
    ledger.write(session, row, {name: getattr(before, name) for name in STATE})
    return True


def _lines(of: Session, row: InstanceRow) -> list[HistoryRow]:
    return list(of.scalars(select(HistoryRow).where(HistoryRow.instance_id == row.id).order_by(HistoryRow.sequence)))


def _history(session: Session, row: InstanceRow, before: Collection[HistoryRow]) -> int:
    """Write the lines of history that are gone or say something else; how many."""
    there = {one.sequence: one for one in _lines(session, row)}
    gone = [_values(one) for one in before if one.sequence not in there]
    altered = [one for one in before if one.sequence in there and _values(one) != _values(there[one.sequence])]
    if gone:
        ledger.append(session, table_of(HistoryRow), gone)
    for one in altered:
        ledger.write(session, there[one.sequence], _values(one))
    return len(gone) + len(altered)


def _tasks(session: Session, row: InstanceRow, then: Session) -> None:
    """Write the tasks that are gone, under the ids and with the holders that they had; the projection makes the rest."""
    of_case = select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id)
    there = {task.token_id for task in session.scalars(of_case)}
    gone = [_values(task) for task in then.scalars(of_case) if task.token_id not in there]
    if gone:
        ledger.append(session, table_of(OpenTaskRow), gone)
    if offers := [offer for task in gone for offer in offers_of(task)]:
        ledger.append(session, table_of(Offer), offers)


def _values(record: Base) -> dict[str, Any]:
    return {attribute.key: getattr(record, attribute.key) for attribute in inspect(type(record)).column_attrs}


def _live(engine: Engine, session: Session, row: InstanceRow) -> CachedInstance:
    environment = CaseEnvironment(engine)
    environment.bind(session, row)
    bundle = engine.package(session, row.deployment_id).diagrams
    try:
        live = spiff.restore(bundle, row.snapshot or b"", environment)
    except spiff.UnknownSnapshot as found:
        raise BackupUnreadable(why=found.why) from found
    return CachedInstance(row.version, live, environment, stored(session, row.id))


def _differing(there: dict[Any, Any], now: dict[Any, Any]) -> int:
    return sum(there.get(key) != now.get(key) for key in there.keys() | now.keys())


def _note(session: Session, actor: Actor, row: InstanceRow, done: PutBack, file: str) -> None:
    unreadable.close(session, row, actor.id)
    history.note(session, actor, row, "state_put_back", file=file)
    session.flush()
    facts = {name: getattr(done, name) for name in ("snapshot", "history", "tasks", "timers", "subscriptions")}
    facts |= {"file": file, "version": row.version, "moved_at": row.moved_at.isoformat()}
    journal.write(session, actor, case=row.id, act="instances.put_back", facts=facts)
