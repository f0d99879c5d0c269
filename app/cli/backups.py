"""Commands that back an office up while people work, and restore it."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import backups
from app.cli.engine import OPERATOR
from app.cli.houses import house
from app.engine import restoring
from app.foundation.database import journal_key, reading
from app.foundation.errors import Refusal
from config import Config


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(restore_case)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the data to FILE and the keys to FILE.keys, while people work."""
    try:
        backups.backup(house().database, _config(), file)
    except backups.CantBackUp as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{file}: the data. {backups.keys_file(file)}: the keys; keep them in another place.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", metavar="NAME", help="Throw away the office in the database of this name.")
@with_appcontext
def restore(file: Path, replace: str | None) -> None:
    """Restore FILE and FILE.keys into an office that nobody works in."""
    try:
        held = backups.restore(house().database, _config(), file, replace)
    except backups.CantRestore as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Restored. {held} mails are held: look at them in Operations before you send them again.")


@click.command("restore-case")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("case")
@click.option("--check", is_flag=True, help="Say what would be put back, and change nothing.")
@with_appcontext
def restore_case(file: Path, case: str, check: bool) -> None:
    """Put the damaged state of one CASE (its id or number) back from the backup FILE, while people work.

    Refused when the case has moved since the backup: what would be lost is named, and nothing is changed.
    """
    database = house().database
    try:
        with (
            backups.opened(file, _config().instance_folder, journal_key(database)) as kept,
            reading(kept) as then,
            house().sessions() as session,
        ):
            done = restoring.put_back(house().engine, session, OPERATOR, case, then, file.name)
            session.rollback() if check else session.commit()
    except backups.CantRestore as refused:
        raise click.ClickException(str(refused)) from refused
    except Refusal as refused:
        raise click.ClickException(refused.sentence.en) from refused
    click.echo(f"{case}: {'would be ' if check else ''}put back from {file}: {_told(done)}.")


def _told(done: restoring.PutBack) -> str:
    counts = {"history": done.history, "tasks": done.tasks, "timers": done.timers, "subscriptions": done.subscriptions}
    rows = [f"rows of {name}: {count}" for name, count in counts.items() if count]
    return ", ".join((["the stored state"] if done.snapshot else []) + rows)


def _config() -> Config:
    found: Config = current_app.extensions["tenderway-config"]
    return found
