"""A supplier's query reaches the procedure: the agency gets a task to answer it, in the transaction that takes it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.engine import instances, messages
from app.engine.engine import Engine
from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.foundation.workdays import last_second_of
from app.procurement import projects, queries, tenders
from app.procurement.projects import LotState
from app.procurement.queries import Point, Query
from app.workflow import cases

RAISED = "query raised"
"""The message of the lot's diagram; its key is the lot's id."""
EARLY = "early_query"
"""The procedure of a query that comes before the lot has a case of its own."""


def raise_query(
    engine: Engine,
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    scope: str,
    points: Sequence[Point],
    contact: str = "",
    attachments: Sequence[str] = (),
    arrived_at: datetime | None = None,
) -> Query:
    """Raise a query (see ``queries.raise_query``): the lot's case takes it up, or before the opening a case of its own.

    The history names the system, not who raised it: before the deadline nobody may learn who takes part (O87 28).
    """
    cases.hold(session, tenders.of_lot(session, lot_id).id)
    query = queries.raise_query(
        session,
        actor,
        lot_id=lot_id,
        scope=scope,
        points=points,
        contact=contact,
        attachments=attachments,
        arrived_at=arrived_at,
    )
    due_at = last_second_of(query.answer_due_on).astimezone(clock.PLACE)
    told = {"query_id": query.id, "answer_due_at": due_at.isoformat()}
    if projects.lot(session, lot_id).state in (LotState.PLANNED, LotState.BIDDING):
        variables = {**_parties(session, query), **told}
        instances.start(engine, session, SYSTEM, EARLY, variables, variables["project_number"])
    else:
        messages.send(engine, session, SYSTEM, RAISED, lot_id, told, message_id=f"query:{query.id}")
    return query


def _parties(session: Session, query: Query) -> Mapping[str, Any]:
    project = tenders.get(session, query.tender_id).project
    return {**cases.parties(project), "tender_id": query.tender_id, "lot_id": query.lot_id}
