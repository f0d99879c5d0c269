"""The procurement documents as structured data: drafting, confirming, their whole content, and what changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.text import Text
from app.identity import roles
from app.procurement import agreements, projects, rules
from app.procurement.projects import Lot, Project, ProjectState, ReasonsMissing
from app.procurement.tenders import attachments as attached
from app.procurement.tenders.attachments import NewAttachment
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.records import Factor, Requirement, Tender, TenderState

KINDS: dict[str, Text] = {
    "qualification": Text("qualification", "资格要求"),
    "technical": Text("technical", "技术要求"),
    "commercial": Text("commercial", "商务要求"),
}
"""The kinds of requirements."""

FACTOR_KINDS: dict[str, Text] = {
    "price": Text("price", "报价"),
    "objective": Text("objective", "客观"),
    "subjective": Text("subjective", "主观"),
}
"""The kinds of scoring factors."""


class TenderUnknown(NotFound):
    """There is no such tender, or none this person may know of."""

    text = Text("There is no such tender.", "没有该招标项目。")


class TenderNotOpen(Conflict):
    """The documents aren't in the state this act needs."""

    text = Text(
        "The tender documents are “%(state)s”. You cannot do this now.", "招标文件当前为“%(state)s”，不能执行此操作。"
    )


class DocumentsInvalid(Invalid):
    """A part names a lot or a kind that doesn't exist, or a code twice."""

    text = Text("%(why)s", "%(why)s")


class FindingsOpen(RuleBroken):
    """Documents with errors aren't confirmed or published."""

    text = Text("The check found %(count)s errors. Correct them first.", "检查发现%(count)s处错误，须先修改。")


STATE_NAMES: dict[str, Text] = {
    TenderState.DRAFTING: Text("being drafted", "编制中"),
    TenderState.CHECKED: Text("checked", "已检查"),
    TenderState.CONFIRMED: Text("confirmed", "已确认"),
    TenderState.PUBLISHED: Text("published", "已公告"),
    TenderState.CLOSED: Text("closed", "已截止"),
    TenderState.TERMINATED: Text("terminated", "已终止"),
}
"""The names of a tender's states."""


@dataclass(frozen=True)
class NewRequirement:
    """A requirement as it is entered; ``lot`` is the lot's number."""

    lot: int
    code: str
    kind: str
    text: Text
    starred: bool = False
    evidence: str = ""


@dataclass(frozen=True)
class NewFactor:
    """A scoring factor as it is entered; requirement codes its ``standard`` mentions are found by themselves.

    ``bands``: the steps that it is scored in, ``[{"points": text}, …]``.
    """

    lot: int
    code: str
    name: Text
    kind: str
    points: Decimal
    standard: str = ""
    bands: Sequence[Mapping[str, Any]] = ()
    requirement_codes: Sequence[str] = ()


@dataclass(frozen=True)
class Terms:
    """Everything of the documents that isn't a requirement or a factor. Percentages as percent, periods in days.

    ``more`` may hold what ``terms.OPTIONAL`` names.
    """

    bid_deadline_at: datetime
    bond_percent: Decimal
    validity_days: int
    performance_bond_percent: Decimal
    payment_days: int
    delivery_days: int
    tie_break: str
    committee_size: int
    contract_terms: str
    sme_deduction_percent: Decimal | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def of_project(session: Session, project_id: str, *, lock: bool = False) -> Tender:
    """A project's newest tender.

    :raises TenderUnknown:
    """
    statement = select(Tender).where(Tender.project_id == project_id).order_by(Tender.round.desc()).limit(1)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    tender = session.scalars(statement).first()
    if tender is None:
        raise TenderUnknown
    return tender


def draft_documents(
    session: Session,
    actor: Actor,
    *,
    project_id: str,
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
    terms: Terms,
    attachments: Sequence[NewAttachment] = (),
) -> Tender:
    """Enter the documents (again): what was drafted before is replaced, and must be checked and confirmed anew.

    :raises BeyondPowers: (IR 16)
    :raises DocumentsInvalid:
    :raises AttachmentInvalid:
    :raises RoleMissing:
    :raises NotInThisState:
    """
    project = projects.lock(session, project_id, states=[ProjectState.ENTRUSTED])
    roles.require(actor, "agency-officer", project.agency_id)
    agreements.require_power(session, actor, project_id=project.id, power="prepare_documents")
    lots = {lot.number: lot for lot in project.lots}
    _check_parts(lots, requirements, factors)
    tender = _draft_of(session, project)
    _enter_terms(tender, terms)
    tender.state, tender.drafted_by = TenderState.DRAFTING, actor.id
    tender.confirmed_by = tender.confirmed_at = None
    _enter_parts(session, tender, lots, requirements, factors)
    attached.enter(session, actor, tender, lots, attachments)
    facts = {"requirements": len(requirements), "factors": len(factors), "digest": digest(content(tender))}
    journal.write(session, actor, case=project.id, act="tenders.draft_documents", facts=facts)
    return tender


def _check_parts(lots: Mapping[int, Lot], requirements: Sequence[NewRequirement], factors: Sequence[NewFactor]) -> None:
    for name, kinds, parts in (
        ("requirements", KINDS, requirements),
        ("factors", FACTOR_KINDS, factors),
    ):
        seen: set[tuple[int, str]] = set()
        for part in parts:
            if part.lot not in lots:
                why = Text(
                    f"{part.code} is in lot {part.lot}, which does not exist.",
                    f"{part.code}所属采购包{part.lot}不存在。",
                )
            elif part.kind not in kinds:
                why = Text(f"{part.code} has an unknown kind.", f"{part.code}的类型无效。")
            elif (part.lot, part.code) in seen:
                why = Text(f"{part.code} is used twice.", f"{part.code}重复。")
            else:
                seen.add((part.lot, part.code))
                continue
            raise DocumentsInvalid(field=name, why=why)


def _draft_of(session: Session, project: Project) -> Tender:
    try:
        tender = of_project(session, project.id, lock=True)
    except TenderUnknown:
        tender = Tender(project_id=project.id, buyer_id=project.buyer_id, agency_id=project.agency_id)
        session.add(tender)
    tender.method, tender.review_method = project.method or "", project.review_method or ""
    return tender


def _enter_terms(tender: Tender, terms: Terms) -> None:
    for name in (
        "bid_deadline_at",
        "bond_percent",
        "validity_days",
        "performance_bond_percent",
        "payment_days",
        "delivery_days",
        "tie_break",
        "committee_size",
        "contract_terms",
        "sme_deduction_percent",
    ):
        setattr(tender, name, getattr(terms, name))
    tender.terms = dict(terms.more)


def _enter_parts(
    session: Session,
    tender: Tender,
    lots: Mapping[int, Lot],
    requirements: Sequence[NewRequirement],
    factors: Sequence[NewFactor],
) -> None:
    session.flush()
    for old in [*tender.requirements, *tender.factors]:
        session.delete(old)
    session.flush()
    for position, new in enumerate(requirements, 1):
        session.add(
            Requirement(
                tender_id=tender.id,
                lot_id=lots[new.lot].id,
                position=position,
                code=new.code,
                kind=new.kind,
                starred=new.starred,
                text_zh=new.text.zh,
                text_en=new.text.en,
                evidence=new.evidence,
            )
        )
    for position, factor in enumerate(factors, 1):
        codes = {r.code for r in requirements if r.lot == factor.lot and _mentions(factor.standard, r.code)}
        session.add(
            Factor(
                tender_id=tender.id,
                lot_id=lots[factor.lot].id,
                position=position,
                code=factor.code,
                name_zh=factor.name.zh,
                name_en=factor.name.en,
                kind=factor.kind,
                points=factor.points,
                standard=factor.standard,
                bands=[dict(band) for band in factor.bands],
                requirement_codes=sorted(codes | set(factor.requirement_codes)),
            )
        )
    session.flush()
    session.expire(tender, ["requirements", "factors"])


def _mentions(text: str, code: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", text) is not None


def confirm_documents(session: Session, actor: Actor, *, project_id: str, decision: str, reasons: str = "") -> Tender:
    """The buyer confirms checked documents (``confirm``) or returns them to the agency with reasons (``return``).

    Confirmed ones that wait for the day of their notice may be taken back too.
    """
    tender = of_project(session, project_id, lock=True)
    roles.require(actor, "buyer-handler", tender.buyer_id)
    waits = tender.state == TenderState.CONFIRMED and decision == "return"
    if tender.state not in (TenderState.CHECKED, TenderState.DRAFTING) and not waits:
        raise TenderNotOpen(state=STATE_NAMES[tender.state])
    if decision not in ("confirm", "return"):
        raise ValueError(f"unknown decision: {decision}")
    if decision == "return":
        if not reasons.strip():
            raise ReasonsMissing(field="reasons")
        tender.state, tender.return_reasons = TenderState.DRAFTING, reasons.strip()
        tender.confirmed_by = tender.confirmed_at = None
    else:
        errors = sum(finding.severity == "error" for finding in tender.findings)
        if errors or tender.state != TenderState.CHECKED:
            raise FindingsOpen(count=errors, under=rules.law(session, tender.project))
        tender.return_reasons = ""
        tender.state, tender.confirmed_by, tender.confirmed_at = TenderState.CONFIRMED, actor.id, clock.now(session)
    facts = {"decision": decision, "reasons": reasons, "digest": digest(content(tender))}
    journal.write(session, actor, case=project_id, act="tenders.confirm_documents", facts=facts)
    return tender


def content(tender: Tender) -> dict[str, Any]:
    """Everything the documents say, as plain JSON; the PDFs are drawn from it and versions are compared by it."""
    project = tender.project
    return {
        "project": {"number": project.number, "title": project.title.as_json(), "object": project.object},
        "method": tender.method,
        "review_method": tender.review_method,
        "bid_deadline_at": tender.bid_deadline_at.isoformat() if tender.bid_deadline_at else None,
        "terms": _terms_content(tender),
        "lots": {str(lot.number): _lot_content(tender, lot) for lot in project.lots},
        **attached.content(tender),
    }


def _terms_content(tender: Tender) -> dict[str, Any]:
    deduction = tender.sme_deduction_percent
    return {
        "bond_percent": plain(tender.bond_percent),
        "validity_days": tender.validity_days,
        "sme_deduction_percent": None if deduction is None else plain(deduction),
        "performance_bond_percent": plain(tender.performance_bond_percent),
        "payment_days": tender.payment_days,
        "delivery_days": tender.delivery_days,
        "tie_break": tender.tie_break,
        "committee_size": tender.committee_size,
        "contract_terms": tender.contract_terms,
        **{str(name): value for name, value in tender.terms.items()},
    }


def _lot_content(tender: Tender, lot: Lot) -> dict[str, Any]:
    return {
        "name": lot.name.as_json(),
        "budget": plain(lot.budget),
        "ceiling": None if lot.ceiling is None else plain(lot.ceiling),
        "sme_mode": lot.sme_mode,
        "items": {
            str(item.position): {"name": item.name, "quantity": plain(item.quantity), "unit": item.unit}
            for item in lot.items
        },
        "requirements": {
            r.code: {"kind": r.kind, "starred": r.starred, "text": r.text.as_json(), "evidence": r.evidence}
            for r in tender.requirements
            if r.lot_id == lot.id
        },
        "factors": {
            f.code: {
                "name": f.name.as_json(),
                "kind": f.kind,
                "points": plain(f.points),
                "standard": f.standard,
                "bands": f.bands,
                "requirements": f.requirement_codes,
            }
            for f in tender.factors
            if f.lot_id == lot.id
        },
    }


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of the documents' content."""
    return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two contents: ``{"place", "old", "new"}`` for each place, None where it wasn't or isn't."""
    before, after = dict(_flat(old)), dict(_flat(new))
    places = list(before) + [place for place in after if place not in before]
    return [
        {"place": place, "old": before.get(place), "new": after.get(place)}
        for place in places
        if before.get(place) != after.get(place)
    ]


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _flat(part, f"{place}/{name}" if place else str(name))
    elif not isinstance(value, Mapping):
        yield place, value
