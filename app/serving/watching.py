"""Compares this machine's clock with the keeper's and the database's, at the start and each minute."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from app.bootstrap import House
from app.foundation import doubts
from app.keeper import KeeperAway

log = logging.getLogger(__name__)

PROBES = 3
"""How often a clock is asked; the answer that came quickest counts."""


class Watch:
    """What one serving process watches; ``node`` is its name among the others."""

    def __init__(self, house: House, node: str) -> None:
        self._house, self._node = house, node

    def look(self) -> None:
        """Compare; keep how far the keeper's clock is ahead, and raise the alarm where two clocks are too far apart."""
        for which, (apart, error) in self._measured():
            if which == "keeper":
                self._house.ahead = apart if abs(apart) > error else timedelta(0)
            if abs(apart) - error > doubts.MOST_APART:
                self._doubt(which, apart)

    def _doubt(self, which: str, apart: timedelta) -> None:
        log.error("%s is %.1f s ahead of this machine's", doubts.CLOCKS[which].en, apart.total_seconds())
        self._house.in_transaction(lambda s: doubts.note(s, which=which, node=self._node, apart=apart))

    def _measured(self) -> Iterator[tuple[str, tuple[timedelta, timedelta]]]:
        """How far each clock is ahead of ours, and how far that may be wrong."""
        try:
            yield "keeper", min((self._house.keeper.difference() for _ in range(PROBES)), key=lambda found: found[1])
        except KeeperAway as away:
            log.warning("the keeper's clock can't be compared: %s", away)
        if self._house.database.dialect.name == "postgresql" and self._house.engine.clock is None:
            yield "database", min((self._of_database() for _ in range(PROBES)), key=lambda found: found[1])

    def _of_database(self) -> tuple[timedelta, timedelta]:
        with self._house.database.connect() as connection:
            connection.execute(text("SELECT 1"))
            before = datetime.now(UTC)
            theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            after = datetime.now(UTC)
        return theirs - (before + (after - before) / 2), (after - before) / 2
