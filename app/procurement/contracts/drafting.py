"""Drafting a contract from the award: generated whole, so that it can't differ from the documents and the bid (O87 71)."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.foundation import clock, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound, RuleBroken
from app.foundation.money import CENT
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import awards, papers, projects, rules, suppliers, tenders
from app.procurement.awards import Award
from app.procurement.bids import OpenedBid
from app.procurement.contracts import clauses
from app.procurement.contracts.clauses import Terms
from app.procurement.contracts.records import Contract, ContractState
from app.procurement.projects import Lot, LotState
from app.procurement.tenders import Tender
from app.procurement.tenders import terms as wording

SMALL = ("medium", "small", "micro")
"""The sizes of enterprises that the regulations on payments protect (SMEPay 3)."""


class ContractUnknown(NotFound):
    """There is no such contract, or none this person may know of."""

    text = Text("There is no such contract.", "没有该合同。")


class AwardNotFinal(Conflict):
    """A contract is drafted only once the award was published."""

    text = Text("The award of this lot has not been published yet.", "该采购包尚未公告中标结果。")
    statute = "GPL 46"


class ContractNotOpen(Conflict):
    """The contract isn't in the state this act needs."""

    text = Text("The contract is “%(state)s”. You cannot do this now.", "合同当前为“%(state)s”，不能执行此操作。")


class PerformanceBondTooHigh(RuleBroken):
    """A performance bond is at most a tenth of the contract's price (IR 48)."""

    text = Text(
        "The performance bond cannot exceed %(ceiling)s%% of the contract price.",
        "履约保证金不得超过合同金额的%(ceiling)s%%。",
    )
    statute = "IR 48"


STATE_NAMES: dict[str, Text] = {
    ContractState.DRAFTED: Text("waiting for the supplier's signature", "待供应商签署"),
    ContractState.SUPPLIER_SIGNED: Text("waiting for the buyer's signature", "待采购人签署"),
    ContractState.ACTIVE: Text("in performance", "履行中"),
    ContractState.COMPLETED: Text("completed", "已完成"),
}
"""The names of a contract's states."""


def draft(session: Session, actor: Actor, *, lot_id: str) -> Contract:
    """Draft the contract of a lot with the winner its award names, and keep its papers; again gives the same contract.

    :raises AwardNotFinal:
    :raises PerformanceBondTooHigh:
    """
    lot = projects.lot(session, lot_id, lock=True)
    found = of_lot(session, lot_id)
    if found is not None:
        return found
    award, tender = awards.get(session, lot_id), tenders.of_lot(session, lot_id)
    if lot.state != LotState.NOTIFIED or award.published_at is None:
        raise AwardNotFinal
    today = local_day(clock.now(session))
    contract = _drafted(session, award, tender, lot, today)
    session.add(contract)
    session.flush()
    drawn = papers.keep(
        session, actor, "contract", contract.content, case=lot.id, title=contract.title, kind="contract"
    )
    contract.document_zh_id, contract.document_en_id = (document.id for document in drawn)
    facts = {
        "contract": contract.id,
        "number": contract.number,
        "price": str(contract.price),
        "digest": contract.digest,
        "sign_by_on": str(contract.sign_by_on),
    }
    journal.write(session, actor, case=lot.project_id, act="contracts.draft", facts=facts)
    return contract


def _drafted(session: Session, award: Award, tender: Tender, lot: Lot, today: date) -> Contract:
    opened = session.get_one(OpenedBid, award.bid_id)
    law = rules.law(session, tender.project, on=today)
    terms = _terms(award, tender, opened, law)
    number = projects.next_number(session, "HT")
    content = clauses.compose(
        session, number=number, award=award, tender=tender, lot=lot, opened=opened, terms=terms, law=law
    )
    plain = papers.shown({**content, "dated_on": today})
    title = clauses.title_of(lot)
    assert award.published_at is not None, "refused before"
    letter_on = local_day(award.published_at)
    sign_by = law.at(letter_on).rule("contract_signing").last_day(workdays.load(session), letter_on)
    return Contract(
        number=number,
        lot_id=lot.id,
        tender_id=tender.id,
        bid_id=award.bid_id,
        award_id=award.id,
        buyer_id=tender.buyer_id,
        supplier_id=award.supplier_id,
        title_zh=title.zh,
        title_en=title.en,
        price=award.price,
        currency=award.currency,
        content=plain,
        digest=digest(plain),
        drafted_at=clock.now(session),
        sign_by_on=sign_by,
        delivery_days=terms.delivery_days,
        payment_days=terms.payment_days,
        acceptance_days=terms.acceptance_days,
        daily_interest=terms.daily_interest,
        is_sme=_is_sme(session, award.supplier_id),
        performance_bond=terms.performance_bond,
        account=clauses.account_of(session, award.supplier_id),
    )


def _terms(award: Award, tender: Tender, opened: OpenedBid, law: rules.Law) -> Terms:
    """The numbers as the documents and the bid have them; where the documents are silent, the law's."""
    ceiling = law.value("performance_bond_ceiling")
    if tender.performance_bond_percent > ceiling * 100:
        raise PerformanceBondTooHigh(ceiling=f"{(ceiling * 100).normalize():f}")
    return Terms(
        delivery_days=opened.delivery_days or tender.delivery_days,
        payment_days=tender.payment_days or law.count("payment"),
        acceptance_days=law.count("acceptance_period"),
        daily_interest=daily_interest(tender.terms.get("late_interest_percent"), law.on),
        performance_bond=(award.price * tender.performance_bond_percent / 100).quantize(CENT, ROUND_DOWN),
    )


def payment_period(session: Session, contract: Contract) -> Text:
    """By when the price is paid, by the contract and the law of the day it was signed."""
    signed_on = local_day(contract.signed_at) if contract.signed_at else None
    return wording.payment(contract.payment_days, projects.law_of_lot(session, contract.lot_id, on=signed_on))


def daily_interest(agreed_percent: Any, on: date) -> Decimal:
    """The share of a late amount for each day: as agreed for a year, but not below the prime rate; else the law's (SMEPay 17).

    ``agreed_percent``: the agreed rate of a year in percent, or nothing.
    """
    law = rules.common(on)
    if agreed_percent is None:
        return law.value("late_payment_interest")
    yearly = max(Decimal(str(agreed_percent)) / 100, law.value("loan_prime_rate"))
    return (yearly / law.value("interest_day_basis")).quantize(Decimal("0.00000001"))


def _is_sme(session: Session, supplier_id: str) -> bool:
    registration = suppliers.of_organisation(session, supplier_id)
    return registration is not None and registration.scale in SMALL


def digest(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of a contract's content."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def get(session: Session, contract_id: str, *, lock: bool = False) -> Contract:
    """A contract, under its row lock if asked.

    :raises ContractUnknown:
    """
    together = (
        ()
        if lock
        else (
            joinedload(Contract.lot).joinedload(Lot.project),
            joinedload(Contract.buyer),
            joinedload(Contract.supplier),
        )
    )
    contract = session.get(
        Contract, contract_id, with_for_update=lock or None, populate_existing=lock, options=together
    )
    if contract is None:
        raise ContractUnknown
    return contract


def of_lot(session: Session, lot_id: str) -> Contract | None:
    """A lot's contract, once it was drafted."""
    return session.scalars(select(Contract).where(Contract.lot_id == lot_id)).one_or_none()


def visible_to(actor: Actor, contract: Contract) -> bool:
    """Who may see a contract whole: its two parties, the agency, the finance department, auditors."""
    project = contract.lot.project
    parties = {contract.buyer_id, contract.supplier_id, project.agency_id, project.finance_id} - {None}
    return actor.organisation_id in parties or actor.has_role("auditor")
