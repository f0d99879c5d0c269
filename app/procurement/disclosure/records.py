"""The tables of disclosure: a project's identifier as a contracting process, and its releases, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, Json, UtcDateTime, new_id


class ContractingProcess(Base):
    """A project in the open data. ``last`` numbers its releases; its row lock makes publishers take turns."""

    __tablename__ = "ocds_process"
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"), primary_key=True)
    ocid: Mapped[str] = mapped_column(String(80), unique=True)
    last: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Release(Base):
    """One OCDS release (OCDS 1.1.5), as it was published. ``tags`` say what happened; ``content`` is the release itself."""

    __tablename__ = "ocds_release"
    __table_args__ = (UniqueConstraint("project_id", "number"), Index(None, "released_at", "id"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("ocds_process.project_id"))
    number: Mapped[int]
    tags: Mapped[list[str]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
