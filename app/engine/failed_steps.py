"""The incident of a whole step that failed and of which nothing was kept."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.records import IncidentRow, InstanceRow
from app.engine.stored_rows import STEP_INCIDENTS
from app.foundation import clock
from app.foundation.database import new_id
from app.foundation.errors import Refusal, Several
from app.foundation.text import Text


def open_incident(
    session: Session, row: InstanceRow | None, token_id: str, element_id: str, process_id: str, error: Exception
) -> None:
    """Show that a whole step failed and nothing of it was kept; one open incident for each place."""
    undone = Text("The step failed and was undone: %(what)s", "步骤执行失败，已全部撤销：%(what)s")
    message = undone.filled(what=_said(error))
    there = session.scalars(
        select(IncidentRow).where(
            IncidentRow.instance_id == row.id if row else IncidentRow.instance_id.is_(None),
            IncidentRow.token_id == token_id,
            IncidentRow.element_id == element_id,
            IncidentRow.kind == STEP_INCIDENTS[0],
            IncidentRow.resolved_at.is_(None),
        )
    ).first()
    if there is not None:
        there.message_en, there.message_zh = message
        return
    session.add(
        IncidentRow(
            id=new_id(),
            instance_id=row.id if row else None,
            token_id=token_id,
            element_id=element_id,
            process_id=process_id,
            name_en=element_id,
            name_zh=element_id,
            kind=STEP_INCIDENTS[0],
            message_en=message.en,
            message_zh=message.zh,
            opened_at=clock.now(session),
        )
    )


def _said(error: Exception) -> Text:
    """What kept a step from being done: a refusal's own sentences, of anything else its name and words."""
    if isinstance(error, Several):
        return error.whole
    if isinstance(error, Refusal):
        return error.sentence
    what = f"{type(error).__name__}: {error}"[:2000]
    return Text(what, what)
