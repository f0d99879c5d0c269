"""``flask --app run ocds FOLDER``: everything disclosed, as release and record packages."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.cli.houses import house
from app.foundation.database import reading
from app.procurement import disclosure

SIZE = 100
"""Releases or records of one package."""


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(ocds)


@click.command("ocds")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def ocds(folder: Path) -> None:
    """Write release and record packages of everything disclosed into FOLDER; exit 1 if one breaks the standard."""
    folder.mkdir(parents=True, exist_ok=True)
    broken = 0
    with reading(house().database) as session:
        disclosure.use(session, current_app.extensions["tenderway"].publisher)
        processes = disclosure.processes(session)
        releases = [release for process in processes for release in disclosure.of_process(session, process.ocid)]
        for number, start in enumerate(range(0, len(releases), SIZE), 1):
            path = f"portal/open-data/releases/{number}.json"
            package = disclosure.release_package(session, releases[start : start + SIZE], path)
            broken += _write(folder / f"releases-{number:04d}.json", package)
        for number, start in enumerate(range(0, len(processes), SIZE), 1):
            ocids = [process.ocid for process in processes[start : start + SIZE]]
            package = disclosure.record_package(session, ocids, f"portal/open-data/records/{number}.json")
            broken += _write(folder / f"records-{number:04d}.json", package)
    click.echo(f"{len(releases)} releases, {len(processes)} records, {broken} violations")
    sys.exit(1 if broken else 0)


def _write(file: Path, package: dict[str, object]) -> int:
    """Write a package and say what of it breaks the standard; how much that is."""
    found = list(disclosure.violations(package))
    for violation in found:
        click.echo(f"{file.name}: {violation}")
    file.write_bytes(orjson.dumps(package, option=orjson.OPT_INDENT_2))
    return len(found)
