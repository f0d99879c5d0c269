"""The tables of certificates: the authorities that are trusted here, and the certificates of organisations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, UtcDateTime, new_id


class Authority(Base):
    """An authority by what it does (``root``, ``issuing``, ``time``) or, for one outside, its certificate's digest.

    ``certificate`` is PEM. ``key`` is sealed to the installation's secret; an authority outside has none here.
    """

    __tablename__ = "certificate_authority"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    certificate: Mapped[str] = mapped_column(LongText)
    key: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, default=None)
    is_root: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Certificate(Base):
    """An organisation's certificate; ``number`` counts its certificates. ``serial`` in hexadecimal, ``key`` sealed."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    certificate: Mapped[str] = mapped_column(LongText)
    key: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revoked_by: Mapped[str | None] = mapped_column(String(64), default=None)
    revocation_reasons: Mapped[str] = mapped_column(LongText, default="")
