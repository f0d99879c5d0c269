"""The tables, brought to the state this program needs: one node at a time, all or nothing.

An upgrade changes rows that the journal has bound, or finds rows that it never bound: they are journalled once as they
are found afterwards, but for those that weren't as journalled before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from app.foundation import journal, proof
from app.foundation.database import Base, journal_key

FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 0x74656E646572
"""The number of PostgreSQL's advisory lock that the nodes wait for ("tender")."""


class TablesUnknown(Exception):
    """The database was written by a newer release, or isn't ours."""


def upgrade(database: Engine) -> None:
    """Apply what is missing; nodes that start at once wait for each other.

    :raises TablesUnknown:
    """
    with migrating(database) as connection:
        config = AlembicConfig(attributes={"connection": connection})
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        before, wrong = _revision(connection), _violations(connection)
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise TablesUnknown(f"The tables of this database are of another release: {error}") from error
        if before is not None and journal_key(connection) and (after := _revision(connection)) != before:
            with Session(connection) as session:
                proof.adopt(session, wrong, {"from": before, "to": after})
                session.commit()
        missing = sorted(set(Base.metadata.tables) - set(inspect(connection).get_table_names()))
        if missing:
            raise TablesUnknown(f"No migration makes these tables: {', '.join(missing)}")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _violations(connection: Connection) -> list[journal.Violation]:
    """What isn't as journalled before the upgrade; nothing where records weren't bound yet."""
    there = inspect(connection)
    bound = there.has_table("journal_entry") and "records" in {c["name"] for c in there.get_columns("journal_entry")}
    if not bound or _is_newest(connection):
        return []
    with Session(connection) as session:
        return list(proof.violations(session))


def _is_newest(connection: Connection) -> bool:
    return _revision(connection) == ScriptDirectory(str(FOLDER)).get_current_head()


@contextmanager
def migrating(database: Engine) -> Iterator[Connection]:
    """A transaction that nobody else changes tables in; committed at the end.

    On SQLite ``BEGIN IMMEDIATE`` is the lock, and references are checked at the end instead of at each statement,
    because altering a table there means copying it and dropping the original.
    """
    with database.connect() as connection:
        if database.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield connection
            return
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF").close()
        try:
            with connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                assert not broken, f"the migration leaves rows that refer to nothing: {broken[:5]}"
        finally:
            raw.execute("PRAGMA foreign_keys=ON").close()
