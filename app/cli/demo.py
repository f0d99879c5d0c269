"""``flask --app run demo``: a whole procurement, from application to payment, without a browser."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import event

from app import bootstrap, tables
from app.demonstration import cases, lives, settling
from app.demonstration.players import STAGES, NothingToDo, Play, Step
from app.engine import incidents
from app.engine.states import InstanceState
from app.foundation.clock import VirtualClock
from app.foundation.database import connect
from app.foundation.errors import Refusal
from app.keeper.local import LocalKeeper
from app.procurement import projects
from app.procurement.projects import Lot
from app.procurement.rules import methods
from config import Config

BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""Monday 2 March 2026, nine in the morning in China: where the virtual clock stands at first."""


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(demo)


@click.command("demo")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--method", type=click.Choice(list(methods.names())), help="Print each stage of this method's lots, too.")
@with_appcontext
def demo(language: str, method: str | None) -> None:
    """Play a whole procurement on a virtual clock, in a fresh database; exit 0 only if every stage was reached."""
    config: Config = current_app.extensions["tenderway-config"]
    with TemporaryDirectory(prefix="tenderway-demo-") as folder:
        missing = _play(config, Path(folder), language, method)
    for stage in missing:
        click.echo(f"never reached: {stage}", err=True)
    sys.exit(1 if missing else 0)


def _play(config: Config, folder: Path, language: str, method: str | None) -> list[str]:
    """Play in a database of its own; the stages that weren't reached: of a method its lots' own, else those of the diagrams."""
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
    case = replace(cases.MAINTENANCE, method=method or cases.MAINTENANCE.method)
    stages = methods.named(case.method).states if method else STAGES
    with _moves(stages, language if method else None) as reached:
        try:
            lives.play_all(play, case, lives.WHOLE)
        except (NothingToDo, Refusal) as stopped:
            click.echo(f"stopped: {stopped}", err=True)
    with house.sessions() as session:
        for incident in incidents.open(session):
            click.echo(f"incident at {incident.element_id}: {incident.message.in_(language)}", err=True)
    database.dispose()
    missing = [stage for stage in stages if stage not in (reached if method else play.stages)]
    summary = f"{len(stages) - len(missing)} of {len(stages)} stages"
    click.echo(summary if method else f"{summary}, {len(play.steps)} steps, the case is {play.state}")
    return missing if stages and play.state == InstanceState.COMPLETED else [*missing, "the end of the case"]


@contextmanager
def _moves(course: Sequence[str], language: str | None) -> Iterator[set[str]]:
    """The states that lots come to meanwhile; in a ``language``, each of the ``course`` is told when it is first reached."""
    reached: set[str] = set()

    def moved(_lot: Lot, state: str, before: object, _initiator: object) -> None:
        for each in (before, state):
            if each in course and each not in reached:
                reached.add(str(each))
                if language:
                    named = projects.STATE_NAMES[str(each)].in_(language)
                    click.echo(f"== {course.index(str(each)) + 1}/{len(course)}  {named}")

    event.listen(Lot.state, "set", moved)
    try:
        yield reached
    finally:
        event.remove(Lot.state, "set", moved)


def _padded(words: str, width: int) -> str:
    """Words filled up to a width in which a Chinese sign takes two places."""
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)
    return words + " " * max(0, width - taken)
