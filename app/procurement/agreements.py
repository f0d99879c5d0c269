"""Entrusting agreements between a buyer and the agency it chose freely (GPL 18-20, IR 16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id


class AgreementState(StrEnum):
    """A proposal is signed by the agency, then by the buyer, or declined."""

    PROPOSED = "proposed"
    AGENCY_SIGNED = "agency_signed"
    SIGNED = "signed"
    DECLINED = "declined"


class Agreement(Base):
    """An entrusting agreement (委托代理协议): scope, powers, term and fee."""

    __tablename__ = "agreement"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"), index=True)
    buyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    agency_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    scope: Mapped[str] = mapped_column(LongText)
    powers: Mapped[list[str]] = mapped_column(Json)
    term_until: Mapped[date]
    fee: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    fee_payer: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), default=AgreementState.PROPOSED)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    declined_by: Mapped[str] = mapped_column(String(10), default="")
    decline_reasons: Mapped[str] = mapped_column(LongText, default="")

    signatures: Mapped[list[AgreementSignature]] = relationship(order_by="AgreementSignature.id")


class AgreementSignature(Base):
    """One party's signature: who signed what text (``digest``, SHA-256 of the canonical agreement), when."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("agreement_id", "party"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    agreement_id: Mapped[str] = mapped_column(String(32), ForeignKey("agreement.id"))
    party: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
