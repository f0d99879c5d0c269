"""The migrations make exactly the tables that the models describe, on both databases, however many nodes start."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from app import tables
from app.bootstrap import RECORDS
from app.foundation.database import connect

ROOT = Path(__file__).parents[2]
assert RECORDS


@pytest.fixture
def empty(database, tmp_path) -> Iterator[Engine]:
    """A database of the same kind as the test's, with no table in it."""
    if database.dialect.name == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrated"))
        connection.execute(text("CREATE DATABASE migrated"))
    engine = connect(database.url.set(database="migrated").render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE migrated"))


def described(engine: Engine) -> dict[str, dict[str, object]]:
    """Every table as the database itself describes it."""
    inspector, found = inspect(engine), {}
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        found[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)
            },
            "key": inspector.get_pk_constraint(table),
            "references": sorted(map(str, inspector.get_foreign_keys(table))),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "checks": sorted(map(str, inspector.get_check_constraints(table))),
            "indexes": sorted(map(in_words, inspector.get_indexes(table))),
        }
    return found


def in_words(index):
    """An index with the conditions of a partial one as text."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str(index | {"dialect_options": options})


def test_the_migrated_tables_are_those_of_the_models(database, empty):
    tables.upgrade(empty)
    migrated, wanted = described(empty), described(database)
    assert migrated == wanted, "make migration writes them anew"


def test_nodes_that_start_at_once_all_find_their_tables(empty):
    url = empty.url.render_as_string(hide_password=False)
    program = f"from app import tables, bootstrap; from app.foundation.database import connect; tables.upgrade(connect({url!r}))"
    start = lambda _: subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)  # noqa: E731
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(start, range(3)))
    assert [(one.returncode, one.stderr) for one in ended] == [(0, "")] * 3


def test_a_second_upgrade_changes_nothing(empty):
    tables.upgrade(empty)
    before = described(empty)
    tables.upgrade(empty)
    assert described(empty) == before


def test_a_database_of_a_newer_release_is_refused_in_plain_words(empty):
    tables.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
    with pytest.raises(tables.TablesUnknown, match="another release"):
        tables.upgrade(empty)


def test_every_module_with_tables_is_known_to_the_composition_root():
    program = (
        "import importlib, pkgutil, app, app.bootstrap; from app.foundation.database import Base; "
        "known = set(Base.metadata.tables); "
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(app.__path__, 'app.')]; "
        "print(*sorted(set(Base.metadata.tables) - known))"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
