"""The town's past as it ships: played once by ``make demonstration``, packed into a file, unpacked into a new office.

It is an office of an earlier day that is taken over whole: its rows, which the migrations bring up to date like those of
any other, and its keys, without which its seals, receipts and signatures would prove nothing. Its hash chain doesn't let
itself be dated anew, so the demonstration's clock begins where this past ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import zstandard
from sqlalchemy import Connection, Engine, event, insert, select, text

from app import bootstrap, tables
from app.demonstration import past
from app.foundation import clock, journal, proof
from app.foundation.clock import VirtualClock
from app.foundation.database import UNBOUND, Base, connect, journal_key, sessions, use_key
from app.foundation.keyfiles import made_once
from app.identity import certificates
from app.keeper import servers
from app.keeper.local import LocalKeeper
from config import Config

FILE = Path(__file__).parent / "jiangcheng.zip"
SECRET = "the demonstration's"  # noqa: S105 - what the shipped certificates are sealed to, until they are unpacked
KEEPER = ("master-key", "keys.db", "log.jsonl")
"""What a keeper's folder holds."""

Tell = Callable[[float], None]
"""Is told how much is done, from 0 to 1."""


class KeysOfAnother(Exception):
    """There are keys already where the demonstration's should go: an office works there, or did."""


def make(file: Path = FILE) -> None:
    """Play the town's past and pack it."""
    with TemporaryDirectory(prefix="tenderway-town-") as made_in:
        folder = Path(made_in)
        config = Config(
            instance_folder=folder,
            database_url=f"sqlite:///{folder / 'town.db'}",
            secret_key=SECRET,
            demonstration=True,
            receipt_key=folder / "receipt-key",
            keeper_folder=folder / "keeper",
        )
        turned = VirtualClock(past.BEGINNING)
        vault = servers.open_vault(config.keeper_folder, lambda: turned.instant)
        database = connect(config.database_url, key=UNBOUND)
        event.listen(database, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
        tables.upgrade(database)
        house = bootstrap.build(database, config, clock=turned, keeper=LocalKeeper(turned, vault))
        past.live(house, turned, config.processes_folder)
        vault.close()
        database.dispose()
        with sqlite3.connect(folder / "town.db") as packed:
            packed.execute("VACUUM")
        packed.close()
        with ZipFile(file, "w") as zipped:
            zipped.writestr("town.db.zst", zstandard.compress((folder / "town.db").read_bytes(), 19))
            for name in ("receipt-key", *(f"keeper/{name}" for name in KEEPER)):
                zipped.write(folder / name, name)


def unpack(database: Engine, config: Config, tell: Tell = lambda _done: None, file: Path = FILE) -> datetime:
    """Take the shipped town over into an empty database with all tables, and its keys; when its past ends.

    Raises KeysOfAnother, and nothing has happened then. All rows come in one transaction; keys that were unpacked by an
    attempt that broke off are the same ones.
    """
    with TemporaryDirectory(prefix="tenderway-town-") as unpacked_in, ZipFile(file) as zipped:
        folder = Path(unpacked_in)
        zipped.extractall(folder)
        (folder / "town.db").write_bytes(zstandard.decompress((folder / "town.db.zst").read_bytes()))
        _refuse_other_keys(folder, config)
        town = connect(f"sqlite:///{folder / 'town.db'}", key=UNBOUND)
        event.listen(town, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
        tables.upgrade(town)
        with sessions(town)() as session:
            authority = certificates.DemonstrationAuthority(config.secret_key)
            authority.reseal(session, certificates.DemonstrationAuthority(SECRET))
            session.commit()
        use_key(town, journal_key(database))
        with sessions(town)() as session:
            clock.use(session, VirtualClock(past.NOW))
            proof.adopt(session, (), {"from": file.name})
            session.commit()
        _take_keys(folder, config)
        _copy(town, database, tell)
        town.dispose()
    return past.NOW


def _refuse_other_keys(folder: Path, config: Config) -> None:
    """Keys are never replaced by others: what they sealed or signed would be worth nothing."""
    for shipped, there in (
        (folder / "receipt-key", config.receipt_key),
        (folder / "keeper" / "master-key", config.keeper_folder / "master-key"),
    ):
        if there.exists() and there.read_text().strip() != shipped.read_text().strip():
            raise KeysOfAnother(
                f"{there} holds another key than the demonstration's: an office was started here before. "
                "Choose another folder (INSTANCE_FOLDER), or move this one away."
            )


def _take_keys(folder: Path, config: Config) -> None:
    made_once(config.receipt_key, (folder / "receipt-key").read_text())
    config.keeper_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made_once(config.keeper_folder / "master-key", (folder / "keeper" / "master-key").read_text())
    for name in KEEPER[1:]:
        there = config.keeper_folder / name
        there.touch(0o600)
        there.write_bytes((folder / "keeper" / name).read_bytes())


def _copy(town: Engine, database: Engine, tell: Tell) -> None:
    """Copy all rows in one transaction, whichever refers to which; what a new office begins with gives way to them."""
    known = Base.metadata.sorted_tables
    with town.connect().execution_options(read_only=True) as source, database.begin() as target:
        _defer_references(target)
        for table in reversed(known):
            target.execute(table.delete())
        for number, table in enumerate(known, 1):
            if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
                target.execute(insert(table), rows)
            tell(number / len(known))
        journal.go_on(target)


def _defer_references(target: Connection) -> None:
    if target.dialect.name == "sqlite":
        target.execute(text("PRAGMA defer_foreign_keys = ON"))
