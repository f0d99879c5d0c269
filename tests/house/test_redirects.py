"""A page that leads on does it in one way: by 303, which a browser follows by GET and a reload does not repeat."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONE_PLACE = "app/web/answers.py"


def other_ways(source):
    """The lines that take another function to redirect by than the one place has, or say a status of redirects."""
    found = []
    for node in ast.walk(ast.parse(source)):
        named = isinstance(node, ast.ImportFrom) and node.module in ("flask", "werkzeug.utils")
        if (
            (named and any(alias.name == "redirect" for alias in node.names))
            or (isinstance(node, ast.Attribute) and ast.unparse(node) in ("flask.redirect", "werkzeug.utils.redirect"))
            or (isinstance(node, ast.Constant) and type(node.value) is int and node.value in (301, 302, 307, 308))
        ):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "source", ["from flask import g, redirect", "flask.redirect(place)", "return_ = Response(status=302)"]
)
def test_another_way_is_found(source):
    assert other_ways(source) == [1]


def test_pages_redirect_in_one_way():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "app" / "web").rglob("*.py"))
        if str(path.relative_to(ROOT)) != ONE_PLACE
        for line in other_ways(path.read_text(encoding="utf-8"))
    ]
    assert found == []
