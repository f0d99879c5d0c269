"""The keys themselves: made, held under the master key until their deadline, given out after it.

They lie in an SQLite file that nothing but the keeper opens. A private half is encrypted (AES-256-GCM) together with
its lot, its public half and its deadline: a row whose deadline was edited from outside no longer opens.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import NoReturn
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyrage import x25519

from app.foundation.errors import Refusal
from app.keeper.logs import Log, LogBroken
from app.keeper.refusals import DeadlineNotAhead, DeadlineTooFar, KeyDamaged, KeyNotDue, KeyReleased, KeyUnknown

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lot_key (
    id TEXT PRIMARY KEY, lot_id TEXT NOT NULL, number INTEGER NOT NULL, recipient TEXT NOT NULL, sealed BLOB NOT NULL,
    deadline_at TEXT NOT NULL, created_at TEXT NOT NULL, released_at TEXT, UNIQUE (lot_id, number));
CREATE TABLE IF NOT EXISTS followed_clock (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log_seal (one INTEGER PRIMARY KEY CHECK (one = 1), seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log_head (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL);
"""


LONGEST = timedelta(days=730)
"""How long a key is held at most from now on; each extension counts anew."""
MACHINE, DEMONSTRATION = "machine", "demonstration"
"""The clocks a vault may follow: the machine's, or a demonstration's, which can be turned. It never changes to another."""


class ClockRefused(Exception):
    """A vault was to follow another clock than the one it was made with."""


@dataclass(frozen=True)
class _Key:
    id: str
    lot_id: str
    number: int
    recipient: str
    sealed: bytes
    deadline_at: datetime
    released_at: str | None


class Vault:
    """The keeper's keys and rules. ``path`` is its file (None: in memory), ``now`` the keeper's own clock.

    A lot whose key was given out gets another one for its next tender. Raises LogBroken when the log is shorter than
    what the file remembers of it, or differs; ClockRefused when ``clock`` isn't the one the file was made with.
    """

    def __init__(
        self, path: Path | None, master: bytes, log: Log, now: Callable[[], datetime], clock: str = MACHINE
    ) -> None:
        self._cipher, self._log, self._now, self._lock = AESGCM(master), log, now, Lock()
        self._head_key = hmac.digest(master, b"the head of the log", "sha256")
        self._file = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=10)
        self._file.execute("PRAGMA synchronous=FULL")
        self._file.executescript(_SCHEMA)
        self._require_log()
        self._require_clock(clock)
        self._keep_head()

    def began(self, clock: str) -> None:
        """Log that the keeper began to serve."""
        with self._acting():
            self._log.write(self.now(), "start", clock=clock)

    def _require_log(self) -> None:
        """The log must hold what it held when its head was kept, and the head be one that we kept ourselves."""
        known = self._file.execute("SELECT sequence, hash FROM log_head").fetchone()
        seal = self._file.execute("SELECT seal FROM log_seal").fetchone()  # none in a file of the first release
        if seal is not None and (known is None or not hmac.compare_digest(seal[0], self._seal_of_head(*known))):
            raise LogBroken("the head of the log, as the keeper's file remembers it, was changed from outside")
        if known is not None and not self._log.holds(*known):
            raise LogBroken(f"line {known[0]}, which the keeper once wrote, is missing or was changed")

    def _keep_head(self) -> None:
        """Remember the log's last line, under a seal that only who has the master key can make."""
        head = (self._log.sequence, self._log.head)
        self._file.execute(
            "INSERT INTO log_head VALUES (1, ?, ?) "
            "ON CONFLICT (one) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
            head,
        )
        self._file.execute(
            "INSERT INTO log_seal VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seal = excluded.seal",
            (self._seal_of_head(*head),),
        )

    def _seal_of_head(self, sequence: int, head: str) -> str:
        return hmac.digest(self._head_key, f"{sequence}:{head}".encode(), "sha256").hex()

    def _require_clock(self, clock: str) -> None:
        """A new file remembers its clock; one of before this was remembered follows the machine's."""
        if self._file.execute("SELECT 1 FROM followed_clock").fetchone() is None:
            first = clock if self._log.sequence == 0 else MACHINE
            self._file.execute("INSERT INTO followed_clock VALUES (1, ?)", (first,))
        (followed,) = self._file.execute("SELECT name FROM followed_clock").fetchone()
        if followed != clock:
            self.close()
            raise ClockRefused(f"its keys follow the clock of the {followed}, and no other from then on")

    def now(self) -> datetime:
        """The keeper's time."""
        return self._now().astimezone(UTC)

    def create(self, lot_id: str, deadline_at: datetime) -> str:
        """Make a lot's key, or find it again (and move its deadline, if later); the public half."""
        deadline_at = deadline_at.astimezone(UTC)
        with self._acting():
            key = self._key(lot_id)
            if key is not None and key.released_at is None:
                self._move(key, deadline_at)
                return key.recipient
            if deadline_at <= self.now():
                self._refuse("create", lot_id, DeadlineNotAhead(deadline=_said(self.now())))
            self._refuse_far("create", lot_id, deadline_at)
            identity = x25519.Identity.generate()
            number = key.number + 1 if key is not None else 1
            new = _Key(uuid4().hex, lot_id, number, str(identity.to_public()), b"", deadline_at, None)
            self._file.execute(
                "INSERT INTO lot_key VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    new.id,
                    lot_id,
                    number,
                    new.recipient,
                    self._seal(new, str(identity)),
                    deadline_at.isoformat(),
                    self.now().isoformat(),
                ),
            )
            self._note("create", lot_id, recipient=new.recipient, deadline_at=deadline_at.isoformat())
            return new.recipient

    def extend(self, lot_id: str, deadline_at: datetime) -> None:
        """Hold a lot's key until a later deadline."""
        with self._acting():
            key = self._known(lot_id, "extend")
            if key.released_at is not None:
                self._refuse("extend", lot_id, KeyReleased())
            self._move(key, deadline_at.astimezone(UTC))

    def release(self, lot_id: str) -> str:
        """Give a lot's private half out, if its deadline has passed."""
        with self._acting():
            key, now = self._known(lot_id, "release"), self.now()
            if now < key.deadline_at:
                self._refuse("release", lot_id, KeyNotDue(deadline=_said(key.deadline_at), now=_said(now)))
            identity = self._unseal(key)
            self._file.execute(
                "UPDATE lot_key SET released_at = coalesce(released_at, ?) WHERE id = ?", (now.isoformat(), key.id)
            )
            self._note("release", lot_id, recipient=key.recipient, deadline_at=key.deadline_at.isoformat())
            return identity

    def allow(self, lot_id: str) -> None:
        """Let an opening or a failure of a lot happen, if its deadline has passed; no key is given out."""
        with self._acting():
            key, now = self._known(lot_id, "allow"), self.now()
            if now < key.deadline_at:
                self._refuse("allow", lot_id, KeyNotDue(deadline=_said(key.deadline_at), now=_said(now)))
            self._note("allow", lot_id, deadline_at=key.deadline_at.isoformat())

    def deadline(self, lot_id: str) -> datetime:
        """Until when a lot's key is held."""
        with self._lock:
            key = self._key(lot_id)
        if key is None:
            raise KeyUnknown
        return key.deadline_at

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @contextmanager
    def _acting(self) -> Iterator[None]:
        """One act at a time; what it changes and the log's new head are kept together, or nothing is."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                self._keep_head()  # a refusal is in the log too, and mustn't be cut from its end
                raise
            self._keep_head()
            self._file.execute("COMMIT")

    def _note(self, act: str, lot_id: str, **facts: str) -> None:
        self._log.write(self.now(), act, lot=lot_id, **facts)

    def _refuse(self, act: str, lot_id: str, refusal: Refusal) -> NoReturn:
        """Log a refusal and raise it."""
        self._note("refuse", lot_id, asked=act, why=str(refusal))
        raise refusal

    def _refuse_far(self, act: str, lot_id: str, deadline_at: datetime) -> None:
        latest = self.now() + LONGEST
        if deadline_at > latest:
            self._refuse(act, lot_id, DeadlineTooFar(latest=_said(latest)))

    def _known(self, lot_id: str, act: str) -> _Key:
        key = self._key(lot_id)
        if key is None:
            self._refuse(act, lot_id, KeyUnknown())
        return key

    def _key(self, lot_id: str) -> _Key | None:
        row = self._file.execute(
            "SELECT id, lot_id, number, recipient, sealed, deadline_at, released_at FROM lot_key "
            "WHERE lot_id = ? ORDER BY number DESC LIMIT 1",
            (lot_id,),
        ).fetchone()
        if row is None:
            return None
        id_, lot, number, recipient, sealed, deadline_at, released_at = row
        return _Key(id_, lot, number, recipient, sealed, datetime.fromisoformat(deadline_at), released_at)

    def _move(self, key: _Key, deadline_at: datetime) -> None:
        if deadline_at == key.deadline_at:
            return
        if deadline_at < key.deadline_at:
            self._refuse("extend", key.lot_id, DeadlineNotAhead(deadline=_said(key.deadline_at)))
        self._refuse_far("extend", key.lot_id, deadline_at)
        moved = _Key(key.id, key.lot_id, key.number, key.recipient, b"", deadline_at, None)
        self._file.execute(
            "UPDATE lot_key SET deadline_at = ?, sealed = ? WHERE id = ?",
            (deadline_at.isoformat(), self._seal(moved, self._unseal(key)), key.id),
        )
        times = {"old_deadline_at": key.deadline_at.isoformat(), "deadline_at": deadline_at.isoformat()}
        self._note("extend", key.lot_id, recipient=key.recipient, **times)

    def _seal(self, key: _Key, identity: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, identity.encode(), _bound(key))

    def _unseal(self, key: _Key) -> str:
        try:
            return self._cipher.decrypt(key.sealed[:12], key.sealed[12:], _bound(key)).decode()
        except InvalidTag:
            self._refuse("open", key.lot_id, KeyDamaged())


def _bound(key: _Key) -> bytes:
    return "|".join((key.id, key.lot_id, key.recipient, key.deadline_at.isoformat())).encode()


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
