"""The tables of each release with rows in all of them, packed small: what an upgrade has to carry over.

``python -m tests.releases pack VERSION OFFICE.db`` packs the SQLite database of an office that the release wrote (its
demonstration's past); do it once, when a release is made, and commit ``tests/released/VERSION.json.zst``.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import zstandard
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Date, DateTime, Engine, LargeBinary, MetaData, Numeric, Table, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from app import tables

FOLDER = Path(__file__).parent / "released"
RELEASES = sorted(path.name.removesuffix(".json.zst") for path in FOLDER.glob("*.json.zst"))
LARGEST = 400
"""Bytes that are kept of a content: what a document says is nothing to an upgrade."""

Rows = Mapping[str, list[dict[str, Any]]]
"""For each table its rows, as the database keeps them; bytes as ``{"base64": …}``."""


def read(version: str) -> tuple[str, Rows]:
    """A release's revision of the tables, and its rows."""
    packed = zstandard.ZstdDecompressor().decompress((FOLDER / f"{version}.json.zst").read_bytes())
    found = json.loads(packed)
    return found["revision"], found["rows"]


def lay(engine: Engine, version: str) -> None:
    """Make the tables of a release in an empty database, and put its rows in."""
    revision, rows = read(version)
    with tables.migrating(engine) as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(tables.FOLDER))
        command.upgrade(config, revision)
        described = MetaData()
        described.reflect(connection)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")  # rows that refer to one another
        for name, content in rows.items():
            table = described.tables[name]
            if content:
                connection.execute(insert(table), [_typed(table, row) for row in content])
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")


def _typed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in row.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case LargeBinary():
            return base64.b64decode(value["base64"])
        case JSON() | JSONB():
            return json.loads(value)
        case DateTime():
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if kind.timezone else moment
        case Date():
            return date.fromisoformat(value)
        case Numeric():
            return Decimal(str(value))
    return bool(value) if kind.python_type is bool else value


Contents = Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]
"""For each table its rows by their keys."""

WRITTEN_ANEW = {
    "bid.sealed": "large contents lie in pieces since 0.2.0",
    "bid_draft.content": "drafts are encrypted since 0.2.0",
    "bid_draft_file.data": "drafts are encrypted, in pieces, since 0.2.0",
}
"""Columns whose values an upgrade keeps in another form, each with the reason."""


def contents(engine: Engine) -> Contents:
    """All rows of a database, but for the mark of its revision."""
    described = MetaData()
    with engine.connect() as connection:
        described.reflect(connection)
        return {
            name: {tuple(row[key.name] for key in table.primary_key): dict(row) for row in found}
            for name, table in described.tables.items()
            if name != "alembic_version"
            for found in [connection.execute(select(table)).mappings()]
        }


def lost(before: Contents, after: Contents) -> list[str]:
    """The rows and values of before that aren't there any more."""
    found = []
    for name, rows in before.items():
        for key, row in rows.items():
            now = after.get(name, {}).get(key)
            if now is None:
                found.append(f"{name} {key}")
                continue
            changed = [column for column, value in row.items() if column not in now or now[column] != value]
            found += [f"{name}.{column} {key}" for column in changed if f"{name}.{column}" not in WRITTEN_ANEW]
    return found


# -- packing


def pack(version: str, office: Path) -> None:
    """Pack an office of a release; a table without a row is given one."""
    with closing(sqlite3.connect(office)) as source:
        source.row_factory = sqlite3.Row
        (revision,) = source.execute("SELECT version_num FROM alembic_version").fetchone()
        names = [row[0] for row in source.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        rows = {name: list(_rows(source, name)) for name in names if name != "alembic_version"}
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"revision": revision, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / f"{version}.json.zst").write_bytes(zstandard.ZstdCompressor(level=19).compress(text.encode()))


def _rows(source: sqlite3.Connection, name: str) -> Iterator[dict[str, Any]]:
    found = source.execute(f'SELECT * FROM "{name}"').fetchall()
    for row in found:
        yield {key: _plain(row[key]) for key in row.keys()}  # noqa: SIM118 - a row of SQLite has its keys there
    if not found:
        yield _made(source, name)


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value[:LARGEST]).decode()} if isinstance(value, bytes) else value


ONE_OF_FEW = {
    "breach.state": "reported",
    "engine_instance_change.kind": "migrate",
    "engine_message.kind": "message",
    "supplier_query.state": "open",
}
"""What a row that is made says in columns that have few values."""


def _made(source: sqlite3.Connection, name: str) -> dict[str, Any]:
    """A row for a table that has none: what it refers to exists, the rest is of its type."""
    refers = {row["from"]: (row["table"], row["to"]) for row in source.execute(f'PRAGMA foreign_key_list("{name}")')}
    made: dict[str, Any] = {}
    for column in source.execute(f'PRAGMA table_info("{name}")').fetchall():
        key = column["name"]
        if f"{name}.{key}" in ONE_OF_FEW:
            made[key] = ONE_OF_FEW[f"{name}.{key}"]
        elif key in refers:
            table, to = refers[key]
            first = source.execute(f'SELECT "{to or "id"}" FROM "{table}" LIMIT 1').fetchone()
            made[key] = first[0] if first is not None else None if not column["notnull"] else "1"
        else:
            made[key] = _of(column["type"].partition("(")[0]) if column["notnull"] else None
    return made


def _of(kind: str) -> Any:
    match kind:
        case "INTEGER" | "BIGINT" | "BOOLEAN" | "FLOAT" | "SMALLINT" | "NUMERIC":
            return 1
        case "DATETIME" | "TIMESTAMP":
            return "2026-11-24 04:00:00.000000"
        case "DATE":
            return "2026-11-24"
        case "JSON" | "TEXT":
            return "{}"
        case "BLOB":
            return _plain(b"1")
    return "1"


if __name__ == "__main__":
    assert sys.argv[1:2] == ["pack"], __doc__
    pack(sys.argv[2], Path(sys.argv[3]))
