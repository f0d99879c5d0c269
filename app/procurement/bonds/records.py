"""Bid bonds: a payment reference for each bid, matched from the bank's statement, returned in time (IR 33, O87 38)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of


class BondState(StrEnum):
    """Requested → held (or late, which is invalid) → due back → returned, converted or forfeited."""

    REQUESTED = "requested"  #: a reference was given out, nothing has arrived
    HELD = "held"  #: it arrived in time and counts for the bid
    LATE = "late"  #: it arrived after the deadline: the bid has no bond, and this goes back
    DUE_BACK = "due_back"  #: its day of return is fixed
    RETURNED = "returned"  #: it was paid back, or the guarantee given back
    CONVERTED = "converted"  #: the winner's became part of the performance bond
    FORFEITED = "forfeited"  #: it is kept, for a ground of the law


class Bond(Base):
    """A supplier's bid bond for a lot, by transfer (``reference`` in the remittance) or by letter of guarantee."""

    __tablename__ = "bond"
    __table_args__ = (UniqueConstraint("lot_id", "supplier_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[BondState] = mapped_column(one_of(BondState, 12, "state"), default=BondState.REQUESTED)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    payer_name: Mapped[str] = mapped_column(String(200), default="")
    payer_account: Mapped[str] = mapped_column(String(40), default="")
    payer_bank: Mapped[str] = mapped_column(String(40), default="")
    guarantee_number: Mapped[str] = mapped_column(String(60), default="")
    guarantee_issuer: Mapped[str] = mapped_column(String(200), default="")
    guarantee_until: Mapped[date | None] = mapped_column(default=None)
    guarantee_document_id: Mapped[str | None] = mapped_column(String(64), default=None)
    return_cause: Mapped[str] = mapped_column(String(12), default="")
    return_from_on: Mapped[date | None] = mapped_column(default=None)
    return_due_on: Mapped[date | None] = mapped_column(default=None)
    returned_on: Mapped[date | None] = mapped_column(default=None)
    interest: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    return_batch_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("bond_return_batch.id"), default=None)
    forfeit_ground: Mapped[str] = mapped_column(LongText, default="")


class BondAccount(Base):
    """The account into which an agency takes bonds. ``bank_code`` is its bank's CNAPS number (12 digits) or BIC."""

    __tablename__ = "bond_account"
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(140))
    account: Mapped[str] = mapped_column(String(34))
    bank_name: Mapped[str] = mapped_column(String(140))
    bank_code: Mapped[str] = mapped_column(String(12), default="")


class Source(StrEnum):
    """Where credits are known from: a bank's camt.053, a table of its site, or two persons who booked one by hand."""

    CAMT = "camt.053"  #: a bank's statement, ISO 20022 camt.053
    TABLE = "table"  #: a table that a bank's site gave
    BY_HAND = "by_hand"  #: a payment that two persons booked


class BankStatement(Base):
    """An imported bank statement, or a payment booked by hand; the same file is taken once."""

    __tablename__ = "bank_statement"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    statement_id: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(40))
    source: Mapped[Source] = mapped_column(one_of(Source, 12, "source"), default=Source.CAMT)
    document_id: Mapped[str | None] = mapped_column(String(64), default=None)
    imported_by: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatementEntry(Base):
    """One credit of a statement: taken (matched to a bond, or left over with the reason), known before, or asked."""

    __tablename__ = "statement_entry"
    __table_args__ = (UniqueConstraint("bank_statement_id", "position"), Index(None, "account", "booked_at"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bank_statement_id: Mapped[str] = mapped_column(String(32), ForeignKey("bank_statement.id"), index=True)
    position: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(40))
    bank_reference: Mapped[str] = mapped_column(String(60))
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3))
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payer_name: Mapped[str] = mapped_column(String(200), default="")
    payer_account: Mapped[str] = mapped_column(String(40), default="")
    payer_bank: Mapped[str] = mapped_column(String(40), default="")
    remittance: Mapped[str] = mapped_column(String(500), default="")
    bond_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("bond.id"), default=None)
    outcome: Mapped[str] = mapped_column(String(20))


class StatementLayout(Base):
    """What the columns of a bank's tables mean, as it was said last for an account: the head of each field's column."""

    __tablename__ = "statement_layout"
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    heads: Mapped[dict[str, str]] = mapped_column(Json)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReturnBatch(Base):
    """Bonds sent back together: one pain.001 file for the bank (none for letters of guarantee alone), and a list."""

    __tablename__ = "bond_return_batch"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(String(35), unique=True)
    document_id: Mapped[str | None] = mapped_column(String(64), default=None)
    total: Mapped[Decimal] = mapped_column(Exact(2))
    list_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    list_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
