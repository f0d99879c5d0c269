"""When a request arrived, and from when on everything that had arrived is decided.

A deadline is kept by who had sent the last byte before it, however long the act waits for a thread or a lock after
that. So the instant of arrival is taken down by the server (``app.serving``) and handed to every act that a deadline
decides as ``arrived_at``; ``clock.now`` of the act's transaction decides no deadline.

What a passed deadline starts (an opening, a lapse) waits until all that arrived before it is decided: each serving node
says up to which instant that holds (``publish``), and the clock's door looks no further than the slowest node
(``decided_until``). A node that hasn't said anything for ``FORGOTTEN_AFTER`` is dead and counts no more: what it had
in hand was never acknowledged.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Base, UtcDateTime
from app.foundation.errors import Conflict
from app.foundation.text import Text

ENVIRON = "tenderway.arrived_at"
"""The key of a WSGI environment under which a server says when the request's last byte arrived (aware, UTC)."""

FORGOTTEN_AFTER = timedelta(seconds=30)
"""How long after its last word a serving node still counts."""


class ServingNode(Base):
    """A process that takes requests: what arrived there before ``decided_until`` is decided and committed."""

    __tablename__ = "serving_node"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_until: Mapped[datetime] = mapped_column(UtcDateTime)


class StillDeciding(Conflict):
    """Requests that arrived before the deadline are still being decided."""

    text = Text(
        "Requests that arrived before the deadline are still being decided. Try again in a moment.",
        "截止时间前到达的请求尚在处理中，请稍后重试。",
    )
    statute = "O87 33"


def arrived(session: Session, arrived_at: datetime | None) -> datetime:
    """The instant an act's request arrived; for whoever acts without a server (a scenario, a test), the transaction's now."""
    return arrived_at or clock.now(session)


def publish(session: Session, node_id: str, decided_until: datetime) -> None:
    """Say up to which instant everything that arrived at a node is decided; forgets nodes that died long ago."""
    now = clock.now(session)
    node = session.get(ServingNode, node_id)
    if node is None:
        session.execute(delete(ServingNode).where(ServingNode.said_at < now - 10 * FORGOTTEN_AFTER))
        session.add(ServingNode(id=node_id, said_at=now, decided_until=decided_until))
    else:
        node.said_at, node.decided_until = now, decided_until
    session.flush()


def decide_all(session: Session, at: datetime) -> None:
    """Everything that arrived at any node before ``at`` counts as decided (a clock that is turned has nobody arrive on the way)."""
    session.execute(update(ServingNode).values(said_at=at, decided_until=at))


def leave(session: Session, node_id: str) -> None:
    """A node stops serving, with nothing left to decide."""
    session.execute(delete(ServingNode).where(ServingNode.id == node_id))


def decided_until(session: Session) -> datetime:
    """Up to which instant everything that arrived, at any node, is decided: at most now."""
    now = clock.now(session)
    living = select(func.min(ServingNode.decided_until)).where(ServingNode.said_at > now - FORGOTTEN_AFTER)
    slowest = session.scalar(living)
    return now if slowest is None else min(now, slowest)


def require_decided(session: Session, deadline_at: datetime) -> None:
    """Go on only when everything that arrived before ``deadline_at`` is decided.

    :raises StillDeciding:
    """
    if decided_until(session) < deadline_at:
        raise StillDeciding
