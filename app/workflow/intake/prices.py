"""The forms of prices in an evaluation: corrected ones that a bidder confirms, low ones that it explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation import dates
from app.foundation.money import Money
from app.foundation.text import Text
from app.procurement import evaluation, projects
from app.procurement.projects import LotState
from app.workflow import facts, sealing, standings
from app.workflow.declaring import ACTS, partners
from app.workflow.intake.evaluated import bidders, failure_reason
from app.workflow.intake.experts import of_lot
from app.workflow.values import CORRECTION, FAILURE_REASON, LOT, SUSPECT


@ACTS.act(
    "evaluation.confirm_price",
    name=Text("Confirm the corrected price", "确认修正后的报价"),
    form="confirm_price",
    needs=[CORRECTION],
)
def _confirm_price(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    evaluation.confirm_price(
        context.session,
        context.actor,
        bid_id=context.variables["correction"]["bid_id"],
        confirmed=values["decision"] == "confirm",
        arrived_at=context.arrived_at,
    )
    correction = evaluation.correction_of(context.session, context.variables["correction"]["bid_id"])
    if correction.is_confirmed:
        sealing.price_confirmation(context.session, context.actor, partners(context).authority, correction)
    return {}


@ACTS.prepares("confirm_price")
def _prepare_confirmation(context: IntakeContext) -> Mapping[str, Any]:
    correction = evaluation.correction_of(context.session, context.variables["correction"]["bid_id"])
    opened = correction.opened
    lot = projects.lot(context.session, opened.bid.lot_id)
    head = [
        Text("Item", "标的"),
        Text("Quantity", "数量"),
        Text("Unit price in the bid", "投标单价"),
        Text("Unit price that counts", "修正后单价"),
        Text("Amount", "金额"),
    ]
    rows = [
        [facts.same(row["item"]), facts.same(row["quantity"]), *_amounts(row["read"], row["price"], row["amount"])]
        for row in evaluation.rows_of(lot, correction)
    ]
    return {
        "facts": [
            (Text("Lot", "采购包"), lot.name),
            (Text("Why it is corrected", "修正的原因"), evaluation.correction_words(correction)),
            (Text("Price as read at the opening", "开标报价"), facts.money(opened.price, opened.currency)),
            (Text("Corrected price", "修正后报价"), facts.money(correction.price, opened.currency)),
            (Text("Explain by", "说明期限"), dates.when(correction.due_at)),
        ],
        "tables": [{"title": Text("The prices that count", "修正后的分项报价"), "head": head, "rows": rows}],
    }


def _amounts(*amounts: Money) -> list[Text]:
    return [facts.money(each.amount, each.currency) for each in amounts]


# -- low prices


@ACTS.act(
    "evaluation.explain_price", name=Text("Explain the price", "说明报价合理性"), form="explain_price", needs=[SUSPECT]
)
def _explain(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    evaluation.explain(
        context.session,
        context.actor,
        bid_id=context.variables["suspect"]["bid_id"],
        explanation=values["explanation"],
        attachments=values.get("attachments") or (),
        arrived_at=context.arrived_at,
    )
    return {}


@ACTS.prepares("explain_price")
def _prepare_explanation(context: IntakeContext) -> Mapping[str, Any]:
    check = evaluation.low_price_check(context.session, context.variables["suspect"]["bid_id"])
    lot = projects.lot(context.session, check.lot_id)
    shown = [
        (Text("Lot", "采购包"), lot.name),
        (Text("Why you are asked", "要求说明的原因"), evaluation.words(check.triggers)),
        (Text("Explain by", "说明期限"), dates.when(check.due_at)),
    ]
    if check.bid.opened is not None:
        price = facts.money(check.bid.opened.binding_price, check.bid.opened.currency)
        shown.insert(1, (Text("Your price", "贵单位报价"), price))
    return {"facts": shown}


@ACTS.act(
    "evaluation.decide_low_prices",
    name=Text("Decide on low prices", "认定异常低价"),
    form="decide_low_price",
    needs=[LOT],
    gives=[
        Value("enough_left", "boolean", label=Text("At least three bidders left", "剩余投标人是否满三家")),
        FAILURE_REASON,
    ],
    states=[standings.lot(LotState.EVALUATING)],
)
def _decide_low_prices(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    rows = [
        evaluation.Decision(row["bid_id"], row["result"] == "accepted", row.get("reason") or "")
        for row in values["rows"]
    ]
    enough = evaluation.decide_low_prices(context.session, context.actor, lot_id=lot_id, rows=rows)
    return {"enough_left": enough, "failure_reason": failure_reason(context, lot_id)}


@ACTS.prepares("decide_low_price")
def _prepare_decision(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    checks = evaluation.low_price_checks(context.session, lot_id)
    rows = [
        {
            "bid_id": check.bid_id,
            "supplier": check.bid.supplier.name,
            "price": f"{check.bid.opened.binding_price:,.2f}" if check.bid.opened else "",
            "trigger": evaluation.words(check.triggers),
            "explanation": check.explanation,
        }
        for check in checks
    ]
    return {
        "values": {"rows": rows},
        "facts": [*of_lot(context, lot_id), *bidders(evaluation.opened_bids(context.session, lot_id))],
        "documents": [document_id for check in checks for document_id in check.attachments],
    }
