"""The tables of contracts: the contract with its signatures, its performance bond and its amendments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.foundation.text import Text
from app.identity.organisations import Organisation
from app.procurement.projects import Lot


class ContractState(StrEnum):
    """Drafted → signed by the supplier → active (signed by both) → completed (accepted and paid)."""

    DRAFTED = "drafted"  #: the buyer has written it; nobody has signed
    SUPPLIER_SIGNED = "supplier_signed"  #: the supplier has signed, the buyer has not
    ACTIVE = "active"  #: both have signed; it is performed
    COMPLETED = "completed"  #: everything was accepted and paid


class Contract(Base):
    """A lot's contract. ``content`` is what its papers say (``papers.contents.ContractContent`` as plain JSON).

    ``document_zh_id`` is the newest signed file, ``document_en_id`` the translation, ``public_…_id`` what was published.
    ``daily_interest`` is the share of a late amount for each day; ``is_sme``: the supplier was a small or medium
    enterprise when the contract was concluded (SMEPay 3).
    """

    __tablename__ = "contract"
    __table_args__ = (Index(None, "state", "signed_at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), unique=True)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"), index=True)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"))
    award_id: Mapped[str] = mapped_column(String(32))
    buyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[str] = mapped_column(String(320))
    title_en: Mapped[str] = mapped_column(String(320))
    price: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[ContractState] = mapped_column(one_of(ContractState, 20, "state"), default=ContractState.DRAFTED)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sign_by_on: Mapped[date]
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    delivery_days: Mapped[int]
    payment_days: Mapped[int]
    acceptance_days: Mapped[int]
    daily_interest: Mapped[Decimal] = mapped_column(Exact(8))
    is_sme: Mapped[bool] = mapped_column(default=False)
    performance_bond: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    account: Mapped[str] = mapped_column(String(240), default="")
    delivery_due_on: Mapped[date | None] = mapped_column(default=None)
    publish_by_on: Mapped[date | None] = mapped_column(default=None)
    file_by_on: Mapped[date | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    secret_clauses: Mapped[list[str]] = mapped_column(Json, default=list)
    secrecy_reasons: Mapped[str] = mapped_column(LongText, default="")
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    public_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    public_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    lot: Mapped[Lot] = relationship()
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_id])
    supplier: Mapped[Organisation] = relationship(foreign_keys=[supplier_id])
    signatures: Mapped[list[ContractSignature]] = relationship(order_by="ContractSignature.id")
    amendments: Mapped[list[Amendment]] = relationship(order_by="Amendment.number")
    bonds: Mapped[list[PerformanceBond]] = relationship(order_by="PerformanceBond.id")

    @property
    def title(self) -> Text:
        """The contract's title in both languages."""
        return Text(self.title_en, self.title_zh)

    @property
    def total(self) -> Decimal:
        """What is owed in all: the price with the additions that both parties agreed on."""
        return self.price + sum((a.amount for a in self.amendments if a.agreed_at is not None), Decimal(0))

    @property
    def signed(self) -> bool:
        """Whether both parties have signed."""
        return self.signed_at is not None


class ContractSignature(Base):
    """A party's signature under the contract's Chinese file; ``digest`` is that file's SHA-256 with the signature in it."""

    __tablename__ = "contract_signature"
    __table_args__ = (UniqueConstraint("contract_id", "party"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contract_id: Mapped[str] = mapped_column(String(32), ForeignKey("contract.id"))
    party: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    document_id: Mapped[str] = mapped_column(String(32), ForeignKey("document.id"))
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PerformanceBond(Base):
    """What secures the performance (IR 48). ``form`` is never cash; ``returned_on`` when it went back."""

    __tablename__ = "performance_bond"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contract_id: Mapped[str] = mapped_column(String(32), ForeignKey("contract.id"), index=True)
    form: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    number: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(200))
    valid_until: Mapped[date]
    document_id: Mapped[str | None] = mapped_column(String(32), default=None)
    lodged_by: Mapped[str] = mapped_column(String(64))
    lodged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    returned_on: Mapped[date | None] = mapped_column(default=None)
    returned_by: Mapped[str | None] = mapped_column(String(64), default=None)


class Amendment(Base):
    """A supplementary agreement: more of the same, other terms unchanged (GPL 49). ``amount`` is what it adds.

    ``items``: ``[{"position", "name", "quantity", "unit", "unit_price", "amount"}]``. It binds once the supplier agreed.
    """

    __tablename__ = "contract_amendment"
    __table_args__ = (UniqueConstraint("contract_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contract_id: Mapped[str] = mapped_column(String(32), ForeignKey("contract.id"))
    number: Mapped[int]
    reasons: Mapped[str] = mapped_column(LongText)
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    decline_reasons: Mapped[str] = mapped_column(LongText, default="")
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
