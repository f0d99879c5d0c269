"""The forms of the scores: each member's own, and those that are looked at again before the report is signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.engine.acts import IntakeContext
from app.foundation.text import Text
from app.procurement import evaluation, tenders
from app.procurement.bids import Bid, BidState
from app.procurement.evaluation import Points
from app.procurement.projects import LotState
from app.procurement.tenders import Factor, Tender
from app.workflow import facts, standings
from app.workflow.declaring import ACTS
from app.workflow.intake.evaluated import evidence, files, signs
from app.workflow.intake.experts import of_lot
from app.workflow.values import LOT


def _points(values: Mapping[str, Any]) -> list[Points]:
    return [
        Points(row["bid_id"], row["factor_id"], Decimal(row["points"]), row.get("reason") or "")
        for row in values["rows"]
    ]


@ACTS.act(
    "evaluation.score_bids",
    name=Text("Score the bids", "独立评分"),
    form="score_bids",
    needs=[LOT],
    states=[standings.lot(LotState.EVALUATING)],
)
def _enter_scores(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    evaluation.enter_scores(context.session, context.actor, lot_id=context.variables["lot_id"], rows=_points(values))
    return {}


@ACTS.prepares("score_bids")
def _prepare_scores(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    tender = tenders.of_lot(context.session, lot_id)
    opened, factors = (
        evaluation.opened_bids(context.session, lot_id),
        evaluation.scored_factors(context.session, lot_id),
    )
    conforming = [bid for bid in opened if bid.state == BidState.CONFORMING]
    return {
        "values": {"rows": [_score_row(tender, bid, factor) for bid in conforming for factor in factors]},
        "options": _steps(factors),
        "facts": [*of_lot(context, lot_id), *signs(context, lot_id, opened)],
        "documents": files(opened),
    }


def _steps(factors: Iterable[Factor]) -> dict[str, list[tuple[str, Text]]]:
    """The points that a member chooses from, by factor, for those that are scored in steps."""
    given = {factor.id: [f"{step.normalize():f}" for step in evaluation.steps(factor)] for factor in factors}
    return {factor_id: [(step, facts.same(step)) for step in found] for factor_id, found in given.items() if found}


def _score_row(tender: Tender, bid: Bid, factor: Factor) -> dict[str, Any]:
    asked = {r.id: r for r in tender.requirements if r.lot_id == factor.lot_id and r.code in factor.requirement_codes}
    responses = bid.opened.responses if bid.opened else ()
    said = [f"{asked[r.requirement_id].code}：{r.value}" for r in responses if r.requirement_id in asked]
    return {
        "bid_id": bid.id,
        "factor_id": factor.id,
        "supplier": bid.supplier.name,
        "factor": factor.name,
        "range": f"0–{factor.points.normalize():f}",
        "standard": _standard(factor),
        "most": factor.points.normalize(),
        "response": "\n".join(said),
        "evidence": evidence(bid, factor.requirement_codes),
    }


def _standard(factor: Factor) -> Text:
    """What kind a factor is, the points of its steps where it has any, and what earns how many of them."""
    kind, steps = tenders.FACTOR_KINDS[factor.kind], evaluation.steps(factor)
    points = " / ".join(f"{step.normalize():f}" for step in steps)
    english, chinese = (f"; steps: {points}", f"；分档：{points}") if steps else ("", "")
    return Text(f"{kind.en.capitalize()}{english}\n{factor.standard}", f"{kind.zh}{chinese}\n{factor.standard}")


@ACTS.act(
    "evaluation.correct_scores",
    name=Text("Check the scores", "复核评分"),
    form="correct_scores",
    needs=[LOT],
    states=[standings.lot(LotState.EVALUATING)],
)
def _correct_scores(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    evaluation.correct_scores(context.session, context.actor, lot_id=context.variables["lot_id"], rows=_points(values))
    return {}


@ACTS.prepares("correct_scores")
def _prepare_corrections(context: IntakeContext) -> Mapping[str, Any]:
    """A member's flagged points. What the others gave is shown for objective factors alone, without names (O87 62(4))."""
    lot_id = context.variables["lot_id"]
    tender = tenders.of_lot(context.session, lot_id)
    opened = {bid.id: bid for bid in evaluation.opened_bids(context.session, lot_id)}
    given = evaluation.points_given(context.session, lot_id)
    found = evaluation.to_correct(context.session, lot_id, context.actor.id)
    rows = [
        {
            **_score_row(tender, opened[score.bid_id], score.factor),
            "flag": evaluation.FLAGS[score.asked],
            "others": _listed(given[score.bid_id, score.factor_id]) if score.asked == "objective" else "–",
            "points": score.points.normalize(),
        }
        for score in found
    ]
    return {
        "values": {"rows": rows},
        "options": _steps(score.factor for score in found),
        "facts": of_lot(context, lot_id),
        "documents": files(opened.values()),
    }


def _listed(points: Iterable[Decimal]) -> str:
    return "、".join(f"{each.normalize():f}" for each in points)
