"""The keeper as the web process sees it: over the local socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.keeper.conversations import (
    SECONDS,
    Unproved,
    near,
    new_nonce,
    pack,
    read_line,
    secret_in,
    socket_address,
    unpack,
)
from app.keeper.refusals import BY_CODE, ClocksApart, KeeperAway, KeyNotDue

MOST_APART = timedelta(seconds=1)
"""How far the keeper's clock and ours may differ when a deadline is set."""


class RemoteKeeper:
    """Asks the keeper process at ``address``; ``secret`` is the file of the secret both know.

    Every act raises KeeperAway when the process doesn't answer, and nothing has happened then that asking again
    wouldn't mend. ``now`` is this process's clock.
    """

    def __init__(self, address: str, secret: Path, *, now: Callable[[], datetime] | None = None) -> None:
        self._family, self._address = socket_address(address)
        self._secret, self._now = secret, now or (lambda: datetime.now(UTC))

    def create(self, lot_id: str, deadline_at: datetime) -> str:
        """See ``Keeper.create``.

        :raises ClocksApart:
        """
        self.require_same_time()
        return str(self._ask("create", lot_id=lot_id, deadline_at=deadline_at.isoformat()))

    def extend(self, lot_id: str, deadline_at: datetime) -> None:
        """See ``Keeper.extend``.

        :raises ClocksApart:
        """
        self.require_same_time()
        self._ask("extend", lot_id=lot_id, deadline_at=deadline_at.isoformat())

    def release(self, lot_id: str) -> str:
        """See ``Keeper.release``. Asked at the very deadline by a clock that is a little ahead, it waits for the keeper's."""
        return str(self._ask_when_due("release", lot_id))

    def allow(self, lot_id: str) -> None:
        """See ``Keeper.allow``. Raises ClocksApart; it waits like ``release``."""
        self.require_same_time()
        self._ask_when_due("allow", lot_id)

    def _ask_when_due(self, act: str, lot_id: str) -> Any:
        until = time.monotonic() + SECONDS
        while True:
            try:
                return self._ask(act, lot_id=lot_id)
            except KeyNotDue as early:
                left = _instant(early, "deadline") - _instant(early, "now")
                if left > MOST_APART or time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def difference(self) -> tuple[timedelta, timedelta]:
        """See ``Keeper.difference``: half of what the asking took is what it may be wrong by."""
        before = self._now()
        theirs = datetime.fromisoformat(self._ask("time"))
        half = (self._now() - before) / 2
        return theirs - (before + half), half

    def require_same_time(self) -> None:
        """Go on only while both clocks agree to a second.

        :raises ClocksApart:
        """
        difference, error = self.difference()
        if abs(difference) - error > MOST_APART:
            raise ClocksApart(seconds=f"{difference.total_seconds():.1f}")

    def answers(self) -> bool:
        """Whether the keeper is there."""
        try:
            self._ask("time")
        except KeeperAway:
            return False
        return True

    def _ask(self, act: str, **inputs: str) -> Any:
        try:
            answer = self._converse({"act": act, **inputs})
        except (OSError, Unproved) as error:
            raise KeeperAway(why=str(error) or type(error).__name__) from error
        if "refused" in answer:
            refusal = BY_CODE.get(answer["refused"])
            if refusal is None:
                raise KeeperAway(why=answer["refused"])
            raise refusal(**answer["details"])
        return answer["result"]

    def _connect(self, connection: socket.socket) -> None:
        if self._family is not socket.AF_UNIX:
            connection.connect(self._address)
            return
        with near(self._address) as place:
            connection.connect(place)

    def _converse(self, question: dict[str, Any]) -> dict[str, Any]:
        secret, nonce = secret_in(self._secret), new_nonce()
        with socket.socket(self._family, socket.SOCK_STREAM) as connection:
            connection.settimeout(SECONDS)
            self._connect(connection)
            challenge = read_line(connection).decode()
            connection.sendall(pack(secret, "house", challenge, {**question, "nonce": nonce}))
            return unpack(secret, "keeper", nonce, read_line(connection))


def _instant(refusal: KeyNotDue, name: str) -> datetime:
    return datetime.fromisoformat(str(refusal.details[name]))
