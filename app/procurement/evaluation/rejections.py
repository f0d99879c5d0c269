"""Why a bid is out, kept reason by reason, so that its bidder is told in either language (O87 63, 69)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.text import Text
from app.procurement.bids import REASONS, Bid, BidState
from app.procurement.evaluation.records import Rejection
from app.procurement.tenders import Requirement

GENERAL_ID = "general"
"""Stands where a requirement's id would: the condition that no document needs to repeat."""
GENERAL: dict[str, Text] = {
    "qualification": Text(
        "Meets the conditions of GPL 22; no record of serious dishonesty today",
        "符合《政府采购法》第二十二条规定的条件，且信用查询无严重违法失信记录",
    ),
    "conformity": Text(
        "Signed as asked, valid as long as asked, without a condition the buyer can't accept (O87 63)",
        "签署、盖章及投标有效期符合要求，无采购人不能接受的附加条件等无效投标情形（财政部令第87号第六十三条）",
    ),
}
"""The conditions every bid is reviewed for, whatever the documents ask."""

REJECTIONS: dict[str, Text] = {
    "qualification": Text(
        "Qualification not met: %(condition)s. %(reason)s", "资格条件不符合：%(condition)s。%(reason)s"
    ),
    "conformity": Text(
        "Substantive requirement not met: %(condition)s. %(reason)s", "实质性要求不满足：%(condition)s。%(reason)s"
    ),
    "price_limit": Text(
        "The price of %(reason)s yuan is above the ceiling or the budget (O87 63).",
        "报价%(reason)s元超过最高限价或者采购预算（财政部令第87号第六十三条）。",
    ),
    "bond": Text(
        "The bid bond wasn't lodged as the documents ask (O87 63).",
        "未按照招标文件的规定提交投标保证金（财政部令第87号第六十三条）。",
    ),
    "low_price": Text(
        "The price wasn't proven to be sufficient (O87 60): %(reason)s",
        "不能证明报价合理性（财政部令第87号第六十条）：%(reason)s",
    ),
    "same_brand": Text(
        "Another bidder offers the same brand at a lower price (O87 31).",
        "与报价更低的投标人提供相同品牌产品（财政部令第87号第三十一条）。",
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
    query = select(Rejection).where(Rejection.bid_id == bid_id).order_by(Rejection.id)
    found = [_words(session, row) for row in session.scalars(query)]
    bid = session.get_one(Bid, bid_id)
    return found or ([REASONS[bid.invalid_reason]] if bid.invalid_reason in REASONS else [])


def _words(session: Session, row: Rejection) -> Text:
    requirement = session.get(Requirement, row.requirement_id) if row.requirement_id else None
    condition = requirement.text if requirement is not None else GENERAL.get(row.kind, Text("", ""))
    filled = REJECTIONS[row.kind].filled(condition=condition, reason=row.reason)
    return Text(filled.en.strip(), filled.zh.strip())
