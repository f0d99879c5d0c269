"""Projects: the budget line, the application with its reviews, the plan with its lots, and the method.

Everything from the bids on hangs on a lot (采购包, Notice 22/2021 art. 17).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.foundation.text import Text
from app.identity.organisations import Organisation


class ProjectState(StrEnum):
    """Where a project stands until its lots go their own ways."""

    APPLIED = "applied"  #: the buyer's department asked for it
    RETURNED = "returned"  #: a review gave it back to be corrected
    REVIEWED = "reviewed"  #: the reviews passed it
    FILED = "filed"  #: the plan is with the finance department
    PLANNED = "planned"  #: the plan of the procurement stands
    ENTRUSTED = "entrusted"  #: an agency was appointed
    PUBLISHED = "published"  #: the notice is out; from here each lot has its own state
    CLOSED = "closed"  #: all of its lots have ended


class LotState(StrEnum):
    """Where a lot stands; failed and cancelled are ends as well as archived."""

    PLANNED = "planned"  #: nothing was published yet
    BIDDING = "bidding"  #: suppliers may bid
    OPENED = "opened"  #: the deadline has passed and the bids were opened
    EVALUATING = "evaluating"  #: a committee evaluates the bids
    DECIDED = "decided"  #: the buyer has chosen a winner
    NOTIFIED = "notified"  #: the result is public
    CONTRACTED = "contracted"  #: the contract is signed by both
    PERFORMING = "performing"  #: the supplier delivers
    ACCEPTED = "accepted"  #: what was delivered was accepted
    PAID = "paid"  #: every instalment was paid
    ARCHIVED = "archived"  #: its file is complete: a good end
    FAILED = "failed"  #: no award was possible: an end
    CANCELLED = "cancelled"  #: it is not bought any more: an end


class BudgetLine(Base):
    """A line of a buyer's budget; what live projects have bound on it may not exceed ``amount``."""

    __tablename__ = "budget_line"
    __table_args__ = (UniqueConstraint("organisation_id", "year", "code"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    category: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    funds: Mapped[str] = mapped_column(String(20))

    @property
    def name(self) -> Text:
        """The line's name in both languages."""
        return Text(self.name_en or self.name_zh, self.name_zh)


class Project(Base):
    """A procurement project, from application to archive. ``estimate`` = the items' total = what it binds."""

    __tablename__ = "project"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    buyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    finance_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    budget_line_id: Mapped[str] = mapped_column(String(32), ForeignKey("budget_line.id"), index=True)
    title_zh: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    object: Mapped[str] = mapped_column(String(10))
    funds: Mapped[str] = mapped_column(String(20))
    need: Mapped[str] = mapped_column(LongText)
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    estimate: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[ProjectState] = mapped_column(one_of(ProjectState, 20, "state"), default=ProjectState.APPLIED)
    applicant_id: Mapped[str] = mapped_column(String(64))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    planner_id: Mapped[str | None] = mapped_column(String(64), default=None)
    planned_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    review_method: Mapped[str | None] = mapped_column(String(20), default=None)
    grounds: Mapped[str | None] = mapped_column(String(40), default=None)
    survey: Mapped[str] = mapped_column(LongText, default="")
    survey_respondents: Mapped[int | None] = mapped_column(default=None)
    notice_on: Mapped[date | None] = mapped_column(default=None)
    intention: Mapped[str] = mapped_column(String(12), default="")
    """Whether the procurement intention was published, or why none is due: of ``intentions.ANSWERS``, empty if not said."""
    intention_on: Mapped[date | None] = mapped_column(default=None)
    intention_address: Mapped[str] = mapped_column(String(500), default="")
    intention_reasons: Mapped[str] = mapped_column(LongText, default="")
    contract_plan: Mapped[str] = mapped_column(LongText, default="")
    risk_plan: Mapped[str] = mapped_column(LongText, default="")
    in_catalogue: Mapped[bool | None] = mapped_column(default=None)
    """Whether what is bought is in the region's centralised catalogue (GPL 7); nothing while nobody said so."""
    by_department: Mapped[bool] = mapped_column(default=False)
    """Whether what is in the catalogue is bought by the department (部门集中采购, IR 3), not by the central procurement body."""
    catalogue_reasons: Mapped[str] = mapped_column(LongText, default="")
    """Why the plan says otherwise than the catalogue's rows."""
    method: Mapped[str | None] = mapped_column(String(20), default=None)
    legal_ground: Mapped[str] = mapped_column(String(60), default="")
    approval_needed: Mapped[bool] = mapped_column(default=False)
    approval: Mapped[str] = mapped_column(String(200), default="")
    """The finance department's approval of another method, by its document number (GPL 27)."""
    method_reasons: Mapped[str] = mapped_column(LongText, default="")
    agency_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    outcome: Mapped[str] = mapped_column(String(40), default="")

    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_id])
    agency: Mapped[Organisation | None] = relationship(foreign_keys=[agency_id])
    budget_line: Mapped[BudgetLine] = relationship()
    items: Mapped[list[Item]] = relationship(order_by="Item.position", back_populates="project")
    lots: Mapped[list[Lot]] = relationship(order_by="Lot.number", back_populates="project")
    reviews: Mapped[list[ProjectReview]] = relationship(order_by="ProjectReview.id")

    @property
    def title(self) -> Text:
        """The project's title in both languages."""
        return Text(self.title_en or self.title_zh, self.title_zh)


class Lot(Base):
    """A lot (采购包) of a project. ``budget`` and ``ceiling`` (最高限价) in the project's currency.

    ``contracted``: what its contract owes in all, once both have signed: that is what it binds of the budget line.
    """

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("project_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"))
    number: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    budget: Mapped[Decimal] = mapped_column(Exact(2))
    ceiling: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    contracted: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    sme_mode: Mapped[str] = mapped_column(String(12), default="none")
    sme_reason: Mapped[str] = mapped_column(LongText, default="")
    state: Mapped[LotState] = mapped_column(one_of(LotState, 20, "state"), default=LotState.PLANNED)
    failure_reason: Mapped[str] = mapped_column(String(40), default="")
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    project: Mapped[Project] = relationship(back_populates="lots")

    @property
    def items(self) -> list[Item]:
        """What is bought with it, in order: of the project's items those of this lot, which are read once for all lots."""
        return [item for item in self.project.items if item.lot_id == self.id]

    @property
    def name(self) -> Text:
        """The lot's name in both languages."""
        return Text(self.name_en or self.name_zh, self.name_zh)

    @property
    def title(self) -> Text:
        """What its notices and its contract are called after: the project, and the lot where there are several."""
        title, name = self.project.title, self.name
        if len(self.project.lots) == 1:
            return title
        return Text(f"{title.en}, {name.en}", f"{title.zh}（{name.zh}）")

    @property
    def price_limit(self) -> Decimal:
        """The highest price a bid may have: the ceiling where one is set, else the budget (O87 63)."""
        return self.budget if self.ceiling is None else self.ceiling


class Item(Base):
    """What is bought: a catalogue code, a name, a quantity and an estimated unit price."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("project_id", "position"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"))
    lot_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("lot.id"), index=True, default=None)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal] = mapped_column(Exact(4))
    unit: Mapped[str] = mapped_column(String(40))
    unit_price: Mapped[Decimal] = mapped_column(Exact(2))
    is_core: Mapped[bool] = mapped_column(default=False)

    project: Mapped[Project] = relationship(back_populates="items")
    lot: Mapped[Lot | None] = relationship()


class ProjectReview(Base):
    """One decision on an application: the buyer's review or the finance department's filing."""

    __tablename__ = "project_review"
    __table_args__ = (Index(None, "project_id", "id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(String(12))
    decision: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[str] = mapped_column(LongText, default="")
    account_id: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NumberSeries(Base):
    """The last number given out in a series (``JC-2026``); its row lock makes takers take turns."""

    __tablename__ = "number_series"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
