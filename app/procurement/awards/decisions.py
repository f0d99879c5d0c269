"""The decision on the winner: in the order of rank, or the first candidate by the buyer's silence (O87 68, IR 43)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, journal, workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Conflict, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import last_second_of, local_day
from app.identity import roles
from app.procurement import evaluation, projects, rules, tenders
from app.procurement.awards.records import Award, AwardState
from app.procurement.bids import BidState
from app.procurement.evaluation import BidResult, ReportState
from app.procurement.projects import LotState, ReasonsMissing
from app.procurement.rules import laws

GROUNDS: dict[str, Text] = {
    "gave_up": laws.under(
        Text("the candidate withdrew or refuses to sign", "中标候选人放弃中标或者拒绝签订合同"), "IR 49"
    ),
    "unlawful": laws.under(Text("the candidate acted unlawfully", "中标候选人存在违法行为"), "IR 71"),
    "query_upheld": laws.under(
        Text("a challenge against the candidate was upheld", "对中标候选人的质疑成立"), "O94 16"
    ),
}
"""Why a candidate of a better rank may be passed over; there are no other reasons."""


class AwardUnknown(NotFound):
    """There is no award of this lot, or none this person may know of."""

    text = Text("This award does not exist.", "没有该中标结果。")


class AlreadyDecided(Conflict):
    """The winner is settled."""

    text = Text("The winning bidder of this lot has already been confirmed.", "该采购包已确定中标人。")


class NotACandidate(RuleBroken):
    """Only a candidate of the report can win (O87 68)."""

    text = Text(
        "Choose a candidate recommended in the evaluation report.", "只能在评标报告推荐的中标候选人中确定中标人。"
    )


class OutOfOrder(RuleBroken):
    """A candidate of a better rank is passed over only for a reason the law names (O87 68)."""

    text = Text(
        "Confirm the winning bidder in order of rank. Passing over a candidate needs a reason given in law.",
        "应当按排序确定中标人；不确定排名在前的中标候选人的，须有法定理由。",
    )


class StillTheBuyers(Conflict):
    """The buyer still has time to decide."""

    text = Text("The buyer still has time to decide.", "采购人仍在确定中标人的期限内。")


class ReportNotDelivered(Conflict):
    """Nothing is decided before the report has reached the buyer."""

    text = Text("The evaluation report has not been delivered to the buyer yet.", "评标报告尚未送达采购人。")


def confirm(session: Session, actor: Actor, *, lot_id: str, bid_id: str, ground: str = "", reasons: str = "") -> Award:
    """The buyer confirms the winner: the first candidate, or the next one with a ground of GROUNDS and its reasons.

    :raises NotACandidate:
    :raises OutOfOrder:
    :raises ReasonsMissing:
    :raises AlreadyDecided:
    :raises ReportNotDelivered:
    :raises RoleMissing:
    """
    roles.require(actor, "buyer-reviewer", tenders.of_lot(session, lot_id).buyer_id)
    candidates = _open_candidates(session, lot_id)
    chosen = next((result for result in candidates if result.bid_id == bid_id), None)
    if chosen is None:
        raise NotACandidate(field="bid", under=projects.law_of_lot(session, lot_id))
    passed = [result for result in candidates if result.rank < chosen.rank]
    if passed:
        if ground not in GROUNDS:
            raise OutOfOrder(field="ground", under=projects.law_of_lot(session, lot_id))
        if not reasons.strip():
            raise ReasonsMissing(field="reasons")
    return _decide(
        session, actor, lot_id, chosen, ground=ground if passed else "", reasons=reasons.strip() if passed else ""
    )


def confirm_by_default(session: Session, actor: Actor, *, lot_id: str) -> Award:
    """The buyer was silent until the decision was due: the first candidate is the winner (O87 68).

    Doing it again gives the same award.

    :raises StillTheBuyers:
    """
    known = of_lot(session, lot_id)
    if known is not None:
        return known
    candidates = _open_candidates(session, lot_id)
    due_at = evaluation.report(session, lot_id).decision_due_at
    if due_at is None or clock.now(session) < due_at:
        raise StillTheBuyers
    return _decide(session, actor, lot_id, candidates[0], by_default=True)


def _open_candidates(session: Session, lot_id: str) -> Sequence[BidResult]:
    """The candidates of a lot that waits for the decision, in order, with the lot locked."""
    projects.lot(session, lot_id, lock=True)
    if of_lot(session, lot_id) is not None:
        raise AlreadyDecided
    if evaluation.report(session, lot_id).state != ReportState.DELIVERED:
        raise ReportNotDelivered
    return left(session, lot_id)


def left(session: Session, lot_id: str) -> list[BidResult]:
    """The candidates that can still win, in order of rank: all but those whose award was revoked."""
    revoked = set(session.scalars(select(Award.bid_id).where(Award.lot_id == lot_id, Award.revoked_at.is_not(None))))
    return [result for result in evaluation.candidates(session, lot_id) if result.bid_id not in revoked]


def _decide(
    session: Session,
    actor: Actor,
    lot_id: str,
    chosen: BidResult,
    *,
    by_default: bool = False,
    ground: str = "",
    reasons: str = "",
) -> Award:
    lot, now = projects.lot(session, lot_id), clock.now(session)
    rule = rules.law(session, lot.project).rule("result_notice")
    due_on = rule.last_day(workdays.load(session), local_day(now))
    award = Award(
        lot_id=lot_id,
        round=len(all_of_lot(session, lot_id)) + 1,
        bid_id=chosen.bid_id,
        supplier_id=chosen.bid.supplier_id,
        price=chosen.price,
        currency=lot.currency,
        by_default=by_default,
        ground=ground,
        reasons=reasons,
        decided_by=SYSTEM.id if by_default else actor.id,
        decided_at=now,
        notice_due_on=due_on,
    )
    session.add(award)
    chosen.bid.state = BidState.WINNER
    projects.move_lot(session, lot, LotState.DECIDED)
    session.flush()
    facts = {"lot": lot_id, "bid": chosen.bid_id, "rank": chosen.rank, "by_default": by_default, "ground": ground}
    journal.write(session, actor, case=f"evaluation:{lot_id}", act="awards.confirm", facts=facts)
    return award


def revoke(session: Session, actor: Actor, *, lot_id: str, reason: str) -> bool:
    """The result doesn't stand: the award is revoked. Says whether the buyer may decide anew (O94 16(2)).

    That is so while enough bidders and a candidate are left; the buyer's time for it begins today. Otherwise the
    procurement has to start over.

    :raises AwardUnknown:
    """
    award = get(session, lot_id, lock=True)
    lot, tender = projects.lot(session, lot_id, lock=True), tenders.of_lot(session, lot_id)
    now = clock.now(session)
    award.state, award.revoked_at, award.revoked_reason = AwardState.REVOKED, now, reason
    award.bid.state = BidState.LOST
    projects.move_lot(session, lot, LotState.EVALUATING)
    session.flush()
    revoked = {each.bid_id for each in all_of_lot(session, lot_id)}
    remaining = [result for result in evaluation.results(session, lot_id) if result.bid_id not in revoked]
    again = bool(left(session, lot_id)) and len(remaining) >= evaluation.least_bids(session, tender)
    if again:
        rule = rules.law(session, lot.project).rule("decision")
        due_on = rule.last_day(workdays.load(session), local_day(now))
        evaluation.report(session, lot_id).decision_due_at = last_second_of(due_on)
    facts = {"lot": lot_id, "award": award.id, "reason": reason, "decide_again": again}
    journal.write(session, actor, case=lot.project_id, act="awards.revoke", facts=facts)
    return again


def of_lot(session: Session, lot_id: str, *, lock: bool = False) -> Award | None:
    """A lot's award that stands, under its row lock if asked; None before the decision, and while it is decided anew."""
    statement = select(Award).where(Award.lot_id == lot_id, Award.revoked_at.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def all_of_lot(session: Session, lot_id: str) -> list[Award]:
    """Every award of a lot, the revoked ones too, in order."""
    return list(session.scalars(select(Award).where(Award.lot_id == lot_id).order_by(Award.round)))


def get(session: Session, lot_id: str, *, lock: bool = False) -> Award:
    """A lot's award.

    :raises AwardUnknown:
    """
    award = of_lot(session, lot_id, lock=lock)
    if award is None:
        raise AwardUnknown
    return award
