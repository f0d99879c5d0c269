"""The clock that wakes the house: heartbeats that each call one function.

APScheduler only says when to look; what is due stands in tables, so that nothing is lost or done twice whatever
happens to a process. Started by a serving process alone, after any fork, never on import.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session, sessionmaker

from app.engine import messages, timers
from app.engine.engine import Engine
from app.foundation import outbox

log = logging.getLogger(__name__)

SECONDS = {
    "arrivals": 0.5,
    "timers": 1,
    "messages": 2,
    "outbox": 5,
    "keeper": 5,
    "sealer": 5,
    "garbage": 15,
    "clocks": 60,
    "law": 60,
    "clock": 10,
    "tidy": 30,
    "uses": 30,
    "checkpoint": 60,
    "scrub": 3600,
    "reminders": 600,
    "due_tasks": 60,
    "attempts": 3600,
}
"""How often each heartbeat beats."""


def start(
    engine: Engine,
    sessions: sessionmaker[Session],
    senders: Mapping[str, outbox.Sender] | None = None,
    *,
    seconds: Mapping[str, float] = SECONDS,
    others: Mapping[str, Callable[[], Any]] | None = None,
) -> BackgroundScheduler:
    """Start the heartbeats and return the scheduler (``shutdown()`` stops it).

    ``senders`` are the outbox's, by channel; ``others`` are further heartbeats by the names in ``seconds``.
    """
    beats = heartbeats(engine, sessions, dict(senders or {})) | dict(others or {})
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    )
    for name, beat in beats.items():
        scheduler.add_job(_guarded(name, beat), "interval", seconds=seconds.get(name, 60), id=name, name=name)
    scheduler.start()
    return scheduler


def heartbeats(
    engine: Engine, sessions: sessionmaker[Session], senders: dict[str, outbox.Sender]
) -> dict[str, Callable[[], Any]]:
    """The house's own heartbeats: timers, messages to receivers that were busy, the outbox."""
    return {
        "timers": lambda: timers.fire_due(engine, sessions),
        "messages": lambda: messages.deliver_waiting(engine, sessions),
        "outbox": lambda: outbox.send_due(sessions, senders),
    }


def _guarded(name: str, beat: Callable[[], Any]) -> Callable[[], None]:
    """A heartbeat whose failure is logged and which beats again at its next time."""

    def once() -> None:
        try:
            beat()
        except Exception:
            log.exception("the heartbeat %s failed", name)

    return once
