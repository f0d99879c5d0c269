"""States and kinds of closed sets: an enum says what each value means, the table refuses any other, the code compares members."""

import ast
import inspect
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import Date, DateTime, Enum, LargeBinary, String
from sqlalchemy.exc import IntegrityError

from app.bootstrap import RECORDS
from app.foundation.database import Base

ROOT = Path(__file__).parents[2]
assert RECORDS
TABLES = Base.metadata.tables
STATES = {"state", "status"}
CLOSED = [(table.name, column.name) for table in TABLES.values() for column in table.c if isinstance(column.type, Enum)]


def test_every_state_is_an_enum():
    states = {(table.name, column.name) for table in TABLES.values() for column in table.c if column.name in STATES}
    assert states - set(CLOSED) == set()


def test_every_enum_of_a_table_has_a_constraint_named_after_its_column():
    named = {
        (table.name, column.name): (column.type.name, column.type.create_constraint, column.type.native_enum)
        for table in TABLES.values()
        for column in table.c
        if isinstance(column.type, Enum)
    }
    assert named == {(table, column): (column, True, False) for table, column in CLOSED}


@pytest.mark.parametrize("kind", sorted({TABLES[t].c[c].type.enum_class for t, c in CLOSED}, key=str))
def test_every_value_has_its_meaning_beside_it(kind):
    source = inspect.getsource(kind)
    bare = [each.name for each in kind if not re.search(rf'^    {each.name} = "{each}"  #: \S', source, re.M)]
    assert issubclass(kind, StrEnum)
    assert bare == []


def test_a_table_refuses_what_is_none_of_its_values(database):
    taken = [f"{table}.{column}" for table, column in CLOSED if not refuses(database, TABLES[table], column, "§")]
    assert taken == []


def test_a_table_takes_each_of_its_values(database):
    refused = [
        f"{table}.{column} {value}"
        for table, column in CLOSED
        for value in TABLES[table].c[column].type.enums
        if refuses(database, TABLES[table], column, value)
    ]
    assert refused == []


def refuses(database, table, column, value):
    """Whether a row is refused for the value that one of its columns has, whatever else may be wrong with it."""
    row = {each.name: something(each) for each in table.c} | {column: value}
    with database.connect() as connection:
        transaction = connection.begin()
        try:
            connection.execute(table.insert(), row)
        except IntegrityError as error:
            return f"ck_{table.name}_{column}" in str(error.orig)
        finally:
            transaction.rollback()
    return False


def something(column):
    """A value that a column can hold."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enums[0]
    for types, value in ((DateTime, datetime(2027, 1, 1, tzinfo=UTC)), (Date, date(2027, 1, 1)), (LargeBinary, b"x")):
        if isinstance(getattr(kind, "impl", kind), types):
            return value
    return "x" if isinstance(kind, String) else 1


def bare_comparisons(source):
    """The lines in which a state is compared with a text, or set to one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(is_state(side) for side in sides) and any(is_text(side) for side in sides):
                found.append(node.lineno)
        elif isinstance(node, ast.Assign) and any(map(is_state, node.targets)) and is_text(node.value):
            found.append(node.lineno)
    return found


def is_state(node):
    return isinstance(node, ast.Attribute) and node.attr in STATES


def is_text(node):
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(is_text, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize(
    "line", ["if row.state == 'active': pass", "row.state in ('a', 'b')", "row.state = 'x'", "'x' != a.b.status"]
)
def test_a_bare_comparison_is_found(line):
    assert bare_comparisons(line) == [1]


def test_no_state_is_compared_with_a_text():
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / "app").rglob("*.py")
        for line in bare_comparisons(path.read_text(encoding="utf-8"))
    }
    assert found == set()
