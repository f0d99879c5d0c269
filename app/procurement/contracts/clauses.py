"""What a contract says: the clauses O87 72 asks for, taken from the documents and the winner's bid, nothing added to either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.money import Money, in_figures
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity.organisations import Organisation
from app.procurement import rules, suppliers
from app.procurement.awards import Award
from app.procurement.bids import BidResponse, OpenedBid
from app.procurement.papers.contents import Clause, ContractContent, Party
from app.procurement.projects import Lot
from app.procurement.tenders import Requirement, Tender
from app.procurement.tenders import terms as wording
from app.procurement.tenders.numbers import plain

HEADINGS: dict[str, Text] = {
    "object": Text("Subject and price", "合同标的与价款"),
    "requirements": Text("Quality and requirements", "质量与技术、服务要求"),
    "delivery": Text("Period, place and manner of performance", "履行期限、地点和方式"),
    "acceptance": Text("Acceptance", "履约验收"),
    "payment": Text("Payment", "款项支付"),
    "performance_bond": Text("Performance bond", "履约保证金"),
    "terms": Text("Further terms of the tender documents", "招标文件约定的其他合同条款"),
    "confidentiality": Text("Confidentiality", "保密"),
    "change": Text("Change, suspension and termination", "合同的变更、中止和终止"),
    "force_majeure": Text("Force majeure", "不可抗力"),
    "breach": Text("Liability for breach", "违约责任"),
    "disputes": Text("Settlement of disputes", "争议解决"),
    "parts": Text("Parts of the contract and their precedence", "合同组成部分及其优先顺序"),
    "conclusion": Text("Conclusion and entry into force", "合同的签订与生效"),
}
"""The clauses by their keys, in their order (O87 20(8); Civil Code 470)."""

ALWAYS_PUBLIC = frozenset({"object"})
"""What is bought, its unit prices and the contract's price are never a secret (Notice 135/2015, recalled)."""

ACCOUNT = Text("Party B's bank and account", "乙方收款账户")
"""The fact of the payment clause that is never published."""

FURTHER = Text(
    "These terms of the tender documents are part of the contract:", "招标文件约定的下列合同条款是本合同的组成部分："
)
STANDING: dict[str, Text] = {
    "confidentiality": Text(
        "Each party keeps secret what it learns of the other's trade secrets and of data that the law protects; this "
        "lasts beyond the contract. What the law wants published is not secret.",
        "双方对在履行合同中知悉的对方商业秘密和依法应当保密的信息负有保密义务，合同终止后继续有效；依法应当公开的信息除外。",
    ),
    "change": Text(
        "The parties do not change, suspend or end the contract on their own. Where going on would harm the interests of "
        "the state or the public, they change, suspend or end it; the party at fault pays compensation, and where both "
        "are at fault each bears its share (Government Procurement Law, article 50). Additions follow article 49.",
        "双方不得擅自变更、中止或者终止合同。合同继续履行将损害国家利益和社会公共利益的，双方应当变更、中止或者终止合同，"
        "有过错的一方承担赔偿责任，双方都有过错的，各自承担相应的责任（《中华人民共和国政府采购法》第五十条）；"
        "追加采购按照《中华人民共和国政府采购法》第四十九条的规定办理。",
    ),
    "force_majeure": Text(
        "A party that force majeure keeps from performing tells the other without delay and proves it within a "
        "reasonable time; as far as it was kept from performing it is not liable.",
        "因不可抗力不能履行合同的，应当及时通知对方，并在合理期限内提供证明，根据不可抗力的影响部分或者全部免除责任。",
    ),
    "breach": Text(
        "A party that does not perform, or not as agreed, is liable to perform, remedy or pay compensation, as this "
        "contract and the law say.",
        "任何一方不履行合同义务或者履行合同义务不符合约定的，应当按照本合同和法律规定承担继续履行、采取补救措施或者赔偿损失等违约责任。",
    ),
    "disputes": Text(
        f"In disputes about this contract {wording.DISPUTES.en}.", f"因履行本合同发生的争议，{wording.DISPUTES.zh}。"
    ),
}
"""The clauses that are the same in every contract."""

PRECEDENCE = Text(
    "This contract with its supplementary agreements, and the documents below, are one contract. Where they differ, this "
    "contract comes first, then the documents in the order below; none may depart from what the tender documents and the "
    "bid settled on in substance.",
    "本合同及其补充协议和下列文件共同构成一份合同。相互不一致的，以本合同为准，其次按下列顺序解释；均不得背离招标文件和投标文件的实质性内容。",
)
CONCLUSION = Text(
    "This contract is signed electronically and takes effect once both parties have signed; the time of each signature "
    "is the one in its time stamp, and the later one is the day of the contract. The electronic original is one file, of "
    "which each party keeps a copy of equal force; one copy goes to the finance department.",
    "本合同以电子形式签订，自双方均签署之日起生效；签署时间以电子签名所载时间戳为准，以后签署一方的签署日期为合同签订日期。"
    "电子合同原件一份，双方各持副本，具有同等法律效力，另报送财政部门备案一份。",
)
PLACE_OF_SIGNING = Text("on this service, electronically", "本平台（电子签订）")

_TYPED_NUMBER = re.compile(r"\A(?:[一二三四五六七八九十]+、|[（(]?\d+[）)．.、]\s*)")

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
    session: Session,
    *,
    number: str,
    award: Award,
    tender: Tender,
    lot: Lot,
    opened: OpenedBid,
    terms: Terms,
    law: rules.Law,
) -> ContractContent:
    """The whole content of a contract, without its day."""
    buyer, supplier = session.get_one(Organisation, tender.buyer_id), session.get_one(Organisation, award.supplier_id)
    clauses = [
        _clause(key, parts) for key, parts in _clauses(tender, lot, award, opened, terms, law, _account(session, award))
    ]
    return {
        "title": title_of(lot),
        "number": number,
        "project": {"title": tender.project.title, "number": tender.project.number},
        "lot": lot.name,
        "award_number": f"{tender.project.number}-{lot.number}",
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
    tender: Tender, lot: Lot, award: Award, opened: OpenedBid, terms: Terms, law: rules.Law, account: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "object", {"items": _items(lot, opened), "price": Money(award.price, award.currency)}
    yield (
        "requirements",
        {
            "text": Text(
                "Party B delivers what the tender documents ask for, as it committed itself in its bid:",
                "乙方应当按照招标文件的要求和投标文件的承诺提供下列标的：",
            ),
            "requirements": _requirements(contracted(tender, lot), opened.responses),
        },
    )
    yield "delivery", {"facts": list(_delivery(tender, terms))}
    yield "acceptance", {"text": _acceptance(terms)}
    yield "payment", {"text": _payment(terms, law), "facts": [(ACCOUNT, account)]}
    if terms.performance_bond:
        yield "performance_bond", {"text": _performance_bond(tender, Money(terms.performance_bond, award.currency))}
    yield "terms", {"text": FURTHER, "list": agreed_terms(tender.contract_terms)}
    for key, text in STANDING.items():
        yield key, {"text": text}
    yield "parts", {"text": PRECEDENCE, "facts": list(_parts(tender, award))}
    yield "conclusion", {"text": CONCLUSION, "facts": [(Text("Place of signing", "签订地点"), PLACE_OF_SIGNING)]}


def _items(lot: Lot, opened: OpenedBid) -> list[dict[str, Any]]:
    offered = opened.binding_unit_prices
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


def agreed_terms(words: str) -> list[str]:
    """The contract terms of the documents, one a line, without the numbers they were typed with: a paper counts anew."""
    lines = (_TYPED_NUMBER.sub("", line.strip()) for line in words.splitlines())
    return [line for line in lines if line]


def _delivery(tender: Tender, terms: Terms) -> Iterator[tuple[Text, Any]]:
    yield Text("Performance period", "合同履行期限"), wording.performance(terms.delivery_days)
    if tender.terms.get("delivery_place"):
        yield Text("Place", "履行地点"), str(tender.terms["delivery_place"])


def _acceptance(terms: Terms) -> Text:
    period = wording.acceptance(terms.acceptance_days)
    return Text(
        f"Party A accepts the delivery {period.en}, requirement by requirement, and writes down for each whether it is "
        "met and by what evidence. Party B corrects what is not met and reports again.",
        f"甲方应当在{period.zh}，按照本合同约定的每一项要求组织验收，逐项记载履约情况和验收依据，并出具验收书。"
        "验收不合格的，乙方应当整改后重新报告交付。",
    )


def _payment(terms: Terms, law: rules.Law) -> Text:
    rate, period = f"{(terms.daily_interest * 100).normalize():f}", wording.payment(terms.payment_days, law)
    return Text(
        f"Party A pays {period.en}; where the law sets an earlier day for a small or medium enterprise, by that day. On a "
        f"late amount it pays interest of {rate}% a day.",
        f"甲方应当在{period.zh}付款；法律法规对向中小企业付款规定更早期限的，从其规定。"
        f"甲方逾期付款的，按照逾期金额每日{rate}%支付逾期利息。",
    )


def _performance_bond(tender: Tender, amount: Money) -> Text:
    percent = plain(tender.performance_bond_percent)
    return Text(
        f"Party B gives a performance bond of {percent}% of the contract price, {in_figures(amount.amount, amount.currency)} "
        f"({amount.in_words('en')}), as {wording.BOND_FORMS.en}. It is returned as the terms of the tender documents say.",
        f"乙方应当提交合同金额{percent}%的履约保证金，计人民币{amount.in_words()}（¥{amount.amount:,.2f}），"
        f"以{wording.BOND_FORMS.zh}提交，按照招标文件约定的条件退还。",
    )


def _parts(tender: Tender, award: Award) -> Iterator[tuple[Text, Any]]:
    if award.published_at is not None:
        yield Text("1. Award letter, issued on", "1．中标通知书（发出日期）"), local_day(award.published_at)
    yield Text("2. Party B's bid (SHA-256)", "2．乙方投标文件（SHA-256）"), award.bid.digest
    newest = tender.versions[-1] if tender.versions else None
    if newest is not None:
        yield (
            Text(
                f"3. Tender documents, version {newest.number} (SHA-256)",
                f"3．招标文件（第{newest.number}版，SHA-256）",
            ),
            newest.digest,
        )
