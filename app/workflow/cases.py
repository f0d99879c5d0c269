"""The running cases of a project: a case carries its project's number as its business key."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import corridor
from app.engine.records import InstanceRow
from app.procurement import tenders


def of_number(session: Session, number: str) -> list[InstanceRow]:
    """The running cases of the project with this number."""
    running = select(InstanceRow).where(
        InstanceRow.business_key == number, InstanceRow.state.in_(("active", "suspended"))
    )
    return list(session.scalars(running.order_by(InstanceRow.id)))


def hold(session: Session, tender_id: str) -> list[InstanceRow]:
    """The running cases of a tender, locked: before the tender's own lock, as every door of the engine does it.

    Whoever locked them the other way round would wait for a timer that waits for them.
    """
    number = tenders.get(session, tender_id).project.number
    return [corridor.locked(session, case.id) for case in of_number(session, number)]
