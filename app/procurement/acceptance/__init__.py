"""Acceptance: the supplier reports a delivery, the buyer accepts it requirement by requirement, alone or with a group."""

from app.procurement.acceptance.countersigning import NothingToSign, countersign, to_sign
from app.procurement.acceptance.deliveries import (
    DeliveryInFuture,
    DeliveryOpen,
    EvidenceMissing,
    NothingDelivered,
    Row,
    RowsIncomplete,
    accept,
    accepted,
    feedback_on,
    latest,
    of_contract,
    overdue,
    report,
)
from app.procurement.acceptance.groups import GroupInvalid, NewMember, SignedSheetMissing
from app.procurement.acceptance.records import (
    GROUP_ROLES,
    OPINIONS,
    RATINGS,
    SUPPLIER_OPINIONS,
    Acceptance,
    AcceptanceMember,
    AcceptanceRow,
    Delivery,
)
from app.procurement.acceptance.sheets import requirements_of

__all__ = [
    "GROUP_ROLES",
    "OPINIONS",
    "RATINGS",
    "SUPPLIER_OPINIONS",
    "Acceptance",
    "AcceptanceMember",
    "AcceptanceRow",
    "Delivery",
    "DeliveryInFuture",
    "DeliveryOpen",
    "EvidenceMissing",
    "GroupInvalid",
    "NewMember",
    "NothingDelivered",
    "NothingToSign",
    "Row",
    "RowsIncomplete",
    "SignedSheetMissing",
    "accept",
    "accepted",
    "countersign",
    "feedback_on",
    "latest",
    "of_contract",
    "overdue",
    "report",
    "requirements_of",
    "to_sign",
]
