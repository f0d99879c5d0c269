"""The forms of the reviews: of the qualifications and of the compliance, each cell with what the bid says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation.text import Text
from app.procurement import bids, evaluation, tenders
from app.procurement.bids import Bid
from app.procurement.evaluation import Cell, Row
from app.procurement.projects import LotState
from app.workflow import facts, standings
from app.workflow.declaring import ACTS
from app.workflow.intake.evaluated import bidders, evidence, failure_reason, files, signs
from app.workflow.intake.experts import of_lot
from app.workflow.values import FAILURE_REASON, LOT


def _rows(values: Mapping[str, Any]) -> list[Row]:
    return [
        Row(row["bid_id"], row["requirement_id"], row["result"] == "met", row.get("reason") or "")
        for row in values["rows"]
    ]


def _cells(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    return [
        {
            "bid_id": cell.bid.id,
            "requirement_id": cell.key[1],
            "supplier": cell.bid.supplier.name,
            "requirement": cell.condition,
            "response": cell.response,
            "evidence": evidence(cell.bid, [cell.requirement.code] if cell.requirement else []),
        }
        for cell in cells
    ]


@ACTS.act(
    "evaluation.review_qualification",
    name=Text("Review the qualifications", "资格审查"),
    form="review_qualification",
    needs=[LOT],
    gives=[
        Value("enough_qualified", "boolean", label=Text("At least three qualified bidders", "合格投标人是否满三家")),
        FAILURE_REASON,
    ],
)
def _review_qualification(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    enough = evaluation.review_qualification(context.session, context.actor, lot_id=lot_id, rows=_rows(values))
    return {"enough_qualified": enough, "failure_reason": failure_reason(context, lot_id)}


@ACTS.prepares("review_qualification")
def _prepare_qualification(context: IntakeContext) -> Mapping[str, Any]:
    lot_id, session = context.variables["lot_id"], context.session
    opened, tender = evaluation.opened_bids(session, lot_id), tenders.of_lot(session, lot_id)
    return {
        "values": {"rows": _cells(evaluation.qualification_cells(session, lot_id, opened))},
        "facts": [*of_lot(context, lot_id), *bidders(opened, bids.bonds_stand(session, tender, lot_id))],
        "documents": files(opened),
    }


@ACTS.act(
    "evaluation.record_conformity",
    name=Text("Review the compliance", "符合性审查"),
    form="review_conformity",
    needs=[LOT],
    states=[standings.lot(LotState.EVALUATING)],
)
def _record_conformity(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    evaluation.record_conformity(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        rows=_rows(values),
        doubted=values.get("doubted") or (),
        doubt_reasons=values.get("doubt_reasons") or "",
    )
    return {}


@ACTS.prepares("review_conformity")
def _prepare_conformity(context: IntakeContext) -> Mapping[str, Any]:
    lot_id, session = context.variables["lot_id"], context.session
    opened = evaluation.opened_bids(session, lot_id)
    cells = evaluation.conformity_cells(session, lot_id, opened)
    offered = list({cell.bid.id: cell.bid for cell in cells}.values())
    return {
        "values": {"rows": _cells(cells)},
        "options": {"bids": [(bid.id, _offer(bid)) for bid in offered]},
        "facts": [*of_lot(context, lot_id), *bidders(opened), *signs(context, lot_id, opened)],
        "documents": files(opened),
    }


def _offer(bid: Bid) -> Text:
    name = bid.supplier.name
    price = facts.money(bid.opened.binding_price, bid.opened.currency) if bid.opened else facts.same("–")
    return Text(f"{name.en}: {price.en}", f"{name.zh}：{price.zh}")
