"""The evaluation report as a paper: what was signed, in the words a person reads (O87 58)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import dates
from app.foundation.actor import Actor
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import papers
from app.procurement.bids import BidState, Opening
from app.procurement.bids.sheets import ONLINE, opening_sheet
from app.procurement.evaluation import scores
from app.procurement.evaluation.corrections import ANSWERS
from app.procurement.evaluation.prices import DEDUCTIONS
from app.procurement.evaluation.records import Report
from app.procurement.evaluation.rejections import GENERAL
from app.procurement.projects import Lot
from app.procurement.tenders import Tender
from app.procurement.tenders.numbers import plain

METHODS = {
    "comprehensive": Text("Comprehensive scoring", "综合评分法"),
    "lowest_price": Text("Lowest evaluated price", "最低评标价法"),
}
COMMITTEE = Text("Evaluation committee", "评标委员会")
STAGES = {
    BidState.UNQUALIFIED: Text("Qualification", "资格审查"),
    BidState.NONCONFORMING: Text("Compliance", "符合性审查"),
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
        "buyer": organisations.get(session, tender.buyer_id).name,
        "agency": organisations.get(session, tender.agency_id).name,
        "notice": _notice(said),
        "opened_at": said["opened_at"],
        "opening_place": ONLINE,
        "opened": _opened(session, report),
        "evaluated": report.completed_at,
        "review_method": METHODS.get(said["review_method"], Text(said["review_method"], said["review_method"])),
        "bidders": [text_of(row["name"]) for row in said["bidders"]],
        "committee": [{"name": row["name"], "role": _part(row)} for row in said["committee"]["members"]],
        "factors": [
            {"code": f.code, "name": f.name, "points": plain(f.points), "standard": f.standard}
            for f in tender.factors
            if f.lot_id == report.lot_id
        ],
        "checks": _checks(said, names, tender),
        "reviews": [_review(row) for row in said["bidders"] if row["rejections"]],
        "ranking": [_rank(row, tender.project.currency, said["review_method"]) for row in said["results"]],
        "scores": _scores(said),
        "member_scores": _member_scores(session, report.lot_id, said, names, members),
        "candidates": [text_of(row["name"]) for row in said["results"] if row["candidate"]],
        "notes": _notes(said, names, members),
        "dissents": [{"member": s.name, "text": s.reasons} for s in report.signatures if s.decision == "dissent"],
        "signatures": [
            {"party": COMMITTEE, "name": s.name, "signed_at": s.signed_at, "digest": s.digest}
            for s in report.signatures
        ],
        "issuer": COMMITTEE,
        "dated_on": local_day(report.completed_at or report.drafted_at),
    }


def _notice(said: Mapping[str, Any]) -> Text:
    media, at = text_of(said["media"]), said["notice_published_at"]
    on = dates.day(local_day(datetime.fromisoformat(at)) if at else None)
    return Text(f"{media.en}, {on.en}", f"{media.zh}，{on.zh}")


def _opened(session: Session, report: Report) -> list[dict[str, Any]]:
    """The rows of the opening record (O87 58(2))."""
    opening = session.scalars(select(Opening).where(Opening.lot_id == report.lot_id)).one_or_none()
    return [] if opening is None else list(opening_sheet(session, opening)["rows"])


def _checks(said: Mapping[str, Any], names: Mapping[str, Text], tender: Tender) -> list[dict[str, Any]]:
    """Each requirement of the two reviews, bid by bid, with what was found."""
    asked = {
        each.id: Text(f"{each.code} {each.text.en}", f"{each.code} {each.text.zh}") for each in tender.requirements
    }
    found = [(BidState.UNQUALIFIED, row, row["met"]) for row in said["qualification"]]
    found += [(BidState.NONCONFORMING, row, row["met"] > row["not_met"]) for row in said["conformity"]]
    general = {BidState.UNQUALIFIED: GENERAL["qualification"], BidState.NONCONFORMING: GENERAL["conformity"]}
    return [
        {
            "supplier": names[row["bid"]],
            "stage": STAGES[stage],
            "requirement": asked.get(row["requirement"], general[stage]),
            "result": Text("met", "符合") if met else Text("not met", "不符合"),
        }
        for stage, row, met in found
    ]


def _member_scores(
    session: Session, lot_id: str, said: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What each member gave: its own score sheet, one row for a bid (O87 58(4), 61)."""
    scored = [factor for factor in said["factors"] if factor["kind"] != "price"]
    given: dict[str, dict[tuple[str, str], str]] = {}
    for score in scores.of_lot(session, lot_id):
        given.setdefault(score.member_id, {})[score.bid_id, score.factor_id] = plain(score.points)
    return [
        {
            "member": members[member_id],
            "head": [text_of(factor["name"]) for factor in scored],
            "rows": [
                {
                    "supplier": names[row["bid"]],
                    "points": [points.get((row["bid"], factor["id"]), "–") for factor in scored],
                }
                for row in said["results"]
            ],
        }
        for member_id, points in given.items()
        if member_id in members
    ]


def _part(member: Mapping[str, Any]) -> Text:
    part = (
        Text("buyer's representative", "采购人代表") if member["representative"] else Text("review expert", "评审专家")
    )
    return Text(f"{part.en}, chair", f"{part.zh}（评标委员会组长）") if member["leader"] else part


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
    return {
        "head": [text_of(factor["name"]) for factor in said["factors"]],
        "rows": [
            {"supplier": text_of(row["name"]), "points": [_points(row, factor) for factor in said["factors"]]}
            for row in said["results"]
        ],
    }


def _points(row: Mapping[str, Any], factor: Mapping[str, Any]) -> str:
    return str(row["price_points"] if factor["kind"] == "price" else row["factor_points"].get(factor["id"], "–"))


def _notes(said: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]) -> list[Text]:
    """Low prices, deductions, substitutes, ties, votes that weren't one, corrections, signs of collusion."""
    notes = [_price_correction(row) for row in said.get("price_corrections", ())]  # none in reports before release 2
    notes += [_low_price(row) for row in said["low_prices"]]
    notes += [_deduction(row) for row in said["results"] if row["deductions"]]
    notes += [_tie(row) for row in said["results"] if row["tie"]]
    notes += [_split(row, names, members) for row in said["conformity"] if row["met"] and row["not_met"]]
    notes += [_correction(row, names, members) for row in said["corrections"]]
    for row in said["signs"]:
        sign, seen = text_of(row["sign"]), text_of(row["seen"])
        notes.append(Text(f"{sign.en}: {seen.en}", f"提请关注：{sign.zh}：{seen.zh}"))
    substitutes = said["committee"]["substitutes"]
    if substitutes:
        notes.append(
            Text(
                f"{substitutes} of those invited did not take part. The next experts drawn were invited.",
                f"抽取过程中有{substitutes}人未参加，已按抽取顺序递补。",
            )
        )
    if any(row["tie"] == "draw" for row in said["results"]):
        seed = said["tie_seed"]
        notes.append(Text(f"Ties were drawn with the seed {seed}.", f"并列排序随机种子：{seed}。"))
    return notes


def _price_correction(row: Mapping[str, Any]) -> Text:
    name, answer = text_of(row["name"]), ANSWERS[row["answer"]]
    why = [text_of(each) for each in row["corrections"]]
    read, price = Decimal(row["read"]), Decimal(row["price"])
    return Text(
        f"Price of {name.en} corrected from ¥{read:,.2f} to ¥{price:,.2f}: {' '.join(w.en for w in why)} {answer.en}",
        f"{name.zh}的报价由{read:,.2f}元修正为{price:,.2f}元：{''.join(w.zh for w in why)}{answer.zh}",
    )


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
    return Text(f"The tie of {name.en} was decided by {tie.en}.", f"{name.zh}并列排序依{tie.zh}确定。")


def _split(row: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]) -> Text:
    name = names[row["bid"]]
    said = "；".join(f"{members.get(r['member'], '')}：{r['reason'].rstrip('。')}" for r in row["reasons"])
    return Text(
        f"Compliance of {name.en}: {row['met']} members for, {row['not_met']} against ({said})",
        f"{name.zh}符合性审查：{row['met']}人认为符合，{row['not_met']}人认为不符合（{said}）",
    )


def _correction(row: Mapping[str, Any], names: Mapping[str, Text], members: Mapping[str, str]) -> Text:
    name, member = names[row["bid"]], members.get(row["member"], "")
    before = row["from"] or row["to"]
    return Text(
        f"{member} checked the points for {name.en}: {before} → {row['to']} ({row['reason']})",
        f"{member}复核{name.zh}评分：{before}→{row['to']}（{row['reason']}）",
    )
