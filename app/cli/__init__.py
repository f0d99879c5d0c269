"""The flask commands (``flask --app run …``). Their words and exit codes are an interface: the README lists them."""

from __future__ import annotations

from flask import Flask

from app.cli import accounts, backups, demo, engine, holidays, imports, ocds


def register(app: Flask) -> None:
    """Add every command."""
    for part in (backups, engine, imports, demo, ocds, accounts, holidays):
        part.register(app)
