"""Operations of the evaluation: what the system works out between the members' reviews, scores and signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation import clock
from app.foundation.text import Text
from app.procurement import evaluation, projects
from app.workflow import sealing
from app.workflow.declaring import ACTS, partners
from app.workflow.values import DECISION_DUE_AT, FAILURE_REASON, LOT


@ACTS.act(
    "evaluation.settle_conformity",
    name=Text("Compile the compliance results", "汇总符合性审查结果"),
    hint=Text("The majority of the members decides each requirement.", "按少数服从多数汇总符合性审查结论。"),
    needs=[LOT],
    gives=[
        Value("enough", "boolean", label=Text("At least three compliant bidders", "实质性响应投标人是否满三家")),
        FAILURE_REASON,
    ],
)
def settle_conformity(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    enough = evaluation.settle_conformity(context.session, context.actor, lot_id=lot_id)
    return {"enough": enough, "failure_reason": failure_reason(context, lot_id)}


@ACTS.act(
    "evaluation.correct_prices",
    name=Text("Correct the prices", "修正报价"),
    hint=Text(
        "Corrects prices that a bid says differently, and asks their bidders to confirm.",
        "对前后不一致的报价按规定顺序修正，并要求投标人确认。",
    ),
    needs=[LOT],
    gives=[
        Value("corrections", "list", label=Text("Corrected prices", "已修正的报价")),
        Value("confirmation_due_at", "datetime", label=Text("Confirmation due", "确认截止时间")).optional(),
    ],
)
def correct_prices(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    asked = evaluation.correct_prices(context.session, context.actor, lot_id=lot_id)
    return {
        "corrections": [{"bid_id": each.bid_id, "supplier_id": each.opened.bid.supplier_id} for each in asked],
        "confirmation_due_at": asked[0].due_at.astimezone(clock.PLACE).isoformat() if asked else None,
    }


@ACTS.act(
    "evaluation.check_low_prices",
    name=Text("Check for abnormally low prices", "检查异常低价"),
    hint=Text(
        "Finds abnormally low prices by the current formulas and the members' opinions, and asks the suppliers to explain them.",
        "按现行公式及评标委员会成员意见识别异常低价，并通知供应商说明。",
    ),
    needs=[LOT],
    gives=[
        Value("suspects", "list", label=Text("Bids with abnormally low prices", "异常低价投标")),
        Value("explanation_due_at", "datetime", label=Text("Explanation due", "说明截止时间")).optional(),
        Value("to_score", "integer", label=Text("Criteria to score", "需评分的评审因素数")),
    ],
)
def check_low_prices(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    checks = evaluation.check_low_prices(context.session, context.actor, lot_id=lot_id)
    due_at = checks[0].due_at.astimezone(clock.PLACE).isoformat() if checks else None
    return {
        "suspects": [{"bid_id": check.bid_id, "supplier_id": check.bid.supplier_id} for check in checks],
        "explanation_due_at": due_at,
        "to_score": len(evaluation.scored_factors(context.session, lot_id)),
    }


@ACTS.act(
    "evaluation.total",
    name=Text("Total the scores", "汇总得分并排序"),
    hint=Text(
        "Calculates totals, ranks and candidates, or lists the members who must check their scores first.",
        "汇总得分、排序并推荐中标候选人；评分异常的，列出需复核的评标委员会成员。",
    ),
    needs=[LOT],
    gives=[
        Value("candidate_count", "integer", label=Text("Candidates", "中标候选人数")),
        Value("corrections", "list", label=Text("Members who must check scores", "需复核的评标委员会成员")),
    ],
)
def total(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    totals = evaluation.total(context.session, context.actor, lot_id=lot_id)
    return {"candidate_count": totals.candidate_count, "corrections": list(totals.corrections)}


@ACTS.act(
    "evaluation.deliver_report",
    name=Text("Deliver the evaluation report", "送交评标报告"),
    hint=Text("Sends the signed report to the buyer.", "将签署完毕的评标报告送交采购人。"),
    needs=[LOT],
    gives=[DECISION_DUE_AT],
)
def deliver_report(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    report = evaluation.deliver(context.session, context.actor, lot_id=lot_id)
    sealing.report(context.session, context.actor, partners(context).authority, report)
    assert report.decision_due_at is not None, "a delivered report has its day of decision"
    return {"decision_due_at": report.decision_due_at.astimezone(clock.PLACE).isoformat()}


def failure_reason(context: Context, lot_id: str) -> str | None:
    """Why a lot is about to fail, if it is."""
    return projects.lot(context.session, lot_id).failure_reason or None
