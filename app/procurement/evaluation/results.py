"""The result of an evaluation, worked out by the system: totals, ranks, candidates (O87 55-57)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.foundation.actor import Actor
from app.foundation.money import CENT
from app.procurement import experts, rules, tenders
from app.procurement.bids import Bid, BidState, OpenedBid
from app.procurement.evaluation import prices, scores
from app.procurement.evaluation.lots import bids_in, evaluated_lot, note
from app.procurement.evaluation.rankings import Entry, Ranked, mean, rank
from app.procurement.evaluation.records import BidResult, Score
from app.procurement.evaluation.reports import draft, of_lot
from app.procurement.evaluation.scores import ScoresMissing
from app.procurement.projects import Lot
from app.procurement.tenders import Factor, Tender


@dataclass(frozen=True)
class Totals:
    """How totalling went: the candidates there are, or the members who must look at points of theirs again first."""

    candidate_count: int
    corrections: tuple[str, ...] = ()


def total(session: Session, actor: Actor, *, lot_id: str) -> Totals:
    """Work out every bid's total and rank, name the candidates and draft the report; or say who must look again.

    A total is the price score plus the mean of what the members gave, to two places. Objective factors count as agreed.
    Ties are broken with a seed drawn now and recorded. Doing it again gives the same result.

    :raises ScoresMissing:
    """
    lot, tender = evaluated_lot(session, lot_id)
    done = of_lot(session, lot_id)
    if done is not None:
        return Totals(sum(result.is_candidate for result in results(session, lot_id)))
    _refuse_unscored(session, lot_id)
    asked = scores.ask_again(session, lot_id)
    if asked:
        note(session, actor, lot_id, "evaluation.total", {"asked_again": len(asked)})
        return Totals(0, asked)
    seed = secrets.token_bytes(32).hex()
    ranked = _work_out(session, lot, tender, seed)
    report = draft(session, lot, tender, seed)
    candidates = [result for result in ranked if result.is_candidate]
    facts = {"ranked": len(ranked), "candidates": [result.bid_id for result in candidates], "digest": report.digest}
    note(session, actor, lot_id, "evaluation.total", facts)
    return Totals(len(candidates))


def _refuse_unscored(session: Session, lot_id: str) -> None:
    factors = len(scores.scored_factors(session, lot_id))
    bids = len(bids_in(session, lot_id, BidState.CONFORMING))
    members = len(experts.serving(experts.of_lot(session, lot_id)))
    if len(scores.of_lot(session, lot_id)) != factors * bids * members:
        raise ScoresMissing


def _work_out(session: Session, lot: Lot, tender: Tender, seed: str) -> list[BidResult]:
    bids = bids_in(session, lot.id, BidState.CONFORMING)
    opened = {bid.id: bid.opened for bid in bids if bid.opened is not None}
    priced = evaluation_prices(session, tender, lot, opened)
    factors = {factor.id: factor for factor in tender.factors if factor.lot_id == lot.id}
    lowest = min(evaluated for _, evaluated in priced.values())
    most = sum((factor.points for factor in factors.values() if factor.kind == "price"), Decimal(0))
    given = scores.grouped(scores.of_lot(session, lot.id))
    worked = {}
    for bid_id, bid in opened.items():
        rates, evaluated = priced[bid_id]
        groups = {factor_id: group for (of, factor_id), group in given.items() if of == bid_id}
        comprehensive = tender.review_method == "comprehensive"
        worked[bid_id] = BidResult(
            bid_id=bid_id,
            lot_id=lot.id,
            price=bid.binding_price,
            deductions=[{"name": name, "rate": f"{rate:f}"} for name, rate in rates.items()],
            evaluation_price=evaluated,
            factor_points={key: f"{mean(_counted(group, factors[key])):.2f}" for key, group in groups.items()},
            price_points=prices.price_score(lowest, evaluated, most) if comprehensive else Decimal(0),
            total=Decimal(0),
            rank=0,
        )
        technical = _technical(groups, factors)
        worked[bid_id].total = (worked[bid_id].price_points + technical).quantize(CENT, ROUND_HALF_UP)
    return _ranked(session, tender, worked, opened, seed)


def evaluation_prices(
    session: Session, tender: Tender, lot: Lot, opened: Mapping[str, OpenedBid]
) -> dict[str, tuple[dict[str, Decimal], Decimal]]:
    """For each bid the deductions it gets and its evaluation price; domestic products gain only where others compete."""
    law = tenders.law_of_notice(session, tender)
    foreign = any(not bid.domestic for bid in opened.values())
    priced = {}
    for bid_id, bid in opened.items():
        rates = prices.deductions(tender, lot, bid, foreign_competes=foreign, law=law)
        priced[bid_id] = (rates, prices.evaluation_price(bid.binding_price, rates))
    return priced


def _counted(group: Sequence[Score], factor: Factor) -> list[Decimal]:
    """The points that count: each member's, for an objective factor what was agreed."""
    if factor.is_subjective:
        return [score.points for score in group]
    agreed = scores.agreed(group)
    assert agreed is not None, "objective points are agreed before they are totalled"
    return [agreed]


def _technical(groups: Mapping[str, Sequence[Score]], factors: Mapping[str, Factor]) -> Decimal:
    """The points without the price: the sum of the factors' means, not yet rounded."""
    total = Decimal(0)
    for factor_id, group in groups.items():
        counted = _counted(group, factors[factor_id])
        total += sum(counted, Decimal(0)) / len(counted)
    return total


def _ranked(
    session: Session,
    tender: Tender,
    worked: Mapping[str, BidResult],
    opened: Mapping[str, OpenedBid],
    seed: str,
) -> list[BidResult]:
    entries = [
        Entry(
            bid_id,
            result.price,
            result.evaluation_price,
            result.total,
            result.total - result.price_points,
            opened[bid_id].brand,
        )
        for bid_id, result in worked.items()
    ]
    places = rank(entries, review_method=tender.review_method, tie_break=tender.tie_break, seed=seed)
    chosen = _candidates(places, rules.law(session, tender.project).most_candidates())
    ordered = []
    for place in places:
        result = worked[place.entry.bid_id]
        result.rank, result.tie, result.barred = place.rank, place.tie, place.barred
        result.is_candidate = place.entry.bid_id in chosen
        bid = session.get_one(Bid, result.bid_id)
        bid.state = BidState.CANDIDATE if result.is_candidate else BidState.RANKED
        session.add(result)
        ordered.append(result)
    session.flush()
    return ordered


def _candidates(places: Iterable[Ranked], most: int | None) -> set[str]:
    return {place.entry.bid_id for place in [p for p in places if not p.barred][:most]}


def results(session: Session, lot_id: str) -> list[BidResult]:
    """The results of a lot in order of rank."""
    statement = select(BidResult).where(BidResult.lot_id == lot_id).order_by(BidResult.rank)
    return list(session.scalars(statement.options(joinedload(BidResult.bid).joinedload(Bid.supplier))))


def candidates(session: Session, lot_id: str) -> list[BidResult]:
    """The candidates of a lot in order of rank."""
    return [result for result in results(session, lot_id) if result.is_candidate]


def visible_scores(session: Session, actor: Actor, lot_id: str) -> list[Score]:
    """The members' points this person may see: a member their own until all have signed the report, then members, the
    agency, the finance department and auditors all (O87 62, 66). Nobody else any.
    """
    everything, report = scores.of_lot(session, lot_id), of_lot(session, lot_id)
    signed = report is not None and report.completed_at is not None
    members = {member.account_id for member in experts.serving(experts.of_lot(session, lot_id))}
    tender = tenders.of_lot(session, lot_id)
    watching = (
        actor.id in members
        or actor.has_role("agency-officer", tender.agency_id)
        or actor.has_role("finance-officer", tender.project.finance_id)
        or actor.has_role("auditor")
    )
    if signed and watching:
        return everything
    return [score for score in everything if score.member_id == actor.id]
