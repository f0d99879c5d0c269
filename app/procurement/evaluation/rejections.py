"""Why a bid is out, kept reason by reason, so that its bidder is told in either language (O87 63, 69)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.text import Text
from app.procurement.bids import REASONS, Bid, BidState
from app.procurement.evaluation.records import Rejection
from app.procurement.rules import laws
from app.procurement.tenders import Requirement

GENERAL_ID = "general"
"""Stands where a requirement's id would: the condition that no document needs to repeat."""
GENERAL: dict[str, Text] = {
    "qualification": laws.under(
        Text(
            "Meets the conditions that the law sets for suppliers; no record of serious breaches today",
            "符合法律规定的供应商条件，且信用查询无严重违法失信行为记录",
        ),
        "GPL 22",
    ),
    "conformity": laws.under(
        Text(
            "Signed and valid as required, without a condition the buyer cannot accept",
            "签署、盖章及投标有效期符合要求，无采购人不能接受的附加条件等无效投标情形",
        ),
        "O87 63",
    ),
}
"""The conditions every bid is reviewed for, whatever the documents ask."""

REJECTIONS: dict[str, Text] = {
    "qualification": Text(
        "Qualification requirement not met: %(condition)s. %(reason)s", "资格要求不符合：%(condition)s。%(reason)s"
    ),
    "conformity": Text(
        "Mandatory requirement not met: %(condition)s. %(reason)s", "实质性要求不满足：%(condition)s。%(reason)s"
    ),
    "price_limit": laws.under(
        Text(
            "The price of ¥%(reason)s is above the ceiling or the budget.",
            "报价%(reason)s元超过最高限价或者采购预算。",
        ),
        "O87 63",
    ),
    "price_correction": laws.under(
        Text(
            "The corrected price of ¥%(reason)s was not confirmed in time.",
            "未在规定时间内确认修正后的报价%(reason)s元。",
        ),
        "O87 59",
    ),
    "bond": laws.under(
        Text("The bid bond was not paid as the tender documents require.", "未按照招标文件的规定提交投标保证金。"),
        "O87 63",
    ),
    "low_price": laws.under(
        Text("The price was not justified: %(reason)s", "不能证明报价合理性：%(reason)s"), "O87 60"
    ),
    "same_brand": laws.under(
        Text("Another bidder offers the same brand at a lower price.", "与报价更低的投标人提供相同品牌产品。"),
        "O87 31",
    ),
}
"""Why a bid is out, with places for the condition and what the reviewers wrote."""


@dataclass(frozen=True)
class Fault:
    """One reason as a review gives it."""

    kind: str
    requirement_id: str = ""
    reason: str = ""


def reject(session: Session, bid: Bid, state: BidState, faults: Sequence[Fault]) -> None:
    """Put a bid out, for these reasons; ``invalid_reason`` of the bid is the first one's kind."""
    rows = [
        Rejection(bid_id=bid.id, kind=fault.kind, requirement_id=fault.requirement_id, reason=fault.reason)
        for fault in faults
    ]
    session.add_all(rows)
    session.flush()
    bid.state, bid.invalid_reason = state, faults[0].kind


def rejections(session: Session, bid_id: str) -> list[Text]:
    """Why a bid is out, reason by reason, whether at the opening or in the evaluation; nothing for a bid that isn't."""
    statement = select(Rejection).where(Rejection.bid_id == bid_id).order_by(Rejection.id)
    found = [_words(session, row) for row in session.scalars(statement)]
    bid = session.get_one(Bid, bid_id)
    return found or ([REASONS[bid.invalid_reason]] if bid.invalid_reason in REASONS else [])


def _words(session: Session, row: Rejection) -> Text:
    requirement = session.get(Requirement, row.requirement_id) if row.requirement_id else None
    condition = requirement.text if requirement is not None else GENERAL.get(row.kind, Text("", ""))
    filled = REJECTIONS[row.kind].filled(condition=condition, reason=row.reason)
    return Text(filled.en.strip(), filled.zh.strip())
