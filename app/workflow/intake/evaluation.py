"""The forms of the evaluation: reviews, low prices, scores and the report, each shown with what the bids say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation import dates
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.procurement import bids, evaluation, projects, tenders
from app.procurement.bids import Bid, BidState
from app.procurement.evaluation import Cell, Points, Row
from app.procurement.projects import LotState
from app.procurement.tenders import Factor, Tender
from app.workflow import facts, sealing, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS, partners
from app.workflow.intake.experts import of_lot
from app.workflow.values import CORRECTION, FAILURE_REASON, LOT, SUSPECT

Table = dict[str, Any]
"""``title`` (a Text), ``head`` (Texts) and ``rows`` (Texts by the head): drawn as the dossier of a task."""

# -- qualification and conformity


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
            "evidence": _evidence(cell.bid, [cell.requirement.code] if cell.requirement else []),
        }
        for cell in cells
    ]


def _evidence(bid: Bid, codes: Collection[str]) -> list[str]:
    """The files that a bid brought for requirements."""
    files = bid.opened.files if bid.opened is not None else ()
    return [file.document_id for file in files if file.requirement_code in codes]


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
    return {"enough_qualified": enough, "failure_reason": _failure_reason(context, lot_id)}


@ACTS.prepares("review_qualification")
def _prepare_qualification(context: IntakeContext) -> Mapping[str, Any]:
    lot_id, session = context.variables["lot_id"], context.session
    opened, tender = evaluation.opened_bids(session, lot_id), tenders.of_lot(session, lot_id)
    return {
        "values": {"rows": _cells(evaluation.qualification_cells(session, lot_id, opened))},
        "facts": [*of_lot(context, lot_id), *_bidders(opened, bids.bonds_stand(session, tender, lot_id))],
        "documents": _files(opened),
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
        "facts": [*of_lot(context, lot_id), *_bidders(opened), *_signs(context, lot_id, opened)],
        "documents": _files(opened),
    }


def _offer(bid: Bid) -> Text:
    name = bid.supplier.name
    price = facts.money(bid.opened.binding_price, bid.opened.currency) if bid.opened else facts.same("–")
    return Text(f"{name.en}: {price.en}", f"{name.zh}：{price.zh}")


@beside
def _bidders(opened: Iterable[Bid], stands: Mapping[str, str] | None = None) -> list[Fact]:
    """Each opened bid with its price and what it declares; and how its bond stands, for those who check it."""
    shown = []
    for bid in opened:
        if bid.opened is None:
            continue
        sme = facts.named(bids.SME_KINDS, bid.opened.sme)
        price = facts.money(bid.opened.binding_price, bid.opened.currency)
        english, chinese = [price.en, sme.en], [price.zh, sme.zh]
        if maker := bid.opened.content.get("maker"):
            english.append(f"made by {maker}")
            chinese.append(f"制造商：{maker}")
        if bid.opened.domestic:
            share = bid.opened.content.get("domestic_share")
            english.append(f"domestic product ({share}% of the cost)" if share else "domestic product")
            chinese.append(f"本国产品（占成本{share}%）" if share else "本国产品")
        if stands is not None:
            bond = bids.BOND_STANDS[stands[bid.id]]
            english.append(f"bond: {bond.en}")
            chinese.append(f"保证金：{bond.zh}")
        shown.append((bid.supplier.name, Text(", ".join(english), "，".join(chinese))))
    return shown


@beside
def _signs(context: IntakeContext, lot_id: str, opened: Sequence[Bid]) -> list[Fact]:
    """Signs of collusion, shown as facts to look at (O87 37)."""
    names = {bid.supplier_id: bid.supplier.name for bid in opened}
    return [
        (Text(f"Point to note:  {what.en}", f"提请关注：{what.zh}"), seen)
        for what, seen in evaluation.named(evaluation.signs(context.session, lot_id, opened), names)
    ]


def _files(opened: Iterable[Bid]) -> list[str]:
    """The files of opened bids."""
    return [file.document_id for bid in opened if bid.opened is not None for file in bid.opened.files]


def _failure_reason(context: IntakeContext, lot_id: str) -> str | None:
    return projects.lot(context.session, lot_id).failure_reason or None


# -- corrected prices


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
    return {"enough_left": enough, "failure_reason": _failure_reason(context, lot_id)}


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
        "facts": [*of_lot(context, lot_id), *_bidders(evaluation.opened_bids(context.session, lot_id))],
        "documents": [document_id for check in checks for document_id in check.attachments],
    }


# -- scores


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
        "facts": [*of_lot(context, lot_id), *_signs(context, lot_id, opened)],
        "documents": _files(opened),
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
        "evidence": _evidence(bid, factor.requirement_codes),
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
        "documents": _files(opened.values()),
    }


def _listed(points: Iterable[Decimal]) -> str:
    return "、".join(f"{each.normalize():f}" for each in points)


# -- the report


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
