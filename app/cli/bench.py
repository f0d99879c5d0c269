"""``flask --app run bench``: measure what the house promises, in one run."""

from __future__ import annotations

import sys

import click
from flask import Flask


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(bench)


@click.command("bench")
@click.argument("words", nargs=-1)
def bench(words: tuple[str, ...]) -> None:
    """Measure all figures (or those whose names contain WORDS); exit 1 if one is beyond its limit."""
    from app.bench import FIGURES

    over = False
    for figure in FIGURES:
        if words and not any(word in figure.name for word in words):
            continue
        found = figure.measure()
        over = over or figure.is_broken(found)
        click.echo(figure.line(found))
    sys.exit(1 if over else 0)
