"""The tables of acceptance: deliveries, what was decided on them, by which group; and the words for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Json, UtcDateTime, new_id
from app.foundation.text import Text

RATINGS: dict[int, Text] = {
    5: Text("very good", "优秀"),
    4: Text("good", "良好"),
    3: Text("satisfactory", "合格"),
    2: Text("poor", "较差"),
    1: Text("very poor", "差"),
}
"""The buyer's feedback on how a supplier performed."""

GROUP_ROLES: dict[str, Text] = {
    "leader": Text("head of the group", "组长"),
    "member": Text("member", "成员"),
    "expert": Text("expert", "专家"),
    "third_party": Text("third party", "第三方机构代表"),
    "bidder": Text("another bidder of this project", "参加本项目的其他投标人代表"),
}
"""What a member is in an acceptance group; third parties and other bidders may be invited (O87 74)."""

OPINIONS: dict[str, Text] = {
    "agree": Text("agrees with the results", "同意验收结论"),
    "dissent": Text("does not agree", "不同意验收结论"),
}
"""A member's opinion on the results."""

SUPPLIER_OPINIONS: dict[str, Text] = {
    "confirmed": Text("signs the acceptance certificate", "签署验收书"),
    "objects": Text("objects to it", "不同意验收结论"),
}
"""What the supplier says to the certificate."""


class Delivery(Base):
    """What the supplier reported as delivered; ``number`` counts the rounds. ``attachments`` are document ids."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("contract_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contract_id: Mapped[str] = mapped_column(String(32), ForeignKey("contract.id"))
    number: Mapped[int]
    delivered_on: Mapped[date]
    note: Mapped[str] = mapped_column(LongText)
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    reported_by: Mapped[str] = mapped_column(String(64))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accept_by_on: Mapped[date]

    acceptance: Mapped[Acceptance | None] = relationship(back_populates="delivery")


class Acceptance(Base):
    """The buyer's decision on a delivery, with its sheet (验收书). ``rating`` is 1 to 5, about the supplier.

    ``signed_sheets``: the sheets that the members of the acceptance group signed, as document ids; ``supplier_opinion``: a
    key of SUPPLIER_OPINIONS once the supplier has signed or objected.
    """

    __tablename__ = "acceptance"
    __table_args__ = (Index(None, "supplier_id", "accepted"),)
    delivery_id: Mapped[str] = mapped_column(String(32), ForeignKey("delivery.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    accepted: Mapped[bool]
    rating: Mapped[int]
    feedback: Mapped[str] = mapped_column(LongText, default="")
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    signed_sheets: Mapped[list[str]] = mapped_column(Json, default=list)
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    supplier_opinion: Mapped[str] = mapped_column(String(10), default="")
    supplier_reasons: Mapped[str] = mapped_column(LongText, default="")
    supplier_signed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    supplier_signed_by_name: Mapped[str] = mapped_column(String(200), default="")
    supplier_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    delivery: Mapped[Delivery] = relationship(back_populates="acceptance")
    rows: Mapped[list[AcceptanceRow]] = relationship(order_by="AcceptanceRow.id")
    members: Mapped[list[AcceptanceMember]] = relationship(order_by="AcceptanceMember.position")


class AcceptanceRow(Base):
    """Whether one requirement of the contract is met, and by what evidence."""

    __tablename__ = "acceptance_row"
    __table_args__ = (UniqueConstraint("delivery_id", "requirement_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(String(32), ForeignKey("acceptance.delivery_id"))
    requirement_id: Mapped[str] = mapped_column(String(32), ForeignKey("requirement.id"))
    met: Mapped[bool]
    evidence: Mapped[str] = mapped_column(LongText)


class AcceptanceMember(Base):
    """A member of the group (验收小组) that judged a delivery, with its opinion; each signs the sheet that is kept with it.

    ``role`` is a key of GROUP_ROLES, ``opinion`` of OPINIONS.
    """

    __tablename__ = "acceptance_member"
    __table_args__ = (UniqueConstraint("delivery_id", "position"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(String(32), ForeignKey("acceptance.delivery_id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    organisation: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    opinion: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[str] = mapped_column(LongText, default="")
