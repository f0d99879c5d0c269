"""Where scenarios are played: a database of their own for each command, emptied between two scenarios."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine, Table, event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from app.engine.records import Deployment, InstanceRow
from app.foundation.database import Base, connect, new_id, sessions
from app.foundation.journal import JournalEntry

_PREFIXES = ("engine_", "journal_", "outbox_", "serving_")


class StageOccupied(ValueError):
    """The database holds cases or deployments already; scenarios would mix with them."""


class Stage:
    """A fresh SQLite file, or a fresh schema in a PostgreSQL database, or an SQLite file that holds no cases yet.

    >>> with Stage() as stage: play(scenario, stage)
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = url
        self.schema: str | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.engine: Engine
        self.session_factory: sessionmaker[Session]

    def __enter__(self) -> Stage:
        if self.url is None:
            self._folder = tempfile.TemporaryDirectory(prefix="scenarios-")
            self.engine = connect(f"sqlite:///{Path(self._folder.name) / 'scenarios.db'}")
            # What is played here is thrown away, so it need not survive a power cut.
            event.listen(self.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF").close())
        elif make_url(self.url).get_backend_name() == "postgresql":
            self._open_schema(_with_driver(self.url))
        else:
            self.engine = connect(self.url)
            self._refuse_if_occupied()
        Base.metadata.create_all(self.engine, tables=_tables())
        self.session_factory = sessions(self.engine)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.schema is not None:
            with self.engine.begin() as connection:
                connection.execute(text(f'DROP SCHEMA "{self.schema}" CASCADE'))
        elif self.url is not None:
            self.empty()
        self.engine.dispose()
        if self._folder is not None:
            self._folder.cleanup()

    def empty(self) -> None:
        """Take everything out that was played here."""
        with self.engine.begin() as connection:
            if self.schema is not None:
                names = ", ".join(f'"{table.name}"' for table in _tables())
                connection.execute(text(f"TRUNCATE {names}"))
                return
            for table in reversed(_tables()):
                connection.execute(table.delete())

    def _open_schema(self, url: str) -> None:
        self.schema = f"scenarios_{new_id()}"
        outside = connect(url)
        with outside.begin() as connection:
            connection.execute(text(f'CREATE SCHEMA "{self.schema}"'))
        outside.dispose()
        self.engine = connect(url, connect_args={"options": f"-csearch_path={self.schema}"})

    def _refuse_if_occupied(self) -> None:
        there = set(inspect(self.engine).get_table_names())
        with Session(self.engine) as session:
            for record in (Deployment, InstanceRow, JournalEntry):
                if record.__tablename__ in there and session.execute(select(record).limit(1)).first() is not None:
                    raise StageOccupied("this database holds cases already; give scenarios one of their own")


def _with_driver(url: str) -> str:
    made = make_url(url)
    return url if "+" in made.drivername else made.set(drivername="postgresql+psycopg").render_as_string(False)


def _tables() -> list[Table]:
    """The engine's tables, the serving nodes, the journal and the outbox, those that are referred to first."""
    return [table for table in Base.metadata.sorted_tables if table.name.startswith(_PREFIXES)]
