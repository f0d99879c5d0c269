"""Whose turn it is: an instance's row is locked first, by every door; only what is active moves."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.engine.records import InstanceRow, OpenTaskRow
from app.engine.states import InstanceState
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text


class NoSuchInstance(NotFound):
    """There is no instance of that id."""

    text = Text("There is no such case.", "没有该流程。")


class InstanceSuspended(Conflict):
    """The instance is suspended: nothing in it moves until it is resumed."""

    text = Text("This case is suspended. It can continue after it is resumed.", "该流程已暂停，恢复后方可继续。")


class InstanceEnded(Conflict):
    """The instance has ended."""

    text = Text("This case has ended.", "该流程已结束。")


def lock(session: Session, instance_id: str, *, skip_locked: bool = False) -> InstanceRow | None:
    """The instance's row, locked until the transaction ends; with ``skip_locked``, None when another has it."""
    return session.scalars(
        select(InstanceRow)
        .where(InstanceRow.id == instance_id)
        .with_for_update(skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    ).first()


def lock_of_task(session: Session, task_id: str) -> tuple[InstanceRow, OpenTaskRow] | None:
    """The row of the instance that an open task belongs to, and the task, both locked in this order; None: no such task."""
    found = session.execute(_OF_TASK, {"task": task_id}).first()
    return None if found is None else (found[0], found[1])


_OF_TASK = (
    select(InstanceRow, OpenTaskRow)
    .join(OpenTaskRow, OpenTaskRow.instance_id == InstanceRow.id)
    .where(OpenTaskRow.id == bindparam("task"))
    .with_for_update(of=(InstanceRow, OpenTaskRow))
    .execution_options(populate_existing=True)
)


def locked(session: Session, instance_id: str) -> InstanceRow:
    """The instance's row, locked.

    :raises NoSuchInstance:
    """
    row = lock(session, instance_id)
    if row is None:
        raise NoSuchInstance
    return row


def refuse_unless_active(row: InstanceRow) -> None:
    """Refuse to move what is suspended or has ended."""
    if row.state == InstanceState.SUSPENDED:
        raise InstanceSuspended
    if row.state != InstanceState.ACTIVE:
        raise InstanceEnded
