"""Additions to contracts: an act that no diagram runs, with what becomes public by it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.identity.certificates import Signer
from app.procurement import contracts
from app.procurement.contracts import Amendment
from app.workflow import disclosing


def agree(session: Session, actor: Actor, *, amendment_id: str, signer: Signer) -> Amendment:
    """The supplier signs an addition (see ``contracts.agree``); of a published contract the public learns it."""
    amendment = contracts.agree(session, actor, amendment_id=amendment_id, signer=signer)
    contract = contracts.get(session, amendment.contract_id)
    if contract.published_at is not None:
        disclosing.published(session, disclosing.Kind.ADDITION, project_id=contract.lot.project_id)
    return amendment
