"""Questions about the documents: asked without a name, answered to all (IR 52, O87 27)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.procurement import agreements, rules
from app.procurement.tenders.answers import changed_words, opposed, passages
from app.procurement.tenders.documents import content
from app.procurement.tenders.notices import DeadlinePassed, add_notice, get, open_for_bids, supplier_of
from app.procurement.tenders.places import place
from app.procurement.tenders.records import Question, Tender


class QuestionUnknown(NotFound):
    """There is no such enquiry."""

    text = Text("There is no such enquiry.", "没有该询问。")


class QuestionAnswered(Conflict):
    """The question was answered in the meantime."""

    text = Text("This enquiry has already been answered.", "该询问已答复。")


class WordsMissing(Invalid):
    """A question or answer must say something."""

    text = Text("Enter your enquiry.", "请填写询问内容。")


class AnswerChanges(RuleBroken):
    """An answer explains the documents; what they ask for is changed by a change, which everybody gets in time (O87 27)."""

    text = Text(
        "An answer can only explain the tender documents. “%(words)s” is not in them. Publish a correction first, then answer.",
        "答复只能解释招标文件，“%(words)s”与招标文件不一致。请先发布更正，再作答复。",
    )


class AnswerOpposes(RuleBroken):
    """An answer turns round what the documents say of the same subject (O87 27)."""

    text = Text(
        "An answer can only explain the tender documents. “%(said)s” is against what they say (%(place)s): “%(words)s”. "
        "Publish a correction first, then answer.",
        "答复只能解释招标文件。“%(said)s”与招标文件（%(place)s）“%(words)s”相反。请先发布更正，再作答复。",
    )


class CorrectionNeeded(RuleBroken):
    """Who answers says that the answer changes the documents: that is a correction, which everybody gets in time (O87 27)."""

    code = "answer-needs-correction"
    text = Text(
        "An answer cannot change the tender documents. Publish a correction first (“Correct the tender documents”), then "
        "answer. After the bid deadline nothing can be changed.",
        "答复不得改变招标文件。请先发布更正（“更正招标文件”），再作答复；投标截止后不得再作更正。",
    )


EXPLAINS, CHANGES = "explains", "changes"
"""What who answers states of an answer: it only explains the documents, or it changes something of them."""


def statement(agency: Text) -> Text:
    """What the agency states of an answer that explains, as it is published with it."""
    return Text(
        f"{agency.en} states that this answer explains the tender documents and changes nothing in them.",
        f"{agency.zh}声明：本答复仅作解释，不改变招标文件的任何内容。",
    )


@dataclass(frozen=True)
class PublicQuestion:
    """A question as everybody sees it: no asker. ``stated``: what the agency states of the answer's effect."""

    id: str
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    stated: Text | None = None


def ask(session: Session, actor: Actor, *, tender_id: str, text: str, arrived_at: datetime | None = None) -> Question:
    """A supplier asks before the deadline; an answer is due in three working days (IR 52)."""
    tender = get(session, tender_id, lock=True)
    supplier_id = supplier_of(session, actor)
    now = arrivals.arrived(session, arrived_at)
    if not open_for_bids(tender, now):
        raise DeadlinePassed(under=rules.law(session, tender.project))
    if not text.strip():
        raise WordsMissing(field="text")
    today = local_day(now)
    due_on = (
        rules.law(session, tender.project, on=today).rule("question_answer").last_day(workdays.load(session), today)
    )
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
    """A question, with its asker: for the acts, never for a page.

    :raises QuestionUnknown:
    """
    found = session.get(Question, question_id)
    if found is None:
        raise QuestionUnknown
    return found


def answer(session: Session, actor: Actor, *, question_id: str, answer: str, effect: str | None) -> Question:
    """The agency answers; question and answer are published to all without the asker's name (IR 20(1), O87 27).

    ``effect``: what who answers states (EXPLAINS or CHANGES; None in cases whose form didn't ask yet), published with it.
    It explains; raises CorrectionNeeded, AnswerChanges or AnswerOpposes where it would change what the documents ask for.
    """
    question = session.get(Question, question_id, with_for_update=True, populate_existing=True)
    if question is None:
        raise QuestionUnknown
    tender = get(session, question.tender_id)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="answer")
    if question.answer is not None:
        raise QuestionAnswered
    if not answer.strip():
        raise WordsMissing(field="answer")
    if effect == CHANGES:
        raise CorrectionNeeded(field="effect", under=rules.law(session, tender.project))
    _refuse_changing(rules.law(session, tender.project), tender, question, answer)
    question.answer, question.answered_by, question.effect = answer.strip(), actor.id, effect
    question.answered_at = clock.now(session)
    title = tender.project.title
    add_notice(
        session,
        tender,
        kind="clarification",
        title=Text(f"Clarification notice: {title.en}", f"{title.zh}澄清公告"),
        content={"question": question.text, "answer": question.answer, **_stated(session, tender, effect)},
    )
    facts = {"question": question.id, "effect": effect}
    journal.write(session, actor, case=tender.project_id, act="tenders.answer", facts=facts)
    return question


def _refuse_changing(law: rules.Law, tender: Tender, question: Question, answer: str) -> None:
    said = content(tender)
    words = changed_words(answer, json.dumps(said, ensure_ascii=False))
    if words is not None:
        raise AnswerChanges(field="answer", words=words, under=law)
    found = opposed(question.text, answer, passages(said))
    if found is not None:
        clause, passage = found
        raise AnswerOpposes(field="answer", said=clause, place=place(passage.place), words=passage.words, under=law)


def _stated(session: Session, tender: Tender, effect: str | None) -> dict[str, dict[str, str]]:
    if effect != EXPLAINS:
        return {}
    return {"stated": statement(organisations.get(session, tender.agency_id).name).as_json()}


def public_questions(session: Session, tender_id: str) -> list[PublicQuestion]:
    """A tender's questions and answers as the public sees them."""
    tender = get(session, tender_id)
    stated = statement(organisations.get(session, tender.agency_id).name)
    return [
        PublicQuestion(q.id, q.text, q.asked_at, q.answer, q.answered_at, stated if q.effect == EXPLAINS else None)
        for q in tender.questions
    ]


def own_questions(session: Session, actor: Actor, tender_id: str) -> list[Question]:
    """The questions the actor's own organisation asked."""
    return [q for q in get(session, tender_id).questions if q.asker_id == actor.organisation_id]
