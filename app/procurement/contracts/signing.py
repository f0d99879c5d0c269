"""Signing a contract: first the supplier, then the buyer, each with its organisation's signature in the same file (PAdES)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation import clock, dates, documents, journal, workdays
from app.foundation.actor import Actor
from app.foundation.documents import Document
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, local_day
from app.identity import certificates, roles
from app.identity.certificates import SignatureCheck, Signer
from app.procurement import awards, duties, mails, projects, rules
from app.procurement.contracts.drafting import STATE_NAMES, ContractNotOpen, get
from app.procurement.contracts.records import Contract, ContractSignature, ContractState
from app.procurement.projects import LotState

REASONS: dict[str, str] = {"supplier": "签订政府采购合同（乙方）", "buyer": "签订政府采购合同（甲方）"}
"""What a signature in the file says it was made for."""


def sign(session: Session, actor: Actor, *, contract_id: str, signer: Signer) -> ContractSignature:
    """Sign for one's own party: the supplier first, then the buyer; with both the contract is concluded.

    The buyer's signer had no part in handling or evaluating the procurement (GPL 61). Raises ContractNotOpen, DutiesApart, RoleMissing,
    or what keeps the award from being concluded (``awards.require_concludable``).
    """
    contract = get(session, contract_id, lock=True)
    party = _party(session, actor, contract)
    awards.require_concludable(session, contract.lot_id)
    signature = _signed(session, actor, contract, party, signer)
    if party == "supplier":
        contract.state = ContractState.SUPPLIER_SIGNED
    else:
        _conclude(session, contract)
    facts = {
        "contract": contract.id,
        "party": party,
        "digest": signature.digest,
        "late": local_day(signature.signed_at) > contract.sign_by_on,
    }
    journal.write(session, actor, case=contract.lot.project_id, act="contracts.sign", facts=facts)
    return signature


def _party(session: Session, actor: Actor, contract: Contract) -> str:
    if contract.state == ContractState.DRAFTED:
        roles.require(actor, "supplier-signer", contract.supplier_id)
        return "supplier"
    if contract.state == ContractState.SUPPLIER_SIGNED:
        roles.require(actor, "buyer-contract-officer", contract.buyer_id)
        duties.require_apart(session, actor, "contracts.sign", contract.lot_id)
        return "buyer"
    raise ContractNotOpen(state=STATE_NAMES[contract.state])


def _signed(session: Session, actor: Actor, contract: Contract, party: str, signer: Signer) -> ContractSignature:
    assert contract.document_zh_id is not None, "a contract is drafted with its papers"
    document = add_signed(session, actor, contract, party, contract.document_zh_id, signer)
    contract.document_zh_id = document.id
    signature = ContractSignature(
        contract_id=contract.id,
        party=party,
        account_id=actor.id,
        name=actor.name,
        document_id=document.id,
        digest=document.digest,
        signed_at=clock.now(session),
    )
    session.add(signature)
    session.flush()
    session.expire(contract, ["signatures"])
    return signature


def add_signed(
    session: Session, actor: Actor, contract: Contract, party: str, document_id: str, signer: Signer
) -> Document:
    """A document with one more signature in it, of a party of the contract by this person: a new document."""
    unsigned = documents.get(session, document_id)
    file = signer.sign_pdf(
        session,
        documents.read(session, unsigned.id),
        organisation_id=contract.supplier_id if party == "supplier" else contract.buyer_id,
        person=actor.name,
        reason=REASONS[party],
        place=party,
    )
    return documents.add(
        session,
        actor,
        name=unsigned.name,
        media_type="application/pdf",
        source=file,
        case=contract.lot_id,
        kind="contract",
    )


def _conclude(session: Session, contract: Contract) -> None:
    """Both have signed: the contract is active, and every period that counts from its day begins."""
    now = clock.now(session)
    today, calendar = local_day(now), workdays.load(session)
    contract.state, contract.signed_at = ContractState.ACTIVE, now
    contract.delivery_due_on = today + contract.delivery_days * ONE_DAY
    lot = projects.lot(session, contract.lot_id, lock=True)
    law = rules.law(session, lot.project, on=today)
    contract.publish_by_on = law.rule("contract_publication").last_day(calendar, today)
    contract.file_by_on = law.rule("contract_filing").last_day(calendar, today)
    lot.contracted = contract.total
    projects.move_lot(session, lot, LotState.CONTRACTED)
    session.flush()
    due = dates.by(contract.delivery_due_on)
    secured = Text("", "")
    if contract.performance_bond:
        amount = f"{contract.performance_bond:,.2f}"
        secured = Text(
            f" Before that, submit the performance bond of ¥{amount} on the contract's page.",
            f"履约前请在合同页面提交{amount}元履约保证金。",
        )
    mails.tell(
        session,
        organisation_id=contract.supplier_id,
        roles=("supplier-signer", "supplier-bidder"),
        key=f"contract:{contract.id}",
        subject=Text(f"Contract {contract.number} is signed", f"合同{contract.number}已签订"),
        body=Text(
            f"Both parties have signed “{contract.title.en}”. Perform it {due.en}.{secured.en}",
            f"《{contract.title.zh}》已由双方签署，请于{due.zh}完成履约。{secured.zh}",
        ),
        page=f"/contracts/{contract.id}",
        project=contract.lot.project.number,
    )


def checks(session: Session, contract: Contract) -> list[SignatureCheck]:
    """What holds of the signatures in the contract's file, as its bytes are now."""
    assert contract.document_zh_id is not None, "a contract is drafted with its papers"
    return certificates.verify_pdf(session, documents.read(session, contract.document_zh_id))
