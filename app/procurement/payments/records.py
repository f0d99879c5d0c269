"""The table of payments: an invoice with its way from the request to the money."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.foundation.text import Text
from app.procurement.contracts import Contract


class InvoiceState(StrEnum):
    """Requested → checked (or returned to the supplier) → approved → paid."""

    REQUESTED = "requested"  #: the supplier asked to be paid
    RETURNED = "returned"  #: the request was wrong; it may be made again
    CHECKED = "checked"  #: the buyer found it right
    APPROVED = "approved"  #: a second person let it be paid
    PAID = "paid"  #: the money has left


STATE_NAMES: dict[str, Text] = {
    InvoiceState.REQUESTED: Text("being checked", "审核中"),
    InvoiceState.RETURNED: Text("returned to the supplier", "已退回"),
    InvoiceState.CHECKED: Text("waiting for approval", "待批准"),
    InvoiceState.APPROVED: Text("approved, to be paid", "已批准待支付"),
    InvoiceState.PAID: Text("paid", "已支付"),
}
"""The names of an invoice's states."""


class Invoice(Base):
    """An application for payment. Amounts in the contract's currency; ``attachments`` are document ids.

    ``due_on`` is the last day to pay in time, by ``due_rule`` (a rule's id). ``interest`` is what the late payment cost.
    """

    __tablename__ = "invoice"
    __table_args__ = (Index(None, "state", "due_on"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    request_number: Mapped[str] = mapped_column(String(20), unique=True)
    contract_id: Mapped[str] = mapped_column(String(32), ForeignKey("contract.id"), index=True)
    number: Mapped[str] = mapped_column(String(300))
    invoiced_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    account: Mapped[str] = mapped_column(String(300))
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[InvoiceState] = mapped_column(one_of(InvoiceState, 12, "state"), default=InvoiceState.REQUESTED)
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    due_rule: Mapped[str] = mapped_column(String(20))
    checked_by: Mapped[str | None] = mapped_column(String(64), default=None)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    return_reasons: Mapped[str] = mapped_column(LongText, default="")
    approved_by: Mapped[str | None] = mapped_column(String(64), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    paid_on: Mapped[date | None] = mapped_column(default=None)
    paid_by: Mapped[str | None] = mapped_column(String(64), default=None)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    bank_reference: Mapped[str] = mapped_column(String(300), default="")
    interest: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)

    contract: Mapped[Contract] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether the buyer still owes it."""
        return self.state in (InvoiceState.REQUESTED, InvoiceState.CHECKED, InvoiceState.APPROVED)
