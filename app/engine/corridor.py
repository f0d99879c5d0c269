"""The corridor: the one way in which an instance moves for whoever stands at a door.

One step of the instance, then what it sent to others is delivered in the same transaction, after all have come to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.engine import routing, spiff, steps
from app.engine.cache import CachedInstance
from app.engine.engine import Engine
from app.engine.records import InstanceRow
from app.foundation.actor import SYSTEM, Actor

T = TypeVar("T")


def move(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    act: Callable[[spiff.Instance], T],
    *,
    actor: Actor = SYSTEM,
    token_id: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> T:
    """Move a locked instance by one act (``steps.move``), and deliver what was sent."""
    result = steps.move(engine, session, row, act, actor=actor, token_id=token_id, told=told)
    routing.deliver(engine, session)
    return result


def exchange(
    engine: Engine,
    session: Session,
    row: InstanceRow,
    make: Callable[[CachedInstance], spiff.Instance],
    *,
    actor: Actor = SYSTEM,
) -> None:
    """Put another live object in the place of a locked instance's (``steps.exchange``), and deliver what was sent."""
    steps.exchange(engine, session, row, make, actor=actor)
    routing.deliver(engine, session)
