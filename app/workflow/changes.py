"""Published documents change, or the tender ends: the procedure, its timer, and everybody who took the documents follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import instances, messages
from app.engine.engine import Engine
from app.foundation import clock, dates
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity.certificates import Signer
from app.procurement import bids, bonds, mails, projects, queries, tenders
from app.procurement.tenders import (
    Change,
    DocumentAccess,
    KeyKeeper,
    NewAttachment,
    NewFactor,
    NewRequirement,
    Tender,
    Terms,
)
from app.workflow import cases, disclosing, drawing, facts, sealing

MOVED = "deadline moved"
"""The message of the diagram."""
TERMINATED = "terminated_tender"
"""The procedure of what is left to do after a termination."""
TOLD = ("supplier-admin", "supplier-bidder")
"""Who at a supplier is told."""


def change(
    engine: Engine,
    session: Session,
    actor: Actor,
    *,
    tender_id: str,
    reasons: str,
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
    terms: Terms,
    keeper: KeyKeeper,
    signer: Signer,
    attachments: Sequence[NewAttachment] = (),
    cures: Sequence[str] = (),
    arrived_at: datetime | None = None,
) -> Change:
    """Publish corrected documents (see ``tenders.change``), the notice sealed; a moved deadline moves the timer, takers get a mail.

    ``cures``: the upheld challenges (ids) that this change takes the ground from (see ``queries.cure``).
    """
    cases.hold(session, tender_id)
    made = tenders.change(
        session,
        actor,
        tender_id=tender_id,
        reasons=reasons,
        requirements=requirements,
        factors=factors,
        terms=terms,
        attachments=attachments,
        keeper=keeper,
        arrived_at=arrived_at,
    )
    for query_id in cures:
        queries.cure(session, actor, query_id=query_id, change_id=made.id)
    tender = tenders.get(session, tender_id)
    if made.new_deadline_at > made.old_deadline_at:
        deadline = made.new_deadline_at.astimezone(clock.PLACE).isoformat()
        messages.send(
            engine,
            session,
            actor,
            MOVED,
            tender_id,
            {"bid_deadline_at": deadline},
            message_id=f"change:{made.id}",
        )
    drawing.version(session, actor, tender)
    drawing.notice(session, actor, tender.notices[-1], tender)
    sealing.notice(session, actor, signer, tender.notices[-1])
    disclosing.published(session, disclosing.Kind.CHANGE, project_id=tender.project_id)
    _tell_takers(session, tender, f"change:{made.id}", _changed(tender, made))
    return made


def terminate(
    engine: Engine, session: Session, actor: Actor, *, tender_id: str, reasons: str, signer: Signer
) -> Tender:
    """End a tender for a major change (see ``tenders.terminate``): bids stay sealed, the project closes, its cases end.

    The agency gets the task to return the bonds in a case of its own.
    """
    running = cases.hold(session, tender_id)
    tender = tenders.terminate(session, actor, tender_id=tender_id, reasons=reasons)
    today = local_day(clock.now(session))
    for lot in tender.project.lots:
        bids.leave_unopened(session, actor, lot_id=lot.id, reason="terminated")
        bonds.schedule_all(session, SYSTEM, lot_id=lot.id, cause="terminated", from_on=today)
    projects.close(session, actor, project_id=tender.project_id, outcome="terminated")
    for case in running:
        instances.cancel(engine, session, actor, case.id, reasons)
    drawing.notice(session, actor, tender.notices[-1], tender)
    sealing.notice(session, actor, signer, tender.notices[-1])
    disclosing.published(session, disclosing.Kind.TERMINATION, project_id=tender.project_id)
    _tell_takers(session, tender, f"termination:{tender.id}", _terminated(tender, reasons))
    _settle_bonds(engine, session, tender)
    return tender


def _settle_bonds(engine: Engine, session: Session, tender: Tender) -> None:
    """Start the case in which the agency returns the bonds of a terminated tender, if any wait (O87 29)."""
    project = tender.project
    waiting = {lot.id: bonds.due_back(session, lot.id) for lot in project.lots}
    days = [bond.return_due_on for held in waiting.values() for bond in held if bond.return_due_on]
    if days:
        variables = cases.parties(project) | {
            "tender_id": tender.id,
            "lot_ids": [lot_id for lot_id, held in waiting.items() if held],
            "bonds_due_at": facts.due_at(min(days)),
        }
        instances.start(engine, session, SYSTEM, TERMINATED, variables, project.number)


def _changed(tender: Tender, made: Change) -> tuple[Text, Text]:
    deadline = dates.when(made.new_deadline_at)
    number, title = tender.project.number, tender.project.title
    again = Text(" You must confirm again any bid submitted before the correction.", "此前递交的投标文件须重新确认。")
    return (
        Text(f"Correction: {number} {title.en}", f"更正通知：{number} {title.zh}"),
        Text(
            f"The tender documents were corrected (version {made.version}): {made.reasons} Bid deadline: {deadline.en}."
            f"{again.en if made.affects_bids else ''}",
            f"招标文件已更正（第{made.version}版）：{made.reasons}投标截止时间：{deadline.zh}。"
            f"{again.zh if made.affects_bids else ''}",
        ),
    )


def _terminated(tender: Tender, reasons: str) -> tuple[Text, Text]:
    number, title = tender.project.number, tender.project.title
    return (
        Text(f"Termination notice: {number} {title.en}", f"终止通知：{number} {title.zh}"),
        Text(
            f"This procurement was terminated: {reasons} Your bid bond will be returned in time. You do not need to apply.",
            f"本采购项目已终止：{reasons}投标保证金将按规定期限自动退还。",
        ),
    )


def _tell_takers(session: Session, tender: Tender, key: str, mail: tuple[Text, Text]) -> None:
    """A mail to the people of each supplier that took the documents (O87 27).

    The outbox alone knows the addresses; nobody at the agency sees who was told (O87 28).
    """
    subject, body = mail
    for supplier_id in session.scalars(select(DocumentAccess.supplier_id).where(DocumentAccess.tender_id == tender.id)):
        mails.tell(
            session,
            organisation_id=supplier_id,
            roles=TOLD,
            key=f"{key}:{supplier_id}",
            subject=subject,
            body=body,
            project=tender.project.number,
            page=f"/supplier/tenders/{tender.id}",
        )
