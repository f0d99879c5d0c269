"""Commands with which a real office begins: its first administrator, and a way back in for whoever lost theirs."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app import tables
from app.bootstrap import House
from app.foundation import workdays
from app.foundation.actor import SYSTEM
from app.foundation.errors import Refusal
from app.identity import accounts, grants, resets
from config import Config


def register(app: Flask) -> None:
    """Add the commands to ``flask --app run``."""
    app.cli.add_command(make_administrator)
    app.cli.add_command(password_link)


@click.command("make-administrator")
@click.option("--login", prompt="Sign-in name", help="Letters, digits, dots and dashes, or an email address.")
@click.option("--name", prompt="Name, as people see it")
@click.option("--email", prompt="Email address (can be left empty)", default="", show_default=False)
@with_appcontext
def make_administrator(login: str, name: str, email: str) -> None:
    """Make an administrator, who then looks after everybody else, and print a link to set the password."""
    house = _house()
    tables.upgrade(house.database)
    with house.sessions() as session:
        workdays.seed(session)
        try:
            account = accounts.create(session, SYSTEM, login=login, name=name, email=email)
            grants.grant(session, SYSTEM, account_id=account.id, role="administrator")
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence.en) from refusal
        link = _link(session, account)
        session.commit()
    click.echo(f"{account.name} is an administrator. Set the password within seven days under:\n{link}")
    click.echo("Next: serve (python run.py), deploy the procedures (flask --app run deploy processes),")
    click.echo("sign in and follow Data, First steps.")


@click.command("password-link")
@click.argument("login")
@with_appcontext
def password_link(login: str) -> None:
    """Print a link with which a person sets a new password, for an office whose mail does not work."""
    house = _house()
    with house.sessions() as session:
        account = accounts.by_login(session, login)
        if account is None or not account.is_active:
            click.echo(f"There is no open account with the sign-in name {login}.", err=True)
            sys.exit(1)
        link = _link(session, account)
        session.commit()
    click.echo(link)


def _link(session: Session, account: accounts.Account) -> str:
    config: Config = current_app.extensions["tenderway-config"]
    return resets.invite(session, SYSTEM, account, resets.Links(config.secret_key, config.base_url))


def _house() -> House:
    found: House = current_app.extensions["tenderway"]
    return found
