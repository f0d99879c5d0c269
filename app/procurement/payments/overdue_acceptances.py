"""An acceptance that the buyer lets pass: those who answer for it are told, and a smaller enterprise may apply at once (SMEPay 10)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import acceptance, contracts, mails
from app.procurement.acceptance import Delivery
from app.procurement.contracts import Contract
from app.procurement.payments.requests import NotOverdue, outstanding
from app.procurement.rules import laws


def note_overdue(session: Session, actor: Actor, *, contract_id: str) -> bool:
    """The time for an acceptance ends: tell the buyer, its reviewer too; says whether the supplier may apply meanwhile.

    It may as a smaller enterprise to which something is owed that it hasn't applied for (SMEPay 10).

    :raises NotOverdue:
    """
    contract, delivery = contracts.get(session, contract_id), acceptance.latest(session, contract_id)
    if delivery is None or delivery.acceptance is not None:
        return False
    if local_day(clock.now(session)) < delivery.accept_by_on:
        raise NotOverdue
    may_apply = contract.is_sme and outstanding(session, contract) > 0
    _tell_buyer(session, contract, delivery)
    if may_apply:
        _tell_supplier(session, contract, delivery)
    facts = {"contract": contract.number, "delivery": delivery.id, "may_apply": may_apply}
    journal.write(session, actor, case=contract.lot.project_id, act="payments.note_overdue", facts=facts)
    return may_apply


def _tell_buyer(session: Session, contract: Contract, delivery: Delivery) -> None:
    by, law = dates.day(delivery.accept_by_on), laws.citation("SMEPay 10")
    mails.tell(
        session,
        organisation_id=contract.buyer_id,
        roles=("buyer-contract-officer", "buyer-reviewer"),
        key=f"acceptance-overdue:{delivery.id}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"Acceptance overdue: contract {contract.number}", f"验收逾期：合同{contract.number}"),
        body=Text(
            f"The delivery under contract {contract.number} should have been accepted by {by.en} and has not been. For a small "
            f"or medium enterprise, the payment period began on that day ({law.en}).",
            f"合同{contract.number}项下的交付应于{by.zh}前完成验收，至今未完成。供应商为中小企业的，付款期限自该日起算（{law.zh}）。",
        ),
    )


def _tell_supplier(session: Session, contract: Contract, delivery: Delivery) -> None:
    law = laws.citation("SMEPay 10")
    mails.tell(
        session,
        organisation_id=contract.supplier_id,
        roles=("supplier-signer",),
        key=f"may-apply:{delivery.id}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"You may apply for payment: contract {contract.number}", f"可以申请付款：合同{contract.number}"),
        body=Text(
            f"The acceptance of your delivery under contract {contract.number} is overdue. You can apply for payment "
            f"without waiting for it ({law.en}).",
            f"贵单位在合同{contract.number}项下的交付验收已逾期，贵单位可以不待验收先行申请付款（{law.zh}）。",
        ),
    )
