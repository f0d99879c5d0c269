"""Which module of the program imports which, read from the source: at its top or inside a function, but not for types alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]
"""For each name the names that it leads to."""


def module_of(path: Path, root: Path) -> str:
    """A file's module: ``app.procurement.bids`` for the package's own file too."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def graph_of(sources: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The modules of a program, each with those that it imports; ``sources``: module to its text."""
    return {
        name: frozenset(found for found in imported(ast.parse(text), sources.keys()) if found != name)
        for name, text in sources.items()
    }


def imported(tree: ast.Module, known: Iterable[str]) -> Iterator[str]:
    """The modules among ``known`` that a module imports when it runs."""
    names = frozenset(known)
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                yield from {module if module in names else node.module} & names


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """A tree's nodes without what stands under ``if TYPE_CHECKING:``."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from _running(other)
        else:
            yield from _running(child)


def siblings(graph: Graph, package: str) -> dict[str, frozenset[str]]:
    """What lies directly in a package, each with the others there that anything in it imports."""
    found: dict[str, set[str]] = {}
    for module, targets in graph.items():
        if (own := _below(package, module)) is not None:
            others = (_below(package, target) for target in targets)
            found.setdefault(own, set()).update(other for other in others if other not in (None, own))
    return {name: frozenset(others) for name, others in found.items()}


def _below(package: str, module: str) -> str | None:
    """The part of a package that a module lies in; None for the package's own file and for what lies elsewhere."""
    return module[len(package) + 1 :].split(".")[0] if module.startswith(f"{package}.") else None


def circles(graph: Graph) -> set[frozenset[str]]:
    """The largest groups in which each leads to each: what can only be read, or moved, together."""
    reach = {name: _reached(graph, name) for name in graph}
    groups = {
        frozenset(other for other in reach[name] if name in reach[other]) for name in graph if name in reach[name]
    }
    return {group for group in groups if len(group) > 1}


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name in graph and name not in found:
            found.add(name)
            waiting += graph[name]
    return found
