"""Which forms carry the parts and acts of ``procurement.duties``, so that the gate knows them in any diagram."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.duties import Duties
from app.identity import roles
from app.procurement.duties import INCOMPATIBLE, Part

PARTS: Mapping[Part, frozenset[str]] = {
    Part.APPLIED: frozenset({"apply"}),
    Part.PLANNED: frozenset({"plan"}),
    Part.CONFIRMED: frozenset({"confirm_documents"}),
    Part.EVALUATED: frozenset({"answer_call", "review_conformity", "score_bids", "correct_scores", "sign_report"}),
    Part.CHECKED: frozenset({"check_payment"}),
    Part.APPROVED: frozenset({"approve_payment"}),
}
"""The forms by which a person comes to have had a part."""

ACTS: Mapping[str, frozenset[str]] = {
    "contracts.sign": frozenset({"sign_contract_buyer"}),
    "contracts.publish": frozenset({"publish_contract"}),
    "acceptance.accept": frozenset({"accept_delivery"}),
    "payments.approve": frozenset({"approve_payment"}),
    "payments.pay": frozenset({"pay"}),
}
"""The forms that do an act of the table."""


def may_be_one_person(one: str, other: str) -> bool:
    """Whether one person of an organisation may hold two roles (``identity.roles.KEPT_APART``)."""
    if one == other:
        return True
    if not (roles.known(one) and roles.known(other)) or frozenset({one, other}) in roles.KEPT_APART:
        return False
    return roles.ROLES[one].kind == roles.ROLES[other].kind


DUTIES = Duties(
    apart={
        form: frozenset().union(*(PARTS[part] for part in parts))
        for act, parts in INCOMPATIBLE.items()
        for form in ACTS[act]
    },
    together=may_be_one_person,
)
