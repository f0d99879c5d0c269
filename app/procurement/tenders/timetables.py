"""A project's timetable: drawn from the statutory data, and confirmed by a person where the calendar can't say."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Invalid, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import Uncertain, local_day
from app.identity import roles
from app.procurement import projects, rules
from app.procurement.projects import Project, intentions
from app.procurement.tenders.records import Tender, TimetableDate

WORK_BEGINS = time(9, 0)
"""When a working day begins."""


class OutsideBounds(RuleBroken):
    """The confirmed deadline is earlier than it can lawfully be under any calendar (GPL 35)."""

    text = Text(
        "The bid deadline cannot be before %(earliest)s, whatever days become holidays.",
        "无论如何放假，投标截止日不得早于%(earliest)s。",
    )
    statute = "GPL 35"


class SourceMissing(Invalid):
    """Who settles an uncertain date says on what ground."""

    text = Text("Enter the basis of the date.", "请说明确定日期的依据。")


def draw_timetable(session: Session, actor: Actor, *, project_id: str) -> list[TimetableDate]:
    """Work out every date from the planned notice day; a date in a year without a calendar stays empty with its bounds.

    The timetable is certain when ``all(row.on for row in rows)``.
    """
    project = projects.lock(session, project_id)
    law = rules.law(session, project, on=notice_day(session, project))
    entries = rules.timetable(workdays.load(session), law.settled())
    session.execute(delete(TimetableDate).where(TimetableDate.project_id == project.id))
    rows = [
        TimetableDate(
            project_id=project.id,
            position=position,
            name=entry.name,
            on=None if isinstance(entry.on, Uncertain) else entry.on,
            earliest=workdays.earliest(entry.on),
            latest=workdays.latest(entry.on),
            rule=entry.rule.id,
            article=entry.rule.citation,
        )
        for position, entry in enumerate(entries, 1)
    ]
    session.add_all(rows)
    session.flush()
    facts = {row.name: str(row.on or f"{row.earliest}/{row.latest}") for row in rows}
    journal.write(session, actor, case=project.id, act="tenders.draw_timetable", facts=facts)
    return rows


def confirm_timetable(
    session: Session, actor: Actor, *, project_id: str, bid_deadline_at: datetime, source: str
) -> TimetableDate:
    """A person settles the bid deadline that the calendar leaves open, and names the ground."""
    project = projects.lock(session, project_id)
    roles.require(actor, "buyer-handler", project.buyer_id)
    if not source.strip():
        raise SourceMissing(field="source")
    rows = {row.name: row for row in timetable_of(session, project_id)}
    row, day = rows["bid_deadline"], local_day(bid_deadline_at)
    if day < row.earliest:
        raise OutsideBounds(field="bid_deadline_at", earliest=dates.day(row.earliest))
    row.on, row.confirmed_by, row.confirmed_source = day, actor.id, source
    facts = {"bid_deadline_on": str(day), "source": source}
    journal.write(session, actor, case=project_id, act="tenders.confirm_timetable", facts=facts)
    return row


def timetable_of(session: Session, project_id: str) -> list[TimetableDate]:
    """The drawn dates of a project, in order."""
    statement = select(TimetableDate).where(TimetableDate.project_id == project_id)
    return list(session.scalars(statement.order_by(TimetableDate.position)))


def notice_day(session: Session, project: Project) -> date:
    """The day of the notice: as planned, or today when that has passed; never before its intention's period is over."""
    today = local_day(clock.now(session))
    return max(today, project.notice_on or today, intentions.earliest_notice(session, project) or today)


def law_of_notice(session: Session, tender: Tender) -> rules.Law:
    """The law of the day of the notice, which decides what bidders were told; today's before there is one."""
    return rules.law(session, tender.project, on=local_day(tender.published_at) if tender.published_at else None)


def notice_at(session: Session, project: Project) -> datetime | None:
    """When a notice that waits for its day is published: as that day's work begins; None once that has passed."""
    if project.notice_on is None:
        return None
    wanted = project.notice_on
    on = max(wanted, intentions.earliest_notice(session, project) or wanted)
    at = datetime.combine(on, WORK_BEGINS, clock.PLACE)
    return at if at > clock.now(session) else None
