"""What a supplier offers for a lot, read from what was typed into the draft; nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

CONSORTIUM = "consortium"
"""A consortium or subcontract with small and micro enterprises (N46 9)."""

_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,2})?")


@dataclass(frozen=True)
class Response:
    """The answer to one requirement; ``deviation`` is a key of ``bids.DEVIATIONS``."""

    value: str = ""
    deviation: str = "none"


@dataclass(frozen=True)
class Offer:
    """A draft's content, read. Shares are percent; ``maker`` is who makes the goods, if it isn't the bidder. Amounts in the lot's currency; what couldn't be read is None (``typed`` has it)."""

    price: Decimal | None
    unit_prices: Mapping[str, Decimal | None]
    responses: Mapping[str, Response]
    declarations: frozenset[str]
    delivery_days: int | None
    validity_days: int | None
    sme: str
    domestic: bool
    brand: str
    maker: str = ""
    partner: str = ""
    partner_uscc: str = ""
    partner_share: Decimal | None = None
    domestic_share: Decimal | None = None
    typed: Mapping[str, Any] = field(default_factory=dict, compare=False)


def read(content: Mapping[str, Any]) -> Offer:
    """Read a draft's content; see ``bids.offers.cleaned`` for its keys."""
    responses = content.get("responses") or {}
    return Offer(
        price=amount(content.get("price")),
        unit_prices={item: amount(typed) for item, typed in (content.get("prices") or {}).items()},
        responses={id_: Response(r.get("value", ""), r.get("deviation", "none")) for id_, r in responses.items()},
        declarations=frozenset(content.get("declarations") or ()),
        delivery_days=_days(content.get("delivery_days")),
        validity_days=_days(content.get("validity_days")),
        sme=content.get("sme") or "none",
        domestic=bool(content.get("domestic")),
        brand=content.get("brand") or "",
        maker=content.get("maker") or "",
        partner=content.get("partner") or "",
        partner_uscc=content.get("partner_uscc") or "",
        partner_share=_percent(content.get("partner_share")),
        domestic_share=_percent(content.get("domestic_share")),
        typed=content,
    )


def amount(typed: Any) -> Decimal | None:
    """The amount that was typed, with or without thousands and currency sign; None for anything else."""
    text = str(typed or "").strip().lstrip("¥￥").replace(",", "").replace("，", "").replace(" ", "").removesuffix("元")
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def _percent(typed: Any) -> Decimal | None:
    return amount(str(typed or "").strip().removesuffix("%").removesuffix("％"))


def _days(typed: Any) -> int | None:
    text = str(typed or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 5 else None
