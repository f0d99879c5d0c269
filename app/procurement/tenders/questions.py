"""Questions about the documents: asked without a name, answered to all (IR 52, O87 27)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement import agreements, rules
from app.procurement.tenders.documents import content
from app.procurement.tenders.notices import DeadlinePassed, add_notice, get, open_for_bids, supplier_of
from app.procurement.tenders.records import Question


class QuestionUnknown(NotFound):
    """There is no such enquiry."""

    code = "question-unknown"
    text = Text("There is no such enquiry.", "没有该询问。")


class QuestionAnswered(Conflict):
    """The question was answered in the meantime."""

    code = "question-answered"
    text = Text("This enquiry has already been answered.", "该询问已答复。")


class WordsMissing(Invalid):
    """A question or answer must say something."""

    code = "words-missing"
    text = Text("Enter your enquiry.", "请填写询问内容。")


class AnswerChanges(RuleBroken):
    """An answer explains the documents; what they ask for is changed by a change, which everybody gets in time (O87 27)."""

    code = "answer-changes"
    text = Text(
        "An answer can only explain the tender documents. “%(words)s” is not in them. Publish a correction first, then answer.",
        "答复只能解释招标文件，“%(words)s”与招标文件不一致。请先发布更正，再作答复。",
    )
    statute = "O87 27, IR 31"


_CHANGING = re.compile(
    r"(?<!不)(?<!未)(?<!不得)(?:修改|调整|变更|更正|修正|放宽|降低|提高|减少|增加|缩短|延长|改)(?:为|至|到|成)"
    r"|不再(?:要求|执行|适用)|(?:予以|可以?|现)(?:取消|删除|删去)|(?:此项|该项|本项|该条)[^，。；]{0,6}(?:取消|删除|作废)"
    r"|\b(?:changed|amended|reduced|lowered|raised|increased|extended|shortened|relaxed|corrected)\s+(?:from\b.*\b)?to\b"
    r"|\bno longer (?:required|needed|applies)|\b(?:is|are) (?:deleted|removed|dropped|waived)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\d{3,4}-\d{3,8}(?:-\d{4})?|1[3-9]\d{9}|"  # telephone numbers
    r"\d{1,2}[:：]\d{2}|\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}(?:-\d{1,2})?"  # days and hours
    r"|第[\d.]+[条款项章节页包版]|(?:article|clause|section|page|lot|version)\s+[\d.]+"  # places
    r"|(?:正负|[±+]/?-?)\s*\d+(?:\.\d+)?"  # how exactly something is measured
    r"|[A-Za-z]+[-_]?\d+(?:\.\d+)*",  # codes and standards
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def changed_words(answer: str, documents: str) -> str | None:
    """The first words of an answer that change what the documents say: words of changing, or a figure they don't have.

    Days, hours, places in the documents, codes, tolerances and telephone numbers are no such figures.
    """
    found = _CHANGING.search(answer)
    if found is not None:
        return found[0]
    known = {_figure(figure) for figure in _FIGURE.findall(documents)}
    return next(
        (figure for figure in _FIGURE.findall(_BESIDE.sub(" ", answer)) if _figure(figure) not in known),
        None,
    )


def _figure(text: str) -> Decimal:
    return Decimal(text.replace(",", "")).normalize()


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
    """The agency answers; question and answer are published to all without the asker's name (IR 20(1), O87 27).

    It explains; raises AnswerChanges where it would change what the documents ask for.
    """
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
    words = changed_words(answer, json.dumps(content(tender), ensure_ascii=False))
    if words is not None:
        raise AnswerChanges(field="answer", words=words)
    question.answer, question.answered_by = answer.strip(), actor.id
    question.answered_at = clock.now(session)
    title = tender.project.title
    add_notice(
        session,
        tender,
        kind="clarification",
        title=Text(f"Clarification notice: {title.en}", f"{title.zh}澄清公告"),
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
