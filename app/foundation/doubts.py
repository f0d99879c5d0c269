"""Doubts about clocks: noticed by a node, kept until a person has looked, and until then nothing final is done.

Two clocks that are more than a second apart mean two different deadlines. Which of them is wrong no program can tell.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import String, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, Exact, UtcDateTime, new_id
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text

MOST_APART = timedelta(seconds=1)
"""How far two clocks may be apart before it is a doubt."""
CLOCKS = {
    "keeper": Text("Clock of the key service", "密钥保管服务的时钟"),
    "database": Text("Clock of the database", "数据库的时钟"),
}
"""What a serving machine's clock is compared with."""


class ClockDoubt(Base):
    """A clock that was found apart from a serving machine's. ``seconds``: by how much it was ahead at most."""

    __tablename__ = "clock_doubt"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    clock: Mapped[str] = mapped_column(String(10))
    node: Mapped[str] = mapped_column(String(64))
    seconds: Mapped[Decimal] = mapped_column(Exact(1))
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    seen_by: Mapped[str | None] = mapped_column(String(64), default=None)
    reasons: Mapped[str] = mapped_column(LongText, default="")


class ClocksDoubted(Conflict):
    """Clocks were apart, and nobody has looked yet: nothing that can't be undone is done."""

    text = Text(
        "The clocks differ by more than one second. An administrator must check them in “Operations” first.",
        "系统时钟偏差超过1秒，须由管理员先在“运行监控”中核查确认。",
    )


class DoubtUnknown(NotFound):
    """There is no such doubt, or somebody has looked already."""

    text = Text("Someone has already checked this.", "该时钟偏差已由他人核查。")


def note(session: Session, *, which: str, node: str, apart: timedelta) -> bool:
    """Keep that a clock was found apart; False where a doubt about it waits to be looked at already."""
    statement = select(ClockDoubt).where(ClockDoubt.clock == which, ClockDoubt.seen_at.is_(None))
    if session.scalars(statement.limit(1)).first() is not None:
        return False
    seconds = Decimal(f"{apart.total_seconds():.1f}")
    session.add(ClockDoubt(clock=which, node=node, seconds=seconds, noticed_at=clock.now(session)))
    session.flush()
    return True


def unseen(session: Session) -> list[ClockDoubt]:
    """The doubts that nobody has looked at, the oldest first."""
    return list(session.scalars(select(ClockDoubt).where(ClockDoubt.seen_at.is_(None)).order_by(ClockDoubt.id)))


def require_none(session: Session) -> None:
    """Go on only when every doubt has been looked at.

    :raises ClocksDoubted:
    """
    if unseen(session):
        raise ClocksDoubted


def see(session: Session, actor: Actor, *, doubt_id: str, reasons: str) -> ClockDoubt:
    """A person has looked, and says what they found.

    :raises DoubtUnknown:
    """
    doubt = session.get(ClockDoubt, doubt_id, with_for_update=True, populate_existing=True)
    if doubt is None or doubt.seen_at is not None:
        raise DoubtUnknown
    doubt.seen_at, doubt.seen_by, doubt.reasons = clock.now(session), actor.id, reasons
    facts = {"doubt": doubt.id, "clock": doubt.clock, "seconds": str(doubt.seconds), "reasons": reasons}
    journal.write(session, actor, case="clocks", act="doubts.see", facts=facts)
    session.flush()
    return doubt
