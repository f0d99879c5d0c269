"""What the supplier says to the acceptance certificate (验收书): it signs, or it objects with reasons."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict
from app.foundation.text import Text
from app.identity import roles
from app.procurement import contracts
from app.procurement.acceptance.deliveries import latest
from app.procurement.acceptance.records import SUPPLIER_OPINIONS, Acceptance
from app.procurement.projects import ReasonsMissing


class NothingToSign(Conflict):
    """The supplier signs the certificate of the newest delivery, once."""

    code = "acceptance-nothing-to-sign"
    text = Text("No acceptance certificate is waiting for your signature.", "没有待签署的验收书。")


def to_sign(session: Session, contract_id: str) -> Acceptance | None:
    """The certificate of a contract's newest delivery, while the supplier has said nothing to it."""
    delivery = latest(session, contract_id)
    found = delivery.acceptance if delivery is not None else None
    return found if found is not None and not found.supplier_opinion else None


def countersign(session: Session, actor: Actor, *, contract_id: str, opinion: str, reasons: str = "") -> Acceptance:
    """The supplier signs the newest certificate (``confirmed``), or says why it objects (``objects``).

    The buyer's decision and the payment stand whatever it says.

    :raises NothingToSign:
    :raises ReasonsMissing:
    :raises RoleMissing:
    """
    contract = contracts.get(session, contract_id, lock=True)
    roles.require(actor, "supplier-signer", contract.supplier_id)
    if opinion not in SUPPLIER_OPINIONS:
        raise ValueError(f"unknown opinion: {opinion}")
    found = to_sign(session, contract.id)
    if found is None:
        raise NothingToSign
    if opinion == "objects" and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    found.supplier_opinion = opinion
    found.supplier_reasons = reasons.strip() if opinion == "objects" else ""
    found.supplier_signed_by, found.supplier_signed_by_name = actor.id, actor.name
    found.supplier_signed_at = clock.now(session)
    facts = {"contract": contract.id, "number": found.number, "opinion": opinion, "reasons": found.supplier_reasons}
    journal.write(session, actor, case=contract.lot.project_id, act="acceptance.countersign", facts=facts)
    return found
