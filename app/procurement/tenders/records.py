"""The tables of a tender: its documents as structured data, their versions and findings, notices, questions, changes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.foundation.documents import Document
from app.foundation.text import Text
from app.procurement.projects.records import Lot, Project


class TenderState(StrEnum):
    """From the draft of the documents to the end of the bid period."""

    DRAFTING = "drafting"  #: the documents may still be written
    CHECKED = "checked"  #: the check of their content found nothing that stops them
    CONFIRMED = "confirmed"  #: the buyer has confirmed them; they may be published
    PUBLISHED = "published"  #: the notice is out and bids are taken
    CLOSED = "closed"  #: the bid period is over
    TERMINATED = "terminated"  #: the buyer ended it before an award


class Tender(Base):
    """One invitation to bid for a project (a new one after a failure: ``round``). Its row lock orders bids and changes.

    Amounts in the project's currency, percentages as percent (2 = 2 %). ``version`` counts published versions;
    ``binding_version`` is the newest one that bids must be made or confirmed for. ``return_reasons`` are the buyer's
    newest ones; ``draft_zh_id`` and ``draft_en_id`` the drawn documents that wait to be confirmed.
    """

    __tablename__ = "tender"
    __table_args__ = (UniqueConstraint("project_id", "round"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"))
    round: Mapped[int] = mapped_column(default=1)
    buyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    agency_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    method: Mapped[str] = mapped_column(String(20))
    review_method: Mapped[str] = mapped_column(String(20))
    state: Mapped[TenderState] = mapped_column(one_of(TenderState, 20, "state"), default=TenderState.DRAFTING)
    version: Mapped[int] = mapped_column(default=0)
    binding_version: Mapped[int] = mapped_column(default=0)
    bid_deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    supply_ends_on: Mapped[date | None] = mapped_column(default=None)
    notice_ends_on: Mapped[date | None] = mapped_column(default=None)
    bond_percent: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    validity_days: Mapped[int] = mapped_column(default=0)
    sme_deduction_percent: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    performance_bond_percent: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    payment_days: Mapped[int] = mapped_column(default=0)
    delivery_days: Mapped[int] = mapped_column(default=0)
    tie_break: Mapped[str] = mapped_column(String(12), default="draw")
    committee_size: Mapped[int] = mapped_column(default=0)
    contract_terms: Mapped[str] = mapped_column(LongText, default="")
    terms: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    drafted_by: Mapped[str] = mapped_column(String(64), default="")
    confirmed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    return_reasons: Mapped[str] = mapped_column(LongText, default="")
    draft_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    draft_en_id: Mapped[str | None] = mapped_column(String(32), default=None)

    project: Mapped[Project] = relationship()
    requirements: Mapped[list[Requirement]] = relationship(order_by="Requirement.position", back_populates="tender")
    factors: Mapped[list[Factor]] = relationship(order_by="Factor.position", back_populates="tender")
    findings: Mapped[list[Finding]] = relationship(order_by="Finding.id")
    overrides: Mapped[list[Override]] = relationship(order_by="Override.id")
    versions: Mapped[list[DocumentVersion]] = relationship(order_by="DocumentVersion.number")
    notices: Mapped[list[Notice]] = relationship(order_by="Notice.id", back_populates="tender")
    questions: Mapped[list[Question]] = relationship(order_by="Question.id")
    changes: Mapped[list[Change]] = relationship(order_by="Change.id")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.number")


class Requirement(Base):
    """A requirement: one ``code`` from the need to the score, the contract and the acceptance (N22 23-24).

    ``kind`` is qualification, technical or commercial; a starred one is substantive (O87 20): unmet, the bid is out.
    """

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("lot_id", "tender_id", "code"), Index(None, "tender_id", "position"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(15))
    starred: Mapped[bool] = mapped_column(default=False)
    text_zh: Mapped[str] = mapped_column(LongText)
    text_en: Mapped[str] = mapped_column(LongText, default="")
    evidence: Mapped[str] = mapped_column(String(300), default="")

    tender: Mapped[Tender] = relationship(back_populates="requirements")
    lot: Mapped[Lot] = relationship()

    @property
    def text(self) -> Text:
        """The requirement in both languages."""
        return Text(self.text_en or self.text_zh, self.text_zh)


class Factor(Base):
    """A factor of the scoring scheme. ``points`` of 100; ``kind`` is price, objective or subjective.

    ``bands``: ``[{"points": text}, …]``, the steps of a requirement with a range (O87 55);
    ``requirement_codes``: the requirements it scores.
    """

    __tablename__ = "scoring_factor"
    __table_args__ = (UniqueConstraint("lot_id", "tender_id", "code"), Index(None, "tender_id", "position"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    kind: Mapped[str] = mapped_column(String(12))
    points: Mapped[Decimal] = mapped_column(Exact(2))
    standard: Mapped[str] = mapped_column(LongText, default="")
    bands: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    requirement_codes: Mapped[list[str]] = mapped_column(Json, default=list)

    tender: Mapped[Tender] = relationship(back_populates="factors")
    lot: Mapped[Lot] = relationship()

    @property
    def name(self) -> Text:
        """The factor's name in both languages."""
        return Text(self.name_en or self.name_zh, self.name_zh)

    @property
    def is_subjective(self) -> bool:
        """Whether members judge it, so that their scores may differ (O87 64)."""
        return self.kind == "subjective"


class Attachment(Base):
    """A file that belongs to the documents; ``lot_id`` is empty when it is of all lots. Its number stays its own."""

    __tablename__ = "tender_attachment"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    lot_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("lot.id"), default=None)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    title_zh: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    document_id: Mapped[str] = mapped_column(String(32), ForeignKey("document.id"))

    document: Mapped[Document] = relationship()

    @property
    def title(self) -> Text:
        """What it is, in both languages."""
        return Text(self.title_en or self.title_zh, self.title_zh)


class TimetableDate(Base):
    """A date of a project's timetable with the rule it comes from; ``on`` is empty while it is uncertain."""

    __tablename__ = "timetable_date"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    on: Mapped[date | None] = mapped_column(default=None)
    earliest: Mapped[date]
    latest: Mapped[date]
    rule: Mapped[str] = mapped_column(String(20))
    article: Mapped[str] = mapped_column(String(60))
    confirmed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    confirmed_source: Mapped[str] = mapped_column(LongText, default="")


class DocumentVersion(Base):
    """The documents as they stood: the whole content, its digest, the drawn files, the differences to the one before."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    differences: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Finding(Base):
    """What the check found: rule id, article, where, how grave (``error``, ``warning``, ``uncertain``, ``overridden``), what would mend it."""

    __tablename__ = "finding"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    article: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    severity: Mapped[str] = mapped_column(String(12))
    problem: Mapped[dict[str, str]] = mapped_column(Json)
    fix: Mapped[dict[str, str]] = mapped_column(Json)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Override(Base):
    """A finding that two persons said was misread: which, why, who asked for it and who decided.

    ``mark`` is the finding with the words it was read from: other words give another mark, and the finding is back.
    """

    __tablename__ = "finding_override"
    __table_args__ = (UniqueConstraint("tender_id", "mark"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    mark: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(String(40))
    article: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    problem: Mapped[dict[str, str]] = mapped_column(Json)
    reasons: Mapped[str] = mapped_column(LongText)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notice(Base):
    """A notice as it was published: tender, change, clarification, failure or termination. ``lot_id`` only for a lot's own."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "tender_id", "id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    lot_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("lot.id"), default=None)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, str]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)

    tender: Mapped[Tender] = relationship(back_populates="notices")


class DocumentAccess(Base):
    """A supplier took the documents. Nobody is told who or how many until the deadline (O87 28)."""

    __tablename__ = "document_access"
    __table_args__ = (UniqueConstraint("tender_id", "supplier_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Question(Base):
    """A supplier's question; its text is public, its asker isn't. The answer goes to all.

    ``effect``: what who answered stated of the answer (``explains``); empty where their form didn't ask.
    """

    __tablename__ = "question"
    __table_args__ = (Index(None, "tender_id", "id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    asker_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    text: Mapped[str] = mapped_column(LongText)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(LongText, default=None)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    answered_by: Mapped[str | None] = mapped_column(String(64), default=None)
    effect: Mapped[str | None] = mapped_column(String(10), default=None)
    answer_due_on: Mapped[date | None] = mapped_column(default=None)


class Change(Base):
    """A change of the published documents; ``differences`` name what was and what is."""

    __tablename__ = "tender_change"
    __table_args__ = (UniqueConstraint("tender_id", "version"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"))
    version: Mapped[int]
    reasons: Mapped[str] = mapped_column(LongText)
    affects_bids: Mapped[bool]
    differences: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    old_deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)
    new_deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LotKey(Base):
    """The public half of a lot's key; the private half is with the keeper until the deadline."""

    __tablename__ = "lot_key"
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), primary_key=True)
    tender_id: Mapped[str] = mapped_column(String(32), ForeignKey("tender.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
