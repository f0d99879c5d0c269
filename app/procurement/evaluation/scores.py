"""Scoring: each member alone, points within their range, and the checks that O87 64 asks for before anybody signs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, refuse_all
from app.foundation.text import Text
from app.procurement import experts, projects, rules, tenders
from app.procurement.bids import Bid, BidState
from app.procurement.evaluation.lots import bids_in, evaluated_lot, note
from app.procurement.evaluation.records import Score
from app.procurement.evaluation.reviews import RowsIncomplete
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders import Factor

FLAGS: dict[str, Text] = {
    "objective": Text("The members' points differ although the criterion is objective", "客观评审因素评分不一致"),
    "outlier": Text("These points differ widely from the other members'", "该评分明显偏离评标委员会其他成员的评分"),
}
"""What is looked at again before the report is signed (O87 64)."""


class ScoresSealed(Conflict):
    """The member's scores are sealed; they are changed only where the check asks for it."""

    text = Text("Your scores are sealed.", "您的评分已封存。")


class OutOfRange(Invalid):
    """Points lie between zero and the factor's points, with two decimals at most (O87 64)."""

    text = Text(
        "Enter between 0 and %(most)s points, with at most 2 decimal places.", "分值应在0至%(most)s之间，最多两位小数。"
    )


class NotAStep(Invalid):
    """The factor is scored in steps (O87 55)."""

    text = Text("Choose one of these points: %(steps)s.", "该评审因素按档计分，可选分值：%(steps)s。")


class ScoresMissing(Conflict):
    """A member hasn't scored yet."""

    text = Text("Not every member has scored the bids yet.", "尚有评标委员会成员未完成评分。")


@dataclass(frozen=True)
class Points:
    """Points for one factor of one bid, as a member gives them."""

    bid_id: str
    factor_id: str
    points: Decimal
    reason: str = ""


@dataclass(frozen=True)
class Flag:
    """Something to look at again: which points, why, and whose they are (all members' where they must agree)."""

    kind: str
    bid_id: str
    factor_id: str
    member_ids: tuple[str, ...]


def scored_factors(session: Session, lot_id: str) -> list[Factor]:
    """The factors members score: all of the lot's but the price, which the system works out."""
    tender = tenders.of_lot(session, lot_id)
    if tender.review_method != "comprehensive":
        return []
    return [factor for factor in tender.factors if factor.lot_id == lot_id and factor.kind != "price"]


def enter_scores(session: Session, actor: Actor, *, lot_id: str, rows: Sequence[Points]) -> list[Score]:
    """A member seals points for every conforming bid and every factor, alone (O87 55).

    Raises OutOfRange and NotAStep (for all wrong points at once), RowsIncomplete, ScoresSealed or NotAMember.
    """
    evaluated_lot(session, lot_id)
    member = experts.require_member(session, actor, lot_id)
    factors = {factor.id: factor for factor in scored_factors(session, lot_id)}
    bids = bids_in(session, lot_id, BidState.CONFORMING)
    if of_member(session, lot_id, member.account_id):
        raise ScoresSealed
    keys = [(row.bid_id, row.factor_id) for row in rows]
    if len(keys) != len(set(keys)) or set(keys) != {(bid.id, factor) for bid in bids for factor in factors}:
        raise RowsIncomplete(field="rows")
    law = projects.law_of_lot(session, lot_id)
    refuse_all(unfit(law, factors[row.factor_id], row.points, f"rows-{place}-points") for place, row in enumerate(rows))
    now = clock.now(session)
    given = [
        Score(
            bid_id=row.bid_id,
            factor_id=row.factor_id,
            member_id=member.account_id,
            points=row.points,
            reason=row.reason.strip(),
            given_at=now,
        )
        for row in rows
    ]
    session.add_all(given)
    session.flush()
    note(session, actor, lot_id, "evaluation.enter_scores", {"scores": len(given)})
    return given


def unfit(law: rules.Law, factor: Factor, points: Decimal, field: str) -> Invalid | None:
    """What is wrong with points: outside the factor's range, or between its steps."""
    if not 0 <= points <= factor.points or points != points.quantize(Decimal("0.01")):
        return OutOfRange(field=field, most=f"{factor.points.normalize():f}", under=law)
    given = steps(factor)
    if given and points not in given:
        return NotAStep(field=field, steps="、".join(f"{step.normalize():f}" for step in given), under=law)
    return None


def steps(factor: Factor) -> list[Decimal]:
    """The points that an objective factor can give, nothing among them, the lowest first; empty where all can be given."""
    named = {Decimal(band["points"]) for band in factor.bands}
    return sorted(named | {Decimal(0)}) if factor.kind == "objective" and named else []


def of_lot(session: Session, lot_id: str) -> list[Score]:
    """All points given for a lot's bids that conform or are ranked."""
    states = (BidState.CONFORMING, BidState.RANKED, BidState.CANDIDATE, BidState.WINNER, BidState.LOST)
    statement = select(Score).join(Bid, Bid.id == Score.bid_id).where(Bid.lot_id == lot_id, Bid.state.in_(states))
    statement = statement.options(selectinload(Score.factor))
    return list(session.scalars(statement.order_by(Score.id)))


def points_given(session: Session, lot_id: str) -> dict[tuple[str, str], list[Decimal]]:
    """What the members gave, by bid and factor, without whose they are, the lowest first."""
    return {key: sorted(each.points for each in given) for key, given in grouped(of_lot(session, lot_id)).items()}


def of_member(session: Session, lot_id: str, member_id: str) -> list[Score]:
    """One member's own points."""
    return [score for score in of_lot(session, lot_id) if score.member_id == member_id]


def flags(session: Session, lot_id: str) -> list[Flag]:
    """What has to be looked at again before the points are totalled (O87 64).

    Objective factors on which members differ, until they agree or, having looked again, a majority does (O87 61); and
    subjective points that lie farther from the mean of the other members' than the house's policy allows, until their
    member has changed them or given a reason.
    """
    factors = {factor.id: factor for factor in scored_factors(session, lot_id)}
    share = projects.law_of_lot(session, lot_id).value("abnormal_score")
    found: list[Flag] = []
    for (bid_id, factor_id), scores in grouped(of_lot(session, lot_id)).items():
        factor = factors[factor_id]
        if factor.is_subjective:
            outlying = tuple(s.member_id for s in scores if not s.looks and _is_outlier(s, scores, factor, share))
            found += [Flag("outlier", bid_id, factor_id, outlying)] if outlying else []
        elif agreed(scores) is None:
            found.append(Flag("objective", bid_id, factor_id, tuple(score.member_id for score in scores)))
    return found


def grouped(scores: Iterable[Score]) -> dict[tuple[str, str], list[Score]]:
    """Points by bid and factor."""
    groups: dict[tuple[str, str], list[Score]] = {}
    for score in scores:
        groups.setdefault((score.bid_id, score.factor_id), []).append(score)
    return groups


def _is_outlier(score: Score, scores: Sequence[Score], factor: Factor, share: Decimal) -> bool:
    others = [other.points for other in scores if other is not score]
    if not others:
        return False
    return abs(score.points - sum(others, Decimal(0)) / len(others)) > factor.points * share


def agreed(scores: Sequence[Score]) -> Decimal | None:
    """The points of an objective factor: what all give, or the majority once all have looked again; None before."""
    counted = Counter(score.points for score in scores)
    points, votes = counted.most_common(1)[0]
    if len(counted) == 1:
        return points
    if all(score.looks for score in scores) and votes * 2 > len(scores):
        return points
    return None


def ask_again(session: Session, lot_id: str) -> tuple[str, ...]:
    """Ask the members to look again at what the check names; gives their accounts, nobody's when all is in order.

    Whoever is asked looks, also when the others have made it agree in the meantime.
    """
    named = {(flag.bid_id, flag.factor_id): flag for flag in flags(session, lot_id)}
    asked = set()
    for score in of_lot(session, lot_id):
        flag = named.get((score.bid_id, score.factor_id))
        if flag is not None and score.member_id in flag.member_ids:
            score.asked = flag.kind
            asked.add(score.member_id)
    session.flush()
    return tuple(sorted(asked))


def to_correct(session: Session, lot_id: str, member_id: str) -> list[Score]:
    """A member's own points that they were asked to look at again."""
    return [score for score in of_member(session, lot_id, member_id) if score.asked]


def correct_scores(session: Session, actor: Actor, *, lot_id: str, rows: Sequence[Points]) -> list[Score]:
    """A member looks again at the points the check named: changes them, or lets them stand with a reason (O87 64).

    :raises RowsIncomplete:
    :raises ReasonsMissing:
    :raises OutOfRange:
    :raises NotAStep:
    :raises NotAMember:
    """
    evaluated_lot(session, lot_id)
    member = experts.require_member(session, actor, lot_id)
    asked = {(s.bid_id, s.factor_id): s for s in to_correct(session, lot_id, member.account_id)}
    keys = [(row.bid_id, row.factor_id) for row in rows]
    if len(keys) != len(set(keys)) or set(keys) != set(asked):
        raise RowsIncomplete(field="rows")
    law = projects.law_of_lot(session, lot_id)
    for_all = [
        unfit(law, asked[row.bid_id, row.factor_id].factor, row.points, f"rows-{place}-points")
        for place, row in enumerate(rows)
    ]
    unsaid = [ReasonsMissing(field=f"rows-{n}-reason") for n, row in enumerate(rows) if not row.reason.strip()]
    refuse_all([*for_all, *unsaid])
    changed = []
    for row in rows:
        score = asked[row.bid_id, row.factor_id]
        if row.points != score.points and score.first_points is None:
            score.first_points = score.points
        score.points, score.correction_reason = row.points, row.reason.strip()
        score.asked, score.looks = "", score.looks + 1
        changed.append(score)
    session.flush()
    note(session, actor, lot_id, "evaluation.correct_scores", {"scores": len(changed)})
    return changed
