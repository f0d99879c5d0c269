"""Ten times as many rows as a case has: whoever shows it may have more to show, and mustn't ask the database more often."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, ForeignKeyConstraint, Integer, String, Table, UniqueConstraint

from app.foundation.database import Base, new_id

ONE = frozenset(
    {
        "project", "lot", "tender", "committee", "evaluation_report", "opening", "contract", "agreement", "lot_key",
        "ocds_process", "ocds_release", "timetable_date", "contract_signature", "agreement_signature",
    }
)  # fmt: skip
"""Of these a case has one, or one for each lot, date or party."""
OF_THE_OFFICE = (
    "engine_",
    "journal_",
    "account_",
    "calendar_",
    "certificate",
    "outbox_",
    "document_chunk",
    "bid_draft",
    "bid_piece",
)
"""The beginnings of the names of what belongs to no case, or isn't shown with one."""
ALSO_OF_THE_OFFICE = frozenset(
    {"statute_entry", "number_series", "serving_node", "sign_in_attempt", "password_reset", "proposal", "clock_doubt", "form_key",
     "statement_layout", "bond_account"}
)  # fmt: skip
Row = dict[str, Any]


def grow(connection: Connection, *, times: int = 10, lots: bool = False) -> int:
    """Add copies of the rows of all cases until there are ``times`` as many, each with its own ids; gives how many came.

    ``lots``: the lots are copied too, each with its own bids; else every lot gets more of all it has.
    """
    ids: list[dict[str, str]] = [{} for _ in range(times - 1)]
    added = 0
    for table in Base.metadata.sorted_tables:
        if not _grows(table, lots):
            continue
        rows = [dict(row._mapping) for row in connection.execute(table.select()) if _is_many(table, row._mapping)]
        more = [
            copy for number, known in enumerate(ids, 1) for row in rows if (copy := _copy(table, row, known, number))
        ]
        if more:
            connection.execute(table.insert(), more)
        added += len(more)
    return added


def _grows(table: Table, lots: bool) -> bool:
    single = ONE - ({"lot", "committee", "evaluation_report", "opening", "lot_key"} if lots else set())
    return not table.name.startswith(OF_THE_OFFICE) and table.name not in single | ALSO_OF_THE_OFFICE


def _is_many(table: Table, row: Any) -> bool:
    """Bidders are many; the buyer, its agency and the finance department are one each."""
    return table.name != "organisation" or row["kind"] == "supplier"


def _copy(table: Table, row: Row, known: dict[str, str], number: int) -> Row | None:
    """A copy of a row that refers to the copies of what the row refers to; None where there can be only one."""
    copy: Row = {name: known.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
    for columns in _unique(table):
        if all(copy[column.name] == row[column.name] for column in columns) and not _told_apart(columns, copy, number):
            return None
    if "id" in row and copy["id"] != row["id"]:
        known[row["id"]] = copy["id"]
    return copy


def _unique(table: Table) -> Iterable[list[Column[Any]]]:
    """What no two rows may share: the key, and each set of columns that is said to be unique."""
    yield list(table.primary_key.columns)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and not isinstance(constraint, ForeignKeyConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield [column for column in index.columns if isinstance(column, Column)]


def _told_apart(columns: list[Column[Any]], copy: Row, number: int) -> bool:
    """Give a copy what tells it from the row, in the last column that can: a new id, another word, a higher number."""
    for column in reversed(columns):
        value = copy[column.name]
        if column.foreign_keys or value is None:
            continue
        if column.name == "id":
            copy["id"] = new_id()
        elif isinstance(column.type, Integer):
            copy[column.name] = value + 1000 * number
        elif isinstance(column.type, String) and isinstance(value, str):
            room = (column.type.length or 300) - 3
            copy[column.name] = f"{value[:room]}~{number:02d}"
        else:
            continue
        return True
    return any(copy[column.name] is None for column in columns)
