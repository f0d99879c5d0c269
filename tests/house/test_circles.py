"""No circles: what imports each other, anywhere in it, can only be understood and changed as one."""

from pathlib import Path

import pytest

from tests import imports

ROOT = Path(__file__).parents[2]
SOURCES = {
    imports.module_of(path, ROOT): path.read_text(encoding="utf-8")
    for folder in ("app", "measuring")
    for path in (ROOT / folder).rglob("*.py")
}
GRAPH = imports.graph_of(SOURCES)
PACKAGES = sorted({name.rpartition(".")[0] for name in SOURCES} - {""})


@pytest.mark.parametrize("package", PACKAGES)
def test_there_is_no_circle_in_a_package(package):
    assert imports.circles(imports.siblings(GRAPH, package)) == set()


def test_there_is_no_circle_among_modules():
    assert imports.circles(GRAPH) == set()


def circles_of(**sources):
    return imports.circles(imports.graph_of({name.replace("_", "."): text for name, text in sources.items()}))


def test_an_import_inside_a_function_counts():
    inside = "def later():\n    from app.b import work\n    return work()"
    assert circles_of(app="", app_a=inside, app_b="from app import a") == {frozenset({"app.a", "app.b"})}


def test_an_import_for_types_alone_does_not_count():
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.b import Work"
    assert circles_of(app="", app_a=typed, app_b="from app import a") == set()


def test_a_circle_of_packages_needs_none_of_modules():
    graph = imports.graph_of(
        {"app.a.one": "import app.b.one", "app.a.two": "", "app.b.one": "", "app.b.two": "import app.a.two"}
    )
    assert imports.circles(graph) == set()
    assert imports.circles(imports.siblings(graph, "app")) == {frozenset({"a", "b"})}
