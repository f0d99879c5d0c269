"""Where in a tender's documents a finding or a change stands, and what stood there, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation import dates
from app.foundation.text import Text
from app.procurement.tenders.attachments import ATTACHMENT_KINDS
from app.procurement.tenders.documents import FACTOR_KINDS, KINDS

TERMS = {
    "bid_deadline_at": Text("Bid deadline", "投标截止时间"),
    "bond_percent": Text("Bid bond", "投标保证金"),
    "validity_days": Text("Validity of bids", "投标有效期"),
    "sme_deduction_percent": Text("Price deduction", "价格扣除"),
    "performance_bond_percent": Text("Performance bond", "履约保证金"),
    "payment_days": Text("Payment period", "付款期限"),
    "delivery_days": Text("Performance period", "合同履行期限"),
    "tie_break": Text("Tie-break", "中标候选人并列时的确定方式"),
    "committee_size": Text("Committee", "评标委员会"),
    "contract_terms": Text("Contract", "合同条款"),
    "delivery_place": Text("Place of delivery", "交付地点"),
    "consortium": Text("Consortia", "联合体"),
    "domestic_share": Text("Share of domestic products", "本国产品成本占比"),
    "sme_consortium_deduction_percent": Text(
        "Price deduction for consortia and subcontracts", "联合体或者分包的价格扣除"
    ),
    "late_interest_percent": Text("Interest on late payments", "逾期付款利率"),
    "low_price_of_mean": Text("Abnormally low: share of the average price", "异常低价：占平均报价的比例"),
    "low_price_of_next": Text("Abnormally low: share of the next lowest price", "异常低价：占次低报价的比例"),
    "low_price_of_ceiling": Text("Abnormally low: share of the ceiling price", "异常低价：占最高限价的比例"),
    "low_price_explanation_minutes": Text("Time to explain an abnormally low price", "异常低价说明时间"),
}
"""The terms of the documents by the names that findings and differences use."""

_PARTS = {
    "requirements": Text("requirement", "采购需求"),
    "factors": Text("criterion", "评审因素"),
    "items": Text("item", "标的"),
    "sme_mode": Text("small and medium enterprises", "中小企业政策"),
    "ceiling": Text("ceiling price", "最高限价"),
    "budget": Text("budget", "预算"),
    "name": Text("name", "名称"),
}

_OF_AN_ATTACHMENT = {
    "lot": Text("lot", "所属采购包"),
    "kind": Text("kind", "类别"),
    "title": Text("title", "名称"),
    "file": Text("file", "文件"),
    "digest": Text("SHA-256", "SHA-256"),
}

_KINDS = {"attachments": ATTACHMENT_KINDS, "requirements": KINDS, "factors": FACTOR_KINDS}


def place(path: str) -> Text:
    """Where a finding or difference stands, in words: ``1/requirements/T3``, ``terms/bond_percent``."""
    parts = path.removeprefix("lots/").split("/")
    if parts[0] == "attachments":
        return _of_an_attachment(parts[1:])
    if parts[0] in ("terms", "bid_deadline_at"):
        return _named(TERMS, parts[-1])
    if not parts[0].isdigit():
        return Text("lots", "采购包") if parts[0] == "lots" else Text(path, path)
    english, chinese = [f"lot {parts[0]}"], [f"采购包{parts[0]}"]
    if len(parts) > 1:
        part = _named(_PARTS, parts[1])
        english.append(" ".join([part.en, *parts[2:3]]))
        chinese.append("".join([part.zh, *parts[2:3]]))
    return Text(", ".join(english), "".join(chinese))


def _of_an_attachment(parts: list[str]) -> Text:
    name = Text(" ".join(["attachment", *parts[:1]]), "".join(["附件", *parts[:1]]))
    detail = _OF_AN_ATTACHMENT.get(parts[1]) if len(parts) > 1 else None
    return name if detail is None else Text(f"{name.en}, {detail.en}", f"{name.zh}{detail.zh}")


def value(said: Any, path: str = "") -> Text:
    """One side of a difference, as it was recorded: nothing, a yes or no, an instant, a number, a kind, words.

    ``path`` is where it stands: the words of a kind are known by it.
    """
    if said is not None and path.endswith("/kind"):
        return _named(next(names for part, names in _KINDS.items() if part in path.split("/")), str(said))
    if said is None or said is False:
        return Text("–", "–")
    if said is True:
        return Text("✓", "✓")
    try:
        return dates.when(datetime.fromisoformat(said))
    except (TypeError, ValueError):
        return Text(str(said), str(said))


def _named(names: Mapping[str, Text], code: str) -> Text:
    return names.get(code, Text(code, code))
