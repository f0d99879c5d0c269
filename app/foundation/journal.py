"""The journal: what was done, by whom and when, as a hash chain for each case.

An entry's hash covers the hash before it, so that nothing can be changed, left out or put in later without
breaking the chain from there on; its seal, made with the instance's key, shows who hashed it. The last entry of a
transaction binds digests of every legal row that the transaction wrote (``ledger``); one that wrote rows and did
no act gets an entry of its own. Entries are written when the transaction commits.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
import rfc8785
from sqlalchemy import (
    BigInteger,
    Connection,
    ForeignKey,
    Index,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import Text as LongText
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import belongings, clock, legal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import Base, Json, UtcDateTime, journal_key, new_id
from app.foundation.ledger import Head, Ledger, Row
from app.foundation.prepared import Prepared

GENESIS = "0" * 64
ALONE = "records"
"""The chain of what was written outside of any case."""


class JournalHead(Base):
    """The last entry of a case's chain; its row lock makes writers of one case take turns."""

    __tablename__ = "journal_head"
    case_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=GENESIS)


class JournalEntry(Base):
    """One act: ``hash`` = SHA-256 over the canonical JSON (RFC 8785) of everything else in the row but its seal.

    ``position`` is where it stands among all chains: a row that several entries bind is as the highest says.
    ``records`` holds the digests, ``{table: {row: {column: digest}}}``, null for a row that was deleted.
    Entries of the first release have no position, records and seal.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("case_id", "sequence"), Index(None, "act", "at"), Index(None, "position"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(String(64), ForeignKey("journal_head.case_id"))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(100))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    position: Mapped[int | None] = mapped_column(BigInteger, Sequence("journal_position"))
    records: Mapped[str | None] = mapped_column(LongText)
    seal: Mapped[str | None] = mapped_column(String(20))


class JournalCheckpoint(Base):
    """The ends of all chains at one moment, itself chained (``checkpoints``). Those of the first release name no chains.

    ``heads`` is their number, ``changed`` the JSON of those that went on since the one before (all, if ``whole``), each
    ``[case, sequence, hash]``; ``root`` is the SHA-256 over all of them.
    """

    __tablename__ = "journal_checkpoint"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    heads: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    whole: Mapped[bool | None]
    changed: Mapped[str | None] = mapped_column(LongText)
    root: Mapped[str | None] = mapped_column(String(64))
    signature: Mapped[str | None] = mapped_column(String(100))


_HEADS = cast(Table, JournalHead.__table__)
_ENTRIES = cast(Table, JournalEntry.__table__)
_LOCKED = select(_HEADS.c.sequence, _HEADS.c.hash).where(_HEADS.c.case_id == bindparam("case")).with_for_update()
_LAST_POSITION = select(func.coalesce(func.max(_ENTRIES.c.position), 0))
_HEAD = Prepared(_LOCKED)
_HEAD_AND_POSITION = Prepared(_LOCKED.add_columns(_LAST_POSITION.scalar_subquery().label("position")))
_NEXT_POSITION = select(Sequence("journal_position").next_value())
_NOW: dict[str, Any] = {"sequence": bindparam("last"), "hash": bindparam("digest")}
_BEGIN = Prepared(insert(_HEADS).values(case_id=bindparam("case"), **_NOW))
_CLAIM = Prepared(postgresql.insert(_HEADS).values(case_id=bindparam("case"), **_NOW).on_conflict_do_nothing())
_GO_ON = Prepared(update(_HEADS).where(_HEADS.c.case_id == bindparam("case")).values(**_NOW))
_APPEND = Prepared(insert(_ENTRIES), tuple(_ENTRIES.c.keys()))


@dataclass
class _Act:
    """An entry that isn't written yet, column for column."""

    id: str
    case_id: str
    at: datetime
    actor_id: str
    actor_name: str
    act: str
    facts: dict[str, Any]
    sequence: int = 0
    previous: str = GENESIS
    hash: str = ""
    position: int | None = None
    records: str | None = None
    seal: str | None = None


@dataclass(frozen=True)
class Violation:
    """A row that isn't what it must be: its table, its id, the column where one is to blame, and what is wrong."""

    table: str
    row: str
    column: str | None
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}{f' {self.column}' if self.column else ''}: {self.what}"


def write(session: Session, actor: Actor, *, case: str, act: str, facts: Mapping[str, Any] | None = None) -> None:
    """Append an act to a case's chain, whose other writers wait from here on; it is written with the commit.

    ``facts`` must be JSON (text for decimals and times).
    """
    ledger = Ledger.of(session)
    if case not in ledger.heads():
        ledger.top.heads[case] = _head(session, case)
    ledger.top.pending.append(_Act(new_id(), case, clock.now(session), actor.id, actor.name, act, dict(facts or {})))


def _head(session: Session, case: str) -> Head:
    ledger, connection = Ledger.of(session), belongings.connection(session)
    embedded = ledger.position is None and connection.dialect.name == "sqlite"  # nobody else writes meanwhile
    found = (_HEAD_AND_POSITION if embedded else _HEAD).first(connection, {"case": case})
    if found is None and connection.dialect.name == "postgresql":  # others may begin the same chain at this moment
        _CLAIM.write(connection, {"case": case, "last": 0, "digest": GENESIS})
        found = _HEAD.first(connection, {"case": case})
    if found is None:
        return Head(0, GENESIS, False)
    if embedded:
        ledger.position = found[2]
    return Head(found[0], found[1], True)


@event.listens_for(Session, "before_commit")
def _commits(session: Session) -> None:
    if not session.in_nested_transaction():
        settle(session)


def settle(session: Session) -> None:
    """Write the entries that are pending, and bind what the transaction wrote to the last of them."""
    session.flush()
    ledger = Ledger.of(session)
    if ledger.is_empty:
        return
    key = journal_key(session.get_bind())
    rows = ledger.rows(session) if key else {}
    if rows and not ledger.pending():
        write(session, SYSTEM, case=ALONE, act="records.write")
    heads, position = ledger.heads(), _position(session, ledger) if key else None
    entries: list[_Act] = ledger.pending()
    if rows:
        entries[-1].records = bound(key, rows)
    for entry in entries:
        head = heads[entry.case_id]
        entry.sequence, entry.previous, entry.position = head.sequence + 1, head.hash, position
        entry.hash = digest(entry)
        entry.seal = seal(key, entry.hash) if key else None
        head.sequence, head.hash = entry.sequence, entry.hash
    if entries:
        _append(session, entries, heads)
    ledger.clear()


def _append(session: Session, entries: list[_Act], heads: Mapping[str, Head]) -> None:
    connection = belongings.connection(session)
    for case in dict.fromkeys(entry.case_id for entry in entries):
        head = heads[case]
        now = {"case": case, "last": head.sequence, "digest": head.hash}
        (_GO_ON if head.stored else _BEGIN).write(connection, now)
        head.stored = True
    _APPEND.write(connection, [vars(entry) for entry in entries])


def _position(session: Session, ledger: Ledger) -> int:
    """The next position: rows are locked by now, so that what is bound later has a higher one."""
    if session.get_bind().dialect.name == "postgresql":
        return session.connection().execute(_NEXT_POSITION).scalar_one()
    if ledger.position is None:  # nobody else writes meanwhile
        ledger.position = session.connection().execute(_LAST_POSITION).scalar_one()
    ledger.position += 1
    return ledger.position


def bound(key: bytes, rows: Mapping[tuple[str, str], Row | None]) -> str:
    """The digests of rows as an entry holds them."""
    told: dict[str, dict[str, dict[str, str] | None]] = {}
    for (table, row), values in rows.items():
        told.setdefault(table, {})[row] = values and legal.digests(key, table, row, values)
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def seal(key: bytes, told: str) -> str:
    """Shows that a hash was made by this instance: 20 characters."""
    return b64encode(hmac.digest(key, told.encode(), "sha256")[: legal.DIGEST_BYTES]).decode()


def digest(entry: JournalEntry | _Act) -> str:
    """The hash an entry must carry, worked out from its contents."""
    content: dict[str, Any] = {
        "case": entry.case_id,
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor_id,
        "name": entry.actor_name,
        "act": entry.act,
        "facts": _canonical(entry.facts),
        "previous": entry.previous,
    }
    if entry.position is not None:
        told = hashlib.sha256((entry.records or "").encode()).hexdigest()
        content |= {"id": entry.id, "position": entry.position, "records": told}
    return hashlib.sha256(_bytes(content)).hexdigest()


def _bytes(content: dict[str, Any]) -> bytes:
    """The canonical JSON (RFC 8785); by the faster writer, where what it writes is the same to the byte."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS) if _is_plain(content) else rfc8785.dumps(content)


def _is_plain(value: Any) -> bool:
    """Whether a value has only text, truths, nothing, and whole numbers below 2^53, under keys of ASCII."""
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str) or (isinstance(value, int) and -(2**53) < value < 2**53)


def go_on(connection: Connection) -> None:
    """Let positions go on after the highest, where entries came from another database."""
    if connection.dialect.name == "postgresql":
        last = connection.execute(_LAST_POSITION).scalar_one()
        connection.execute(select(func.setval("journal_position", last + 1)))


def _canonical(facts: Any) -> Any:
    """Facts as they come back from the database: what JSON can't tell apart is told apart nowhere."""
    return Json().process_result_value(Json().process_bind_param(facts, None), None)  # type: ignore[arg-type]


def of_case(session: Session, case: str) -> list[JournalEntry]:
    """All entries of a case in order, those of this transaction too."""
    settle(session)
    return list(
        session.scalars(select(JournalEntry).where(JournalEntry.case_id == case).order_by(JournalEntry.sequence))
    )


def violations(session: Session, *cases: str) -> Iterator[Violation]:
    """Walk every chain (or those of some cases) and yield each place where it is broken; nothing when the journal holds."""
    settle(session)
    key = journal_key(session.get_bind())
    expected: dict[str, tuple[int, str]] = {}
    entries, heads = select(JournalEntry), select(JournalHead)
    if cases:
        entries, heads = entries.where(JournalEntry.case_id.in_(cases)), heads.where(JournalHead.case_id.in_(cases))
    for entry in session.scalars(
        entries.order_by(JournalEntry.case_id, JournalEntry.sequence).execution_options(yield_per=500)
    ):
        sequence, previous = expected.get(entry.case_id, (0, GENESIS))
        for missing in range(sequence + 1, entry.sequence):
            yield Violation("journal_entry", f"{entry.case_id}/{missing}", None, "missing")
        if entry.sequence == sequence + 1 and entry.previous != previous:
            yield Violation("journal_entry", entry.id, "previous", "it doesn't follow the entry before it")
        if digest(entry) != entry.hash:
            yield Violation("journal_entry", entry.id, "hash", "the entry was changed after it was written")
        if entry.position is not None and entry.seal != seal(key, entry.hash):
            yield Violation("journal_entry", entry.id, "seal", "the entry was hashed by somebody else")
        expected[entry.case_id] = (entry.sequence, entry.hash)
    for head in session.scalars(heads):
        if expected.pop(head.case_id, (0, GENESIS)) != (head.sequence, head.hash):
            yield Violation("journal_head", head.case_id, "hash", "the chain's end doesn't match its last entry")
    for gone in sorted(expected):
        yield Violation("journal_head", gone, None, "missing")


def size(session: Session) -> int:
    """The number of entries in all chains."""
    return session.scalar(select(func.count()).select_from(JournalEntry)) or 0
