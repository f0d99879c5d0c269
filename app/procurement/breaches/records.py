"""The table of breaches: what a supplier is reported for, its reply, the decision and what follows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.foundation.text import Text
from app.identity.organisations import Organisation
from app.procurement.suppliers import Exclusion


class BreachState(StrEnum):
    """Reported → notified (the party may reply) → decided → published; or dismissed."""

    REPORTED = "reported"  #: somebody reported it, with evidence
    NOTIFIED = "notified"  #: the supplier has the notice and may reply
    DECIDED = "decided"  #: a penalty was decided
    PUBLISHED = "published"  #: the penalty is public
    DISMISSED = "dismissed"  #: it was found to be none


STATE_NAMES: dict[str, Text] = {
    BreachState.REPORTED: Text("reported", "已报告"),
    BreachState.NOTIFIED: Text("the supplier may reply", "陈述申辩中"),
    BreachState.DECIDED: Text("decided", "已决定"),
    BreachState.PUBLISHED: Text("published", "已公告"),
    BreachState.DISMISSED: Text("dismissed", "不予处罚"),
}
"""The names of a breach's states."""

GROUNDS: dict[str, tuple[Text, str]] = {
    "false_material": (Text("false material to win an award", "提供虚假材料谋取中标、成交"), "GPL 77"),
    "defaming": (Text("improper means against other suppliers", "采取不正当手段诋毁、排挤其他供应商"), "GPL 77"),
    "collusion": (Text("collusion", "恶意串通"), "GPL 77, IR 74"),
    "bribery": (Text("bribery", "行贿或者提供其他不正当利益"), "GPL 77, IR 72"),
    "negotiating": (Text("negotiating with the buyer during a tender", "招标采购过程中与采购人进行协商谈判"), "GPL 77"),
    "obstruction": (
        Text("refusing supervision or giving false information", "拒绝有关部门监督检查或者提供虚假情况"),
        "GPL 77",
    ),
    "refused_contract": (
        Text("refusing the contract without good reason", "中标、成交后无正当理由拒不签订政府采购合同"),
        "IR 72",
    ),
    "other_contract": (
        Text("a contract that differs from the procurement documents", "未按照采购文件确定的事项签订政府采购合同"),
        "IR 72",
    ),
    "passed_on": (Text("transferring the contract", "将政府采购合同转包"), "IR 72"),
    "counterfeit": (Text("fake or shoddy products", "提供假冒伪劣产品"), "IR 72"),
    "broke_off": (
        Text("changing, suspending or ending the contract without authority", "擅自变更、中止或者终止政府采购合同"),
        "IR 72",
    ),
    "false_complaint": (
        Text("complaints based on invented facts or false material", "捏造事实、提供虚假材料进行投诉"),
        "IR 73",
    ),
}
"""What a supplier can be excluded for, with the article."""


class Breach(Base):
    """A supplier's breach. ``evidence`` and ``reply_attachments`` are document ids; ``fine`` in yuan, 0 for none.

    ``finance_id`` is the finance department that decides it: the procurement's, else the reporter's; any, where neither
    has one. ``base_amount`` is the procurement amount a fine is measured by, where the breach belongs to a lot.
    """

    __tablename__ = "breach"
    __table_args__ = (Index(None, "state", "reported_at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    supplier_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    lot_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("lot.id"), index=True, default=None)
    ground: Mapped[str] = mapped_column(String(20))
    facts: Mapped[str] = mapped_column(LongText)
    evidence: Mapped[list[str]] = mapped_column(Json, default=list)
    base_amount: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    state: Mapped[BreachState] = mapped_column(one_of(BreachState, 12, "state"), default=BreachState.REPORTED)
    reported_by: Mapped[str] = mapped_column(String(64))
    reported_by_name: Mapped[str] = mapped_column(String(200))
    reporter_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"), default=None)
    finance_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"), default=None)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notified_by: Mapped[str | None] = mapped_column(String(64), default=None)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    intended: Mapped[str] = mapped_column(LongText, default="")
    reply_until_on: Mapped[date | None] = mapped_column(default=None)
    reply: Mapped[str] = mapped_column(LongText, default="")
    reply_attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    wants_hearing: Mapped[bool] = mapped_column(default=False)
    replied_by: Mapped[str | None] = mapped_column(String(64), default=None)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    heard_on: Mapped[date | None] = mapped_column(default=None)
    hearing_record: Mapped[str] = mapped_column(LongText, default="")
    reasons: Mapped[str] = mapped_column(LongText, default="")
    fine: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    exclusion_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("supplier_exclusion.id"), default=None)
    decided_by: Mapped[str | None] = mapped_column(String(64), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    supplier: Mapped[Organisation] = relationship(foreign_keys=[supplier_id])
    exclusion: Mapped[Exclusion | None] = relationship()

    @property
    def ground_name(self) -> Text:
        """What the supplier is reported for."""
        return GROUNDS[self.ground][0]

    @property
    def article(self) -> str:
        """The article the ground rests on."""
        return GROUNDS[self.ground][1]
