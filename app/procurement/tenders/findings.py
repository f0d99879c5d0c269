"""The check of the documents as an act: its findings are kept beside the documents until the next check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import mails, rules
from app.procurement.tenders import checks, overrides
from app.procurement.tenders.documents import STATE_NAMES, TenderNotOpen, content, digest, of_project
from app.procurement.tenders.records import Finding, Tender, TenderState
from app.procurement.tenders.timetables import notice_day, timetable_of


def check(session: Session, actor: Actor, *, project_id: str) -> list[Finding]:
    """Check drafted documents against the statutory data; without errors they are ``checked`` and may be confirmed.

    Confirmed ones are checked again before they are published: without errors they stay confirmed, else they are drafts
    again, and buyer and agency are told.
    """
    tender = of_project(session, project_id, lock=True)
    if tender.state not in (TenderState.DRAFTING, TenderState.CHECKED, TenderState.CONFIRMED):
        raise TenderNotOpen(state=STATE_NAMES[tender.state])
    rows = record(session, tender, notice_day(session, tender.project))
    errors, overridden = (sum(row.severity == each for row in rows) for each in (checks.ERROR, checks.OVERRIDDEN))
    was_confirmed = tender.state == TenderState.CONFIRMED
    if errors:
        tender.state, tender.confirmed_by, tender.confirmed_at = TenderState.DRAFTING, None, None
    elif not was_confirmed:
        tender.state = TenderState.CHECKED
    facts = {
        "digest": digest(content(tender)),
        "errors": errors,
        "warnings": len(rows) - errors - overridden,
        "overridden": overridden,
        "rules": sorted({row.rule for row in rows}),
    }
    journal.write(session, actor, case=project_id, act="tenders.check", facts=facts)
    if errors and was_confirmed:
        _tell_of_stop(session, tender, errors)
    return rows


def _tell_of_stop(session: Session, tender: Tender, errors: int) -> None:
    """To buyer and agency: the notice that waited for its day isn't published, and what is to be done."""
    title, today = tender.project.title, local_day(clock.now(session))
    on = dates.day(today)
    for organisation_id, role in ((tender.buyer_id, "buyer-handler"), (tender.agency_id, "agency-officer")):
        mails.tell(
            session,
            organisation_id=organisation_id,
            roles=[role],
            key=f"notice-stopped:{tender.id}:{today}",
            page=f"/tenders/{tender.id}",
            subject=Text(f"Tender notice not published: {title.en}", f"招标公告未发布：{title.zh}"),
            body=Text(
                f"The tender notice of “{title.en}” was to be published on {on.en}. The check of the tender documents "
                f"before it found errors ({errors}), so it was not published. The agency must correct the "
                "tender documents. The buyer then confirms them again.",
                f"“{title.zh}”的招标公告原定于{on.zh}发布。发布前检查发现招标文件有{errors}处错误，公告未发布。"
                "请采购代理机构修改招标文件，再由采购人重新确认。",
            ),
            project=tender.project.number,
        )


def record(session: Session, tender: Tender, notice_on: date) -> list[Finding]:
    """Run every check as if the notice were published on a day, and keep what is found."""
    session.execute(delete(Finding).where(Finding.tender_id == tender.id))
    now = clock.now(session)
    rows = [
        Finding(
            tender_id=tender.id,
            rule=found.rule,
            article=found.article,
            place=found.place,
            severity=found.severity,
            problem=found.problem.as_json(),
            fix=found.fix.as_json(),
            found_at=now,
        )
        for found in found_in(session, tender, notice_on)
    ]
    session.add_all(rows)
    session.flush()
    session.expire(tender, ["findings"])
    return rows


def preview(session: Session, project_id: str) -> list[checks.Found]:
    """What the check would find today, without keeping it; a draft that was faultless ages with its dates."""
    tender = of_project(session, project_id)
    return list(found_in(session, tender, notice_day(session, tender.project)))


def found_in(session: Session, tender: Tender, notice_on: date) -> Iterator[checks.Found]:
    """Everything the checks find in a tender whose notice is published on a day, as it counts; nothing is kept."""
    return overrides.applied(tender, checks.findings(draft_of(session, tender, notice_on)))


def draft_of(session: Session, tender: Tender, notice_on: date) -> checks.Draft:
    """A tender as the checks look at it."""
    confirmed = [
        row.on
        for row in timetable_of(session, tender.project_id)
        if row.name == "bid_deadline" and row.confirmed_by is not None
    ]
    return checks.Draft(
        tender=tender,
        project=tender.project,
        calendar=workdays.load(session),
        notice_on=notice_on,
        law=rules.law(session, tender.project, on=notice_on),
        confirmed_deadline_on=confirmed[0] if confirmed else None,
    )
