"""What a session has is kept in typed places (``foundation/belongings.py``), never under a name in ``Session.info``."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOKENS = ROOT / "app" / "engine" / "spiff"
"""Where ``info`` is what a token carries."""
NOT_SESSIONS = ("log", "token")


def handed_on(text: str) -> list[int]:
    """The lines that read or give an ``info`` which is neither a logger's nor a record's of the library."""
    found = []
    for node in ast.walk(ast.parse(text)):
        attribute = (
            isinstance(node, ast.Attribute) and node.attr == "info" and ast.unparse(node.value) not in NOT_SESSIONS
        )
        given = isinstance(node, ast.Call) and any(keyword.arg == "info" for keyword in node.keywords)
        if attribute or given:
            found.append(node.lineno)
    return found


def test_nothing_is_handed_on_in_a_sessions_info():
    sources = (path for folder in ("app", "measuring", "tests") for path in (ROOT / folder).rglob("*.py"))
    found = {path: handed_on(path.read_text(encoding="utf-8")) for path in sources if not path.is_relative_to(TOKENS)}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    ["session.info['clock'] = c", "found = session.info.get('x')", "Session(bind, info={})", "f.configure(info=x)"],
)
def test_what_would_be_handed_on_is_found(text):
    assert handed_on(text) == [1]
