"""The migrations make exactly the tables that the models describe, on both databases, however many nodes start."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from app import tables
from app.bootstrap import RECORDS
from app.foundation import journal, legal, proof
from app.foundation.database import Base, connect, sessions
from app.foundation.release import VERSION
from tests import releases

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
    assert migrated == wanted, "make migration writes what is missing"


MIGRATIONS = ROOT / "migrations"


def released() -> dict[str, str]:
    """The migrations that offices have run: the SHA-256 of each file, by its name."""
    rows = (line.split() for line in (MIGRATIONS / "released.sha256").read_text().splitlines())
    return {path.removeprefix("versions/"): sum for sum, path in rows}


@pytest.mark.parametrize("name", released())
def test_a_migration_that_was_released_never_changes(name):
    written = (MIGRATIONS / "versions" / name).read_bytes()
    assert hashlib.sha256(written).hexdigest() == released()[name], "offices have run it: write the next one instead"


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of what ``make migration`` looks at first, with a released migration that was written anew."""
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    shutil.copy(ROOT / "Makefile", tmp_path)
    with next((tmp_path / "migrations/versions").glob("0001*.py")).open("a") as file:
        file.write("# anew\n")
    return tmp_path


def test_make_migration_refuses_when_a_released_migration_was_written_anew(checkout):
    asked = ["make", "migration", "NAME=What it does", "--assume-old=setup"]
    done = subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "0001_the_tables_of_the_first_release.py" in done.stdout + done.stderr
    assert "Offices have run it" in done.stdout


@pytest.mark.parametrize("version", releases.RELEASES)
def test_all_rows_of_an_office_of_each_release_come_along(empty, version):
    releases.lay(empty, version)
    before = releases.contents(empty)
    assert [name for name, rows in before.items() if not rows] == []
    tables.upgrade(empty)
    assert releases.lost(before, releases.contents(empty)) == []


@pytest.mark.parametrize("version", releases.RELEASES)
def test_an_office_of_each_release_has_today_s_tables_after_its_upgrade(database, empty, version):
    releases.lay(empty, version)
    tables.upgrade(empty)
    assert described(empty) == described(database)


def test_each_release_before_this_one_is_packed():
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert set(versions) - {VERSION} <= set(releases.RELEASES)


def test_migrations_are_numbered_without_a_gap():
    numbers = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


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


# -- legal records


def test_every_table_holds_legal_records_or_says_why_not():
    unknown = set(legal.NO_RECORDS) - set(Base.metadata.tables)
    assert (unknown, [name for name, why in legal.NO_RECORDS.items() if len(why) < 20]) == (set(), [])


def test_every_column_of_a_legal_record_is_bound_or_says_why_not():
    for name, table in Base.metadata.tables.items():
        if kept := legal.records(table):
            columns = {column.name for column in table.c}
            free = {column for column in columns if f"{name}.{column}" in legal.MAY_DIFFER}
            assert set(kept.key) | set(kept.forms) | free == columns
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.c}
    assert set(legal.MAY_DIFFER) <= columns


def test_no_legal_record_is_deleted_by_the_database_itself():
    """A cascade of the database would pass by the ledger."""
    cascades = [
        (table.name, key.ondelete)
        for table in Base.metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.ondelete and legal.records(table)
    ]
    assert cascades == []


def test_rows_of_an_earlier_release_are_journalled_once_as_they_are_found(empty):
    first_release(empty)
    tables.upgrade(empty)
    with sessions(empty)() as session:
        assert list(proof.violations(session)) == []
        (entry,) = journal.of_case(session, journal.ALONE)
    assert (entry.act, entry.facts) == ("records.found", {"from": "0001", "to": head()})


def test_a_later_upgrade_does_not_put_right_what_was_wrong(empty):
    first_release(empty)
    tables.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE calendar_year SET source = 'forged'"))
    with sessions(empty)() as session:
        wrong = list(proof.violations(session))
        proof.adopt(session, wrong, {"from": "0002", "to": "0003"})
        session.commit()
        assert list(map(str, proof.violations(session))) == [
            "calendar_year 2031 source: it isn't what the journal holds"
        ]


def first_release(engine):
    """The tables as the first release made them, with a row in one."""
    with tables.migrating(engine) as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(tables.FOLDER))
        command.upgrade(config, "0001")
        row = "VALUES (2031, 'published', 'a notice', '2026-03-02 04:00:00', 'u1')"
        connection.execute(text(f"INSERT INTO calendar_year (year, status, source, changed_at, changed_by) {row}"))


def head():
    return ScriptDirectory(str(tables.FOLDER)).get_current_head()
