"""The tables of suppliers: registrations, what they declare, and exclusions; and the words for them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, UtcDateTime, new_id, one_of
from app.foundation.text import Text
from app.identity.organisations import Organisation
from app.procurement import rules
from app.procurement.rules import laws


class RegistrationState(StrEnum):
    """Declared → active → restricted (while an exclusion is valid) → expired; returned asks for a correction."""

    DECLARED = "declared"  #: the supplier declared itself; it waits to be checked
    RETURNED = "returned"  #: something is to be corrected and declared again
    ACTIVE = "active"  #: checked: it may bid
    RESTRICTED = "restricted"  #: it may not bid while an exclusion is valid
    EXPIRED = "expired"  #: its papers are no longer valid


class Registration(Base):
    """A supplier's registration. ``scale`` is large, medium, small or micro, as the supplier declares it (N46)."""

    __tablename__ = "supplier_registration"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), unique=True)
    legal_representative: Mapped[str] = mapped_column(String(100))
    scale: Mapped[str] = mapped_column(String(10))
    welfare: Mapped[str] = mapped_column(String(10), default="none")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[RegistrationState] = mapped_column(
        one_of(RegistrationState, 20, "state"), default=RegistrationState.DECLARED
    )
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    review_reasons: Mapped[str] = mapped_column(LongText, default="")
    paper_id: Mapped[str | None] = mapped_column(String(32), default=None)
    """The copy of the licence by which the registrar decides on a code that fails its own check."""
    certificate_number: Mapped[str | None] = mapped_column(String(40), unique=True, default=None)
    certificate_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    certificate_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    valid_until: Mapped[date | None] = mapped_column(default=None)

    organisation: Mapped[Organisation] = relationship()
    declarations: Mapped[list[Declaration]] = relationship(order_by="Declaration.condition")


class Declaration(Base):
    """One condition of GPL 22 a supplier declares to meet. ``condition`` is its number there, 1 to 6."""

    __tablename__ = "supplier_declaration"
    __table_args__ = (UniqueConstraint("registration_id", "condition"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(String(32), ForeignKey("supplier_registration.id"))
    condition: Mapped[int]
    declared: Mapped[bool]


class Exclusion(Base):
    """A time in which a supplier may not take part in government procurement; decided upstairs, in breaches."""

    __tablename__ = "supplier_exclusion"
    __table_args__ = (Index(None, "organisation_id", "valid_until"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    basis: Mapped[str] = mapped_column(String(100))
    reasons: Mapped[str] = mapped_column(LongText)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


CONDITIONS = range(1, 7)
"""The numbers of the six conditions of GPL 22 a supplier declares to meet."""


def conditions(on: date) -> dict[int, Text]:
    """The six conditions of GPL 22 in words, by their numbers there."""
    years = rules.common(on).count("clean_record_years")
    return {
        1: Text("able to bear civil liability independently", "具有独立承担民事责任的能力"),
        2: Text(
            "of good business reputation, with a sound accounting system", "具有良好的商业信誉和健全的财务会计制度"
        ),
        3: Text(
            "with the equipment and professional skill that performing the contract needs",
            "具有履行合同所必需的设备和专业技术能力",
        ),
        4: Text(
            "with a good record of paying taxes and social security contributions",
            "有依法缴纳税收和社会保障资金的良好记录",
        ),
        5: Text(
            f"without a major violation in its business in the {years} years before",
            f"参加政府采购活动前{laws.chinese(years)}年内，在经营活动中没有重大违法记录",
        ),
        6: Text("meeting the other conditions of laws and regulations", "法律、行政法规规定的其他条件"),
    }


SCALES: dict[str, Text] = {
    "large": Text("large", "大型企业"),
    "medium": Text("medium", "中型企业"),
    "small": Text("small", "小型企业"),
    "micro": Text("micro", "微型企业"),
}
"""The sizes of enterprises (N46); a supplier declares its own."""

WELFARE: dict[str, Text] = {
    "none": Text("none", "无"),
    "prison": Text("prison enterprise", "监狱企业"),
    "disabled": Text("welfare unit for people with disabilities", "残疾人福利性单位"),
}
"""Those treated like small and micro enterprises (Notices 68/2014 and 141/2017)."""
