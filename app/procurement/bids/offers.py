"""What may be said in a bid's form, and how it is kept in the draft; ``sealer.offers`` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.foundation.text import Text
from app.procurement.rules import laws
from app.sealer.offers import CONSORTIUM

DEVIATIONS: dict[str, Text] = {
    "none": Text("as required", "无偏离"),
    "better": Text("better than required", "正偏离"),
    "worse": Text("worse than required", "负偏离"),
}
"""How a response stands to its requirement."""

SME_KINDS: dict[str, Text] = {
    "none": Text("none of these", "均不属于"),
    "medium": Text("medium enterprise", "中型企业"),
    "small": Text("small enterprise", "小型企业"),
    "micro": Text("micro enterprise", "微型企业"),
    "prison": Text("prison enterprise", "监狱企业"),
    "disabled": Text("welfare unit for people with disabilities", "残疾人福利性单位"),
    CONSORTIUM: Text(
        "consortium or subcontract with small and micro enterprises, at least 30%",
        "联合体或者分包，小微企业占比不低于30%",
    ),
}
"""Who made the goods or does the work, as declared (N46 11; Notices 68/2014, 141/2017)."""

DECLARATIONS: dict[str, Text] = {
    "true": Text("Everything in this bid is true and can be verified.", "投标文件所述内容真实、合法、可查证。"),
    "independent": laws.under(
        Text(
            "We prepared this bid independently and did not collude with any other bidder.",
            "本投标文件由我单位独立编制，未与其他投标人串通。",
        ),
        "O87 37",
    ),
    "eligible": Text(
        "We meet the six conditions of the Government Procurement Law, article 22, and are not excluded from government procurement.",
        "我单位符合《中华人民共和国政府采购法》第二十二条规定的条件，未被禁止参加政府采购活动。",
    ),
    "accepts": Text(
        "We accept the tender documents in full, including the contract terms and the validity of bids.",
        "我单位完全接受招标文件的全部内容，包括合同条款和投标有效期。",
    ),
}
"""What every bid declares."""

MOST_CHARACTERS = 20_000
"""The longest response to one requirement."""

TEXTS = (
    "price",
    "delivery_days",
    "validity_days",
    "brand",
    "maker",
    "partner",
    "partner_uscc",
    "partner_share",
    "domestic_share",
)
"""The keys of a draft's content that are kept as they were typed."""


def cleaned(content: Mapping[str, Any], *, items: set[str], requirements: set[str]) -> dict[str, Any]:
    """A draft's content as it is kept: known keys only, texts trimmed and cut to their longest.

    Those in TEXTS: texts as typed; ``prices``: by item id; ``responses``:
    ``{"value", "deviation"}`` by requirement id; ``declarations``: keys of DECLARATIONS; ``sme``; ``domestic``.
    """
    kept: dict[str, Any] = {name: _text(content[name], 200) for name in TEXTS if name in content}
    if "prices" in content:
        kept["prices"] = {item: _text(typed, 40) for item, typed in content["prices"].items() if item in items}
    if "responses" in content:
        kept["responses"] = {
            id_: _response(response) for id_, response in content["responses"].items() if id_ in requirements
        }
    if "declarations" in content:
        kept["declarations"] = [name for name in DECLARATIONS if name in content["declarations"]]
    if "sme" in content:
        kept["sme"] = content["sme"] if content["sme"] in SME_KINDS else "none"
    if "domestic" in content:
        kept["domestic"] = bool(content["domestic"])
    return kept


def _response(response: Mapping[str, Any]) -> dict[str, str]:
    deviation = response.get("deviation")
    return {
        "value": _text(response.get("value"), MOST_CHARACTERS),
        "deviation": deviation if deviation in DEVIATIONS else "none",
    }


def _text(value: Any, most: int) -> str:
    return str(value if value is not None else "").replace("\r\n", "\n").replace("\0", "").strip()[:most]
