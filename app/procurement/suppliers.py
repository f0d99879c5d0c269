"""Suppliers: open registration by unified social credit code, declarations first, the registrar's review, a certificate.

A declaration suffices; nothing that the office can query itself is asked for (Notice 38/2019, part 3; GPL 22).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, UtcDateTime, new_id


class RegistrationState(StrEnum):
    """Declared → active → restricted (while an exclusion is valid) → expired; returned asks for a correction."""

    DECLARED = "declared"
    RETURNED = "returned"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    EXPIRED = "expired"


class Registration(Base):
    """A supplier's registration. ``scale`` is large, medium, small or micro, as the supplier declares it (N46)."""

    __tablename__ = "supplier_registration"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), unique=True)
    legal_representative: Mapped[str] = mapped_column(String(100))
    scale: Mapped[str] = mapped_column(String(10))
    welfare: Mapped[str] = mapped_column(String(10), default="none")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(20), default=RegistrationState.DECLARED)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    review_reasons: Mapped[str] = mapped_column(LongText, default="")
    certificate_number: Mapped[str | None] = mapped_column(String(40), unique=True, default=None)
    certificate_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    certificate_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    valid_until: Mapped[date | None] = mapped_column(default=None)

    declarations: Mapped[list[Declaration]] = relationship(order_by="Declaration.condition")


class Declaration(Base):
    """One condition of GPL 22 a supplier declares to meet. ``condition`` is its number there, 1 to 6."""

    __tablename__ = "supplier_declaration"
    __table_args__ = (UniqueConstraint("registration_id", "condition"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(String(32), ForeignKey("supplier_registration.id"))
    condition: Mapped[int]
    declared: Mapped[bool]


class Exclusion(Base):
    """A time in which a supplier may not take part in government procurement; decided upstairs, in breaches."""

    __tablename__ = "supplier_exclusion"
    __table_args__ = (Index(None, "organisation_id", "valid_until"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    basis: Mapped[str] = mapped_column(String(100))
    reasons: Mapped[str] = mapped_column(LongText)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
