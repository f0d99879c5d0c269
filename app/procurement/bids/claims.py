"""What a supplier claims of itself and its goods, held against its registration and the documents' rules.

Small and medium enterprises: goods count by who makes them, works and services by who does them (N46 4). So a bidder that
is registered as larger than it claims must name another maker of the goods, or doesn't claim at all. Each maker is held
against its own registration where it has one here; where it has none, the bid's word is its declaration (N46 11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.foundation.text import Text
from app.identity import organisations
from app.procurement import rules, suppliers, tenders
from app.procurement.bids.offers import SME_KINDS
from app.procurement.bids.shortfalls import ERROR, Gap
from app.procurement.projects import Lot
from app.procurement.suppliers import Registration
from app.procurement.tenders import Tender
from app.sealer.offers import CONSORTIUM, Offer

SIZES = ("micro", "small", "medium", "large")
"""The sizes of enterprises, ascending (N46 2)."""

SMALL = ("micro", "small")
"""The sizes that a consortium's or subcontract's partner must have (N46 9)."""

WELFARE = ("prison", "disabled")
"""Those treated like small and micro enterprises (Notices 68/2014 and 141/2017)."""

AGREEMENT = "agreement"
"""The code that the consortium or subcontract agreement is attached under, where others have a requirement's."""

HUNDRED = Decimal(100)

_APART = re.compile(r"[；;、\n]")
"""What stands between the names of several makers; a comma is part of many names."""


def claims_of(
    session: Session, tender: Tender, lot: Lot, supplier_id: str, offer: Offer, attached: Iterable[str]
) -> Iterator[Gap]:
    """The claims of an offer that don't hold; ``attached`` are the codes of the draft's files."""
    registration = suppliers.of_organisation(session, supplier_id)
    makers = _other_makers(registration, offer) if lot.project.object == "goods" else []
    if makers:
        yield from _of_makers(session, makers, offer)
    elif registration is not None:
        yield from _of_size(lot, registration, offer)
    if lot.sme_mode == "reserved" and offer.sme not in (*SIZES[:3], *WELFARE):
        words = Text(
            "This lot is reserved for small and medium enterprises: state which kind of enterprise makes the goods or does the work.",
            "本采购包专门面向中小企业采购，请声明货物制造商或者承接企业属于何种中小企业。",
        )
        yield Gap(ERROR, "sme", words, "N46 6, 8")
    if offer.sme == CONSORTIUM:
        yield from _of_partner(session, tender, supplier_id, offer, set(attached))
    if offer.domestic:
        yield from _of_domestic(session, tender, offer)


def admits_consortia(tender: Tender) -> bool:
    """Whether the documents admit consortia; documents that don't say so admit none (GPL 24, O87 20)."""
    return bool(tender.terms.get("consortium"))


def _of_size(lot: Lot, registration: Registration, offer: Offer) -> Iterator[Gap]:
    if _fits(registration, offer.sme):
        return
    claimed, known = SME_KINDS[offer.sme], suppliers.SCALES.get(registration.scale, SME_KINDS["none"])
    if lot.project.object == "goods":
        words = Text(
            f"You are registered as “{known.en}”, the bid says “{claimed.en}”. Correct it, or name the other company that makes the goods.",
            f"贵单位登记为“{known.zh}”，投标文件声明为“{claimed.zh}”。请更正；货物由其他企业制造的，请填写制造商名称。",
        )
    else:
        words = Text(
            f"You are registered as “{known.en}”, the bid says “{claimed.en}”. Correct it.",
            f"贵单位登记为“{known.zh}”，投标文件声明为“{claimed.zh}”，请更正。",
        )
    yield Gap(ERROR, "sme", words, "N46 2, 4")


def _fits(registration: Registration, claimed: str) -> bool:
    if claimed in WELFARE:
        return registration.welfare == claimed
    if claimed in SIZES:
        return SIZES.index(registration.scale) <= SIZES.index(claimed)
    return True


def _other_makers(registration: Registration | None, offer: Offer) -> list[str]:
    """The companies that the bid names as makers of the goods, but for the bidder itself."""
    own = () if registration is None else tuple(registration.organisation.name)
    names = [name.strip() for name in _APART.split(offer.maker)]
    return [name for name in names if name and name not in own]


def _of_makers(session: Session, makers: Sequence[str], offer: Offer) -> Iterator[Gap]:
    """What is made by several counts as made by the smaller ones only if all of them are (N46 4)."""
    claimed = SME_KINDS[offer.sme]
    for registration in suppliers.by_names(session, makers):
        if _fits(registration, offer.sme):
            continue
        name, known = registration.organisation.name, suppliers.SCALES[registration.scale]
        words = Text(
            f"{name.en} is registered as “{known.en}”, the bid says “{claimed.en}” of the company that makes the goods. Correct it.",
            f"制造商{name.zh}登记为“{known.zh}”，投标文件声明为“{claimed.zh}”，请更正。",
        )
        yield Gap(ERROR, "maker", words, "N46 2, 4")


def _of_partner(session: Session, tender: Tender, supplier_id: str, offer: Offer, attached: set[str]) -> Iterator[Gap]:
    if not admits_consortia(tender):
        words = Text("The tender documents do not accept consortia.", "招标文件不接受联合体投标。")
        yield Gap(ERROR, "sme", words, "GPL 24, O87 20")
        return
    yield from _of_member(session, supplier_id, offer)
    least = tenders.law_of_notice(session, tender).value("sme_partner_share") * HUNDRED
    if offer.partner_share is None or not least <= offer.partner_share < HUNDRED:
        words = Text(
            f"Enter the partner's share of the contract, at least {least:f}%.".replace(".00", ""),
            f"请填写小微企业合同份额占比，不得低于{least:f}%。".replace(".00", ""),
        )
        yield Gap(ERROR, "partner_share", words, "N46 9")
    if AGREEMENT not in attached:
        words = Text("Attach the consortium or subcontract agreement.", "请上传联合体协议或者分包意向协议。")
        yield Gap(ERROR, "agreement", words, "GPL 24, N46 9")


def _of_member(session: Session, supplier_id: str, offer: Offer) -> Iterator[Gap]:
    member = organisations.by_code(session, offer.partner_uscc) if offer.partner_uscc else None
    registration = suppliers.of_organisation(session, member.id) if member is not None else None
    if not offer.partner or registration is None:
        words = Text(
            "Enter the partner's name and the unified social credit code it is registered under on this service.",
            "请填写合作小微企业的名称，以及其在本平台登记的统一社会信用代码。",
        )
        yield Gap(ERROR, "partner", words, "GPL 24, N46 9")
    elif registration.organisation_id == supplier_id:
        yield Gap(
            ERROR, "partner", Text("The partner cannot be your own company.", "合作企业不得为投标人自身。"), "N46 9"
        )
    elif registration.scale not in SMALL and registration.welfare not in WELFARE:
        words = Text(
            "The partner is not registered as a small or micro enterprise.", "该企业登记的类型不是小型或者微型企业。"
        )
        yield Gap(ERROR, "partner", words, "N46 9")


def _of_domestic(session: Session, tender: Tender, offer: Offer) -> Iterator[Gap]:
    try:
        least = tenders.law_of_notice(session, tender).rule("domestic_cost_share")
    except rules.NoRule:
        return
    share = least.value * HUNDRED
    asked = bool(tender.terms.get("domestic_share"))
    if offer.domestic_share is None and not asked:
        return
    if offer.domestic_share is None or not share <= offer.domestic_share <= HUNDRED:
        words = Text(
            f"Domestic products must make up at least {share:f}% of the cost of the products offered.".replace(
                ".00", ""
            ),
            f"本国产品成本之和占全部产品成本之和的比例不得低于{share:f}%。".replace(".00", ""),
        )
        yield Gap(ERROR, "domestic_share", words, least.citation)
