"""The journal: what was done, by whom and when, as a hash chain for each case.

An entry's hash covers the hash before it, so that nothing can be changed, left out or put in later without
breaking the chain from there on. The heads of all chains are joined in checkpoints; a checkpoint kept outside
the house proves that history wasn't rewritten as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import rfc8785
from sqlalchemy import ForeignKey, Index, String, Table, UniqueConstraint, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.database import Base, Json, UtcDateTime, new_id

GENESIS = "0" * 64


class JournalHead(Base):
    """The last entry of a case's chain; its row lock makes writers of one case take turns."""

    __tablename__ = "journal_head"
    case_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=GENESIS)


class JournalEntry(Base):
    """One act: ``hash`` = SHA-256 over the canonical JSON (RFC 8785) of everything else in the row."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("case_id", "sequence"), Index(None, "act", "at"))
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


class JournalCheckpoint(Base):
    """The digest over the heads of all chains at one moment, itself chained."""

    __tablename__ = "journal_checkpoint"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    heads: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


_HEADS = cast(Table, JournalHead.__table__)
_ENTRIES = cast(Table, JournalEntry.__table__)
_HEAD = select(_HEADS.c.sequence, _HEADS.c.hash).where(_HEADS.c.case_id == bindparam("case")).with_for_update()
_NOW: dict[str, Any] = {"sequence": bindparam("last"), "hash": bindparam("digest")}
_BEGIN = insert(_HEADS).values(case_id=bindparam("case"), **_NOW)
_GO_ON = update(_HEADS).where(_HEADS.c.case_id == bindparam("case")).values(**_NOW)
_APPEND = insert(_ENTRIES)
# Made once: every act of the house passes here, and building a statement costs more than running it.


@dataclass(frozen=True)
class Violation:
    """A place where the journal doesn't hold: the case, the entry's number and what is wrong."""

    case_id: str
    sequence: int
    what: str


def write(
    session: Session, actor: Actor, *, case: str, act: str, facts: Mapping[str, Any] | None = None
) -> JournalEntry:
    """Append an act to a case's chain; the entry that was written, detached.

    ``facts`` must be JSON (text for decimals and times).
    """
    head = session.execute(_HEAD, {"case": case}).first()
    entry = JournalEntry(
        id=new_id(),
        case_id=case,
        sequence=(head.sequence if head else 0) + 1,
        at=clock.now(session),
        actor_id=actor.id,
        actor_name=actor.name,
        act=act,
        facts=dict(facts or {}),
        previous=head.hash if head else GENESIS,
    )
    entry.hash = digest(entry)
    now = {"case": case, "last": entry.sequence, "digest": entry.hash}
    session.execute(_BEGIN if head is None else _GO_ON, now)
    session.execute(_APPEND, {column.name: getattr(entry, column.name) for column in _ENTRIES.c})
    return entry


def digest(entry: JournalEntry) -> str:
    """The hash an entry must carry, worked out from its contents."""
    content = {
        "case": entry.case_id,
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor_id,
        "name": entry.actor_name,
        "act": entry.act,
        "facts": _canonical(entry.facts),
        "previous": entry.previous,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _canonical(facts: Any) -> Any:
    """Facts as they come back from the database: what JSON can't tell apart is told apart nowhere."""
    return Json().process_result_value(Json().process_bind_param(facts, None), None)  # type: ignore[arg-type]


def of_case(session: Session, case: str) -> list[JournalEntry]:
    """All entries of a case in order."""
    return list(
        session.scalars(select(JournalEntry).where(JournalEntry.case_id == case).order_by(JournalEntry.sequence))
    )


def checkpoint(session: Session) -> JournalCheckpoint:
    """Join the heads of all chains in one digest, chained to the checkpoint before it."""
    heads = list(
        session.execute(
            select(JournalHead.case_id, JournalHead.sequence, JournalHead.hash).order_by(JournalHead.case_id)
        )
    )
    last = session.scalars(select(JournalCheckpoint).order_by(JournalCheckpoint.sequence.desc()).limit(1)).first()
    previous = last.hash if last else GENESIS
    at = clock.now(session)
    content: dict[str, Any] = {"at": at.isoformat(), "heads": [list(h) for h in heads], "previous": previous}
    row = JournalCheckpoint(
        sequence=(last.sequence if last else 0) + 1,
        at=at,
        heads=len(heads),
        previous=previous,
        hash=hashlib.sha256(rfc8785.dumps(content)).hexdigest(),
    )
    session.add(row)
    return row


def violations(session: Session, case: str | None = None) -> Iterator[Violation]:
    """Walk every chain (or a case's) and yield each place where it is broken; nothing when the journal holds."""
    expected: dict[str, tuple[int, str]] = {}
    entries, heads = select(JournalEntry), select(JournalHead)
    if case is not None:
        entries, heads = entries.where(JournalEntry.case_id == case), heads.where(JournalHead.case_id == case)
    for entry in session.scalars(
        entries.order_by(JournalEntry.case_id, JournalEntry.sequence).execution_options(yield_per=500)
    ):
        sequence, previous = expected.get(entry.case_id, (0, GENESIS))
        if entry.sequence != sequence + 1:
            yield Violation(entry.case_id, entry.sequence, f"entry {sequence + 1} is missing")
        elif entry.previous != previous:
            yield Violation(entry.case_id, entry.sequence, "doesn't follow the entry before it")
        if digest(entry) != entry.hash:
            yield Violation(entry.case_id, entry.sequence, "was changed after it was written")
        expected[entry.case_id] = (entry.sequence, entry.hash)
    for head in session.scalars(heads):
        if expected.get(head.case_id, (0, GENESIS)) != (head.sequence, head.hash):
            yield Violation(head.case_id, head.sequence, "the chain's end doesn't match its last entry")


def size(session: Session) -> int:
    """The number of entries in all chains."""
    return session.scalar(select(func.count()).select_from(JournalEntry)) or 0
