"""Backup while people work, and restore: the data in one file, the keys that open and prove it in another.

The data is a consistent snapshot, whatever is written meanwhile, and always an SQLite file inside, so that a backup of either
database can be restored into either. Sealed bids and the keys that open them never lie in one file (docs/decisions/0015).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import Connection, Engine, event, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app import tables
from app.foundation import clock, journal, keyfiles
from app.foundation.actor import SYSTEM
from app.foundation.arrivals import FORGOTTEN_AFTER, ServingNode
from app.foundation.database import Base, connect, reading, sessions, use_key
from app.foundation.outbox import Outgoing, OutgoingState
from app.identity import accounts
from config import Config

DATA = "database.db"
PORTION = 20
"""Rows copied at once: a row may hold a megabyte of a document."""
HELD = "held after a restore: it may have been sent already; send it again only if it wasn't"


class CantBackUp(Exception):
    """The backup can't be written."""


class CantRestore(Exception):
    """Nothing was restored, and why."""


def keys_file(file: Path) -> Path:
    """Where the keys of a backup lie: beside it, to be taken to another place."""
    return file.with_name(f"{file.name}.keys")


# -- backup


def backup(database: Engine, config: Config, file: Path) -> None:
    """Write the data to ``file`` and the keys beside it, both readable by their owner only; neither may be there yet."""
    for path in (file, keys_file(file)):
        if path.exists():
            raise CantBackUp(f"{path} is there already.")
    with _beside(file) as folder:
        _snapshot(database, folder / DATA)
        with _new(file) as zipped:  # the data first: the keys may know of more, never of less
            zipped.write(folder / DATA, DATA)
        with _new(keys_file(file)) as zipped:
            for name, path in _keys(config).items():
                if name.endswith(".db"):
                    path = _copied(path, folder / "keys.db")
                if path.exists():
                    zipped.write(path, name)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        yield Path(folder)


@contextmanager
def _new(file: Path) -> Iterator[ZipFile]:
    """A new archive under its name only once it is whole and on the disk."""
    growing = file.with_name(f".{file.name}.growing")
    with open(os.open(growing, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as opened:
        with ZipFile(opened, "w", ZIP_DEFLATED, compresslevel=1) as zipped:
            yield zipped
        opened.flush()
        os.fsync(opened.fileno())
    growing.rename(file)


def _keys(config: Config) -> dict[str, Path]:
    """The files that open and prove the data, by their names in the backup."""
    return {
        "secret-key": config.instance_folder / "secret-key",
        "receipt-key": config.receipt_key,
        "journal-key": config.journal_key,
        "keeper-secret": config.keeper_secret,
        "keeper/keys.db": config.keeper_folder / "keys.db",
        "keeper/log.jsonl": config.keeper_folder / "log.jsonl",
        "keeper/master-key": config.keeper_folder / "master-key",
        "demonstration/clock.json": config.clock_file,
    }


def _copied(source: Path, target: Path) -> Path:
    """A consistent copy of an SQLite file that somebody writes to."""
    if not source.exists():
        return source
    engine = connect(f"sqlite:///{source}")
    _copy_file(engine, target)
    engine.dispose()
    return target


def _copy_file(source: Engine, target: Path) -> None:
    made = connect(f"sqlite:///{target}")
    reading_from, writing_to = source.raw_connection(), made.raw_connection()
    reading_from.driver_connection.backup(writing_to.driver_connection)  # type: ignore[union-attr]
    for connection in (reading_from, writing_to):
        connection.close()
    made.dispose()


def _snapshot(database: Engine, target: Path) -> None:
    if database.dialect.name == "sqlite":
        _copy_file(database, target)
        return
    made = _unsafe(target)
    tables.upgrade(made)
    with database.connect().execution_options(isolation_level="REPEATABLE READ") as source, made.begin() as into:
        copy_rows(source, into)
    made.dispose()


def _unsafe(file: Path) -> Engine:
    """A file that is thrown away if the power goes."""
    engine = connect(f"sqlite:///{file}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    return engine


def copy_rows(source: Connection, target: Connection) -> None:
    """Put the rows of all tables in the place of those that are there."""
    if target.dialect.name == "sqlite":
        target.execute(text("PRAGMA defer_foreign_keys = ON"))
    known = Base.metadata.sorted_tables
    for table in reversed(known):
        target.execute(table.delete())
    for table in known:
        found = source.execute(select(table), execution_options={"yield_per": PORTION}).mappings()
        for rows in found.partitions(PORTION):
            target.execute(insert(table), [dict(row) for row in rows])
    journal.go_on(target)


# -- restore


def restore(database: Engine, config: Config, file: Path, replace: str | None = None) -> int:
    """Restore a backup with its keys into an empty office, or in the place of the one that ``replace`` names.

    Mails that were waiting are held for a person; how many. Raises CantRestore, and nothing has happened then.
    """
    tables.upgrade(database)
    _refuse_unless_free(database, replace)
    with _beside(config.instance_folder / "x") as folder:
        _unpacked(file, folder, {DATA})
        _unpacked(keys_file(file), folder, set(_keys(config)))
        if not (folder / "journal-key").exists():
            raise CantRestore(f"{keys_file(file)} holds no journal-key.")
        key = keyfiles.key(folder / "journal-key")
        kept = _brought_up_to_date(file, folder / DATA, key)
        with kept.connect().execution_options(read_only=True) as source, database.begin() as target:
            copy_rows(source, target)
        kept.dispose()
        _put_keys(folder, config)
    use_key(database, key)
    database.dispose()
    return _hold_mails(database, file)


@contextmanager
def opened(file: Path, folder: Path, key: bytes) -> Iterator[Engine]:
    """A backup's data in the tables of this release, to be read: a copy in ``folder`` that goes afterwards.

    ``key``: the journal's.

    :raises CantRestore:
    """
    with _beside(folder / "x") as beside:
        _unpacked(file, beside, {DATA})
        kept = _brought_up_to_date(file, beside / DATA, key)
        try:
            yield kept
        finally:
            kept.dispose()


def _brought_up_to_date(file: Path, data: Path, key: bytes) -> Engine:
    kept = connect(f"sqlite:///{data}", key=key)
    try:
        tables.upgrade(kept)
    except tables.TablesUnknown as unknown:
        raise CantRestore(str(unknown)) from unknown
    except DatabaseError as error:
        raise CantRestore(f"{file} can't be read: {error.orig}") from error
    return kept


def name_of(database: Engine) -> str:
    """What an office's database is called where somebody confirms that it is to be replaced."""
    return Path(database.url.database or "").name


def _refuse_unless_free(database: Engine, replace: str | None) -> None:
    with reading(database) as session:
        seen = clock.now(session) - FORGOTTEN_AFTER - timedelta(seconds=1)
        if session.scalars(select(ServingNode).where(ServingNode.said_at > seen).limit(1)).first() is not None:
            raise CantRestore("This office is being served. Stop it first, and wait half a minute if it was killed.")
        if accounts.count(session) and replace != name_of(database):
            raise CantRestore(
                "People work in this office. To throw away all it holds and put the backup in its place, "
                f"say --replace {name_of(database)}"
            )


def _unpacked(file: Path, folder: Path, names: set[str]) -> None:
    try:
        with ZipFile(file) as zipped:
            found = names & set(zipped.namelist())
            for name in found:
                zipped.extract(name, folder)
    except FileNotFoundError as error:
        raise CantRestore(f"{file} isn't there.") from error
    except (BadZipFile, OSError) as error:
        raise CantRestore(f"{file} can't be read: {error}") from error
    if DATA in names and DATA not in found:
        raise CantRestore(f"{file} is no backup of an office.")


def _put_keys(folder: Path, config: Config) -> None:
    for name, path in _keys(config).items():
        if (folder / name).exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = path.with_name(f".{path.name}.new")
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
                opened.write((folder / name).read_bytes())
            new.rename(path)


def _hold_mails(database: Engine, file: Path) -> int:
    """Let no mail leave that may have left after the backup was taken; a person sends it again, or not."""
    with sessions(database)() as session:
        waiting = session.scalars(select(Outgoing.id).where(Outgoing.state == OutgoingState.WAITING)).all()
        session.execute(
            update(Outgoing)
            .where(Outgoing.state == OutgoingState.WAITING)
            .values(state=OutgoingState.FAILED, last_error=HELD, leased_until=None)
        )
        _forget_nodes(session)
        facts = {"file": file.name, "held": len(waiting)}
        journal.write(session, SYSTEM, case="backups", act="backups.restore", facts=facts)
        session.commit()
    return len(waiting)


def _forget_nodes(session: Session) -> None:
    for node in session.scalars(select(ServingNode)):
        session.delete(node)
