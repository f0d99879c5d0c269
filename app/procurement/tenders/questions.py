"""Questions about the documents: asked without a name, answered to all (IR 52, O87 27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement import agreements, rules
from app.procurement.tenders.notices import DeadlinePassed, add_notice, get, open_for_bids, supplier_of
from app.procurement.tenders.records import Question


class QuestionUnknown(NotFound):
    """There is no such question."""

    code = "question-unknown"
    text = Text("There is no such question.", "没有该提问。")


class QuestionAnswered(Conflict):
    """The question was answered in the meantime."""

    code = "question-answered"
    text = Text("This question was already answered.", "该提问已答复。")


class WordsMissing(Invalid):
    """A question or answer must say something."""

    code = "words-missing"
    text = Text("Write something.", "请填写内容。")


@dataclass(frozen=True)
class PublicQuestion:
    """A question as everybody sees it: no asker."""

    id: str
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


def ask(session: Session, actor: Actor, *, tender_id: str, text: str, arrived_at: datetime | None = None) -> Question:
    """A supplier asks before the deadline; an answer is due in three working days (IR 52)."""
    tender = get(session, tender_id, lock=True)
    supplier_id = supplier_of(session, actor)
    now = arrivals.arrived(session, arrived_at)
    if not open_for_bids(tender, now):
        raise DeadlinePassed()
    if not text.strip():
        raise WordsMissing(field="text")
    today = local_day(now)
    due_on = rules.find("question_answer", on=today).last_day(workdays.load(session), today)
    question = Question(
        tender_id=tender.id,
        asker_id=supplier_id,
        text=text.strip(),
        asked_at=now,
        answer_due_on=due_on,
    )
    session.add(question)
    session.flush()
    session.expire(tender, ["questions"])
    facts = {"question": question.id, "arrived_at": now.isoformat()}
    # The journal is read by people who mustn't know who takes part: it names the system, not the asker (O87 28).
    anonymous = Actor(id="supplier", name="Supplier")
    journal.write(session, anonymous, case=tender.project_id, act="tenders.ask", facts=facts)
    return question


def question(session: Session, question_id: str) -> Question:
    """A question, with its asker: for the acts, never for a page. Raises QuestionUnknown."""
    found = session.get(Question, question_id)
    if found is None:
        raise QuestionUnknown()
    return found


def answer(session: Session, actor: Actor, *, question_id: str, answer: str) -> Question:
    """The agency answers; question and answer are published to all without the asker's name (IR 20(1), O87 27)."""
    question = session.get(Question, question_id, with_for_update=True, populate_existing=True)
    if question is None:
        raise QuestionUnknown()
    tender = get(session, question.tender_id)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="answer")
    if question.answer is not None:
        raise QuestionAnswered()
    if not answer.strip():
        raise WordsMissing(field="answer")
    question.answer, question.answered_by = answer.strip(), actor.id
    question.answered_at = clock.now(session)
    title = tender.project.title
    add_notice(
        session,
        tender,
        kind="clarification",
        title=Text(f"Clarification: {title.en}", f"{title.zh}澄清公告"),
        content={"question": question.text, "answer": question.answer},
    )
    journal.write(session, actor, case=tender.project_id, act="tenders.answer", facts={"question": question.id})
    return question


def public_questions(session: Session, tender_id: str) -> list[PublicQuestion]:
    """A tender's questions and answers as the public sees them."""
    return [
        PublicQuestion(q.id, q.text, q.asked_at, q.answer, q.answered_at) for q in get(session, tender_id).questions
    ]


def own_questions(session: Session, actor: Actor, tender_id: str) -> list[Question]:
    """The questions the actor's own organisation asked."""
    return [q for q in get(session, tender_id).questions if q.asker_id == actor.organisation_id]
