"""Works every legal record out from the journal again and compares, row by row and column by column.

Values are read as the driver gives them, so that what was put there by hand can't stop the comparing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import orjson
from sqlalchemy import Table, column, inspect, select, table
from sqlalchemy.orm import Session

from app.foundation import journal, legal
from app.foundation.actor import SYSTEM
from app.foundation.database import Base, journal_key
from app.foundation.journal import JournalEntry, Violation
from app.foundation.ledger import Ledger, Row

NOT_JOURNALLED, MISSING, DIFFERS = "not journalled", "missing", "it isn't what the journal holds"
PORTION = 500
"""Rows of one entry that journals what was found."""

Digests = dict[str, dict[str, dict[str, str]]]
"""Of each column of each row of each table."""


def violations(session: Session, tables: Collection[str] | None = None) -> Iterator[Violation]:
    """Every legal record (of these tables) that isn't as the journal has it; nothing when all are."""
    journal.settle(session)
    kept = _kept(session, tables)
    expected = _journalled(session, kept)
    for one in kept:
        for violation, _ in _differences(session, one, expected.get(one.name, {})):
            yield violation


def held(session: Session, tables: Collection[str], about: str) -> Digests:
    """What the journal holds of the rows of these tables that bear this id."""
    journal.settle(session)
    return _journalled(session, _kept(session, tables), about)


def agrees(record: Base, expected: Digests, key: bytes, columns: Collection[str] | None = None) -> bool:
    """Whether a stored record, from whatever database, is as these digests tell; also where they tell nothing of it."""
    mapper = inspect(type(record))
    of = cast(Table, mapper.local_table)
    kept = legal.records(of)
    assert kept is not None, of.name

    def value(name: str) -> Any:
        return getattr(record, mapper.get_property_by_column(of.c[name]).key)

    row = legal.row_id(value(name) for name in kept.key)
    digests = expected.get(kept.name, {}).get(row, {})
    told = {name: kept.forms[name](value(name)) for name in digests if columns is None or name in columns}
    return all(digests[name] == found for name, found in legal.digests(key, kept.name, row, told).items())


def adopt(session: Session, known: Collection[Violation], facts: Mapping[str, Any]) -> int:
    """Journal what is found in the tables after an upgrade, once; how many rows and columns weren't as journalled.

    ``known`` are the violations from before the upgrade: what was wrong then isn't put right by it.
    """
    before = {(one.table, one.row, one.column) for one in known}
    kept, found = _kept(session, None), 0
    expected = _journalled(session, kept)
    for one in kept:
        for violation, row in _differences(session, one, expected.get(one.name, {})):
            at = (violation.table, violation.row)
            if (*at, violation.column) in before or (*at, None) in before:
                continue
            found += 1
            Ledger.of(session).top.note(at, row)
            if found % PORTION == 0:
                _found(session, facts)
    if not Ledger.of(session).is_empty:
        _found(session, facts)
    return found


def _found(session: Session, facts: Mapping[str, Any]) -> None:
    journal.write(session, SYSTEM, case=journal.ALONE, act="records.found", facts=facts)
    journal.settle(session)


def _kept(session: Session, tables: Collection[str] | None) -> list[legal.Records]:
    """The tables of legal records that the database has, with the columns it has (an upgrade may bring more)."""
    all_tables: Mapping[str, Table] = Base.metadata.tables
    inspector = inspect(session.connection())
    there = set(inspector.get_table_names()) & (set(all_tables) if tables is None else set(tables))
    kept = [records for name in sorted(there) if name in all_tables and (records := legal.records(all_tables[name]))]
    return [records.limited({c["name"] for c in inspector.get_columns(records.name)}) for records in kept]


def _journalled(session: Session, kept: Collection[legal.Records], about: str = "") -> Digests:
    """What the journal holds of these tables: of each column the digest of the entry that bound it last.

    ``about``: read only entries in which this word stands.
    """
    told: Digests = {one.name: {} for one in kept}
    entries = select(JournalEntry.records).where(JournalEntry.records.is_not(None))
    if about:
        entries = entries.where(JournalEntry.records.contains(about, autoescape=True))
    ordered = entries.order_by(JournalEntry.position, JournalEntry.case_id, JournalEntry.sequence)
    for records in session.scalars(ordered.execution_options(yield_per=500)):
        for name, rows in read(records).items():
            if name not in told:
                continue
            for row, digests in rows.items():
                if digests is None:
                    told[name].pop(row, None)
                else:
                    told[name].setdefault(row, {}).update(digests)
    return told


def read(records: str | None) -> dict[str, dict[str, dict[str, str] | None]]:
    """An entry's digests; nothing where they were destroyed (its hash shows that)."""
    try:
        read: dict[str, dict[str, dict[str, str] | None]] = orjson.loads(records or "{}")
    except orjson.JSONDecodeError:
        return {}
    return read


def _differences(
    session: Session, kept: legal.Records, expected: dict[str, dict[str, str]]
) -> Iterator[tuple[Violation, Row | None]]:
    """What isn't as expected, with the values that are there."""
    key, left = journal_key(session.get_bind()), set(expected)
    for row, values in _rows(session, kept):
        left.discard(row)
        digests = expected.get(row)
        if digests is None:
            yield Violation(kept.name, row, None, NOT_JOURNALLED), values
            continue
        for name, value in values.items():
            if digests.get(name) != legal.digest(key, kept.name, row, name, value):
                yield Violation(kept.name, row, name, DIFFERS), {name: value}
    for row in sorted(left):
        yield Violation(kept.name, row, None, MISSING), None


def _rows(session: Session, kept: legal.Records) -> Iterator[tuple[str, Row]]:
    names = (*kept.key, *kept.raw)
    statement = table(kept.name, *(column(name) for name in names)).select()  # without types: as the driver reads
    width = len(kept.key)
    for values in session.connection().execute(statement, execution_options={"yield_per": 100}):
        row = legal.row_id(values[:width])
        yield row, {name: form(value) for (name, form), value in zip(kept.raw.items(), values[width:], strict=True)}
