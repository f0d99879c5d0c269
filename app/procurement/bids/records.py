"""The tables of bids: the supplier's draft, the sealed bid with its receipt, and the opening.

What is protected and what isn't: a draft is stored encrypted with a key of the instance that doesn't lie in the database,
so that a copy of the database doesn't give it away; the serving process reads what of it its supplier looks at. No page
shows it to anyone else, it is sealed in a process of its own (``app.sealer``) and deleted in the same transaction. A
submitted bid exists in the database only sealed to the lot's key, whose private half the keeper process gives out after
the deadline on its own clock.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from app.foundation.ciphered import CipheredBytes, CipheredJson
from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.identity.organisations import Organisation


class BidState(StrEnum):
    """A bid's life: sealed until the deadline, then opened; later states are set by the evaluation.

    A sealed bid made for documents that have changed since counts only once it is confirmed (``Bid.confirmed_for``).
    """

    SEALED = "sealed"  #: submitted in time; nobody can read it
    REPLACED = "replaced"  #: the supplier submitted another one in its place
    WITHDRAWN = "withdrawn"  #: the supplier took it back before the deadline
    UNOPENED = "unopened"  #: not opened, as too few bids came or the tender ended
    OPENED = "opened"  #: opened and read out
    UNDECRYPTABLE = "undecryptable"  #: it could not be opened with its lot's key
    INVALID = "invalid"  #: refused, for a ground that the documents or the law name
    UNQUALIFIED = "unqualified"  #: its supplier lacks a qualification
    NONCONFORMING = "nonconforming"  #: it misses a substantive requirement
    CONFORMING = "conforming"  #: it passed the reviews and is scored
    RANKED = "ranked"  #: scored, and no candidate
    CANDIDATE = "candidate"  #: scored, and proposed as winner
    WINNER = "winner"  #: the award goes to it
    LOST = "lost"  #: the award went to another one


class BidDraft(Base):
    """What a supplier is still writing for a lot. ``content``: price, responses, declarations."""

    __tablename__ = "bid_draft"
    __table_args__ = (UniqueConstraint("lot_id", "supplier_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(CipheredJson, default=dict)
    account_id: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    files: Mapped[list[DraftFile]] = relationship(order_by="DraftFile.id", cascade="all, delete-orphan")


class DraftFile(Base):
    """A file of a draft, kept here and not among the documents so that it is truly gone once the bid is sealed."""

    __tablename__ = "bid_draft_file"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    draft_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid_draft.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    requirement_code: Mapped[str] = mapped_column(String(40), default="")
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class DraftPiece(Base):
    """A piece of a draft's file, by its place from 0; encrypted."""

    __tablename__ = "bid_draft_piece"
    file_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid_draft_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(CipheredBytes)


class Bid(Base):
    """A submitted bid. ``digest`` and ``size`` are those of ``sealed``; ``document_version`` is the one it was made or
    confirmed for.

    ``receipt`` is the signed one its supplier holds. What was replaced or withdrawn keeps its digest, not its content.
    """

    __tablename__ = "bid"
    __table_args__ = (Index(None, "lot_id", "state"), UniqueConstraint("lot_id", "supplier_id", "sequence"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    sequence: Mapped[int]
    state: Mapped[BidState] = mapped_column(one_of(BidState, 15, "state"), default=BidState.SEALED)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    document_version: Mapped[int]
    account_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    receipt: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    invalid_reason: Mapped[str] = mapped_column(LongText, default="")

    opened: Mapped[OpenedBid | None] = relationship(back_populates="bid")
    supplier: Mapped[Organisation] = relationship()

    def confirmed_for(self, binding_version: int) -> bool:
        """Whether it was made or confirmed for documents as binding as these."""
        return self.document_version >= binding_version

    @property
    def sealed(self) -> bytes:
        """The whole sealed package as it lies in the database; nothing once it was destroyed."""
        statement = select(BidPiece.content).where(BidPiece.bid_id == self.id).order_by(BidPiece.position)
        session = object_session(self)
        assert session is not None, "it is read in its session"
        return b"".join(session.scalars(statement))


class BidPiece(Base):
    """A piece of a sealed package, by its place from 0."""

    __tablename__ = "bid_piece"
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class OpenedBid(Base):
    """A bid as it was read at the opening. ``price`` of the opening list is what counts first (O87 59).

    What the evaluation and the contract rest on are ``binding_price`` and ``binding_unit_prices``.
    """

    __tablename__ = "opened_bid"
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"), primary_key=True)
    price: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    delivery_days: Mapped[int | None] = mapped_column(default=None)
    validity_days: Mapped[int] = mapped_column(default=0)
    sme: Mapped[str] = mapped_column(String(10), default="none")
    domestic: Mapped[bool] = mapped_column(default=False)
    brand: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    bid: Mapped[Bid] = relationship(back_populates="opened")
    responses: Mapped[list[BidResponse]] = relationship(order_by="BidResponse.id")
    prices: Mapped[list[BidPrice]] = relationship(order_by="BidPrice.id")
    files: Mapped[list[BidFile]] = relationship(order_by="BidFile.id")
    correction: Mapped[PriceCorrection | None] = relationship(back_populates="opened")

    @property
    def binding_price(self) -> Decimal:
        """The price that counts: as corrected, once the bidder confirmed that."""
        return self.correction.price if self.correction is not None and self.correction.is_confirmed else self.price

    @property
    def binding_unit_prices(self) -> dict[str, Decimal]:
        """The unit prices that count, by item."""
        if self.correction is not None and self.correction.is_confirmed:
            return {item: Decimal(price) for item, price in self.correction.unit_prices.items()}
        return {price.item_id: price.unit_price for price in self.prices}


class PriceCorrection(Base):
    """The price of a bid whose parts disagree, as O87 59 settles it, and what its bidder answered (O87 51).

    ``corrections``: ``[{"rule", "en", "zh"}]``; ``unit_prices``: by item, as texts; ``answer``: confirmed, declined, or
    nothing so far. The paper is the bidder's confirmation, which it seals.
    """

    __tablename__ = "price_correction"
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("opened_bid.bid_id"), primary_key=True)
    price: Mapped[Decimal] = mapped_column(Exact(2))
    unit_prices: Mapped[dict[str, str]] = mapped_column(Json)
    corrections: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_by: Mapped[str | None] = mapped_column(String(64), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    document_zh_id: Mapped[str | None] = mapped_column(String(64), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(64), default=None)

    opened: Mapped[OpenedBid] = relationship(back_populates="correction")

    @property
    def is_confirmed(self) -> bool:
        """Whether the bidder confirmed it, so that it binds."""
        return self.answer == "confirmed"


class BidResponse(Base):
    """The answer to one requirement: what is offered, and whether it deviates (none, better, worse)."""

    __tablename__ = "bid_response"
    __table_args__ = (UniqueConstraint("bid_id", "requirement_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("opened_bid.bid_id"))
    requirement_id: Mapped[str] = mapped_column(String(32), ForeignKey("requirement.id"))
    value: Mapped[str] = mapped_column(LongText)
    deviation: Mapped[str] = mapped_column(String(10), default="none")


class BidPrice(Base):
    """The offered unit price of one item."""

    __tablename__ = "bid_price"
    __table_args__ = (UniqueConstraint("bid_id", "item_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("opened_bid.bid_id"))
    item_id: Mapped[str] = mapped_column(String(32), ForeignKey("item.id"))
    unit_price: Mapped[Decimal] = mapped_column(Exact(2))


class BidFile(Base):
    """A file of an opened bid, now a document. ``described``: what it says of itself (``authors.described``)."""

    __tablename__ = "bid_file"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("opened_bid.bid_id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    requirement_code: Mapped[str] = mapped_column(String(40), default="")
    document_id: Mapped[str] = mapped_column(String(64))
    described: Mapped[dict[str, Any] | None] = mapped_column(Json, default=None)


class Opening(Base):
    """The opening of a lot's bids and its record (O87 41-42). ``rows``: what was read aloud for each bid."""

    __tablename__ = "opening"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bid_count: Mapped[int]
    enough: Mapped[bool]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    objections: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    signed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    document_zh_id: Mapped[str | None] = mapped_column(String(64), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(64), default=None)
