"""The commands of the engine: what is checked, deployed, played, due, stuck and verified."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import orjson
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.cli.houses import house
from app.engine import definitions, importing, incidents, instances, invariants, scenarios, timers
from app.engine.engine import Engine
from app.engine.findings import Finding
from app.foundation import checkpoints, clock
from app.foundation.actor import Actor
from app.foundation.database import reading
from app.foundation.journal import Violation

OPERATOR = Actor("operator", "Operator", groups=frozenset({"administrator"}))
"""Who acts on the command line: somebody who has the machine."""


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (check, deploy, play_scenarios, list_timers, list_incidents, verify):
        app.cli.add_command(command)


# -- check


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--explain", is_flag=True, help="Say of each finding what would have to change, in processes not marked to run too."
)
@with_appcontext
def check(files: Sequence[Path], explain: bool) -> None:
    """Say what is wrong or doubtful in diagrams and decisions, taken as one deployment with the decisions beside them."""
    known = current_app.extensions.get("tenderway")
    findings = checked(files, known.engine if known is not None else None)
    lines = explained(files, findings) if explain else [line_of(finding) for finding in findings]
    for line in lines:
        click.echo(line)
    sys.exit(1 if any(finding.level == "error" for finding in findings) else 0)


def explained(files: Sequence[Path], findings: Sequence[Finding]) -> Iterator[str]:
    """The findings of ``check`` and those of processes that aren't marked to run, each with what would have to change."""
    diagrams = {
        str(path): path.read_bytes() for path in files if path.is_file() and path.suffix not in (".dmn", ".json")
    }
    by_import = {one.finding: one.by_import for one in importing.explain(diagrams)}
    found = list(dict.fromkeys([*findings, *by_import]))
    for finding in sorted(found, key=lambda one: one.file):
        yield line_of(finding)
        remedy = _one_line(finding.remedy.en) if finding.remedy is not None else "change it by hand"
        yield f"    to execute it here: {remedy}" + (" (import does this)" if by_import.get(finding) else "")


def checked(files: Sequence[Path], engine: Engine | None) -> list[Finding]:
    """Everything that ``check`` finds, by file in the order given."""
    contents: dict[str, bytes] = {}
    findings: list[Finding] = []
    for path in [*files, *_decisions_beside(files)]:
        try:
            contents[str(path)] = path.read_bytes()
        except OSError as error:
            findings.append(Finding(str(path), None, None, "error", f"it cannot be read: {error.strerror}"))
    try:
        findings += definitions.check(contents, engine)
    except Exception as error:
        logging.getLogger(__name__).debug("check failed", exc_info=True)
        what = f"it could not be checked to the end ({type(error).__name__}); please report this file"
        findings.append(Finding(str(files[0]), None, None, "error", what))
    order = {name: number for number, name in enumerate(contents)}
    return sorted(findings, key=lambda finding: order.get(finding.file, -1))


def line_of(finding: Finding) -> str:
    """``FILE: ELEMENT-ID (NAME): error|warning: what is wrong``, without what the finding doesn't name."""
    name = f" ({_one_line(finding.name)})" if finding.name else ""
    element = f" {_one_line(finding.element_id)}{name}:" if finding.element_id else ""
    return f"{finding.file}:{element} {finding.level}: {_one_line(finding.message)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _decisions_beside(files: Iterable[Path]) -> list[Path]:
    given = {path.resolve() for path in files}
    found: dict[Path, Path] = {}
    for folder in dict.fromkeys(path.parent for path in files):
        for path in sorted([*folder.glob("*.dmn"), *folder.glob("decisions/*.dmn")]):
            if path.resolve() not in given:
                found.setdefault(path.resolve(), path)
    return list(found.values())


# -- deploy


@click.command("deploy")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--why", default="deployed on the command line", help="The reason that is kept with the deployment.")
@with_appcontext
def deploy(folder: Path, why: str) -> None:
    """Deploy all diagrams, decisions, forms and scenarios under a folder as one deployment."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(_deployable(folder))}
    with house().sessions() as session:
        try:
            deployment = definitions.deploy(house().engine, session, OPERATOR, found, why)
        except definitions.DeploymentRefused as refused:
            for finding in refused.findings:
                click.echo(line_of(finding))
            sys.exit(1)
        session.commit()
        for definition in definitions.of_deployment(session, deployment.id):
            click.echo(f"{definition.kind} {definition.key}, version {definition.version}: {definition.name.en}")


def _deployable(folder: Path) -> Iterable[Path]:
    for suffix in (".bpmn", ".dmn", ".schema.json", ".ui.json", scenarios.SUFFIX):
        yield from folder.rglob(f"*{suffix}")


# -- scenarios


@click.command("scenarios")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--reload", is_flag=True, help="Forget everything in memory before every step.")
@click.option("--database", metavar="URL", help="Play on this database instead of a fresh SQLite file.")
@click.option("--coverage", is_flag=True, help="Say which elements and flows none of the scenarios passes.")
def play_scenarios(paths: Sequence[Path], reload: bool, database: str | None, coverage: bool) -> None:
    """Play scenario files, or all in a folder, and say which hold."""
    found = scenarios.find(paths)
    outcomes: list[scenarios.Outcome] = []
    try:
        with _unlogged(), scenarios.Stage(database) as stage:  # failures that a scenario asks for are no news
            for path in found:
                outcomes.append(scenarios.play_file(path, stage, reload=reload))
                click.echo(outcomes[-1].line)
    except scenarios.StageOccupied as occupied:
        raise click.ClickException(str(occupied)) from occupied
    if coverage:
        for process, elements in scenarios.never_passed(found, outcomes).items():
            click.echo(f"never passed in {process}: {', '.join(elements)}")
    passed = sum(outcome.passed for outcome in outcomes)
    click.echo(f"{passed} passed, {len(outcomes) - passed} failed")
    sys.exit(0 if passed == len(outcomes) else 1)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Nothing of ours is logged meanwhile."""
    ours = logging.getLogger("app")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        ours.setLevel(before)


# -- operations


@click.command("timers")
@click.option("--limit", default=100, show_default=True)
@with_appcontext
def list_timers(limit: int) -> None:
    """List the armed timers, the earliest first."""
    with reading(house().database) as session:
        now = clock.now(session)
        for timer in timers.upcoming(session, limit):
            state = "held" if timer.wake_at is None else "late" if timer.due_at <= now else "armed"
            where = timer.instance_id or f"start of {timer.process_id}"
            click.echo(f"{timer.due_at.isoformat()} {state} {where} {timer.element_id}")
        click.echo(f"{timers.due_now(session)} due now")


@click.command("incidents")
@click.option("--limit", default=100, show_default=True)
@with_appcontext
def list_incidents(limit: int) -> None:
    """List the open incidents, the latest first; exit 0 also when there are some."""
    with reading(house().database) as session:
        for incident in incidents.open(session, size=limit):
            where = f"{incident.instance_id or '-'} {incident.element_id} ({_one_line(incident.name.en)})"
            click.echo(f"{incident.opened_at.isoformat()} {where}: {_one_line(incident.message.en)}")
        click.echo(f"{incidents.count(session)} open")


@click.command("verify")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with a checkpoint that was kept elsewhere, too.",
)
@with_appcontext
def verify(against: Path | None) -> None:
    """Check every invariant, the journal, and every legal record against it; exit 1 on a violation."""
    found = 0
    with reading(house().database) as session:
        for violation in _violations(session, against):
            found += 1
            click.echo(str(violation))
        counted = instances.find(session, size=1).total
    click.echo(f"{counted} instances, {found} violations")
    sys.exit(1 if found else 0)


def _violations(session: Session, against: Path | None) -> Iterator[Violation]:
    if against is not None:
        try:
            yield from checkpoints.against(session, orjson.loads(against.read_bytes()))
        except (checkpoints.NotACheckpoint, orjson.JSONDecodeError) as error:
            raise click.ClickException(f"{against}: {error}") from error
    yield from invariants.violations(house().engine, session)
