"""Whether a draft is complete: what must be mended before it can be sealed, and what would cost it its chance."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.procurement import bonds, projects, suppliers, tenders
from app.procurement.bids.claims import claims_of
from app.procurement.bids.offers import DECLARATIONS
from app.procurement.bids.prices import total_of
from app.procurement.bids.records import BidDraft
from app.procurement.bids.shortfalls import ERROR, WARNING, Gap
from app.procurement.bonds import BondState
from app.procurement.projects import Lot
from app.procurement.suppliers import NotRegistered, SupplierExcluded
from app.procurement.tenders import Requirement, Tender
from app.sealer.offers import Offer, read


class BidIncomplete(Invalid):
    """The draft lacks something that every bid must have."""

    text = Text(
        "The bid is not complete: %(count)s items are missing. %(first)s", "投标文件不完整，共缺%(count)s项。%(first)s"
    )


def gaps_of(session: Session, lot_id: str, supplier_id: str, draft: BidDraft | None) -> list[Gap]:
    """What a supplier's draft for a lot lacks, errors first. No draft at all lacks everything."""
    lot, tender = projects.lot(session, lot_id), tenders.of_lot(session, lot_id)
    offer = read(draft.content if draft is not None else {})
    wanted = requirements_of(tender, lot_id)
    found = [
        *_standing(session, supplier_id),
        *_of_price(lot, offer),
        *_of_terms(tender, offer),
        *_of_responses(wanted, offer),
        *claims_of(session, tender, lot, supplier_id, offer, _attached(draft)),
        *_of_declarations(offer),
        *_of_files(wanted, draft),
        *_of_bond(session, tender, lot_id, supplier_id),
    ]
    return sorted(found, key=lambda gap: gap.severity != ERROR)


def whole_or_refused(session: Session, lot_id: str, supplier_id: str, draft: BidDraft) -> None:
    """Go on only if the draft lacks nothing that every bid must have.

    :raises BidIncomplete:
    """
    missing = [gap for gap in gaps_of(session, lot_id, supplier_id, draft) if gap.severity == ERROR]
    if missing:
        raise BidIncomplete(field=missing[0].place, count=len(missing), first=missing[0].text)


def requirements_of(tender: Tender, lot_id: str) -> list[Requirement]:
    """The requirements of a lot, in the documents' order."""
    return [requirement for requirement in tender.requirements if requirement.lot_id == lot_id]


def _standing(session: Session, supplier_id: str) -> Iterator[Gap]:
    try:
        suppliers.require_active(session, supplier_id)
    except (NotRegistered, SupplierExcluded) as refusal:
        yield Gap(ERROR, "supplier", refusal.sentence, refusal.statute or "")


def _of_price(lot: Lot, offer: Offer) -> Iterator[Gap]:
    if offer.price is None:
        typed = str(offer.typed.get("price") or "")
        yield Gap(ERROR, "price", _unread(typed) if typed else Text("Enter the total price.", "请填写投标总价。"))
    elif offer.price == 0:
        yield Gap(ERROR, "price", Text("The price cannot be zero.", "投标总价不得为零。"))
    elif offer.price > lot.price_limit:
        limit = f"{lot.price_limit:,.2f}"
        words = Text(
            f"The price is above the ceiling of ¥{limit}. The bid will be invalid.",
            f"投标总价超过最高限价{limit}元，投标将无效。",
        )
        yield Gap(WARNING, "price", words, "O87 63")
    for item in lot.items:
        if offer.unit_prices.get(item.id) is None:
            typed = str((offer.typed.get("prices") or {}).get(item.id) or "")
            missing = Text(f"Enter the unit price of “{item.name}”.", f"请填写“{item.name}”的单价。")
            yield Gap(ERROR, f"prices/{item.id}", _unread(typed) if typed else missing)
    yield from _of_total(lot, offer)


def _of_total(lot: Lot, offer: Offer) -> Iterator[Gap]:
    units = {item.id: offer.unit_prices.get(item.id) for item in lot.items}
    known = {item: price for item, price in units.items() if price is not None}
    if offer.price is None or not known or len(known) < len(units):
        return
    total = total_of(known, {item.id: item.quantity for item in lot.items})
    if total != offer.price:
        words = Text(
            f"The unit prices add up to ¥{total:,.2f} but the total is ¥{offer.price:,.2f}. The unit prices will be used.",
            f"按单价汇总为{total:,.2f}元，与投标总价{offer.price:,.2f}元不一致，将以单价金额计算结果为准。",
        )
        yield Gap(WARNING, "price", words, "O87 59")


def _of_terms(tender: Tender, offer: Offer) -> Iterator[Gap]:
    if offer.delivery_days is None:
        yield Gap(ERROR, "delivery_days", Text("Enter the performance period in days.", "请填写合同履行期限（日）。"))
    elif tender.delivery_days and offer.delivery_days > tender.delivery_days:
        words = Text(
            f"The performance period in the tender documents is {tender.delivery_days} days.",
            f"招标文件规定的合同履行期限为{tender.delivery_days}日。",
        )
        yield Gap(WARNING, "delivery_days", words, "O87 20")
    if offer.validity_days is None:
        yield Gap(ERROR, "validity_days", Text("Enter the validity of the bid in days.", "请填写投标有效期（日）。"))
    elif offer.validity_days < tender.validity_days:
        words = Text(
            f"The tender documents require a bid validity of {tender.validity_days} days. A bid with a shorter validity is invalid.",
            f"招标文件要求投标有效期不少于{tender.validity_days}日，短于该期限的投标无效。",
        )
        yield Gap(WARNING, "validity_days", words, "O87 23")


def _of_responses(wanted: list[Requirement], offer: Offer) -> Iterator[Gap]:
    for requirement in wanted:
        response, place = offer.responses.get(requirement.id), f"responses/{requirement.id}"
        if response is None or not response.value:
            words = Text(f"Enter your response to {requirement.code}.", f"请对{requirement.code}作出响应。")
            yield Gap(ERROR, place, words)
        elif requirement.starred and response.deviation == "worse":
            words = Text(
                f"{requirement.code} is mandatory. A bid that does not meet it is invalid.",
                f"{requirement.code}为实质性要求，负偏离将导致投标无效。",
            )
            yield Gap(WARNING, place, words, "O87 20")


def _of_declarations(offer: Offer) -> Iterator[Gap]:
    for name, declaration in DECLARATIONS.items():
        if name not in offer.declarations:
            words = Text(f"Declare: {declaration.en}", f"请作出声明：{declaration.zh}")
            yield Gap(ERROR, f"declarations/{name}", words)


def _of_files(wanted: list[Requirement], draft: BidDraft | None) -> Iterator[Gap]:
    attached = _attached(draft)
    for requirement in wanted:
        if requirement.evidence and requirement.code not in attached:
            words = Text(
                f"{requirement.code} requires evidence ({requirement.evidence}). Attach a file.",
                f"{requirement.code}要求提供证明材料（{requirement.evidence}），尚未上传对应文件。",
            )
            yield Gap(WARNING, f"files/{requirement.code}", words)


def _attached(draft: BidDraft | None) -> set[str]:
    return {file.requirement_code for file in draft.files} if draft is not None else set()


def _of_bond(session: Session, tender: Tender, lot_id: str, supplier_id: str) -> Iterator[Gap]:
    if bonds.in_order(session, tender, lot_id, supplier_id):
        return
    bond = bonds.of_supplier(session, lot_id, supplier_id)
    if bond is not None and bond.state == BondState.LATE:
        words = Text("Your bid bond arrived late. Your bid will be invalid.", "投标保证金逾期到账，投标将无效。")
    else:
        words = Text(
            "Your bid bond has not arrived yet. If it arrives after the deadline, your bid will be invalid.",
            "投标保证金尚未到账，截止时间后到账的投标无效。",
        )
    yield Gap(WARNING, "bond", words, "O87 63")


def _unread(typed: str) -> Text:
    return Text(
        f"“{typed}” is not an amount with at most 2 decimal places.", f"“{typed}”不是有效金额（最多两位小数）。"
    )
