"""What the forms of an evaluation share: the opened bids as they show them, and why a lot failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from app.engine.acts import IntakeContext
from app.foundation.text import Text
from app.procurement import bids, evaluation, projects
from app.procurement.bids import Bid
from app.workflow import facts
from app.workflow.beside import Fact, beside


def evidence(bid: Bid, codes: Collection[str]) -> list[str]:
    """The files that a bid brought for requirements."""
    brought = bid.opened.files if bid.opened is not None else ()
    return [file.document_id for file in brought if file.requirement_code in codes]


@beside
def bidders(opened: Iterable[Bid], stands: Mapping[str, str] | None = None) -> list[Fact]:
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
def signs(context: IntakeContext, lot_id: str, opened: Sequence[Bid]) -> list[Fact]:
    """Signs of collusion, shown as facts to look at (O87 37)."""
    names = {bid.supplier_id: bid.supplier.name for bid in opened}
    return [
        (Text(f"Point to note:  {what.en}", f"提请关注：{what.zh}"), seen)
        for what, seen in evaluation.named(evaluation.signs(context.session, lot_id, opened), names)
    ]


def files(opened: Iterable[Bid]) -> list[str]:
    """The files of opened bids."""
    return [file.document_id for bid in opened if bid.opened is not None for file in bid.opened.files]


def failure_reason(context: IntakeContext, lot_id: str) -> str | None:
    """Why the lot failed, if it did."""
    return projects.lot(context.session, lot_id).failure_reason or None
