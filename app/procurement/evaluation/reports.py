"""The evaluation report: what it says, who signed it or dissented, and its way to the buyer (O87 58, 61, 68)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text
from app.foundation.workdays import last_second_of, local_day
from app.identity import organisations
from app.procurement import experts, mails, rules, tenders
from app.procurement.bids import Bid, Opening
from app.procurement.evaluation import collusion, corrections, low_prices, printing, scores
from app.procurement.evaluation.lots import evaluated_lot, note
from app.procurement.evaluation.records import (
    BidResult,
    ConformityOpinion,
    QualificationFinding,
    Report,
    ReportSignature,
    ReportState,
)
from app.procurement.evaluation.rejections import rejections
from app.procurement.projects import Lot, ReasonsMissing
from app.procurement.rules import laws
from app.procurement.tenders import Tender
from app.procurement.tenders.numbers import plain

MEDIA = Text("the official government procurement medium and this service", "中国政府采购网及本平台")
"""Where notices are published (O87 58(1))."""


class ReportUnknown(NotFound):
    """There is no report of this lot, or none this person may see."""

    text = Text("There is no evaluation report.", "没有评标报告。")


class AlreadySigned(Conflict):
    """The member signed already."""

    text = Text("You have signed this report already.", "您已签署评标报告。")


class SignaturesMissing(Conflict):
    """The report isn't signed by all members."""

    text = Text("Not all members have signed the report.", "尚有评标委员会成员未签署评标报告。")


def of_lot(session: Session, lot_id: str, *, lock: bool = False) -> Report | None:
    """A lot's report, under its row lock if asked; None before the scores are totalled."""
    statement = select(Report).where(Report.lot_id == lot_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def get(session: Session, lot_id: str, *, lock: bool = False) -> Report:
    """A lot's report.

    :raises ReportUnknown:
    """
    report = of_lot(session, lot_id, lock=lock)
    if report is None:
        raise ReportUnknown
    return report


def draft(session: Session, lot: Lot, tender: Tender, tie_seed: str) -> Report:
    """Write down everything the report must say (O87 58); this is what the members sign."""
    content = contents(session, lot, tender, tie_seed)
    report = Report(
        lot_id=lot.id,
        content=content,
        digest=tenders.digest(content),
        tie_seed=tie_seed,
        drafted_at=clock.now(session),
    )
    session.add(report)
    session.flush()
    return report


def contents(session: Session, lot: Lot, tender: Tender, tie_seed: str) -> dict[str, Any]:
    """The report as plain JSON; amounts and points are texts."""
    bids = list(session.scalars(select(Bid).where(Bid.lot_id == lot.id).order_by(Bid.received_at, Bid.id)))
    read = [bid for bid in bids if bid.opened is not None]
    names = {bid.supplier_id: organisations.get(session, bid.supplier_id).name for bid in read}
    opening = session.scalars(select(Opening).where(Opening.lot_id == lot.id)).one_or_none()
    signs = collusion.named(collusion.signs(session, lot.id), names)
    return {
        "project": {"number": tender.project.number, "title": tender.project.title.as_json()},
        "lot": {"number": lot.number, "name": lot.name.as_json(), "budget": plain(lot.budget)},
        "media": MEDIA.as_json(),
        "notice_published_at": tender.published_at.isoformat() if tender.published_at else None,
        "opened_at": opening.opened_at.isoformat() if opening else None,
        "review_method": tender.review_method,
        "tie_break": tender.tie_break,
        "factors": _factors(tender, lot),
        "committee": _committee(session, lot.id),
        "bidders": [_bidder(session, bid, names[bid.supplier_id]) for bid in read],
        "qualification": _findings(session, read),
        "conformity": _dissents(session, read),
        "price_corrections": _price_corrections(session, lot.id, names),
        "low_prices": _low_prices(session, lot.id, names),
        "results": _results(session, lot.id, {bid.id: names[bid.supplier_id] for bid in read}),
        "corrections": _corrections(session, lot.id),
        "signs": [{"sign": sign.as_json(), "seen": seen.as_json()} for sign, seen in signs],
        "tie_seed": tie_seed,
    }


def _factors(tender: Tender, lot: Lot) -> list[dict[str, Any]]:
    return [
        {"id": f.id, "code": f.code, "name": f.name.as_json(), "kind": f.kind, "points": plain(f.points)}
        for f in tender.factors
        if f.lot_id == lot.id
    ]


def _committee(session: Session, lot_id: str) -> dict[str, Any]:
    committee = experts.of_lot(session, lot_id)
    serving = experts.serving(committee)
    return {
        "members": [
            {
                "id": member.account_id,
                "name": member.name,
                "representative": member.is_representative,
                "leader": member.account_id == committee.leader_id,
            }
            for member in serving
        ],
        "called": len(committee.members),
        "substitutes": len(committee.members) - len(serving),
    }


def _bidder(session: Session, bid: Bid, name: Text) -> dict[str, Any]:
    opened = bid.opened
    return {
        "bid": bid.id,
        "supplier": bid.supplier_id,
        "name": name.as_json(),
        "price": f"{opened.price:.2f}" if opened else None,
        "state": bid.state,
        "rejections": [words.as_json() for words in rejections(session, bid.id)],
    }


def _findings(session: Session, bids: Sequence[Bid]) -> list[dict[str, Any]]:
    statement = select(QualificationFinding).where(QualificationFinding.bid_id.in_([bid.id for bid in bids]))
    rows = session.scalars(statement.order_by(QualificationFinding.id))
    return [{"bid": r.bid_id, "requirement": r.requirement_id, "met": r.met, "reason": r.reason} for r in rows]


def _dissents(session: Session, bids: Sequence[Bid]) -> list[dict[str, Any]]:
    """The conformity review by requirement: how the members voted, and the reasons of those who found it not met."""
    statement = select(ConformityOpinion).where(ConformityOpinion.bid_id.in_([bid.id for bid in bids]))
    votes: dict[tuple[str, str], list[ConformityOpinion]] = {}
    for opinion in session.scalars(statement.order_by(ConformityOpinion.id)):
        votes.setdefault((opinion.bid_id, opinion.requirement_id), []).append(opinion)
    return [
        {
            "bid": bid_id,
            "requirement": requirement_id,
            "met": sum(opinion.met for opinion in opinions),
            "not_met": sum(not opinion.met for opinion in opinions),
            "reasons": [{"member": o.member_id, "reason": o.reason} for o in opinions if not o.met],
        }
        for (bid_id, requirement_id), opinions in votes.items()
    ]


def _price_corrections(session: Session, lot_id: str, names: dict[str, Text]) -> list[dict[str, Any]]:
    return [
        {
            "bid": correction.bid_id,
            "name": names[correction.opened.bid.supplier_id].as_json(),
            "read": f"{correction.opened.price:.2f}",
            "price": f"{correction.price:.2f}",
            "corrections": correction.corrections,
            "answer": correction.answer,
            "answered_at": correction.answered_at.isoformat() if correction.answered_at else None,
        }
        for correction in corrections.of_lot(session, lot_id)
    ]


def _low_prices(session: Session, lot_id: str, names: dict[str, Text]) -> list[dict[str, Any]]:
    return [
        {
            "bid": check.bid_id,
            "name": names[check.bid.supplier_id].as_json(),
            "triggers": low_prices.words(check.triggers).as_json(),
            "asked_at": check.asked_at.isoformat(),
            "explained_at": check.explained_at.isoformat() if check.explained_at else None,
            "explanation": check.explanation,
            "decision": check.decision,
            "reason": check.reason,
        }
        for check in low_prices.of_lot(session, lot_id)
    ]


def _results(session: Session, lot_id: str, names: dict[str, Text]) -> list[dict[str, Any]]:
    statement = select(BidResult).where(BidResult.lot_id == lot_id).order_by(BidResult.rank)
    return [
        {
            "rank": result.rank,
            "bid": result.bid_id,
            "name": names[result.bid_id].as_json(),
            "price": f"{result.price:.2f}",
            "deductions": result.deductions,
            "evaluation_price": f"{result.evaluation_price:.2f}",
            "factor_points": result.factor_points,
            "price_points": f"{result.price_points:.2f}",
            "total": f"{result.total:.2f}",
            "tie": result.tie,
            "barred": result.barred,
            "candidate": result.is_candidate,
        }
        for result in session.scalars(statement)
    ]


def _corrections(session: Session, lot_id: str) -> list[dict[str, Any]]:
    return [
        {
            "bid": score.bid_id,
            "factor": score.factor_id,
            "member": score.member_id,
            "from": f"{score.first_points:.2f}" if score.first_points is not None else None,
            "to": f"{score.points:.2f}",
            "reason": score.correction_reason,
        }
        for score in scores.of_lot(session, lot_id)
        if score.looks
    ]


def sign_report(session: Session, actor: Actor, *, lot_id: str, decision: str, reasons: str = "") -> ReportSignature:
    """A member signs the report, or signs a dissent with its reasons (``agree``, ``dissent``; O87 61, IR 41).

    With the last signature the evaluation is over.

    :raises AlreadySigned:
    :raises ReasonsMissing:
    :raises ReportUnknown:
    :raises NotAMember:
    """
    evaluated_lot(session, lot_id)
    member = experts.require_member(session, actor, lot_id)
    report = get(session, lot_id, lock=True)
    if decision not in ("agree", "dissent"):
        raise ValueError(f"unknown decision: {decision}")
    if decision == "dissent" and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    if any(signature.member_id == member.account_id for signature in report.signatures):
        raise AlreadySigned
    signature = ReportSignature(
        report_id=report.id,
        member_id=member.account_id,
        name=member.name,
        decision=decision,
        reasons=reasons.strip() if decision == "dissent" else "",
        digest=report.digest,
        signed_at=clock.now(session),
    )
    session.add(signature)
    session.flush()
    session.expire(report, ["signatures"])
    if len(report.signatures) == len(experts.serving(experts.of_lot(session, lot_id))):
        report.state, report.completed_at = ReportState.SIGNED, clock.now(session)
    note(session, actor, lot_id, "evaluation.sign_report", {"decision": decision, "digest": report.digest})
    return signature


def deliver(session: Session, actor: Actor, *, lot_id: str) -> Report:
    """Send the signed report to the buyer, whose time to decide begins with it (O87 68, IR 43).

    :raises SignaturesMissing:
    """
    lot, tender = evaluated_lot(session, lot_id)
    report = get(session, lot_id, lock=True)
    if report.state == ReportState.DELIVERED:
        return report
    if report.state != ReportState.SIGNED:
        raise SignaturesMissing
    now = clock.now(session)
    today = local_day(now)
    due_on = rules.law(session, tender.project, on=today).rule("decision").last_day(workdays.load(session), today)
    report.state, report.delivered_at, report.decision_due_at = ReportState.DELIVERED, now, last_second_of(due_on)
    printing.keep(session, actor, report, lot, tender)
    session.flush()
    due = dates.by(due_on)
    law = laws.citation(rules.law(session, tender.project, on=today).article("decision-due") or "")
    mails.tell(
        session,
        organisation_id=tender.buyer_id,
        roles=("buyer-reviewer",),
        key=f"report:{report.id}",
        page="/inbox",
        subject=Text(f"Evaluation report: {lot.name.en}", f"评标报告：{lot.name.zh}"),
        body=Text(
            f"The evaluation report for “{lot.name.en}” has been delivered. Confirm the winning bidder in the order of rank "
            f"{due.en}; after that the first candidate is the winning bidder ({law.en}).",
            f"“{lot.name.zh}”的评标报告已送达。请于{due.zh}按排序确定中标人；逾期未确定又不能说明合法理由的，"
            f"视同确定排名第一的中标候选人为中标人（{law.zh}）。",
        ),
        project=tender.project.number,
    )
    note(session, actor, lot_id, "evaluation.deliver_report", {"digest": report.digest, "due_on": str(due_on)})
    return report


def visible_to(session: Session, actor: Actor, lot_id: str) -> bool:
    """Who may read the report: members and the agency once it is drafted; buyer, finance and auditors once delivered."""
    report = of_lot(session, lot_id)
    if report is None:
        return False
    tender = tenders.of_lot(session, lot_id)
    members = {member.account_id for member in experts.serving(experts.of_lot(session, lot_id))}
    if actor.id in members or actor.has_role("agency-officer", tender.agency_id):
        return True
    later = actor.organisation_id in (tender.buyer_id, tender.project.finance_id) or actor.has_role("auditor")
    return later and report.delivered_at is not None
