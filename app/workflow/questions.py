"""A supplier's question reaches the procedure: the agency gets a task to answer it, and nobody learns who asked."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from app.engine import messages
from app.engine.engine import Engine
from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.procurement import tenders
from app.procurement.tenders import Question
from app.workflow import cases

ASKED = "question asked"
"""The message of the diagram."""
END_OF_DAY = time(23, 59, 59)


def ask(
    engine: Engine, session: Session, actor: Actor, *, tender_id: str, text: str, arrived_at: datetime | None = None
) -> Question:
    """Ask about a tender's documents (see ``tenders.ask``). The history names the system, not the asker (O87 28)."""
    cases.hold(session, tender_id)
    question = tenders.ask(session, actor, tender_id=tender_id, text=text, arrived_at=arrived_at)
    assert question.answer_due_on is not None, "a question is asked with its due day"
    due_at = datetime.combine(question.answer_due_on, END_OF_DAY, clock.PLACE)
    messages.send(
        engine,
        session,
        SYSTEM,
        ASKED,
        tender_id,
        {"question_id": question.id, "answer_due_at": due_at.isoformat()},
        message_id=f"question:{question.id}",
    )
    return question
