"""``make mutants``: small faults are put into the code, one at a time, and the related tests have to notice each.

Cosmic Ray (MIT) says what can be changed and changes it. A mutant is only in the memory of the process that runs its tests, which is
forked from one that has the libraries loaded: nothing on the disk changes, so many run beside each other and beside people's
work. What was found is kept in ``.mutants``; who asks for the same sample again goes on where it ended.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache
from pathlib import Path
from types import CodeType

import click
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".mutants"
PATIENCE = 180
"""Seconds for the tests of a mutant; one that goes on for ever is noticed too."""
LIBRARIES = (
    "SpiffWorkflow.bpmn",
    "alembic.command",
    "flask_login",
    "hypothesis",
    "jsonschema",
    "lxml.etree",
    "sqlalchemy.orm",
)

AREAS: dict[str, tuple[str, ...]] = {
    "app/procurement/rules": ("tests/procurement/rules",),
    "app/procurement/bids": ("tests/procurement/bids",),
    "app/procurement/bonds": ("tests/procurement/bonds",),
    "app/procurement/evaluation": ("tests/procurement/evaluation",),
    "app/procurement/awards": ("tests/procurement/awards",),
    "app/procurement/payments": ("tests/procurement/contracts",),
    "app/web/permissions.py": ("tests/web/test_permissions.py", "tests/house/test_rights.py"),
    "app/engine/spiff/specs": ("tests/engine/conformance",),
    "app/feel": ("tests/feel",),
}
"""What is mutated, and the tests that have to notice."""


@dataclass(frozen=True)
class Mutant:
    """A change of a file: the ``occurrence``-th place at which an operator of Cosmic Ray applies."""

    path: str
    operator: str
    occurrence: int

    @property
    def key(self) -> str:
        """Its name, with the state of the file in which it is one."""
        state = hashlib.sha256(_source(self.path).encode()).hexdigest()[:12]
        return f"{self.path} {self.operator} {self.occurrence} {state}"

    @property
    def text(self) -> str | None:
        """The file with the change; None when that says the same as before (a type, a docstring) or nothing."""
        changed = mutate_code(_source(self.path), get_operator(self.operator)(), self.occurrence)
        return changed if changed and _meaning(changed) != _meaning(_source(self.path)) else None

    @property
    def tests(self) -> tuple[str, ...]:
        """The tests that have to notice it."""
        return next(tests for area, tests in AREAS.items() if self.path.startswith(area))

    def difference(self) -> str:
        """The changed lines."""
        lines = unified_diff(_source(self.path).splitlines(), (self.text or "").splitlines(), lineterm="", n=0)
        return "\n".join(f"    {line}" for line in list(lines)[2:])


@cache
def _source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _meaning(source: str) -> str | None:
    """A module without its annotations and docstrings; None when it can't be read."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


# -- the sample


def sample(count: int, seed: int) -> list[Mutant]:
    """So many mutants, the same for the same seed and code; each file's chance is by the places it offers."""
    chosen = list(_all())
    random.Random(seed).shuffle(chosen)  # noqa: S311 - a sample, no secret
    found: list[Mutant] = []
    for mutant in chosen:
        if len(found) == count:
            break
        if mutant.text is not None:
            found.append(mutant)
    return found


def _all() -> Iterator[Mutant]:
    operators = {name: get_operator(name)() for name in operator_names() if _is_used(name)}
    for area in AREAS:
        whole = ROOT / area
        for file in sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]:
            path = file.relative_to(ROOT).as_posix()
            nodes = list(ast_nodes(get_ast(_source(path))))
            for name, operator in operators.items():
                places = sum(1 for node in nodes for _ in operator.mutation_positions(node))
                yield from (Mutant(path, name, occurrence) for occurrence in range(places))


def _is_used(name: str) -> bool:
    """Whether an operator needs no names to work with, and makes a fault."""
    return not name.endswith(("/NoOp", "/VariableReplacer", "/VariableInserter"))


# -- running


class _Mutated(importlib.machinery.SourceFileLoader):
    """Loads a module as it isn't written."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, _name: str) -> CodeType:
        return compile(self.text, self.path, "exec", dont_inherit=True)


class _Finder:
    """Finds one module in another way than everybody else."""

    def __init__(self, mutant: Mutant, text: str) -> None:
        self.path, self.text = str(ROOT / mutant.path), text
        self.name = mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        loader = _Mutated(name, self.path, self.text)
        is_package = self.path.endswith("__init__.py")
        folders = [str(Path(self.path).parent)] if is_package else None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=loader, submodule_search_locations=folders
        )


def _begin(mutant: Mutant | None, tests: Sequence[str]) -> int:
    """A process that runs tests, with the mutant in place of the module; its exit code is pytest's."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1), os.dup2(null, 2)
        if mutant is not None:
            sys.meta_path.insert(0, _Finder(mutant, mutant.text or ""))
        code = int(pytest.main(["-x", "-q", "-n0", "-p", "no:cacheprovider", "-k", "not postgresql", *tests]))
    finally:
        os._exit(code)


def _end(process: int) -> int | None:
    """How a process ended; None when its time was over first."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(process, 9)
    os.waitpid(process, 0)
    return None


def is_caught(mutant: Mutant | None, tests: Sequence[str]) -> bool:
    """Whether the tests notice; without a mutant they mustn't."""
    return _end(_begin(mutant, tests)) != 0


@click.command("mutants")
@click.option("--count", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--part",
    default="1/1",
    show_default=True,
    help="Which of how many parts of the sample to run: 1/2 and 2/2 beside each other.",
)
def main(count: int, seed: int, part: str) -> None:
    """Run a sample of mutants against their tests; exit 1 when fewer than nine of ten are caught."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in LIBRARIES:
        importlib.import_module(name)
    number, parts = map(int, part.split("/"))
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{seed}-{number}-of-{parts}.jsonl"
    known = dict(json.loads(line) for line in file.read_text().splitlines()) if file.exists() else {}
    chosen = sample(count, seed)[number - 1 :: parts]
    for tests in sorted({mutant.tests for mutant in chosen if mutant.key not in known}):
        if is_caught(None, tests):
            raise click.ClickException(f"{', '.join(tests)}: these fail without any fault")
    caught = 0
    for mutant in chosen:
        if mutant.key not in known:
            known[mutant.key] = is_caught(mutant, mutant.tests)
            with file.open("a") as kept:
                kept.write(json.dumps([mutant.key, known[mutant.key]]) + "\n")
        caught += known[mutant.key]
        if not known[mutant.key]:
            click.echo(f"survived: {mutant.path} {mutant.operator} {mutant.occurrence}\n{mutant.difference()}")
    click.echo(f"{caught} of {len(chosen)} caught")
    sys.exit(0 if caught * 10 >= len(chosen) * 9 else 1)


if __name__ == "__main__":
    main()
