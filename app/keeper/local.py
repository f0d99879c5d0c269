"""A keeper without a process, for tests and demonstrations on a virtual clock: the same rules, keys in memory."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from app.foundation.clock import VirtualClock
from app.keeper.logs import Log
from app.keeper.vaults import Vault


class LocalKeeper:
    """Keeps keys as long as it lives (or in a ``vault`` of its own), by a clock that is turned. ``log`` is what it logged."""

    def __init__(self, clock: VirtualClock, vault: Vault | None = None) -> None:
        self.log = Log()
        self._vault = vault or Vault(None, os.urandom(32), self.log, lambda: clock.instant)

    def create(self, lot_id: str, deadline_at: datetime) -> str:
        """See ``Keeper.create``."""
        return self._vault.create(lot_id, deadline_at)

    def extend(self, lot_id: str, deadline_at: datetime) -> None:
        """See ``Keeper.extend``."""
        self._vault.extend(lot_id, deadline_at)

    def release(self, lot_id: str) -> str:
        """See ``Keeper.release``."""
        return self._vault.release(lot_id)

    def allow(self, lot_id: str) -> None:
        """See ``Keeper.allow``."""
        self._vault.allow(lot_id)

    def difference(self) -> tuple[timedelta, timedelta]:
        """See ``Keeper.difference``: it keeps to the same clock."""
        return timedelta(0), timedelta(0)

    def answers(self) -> bool:
        """See ``Keeper.answers``."""
        return True

    def deadline(self, lot_id: str) -> datetime:
        """Until when a lot's key is held."""
        return self._vault.deadline(lot_id)
