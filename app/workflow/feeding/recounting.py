"""After a year's holidays are known: the days that were counted without them are counted again, and people are told.

What the law or a contract counts stands in ``COUNTED``, a row for each kind of day: how it is counted anew from where it
began, which variable of the procedures follows, and who is told. A right that was announced to others (the end of a
notice, the time for challenges) isn't shortened afterwards: it was given the latest day that could be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.engine import instances
from app.engine.engine import Engine
from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import UtcDateTime
from app.foundation.text import Text
from app.foundation.workdays import Calendar, Sense, last_second_of, local_day
from app.procurement import acceptance, awards, contracts, mails, projects, rules, tenders
from app.procurement.acceptance import Delivery
from app.procurement.awards import Award
from app.procurement.bonds import Bond, BondState
from app.procurement.contracts import Contract
from app.procurement.evaluation import Report, ReportState
from app.procurement.projects import LotState, Project, ProjectState
from app.procurement.queries import Query
from app.procurement.tenders import Question, TimetableDate

Told = Iterable[tuple[str, str]]
"""Whom to tell: organisation and role."""


@dataclass(frozen=True)
class Counted:
    """A kind of day: ``column`` of ``record``, while ``still`` holds; ``count`` gives it anew.

    ``variable``: the procedures' instant that follows it, of the tokens whose variables are ``where``; ``ends`` makes the
    instant of the day.
    """

    title: Text
    record: type[Any]
    column: str
    still: tuple[ColumnElement[bool], ...]
    count: Callable[[Session, Calendar, Any], date | None]
    told: Callable[[Session, Any], Told]
    variable: str = ""
    where: Callable[[Any], Mapping[str, Any]] = lambda _row: {}
    ends: Callable[[date], datetime] = last_second_of


def recount(engine: Engine, session: Session, actor: Actor, year: int) -> int:
    """Count anew every open day that lies in ``year`` or after it; how many were moved."""
    calendar = workdays.load(session)
    moved = sum(_recount(engine, session, actor, calendar, kind, year) for kind in COUNTED)
    return moved + _redraw(session, actor, year)


def _recount(engine: Engine, session: Session, actor: Actor, calendar: Calendar, kind: Counted, year: int) -> int:
    column = getattr(kind.record, kind.column)
    is_instant = isinstance(column.type, UtcDateTime)
    # The swaps of New Year may reach back into the December before.
    from_on = date(year - 1, 12, 1)
    since = workdays.start_of(from_on) if is_instant else from_on
    moved = 0
    for row in session.scalars(select(kind.record).where(column >= since, *kind.still).order_by(kind.record.id)).all():
        before = getattr(row, kind.column)
        old = local_day(before) if is_instant else before
        new = kind.count(session, calendar, row)
        if new is None or new == old:
            continue
        setattr(row, kind.column, kind.ends(new) if is_instant else new)
        session.flush()
        _follow(engine, session, actor, kind, row, old, new)
        moved += 1
    return moved


def _follow(engine: Engine, session: Session, actor: Actor, kind: Counted, row: Any, old: date, new: date) -> None:
    facts = {
        "table": kind.record.__tablename__,
        "id": row.id,
        "column": kind.column,
        "before": str(old),
        "after": str(new),
    }
    journal.write(
        session, actor, case=f"{kind.record.__tablename__}:{row.id}"[:64], act="workdays.recount", facts=facts
    )
    if kind.variable:
        before, after = kind.ends(old).astimezone(clock.PLACE), kind.ends(new).astimezone(clock.PLACE)
        instances.redate(engine, session, SYSTEM, kind.variable, before, after, kind.where(row))
    _tell(session, kind.title, kind.told(session, row), f"recount:{row.id}:{kind.column}:{new}", old, new)


def _tell(session: Session, title: Text, told: Told, key: str, old: date, new: date) -> None:
    was, now = dates.day(old), dates.day(new)
    for organisation_id, role in told:
        mails.tell(
            session,
            organisation_id=organisation_id,
            roles=(role,),
            key=f"{key}:{role}",
            page="/inbox",
            subject=Text(f"New date: {title.en}", f"日期调整：{title.zh}"),
            body=Text(
                f"The State Council has published the holidays. {title.en}: {now.en}; it was {was.en} before.",
                f"国务院办公厅已公布放假安排，{title.zh}由{was.zh}调整为{now.zh}。",
            ),
        )


def _redraw(session: Session, actor: Actor, year: int) -> int:
    """Draw the timetables anew that have an open date and no notice yet; whoever plans the project is told."""
    open_dates = select(TimetableDate.project_id).where(
        TimetableDate.on.is_(None), TimetableDate.latest >= date(year, 1, 1)
    )
    before_notice = Project.state.in_([ProjectState.FILED, ProjectState.PLANNED, ProjectState.ENTRUSTED])
    drawn = 0
    for project in session.scalars(
        select(Project).where(Project.id.in_(open_dates), before_notice).order_by(Project.id)
    ).all():
        settled = {row.name: row for row in tenders.draw_timetable(session, actor, project_id=project.id) if row.on}
        deadline = settled.get("bid_deadline")
        drawn += 1
        if deadline is not None and deadline.on is not None:
            mails.tell(
                session,
                organisation_id=project.buyer_id,
                roles=("buyer-handler",),
                key=f"timetable:{project.id}:{deadline.on}",
                page="/inbox",
                subject=Text(f"The timetable is settled: {project.title.en}", f"时间表已确定：{project.title.zh}"),
                body=Text(
                    f"The year's holidays are published. The earliest bid deadline is {dates.day(deadline.on).en}.",
                    f"放假安排已公布，最早投标截止日为{dates.day(deadline.on).zh}。",
                ),
            )
    return drawn


def _after(
    name: str, start: Callable[[Any], date | datetime | None]
) -> Callable[[Session, Calendar, Any], date | None]:
    """Counting by a rule of law from where the period began."""

    def count(session: Session, calendar: Calendar, row: Any) -> date | None:
        begun = start(row)
        if begun is None:
            return None
        on = local_day(begun) if isinstance(begun, datetime) else begun
        return _law(session, row, on).rule(name).last_day(calendar, on)

    return count


def _law(session: Session, row: Any, on: date) -> rules.Law:
    """The law of the purchase that a row belongs to: by its lot, or by its tender."""
    if isinstance(row, Question):
        return rules.law(session, tenders.get(session, row.tender_id).project, on=on)
    return projects.law_of_lot(session, row.lot_id, on=on)


def _decision(session: Session, calendar: Calendar, report: Report) -> date | None:
    revoked = [award.revoked_at for award in awards.all_of_lot(session, report.lot_id) if award.revoked_at]
    begun = max(revoked) if revoked else report.delivered_at
    return None if begun is None else _after("decision", lambda _: begun)(session, calendar, report)


def _bond(session: Session, calendar: Calendar, bond: Bond) -> date | None:
    if bond.return_from_on is None:
        return None
    return _after(f"bond_return_{bond.return_cause}", lambda _: bond.return_from_on)(session, calendar, bond)


def _signing(session: Session, calendar: Calendar, contract: Contract) -> date | None:
    letter = session.get_one(Award, contract.award_id).published_at
    return _after("contract_signing", lambda _: letter)(session, calendar, contract)


def _acceptance(session: Session, calendar: Calendar, delivery: Delivery) -> date | None:
    days = contracts.get(session, delivery.contract_id).acceptance_days
    return Sense.DUTY.last_day(calendar.add_working_days(local_day(delivery.reported_at), days))


def _agency_of(session: Session, lot_id: str) -> Told:
    return [(tenders.of_lot(session, lot_id).agency_id, "agency-officer")]


def _buyer_of(session: Session, lot_id: str, role: str) -> Told:
    return [(tenders.of_lot(session, lot_id).buyer_id, role)]


COUNTED = (
    Counted(
        Text("confirmation of the winning bidder", "确定中标人的截止日"),
        Report,
        "decision_due_at",
        (
            Report.state == ReportState.DELIVERED,
            Report.lot_id.in_(select(projects.Lot.id).where(projects.Lot.state == LotState.EVALUATING)),
        ),
        _decision,
        lambda session, report: _buyer_of(session, report.lot_id, "buyer-reviewer"),
        "decision_due_at",
        lambda report: {"lot_id": report.lot_id},
    ),
    Counted(
        Text("publication of the award", "发布中标公告的截止日"),
        Award,
        "notice_due_on",
        (Award.published_at.is_(None), Award.revoked_at.is_(None)),
        _after("result_notice", lambda award: award.decided_at),
        lambda session, award: _agency_of(session, award.lot_id),
    ),
    Counted(
        Text("return of a bid bond", "退还投标保证金的截止日"),
        Bond,
        "return_due_on",
        (Bond.state == BondState.DUE_BACK,),
        _bond,
        lambda session, bond: _agency_of(session, bond.lot_id),
        "bonds_due_at",
        lambda bond: {"lot_id": bond.lot_id},
    ),
    Counted(
        Text("the signing of a contract", "签订政府采购合同的截止日"),
        Contract,
        "sign_by_on",
        (Contract.signed_at.is_(None),),
        _signing,
        lambda _session, contract: [
            (contract.supplier_id, "supplier-signer"),
            (contract.buyer_id, "buyer-contract-officer"),
        ],
        "sign_due_at",
        lambda contract: {"contract_id": contract.id},
    ),
    Counted(
        Text("publication of a contract", "公告政府采购合同的截止日"),
        Contract,
        "publish_by_on",
        (Contract.published_at.is_(None),),
        _after("contract_publication", lambda contract: contract.signed_at),
        lambda _session, contract: [(contract.buyer_id, "buyer-contract-officer")],
        "publish_due_at",
        lambda contract: {"contract_id": contract.id},
    ),
    Counted(
        Text("filing of a contract", "合同备案的截止日"),
        Contract,
        "file_by_on",
        (Contract.filed_at.is_(None),),
        _after("contract_filing", lambda contract: contract.signed_at),
        lambda _session, contract: [(contract.buyer_id, "buyer-contract-officer")],
    ),
    Counted(
        Text("acceptance of a delivery", "履约验收的截止日"),
        Delivery,
        "accept_by_on",
        (Delivery.id.not_in(select(acceptance.Acceptance.delivery_id)),),
        _acceptance,
        lambda session, delivery: [
            (contracts.get(session, delivery.contract_id).buyer_id, "buyer-contract-officer"),
        ],
        "acceptance_due_at",
        lambda delivery: {"contract_id": delivery.contract_id},
    ),
    Counted(
        Text("the answer to a challenge", "答复质疑的截止日"),
        Query,
        "answer_due_on",
        (Query.answered_at.is_(None),),
        _after("query_answer", lambda query: query.raised_at),
        lambda session, query: [(tenders.get(session, query.tender_id).agency_id, "agency-officer")],
        "answer_due_at",
        lambda query: {"query_id": query.id},
    ),
    Counted(
        Text("the answer to an enquiry", "答复询问的截止日"),
        Question,
        "answer_due_on",
        (Question.answered_at.is_(None),),
        _after("question_answer", lambda question: question.asked_at),
        lambda session, question: [(tenders.get(session, question.tender_id).agency_id, "agency-officer")],
        "answer_due_at",
        lambda question: {"question_id": question.id},
    ),
)
"""Every kept day that a published year can move."""
