"""What a transaction wrote: every legal row that a session inserts, changes or deletes, until it commits.

Nobody calls this for an act: it listens to all sessions. What a savepoint wrote goes when the savepoint is rolled back.
The journal takes it when the transaction commits (``journal.settle``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from sqlalchemy import Delete, Insert, Table, Update, and_, bindparam, event, insert, inspect, or_, select, update
from sqlalchemy.orm import InstanceState, Mapper, ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from app.foundation import legal
from app.foundation.belongings import Belonging, connection
from app.foundation.database import Base
from app.foundation.prepared import Prepared

Row = dict[str, Any]
"""The columns that were written, each as it is written down (``legal``)."""


class Unbound(Exception):
    """A statement writes legal records in a way that can't be followed."""


@dataclass
class Head:
    """The end of a case's chain as a transaction knows it; ``stored`` once it has a row."""

    sequence: int
    hash: str
    stored: bool


@dataclass
class _Part:
    """What was written under one savepoint, or under none: rows by table and id (None: deleted), and what is pending."""

    rows: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    unread: dict[Table, set[tuple[Any, ...]]] = field(default_factory=dict)
    pending: list[Any] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)

    def take(self, other: _Part) -> None:
        for key, row in other.rows.items():
            self.note(key, row)
        for table, keys in other.unread.items():
            self.unread.setdefault(table, set()).update(keys)
        self.pending += other.pending
        self.heads.update(other.heads)

    def note(self, key: tuple[str, str], row: Row | None) -> None:
        before = self.rows.get(key)
        self.rows[key] = {**before, **row} if before and row else row


@dataclass
class Ledger:
    """A transaction's: one part for each savepoint that is open, the transaction's own first."""

    parts: list[_Part] = field(default_factory=lambda: [_Part()])
    position: int | None = None
    """Where the journal stood when this transaction took its write lock (SQLite)."""

    @classmethod
    def of(cls, session: Session) -> Ledger:
        """The session's own."""
        return _LEDGERS.of(session)

    @property
    def top(self) -> _Part:
        """What is written to now."""
        return self.parts[-1]

    @property
    def is_empty(self) -> bool:
        """Whether nothing legal was written and no entry is pending."""
        return not any(part.rows or part.unread or part.pending for part in self.parts)

    def pending(self) -> list[Any]:
        """The journal's entries that wait for the commit, in order."""
        return [entry for part in self.parts for entry in part.pending]

    def heads(self) -> dict[str, Head]:
        """The ends of the chains that this transaction has read (and locked)."""
        return {case: head for part in self.parts for case, head in part.heads.items()}

    def rows(self, session: Session) -> dict[tuple[str, str], Row | None]:
        """All rows that were written, those of wholesale statements read now."""
        whole = _Part()
        for part in self.parts:
            whole.take(part)
        for table, keys in whole.unread.items():
            for key, row in _read(session, table, keys):
                whole.note(key, row)
        return whole.rows

    def clear(self) -> None:
        """Forget what was written: it is bound."""
        for part in self.parts:
            part.rows, part.unread, part.pending = {}, {}, []


_LEDGERS = Belonging(lambda _: Ledger(), in_transaction=True)


def _read(session: Session, table: Table, keys: set[tuple[Any, ...]]) -> Iterator[tuple[tuple[str, str], Row]]:
    kept = legal.records(table)
    assert kept is not None
    ordered, columns = sorted(keys, key=str), [table.c[name] for name in (*kept.key, *kept.forms)]
    connection = session.connection()
    for start in range(0, len(ordered), 200):
        found = connection.execute(select(*columns).where(_are(table, ordered[start : start + 200])))
        for values in found.mappings():
            row = {name: form(values[name]) for name, form in kept.forms.items()}
            yield (kept.name, legal.row_id(values[name] for name in kept.key)), row


def _are(table: Table, keys: list[tuple[Any, ...]]) -> Any:
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return or_(*(and_(*(c == value for c, value in zip(columns, key, strict=True))) for key in keys))


# -- what the unit of work writes


@dataclass(frozen=True)
class _Mapping:
    table: str
    forms: tuple[tuple[str, str, Any], ...]
    """Attribute, column and form of each column that is bound."""
    version: str | None


@cache
def _mapping(mapper: Mapper[Any]) -> _Mapping | None:
    table = cast(Table, mapper.local_table)
    kept = legal.records(table)
    if kept is None:
        return None
    forms = tuple((mapper.get_property_by_column(table.c[name]).key, name, form) for name, form in kept.forms.items())
    version = mapper.version_id_col
    return _Mapping(kept.name, forms, version.name if version is not None else None)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: UOWTransaction) -> None:
    top: _Part | None = None
    for state, mapping, what in _changed(session):
        top = top or Ledger.of(session).top
        key = (mapping.table, legal.row_id(state.identity or state.mapper.primary_key_from_instance(state.obj())))
        if what == "deleted":
            top.note(key, None)
            continue
        values = state.dict
        untouched = state.unmodified if what == "changed" else frozenset()
        row = {
            column: form(values.get(attribute))
            for attribute, column, form in mapping.forms
            if attribute not in untouched or (column == mapping.version and attribute in values)
        }
        if row:
            top.note(key, row)


def _changed(session: Session) -> Iterator[tuple[InstanceState[Any], _Mapping, str]]:
    # what is deleted and made anew under the same key in one flush is there afterwards: deletions come first
    for objects, what in ((session.deleted, "deleted"), (session.new, "new"), (session.dirty, "changed")):
        for one in objects:
            state: InstanceState[Any] = inspect(one)
            mapping = _mapping(state.mapper)
            if mapping is not None:
                yield state, mapping, what


# -- what statements write


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    statement = state.statement
    if not isinstance(statement, Insert | Update | Delete):
        return
    table = Base.metadata.tables.get(getattr(statement.table, "name", ""))
    kept = legal.records(table) if table is not None else None
    if table is None or kept is None:
        return
    top = Ledger.of(state.session).top
    given: Any = state.parameters or {}
    for values in given if isinstance(given, list) else [given]:
        if isinstance(statement, Insert):
            names = _columns(table)
            _inserted(top, table, kept, {names.get(name, name): value for name, value in values.items()})
        else:
            _in_place(state.session, top, statement, table, kept.name, values)


def _inserted(top: _Part, table: Table, kept: legal.Records, given: Mapping[str, Any]) -> None:
    key = tuple([given.get(name) for name in kept.key])
    if None in key:
        raise Unbound(f"rows of {table.name} must be given as parameters, the key among them")
    if not _defaults(table) <= given.keys():
        top.unread.setdefault(table, set()).add(key)
        return
    get = given.get
    top.note(
        (kept.name, legal.row_id(key)),
        {name: None if (value := get(name)) is None else form(value) for name, form in kept.forms.items()},
    )


@cache
def _defaults(table: Table) -> frozenset[str]:
    """The bound columns that have a value when none is given."""
    kept = legal.records(table)
    return frozenset(name for name in kept.forms if table.c[name].default is not None) if kept else frozenset()


@cache
def _columns(table: Table) -> dict[str, str]:
    """The column of each attribute, of the record that a table belongs to."""
    mapper = next(mapper for mapper in Base.registry.mappers if mapper.local_table is table)
    return {mapper.get_property_by_column(column).key: column.name for column in table.c}


def _in_place(
    session: Session, top: _Part, statement: Update | Delete, table: Table, name: str, values: Mapping[str, Any]
) -> None:
    """Find the rows that a statement is about to change or delete; those that change are read when all is written."""
    which = select(*table.primary_key).with_for_update()
    if statement.whereclause is not None:
        which = which.where(statement.whereclause)
    found = session.connection().execute(which, dict(values)).all()
    if isinstance(statement, Update):
        top.unread.setdefault(table, set()).update(tuple(key) for key in found)
        return
    for key in found:
        top.note((name, legal.row_id(key)), None)
        top.unread.get(table, set()).discard(tuple(key))


# -- what is written past the unit of work: the rows of every step, at a fraction of its cost


def append(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns, by the columns' names; what is left out has its default.

    :raises Unbound: when they are legal records and a key is missing
    """
    kept = legal.records(table)
    if kept is not None:
        top = Ledger.of(session).top
        for row in rows:
            _inserted(top, table, kept, row)
    _insertion(table, tuple(rows[0])).write(connection(session), rows)


def write(session: Session, record: Base, values: dict[str, Any]) -> None:
    """Set columns of a stored record, by their names, and write them at once; its version is compared as in a flush.

    :raises StaleDataError: when the row is gone, or has another version
    """
    state: InstanceState[Any] = inspect(record)
    change, held = _change(state.mapper), state.dict
    found = {f"old_{column}": held[change.attributes[column]] for column in change.which}
    if change.statement(tuple(values)).write(connection(session), values | found) != 1:
        raise StaleDataError(f"{change.table} {legal.row_id(found.values())} isn't as it was read")
    for column, value in values.items():
        set_committed_value(record, change.attributes[column], value)
    kept = legal.records(change.table)
    if kept is not None:
        key = legal.row_id(held[change.attributes[column]] for column in kept.key)
        row = {column: kept.forms[column](value) for column, value in values.items() if column in kept.forms}
        Ledger.of(session).top.note((kept.name, key), row)


@cache
def _insertion(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table), columns)


@dataclass(frozen=True)
class _Change:
    """The statement that changes columns of a row, the columns by which it is found, and the attribute of each column."""

    table: Table
    statement: Callable[[tuple[str, ...]], Prepared]
    which: tuple[str, ...]
    attributes: Mapping[str, str]


@cache
def _change(mapper: Mapper[Any]) -> _Change:
    table, version = cast(Table, mapper.local_table), mapper.version_id_col
    which = (*table.primary_key, *(() if version is None else (version,)))
    of_row = update(table).where(*(column == bindparam(f"old_{column.name}") for column in which))
    statement = cache(lambda columns: Prepared(of_row, columns))
    attributes = {column: attribute for attribute, column in _columns(table).items()}
    return _Change(table, statement, tuple(column.name for column in which), attributes)


# -- savepoints


@event.listens_for(Session, "after_transaction_create")
def _begun(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        Ledger.of(session).parts.append(_Part())


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    """Forget what the innermost savepoint wrote, or all."""
    ledger = _LEDGERS.known(session)
    if ledger is not None:
        ledger.parts[-1] = _Part()


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        ledger = Ledger.of(session)
        last = ledger.parts.pop()
        ledger.top.take(last)
