"""Every edit of a legal record that passes by the program is named: each column of each table, a row less, a row more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, LargeBinary, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from app.bootstrap import RECORDS
from app.demonstration import lives
from app.foundation import journal, legal, proof
from app.foundation.database import Base, Exact
from tests import memory

assert RECORDS
LEGAL = sorted(name for name, table in Base.metadata.tables.items() if legal.records(table))


@pytest.fixture
def lived(play, case):
    """A session in the town after a tender's whole life; what a test does in it is rolled back."""
    memory.played(play, case, lives.WHOLE)
    with play.house.database.connect() as connection, connection.begin() as edits, Session(connection) as session:
        unguarded(connection)
        yield session
        edits.rollback()


def unguarded(connection):
    """Let rows refer to nothing: somebody who edits by hand isn't stopped by that either."""
    guard = "PRAGMA defer_foreign_keys = ON" if connection.dialect.name == "sqlite" else REPLICA
    connection.execute(text(guard))


REPLICA = "SET LOCAL session_replication_role = replica"


def said(session, table):
    return [str(violation) for violation in proof.violations(session, {table.name})]


def a_row(session, table):
    """The key of a row of a table, made (and journalled) here where a whole life leaves none."""
    key = session.execute(table.select().with_only_columns(*table.primary_key).limit(1)).first()
    if key is None:
        session.execute(table.insert(), [{column.name: some(column) for column in table.c}])
        journal.settle(session)
        return a_row(session, table)
    return key


def some(column, number=0):
    """A value of a column's type, as the program gives it."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enums[number % len(kind.enums)]
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    for types, value in (
        (Boolean, bool(number % 2)),
        (DateTime, datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=number)),
        (Date, date(2031, 1, 1) + timedelta(days=number)),
        (Integer, 7 + 1000 * number),  # further than the rows of a life are numbered
        (LargeBinary, b"x%d" % number),
    ):
        if isinstance(kind, types):
            return value
    return "wxyz"[number]


def matching(table, key):
    return " AND ".join(f'"{c.name}" = :key{n}' for n, c in enumerate(table.primary_key)), {
        f"key{n}": value for n, value in enumerate(stored(c, v) for c, v in zip(table.primary_key, key, strict=True))
    }


def stored(column, value):
    """A value as the driver takes it in plain SQL."""
    kind = column.type
    if isinstance(kind, Exact):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def edit(session, table, key, column):
    """Change one column of one row to something else, by hand."""
    where, keys = matching(table, key)
    for number in (1, 2):
        new = stored(column, some(column, number))
        statement = f'UPDATE "{table.name}" SET "{column.name}" = :new WHERE {where}'
        before = session.execute(text(f'SELECT "{column.name}" FROM "{table.name}" WHERE {where}'), keys).scalar()
        with session.begin_nested():
            session.execute(text(statement), {"new": new, **keys})
        after = session.execute(text(f'SELECT "{column.name}" FROM "{table.name}" WHERE {where}'), keys).scalar()
        if after != before:
            return
    raise AssertionError(f"{table.name}.{column.name} wasn't changed")


@pytest.mark.parametrize("name", LEGAL)
def test_an_edit_of_any_column_and_a_row_less_or_more_are_named(lived, name):
    table = Base.metadata.tables[name]
    key = a_row(lived, table)
    row = legal.row_id(key)
    assert said(lived, table) == []
    for column in legal.records(table).forms:
        with lived.begin_nested() as edits:
            edit(lived, table, key, table.c[column])
            assert said(lived, table) == [f"{name} {row} {column}: {proof.DIFFERS}"]
            edits.rollback()
    where, keys = matching(table, key)
    with lived.begin_nested() as edits:
        lived.execute(text(f'DELETE FROM "{name}" WHERE {where}'), keys)
        assert said(lived, table) == [f"{name} {row}: missing"]
        edits.rollback()
    with lived.begin_nested() as edits:
        new = insert_one_more(lived, table)
        assert said(lived, table) == [f"{name} {new}: not journalled"]
        edits.rollback()


def insert_one_more(session, table):
    values = {c.name: stored(c, some(c, 3)) for c in table.c}
    columns = ", ".join(f'"{name}"' for name in values)
    slots = ", ".join(f":{name}" for name in values)
    session.execute(text(f'INSERT INTO "{table.name}" ({columns}) VALUES ({slots})'), values)
    return legal.row_id(values[c.name] for c in table.primary_key)
