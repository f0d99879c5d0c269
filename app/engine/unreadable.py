"""The incident of a snapshot that can't be read: opened once by whoever meets it, closed by whoever reads it again.

Who meets it may only be looking, or is about to roll back. So it is noted in the session, and written when the session's
transaction has ended, in one of its own: for every door, the pages and the scrubber alike.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import Select, event, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

from app.engine import spiff
from app.engine.records import IncidentRow, InstanceRow, TimerRow
from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.foundation.belongings import Belonging
from app.foundation.database import new_id
from app.foundation.text import Text

log = logging.getLogger(__name__)

KIND = "snapshot"
PLACE = Text("Stored state of the case", "流程保存的状态")
"""Where such an incident is: at no element, as nobody knows where the tokens stand."""
_NOTED: Belonging[dict[str, IncidentRow | None]] = Belonging(lambda _: {})


def cases() -> Select[Any]:
    """The ids of the instances that have such an incident."""
    return select(IncidentRow.instance_id).where(IncidentRow.kind == KIND, IncidentRow.resolved_at.is_(None))


def met(session: Session, row: InstanceRow, why: spiff.UnknownSnapshot) -> None:
    """Have an incident opened when this session's transaction has ended; what it was found by is in the log."""
    log.info("the snapshot of instance %s can't be read", row.id, exc_info=why)
    message = Text("%(why)s %(remedy)s", "%(why)s%(remedy)s").filled(why=why.why, remedy=why.remedy)
    _NOTED.of(session)[row.id] = IncidentRow(
        id=new_id(),
        instance_id=row.id,
        token_id="",
        element_id=row.process_id,
        process_id=row.process_id,
        name_en=PLACE.en,
        name_zh=PLACE.zh,
        kind=KIND,
        message_en=message.en,
        message_zh=message.zh,
        opened_at=clock.now(session),
    )


def was_read(session: Session, row: InstanceRow) -> None:
    """An instance's snapshot was read: have its incident, if there is one, closed when the transaction has ended."""
    if session.scalar(cases().where(IncidentRow.instance_id == row.id)) is not None:
        _NOTED.of(session)[row.id] = None


def incidents(session: Session, instance_id: str) -> list[IncidentRow]:
    """What keeps an instance, the longest first: its open incidents, and the one that this transaction has just met."""
    statement = select(IncidentRow).where(IncidentRow.instance_id == instance_id, IncidentRow.resolved_at.is_(None))
    found = list(session.scalars(statement.order_by(IncidentRow.opened_at)))
    met_now = (_NOTED.known(session) or {}).get(instance_id)
    return found if met_now is None or any(one.kind == KIND for one in found) else [*found, met_now]


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None or not (noted := _NOTED.known(session)):
        return
    _NOTED.forget(session)
    database = session.get_bind(inspect(IncidentRow)).engine.execution_options(read_only=False)
    for instance_id, incident in noted.items():
        try:
            _write(database, instance_id, incident, clock.of(session))
        except SQLAlchemyError:  # the act that met it has its own answer; whoever meets it next writes it down
            log.exception("the incident of the snapshot of instance %s could not be written", instance_id)


def _write(database: Database, instance_id: str, incident: IncidentRow | None, time: clock.Clock) -> None:
    with Session(database) as session:
        clock.use(session, time)
        row = session.scalars(select(InstanceRow).where(InstanceRow.id == instance_id).with_for_update()).first()
        if row is not None:
            _open(session, incident) if incident is not None else close(session, row)
            session.commit()


def _open(session: Session, incident: IncidentRow) -> None:
    known = session.scalars(
        select(IncidentRow).where(
            IncidentRow.instance_id == incident.instance_id,
            IncidentRow.kind == KIND,
            IncidentRow.resolved_at.is_(None),
        )
    ).first()
    if known is not None:
        known.message_en, known.message_zh = incident.message
        return
    log.error("the snapshot of instance %s can't be read: %s", incident.instance_id, incident.message_en)
    session.add(incident)


def close(session: Session, row: InstanceRow, by: str = SYSTEM.id) -> None:
    """Close the incident of a locked instance, and let the timers that were put off meanwhile be looked at at once."""
    there = (IncidentRow.instance_id == row.id, IncidentRow.kind == KIND, IncidentRow.resolved_at.is_(None))
    session.execute(update(IncidentRow).where(*there).values(resolved_at=clock.now(session), resolved_by=by))
    put_off = (TimerRow.instance_id == row.id, TimerRow.wake_at.is_not(None))
    session.execute(update(TimerRow).where(*put_off).values(wake_at=TimerRow.due_at, attempts=0))
