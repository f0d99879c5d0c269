"""Nothing of the domain is there for tests alone: every public function is reached by the program itself."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOMAIN = "app.procurement."

EXCEPTIONS: dict[str, str] = {}
"""Public functions that only tests call, each with the reason why it stays."""

Target = tuple[str, str | None]
"""A module and a name in it; None for the module itself."""


def name_of(path: Path) -> str:
    """A file's module: ``app.procurement.bids`` for the package's own file too."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in (ROOT / "app").rglob("*.py")}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text())


@cache
def functions(module: str) -> frozenset[str]:
    return frozenset(node.name for node in tree(module).body if isinstance(node, ast.FunctionDef))


@cache
def names(module: str) -> dict[str, set[Target]]:
    """What the names of a module can stand for: its own functions, and what it imports, wherever in it that stands."""
    found: dict[str, set[Target]] = defaultdict(set)
    for name in functions(module):
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
    if name is None or target in seen or name in functions(module):
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


def reached() -> Iterator[Target]:
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                yield from meant(module, node)


def test_no_public_function_of_the_domain_is_reached_by_tests_alone():
    used = set(reached())
    public = {(m, n) for m in MODULES if m.startswith(DOMAIN) for n in functions(m) if not n.startswith("_")}
    assert {f"{module}.{name}" for module, name in public - used} == set(EXCEPTIONS)
