"""Commands that back an office up while people work, and restore it."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import backups
from app.cli.houses import house
from config import Config


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


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


def _config() -> Config:
    found: Config = current_app.extensions["tenderway-config"]
    return found
