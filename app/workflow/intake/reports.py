"""The form by which a member signs the evaluation report."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.engine.acts import IntakeContext
from app.foundation.text import Text, text_of
from app.procurement import evaluation
from app.procurement.projects import LotState
from app.workflow import facts, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS
from app.workflow.intake.experts import of_lot
from app.workflow.values import LOT

Table = dict[str, Any]
"""``title`` (a Text), ``head`` (Texts) and ``rows`` (Texts by the head): drawn as the dossier of a task."""


@ACTS.act(
    "evaluation.sign_report",
    name=Text("Sign the evaluation report", "签署评标报告"),
    form="sign_report",
    needs=[LOT],
    states=[standings.lot(LotState.EVALUATING)],
)
def _sign(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    evaluation.sign_report(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {}


@ACTS.prepares("sign_report")
def _prepare_signing(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    report = evaluation.report(context.session, lot_id)
    return {
        "facts": [*of_lot(context, lot_id), *of_report(report), _digest(report)],
        "tables": [_totals_table(report), *_member_tables(context, report)],
    }


def _totals_table(report: evaluation.Report) -> Table:
    """The bids in their order: points by factor, price and total."""
    said = report.content
    scored = [factor for factor in said["factors"] if factor["kind"] != "price"]
    is_scored = said["review_method"] == "comprehensive"
    head = [
        Text("Rank", "排名"),
        Text("Bidder", "投标人"),
        Text("Bid price", "投标报价"),
        Text("Evaluated price", "评标价"),
    ]
    if is_scored:
        head += [*(text_of(factor["name"]) for factor in scored), Text("Price points", "价格分"), Text("Total", "总分")]
    rows = []
    for row in said["results"]:
        prices = (facts.money(Decimal(row[name])) for name in ("price", "evaluation_price"))
        cells = [facts.same(str(row["rank"])), text_of(row["name"]), *prices]
        if is_scored:
            points = [
                *(row["factor_points"].get(factor["id"], "–") for factor in scored),
                row["price_points"],
                row["total"],
            ]
            cells += [facts.same(str(each)) for each in points]
        rows.append(cells)
    return {"title": Text("Order of the bids", "评审排序"), "head": head, "rows": rows}


def _member_tables(context: IntakeContext, report: evaluation.Report) -> list[Table]:
    """For each bid the points by factor and member, as far as this member may see them yet (O87 62)."""
    said = report.content
    given = {
        (score.bid_id, score.factor_id, score.member_id): f"{score.points.normalize():f}"
        for score in evaluation.visible_scores(context.session, context.actor, report.lot_id)
    }
    scored = [factor for factor in said["factors"] if factor["kind"] != "price"]
    members = [member for member in said["committee"]["members"] if any(key[2] == member["id"] for key in given)]
    return [
        {
            "title": Text("Scores by member: %(name)s", "评标委员会成员评分：%(name)s").filled(
                name=text_of(bid["name"])
            ),
            "head": [Text("Criterion", "评审因素"), *(facts.same(member["name"]) for member in members)],
            "rows": [
                [
                    text_of(factor["name"]),
                    *(facts.same(given.get((bid["bid"], factor["id"], member["id"]), "–")) for member in members),
                ]
                for factor in scored
            ],
        }
        for bid in said["results"]
        if members
    ]


@beside
def of_report(report: evaluation.Report) -> list[Fact]:
    """What a report comes to: the order of the bids, who is out and why, low prices, signs."""
    said = report.content
    shown = []
    for row in said["results"]:
        name = text_of(row["name"])
        part = Text(" (candidate)", "（中标候选人）") if row["candidate"] else Text("", "")
        points = "" if said["review_method"] != "comprehensive" else row["total"]
        price = facts.money(Decimal(row["price"]))
        shown.append(
            (
                Text(f"Rank {row['rank']}{part.en}", f"第{row['rank']}名{part.zh}"),
                Text(
                    f"{name.en}: {price.en}{f', {points} points' if points else ''}",
                    f"{name.zh}：{price.zh}{f'，{points}分' if points else ''}",
                ),
            )
        )
    for row in said["bidders"]:
        if row["rejections"]:
            name, reasons = text_of(row["name"]), [text_of(words) for words in row["rejections"]]
            english, chinese = " ".join(r.en for r in reasons), "".join(r.zh for r in reasons)
            shown.append((Text("Invalid bid", "无效投标"), Text(f"{name.en}: {english}", f"{name.zh}：{chinese}")))
    shown += [(text_of(row["sign"]), text_of(row["seen"])) for row in said["signs"]]
    return shown


def _digest(report: evaluation.Report) -> Fact:
    return Text("Digest of the signed content", "签署内容摘要"), facts.same(report.digest)
