"""The flask commands that measure: ``flask --app run bench`` and ``tck``. ``run`` adds them where this folder is."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(bench)
    app.cli.add_command(tck)


@click.command("bench")
@click.argument("words", nargs=-1)
def bench(words: tuple[str, ...]) -> None:
    """Measure all figures (or those whose names contain WORDS); exit 1 if one is beyond its limit."""
    from measuring.bench import FIGURES

    over = False
    for figure in FIGURES:
        if words and not any(word in figure.name for word in words):
            continue
        found = figure.measure()
        over = over or figure.is_broken(found)
        click.echo(figure.line(found))
    sys.exit(1 if over else 0)


@click.command("tck")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
def tck(folder: Path) -> None:
    """Run the DMN TCK's cases under a folder."""
    from measuring.conformance.tck import run_tck

    sys.exit(run_tck(folder))
