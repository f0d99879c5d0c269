"""The table of queries (质疑): what a supplier holds against documents, course or result, and the answer (GPL 52, O94)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, Json, UtcDateTime, new_id, one_of


class QueryState(StrEnum):
    """A query is open until it is answered."""

    OPEN = "open"  #: the answer is due
    ANSWERED = "answered"  #: it was answered, with what follows from it


class Query(Base):
    """A query about a lot. ``scope``: documents, opening, evaluation or result; ``points``: what is held against it.

    Each point: ``{"matter", "facts", "law", "request"}`` (O94 12). ``answer_due_on`` is the last day for the answer.
    ``outcome``: dismissed, upheld_no_effect or upheld; the last keeps the contract from being signed until the result is
    settled anew, at ``settled_at`` (IR 54, O94 16). ``cured_by_id``: the change of the documents that took away what was
    rightly held against them, in time. ``told``: the suppliers the answer went to.
    """

    __tablename__ = "supplier_query"
    __table_args__ = (Index(None, "lot_id", "state"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    scope: Mapped[str] = mapped_column(String(12))
    points: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    contact: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[QueryState] = mapped_column(one_of(QueryState, 10, "state"), default=QueryState.OPEN)
    raised_by: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_due_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(LongText, default="")
    answered_by: Mapped[str | None] = mapped_column(String(64), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    complaint_until_on: Mapped[date | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    cured_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("tender_change.id"), default=None)
    told: Mapped[list[str]] = mapped_column(Json, default=list)

    @property
    def is_uncured(self) -> bool:
        """Whether it was rightly held against the documents and no change took that away (O94 16(1))."""
        return self.scope == "documents" and self.outcome == "upheld" and self.cured_by_id is None
