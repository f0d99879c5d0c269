"""The check of the documents as an act: its findings are kept beside the documents until the next check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation import clock, journal, workdays
from app.foundation.actor import Actor
from app.procurement.tenders import checks, overrides
from app.procurement.tenders.documents import STATE_NAMES, TenderNotOpen, content, digest, of_project
from app.procurement.tenders.records import Finding, Tender, TenderState
from app.procurement.tenders.timetables import jurisdiction, notice_day, timetable_of


def check(session: Session, actor: Actor, *, project_id: str) -> list[Finding]:
    """Check drafted documents against the statutory data; without errors they are ``checked`` and may be confirmed."""
    tender = of_project(session, project_id, lock=True)
    if tender.state not in (TenderState.DRAFTING, TenderState.CHECKED):
        raise TenderNotOpen(state=STATE_NAMES[tender.state])
    rows = record(session, tender, notice_day(session, tender.project))
    errors, overridden = (sum(row.severity == each for row in rows) for each in (checks.ERROR, checks.OVERRIDDEN))
    tender.state = TenderState.DRAFTING if errors else TenderState.CHECKED
    facts = {
        "digest": digest(content(tender)),
        "errors": errors,
        "warnings": len(rows) - errors - overridden,
        "overridden": overridden,
        "rules": sorted({row.rule for row in rows}),
    }
    journal.write(session, actor, case=project_id, act="tenders.check", facts=facts)
    return rows


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
        jurisdiction=jurisdiction(session, tender.project),
        confirmed_deadline_on=confirmed[0] if confirmed else None,
    )
