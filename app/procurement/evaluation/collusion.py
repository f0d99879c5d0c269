"""Signs of collusion shown to the committee as facts to look at, never as a finding (O87 37)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from sqlalchemy.orm import Session

from app.foundation.text import Text
from app.procurement import bonds, tenders
from app.procurement.bids import Bid, BidResponse, BidState, authors
from app.procurement.evaluation.lots import opened_bids
from app.procurement.rules import laws

KINDS: dict[str, Text] = {
    "bond_account": laws.under(Text("Bid bonds from one account", "投标保证金从同一账户转出"), "O87 37(6)"),
    "author": laws.under(Text("Files written by one author", "投标文件作者相同"), "O87 37(1)"),
    "unreadable": Text("A file that cannot be read", "文件无法读取"),
    "contact": laws.under(Text("The same contact", "联系人员相同"), "O87 37(3)"),
    "alike": laws.under(Text("Responses that match word for word", "投标响应内容异常一致"), "O87 37(4)"),
    "prices": laws.under(Text("Prices in regular steps", "投标报价呈规律性差异"), "O87 37(4)"),
}
"""The presumptions the data can speak to."""

LONG_ANSWER = 20
"""From how many characters equal answers are worth a look; shorter ones are often just the requirement's words."""


_STOCK = re.compile(
    r"完全响应|无偏离|完全满足|满足要求|(?:我方|我公司|我单位)?承诺|按照?(?:招标|采购)文件(?:的)?要求|招标文件|响应|满足|符合|[，。；：、,.;:\s]"
)
"""What bidders usually assure; words that so many write are no sign."""


@dataclass(frozen=True)
class Sign:
    """A sign: its kind, the suppliers it is about, and what was seen."""

    kind: str
    supplier_ids: tuple[str, ...]
    seen: Text


def signs(session: Session, lot_id: str, opened: Iterable[Bid] | None = None) -> list[Sign]:
    """Every sign of collusion among a lot's opened bids that the data show. ``opened``: they, where they were read before."""
    found = opened_bids(session, lot_id) if opened is None else opened
    bids = [bid for bid in found if bid.state not in (BidState.REPLACED, BidState.WITHDRAWN)]
    compared = {bid.supplier_id for bid in bids}
    payers = [tuple(sorted(compared.intersection(group))) for group in bonds.shared_accounts(session, lot_id)]
    # a bond may also have come from a company that withdrew its bid or never sent one
    signs = [
        Sign("bond_account", group, Text("one payer's account", "同一付款账户")) for group in payers if len(group) > 1
    ]
    read = {bid.supplier_id: _read(session, bid) for bid in bids}
    signs += _shared("author", {supplier_id: names for supplier_id, (names, _) in read.items()})
    signs += [Sign("unreadable", (supplier_id,), why) for supplier_id, (_, unread) in read.items() for why in unread]
    signs += _shared("contact", {bid.supplier_id: _contacts(bid) for bid in bids})
    asked = _requirements(session, lot_id)
    signs += _shared("alike", {bid.supplier_id: _answers(bid, asked) for bid in bids})
    signs += regular_prices({bid.supplier_id: bid.opened.price for bid in bids if bid.opened})
    return signs


def _requirements(session: Session, lot_id: str) -> dict[str, str]:
    """The words of the lot's requirements, by their ids."""
    tender = tenders.of_lot(session, lot_id)
    return {requirement.id: requirement.text_zh for requirement in tender.requirements if requirement.lot_id == lot_id}


def _shared(kind: str, values: Mapping[str, set[str]]) -> list[Sign]:
    """A sign for each pair of suppliers that share something."""
    return [
        Sign(kind, (one, other), Text(common, common))
        for one, other in combinations(sorted(values), 2)
        if (common := "；".join(sorted(values[one] & values[other])[:3]))
    ]


def _contacts(bid: Bid) -> set[str]:
    """How a bidder's contact is reached, as it is registered; a name alone says little, many people share one."""
    phone = bid.supplier.contact_phone
    return {phone.strip()} if phone.strip() else set()


def _answers(bid: Bid, asked: Mapping[str, str]) -> set[str]:
    """A bid's answers whose own words are long: what they repeat of the requirement, and stock phrases, are nobody's."""
    said = [(response.value.strip(), asked.get(response.requirement_id, "")) for response in _responses(bid)]
    return {value for value, requirement in said if len(_own_words(value, requirement)) >= LONG_ANSWER}


def _responses(bid: Bid) -> Sequence[BidResponse]:
    return bid.opened.responses if bid.opened else ()


def _own_words(answer: str, requirement: str) -> str:
    """An answer without the requirement's words and the usual assurances."""
    for phrase in re.findall(r"[^，。；：、,.;:\s]+", requirement):
        answer = answer.replace(phrase, "")
    return _STOCK.sub("", answer)


def _read(session: Session, bid: Bid) -> tuple[set[str], list[Text]]:
    """The authors that a bid's files name, and a sentence for each file that can't be read."""
    names: set[str] = set()
    unread: list[Text] = []
    for file in bid.opened.files if bid.opened else ():
        theirs, why = authors.of_file(session, file)
        names |= theirs
        if why is not None:
            unread.append(Text(f"{file.name} ({why.en})", f"{file.name}（{why.zh}）"))
    return names, unread


def regular_prices(prices: Mapping[str, Decimal]) -> list[Sign]:
    """Three prices or more in equal steps or equal ratios (to one part in a hundred thousand)."""
    ordered = sorted(prices.values())
    if len(ordered) < 3 or len(set(ordered)) < len(ordered):
        return []
    suppliers = tuple(sorted(prices))
    steps = [high - low for low, high in pairwise(ordered)]
    if len(set(steps)) == 1:
        return [Sign("prices", suppliers, Text(f"steps of ¥{steps[0]:,.2f}", f"等差{steps[0]:,.2f}元"))]
    ratios = [high / low for low, high in pairwise(ordered)]
    if max(ratios) - min(ratios) <= Decimal("0.00001"):
        return [Sign("prices", suppliers, Text(f"ratios of {ratios[0]:.4f}", f"等比{ratios[0]:.4f}"))]
    return []


def named(signs: Iterable[Sign], names: Mapping[str, Text]) -> Sequence[tuple[Text, Text]]:
    """Signs as pairs of words: what it is, and whose bids it is about."""
    said = []
    for sign in signs:
        who = [names[supplier_id] for supplier_id in sign.supplier_ids]
        english = f"{', '.join(name.en for name in who)}: {sign.seen.en}"
        chinese = f"{'、'.join(name.zh for name in who)}：{sign.seen.zh}"
        said.append((KINDS[sign.kind], Text(english, chinese)))
    return said
