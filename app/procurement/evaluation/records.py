"""The tables of an evaluation: qualification, conformity, low prices, scores, results and the report.

``member_id`` is the account of a member of the committee. In findings and opinions ``requirement_id`` is GENERAL_ID for
the general condition that no document needs to repeat.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.procurement.bids import Bid
from app.procurement.tenders import Factor


class QualificationFinding(Base):
    """Whether a bid meets one qualification condition, by the buyer or its agency (O87 44)."""

    __tablename__ = "qualification_finding"
    __table_args__ = (UniqueConstraint("bid_id", "requirement_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"))
    requirement_id: Mapped[str] = mapped_column(String(32))
    met: Mapped[bool]
    reason: Mapped[str] = mapped_column(LongText, default="")
    reviewed_by: Mapped[str] = mapped_column(String(64))
    reviewed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConformityOpinion(Base):
    """One member's opinion on whether a bid meets one substantive requirement (O87 50)."""

    __tablename__ = "conformity_opinion"
    __table_args__ = (UniqueConstraint("bid_id", "requirement_id", "member_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"))
    requirement_id: Mapped[str] = mapped_column(String(32))
    member_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    met: Mapped[bool]
    reason: Mapped[str] = mapped_column(LongText, default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Rejection(Base):
    """One reason why a bid is out: its ``kind`` (a key of REJECTIONS), the condition missed, what was written about it."""

    __tablename__ = "bid_rejection"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    requirement_id: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(LongText, default="")


class PriceDoubt(Base):
    """A member thinks a price too low to perform at, whatever the formulas say (O87 60)."""

    __tablename__ = "price_doubt"
    __table_args__ = (UniqueConstraint("bid_id", "member_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"))
    member_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(LongText)


class LowPriceCheck(Base):
    """A suspect price: what triggered it, the supplier's explanation, the decision. ``decision``: accepted or rejected."""

    __tablename__ = "low_price_check"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"), unique=True)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), index=True)
    triggers: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    explanation: Mapped[str] = mapped_column(LongText, default="")
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    explained_by: Mapped[str | None] = mapped_column(String(64), default=None)
    explained_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    decision: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(LongText, default="")
    decided_by: Mapped[str | None] = mapped_column(String(64), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    bid: Mapped[Bid] = relationship()


class Score(Base):
    """One member's points for one factor of one bid; ``first_points`` is what they were before a correction (O87 64).

    ``asked`` says why the member is to look at them again (a key of FLAGS), ``looks`` counts how often that was done.
    """

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("bid_id", "factor_id", "member_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"))
    factor_id: Mapped[str] = mapped_column(String(32), ForeignKey("scoring_factor.id"), index=True)
    member_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    points: Mapped[Decimal] = mapped_column(Exact(2))
    reason: Mapped[str] = mapped_column(LongText, default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_points: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    correction_reason: Mapped[str] = mapped_column(LongText, default="")
    asked: Mapped[str] = mapped_column(String(10), default="")
    looks: Mapped[int] = mapped_column(default=0)

    factor: Mapped[Factor] = relationship()


class BidResult(Base):
    """What the evaluation made of a conforming bid, worked out by the system. Amounts in the lot's currency.

    ``deductions``: ``[{"name", "rate"}]``; ``factor_points``: points by factor id; ``barred`` says why a bid that has a
    rank can't be a candidate (``same_brand``), ``tie`` how a tie was broken (``technical``, ``draw``).
    """

    __tablename__ = "bid_result"
    __table_args__ = (UniqueConstraint("lot_id", "rank"),)
    bid_id: Mapped[str] = mapped_column(String(32), ForeignKey("bid.id"), primary_key=True)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    price: Mapped[Decimal] = mapped_column(Exact(2))
    deductions: Mapped[list[dict[str, str]]] = mapped_column(Json)
    evaluation_price: Mapped[Decimal] = mapped_column(Exact(2))
    factor_points: Mapped[dict[str, str]] = mapped_column(Json)
    price_points: Mapped[Decimal] = mapped_column(Exact(2))
    total: Mapped[Decimal] = mapped_column(Exact(2))
    rank: Mapped[int]
    barred: Mapped[str] = mapped_column(String(20), default="")
    tie: Mapped[str] = mapped_column(String(12), default="")
    is_candidate: Mapped[bool] = mapped_column(default=False)

    bid: Mapped[Bid] = relationship()


class ReportState(StrEnum):
    """A report is drafted by the system, signed by all members, and delivered to the buyer."""

    DRAFTED = "drafted"  #: the system has written it; members may sign
    SIGNED = "signed"  #: every member has signed, or refused with reasons
    DELIVERED = "delivered"  #: the buyer has it, and the period to decide runs


class Report(Base):
    """The evaluation report of a lot (O87 58). ``content`` is what is signed, by its ``digest`` (SHA-256, RFC 8785)."""

    __tablename__ = "evaluation_report"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), unique=True)
    state: Mapped[ReportState] = mapped_column(one_of(ReportState, 10, "state"), default=ReportState.DRAFTED)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    tie_seed: Mapped[str] = mapped_column(String(64))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    decision_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    document_zh_id: Mapped[str | None] = mapped_column(String(64), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(64), default=None)

    signatures: Mapped[list[ReportSignature]] = relationship(order_by="ReportSignature.id")


class ReportSignature(Base):
    """One member's signature under the report, or under a dissent with its reasons (O87 61)."""

    __tablename__ = "report_signature"
    __table_args__ = (UniqueConstraint("report_id", "member_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    report_id: Mapped[str] = mapped_column(String(32), ForeignKey("evaluation_report.id"))
    member_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(200))
    decision: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[str] = mapped_column(LongText, default="")
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
