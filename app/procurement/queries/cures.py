"""Challenges of the documents that were upheld: cured by a change in time they go on, uncured they hold the opening (O94 16(1))."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text
from app.identity import roles
from app.procurement import agreements, awards, mails, projects, tenders
from app.procurement.projects import LotState, ReasonsMissing
from app.procurement.queries.lists import of_lot
from app.procurement.queries.records import Query, QueryState
from app.procurement.tenders import Change

CAUSE = "query"
"""The cause of a pause of the signing."""
FLAWED = "documents_flawed"
"""Why a lot fails whose documents were at fault and weren't cured."""


class NothingToCure(Conflict):
    """Only an upheld challenge of the documents is cured, once, before the bids are opened."""

    text = Text(
        "This challenge does not need a correction of the tender documents.", "该质疑无需通过更正招标文件处理。"
    )
    statute = "O94 16"


class NoCure(Invalid):
    """What cures a challenge is a change published after it was raised."""

    text = Text(
        "Choose a change of the tender documents that was published after the challenge.",
        "请选择提出质疑之后发布的更正。",
    )
    statute = "O94 16"


def uncured(session: Session, lot_id: str) -> list[Query]:
    """The upheld challenges of a lot's documents that no change has cured."""
    return [query for query in of_lot(session, lot_id) if query.is_uncured and query.settled_at is None]


def cures(session: Session, query: Query) -> list[Change]:
    """The changes of the documents that can have cured a challenge: those published since it was raised."""
    later = select(Change).where(Change.tender_id == query.tender_id, Change.made_at >= query.raised_at)
    return list(session.scalars(later.order_by(Change.version)))


def mark(session: Session, query: Query) -> None:
    """Keep on the lot whether documents at fault hold its opening; for when an answer was given or a cure named."""
    lot = projects.lot(session, query.lot_id, lock=True)
    if lot.state in (LotState.PLANNED, LotState.BIDDING):
        lot.failure_reason = FLAWED if uncured(session, lot.id) else ""
        session.flush()


def cure(session: Session, actor: Actor, *, query_id: str, change_id: str) -> Query:
    """The agency names the change that cured an upheld challenge of the documents: the procurement goes on (O94 16(1)).

    :raises NothingToCure:
    :raises NoCure:
    :raises BeyondPowers:
    :raises RoleMissing:
    """
    query = session.get_one(Query, query_id, with_for_update=True, populate_existing=True)
    tender = tenders.get(session, query.tender_id)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="answer")
    if query.state != QueryState.ANSWERED or not query.is_uncured:
        raise NothingToCure
    set_cure(session, query, change_id)
    session.flush()
    awards.resume(session, cause=CAUSE, cause_id=query.id)
    mark(session, query)
    _tell_asker(session, query)
    facts = {"query": query.id, "number": query.number, "change": change_id}
    journal.write(session, actor, case=f"query:{query.id}", act="queries.cure", facts=facts)
    return query


def _before_opening(session: Session, query: Query) -> bool:
    return projects.lot(session, query.lot_id).state == LotState.BIDDING


def set_cure(session: Session, query: Query, change_id: str) -> None:
    """Name the change on the challenge.

    :raises NoCure:
    """
    if not _before_opening(session, query):
        raise NothingToCure
    if change_id not in {change.id for change in cures(session, query)}:
        raise NoCure(field="cured_by")
    query.cured_by_id = change_id


def _tell_asker(session: Session, query: Query) -> None:
    tender = tenders.get(session, query.tender_id)
    version = session.get_one(Change, query.cured_by_id).version
    mails.tell(
        session,
        organisation_id=query.supplier_id,
        roles=("supplier-bidder", "supplier-signer", "supplier-admin"),
        key=f"query-cured:{query.id}",
        page=f"/queries/{query.id}",
        subject=Text(f"Challenge {query.number}: documents changed", f"质疑处理情况（{query.number}）"),
        body=Text(
            f"The tender documents were corrected because of your challenge (version {version}). The procurement continues.",
            f"招标文件已根据贵单位的质疑作出更正（第{version}版），采购活动继续进行。",
        ),
        project=tender.project.number,
    )


def decide_documents(
    session: Session, actor: Actor, *, lot_id: str, change_id: str | None = None, reasons: str = ""
) -> bool:
    """At the deadline the agency says what becomes of documents at fault: the change that cured them, or start over.

    Says whether the bids may be opened. Without a change the lot is to fail, with the reasons (O94 16(1)). Raises
    ReasonsMissing, NoCure, NothingToCure, BeyondPowers or RoleMissing.
    """
    tender, lot = tenders.of_lot(session, lot_id), projects.lot(session, lot_id, lock=True)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="answer")
    held = uncured(session, lot_id)
    if not held or lot.state != LotState.BIDDING:
        raise NothingToCure
    if change_id is not None:
        for query in held:
            cure(session, actor, query_id=query.id, change_id=change_id)
        return True
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    now = clock.now(session)
    for query in held:
        query.settled_at = now
        awards.resume(session, cause=CAUSE, cause_id=query.id)
    lot.failure_reason = FLAWED
    session.flush()
    facts = {"lot": lot_id, "reasons": reasons.strip(), "queries": [query.number for query in held]}
    journal.write(session, actor, case=tender.project_id, act="queries.start_over", facts=facts)
    return False
