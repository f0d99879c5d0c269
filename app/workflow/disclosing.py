"""Where acts that publish say so: the one place from which notices and open data are rendered, before the same commit."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from app.procurement import disclosure


class Kind(StrEnum):
    """What was published; each is one event in the public life of a project."""

    TENDER = "tender"
    CLARIFICATION = "clarification"
    CHANGE = "change"
    FAILURE = "failure"
    TERMINATION = "termination"
    OPENING = "opening"
    AWARD = "award"
    CONTRACT = "contract"
    ADDITION = "addition"
    DELIVERY = "delivery"
    ACCEPTANCE = "acceptance"
    PAYMENT = "payment"


def published(session: Session, kind: Kind, *, project_id: str) -> None:
    """Say that something of a project has just become public, in the transaction that made it so."""
    disclosure.release(session, project_id=project_id, tags=_TAGS[kind])


_TAGS: dict[Kind, tuple[str, ...]] = {
    Kind.TENDER: ("planning", "tender"),
    Kind.CLARIFICATION: ("tenderUpdate",),
    Kind.CHANGE: ("tenderAmendment",),
    Kind.FAILURE: ("award", "tenderUpdate"),
    Kind.TERMINATION: ("tenderCancellation",),
    Kind.OPENING: ("tenderUpdate",),
    Kind.AWARD: ("award",),
    Kind.CONTRACT: ("contract",),
    Kind.ADDITION: ("contractAmendment",),
    Kind.DELIVERY: ("implementation",),
    Kind.ACCEPTANCE: ("implementationUpdate",),
    Kind.PAYMENT: ("implementationUpdate",),
}
"""The OCDS release tags of each event (OCDS 1.1.5, codelist releaseTag); a failed lot is an award that couldn't be made."""
