"""``flask --app run demo``: a whole procurement, from application to payment, without a browser."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import bootstrap, tables
from app.demonstration import cases, lives, settling
from app.demonstration.players import STAGES, Play, Step
from app.engine import incidents
from app.foundation.clock import VirtualClock
from app.foundation.database import connect
from app.keeper.local import LocalKeeper
from config import Config

BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""Monday 2 March 2026, nine in the morning in China: where the virtual clock stands at first."""


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(demo)


@click.command("demo")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@with_appcontext
def demo(language: str) -> None:
    """Play a whole procurement on a virtual clock, in a fresh database; exit 0 only if every stage was reached."""
    config: Config = current_app.extensions["tenderway-config"]
    with TemporaryDirectory(prefix="tenderway-demo-") as folder:
        missing = _play(config, Path(folder), language)
    for stage in missing:
        click.echo(f"never reached: {stage}", err=True)
    sys.exit(1 if missing else 0)


def _play(config: Config, folder: Path, language: str) -> list[str]:
    """Play in a database of its own; the stages that weren't reached."""
    clock = VirtualClock(BEGINNING)
    database = connect(f"sqlite:///{folder / 'demo.db'}")
    tables.upgrade(database)
    settings = replace(config, instance_folder=folder, receipt_key=folder / "receipt-key")
    house = bootstrap.build(database, settings, clock=clock, keeper=LocalKeeper(clock))

    def say(step: Step) -> None:
        at = step.at.astimezone(config.zone)
        click.echo(f"{at:%Y-%m-%d %H:%M}  {step.stage:<12}  {_padded(step.who, 22)}  {step.what.in_(language)}")

    settling.found(house, config.processes_folder)
    play = Play(house, clock, say)
    play.tell()
    lives.play_all(play, cases.MAINTENANCE, lives.WHOLE)
    with house.sessions() as session:
        for incident in incidents.open(session):
            click.echo(f"incident at {incident.element_id}: {incident.message.in_(language)}", err=True)
    database.dispose()
    missing = [stage for stage in STAGES if stage not in play.stages]
    click.echo(
        f"{len(STAGES) - len(missing)} of {len(STAGES)} stages, {len(play.steps)} steps, the case is {play.state}"
    )
    return missing if play.state == "completed" else [*missing, "the end of the case"]


def _padded(words: str, width: int) -> str:
    """Words filled up to a width in which a Chinese sign takes two places."""
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)
    return words + " " * max(0, width - taken)
