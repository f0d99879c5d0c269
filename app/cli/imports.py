"""The command that takes in diagrams drawn for other programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask

from app.engine import importing


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(take_in)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    default=Path("imported"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that the changed diagrams are written to.",
)
def take_in(files: Sequence[Path], output: Path) -> None:
    """Change foreign diagrams as far as nothing is lost by it, and list each change and what is left to do by hand."""
    failed = False
    for path in files:
        try:
            imported = importing.convert(path.read_bytes())
        except OSError as error:
            click.echo(f"{path}: error: it cannot be read: {error.strerror}")
            failed = True
            continue
        except importing.NotBpmn as wrong:
            click.echo(f"{path}: error: {wrong}")
            failed = True
            continue
        for what, notes in (("changed", imported.changes), ("left", imported.left)):
            for note in notes:
                click.echo(_line(path, note, what))
        output.mkdir(parents=True, exist_ok=True)
        target = output / path.name
        target.write_bytes(imported.content)
        click.echo(f"{path}: written to {target}: {len(imported.changes)} changes, {len(imported.left)} left")
    sys.exit(1 if failed else 0)


def _line(path: Path, note: importing.Change | importing.Left, what: str) -> str:
    name = f" ({_one_line(note.name)})" if note.name else ""
    element = f" {note.element_id}{name}:" if note.element_id else ""
    return f"{path}:{element} {what}: {_one_line(note.text.en)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
