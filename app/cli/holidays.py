"""The State Council's notice of a year's holidays by command, for an office that feeds itself by script."""

from __future__ import annotations

import sys
from typing import TextIO

import click
from flask import Flask
from flask.cli import with_appcontext

from app.cli.houses import house
from app.foundation import holiday_notices, workdays
from app.foundation.errors import Refusal
from app.identity import accounts, grants
from app.workflow.feeding import calendars, kinds


def register(app: Flask) -> None:
    """Add the command to ``flask --app run``."""
    app.cli.add_command(holidays)


@click.command("holidays")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--year", type=int, help="The year, where the text does not name it.")
@click.option("--source", default="", help="The notice's number, where the text does not name it.")
@click.option(
    "--by", "login", help="An administrator's sign-in name: hand the notice to a second one. Without it: preview only."
)
@with_appcontext
def holidays(file: TextIO, year: int | None, source: str, login: str | None) -> None:
    """Read the State Council's notice in FILE (- for standard input), show its days, and hand it to a second person.

    Exit 1 when it cannot be entered as it is.
    """
    text, parts = file.read(), house()
    notice = holiday_notices.read(text, year=year, source=source)
    click.echo(f"{notice.year or '????'}  {notice.source}")
    for first, last in holiday_notices.spans(notice.days, worked=False):
        click.echo(f"off     {first}" + (f" to {last}" if last != first else ""))
    for on, _ in holiday_notices.spans(notice.days, worked=True):
        click.echo(f"worked  {on}")
    for doubt in notice.doubts:
        click.echo(f"{'error' if doubt.blocks else 'warning'}: {doubt.what.en}", err=True)
    if not notice.usable:
        sys.exit(1)
    if login is None:
        return
    with parts.sessions() as session:
        account = accounts.by_login(session, login)
        if account is None or not account.is_active:
            raise click.ClickException(f"There is no open account with the sign-in name {login}.")
        actor = grants.actor_of(session, account)
        try:
            workdays.seed(session)
            draft = calendars.draft(session, actor, text, year=year, source=source)
            kinds.hand_on(session, actor, draft.id)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence.en) from refusal
        session.commit()
    click.echo("It waits for a second administrator, who confirms it under Data.")
