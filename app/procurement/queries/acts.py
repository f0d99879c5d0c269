"""Raising and answering a query, and what follows from it for the result (GPL 52-53, IR 54, O94 10-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.procurement import agreements, awards, experts, mails, projects, rules, tenders
from app.procurement.projects import ReasonsMissing
from app.procurement.queries import cures
from app.procurement.queries.cures import CAUSE
from app.procurement.queries.lists import of_lot
from app.procurement.queries.records import Query, QueryState
from app.procurement.queries.windows import SCOPES, may_ask, window
from app.procurement.rules import laws
from app.procurement.tenders import DocumentAccess

OUTCOMES: dict[str, Text] = {
    "dismissed": Text("not upheld", "质疑不成立"),
    "upheld_no_effect": Text("upheld, without effect on the result", "质疑成立，但不影响中标结果"),
    "upheld": Text("upheld, and may change the result", "质疑成立，影响或者可能影响中标结果"),
}
"""How a query is answered, and what follows: the first two let the procurement go on (O94 16)."""

TOLD = ("supplier-bidder", "supplier-signer", "supplier-admin")


class QueryUnknown(NotFound):
    """There is no such query, or none this person may know of."""

    text = Text("There is no such challenge.", "没有该质疑。")


class MayNotQuery(NotAllowed):
    """Only who took part may query (O94 11)."""

    text = Text(
        "Only a supplier that took part in this procurement can challenge it.",
        "提出质疑的供应商应当是参与本项目采购活动的供应商。",
    )
    statute = "O94 11"


class QueryTooEarly(RuleBroken):
    """What would be queried hasn't happened yet."""

    text = Text("You cannot challenge this yet: %(scope)s has not taken place.", "该环节尚未结束：%(scope)s。")


class QueryTooLate(RuleBroken):
    """The window for this query has closed (GPL 52)."""

    text = Text("The period to challenge %(scope)s ended on %(until)s.", "对%(scope)s的质疑期已于%(until)s届满。")
    statute = "GPL 52"


class PointsMissing(Invalid):
    """A query says what it is about, on what facts, and what it asks for (O94 12)."""

    text = Text("Enter what you challenge, the facts, and what you request.", "请写明质疑事项、事实依据和相关请求。")
    statute = "O94 12"


class QueryClosed(Conflict):
    """The query was answered in the meantime."""

    text = Text("This challenge has already been answered.", "该质疑已答复。")


@dataclass(frozen=True)
class Point:
    """One thing held against a procurement: the matter, the facts, the law where it helps, what is asked for (O94 12)."""

    matter: str
    facts: str
    request: str
    law: str = ""


def raise_query(
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
    """A supplier queries documents, opening, evaluation or result of a lot; the answer is due in seven working days.

    The contract isn't signed while it is open (IR 54). Raises MayNotQuery, QueryTooEarly, QueryTooLate, PointsMissing,
    NotASupplierHere or RoleMissing.
    """
    supplier_id = tenders.supplier_of(session, actor)
    if not any(actor.has_role(role, supplier_id) for role in TOLD):
        roles.require(actor, "supplier-bidder", supplier_id)
    lot = projects.lot(session, lot_id, lock=True)
    tender = tenders.of_lot(session, lot_id)
    now = arrivals.arrived(session, arrived_at)
    _refuse_untimely(session, supplier_id, lot_id, scope, now)
    if not points or any(not (p.matter.strip() and p.facts.strip() and p.request.strip()) for p in points):
        raise PointsMissing(field="points")
    due_on = rules.law(session, lot.project).rule("query_answer").last_day(workdays.load(session), local_day(now))
    query = Query(
        number=projects.next_number(session, "ZY"),
        tender_id=tender.id,
        lot_id=lot_id,
        supplier_id=supplier_id,
        scope=scope,
        points=[asdict(point) for point in points],
        attachments=list(attachments),
        contact=contact,
        raised_by=actor.id,
        raised_at=now,
        answer_due_on=due_on,
    )
    session.add(query)
    session.flush()
    awards.pause(session, lot_id=lot_id, cause=CAUSE, cause_id=query.id)
    _note(
        session,
        actor,
        query,
        "queries.raise",
        {"scope": scope, "points": len(points), "due_on": str(query.answer_due_on), "arrived_at": now.isoformat()},
    )
    _tell_agency(session, query, lot.name)
    return query


def _refuse_untimely(session: Session, supplier_id: str, lot_id: str, scope: str, now: datetime) -> None:
    if scope not in SCOPES:
        raise ValueError(f"unknown scope: {scope}")
    if not may_ask(session, supplier_id, lot_id, scope):
        raise MayNotQuery
    open_ = window(session, supplier_id, lot_id, scope)
    if open_ is None or local_day(now) < open_.from_on:
        raise QueryTooEarly(field="scope", scope=SCOPES[scope])
    if not open_.holds(now):
        raise QueryTooLate(field="scope", scope=SCOPES[scope], until=open_.until_on)


def answer(
    session: Session, actor: Actor, *, query_id: str, outcome: str, answer: str, cured_by: str | None = None
) -> Query:
    """The agency answers, to who asked and to all others concerned (GPL 53, O94 13, 15).

    Not upheld, or upheld without effect: the procurement goes on. Upheld and perhaps changing the result: the signing
    stays paused until the result is settled anew, and the finance department is told (O94 16). What was rightly held
    against the documents goes on if the change ``cured_by`` took it away before the opening; uncured it holds the opening.

    :raises QueryClosed:
    :raises ReasonsMissing:
    :raises NothingToCure:
    :raises NoCure:
    :raises BeyondPowers:
    :raises RoleMissing:
    """
    query = get(session, query_id, lock=True)
    tender = tenders.get(session, query.tender_id)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="answer")
    if query.state != QueryState.OPEN:
        raise QueryClosed
    if outcome not in OUTCOMES:
        raise ValueError(f"unknown outcome: {outcome}")
    if not answer.strip():
        raise ReasonsMissing(field="answer")
    now = clock.now(session)
    query.state, query.outcome, query.answer = QueryState.ANSWERED, outcome, answer.strip()
    query.answered_by, query.answered_at = actor.id, now
    query.complaint_until_on = _complaint_until(session, query)
    if cured_by is not None:
        if not query.is_uncured:
            raise cures.NothingToCure(field="cured_by")
        cures.set_cure(session, query, cured_by)
    stops = outcome == "upheld" and query.cured_by_id is None
    if not stops:
        awards.resume(session, cause=CAUSE, cause_id=query.id)
    _tell_concerned(session, query)
    if stops:
        _tell_finance(session, query)
    session.flush()
    cures.mark(session, query)
    _note(session, actor, query, "queries.answer", {"outcome": outcome, "told": len(query.told), "cured_by": cured_by})
    return query


def settle(session: Session, actor: Actor, *, lot_id: str) -> str:
    """What a lot's queries mean once its window is over: ``wait``, ``conclude``, ``decide`` or ``fail`` (O94 16).

    ``wait`` while one is open. An upheld one that may change the result revokes the award: then the buyer decides anew, or
    the procurement fails, because its documents were at fault or too few bidders are left; ``failure_reason`` of the lot
    says which. Otherwise the result stands: a fault of the documents that a change cured in time touches no result.
    """
    if any(query.state == QueryState.OPEN for query in of_lot(session, lot_id)):
        return "wait"
    upheld = [q for q in of_lot(session, lot_id) if q.outcome == "upheld" and not (q.settled_at or q.cured_by_id)]
    if not upheld:
        return "conclude"
    reason = "；".join(f"{query.number}：{query.answer}" for query in upheld)
    again = awards.revoke(session, actor, lot_id=lot_id, reason=reason)
    for query in upheld:
        query.settled_at = clock.now(session)
        awards.resume(session, cause=CAUSE, cause_id=query.id)
    flawed = any(query.scope == "documents" for query in upheld)
    if again and not flawed:
        return "decide"
    projects.lot(session, lot_id).failure_reason = cures.FLAWED if flawed else "few_conforming"
    return "fail"


def concerned(session: Session, query: Query) -> list[str]:
    """Who is told of an answer: the asker and the other suppliers concerned (GPL 53).

    About the documents all who took them, about the rest all who bid. Before the deadline nobody may learn who took part,
    so then each supplier is told alone and no name is given (O87 28).
    """
    if query.scope == "documents":
        takers = select(DocumentAccess.supplier_id).where(DocumentAccess.tender_id == query.tender_id)
        return sorted({*session.scalars(takers), query.supplier_id})
    return sorted({*experts.bidders(session, query.lot_id), query.supplier_id})


def _complaint_until(session: Session, query: Query) -> date:
    """Fifteen working days from the end of the period for answers, also when the answer came earlier (O94 17)."""
    calendar, raised_on = workdays.load(session), local_day(query.raised_at)
    law = projects.law_of_lot(session, query.lot_id, on=raised_on)
    answer, complaint = law.rule("query_answer"), law.rule("complaint_window")
    return complaint.last_day(calendar, answer.after(calendar, raised_on))


def _tell_concerned(session: Session, query: Query) -> None:
    lot = projects.lot(session, query.lot_id)
    query.told = concerned(session, query)
    outcome, scope, until = OUTCOMES[query.outcome], SCOPES[query.scope], dates.by(query.complaint_until_on)
    for supplier_id in query.told:
        own = supplier_id == query.supplier_id
        right = Text(
            f" If you are not satisfied with the answer you may complain to the finance department {until.en}.",
            f"对答复不满意的，可于{until.zh}向财政部门投诉。",
        )
        mails.tell(
            session,
            organisation_id=supplier_id,
            roles=TOLD,
            key=f"query-answer:{query.id}:{supplier_id}",
            page=f"/queries/{query.id}",
            subject=Text(f"Answer to challenge {query.number}", f"质疑答复（{query.number}）"),
            body=Text(
                f"A challenge about {scope.en} of “{lot.name.en}” was answered: {outcome.en}.\n\n{query.answer}{right.en if own else ''}",
                f"关于“{lot.name.zh}”{scope.zh}的质疑已答复：{outcome.zh}。\n\n{query.answer}{right.zh if own else ''}",
            ),
        )


def _tell_agency(session: Session, query: Query, lot: Text) -> None:
    tender, due, law = tenders.get(session, query.tender_id), dates.by(query.answer_due_on), laws.citation("GPL 53")
    mails.tell(
        session,
        organisation_id=tender.agency_id,
        roles=("agency-officer",),
        key=f"query:{query.id}",
        page=f"/queries/{query.id}",
        subject=Text(f"Challenge {query.number}: {lot.en}", f"收到质疑（{query.number}）：{lot.zh}"),
        body=Text(
            f"A challenge about {SCOPES[query.scope].en} has been received. Answer it {due.en} ({law.en}).",
            f"收到对{SCOPES[query.scope].zh}的质疑，请于{due.zh}答复（{law.zh}）。",
        ),
        project=tender.project.number,
    )


def _tell_finance(session: Session, query: Query) -> None:
    """A query that changes the result is reported to the finance department (O94 16)."""
    tender = tenders.get(session, query.tender_id)
    mails.tell(
        session,
        organisation_id=tender.project.finance_id,
        roles=("finance-officer",),
        key=f"query-upheld:{query.id}",
        page=f"/queries/{query.id}",
        subject=Text(f"Challenge {query.number} upheld", f"质疑成立报告（{query.number}）"),
        body=Text(
            f"A challenge about {SCOPES[query.scope].en} of project {tender.project.number} was upheld and may change the result:"
            f"\n\n{query.answer}",
            f"项目{tender.project.number}{SCOPES[query.scope].zh}的质疑成立，影响或者可能影响中标结果：\n\n{query.answer}",
        ),
    )


def get(session: Session, query_id: str, *, lock: bool = False) -> Query:
    """A query, under its row lock if asked.

    :raises QueryUnknown:
    """
    query = session.get(Query, query_id, with_for_update=lock or None, populate_existing=lock)
    if query is None:
        raise QueryUnknown
    return query


def visible_to(session: Session, actor: Actor, query: Query) -> bool:
    """Who may read a query: who raised it, agency, buyer, finance and auditors; its answer goes to all it was told to."""
    tender = tenders.get(session, query.tender_id)
    parties = (query.supplier_id, tender.agency_id, tender.buyer_id, tender.project.finance_id)
    if actor.organisation_id in parties or actor.has_role("auditor"):
        return True
    return query.state == QueryState.ANSWERED and actor.organisation_id in query.told


def _note(session: Session, actor: Actor, query: Query, act: str, facts: Mapping[str, Any]) -> None:
    """Under the query's own case: before the deadline nobody may learn who takes part (O87 28)."""
    name = organisations.get(session, query.supplier_id).name.zh
    facts = {"query": query.id, "number": query.number, "supplier": name, **facts}
    journal.write(session, actor, case=f"query:{query.id}", act=act, facts=facts)
