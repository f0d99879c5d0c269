"""The form of the award: the buyer confirms the winner in the order of rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import IntakeContext
from app.foundation import dates
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import awards, evaluation
from app.procurement.projects import LotState
from app.workflow import facts, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS
from app.workflow.intake.experts import of_lot
from app.workflow.intake.reports import of_report
from app.workflow.values import LOT


@ACTS.act(
    "awards.confirm_winner",
    name=Text("Confirm the winning bidder", "确定中标人"),
    form="confirm_winner",
    needs=[LOT],
    states=[standings.lot(LotState.EVALUATING, LotState.DECIDED, LotState.NOTIFIED, leaves=[LotState.DECIDED])],
)
def _confirm(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    awards.confirm(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        bid_id=values["bid"],
        ground=values.get("ground") or "",
        reasons=values.get("reasons") or "",
    )
    return {}


@ACTS.prepares("confirm_winner")
def _prepare(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    report = evaluation.report(context.session, lot_id)
    candidates = awards.left(context.session, lot_id)
    choices = [(result.bid_id, _candidate(result)) for result in candidates]
    shown = [*_revoked(context, lot_id), *of_lot(context, lot_id), *of_report(report)]
    if report.decision_due_at is not None:
        due = dates.day(local_day(report.decision_due_at))
        words = Text(
            f"{due.en}; after that the first candidate is the winning bidder",
            f"{due.zh}；逾期未确定的，视同确定排名第一的中标候选人",
        )
        shown.insert(0, (Text("Decide by", "定标期限"), facts.resting_on(words, "O87 68")))
    return {
        "values": {"bid": candidates[0].bid_id} if candidates else {},
        "options": {"candidates": choices},
        "facts": shown,
        "documents": [id for id in (report.document_zh_id, report.document_en_id) if id],
    }


def _candidate(result: evaluation.BidResult) -> Text:
    name, price = result.bid.supplier.name, facts.money(result.price)
    return Text(f"{result.rank}. {name.en}: {price.en}", f"第{result.rank}名 {name.zh}：{price.zh}")


@beside
def _revoked(context: IntakeContext, lot_id: str) -> list[Fact]:
    """Awards that were revoked, when the buyer decides anew."""
    return [
        (Text("Revoked award", "已撤销的中标结果"), facts.same(award.revoked_reason))
        for award in awards.all_of_lot(context.session, lot_id)
        if award.revoked_at is not None
    ]
