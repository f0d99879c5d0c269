"""The evaluation report as a paper: what was signed, in the words a person reads (O87 58)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.identity import organisations
from app.procurement import papers
from app.procurement.bids import BidState
from app.procurement.evaluation.prices import DEDUCTIONS
from app.procurement.evaluation.records import Report
from app.procurement.projects import Lot
from app.procurement.tenders import Tender
from app.procurement.tenders.numbers import plain

METHODS = {
    "comprehensive": Text("Comprehensive scoring", "综合评分法"),
    "lowest_price": Text("Lowest evaluated price", "最低评标价法"),
}
STAGES = {
    BidState.UNQUALIFIED: Text("Qualification", "资格审查"),
    BidState.NONCONFORMING: Text("Conformity", "符合性审查"),
}
TIES = {
    "draw": Text("random draw", "随机抽取"),
    "technical": Text("technical points", "技术得分"),
}


def keep(session: Session, actor: Actor, report: Report, lot: Lot, tender: Tender) -> None:
    """Draw the signed report in both languages and keep the files."""
    number = f"{tender.project.number}-{lot.number}"
    chinese, english = papers.keep(
        session,
        actor,
        "evaluation_report",
        content(session, report, tender),
        case=lot.id,
        title=Text(f"Evaluation report {number}", f"评标报告 {number}"),
        kind="evaluation_report",
    )
    report.document_zh_id, report.document_en_id = chinese.id, english.id


def content(session: Session, report: Report, tender: Tender) -> dict[str, Any]:
    """The report as ``papers`` draws it."""
    said = report.content
    names = {row["bid"]: text_of(row["name"]) for row in said["bidders"]}
    members = {row["id"]: row["name"] for row in said["committee"]["members"]}
    return {
        "number": f"{said['project']['number']}-{said['lot']['number']}",
        "project": {"title": text_of(said["project"]["title"]), "number": said["project"]["number"]},
        "lot": text_of(said["lot"]["name"]),
        "notice": _notice(said),
        "opened_at": said["opened_at"],
        "evaluated": report.completed_at,
        "review_method": METHODS.get(said["review_method"], Text(said["review_method"], said["review_method"])),
        "bidders": [text_of(row["name"]) for row in said["bidders"]],
        "committee": [{"name": row["name"], "role": _part(row)} for row in said["committee"]["members"]],
        "factors": [
            {"code": f.code, "name": f.name, "points": plain(f.points), "standard": f.standard}
            for f in tender.factors
            if f.lot_id == report.lot_id
        ],
        "reviews": [_review(row) for row in said["bidders"] if row["rejections"]],
        "ranking": [_rank(row, tender.project.currency, said["review_method"]) for row in said["results"]],
        "scores": _scores(said),
        "candidates": [text_of(row["name"]) for row in said["results"] if row["candidate"]],
        "notes": _notes(said, names, members),
        "dissents": [{"member": s.name, "text": s.reasons} for s in report.signatures if s.decision == "dissent"],
        "signatures": [
            {"party": Text("Committee", "评标委员会"), "name": s.name, "signed_at": s.signed_at, "digest": s.digest}
            for s in report.signatures
        ],
        "issuer": organisations.get(session, tender.agency_id).name,
    }


def _notice(said: Mapping[str, Any]) -> Text:
    media = text_of(said["media"])
    day = (said["notice_published_at"] or "")[:10]
    return Text(f"{media.en}, {day}", f"{media.zh}，{day}")


def _part(member: Mapping[str, Any]) -> Text:
    part = Text("buyer's representative", "采购人代表") if member["representative"] else Text("expert", "评审专家")
    return Text(f"{part.en}, leader", f"{part.zh}（组长）") if member["leader"] else part


def _review(row: Mapping[str, Any]) -> dict[str, Any]:
    reasons = [text_of(words) for words in row["rejections"]]
    return {
        "supplier": text_of(row["name"]),
        "stage": STAGES.get(row["state"], Text("Evaluation", "评审")),
        "result": Text("rejected", "不通过"),
        "reasons": Text(" ".join(r.en for r in reasons), "".join(r.zh for r in reasons)),
    }


def _rank(row: Mapping[str, Any], currency: str, review_method: str) -> dict[str, Any]:
    return {
        "rank": str(row["rank"]),
        "supplier": text_of(row["name"]),
        "price": Money(Decimal(row["price"]), currency),
        "evaluated_price": Money(Decimal(row["evaluation_price"]), currency),
        "score": row["total"] if review_method == "comprehensive" else None,
    }


def _scores(said: Mapping[str, Any]) -> dict[str, Any] | None:
    if said["review_method"] != "comprehensive":
        return None
    scored = [factor for factor in said["factors"] if factor["kind"] != "price"]
    return {
        "head": [*(text_of(factor["name"]) for factor in scored), Text("Price", "价格")],
        "rows": [
            {
                "supplier": text_of(row["name"]),
                "points": [*(row["factor_points"].get(factor["id"], "–") for factor in scored), row["price_points"]],
            }
            for row in said["results"]
        ],
    }


def _notes(said: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]) -> list[Text]:
    """Low prices, deductions, substitutes, ties, votes that weren't one, corrections, signs of collusion."""
    notes = [_low_price(row) for row in said["low_prices"]]
    notes += [_deduction(row) for row in said["results"] if row["deductions"]]
    notes += [_tie(row) for row in said["results"] if row["tie"]]
    notes += [_split(row, names, members) for row in said["conformity"] if row["met"] and row["not_met"]]
    notes += [_correction(row, names, members) for row in said["corrections"]]
    for row in said["signs"]:
        sign, seen = text_of(row["sign"]), text_of(row["seen"])
        notes.append(Text(f"Looked at: {sign.en}: {seen.en}", f"提请关注：{sign.zh}：{seen.zh}"))
    substitutes = said["committee"]["substitutes"]
    if substitutes:
        notes.append(
            Text(
                f"{substitutes} of those called did not serve; the next of the draw were called.",
                f"抽取过程中有{substitutes}人未参加，已按抽取顺序递补。",
            )
        )
    if any(row["tie"] == "draw" for row in said["results"]):
        seed = said["tie_seed"]
        notes.append(Text(f"Ties were drawn with the seed {seed}.", f"并列排序随机种子：{seed}。"))
    return notes


def _low_price(row: Mapping[str, Any]) -> Text:
    name, triggers = text_of(row["name"]), text_of(row["triggers"])
    outcome = {
        "accepted": Text("proven", "说明成立"),
        "rejected": Text("not proven, invalid", "说明不成立，按无效投标处理"),
    }[row["decision"]]
    return Text(
        f"Low price of {name.en} ({triggers.en}); explanation: {row['explanation'] or 'none'}; {outcome.en}: {row['reason']}",
        f"{name.zh}报价异常偏低（{triggers.zh}）；说明：{row['explanation'] or '未提交'}；{outcome.zh}：{row['reason']}",
    )


def _deduction(row: Mapping[str, Any]) -> Text:
    name = text_of(row["name"])
    parts = [(DEDUCTIONS[part["name"]], f"{plain(Decimal(part['rate']) * 100)}%") for part in row["deductions"]]
    english = ", ".join(f"{words.en} {rate}" for words, rate in parts)
    chinese = "、".join(f"{words.zh}{rate}" for words, rate in parts)
    return Text(f"Deductions from the price of {name.en}: {english}", f"{name.zh}价格扣除：{chinese}")


def _tie(row: Mapping[str, Any]) -> Text:
    name, tie = text_of(row["name"]), TIES[row["tie"]]
    return Text(f"The rank of {name.en} among equals was settled by {tie.en}.", f"{name.zh}并列排序依{tie.zh}确定。")


def _split(row: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]) -> Text:
    name = names[row["bid"]]
    said = "；".join(f"{members.get(r['member'], '')}：{r['reason']}" for r in row["reasons"])
    return Text(
        f"Conformity of {name.en}: {row['met']} members for, {row['not_met']} against ({said})",
        f"{name.zh}符合性审查：{row['met']}人认为符合，{row['not_met']}人认为不符合（{said}）",
    )


def _correction(row: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]) -> Text:
    name, member = names[row["bid"]], members.get(row["member"], "")
    before = row["from"] or row["to"]
    return Text(
        f"{member} looked again at points for {name.en}: {before} → {row['to']} ({row['reason']})",
        f"{member}复核{name.zh}评分：{before}→{row['to']}（{row['reason']}）",
    )
