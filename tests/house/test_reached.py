"""Nothing is there for tests alone: what the floors below the pages offer is reached by the program itself.

A definition is reached when the program's beginnings (what modules do when they are loaded, everything above those
floors) lead to it, through others or not: two dead functions that call each other are dead.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests import imports

ROOT = Path(__file__).parents[2]
FLOORS = ("app.procurement", "app.workflow", "app.engine", "app.identity", "app.foundation")
"""The packages in which everything has to be reached."""

EXCEPTIONS: dict[str, str] = {
    "app.identity.certificates.verification.trust": "who plugs a certification service in makes its root trusted, once",
    "app.identity.certificates.authorities.revoke": "who keeps the demonstration authority revokes by it; no page does yet",
}
"""Public functions and classes that only tests call, each with the reason why it stays."""

CALLED_BY_LIBRARIES = {
    "app.identity.accounts.Account.get_id": "flask-login asks it of the person who is signed in",
    "app.engine.spiff.course.Course.interrupt_host": "SpiffWorkflow calls it when a boundary event interrupts",
    "app.engine.spiff.specs.processes.RootSpec.serialize": "SpiffWorkflow's specs have it",
    "app.engine.spiff.specs.elements.ElementSpec.serialize": "SpiffWorkflow's specs have it",
}
"""Public methods that nothing here calls by name."""

Target = tuple[str, str | None]
"""A module and a name in it; None for what the module does when it is loaded."""
Definition = ast.FunctionDef | ast.ClassDef

SOURCES = [*(ROOT / "app").rglob("*.py"), ROOT / "run.py", ROOT / "config.py"]
MODULES = {imports.module_of(path, ROOT): path for path in SOURCES}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def definitions(module: str) -> dict[str, Definition]:
    return {node.name: node for node in tree(module).body if isinstance(node, Definition)}


@cache
def names(module: str) -> dict[str, set[Target]]:
    """What the names of a module can stand for: its own definitions, and what it imports, wherever in it that stands."""
    found: dict[str, set[Target]] = defaultdict(set)
    for name in definitions(module):
        found[name].add((module, name))
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "") in MODULES:
            for alias in node.names:
                found[alias.asname or alias.name] |= below(node.module, alias.name)
    return found


def below(module: str, name: str) -> set[Target]:
    """What ``module.name`` is: a name that it defines or passes on, a module of the package, or both."""
    whole, passed = f"{module}.{name}", {(module, name)}
    return passed | {(whole, None)} if whole in MODULES else passed


def origins(target: Target, seen: frozenset[Target] = frozenset()) -> set[Target]:
    """Where something was defined that modules only pass on."""
    module, name = target
    if name is None or target in seen or name in definitions(module):
        return {target}
    return {found for passed in names(module).get(name, ()) for found in origins(passed, seen | {target})}


def meant(module: str, node: ast.expr) -> set[Target]:
    """What an expression ``a``, ``a.b`` or ``a.b.c`` of a module can stand for."""
    if isinstance(node, ast.Name):
        return {found for target in names(module).get(node.id, ()) for found in origins(target)}
    if isinstance(node, ast.Attribute):
        packages = {package for package, name in meant(module, node.value) if name is None}
        return {found for package in packages for target in below(package, node.attr) for found in origins(target)}
    return set()


def named_in(module: str, nodes: list[ast.AST]) -> Iterator[Target]:
    """The definitions that a module's statements name, or may name of one of the modules that it imports."""
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Name | ast.Attribute) and isinstance(each.ctx, ast.Load):
                found = meant(module, each)
                if isinstance(each, ast.Attribute) and not found and not meant(module, each.value):
                    found = {(part, each.attr) for part in parts(module) if each.attr in definitions(part)}
                yield from ((where, name) for where, name in found if name is not None)


@cache
def parts(module: str) -> frozenset[str]:
    """The modules that a module imports whole, and may go through one by one: ``for part in (…): part.register(…)``."""
    return frozenset(found for targets in names(module).values() for found, name in targets if name is None)


def beginnings() -> Iterator[Target]:
    """What is reached without being called: all above the floors, and what modules do, declare and register on loading."""
    yield from ((module, name) for module, _, name in (one.rpartition(".") for one in EXCEPTIONS))
    for module in MODULES:
        if module.startswith(FLOORS):
            yield from named_in(module, [node for node in tree(module).body if not isinstance(node, Definition)])
            yield from ((module, name) for name, node in definitions(module).items() if is_registered(module, node))
        else:
            yield from named_in(module, [tree(module)])


def is_registered(module: str, node: Definition) -> bool:
    """Whether something hands a definition on where it stands: a decorator, or the table that a class of rows is.

    A class is handed on by a decorator of our own; what a library's makes of it (a dataclass) has still to be asked for.
    """
    if isinstance(node, ast.FunctionDef):
        return bool(node.decorator_list)
    asked = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    return "Base" in bases or any(meant(module, each) for each in asked)


def reached(beginnings: Iterator[Target]) -> set[Target]:
    """All that the beginnings lead to, themselves too."""
    found = set(beginnings)
    waiting = list(found)
    while waiting:
        module, name = waiting.pop()
        node = definitions(module).get(name)
        new = set(named_in(module, [node])) - found if node is not None else set()
        found |= new
        waiting += new
    return found


def test_nothing_public_is_reached_by_tests_alone():
    public = {(m, n) for m in MODULES if m.startswith(FLOORS) for n in definitions(m) if not n.startswith("_")}
    dead = public - reached(beginnings())
    assert sorted(f"{module}.{name}" for module, name in dead) == []


def test_an_exception_is_reached_by_nothing_else():
    found = reached(target for target in beginnings() if ".".join(map(str, target)) not in EXCEPTIONS)
    assert [one for one in EXCEPTIONS if (one.rpartition(".")[0], one.rpartition(".")[2]) in found] == []


def test_no_public_method_is_called_by_tests_alone():
    asked = {node.attr for module in MODULES for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}
    pages = {word for path in (ROOT / "app").rglob("*.html") for word in re.findall(r"\w+", path.read_text("utf-8"))}
    unasked = {f"{owner}.{name}" for owner, name in methods() if name not in asked | pages}
    assert sorted(unasked - CALLED_BY_LIBRARIES.keys()) == []


def test_every_method_that_a_library_calls_is_there():
    assert CALLED_BY_LIBRARIES.keys() <= {f"{owner}.{name}" for owner, name in methods()}


def methods() -> Iterator[tuple[str, str]]:
    for module in MODULES:
        for name, node in definitions(module).items() if module.startswith(FLOORS) else ():
            for each in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                    yield f"{module}.{name}", each.name


def test_two_that_only_call_each_other_are_dead(monkeypatch, tmp_path):
    (tmp_path / "toy.py").write_text(
        "def one():\n    two()\n\n\ndef two():\n    one()\n\n\ndef three(): ...\n\n\nthree()\n"
    )
    monkeypatch.setitem(MODULES, "app.engine.toy", tmp_path / "toy.py")
    found = reached(beginnings())
    assert [("app.engine.toy", name) in found for name in ("one", "two", "three")] == [False, False, True]
