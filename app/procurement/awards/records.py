"""The tables of awards: the decision on the winner, what each bidder was told, and what pauses the contract."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.procurement.bids import Bid


class AwardState(StrEnum):
    """A winner is decided, then published; revoked when the result doesn't stand, and another one is decided."""

    DECIDED = "decided"  #: the buyer chose the winner; nobody else knows yet
    PUBLISHED = "published"  #: the result is public
    REVOKED = "revoked"  #: the result did not stand


class Award(Base):
    """An award of a lot: to which bid, by whom or by the buyer's silence, and everything that runs from its notice.

    Of a lot's awards (``round`` from 1) all but the newest are revoked, each with its ``revoked_reason``.
    ``price`` is the bid price, on which the contract is concluded. ``ground`` and ``reasons`` are there when candidates of
    a better rank were passed over. ``notice_ends_on`` is the last day of the notice period, ``query_until_on`` the last
    day on which the result may be queried.
    """

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("lot_id", "round"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    round: Mapped[int] = mapped_column(default=1)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    price: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[AwardState] = mapped_column(one_of(AwardState, 10, "state"), default=AwardState.DECIDED)
    by_default: Mapped[bool] = mapped_column(default=False)
    ground: Mapped[str] = mapped_column(String(20), default="")
    reasons: Mapped[str] = mapped_column(LongText, default="")
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notice_due_on: Mapped[date]
    notice_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("notice.id"), default=None)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    notice_ends_on: Mapped[date | None] = mapped_column(default=None)
    query_until_on: Mapped[date | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revoked_reason: Mapped[str] = mapped_column(LongText, default="")

    bid: Mapped[Bid] = relationship()
    letters: Mapped[list[AwardLetter]] = relationship(order_by="AwardLetter.id")


class AwardLetter(Base):
    """What one bidder was told with the result: the award letter, or why it lost with its own score and rank (O87 69).

    ``reasons``: ``{"en", "zh"}``; ``total`` only under comprehensive scoring, ``rank`` only of a bid that was ranked.
    """

    __tablename__ = "award_letter"
    __table_args__ = (UniqueConstraint("award_id", "supplier_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    award_id: Mapped[str] = mapped_column(String(32), ForeignKey("award.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    won: Mapped[bool]
    total: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    rank: Mapped[int | None] = mapped_column(default=None)
    reasons: Mapped[dict[str, str]] = mapped_column(Json)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document_zh_id: Mapped[str | None] = mapped_column(String(64), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(64), default=None)

    award: Mapped[Award] = relationship(back_populates="letters")


class SigningPause(Base):
    """The contract of a lot isn't signed while this lasts (IR 54). ``cause`` says what it is, ``cause_id`` which."""

    __tablename__ = "signing_pause"
    __table_args__ = (UniqueConstraint("cause", "cause_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), index=True)
    cause: Mapped[str] = mapped_column(String(20))
    cause_id: Mapped[str] = mapped_column(String(32))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
