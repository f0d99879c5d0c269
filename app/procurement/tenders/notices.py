"""Notices: the invitation to bid, failures and terminations; who may see what of a tender, and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.procurement import mails, projects, rules
from app.procurement.projects import Lot, LotState, ProjectState, ReasonsMissing, intentions
from app.procurement.rules import laws, methods
from app.procurement.tenders import attachments, findings
from app.procurement.tenders.checks import ERROR
from app.procurement.tenders.documents import (
    STATE_NAMES,
    FindingsOpen,
    TenderNotOpen,
    TenderUnknown,
    content,
    digest,
    of_project,
)
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.records import (
    DocumentAccess,
    DocumentVersion,
    LotKey,
    Notice,
    Tender,
    TenderState,
)


class KeyKeeper(Protocol):
    """The keeper of the lots' private keys (``app.keeper``); only what publishing and changing need."""

    def create(self, lot_id: str, deadline_at: datetime) -> str:
        """Make a lot's key, or find it again; the public recipient."""

    def extend(self, lot_id: str, deadline_at: datetime) -> None:
        """Move a key's release to a later deadline."""


class DeadlinePassed(RuleBroken):
    """The bid deadline has passed."""

    text = Text("The bid deadline has passed.", "投标截止时间已过。")


class NotASupplierHere(NotAllowed):
    """Only a supplier does this."""

    text = Text("Only a supplier can do this.", "仅供应商可执行此操作。")


AFTER_FAILURE = laws.under(
    Text(
        "The procurement must be tendered again unless it is no longer needed. Another method needs the "
        "approval of the finance department first.",
        "除采购任务取消外，应当重新组织招标；需要采取其他方式采购的，应当在采购活动开始前获得批准。",
    ),
    "GPL 37",
)
"""What the buyer is to do once a lot has failed."""


def standing(lot: Lot) -> Text:
    """Where a lot stands, and of a failed one why."""
    state = projects.STATE_NAMES[lot.state]
    why = projects.failure(lot) if lot.state == LotState.FAILED else None
    return state if why is None else Text(f"{state.en}: {why.en}", f"{state.zh}：{why.zh}")


def get(session: Session, tender_id: str, *, lock: bool = False) -> Tender:
    """A tender, under its row lock if asked.

    :raises TenderUnknown:
    """
    tender = session.get(Tender, tender_id, with_for_update=lock or None, populate_existing=lock)
    if tender is None:
        raise TenderUnknown
    return tender


def of_lot(session: Session, lot_id: str, *, lock: bool = False) -> Tender:
    """The tender a lot belongs to now.

    :raises LotUnknown:
    :raises TenderUnknown:
    """
    return of_project(session, projects.lot(session, lot_id).project_id, lock=lock)


def publish(session: Session, actor: Actor, *, project_id: str, keeper: KeyKeeper) -> Tender:
    """Publish confirmed documents: the notice, version 1, the lots' keys, and every date that starts to run (O87 13).

    They are checked once more as of today, since a late notice can make the bid period too short. Raises FindingsOpen,
    NoticeBeforeIntentionEnds or TenderNotOpen.
    """
    tender = of_project(session, project_id, lock=True)
    if tender.state != TenderState.CONFIRMED or tender.bid_deadline_at is None:
        raise TenderNotOpen(state=STATE_NAMES[tender.state])
    intentions.require_over(session, tender.project)
    now = clock.now(session)
    found = findings.record(session, tender, local_day(now))
    errors = sum(finding.severity == ERROR for finding in found)
    if errors:
        raise FindingsOpen(count=errors, under=rules.law(session, tender.project))
    project = projects.lock(session, project_id, states=[ProjectState.ENTRUSTED])
    _start_clocks(session, tender, now)
    version = add_version(session, tender, [])
    attachments.publish(session, actor, tender)
    notice = _tender_notice(session, tender)
    for lot in project.lots:
        recipient = keeper.create(lot.id, tender.bid_deadline_at)
        session.merge(LotKey(lot_id=lot.id, tender_id=tender.id, recipient=recipient, created_at=now))
        projects.move_lot(session, lot, LotState.BIDDING)
    project.state = ProjectState.PUBLISHED
    session.flush()
    facts = {
        "tender": tender.id,
        "notice": notice.id,
        "digest": version.digest,
        "bid_deadline_at": tender.bid_deadline_at.isoformat(),
    }
    journal.write(session, actor, case=project_id, act="tenders.publish", facts=facts)
    return tender


def _start_clocks(session: Session, tender: Tender, now: datetime) -> None:
    calendar, today = workdays.load(session), local_day(now)
    law = rules.law(session, tender.project, on=today)

    def end(name: str) -> date | None:
        rule = law.step(name)
        return None if rule is None else rule.last_day(calendar, today)

    tender.state, tender.published_at = TenderState.PUBLISHED, now
    tender.version = tender.binding_version = 1
    tender.notice_ends_on = end("notice_end")
    tender.supply_ends_on = end("supply_end")


def add_version(session: Session, tender: Tender, differences: list[dict[str, Any]]) -> DocumentVersion:
    """Keep the documents as they now stand under the tender's version number."""
    whole = content(tender)
    version = DocumentVersion(
        tender_id=tender.id,
        number=tender.version,
        content=whole,
        digest=digest(whole),
        differences=differences,
        published_at=clock.now(session),
    )
    session.add(version)
    session.flush()
    session.expire(tender, ["versions"])
    return version


def _tender_notice(session: Session, tender: Tender) -> Notice:
    title, called = tender.project.title, rules.law(session, tender.project).method.words["notice"]
    return add_notice(
        session,
        tender,
        kind="tender",
        title=Text(f"{called.en}: {title.en}", f"{title.zh}{called.zh}"),
        content=notice_content(session, tender),
        ends_on=tender.notice_ends_on,
    )


def add_notice(
    session: Session,
    tender: Tender,
    *,
    kind: str,
    title: Text,
    content: dict[str, Any],
    lot_id: str | None = None,
    ends_on: date | None = None,
) -> Notice:
    """Publish a notice of a tender now."""
    notice = Notice(
        tender_id=tender.id,
        lot_id=lot_id,
        kind=kind,
        title=title.as_json(),
        content=content,
        published_at=clock.now(session),
        ends_on=ends_on,
    )
    session.add(notice)
    session.flush()
    session.expire(tender, ["notices"])
    return notice


def notice_content(session: Session, tender: Tender) -> dict[str, Any]:
    """What a tender notice must say: the eight contents of O87 13."""
    project = tender.project
    buyer = organisations.get(session, tender.buyer_id)
    agency = organisations.get(session, tender.agency_id)
    return {
        "number": project.number,
        "title": project.title.as_json(),
        "buyer": _party(buyer),
        "agency": _party(agency),
        "object": project.object,
        "need": project.need,
        "lots": [
            {
                "number": lot.number,
                "name": lot.name.as_json(),
                "budget": f"{lot.budget:.2f}",
                "ceiling": None if lot.ceiling is None else f"{lot.ceiling:.2f}",
                "sme_mode": lot.sme_mode,
                "items": [
                    {"name": item.name, "quantity": plain(item.quantity), "unit": item.unit} for item in lot.items
                ],
            }
            for lot in project.lots
        ],
        "qualification": [r.text.as_json() for r in tender.requirements if r.kind == "qualification"],
        "documents": {"from": str(local_day(clock.now(session))), "until": str(tender.supply_ends_on), "price": "0.00"},
        "notice_ends_on": str(tender.notice_ends_on),
        "bid_deadline_at": tender.bid_deadline_at.isoformat() if tender.bid_deadline_at else None,
        "consortium": bool(tender.terms.get("consortium")),
    }


def _party(organisation: organisations.Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name.as_json(),
        "uscc": organisation.uscc,
        "address": organisation.address,
        "contact": organisation.contact_name,
        "phone": organisation.contact_phone,
    }


def take_documents(session: Session, actor: Actor, *, tender_id: str) -> DocumentAccess:
    """A supplier takes the documents: free, unconditional (N38; IR 20), and nobody is told (O87 28)."""
    tender = get(session, tender_id)
    supplier_id = supplier_of(session, actor)
    if tender.state != TenderState.PUBLISHED:
        raise TenderUnknown
    access = documents_taken(session, tender.id, supplier_id)
    if access is None:
        access = DocumentAccess(tender_id=tender.id, supplier_id=supplier_id, taken_at=clock.now(session))
        session.add(access)
        session.flush()
    return access


def documents_taken(session: Session, tender_id: str, supplier_id: str | None) -> DocumentAccess | None:
    """When a supplier took the documents of a tender; None if it hasn't."""
    statement = select(DocumentAccess).where(
        DocumentAccess.tender_id == tender_id, DocumentAccess.supplier_id == supplier_id
    )
    return session.scalars(statement).one_or_none()


def supplier_of(session: Session, actor: Actor) -> str:
    """The id of the supplier the actor acts for.

    :raises NotASupplierHere:
    """
    if actor.organisation_id is None:
        raise NotASupplierHere
    if organisations.get(session, actor.organisation_id).kind != "supplier":
        raise NotASupplierHere
    return actor.organisation_id


def fail(session: Session, actor: Actor, *, lot_id: str, reason: str) -> Lot:
    """A lot fails (废标): the reason is published to all bidders (GPL 36). ``reason``: one of its method's row."""
    lot = projects.lot(session, lot_id, lock=True)
    if lot.state == LotState.FAILED:
        return lot
    tender = of_lot(session, lot_id)
    why = methods.named(tender.method).failures[reason]
    projects.move_lot(session, lot, LotState.FAILED)
    lot.failure_reason, lot.failed_at = reason, clock.now(session)
    add_notice(
        session,
        tender,
        kind="failure",
        lot_id=lot.id,
        title=Text(f"Failed-tender notice: {lot.title.en}", f"{lot.title.zh}废标公告"),
        content={"lot": lot.number, "reason": reason, "why": why.as_json()},
    )
    journal.write(session, actor, case=lot.project_id, act="tenders.fail", facts={"lot": lot.id, "reason": reason})
    _tell_of_failure(session, tender, lot, why)
    return lot


def _tell_of_failure(session: Session, tender: Tender, lot: Lot, why: Text) -> None:
    """To the buyer and its agency; bidders are told by who knows them."""
    title = lot.title
    body = Text(
        f"“{title.en}” failed: {why.en}. The failed-tender notice is published. {AFTER_FAILURE.en}",
        f"“{title.zh}”已废标：{why.zh}，废标公告已发布。{AFTER_FAILURE.zh}",
    )
    for organisation_id, role in ((tender.buyer_id, "buyer-handler"), (tender.agency_id, "agency-officer")):
        mails.tell(
            session,
            organisation_id=organisation_id,
            roles=[role],
            key=f"failure:{lot.id}",
            page=f"/portal/tenders/{tender.id}",
            subject=Text(f"Failed tender: {title.en}", f"废标通知：{title.zh}"),
            body=body,
            project=tender.project.number,
        )


def terminate(session: Session, actor: Actor, *, tender_id: str, reasons: str) -> Tender:
    """The buyer ends a tender because the procurement was cancelled because of a major change; nothing else allows it (O87 29).

    The notice and the report to the finance department give its reasons.

    :raises TenderNotOpen:
    :raises ReasonsMissing:
    :raises RoleMissing:
    """
    tender = get(session, tender_id, lock=True)
    roles.require(actor, "buyer-reviewer", tender.buyer_id)
    if tender.state != TenderState.PUBLISHED:
        raise TenderNotOpen(state=STATE_NAMES[tender.state])
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    tender.state = TenderState.TERMINATED
    for lot in tender.project.lots:
        projects.move_lot(session, lot, LotState.CANCELLED)
    title = tender.project.title
    add_notice(
        session,
        tender,
        kind="termination",
        title=Text(f"Termination notice: {title.en}", f"{title.zh}终止公告"),
        content={"reasons": reasons},
    )
    journal.write(session, actor, case=tender.project_id, act="tenders.terminate", facts={"reasons": reasons})
    _report_termination(session, tender, reasons.strip())
    return tender


def _report_termination(session: Session, tender: Tender, reasons: str) -> None:
    """To the finance department: how far the project had come, and why its task was cancelled (O87 29)."""
    project = tender.project
    assert tender.published_at is not None, "it was published"
    assert tender.bid_deadline_at is not None, "it was published"
    published, deadline = dates.when(tender.published_at), dates.when(tender.bid_deadline_at)
    buyer = organisations.get(session, tender.buyer_id).name
    law = laws.citation(rules.law(session, project).article("report-of-termination") or "")
    mails.tell(
        session,
        organisation_id=project.finance_id,
        roles=["finance-officer"],
        key=f"termination-report:{tender.id}",
        page=f"/portal/tenders/{tender.id}",
        subject=Text(f"Report of a termination: {project.title.en}", f"终止招标情况报告：{project.title.zh}"),
        body=Text(
            f"{buyer.en} has terminated the tender “{project.title.en}” ({law.en}).\n\nHow far it had come: notice published "
            f"{published.en}; tender documents in version {tender.version}; bid deadline {deadline.en}; no bid was opened.\n\n"
            f"Why its task was cancelled: {reasons}",
            f"{buyer.zh}已终止“{project.title.zh}”的招标活动（{law.zh}），现将有关情况报告如下。\n\n项目实施情况：招标公告于{published.zh}发布，"
            f"招标文件为第{tender.version}版，投标截止时间为{deadline.zh}，尚未开标。\n\n采购任务取消原因：{reasons}",
        ),
        project=project.number,
    )


def visible_to(actor: Actor | None, tender: Tender, now: datetime) -> bool:
    """Who may see notice, documents and changes: everybody once published; before, buyer, agency and finance only."""
    if tender.published_at is not None and tender.published_at <= now:
        return True
    parties = {tender.buyer_id, tender.agency_id, tender.project.finance_id}
    return actor is not None and actor.organisation_id in parties


def accesses_visible_to(actor: Actor, tender: Tender, now: datetime) -> bool:
    """Who may see which suppliers took the documents: nobody before the deadline, then the opening host (O87 28)."""
    passed = tender.bid_deadline_at is not None and now >= tender.bid_deadline_at
    return passed and actor.has_role("agency-host", tender.agency_id)


def takers(session: Session, tender_id: str) -> list[tuple[Text, datetime]]:
    """Which suppliers took the documents, and when, the first first; ask ``accesses_visible_to`` before showing it."""
    statement = select(DocumentAccess).where(DocumentAccess.tender_id == tender_id).order_by(DocumentAccess.taken_at)
    return [
        (organisations.get(session, access.supplier_id).name, access.taken_at) for access in session.scalars(statement)
    ]


def open_for_bids(tender: Tender, now: datetime) -> bool:
    """Whether bids are taken at this instant: published, and before the deadline (O87 33)."""
    return tender.state == TenderState.PUBLISHED and tender.bid_deadline_at is not None and now < tender.bid_deadline_at
