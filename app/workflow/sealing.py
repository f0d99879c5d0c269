"""Seals: an office's own papers bear its electronic signature, visible where the paper has room for it.

The paper is drawn by the act; here the organisation that gives it seals the Chinese file, in the same transaction. Both
parties' signatures of a contract are acts of their own (``contracts.sign``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.engine.engine import Intake, IntakeContext
from app.foundation import documents
from app.foundation.actor import SYSTEM, Actor
from app.identity.certificates import Signer
from app.procurement import acceptance, agreements, awards, bids, contracts, evaluation, tenders

AUTOMATIC = "本平台（自动签署）"
"""Who seals in an automatic step."""


class Papered(Protocol):
    """A record with its papers."""

    document_zh_id: str | None


REASONS = {
    "agreement": "签订委托代理协议",
    "notice": "发布公告",
    "award_letter": "签发通知书",
    "opening_record": "签署开标记录",
    "acceptance": "出具履约验收书",
    "price_confirmation": "确认修正后的报价",
}
"""What a seal says it was made for."""


def seal(
    session: Session,
    actor: Actor,
    signer: Signer,
    record: Papered,
    *,
    organisation_id: str,
    reason: str,
    place: str = "issuer",
) -> None:
    """Let an organisation seal a record's Chinese paper: the record keeps the sealed file from now on."""
    assert record.document_zh_id is not None, "what is sealed has been drawn"
    drawn = documents.get(session, record.document_zh_id)
    sealed = signer.sign_pdf(
        session,
        documents.read(session, drawn.id),
        organisation_id=organisation_id,
        person=AUTOMATIC if actor == SYSTEM else actor.name,
        reason=REASONS[reason],
        place=place,
    )
    owner = Actor(id=actor.id, name=actor.name, organisation_id=drawn.organisation_id)
    record.document_zh_id = documents.add(
        session,
        owner,
        name=drawn.name,
        media_type=drawn.media_type,
        source=sealed,
        case=drawn.case_id,
        kind=drawn.kind,
        access=drawn.access,
    ).id
    session.flush()


def notice(session: Session, actor: Actor, signer: Signer, published: tenders.Notice) -> None:
    """Whoever gives a notice seals it: the agency, and of a contract the buyer."""
    tender = tenders.get(session, published.tender_id)
    giver = tender.buyer_id if published.kind == "contract" else tender.agency_id
    seal(session, actor, signer, published, organisation_id=giver, reason="notice")


def letters(session: Session, actor: Actor, signer: Signer, award: awards.Award) -> None:
    """The agency seals what it writes to the bidders, each letter once."""
    agency = tenders.of_lot(session, award.lot_id).agency_id
    for letter in award.letters:
        seal(session, actor, signer, letter, organisation_id=agency, reason="award_letter")


def sealing(intake: Mapping[str, Intake], signer: Signer) -> dict[str, Intake]:
    """The intakes of the forms whose papers are sealed, each with its seal."""

    def sealed(take: Intake, put: Callable[[IntakeContext, Signer], None]) -> Intake:
        def taken(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any] | None:
            given = take(context, values)
            put(context, signer)
            return given

        return taken

    return {form: sealed(intake[form], put) for form, put in _SEALED.items()}


def _agreement(context: IntakeContext, signer: Signer) -> None:
    agreement = agreements.current(context.session, context.variables["project_id"])
    if agreement.state == agreements.AgreementState.DECLINED:
        return
    party = agreement.signatures[-1].party
    giver = agreement.agency_id if party == "agency" else agreement.buyer_id
    seal(context.session, context.actor, signer, agreement, organisation_id=giver, reason="agreement", place=party)


def _opening(context: IntakeContext, signer: Signer) -> None:
    opening = bids.opening_of(context.session, context.variables["lot_id"])
    assert opening is not None, "its record was just signed"
    agency = tenders.of_lot(context.session, opening.lot_id).agency_id
    seal(context.session, context.actor, signer, opening, organisation_id=agency, reason="opening_record")


def _price_confirmation(context: IntakeContext, signer: Signer) -> None:
    correction = evaluation.correction_of(context.session, context.variables["correction"]["bid_id"])
    if correction.is_confirmed:
        bidder = correction.opened.bid.supplier_id
        seal(context.session, context.actor, signer, correction, organisation_id=bidder, reason="price_confirmation")


def _acceptance(context: IntakeContext, signer: Signer) -> None:
    contract = contracts.get(context.session, context.variables["contract_id"])
    delivery = acceptance.latest(context.session, contract.id)
    assert delivery is not None, "it was just decided"
    decided = delivery.acceptance
    assert decided is not None, "it was just decided"
    seal(context.session, context.actor, signer, decided, organisation_id=contract.buyer_id, reason="acceptance")


def _newest_notice(context: IntakeContext, signer: Signer) -> None:
    tender = tenders.of_project(context.session, context.variables["project_id"])
    notice(context.session, context.actor, signer, tender.notices[-1])


def _contract_notice(context: IntakeContext, signer: Signer) -> None:
    contract = contracts.get(context.session, context.variables["contract_id"])
    notice(context.session, context.actor, signer, tenders.get(context.session, contract.tender_id).notices[-1])


_SEALED: dict[str, Callable[[IntakeContext, Signer], None]] = {
    "sign_agreement_agency": _agreement,
    "sign_agreement_buyer": _agreement,
    "sign_opening_record": _opening,
    "confirm_price": _price_confirmation,
    "accept_delivery": _acceptance,
    "publish_contract": _contract_notice,
    "answer_question": _newest_notice,
}
