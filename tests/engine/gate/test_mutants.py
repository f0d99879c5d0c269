"""Whatever the gate lets pass may be wrong, but it neither stops the engine nor breaks it: what fails is an incident."""

import time
from pathlib import Path

import pytest
import toys
from good import PATTERNS, given
from mutating import mutants
from playing import play
from sqlalchemy import select

from app.engine import bundles, definitions, instances, spiff, tasks, validation
from app.engine.engine import Engine
from app.engine.records import OpenTaskRow
from app.engine.scenarios.standins import StandIns
from app.foundation.errors import Refusal

HOUSE = Path(__file__).parents[3] / "processes"
FILES = {str(path): path.read_bytes() for path in sorted([*HOUSE.glob("*.bpmn"), *HOUSE.glob("decisions/*.dmn")])}
DIAGRAMS = {name: content for name, content in FILES.items() if name.endswith(".bpmn")}
TOYS = {name: given(diagram).encode() for name, diagram in PATTERNS.items()}
LONGEST = 10.0
"""Seconds for reading and playing one mutant, on a slow machine."""


def survive(name, mutant, what):
    """Check a mutant with what belongs to it, and play it if it is accepted; whether it was."""
    files = {**FILES, name: mutant} if name in FILES else {name: mutant}
    began = time.monotonic()
    package = bundles.load(files)
    if any(finding.level == "error" for finding in validation.validate(package, None, validation.Known())):
        return False
    try:
        for process in package.diagrams.processes.values():
            if process.file == name:
                play(package.diagrams, process)
    except Exception as error:
        raise AssertionError(f"{name}: {what}: {type(error).__name__}: {error}") from error
    assert time.monotonic() - began < LONGEST, f"{name}: {what}"
    return True


@pytest.mark.parametrize("name", DIAGRAMS, ids=lambda name: Path(name).stem)
def test_mutants_of_the_house_do_no_harm(name):
    accepted = [survive(name, mutant, what) for what, mutant in mutants(DIAGRAMS[name], 1, 25)]
    assert any(accepted)
    assert not all(accepted)


@pytest.mark.parametrize("name", TOYS)
def test_mutants_of_patterns_do_no_harm(name):
    for what, mutant in mutants(TOYS[name], 1, 4):
        survive(name, mutant, what)


@pytest.mark.parametrize("name", {**DIAGRAMS, **TOYS}, ids=lambda name: Path(name).stem)
def test_what_is_played_is_played_unchanged_too(name):
    files = FILES if name in FILES else {name: TOYS[name]}
    bundle = spiff.read({file: content for file, content in files.items() if not file.endswith(".dmn")})
    assert all(play(bundle, process) >= 0 for process in bundle.processes.values())


@pytest.mark.parametrize("name", [*DIAGRAMS, *TOYS][::6], ids=lambda name: Path(name).stem)
def test_what_is_accepted_is_deployed_and_moved_in_the_database(name, session_factory):
    for what, mutant in mutants({**DIAGRAMS, **TOYS}[name], 3, 12):
        try:
            move_in_the_database(session_factory, {**FILES, name: mutant} if name in FILES else {name: mutant}, name)
        except Exception as error:
            raise AssertionError(f"{name}: {what}: {type(error).__name__}: {error}") from error


class AnyService(StandIns):
    """Whatever is called returns something."""

    def play(self, _type, _context, _inputs):
        return {"done": True, "count": 1, "list": [1, {"a": None}]}


def move_in_the_database(session_factory, files, name):
    """Deploy, start every process of a file, and do what is open, each act in a transaction of its own."""
    engine = Engine(stand_ins=True, acts=AnyService({}), step_limit=2_000)
    with session_factory() as session:
        try:
            definitions.deploy(engine, session, toys.ROOT, files, "a mutant")
        except definitions.DeploymentRefused:
            return
        started = [
            instances.start(engine, session, toys.ROOT, process.id, {"x": True, "n": 3, "list": [1, 2]}).id
            for process in spiff.read(files).processes.values()
            if process.file == name and process.body.none_start is not None
        ]
        session.commit()
    for _ in range(4):
        with session_factory() as session:
            there = select(OpenTaskRow.id).where(OpenTaskRow.instance_id.in_(started)).order_by(OpenTaskRow.id)
            for task in session.scalars(there.limit(6)).all():
                try:
                    tasks.complete(engine, session, toys.ROOT, task, {"x": False, "n": 1})
                    session.commit()
                except Refusal:
                    session.rollback()


@pytest.mark.whole
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", {**DIAGRAMS, **TOYS}, ids=lambda name: Path(name).stem)
def test_every_mutant_does_no_harm(name):
    original = DIAGRAMS.get(name) or TOYS[name]
    for what, mutant in mutants(original, 2, 400):
        survive(name, mutant, what)
