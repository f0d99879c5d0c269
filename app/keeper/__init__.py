"""The keeper of the bids' keys: a process of its own, so that nothing in the house can open a bid before its deadline.

``python -m app.keeper`` runs it. It makes an age key (X25519) for each lot, keeps the private half under its own
master key in its own file, and gives it out after the deadline only, by its own clock; each such act is a line of a
log that can be added to but not changed. The web process knows the public halves and asks over a local socket
(``client.RemoteKeeper``); tests and demonstrations on a virtual clock keep keys in memory (``local.LocalKeeper``).

What it protects against: whoever has the database, its backups or the web process can't read a submitted bid before
the deadline. What it doesn't: who rules the machine the keeper runs on can change its clock or read its files; and a
bid passes readable through the web process while its supplier writes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from app.keeper.refusals import (
    ClocksApart,
    DeadlineNotAhead,
    KeeperAway,
    KeyDamaged,
    KeyNotDue,
    KeyReleased,
    KeyUnknown,
)

__all__ = [
    "ClocksApart",
    "DeadlineNotAhead",
    "Keeper",
    "KeeperAway",
    "KeyDamaged",
    "KeyNotDue",
    "KeyReleased",
    "KeyUnknown",
]


class Keeper(Protocol):
    """What the house asks of a keeper. Instants are aware; keys are in age's own text form."""

    def create(self, lot_id: str, deadline_at: datetime) -> str:
        """Make a lot's key, or find it again; the public half (``age1…``).

        :raises DeadlineNotAhead:
        """

    def extend(self, lot_id: str, deadline_at: datetime) -> None:
        """Move a key's release to a later deadline.

        :raises DeadlineNotAhead:
        :raises KeyReleased:
        :raises KeyUnknown:
        """

    def answers(self) -> bool:
        """Whether the keeper is there."""

    def difference(self) -> tuple[timedelta, timedelta]:
        """How far the keeper's clock is ahead of ours, and how far that may be wrong.

        :raises KeeperAway:
        """

    def allow(self, lot_id: str) -> None:
        """Let a lot's deadline have its consequences, once it has passed.

        :raises KeyNotDue:
        :raises KeyUnknown:
        :raises ClocksApart:
        """

    def release(self, lot_id: str) -> str:
        """The private half (``AGE-SECRET-KEY-…``), once the deadline has passed.

        :raises KeyNotDue:
        :raises KeyUnknown:
        """
