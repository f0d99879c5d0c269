"""Administrators change running instances: move them to another version, modify them by hand, and take it back.

Each is previewed on a copy of which nothing is kept, done as a whole or not at all, and recorded with what was before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import corridor, history, locks, spiff, steps
from app.engine.cache import CachedInstance
from app.engine.engine import ADMINISTRATOR, Engine
from app.engine.environment import CaseEnvironment
from app.engine.instances import NoSuchProcess, get
from app.engine.records import Definition, InstanceChange, InstanceRow
from app.engine.states import ChangeKind, InstanceState, TokenState
from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import new_id
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from app.foundation.text import Text

__all__ = [
    "ChangeTakenBack", "ChangeUnknown", "Cleared", "MigrationRefused", "ModificationUnfit", "MovedOn", "NoReasons",
    "NotAdministrator", "Standing", "changes_of", "migrate", "modify", "preview_migration", "preview_modification",
    "revert",
]  # fmt: skip


class NotAdministrator(NotAllowed):
    """Only administrators change running instances."""

    text = Text("Only an administrator can do this.", "仅系统管理员可执行此操作。")


class NoReasons(Invalid):
    """A change of a running instance needs its reasons."""

    text = Text("Enter a reason.", "请填写理由。")


class MigrationRefused(Conflict):
    """Something of the instance has no place in the new version; ``plan`` says what."""

    text = Text("The case cannot be moved to this version: %(why)s", "该流程无法迁移到此版本：%(why)s")

    def __init__(self, plan: spiff.Plan) -> None:
        self.plan = plan
        english = "; ".join(f"{noted.element_id}: {noted.why.en}" for noted in plan.refused)
        chinese = "；".join(f"{noted.element_id}：{noted.why.zh}" for noted in plan.refused)
        super().__init__(why=Text(english, chinese))


class ModificationUnfit(Invalid):
    """An instruction makes no sense in this instance."""

    text = Text("“%(element)s”: %(why)s", "“%(element)s”：%(why)s")


class ChangeUnknown(NotFound):
    """There is no such change."""

    text = Text("There is no such change.", "没有该变更记录。")


class ChangeTakenBack(Conflict):
    """The change was taken back already."""

    text = Text("This change has already been undone.", "该变更已被撤销。")


class MovedOn(Conflict):
    """The instance has moved since the change, so that taking it back would undo what people did."""

    text = Text(
        "The case has continued since. Undoing this would also undo what was done after it.",
        "此后流程已有进展，撤销将使后续办理失效。",
    )


class BeforeUnreadable(Conflict):
    """What was kept of an instance from before the change can't be read."""

    text = Text(
        "What was kept from before this change cannot be read. %(why)s The case stays as it is.",
        "变更前保存的状态无法读取。%(why)s流程保持现状。",
    )


@dataclass(frozen=True)
class Standing:
    """Where an instance's tokens stand: element, state and how many."""

    process_id: str
    element_id: str
    state: str
    count: int


@dataclass(frozen=True)
class Cleared:
    """What a modification would leave: the tokens before and after it, before any automatic step follows."""

    before: list[Standing] = field(default_factory=list)
    after: list[Standing] = field(default_factory=list)
    state: str = "active"


_TOLD = {ChangeKind.MIGRATE: "case_migrated", ChangeKind.MODIFY: "case_modified"}


# -- another version


def preview_migration(
    engine: Engine, session: Session, instance_id: str, to: Definition, mapping: Mapping[str, str] | None = None
) -> spiff.Plan:
    """What moving an instance to another version would do; nothing is changed.

    ``mapping``: from element ids of the present version to those of ``to``; an id that isn't in it stays as it is.
    """
    row = get(session, instance_id)
    locks.refuse_unless_active(row)
    environment = CaseEnvironment(engine)
    environment.bind(session, row)
    return _migrated(engine, session, row, to, mapping or {}, environment)[1]


def migrate(
    engine: Engine,
    session: Session,
    actor: Actor,
    instance_id: str,
    to: Definition,
    mapping: Mapping[str, str] | None = None,
    *,
    reasons: str,
) -> InstanceChange:
    """Move a running instance to another version of its process, all or nothing.

    :raises MigrationRefused: when a token, a scope or a join has no place there
    """
    _refuse_unfounded(actor, reasons)
    row = locks.locked(session, instance_id)
    locks.refuse_unless_active(row)
    before, before_id = _snapshot(row), row.definition_id
    plan = spiff.Plan()

    def make(entry: CachedInstance) -> spiff.Instance:
        nonlocal plan
        live, plan = _migrated(engine, session, row, to, mapping or {}, entry.environment)
        if live is None:
            raise MigrationRefused(plan)
        row.definition_id, row.deployment_id = to.id, to.deployment_id
        return live

    corridor.exchange(engine, session, row, make, actor=actor)
    content = {"mapping": dict(mapping or {}), **_plan_as_json(plan)}
    return _record(session, actor, row, ChangeKind.MIGRATE, before, before_id, content, reasons)


def _migrated(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    to: Definition,
    mapping: Mapping[str, str],
    environment: CaseEnvironment,
) -> tuple[spiff.Instance | None, spiff.Plan]:
    if to.key != row.process_id:
        raise NoSuchProcess(process=row.process_id)
    old = engine.package(session, row.deployment_id).diagrams
    new = engine.package(session, to.deployment_id).diagrams
    with steps.reading(session, row):  # what is rewritten must be sound, whatever the cache holds
        spiff.restore(old, _snapshot(row), environment)
    return spiff.migrate(old, new, _snapshot(row), mapping, environment)


def _plan_as_json(plan: spiff.Plan) -> dict[str, Any]:
    noted = {
        name: [{"process": n.process_id, "element": n.element_id, "why": n.why.as_json()} for n in getattr(plan, name)]
        for name in ("lost", "added")
    }
    moved = [{"process": m.process_id, "from": m.element_id, "to": m.target_id, "count": m.count} for m in plan.moved]
    return {"moved": moved, **noted}


# -- by hand


def preview_modification(
    engine: Engine, session: Session, instance_id: str, modification: spiff.Modification
) -> Cleared:
    """Where tokens would stand after a modification; nothing is changed.

    :raises ModificationUnfit:
    """
    row = get(session, instance_id)
    locks.refuse_unless_active(row)
    environment = CaseEnvironment(engine)
    environment.bind(session, row)
    live = steps.restore(engine, session, row, environment)
    before = _standing(live)
    _modified(live, modification)
    return Cleared(before, _standing(live), live.state)


def modify(
    engine: Engine,
    session: Session,
    actor: Actor,
    instance_id: str,
    modification: spiff.Modification,
    *,
    reasons: str,
) -> InstanceChange:
    """Set variables, start before elements, cancel tokens; then automatic steps follow.

    :raises ModificationUnfit: and nothing is changed
    """
    _refuse_unfounded(actor, reasons)
    row = locks.locked(session, instance_id)
    locks.refuse_unless_active(row)
    before = _snapshot(row)
    standing: list[list[Standing]] = []
    values: dict[str, Any] = {}

    def act(live: spiff.Instance) -> None:
        values.update({name: live.variables.get(name) for name in modification.variables})
        standing.append(_standing(live))
        _modified(live, modification)
        standing.append(_standing(live))

    corridor.move(engine, session, row, act, actor=actor)
    content = {
        "cancelled": list(modification.cancel),
        "started": [start.element_id for start in modification.start],
        "variables_before": history.storable(values),
        "variables_after": history.storable(dict(modification.variables)),
        "before": [vars(each) for each in standing[0]],
        "after": [vars(each) for each in standing[1]],
    }
    return _record(session, actor, row, ChangeKind.MODIFY, before, row.definition_id, content, reasons)


def _modified(live: spiff.Instance, modification: spiff.Modification) -> None:
    try:
        live.modify(modification)
    except spiff.Unfit as unfit:
        raise ModificationUnfit(element=unfit.element_id, why=unfit.why) from unfit


def _standing(live: spiff.Instance) -> list[Standing]:
    counted = Counter((t.process_id, t.element_id, t.state) for t in live.tokens() if t.state != TokenState.LISTENING)
    return [Standing(*place, count) for place, count in counted.items()]


# -- taking back


def revert(engine: Engine, session: Session, actor: Actor, change_id: str, *, reasons: str) -> InstanceChange:
    """Take the last change of an instance back: exactly, while nothing has moved since.

    A migration can also be taken back later: the instance then moves to the version before by the mapping turned round.

    :raises MovedOn: for a modification after which the instance has moved, or a mapping that can't be turned round
    :raises MigrationRefused: when what has happened since has no place in the version before
    """
    _refuse_unfounded(actor, reasons)
    change = session.get(InstanceChange, change_id)
    if change is None:
        raise ChangeUnknown
    row = locks.locked(session, change.instance_id)
    if change.reverted_at is not None:
        raise ChangeTakenBack
    if row.version == change.version:
        _restore(engine, session, actor, row, change)
    elif change.kind == ChangeKind.MIGRATE:
        _move_back(engine, session, actor, row, change, reasons)
    else:
        raise MovedOn
    change.reverted_at, change.reverted_by = clock.now(session), actor.id
    history.note(session, actor, row, "change_reverted", reasons=reasons)
    journal.write(
        session, actor, case=row.id, act="interventions.revert", facts={"change": change.id, "reasons": reasons}
    )
    return change


def _restore(engine: Engine, session: Session, actor: Actor, row: InstanceRow, change: InstanceChange) -> None:
    definition = session.get_one(Definition, change.before_definition_id)
    row.definition_id, row.deployment_id = definition.id, definition.deployment_id
    row.state, row.ended_at = InstanceState.ACTIVE, None
    bundle = engine.package(session, definition.deployment_id).diagrams

    def make(entry: CachedInstance) -> spiff.Instance:
        try:
            return spiff.restore(bundle, change.before, entry.environment)
        except spiff.UnknownSnapshot as found:
            raise BeforeUnreadable(why=found.why) from found

    corridor.exchange(engine, session, row, make, actor=actor)


def _move_back(
    engine: Engine, session: Session, actor: Actor, row: InstanceRow, change: InstanceChange, reasons: str
) -> None:
    mapping: dict[str, str] = change.plan["mapping"]
    if len(set(mapping.values())) != len(mapping) or row.definition_id != change.after_definition_id:
        raise MovedOn
    turned = {}
    for key, target in mapping.items():
        process_id, slash, element_id = key.rpartition("/")
        turned[f"{process_id}{slash}{target}"] = element_id
    to = session.get_one(Definition, change.before_definition_id)
    migrate(engine, session, actor, row.id, to, turned, reasons=reasons)


def changes_of(session: Session, instance_id: str) -> list[InstanceChange]:
    """The changes of an instance, the latest first."""
    statement = select(InstanceChange).where(InstanceChange.instance_id == instance_id)
    return list(session.scalars(statement.order_by(InstanceChange.id.desc())))


def _refuse_unfounded(actor: Actor, reasons: str) -> None:
    if not actor.has_role(ADMINISTRATOR):
        raise NotAdministrator
    if not reasons.strip():
        raise NoReasons(field="reasons")


def _snapshot(row: InstanceRow) -> bytes:
    return row.snapshot or b""


def _record(
    session: Session,
    actor: Actor,
    row: InstanceRow,
    kind: ChangeKind,
    before: bytes,
    before_definition_id: str,
    plan: dict[str, Any],
    reasons: str,
) -> InstanceChange:
    change = InstanceChange(
        id=new_id(),
        instance_id=row.id,
        kind=kind,
        before_definition_id=before_definition_id,
        after_definition_id=row.definition_id,
        before=before,
        plan=plan,
        reasons=reasons,
        version=row.version,
        made_by=actor.id,
        made_by_name=actor.name,
        made_at=clock.now(session),
    )
    session.add(change)
    history.note(session, actor, row, _TOLD[kind], reasons=reasons)
    session.flush()
    facts = {"change": change.id, "from": before_definition_id, "to": row.definition_id, "reasons": reasons}
    journal.write(session, actor, case=row.id, act=f"interventions.{kind}", facts=facts)
    return change
