"""Runs migrations on the connection it is given (app.tables), or for ``flask --app run db …`` on the application's."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, Enum
from sqlalchemy.types import TypeDecorator

from app.bootstrap import RECORDS
from app.foundation.database import Base

assert RECORDS, "every table is known"


def render(kind: str, item: Any, _autogenerate: Any) -> str | bool:
    """Write what the database stores, not our types: a migration must run the same when these have changed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations look at the database they change: --sql isn't offered.")

given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    from flask import current_app

    from app.tables import migrating

    with migrating(current_app.extensions["tenderway"].database) as connection:
        run(connection)
