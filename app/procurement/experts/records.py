"""The tables of the expert pool, of the draw for a lot, and of its evaluation committee."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Base, Json, UtcDateTime, new_id, one_of


class ExpertState(StrEnum):
    """Whether an expert may be drawn: active, suspended for conduct, or left the pool."""

    ACTIVE = "active"  #: may be drawn
    SUSPENDED = "suspended"  #: may not be drawn, because of conduct
    LEFT = "left"  #: is no member of the pool any more


class Expert(Base):
    """A review expert of the pool. ``specialities`` are keys of SPECIALITIES, ``region`` a code like ``CN-SC``.

    ``senior_since`` is the day since which the person holds the senior title that the pool asks for; who has held it
    longest leads a committee.
    """

    __tablename__ = "expert"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(50), default="")
    region: Mapped[str] = mapped_column(String(12), default="CN")
    specialities: Mapped[list[str]] = mapped_column(Json, default=list)
    senior_since: Mapped[date]
    state: Mapped[ExpertState] = mapped_column(one_of(ExpertState, 12, "state"), default=ExpertState.ACTIVE)
    entered_by: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    ties: Mapped[list[ExpertTie]] = relationship(order_by="ExpertTie.id", back_populates="expert")
    absences: Mapped[list[ExpertAbsence]] = relationship(order_by="ExpertAbsence.from_on")
    conduct: Mapped[list[ExpertConduct]] = relationship(order_by="ExpertConduct.id")


class ExpertTie(Base):
    """What binds an expert to an organisation (IR 9): see TIES. Known by its code, or by its name where there is none.

    ``to_on`` is empty while the tie lasts; ``relative`` says who the relative is, for a kinship.
    """

    __tablename__ = "expert_tie"
    __table_args__ = (Index(None, "uscc"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    expert_id: Mapped[str] = mapped_column(String(32), ForeignKey("expert.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    uscc: Mapped[str] = mapped_column(String(18), default="")
    organisation_name: Mapped[str] = mapped_column(String(200))
    relative: Mapped[str] = mapped_column(String(200), default="")
    from_on: Mapped[date | None] = mapped_column(default=None)
    to_on: Mapped[date | None] = mapped_column(default=None)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)

    expert: Mapped[Expert] = relationship(back_populates="ties")


class ExpertAbsence(Base):
    """Days on which an expert can't serve, the first and the last included."""

    __tablename__ = "expert_absence"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    expert_id: Mapped[str] = mapped_column(String(32), ForeignKey("expert.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]


class ExpertConduct(Base):
    """What was recorded about how an expert did the duty (O87 45(1)); ``lot_id`` where it happened."""

    __tablename__ = "expert_conduct"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    expert_id: Mapped[str] = mapped_column(String(32), ForeignKey("expert.id"), index=True)
    lot_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("lot.id"), default=None)
    kind: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[str] = mapped_column(LongText)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Committee(Base):
    """The evaluation committee of a lot. ``seats`` counts all members, ``representative_id`` is the buyer's (or nobody).

    ``seed`` (hex) decides the draw; its ``seed_commitment`` (SHA-256) is journalled before anybody can know the pool.
    The list is secret until ``revealed_at`` (O87 47).
    """

    __tablename__ = "committee"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"), unique=True)
    representative_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"), default=None)
    seats: Mapped[int] = mapped_column(default=0)
    seed: Mapped[str] = mapped_column(String(64))
    seed_commitment: Mapped[str] = mapped_column(String(64))
    appointed_by: Mapped[str] = mapped_column(String(64))
    appointed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leader_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"), default=None)
    seated_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    draws: Mapped[list[Draw]] = relationship(order_by="Draw.number", back_populates="committee")
    members: Mapped[list[Member]] = relationship(order_by="Member.position", back_populates="committee")


class Draw(Base):
    """One set of criteria and the pool it gave; a further one replaces it when its pool is exhausted.

    ``pool`` is ``[[code, expert id], …]`` in the order of the codes, which is the order of calling; ``pool_digest`` is the
    SHA-256 of the public part (criteria and codes), journalled before the first call. ``excluded``: ``{expert id: reason}``.
    """

    __tablename__ = "expert_draw"
    __table_args__ = (UniqueConstraint("committee_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    committee_id: Mapped[str] = mapped_column(String(32), ForeignKey("committee.id"))
    number: Mapped[int]
    criteria: Mapped[dict[str, Any]] = mapped_column(Json)
    pool: Mapped[list[list[str]]] = mapped_column(Json)
    excluded: Mapped[dict[str, str]] = mapped_column(Json)
    pool_digest: Mapped[str] = mapped_column(String(64))
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    committee: Mapped[Committee] = relationship(back_populates="draws")


class MemberState(StrEnum):
    """Called → accepted, declined, recused or silent; the accepted are the committee once it is seated."""

    CALLED = "called"  #: drawn and asked
    ACCEPTED = "accepted"  #: will come; once seated, a member
    DECLINED = "declined"  #: cannot come
    RECUSED = "recused"  #: stands too near to a bidder or to the buyer
    SILENT = "silent"  #: did not answer in time


class Member(Base):
    """Somebody who was called to a committee. ``expert_id`` is empty for the buyer's representative, who isn't drawn."""

    __tablename__ = "committee_member"
    __table_args__ = (UniqueConstraint("committee_id", "account_id"), UniqueConstraint("committee_id", "position"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    committee_id: Mapped[str] = mapped_column(String(32), ForeignKey("committee.id"))
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    expert_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("expert.id"), default=None)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(64), default="")
    draw_number: Mapped[int] = mapped_column(default=0)
    state: Mapped[MemberState] = mapped_column(one_of(MemberState, 12, "state"), default=MemberState.CALLED)
    reasons: Mapped[str] = mapped_column(LongText, default="")
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    committee: Mapped[Committee] = relationship(back_populates="members")

    @property
    def is_representative(self) -> bool:
        """Whether this is the buyer's representative."""
        return self.expert_id is None


class Recusal(Base):
    """An expert must stay away from a lot: said by the agency when it set the criteria, or by the expert (IR 9)."""

    __tablename__ = "expert_recusal"
    __table_args__ = (UniqueConstraint("lot_id", "expert_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(String(32), ForeignKey("lot.id"))
    expert_id: Mapped[str] = mapped_column(String(32), ForeignKey("expert.id"))
    reasons: Mapped[str] = mapped_column(LongText)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
