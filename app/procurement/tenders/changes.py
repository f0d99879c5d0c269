"""Changes of published documents: object and qualification stay, late changes move the deadline (O87 27, IR 31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Invalid, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement import agreements, rules
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders import attachments as attached
from app.procurement.tenders import findings
from app.procurement.tenders.attachments import NewAttachment
from app.procurement.tenders.checks import ERROR, Found
from app.procurement.tenders.documents import (
    FindingsOpen,
    NewFactor,
    NewRequirement,
    Terms,
    _check_parts,
    _enter_terms,
    _mentions,
    content,
    differences,
)
from app.procurement.tenders.notices import DeadlinePassed, KeyKeeper, add_notice, add_version, get, open_for_bids
from app.procurement.tenders.overrides import Reading, readings
from app.procurement.tenders.records import Change, Factor, Requirement, Tender


class ObjectChanged(RuleBroken):
    """A change may touch neither what is bought nor the qualification conditions (O87 27)."""

    text = Text(
        "A correction cannot change the subject or the qualification requirements (%(place)s).",
        "澄清或者修改不得改变采购标的和资格要求（%(place)s）。",
    )


class DeadlineEarlier(RuleBroken):
    """A deadline moves later only (O87 27)."""

    text = Text("The deadline can only be moved to a later time.", "投标截止时间只能顺延，不能提前。")


class NothingChanged(Invalid):
    """The documents are as they were."""

    text = Text("You have not changed anything.", "没有任何修改。")


def change(
    session: Session,
    actor: Actor,
    *,
    tender_id: str,
    reasons: str,
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
    terms: Terms,
    keeper: KeyKeeper,
    attachments: Sequence[NewAttachment] = (),
    arrived_at: datetime | None = None,
) -> Change:
    """Publish the documents as they are to stand from now on; the caller then sends ``deadline moved`` if it moved.

    What affects bids is decided by what changes (``affects_bids``). Inside the last 15 days such a change moves the
    deadline to the first lawful day at the same hour (rule T7), and bids must be confirmed again.

    :raises DeadlinePassed:
    :raises ObjectChanged:
    :raises DeadlineEarlier:
    :raises NothingChanged:
    :raises FindingsOpen:
    """
    tender, old_deadline = _changeable(session, actor, tender_id, terms, arrived_at)
    now = clock.now(session)
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    with session.begin_nested():
        made = _apply(session, actor, tender, requirements, factors, terms, attachments, now)
        errors = sum(finding.severity == ERROR for finding in tender.findings)
        if errors:
            raise FindingsOpen(count=errors, under=rules.law(session, tender.project))
        made.reasons, made.made_by = reasons, actor.id
        made.old_deadline_at = old_deadline
        session.add(made)
        session.flush()
        session.expire(tender, ["changes"])
    if made.new_deadline_at > old_deadline:
        for lot in tender.project.lots:
            keeper.extend(lot.id, made.new_deadline_at)
    attached.publish(session, actor, tender)
    _announce(session, actor, tender, made)
    return made


CLARIFYING = frozenset({"bid_deadline_at"})
"""The places of the documents whose change leaves bids as they are: a later deadline alone."""


def affects_bids(differing: Sequence[Mapping[str, Any]]) -> bool:
    """Whether differences may affect how bids are written (O87 27): everything does that isn't known to be harmless."""
    return any(difference["place"] not in CLARIFYING for difference in differing)


@dataclass(frozen=True)
class Preview:
    """What a change would come to: its differences, whether bids must be confirmed again, the deadline, the findings.

    ``readings``: which of the findings block it but may have been misread, by their marks.
    """

    differences: list[dict[str, Any]]
    affects_bids: bool
    deadline_at: datetime
    findings: list[Found]
    readings: dict[str, Reading]


def preview_change(
    session: Session,
    actor: Actor,
    *,
    tender_id: str,
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
    terms: Terms,
    attachments: Sequence[NewAttachment] = (),
) -> Preview:
    """What ``change`` would publish now, without publishing it; raises what it would raise, but for missing reasons and errors."""
    tender, _ = _changeable(session, actor, tender_id, terms)
    with session.begin_nested() as attempt:
        made = _apply(session, actor, tender, requirements, factors, terms, attachments, clock.now(session))
        found = list(findings.found_in(session, tender, local_day(tender.published_at or made.made_at)))
        misread = readings(tender, found)
        attempt.rollback()
    session.expire_all()
    return Preview(made.differences, made.affects_bids, made.new_deadline_at, found, misread)


def _changeable(
    session: Session, actor: Actor, tender_id: str, terms: Terms, arrived_at: datetime | None = None
) -> tuple[Tender, datetime]:
    """The tender, locked, with its deadline, if this person may change it now."""
    tender = get(session, tender_id, lock=True)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="publish")
    deadline = tender.bid_deadline_at
    if deadline is None or not open_for_bids(tender, arrivals.arrived(session, arrived_at)):
        raise DeadlinePassed(under=rules.law(session, tender.project))
    if terms.bid_deadline_at < deadline:
        raise DeadlineEarlier(field="bid_deadline_at", under=rules.law(session, tender.project))
    return tender, deadline


def _apply(
    session: Session,
    actor: Actor,
    tender: Tender,
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
    terms: Terms,
    attachments: Sequence[NewAttachment],
    now: datetime,
) -> Change:
    before = content(tender)
    lots = {lot.number: lot for lot in tender.project.lots}
    _check_parts(lots, requirements, factors)
    _update_requirements(session, tender, {number: lot.id for number, lot in lots.items()}, requirements)
    _update_factors(session, tender, {number: lot.id for number, lot in lots.items()}, requirements, factors)
    _enter_terms(tender, terms)
    attached.enter(session, actor, tender, lots, attachments)
    session.expire(tender, ["requirements", "factors"])
    differing = differences(before, content(tender))
    if not differing:
        raise NothingChanged
    _refuse_forbidden(rules.law(session, tender.project), before, content(tender), differing)
    affects = affects_bids(differing)
    tender.bid_deadline_at = deadline_after(session, tender, now) if affects else tender.bid_deadline_at
    findings.record(session, tender, local_day(tender.published_at or now))
    tender.version += 1
    tender.binding_version = tender.version if affects else tender.binding_version
    differing = differences(before, content(tender))
    add_version(session, tender, differing)
    return Change(
        tender_id=tender.id,
        version=tender.version,
        affects_bids=affects,
        differences=differing,
        new_deadline_at=tender.bid_deadline_at,
        made_at=now,
    )


def deadline_after(session: Session, tender: Tender, now: datetime) -> datetime:
    """The deadline that a change made now leaves: the present one, or the first lawful day at its hour (T7).

    While a year's calendar is open, the latest day it can be.
    """
    deadline = tender.bid_deadline_at
    if deadline is None:
        raise ValueError("a tender that is open for bids has a deadline")
    today = local_day(now)
    rule = rules.law(session, tender.project, on=today).step("clarification_limit")
    if rule is None:
        return deadline
    least = rule.last_day(workdays.load(session), today)
    short_by = (least - local_day(deadline)).days
    return deadline + timedelta(days=short_by) if short_by > 0 else deadline


def _refuse_forbidden(
    law: rules.Law, before: Mapping[str, Any], after: Mapping[str, Any], differing: Sequence[Mapping[str, Any]]
) -> None:
    for difference in differing:
        parts = difference["place"].split("/")
        if parts[0] != "lots" or len(parts) < 3:
            continue
        number, name = parts[1], parts[2]
        kinds = {
            side["lots"].get(number, {}).get("requirements", {}).get(parts[3], {}).get("kind")
            for side in (before, after)
            if name == "requirements"
        }
        if name in ("items", "budget", "ceiling", "sme_mode") or "qualification" in kinds:
            raise ObjectChanged(
                place=f"{number}/{name}/{parts[3]}" if len(parts) > 3 else f"{number}/{name}", under=law
            )


def _update_requirements(
    session: Session, tender: Tender, lot_ids: Mapping[int, str], requirements: Sequence[NewRequirement]
) -> None:
    """In place by code: a requirement keeps its id through every change."""
    present = {(r.lot_id, r.code): r for r in tender.requirements}
    for position, new in enumerate(requirements, 1):
        row = present.pop((lot_ids[new.lot], new.code), None)
        if row is None:
            row = Requirement(tender_id=tender.id, lot_id=lot_ids[new.lot], code=new.code)
            session.add(row)
        row.position, row.kind, row.starred = position, new.kind, new.starred
        row.text_zh, row.text_en, row.evidence = new.text.zh, new.text.en, new.evidence
    for gone in present.values():
        session.delete(gone)


def _update_factors(
    session: Session,
    tender: Tender,
    lot_ids: Mapping[int, str],
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
) -> None:
    present = {(f.lot_id, f.code): f for f in tender.factors}
    for position, new in enumerate(factors, 1):
        row = present.pop((lot_ids[new.lot], new.code), None)
        if row is None:
            row = Factor(tender_id=tender.id, lot_id=lot_ids[new.lot], code=new.code)
            session.add(row)
        codes = {r.code for r in requirements if r.lot == new.lot and _mentions(new.standard, r.code)}
        row.position, row.kind, row.points, row.standard = position, new.kind, new.points, new.standard
        row.name_zh, row.name_en = new.name.zh, new.name.en
        row.bands = [dict(band) for band in new.bands]
        row.requirement_codes = sorted(codes | set(new.requirement_codes))
    for gone in present.values():
        session.delete(gone)


def _announce(session: Session, actor: Actor, tender: Tender, made: Change) -> None:
    title = tender.project.title
    facts = {
        "version": made.version,
        "affects_bids": made.affects_bids,
        "old_deadline_at": made.old_deadline_at.isoformat(),
        "new_deadline_at": made.new_deadline_at.isoformat(),
    }
    add_notice(
        session,
        tender,
        kind="change",
        title=Text(f"Correction notice: {title.en}", f"{title.zh}更正公告"),
        content={**facts, "reasons": made.reasons, "differences": made.differences},
    )
    journal.write(session, actor, case=tender.project_id, act="tenders.change", facts=facts)
