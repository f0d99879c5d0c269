"""Seals: an office's own papers bear its electronic signature, visible where the paper has room for it.

The paper is drawn by the act; here the organisation that gives it seals the Chinese file, in the same transaction. Both
parties' signatures of a contract are acts of their own (``contracts.sign``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock, documents
from app.foundation.actor import SYSTEM, Actor
from app.identity.certificates import Signer
from app.procurement import acceptance, agreements, awards, bids, bonds, payments, tenders
from app.procurement.breaches import Breach
from app.procurement.contracts import Contract
from app.procurement.evaluation import Report
from app.procurement.suppliers import Registration
from app.workflow import notices

AUTOMATIC = "本平台（自动签署）"
"""Who seals in an automatic step."""


REASONS = {
    "agreement": "签订委托代理协议",
    "notice": "发布公告",
    "award_letter": "签发通知书",
    "opening_record": "签署开标记录",
    "acceptance": "出具履约验收书",
    "countersigned": "签署履约验收书",
    "price_confirmation": "确认修正后的报价",
    "evaluation_report": "送交评标报告",
    "bond_list": "退还投标保证金",
    "payment_application": "申请资金支付",
    "penalty_decision": "作出行政处罚决定",
    "certificate": "颁发供应商注册证书",
    "receipt": "签收投标文件",
}
"""What a seal says it was made for."""


def seal(
    session: Session,
    actor: Actor,
    signer: Signer,
    record: Any,
    *,
    organisation_id: str,
    reason: str,
    place: str = "issuer",
    paper: str = "document_zh_id",
) -> None:
    """Let an organisation seal a record's Chinese paper, whose id its field ``paper`` holds: it keeps the sealed file."""
    drawn = documents.get(session, getattr(record, paper))
    file = documents.read(session, drawn.id)
    sealed = sealed_file(session, actor, signer, file, organisation_id=organisation_id, reason=reason, place=place)
    owner = Actor(id=actor.id, name=actor.name, organisation_id=drawn.organisation_id)
    kept = documents.add(
        session,
        owner,
        name=drawn.name,
        media_type=drawn.media_type,
        source=sealed,
        case=drawn.case_id,
        kind=drawn.kind,
        access=drawn.access,
    )
    setattr(record, paper, kept.id)
    session.flush()


def sealed_file(
    session: Session,
    actor: Actor,
    signer: Signer,
    file: bytes,
    *,
    organisation_id: str,
    reason: str,
    place: str = "issuer",
) -> bytes:
    """A drawn PDF with the seal of an organisation, put by a person or by this service itself."""
    return signer.sign_pdf(
        session,
        file,
        organisation_id=organisation_id,
        person=AUTOMATIC if actor == SYSTEM else actor.name,
        reason=REASONS[reason],
        place=place,
    )


def notice(session: Session, actor: Actor, signer: Signer, published: tenders.Notice) -> None:
    """Whoever gives a notice seals it."""
    giver = notices.giver(published, tenders.get(session, published.tender_id))
    seal(session, actor, signer, published, organisation_id=giver, reason="notice")


def letters(session: Session, actor: Actor, signer: Signer, award: awards.Award) -> None:
    """The agency seals what it writes to the bidders, each letter once."""
    agency = tenders.of_lot(session, award.lot_id).agency_id
    for letter in award.letters:
        seal(session, actor, signer, letter, organisation_id=agency, reason="award_letter")


def report(session: Session, actor: Actor, signer: Signer, delivered: Report) -> None:
    """The agency seals the committee's report as the one that it hands to the buyer (O87 68)."""
    agency = tenders.of_lot(session, delivered.lot_id).agency_id
    seal(session, actor, signer, delivered, organisation_id=agency, reason="evaluation_report", place="agency")


def bond_list(session: Session, actor: Actor, signer: Signer, lot_id: str) -> None:
    """The agency seals the list of the bid bonds that this transaction returns; nothing where it returns none."""
    agency = tenders.of_lot(session, lot_id).agency_id
    for batch in bonds.batches_of(session, lot_id):
        if batch.made_at == clock.now(session):
            seal(session, actor, signer, batch, organisation_id=agency, reason="bond_list", paper="list_zh_id")


def decision(session: Session, actor: Actor, signer: Signer, breach: Breach) -> None:
    """The finance department seals the penalty decision that its officer publishes."""
    assert actor.organisation_id is not None, "an officer acts for a finance department"
    seal(session, actor, signer, breach, organisation_id=actor.organisation_id, reason="penalty_decision")


def certificate(session: Session, actor: Actor, signer: Signer, registration: Registration) -> None:
    """The registrar's office seals the certificate of a supplier that it has registered."""
    assert actor.organisation_id is not None, "a registrar acts for the platform's office"
    office, paper = actor.organisation_id, "certificate_zh_id"
    seal(session, actor, signer, registration, organisation_id=office, reason="certificate", paper=paper)


def agreement(session: Session, actor: Actor, signer: Signer, signed: agreements.Agreement) -> None:
    """The party that has just signed an agreement seals it."""
    party = signed.signatures[-1].party
    giver = signed.agency_id if party == "agency" else signed.buyer_id
    seal(session, actor, signer, signed, organisation_id=giver, reason="agreement", place=party)


def opening(session: Session, actor: Actor, signer: Signer, signed: bids.Opening) -> None:
    """The agency seals the opening record that its host has signed."""
    agency = tenders.of_lot(session, signed.lot_id).agency_id
    seal(session, actor, signer, signed, organisation_id=agency, reason="opening_record")


def price_confirmation(session: Session, actor: Actor, signer: Signer, confirmed: bids.PriceCorrection) -> None:
    """A bidder seals that it confirms its corrected price."""
    bidder = confirmed.opened.bid.supplier_id
    seal(session, actor, signer, confirmed, organisation_id=bidder, reason="price_confirmation")


def acceptance_certificate(
    session: Session, actor: Actor, signer: Signer, contract: Contract, decided: acceptance.Acceptance
) -> None:
    """The buyer seals what it decided on a delivery."""
    buyer = contract.buyer_id
    seal(session, actor, signer, decided, organisation_id=buyer, reason="acceptance")


def countersigned(session: Session, actor: Actor, signer: Signer, *, contract_id: str, **said: Any) -> None:
    """The supplier says what it does to the newest acceptance certificate (``acceptance.countersign``); signing seals it."""
    found = acceptance.countersign(session, actor, contract_id=contract_id, **said)
    if found.supplier_opinion == "confirmed":
        seal(
            session,
            actor,
            signer,
            found,
            organisation_id=found.supplier_id,
            reason="countersigned",
            place="supplier",
        )


def payment_application(session: Session, actor: Actor, signer: Signer, invoice: payments.Invoice) -> None:
    """The supplier seals its application for payment."""
    supplier = invoice.contract.supplier_id
    seal(session, actor, signer, invoice, organisation_id=supplier, reason="payment_application")
