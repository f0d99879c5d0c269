"""What a contract says: the clauses O87 72 asks for, taken from the documents and the winner's bid, nothing added to either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.money import Money
from app.foundation.text import Text
from app.identity.organisations import Organisation
from app.procurement import suppliers
from app.procurement.awards import Award
from app.procurement.bids import BidResponse, OpenedBid
from app.procurement.papers.contents import Clause, ContractContent, Party
from app.procurement.projects import Lot
from app.procurement.tenders import Requirement, Tender
from app.procurement.tenders.numbers import plain

HEADINGS: dict[str, Text] = {
    "object": Text("What is bought, and the price", "合同标的与价款"),
    "requirements": Text("Quality and requirements", "质量与技术、服务要求"),
    "delivery": Text("Time, place and manner of performance", "履行期限、地点和方式"),
    "acceptance": Text("Acceptance", "验收"),
    "payment": Text("Payment", "款项支付"),
    "performance_bond": Text("Performance bond", "履约保证金"),
    "terms": Text("Terms of the procurement documents", "采购文件约定的合同条款"),
    "breach": Text("Breach", "违约责任"),
    "disputes": Text("Disputes", "争议解决"),
    "parts": Text("Parts of the contract", "合同组成部分"),
}
"""The clauses by their keys, in their order."""

ALWAYS_PUBLIC = frozenset({"object"})
"""What is bought, its unit prices and the contract's price are never a secret (Notice 135/2015, recalled)."""

DEVIATIONS: dict[str, Text] = {
    "none": Text("none", "无偏离"),
    "better": Text("better", "正偏离"),
    "worse": Text("worse", "负偏离"),
}
"""How a response deviates from its requirement."""


@dataclass(frozen=True)
class Terms:
    """The numbers of a contract: days, the share of a late amount for each day, the performance bond in its currency."""

    delivery_days: int
    payment_days: int
    acceptance_days: int
    daily_interest: Decimal
    performance_bond: Decimal


def title_of(lot: Lot) -> Text:
    """The contract's name."""
    return Text(f"Contract: {lot.title.en}", f"{lot.title.zh}政府采购合同")


def account_of(session: Session, supplier_id: str) -> str:
    """The bank and account a supplier registered, where it did; empty without an account."""
    registration = suppliers.of_organisation(session, supplier_id)
    if registration is None or not registration.bank_account:
        return ""
    return f"{registration.bank_name} {registration.bank_account}".strip()


def contracted(tender: Tender, lot: Lot) -> list[Requirement]:
    """The requirements a contract is performed and accepted by: all of the lot but the bidders' qualifications."""
    own = [requirement for requirement in tender.requirements if requirement.lot_id == lot.id]
    return [requirement for requirement in own if requirement.kind != "qualification"] or own


def compose(
    session: Session, *, number: str, award: Award, tender: Tender, lot: Lot, opened: OpenedBid, terms: Terms
) -> ContractContent:
    """The whole content of a contract, without its day."""
    buyer, supplier = session.get_one(Organisation, tender.buyer_id), session.get_one(Organisation, award.supplier_id)
    clauses = [
        _clause(key, parts) for key, parts in _clauses(tender, lot, award, opened, terms, _account(session, award))
    ]
    return {
        "title": title_of(lot),
        "number": number,
        "project": {"title": tender.project.title, "number": tender.project.number},
        "lot": lot.name,
        "buyer": _party(buyer),
        "supplier": {**_party(supplier), "bank": _account(session, award)},
        "clauses": clauses,
    }


def _account(session: Session, award: Award) -> str:
    return account_of(session, award.supplier_id)


def _clause(key: str, parts: dict[str, Any]) -> Clause:
    return {"key": key, "heading": HEADINGS[key], **parts}  # type: ignore[typeddict-item]


def _party(organisation: Organisation) -> Party:
    contact = f"{organisation.contact_name} {organisation.contact_phone}".strip()
    return {"name": organisation.name, "uscc": organisation.uscc, "address": organisation.address, "contact": contact}


def _clauses(
    tender: Tender, lot: Lot, award: Award, opened: OpenedBid, terms: Terms, account: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "object", {"items": _items(lot, opened), "price": Money(award.price, award.currency)}
    yield (
        "requirements",
        {
            "text": Text(
                "Party B delivers what the procurement documents ask for, as it committed itself in its bid:",
                "乙方应当按照采购文件的要求和投标文件的承诺提供下列标的：",
            ),
            "requirements": _requirements(contracted(tender, lot), opened.responses),
        },
    )
    yield "delivery", {"facts": list(_delivery(tender, terms))}
    yield "acceptance", {"text": _acceptance(terms)}
    yield "payment", {"text": _payment(terms), "facts": [(Text("To the account", "收款账户"), account)]}
    if terms.performance_bond:
        yield "performance_bond", {"text": _performance_bond(tender, Money(terms.performance_bond, award.currency))}
    yield "terms", {"text": tender.contract_terms}
    yield (
        "breach",
        {
            "text": Text(
                "A party that doesn't perform, or not as agreed, answers for it by performing further, putting right or "
                "compensating, as this contract and the law say.",
                "任何一方不履行合同义务或者履行合同义务不符合约定的，应当按照本合同和法律规定承担继续履行、采取补救措施或者赔偿损失等违约责任。",
            )
        },
    )
    yield (
        "disputes",
        {
            "text": Text(
                "The parties settle disputes by talking; where they can't, either may go to the court that has jurisdiction.",
                "因履行本合同发生的争议，双方协商解决；协商不成的，可以依法向有管辖权的人民法院提起诉讼。",
            )
        },
    )
    yield "parts", {"facts": list(_parts(tender, award))}


def _items(lot: Lot, opened: OpenedBid) -> list[dict[str, Any]]:
    offered = {price.item_id: price.unit_price for price in opened.prices}
    rows = []
    for item in lot.items:
        unit_price = offered.get(item.id)
        row = {"position": item.position, "name": item.name, "quantity": plain(item.quantity), "unit": item.unit}
        if unit_price is not None:
            row["unit_price"] = Money(unit_price, opened.currency)
            row["amount"] = Money(unit_price * item.quantity, opened.currency)
        rows.append(row)
    return rows


def _requirements(requirements: Sequence[Requirement], responses: Sequence[BidResponse]) -> list[dict[str, Any]]:
    by_requirement = {response.requirement_id: response for response in responses}
    rows = []
    for requirement in requirements:
        response = by_requirement.get(requirement.id)
        rows.append(
            {
                "id": requirement.id,
                "code": requirement.code,
                "requirement": requirement.text,
                "starred": requirement.starred,
                "response": response.value if response else "",
                "deviation": DEVIATIONS[response.deviation] if response else "",
            }
        )
    return rows


def _delivery(tender: Tender, terms: Terms) -> Iterator[tuple[Text, Any]]:
    yield (
        Text("Within", "履行期限"),
        Text(f"{terms.delivery_days} days after signing", f"自合同签订之日起{terms.delivery_days}日内"),
    )
    if tender.terms.get("delivery_place"):
        yield Text("Place", "履行地点"), str(tender.terms["delivery_place"])


def _acceptance(terms: Terms) -> Text:
    return Text(
        f"Party A accepts the delivery within {terms.acceptance_days} working days after Party B reported it, "
        "requirement by requirement, and writes down for each whether it is met and by what evidence. Party B puts "
        "right what isn't met and reports again.",
        f"甲方应当自收到乙方交付报告之日起{terms.acceptance_days}个工作日内，按照本合同约定的每一项要求组织验收，"
        "逐项记载履约情况和验收依据，并出具验收书。验收不合格的，乙方应当整改后重新报告交付。",
    )


def _payment(terms: Terms) -> Text:
    rate = f"{(terms.daily_interest * 100).normalize():f}"
    return Text(
        f"Party A pays within {terms.payment_days} days after the acceptance, and no later than the law allows after "
        f"Party B's invoice. On a late amount it pays interest of {rate} % for each day.",
        f"甲方应当自验收合格之日起{terms.payment_days}日内付款，并不得超过收到发票后法定的付款期限。"
        f"甲方逾期付款的，按照逾期金额每日{rate}%支付逾期利息。",
    )


def _performance_bond(tender: Tender, amount: Money) -> Text:
    percent = plain(tender.performance_bond_percent)
    return Text(
        f"Party B gives a performance bond of {percent} % of the price, {amount.in_words('en')} "
        f"({amount.currency} {amount.amount:,.2f}), not in cash but in the form it chooses; it goes back as the terms of "
        "the procurement documents say.",
        f"乙方应当提交合同金额{percent}%的履约保证金，计人民币{amount.in_words()}（{amount.amount:,.2f}元），"
        "以支票、汇票、本票或者金融机构、担保机构出具的保函等非现金形式提交，按照采购文件约定的条件退还。",
    )


def _parts(tender: Tender, award: Award) -> Iterator[tuple[Text, Any]]:
    newest = tender.versions[-1] if tender.versions else None
    if newest is not None:
        yield (
            Text(f"Procurement documents, version {newest.number}", f"采购文件（第{newest.number}版）"),
            f"SHA-256 {newest.digest}",
        )
    yield Text("Party B's bid", "乙方投标文件"), f"SHA-256 {award.bid.digest}"
    if award.published_at is not None:
        yield Text("Letter of award", "中标通知书"), award.published_at
