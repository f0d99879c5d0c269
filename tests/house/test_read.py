"""Nothing is kept that decides nothing: statutory rows and their columns, terms of documents and settings are read."""

import ast
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.procurement.rules import Rule, methods, statutes
from app.procurement.tenders.terms import OPTIONAL
from config import Config

ROOT = Path(__file__).parents[2]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "app").rglob("*.py")}
CARRIED_OUT = "open_tender"
"""The method of procurement that procedures here carry out; others close a project."""
ASKING = {"rule", "value", "count", "end", "_rule", "_known", "after", "_after"}
"""The functions by which the program asks for a rule, as they are called."""
WAITING = ROOT / "docs/reference/rules-not-carried-out.json"


def asked() -> set[str]:
    """Patterns of the names that the program asks for: given at once, made of a cause, or out of a list beside the call."""
    found = set()
    for tree in TREES.values():
        for place in ast.walk(tree):
            if isinstance(place, ast.FunctionDef):
                found |= _asked_in(place)
    return found


def _asked_in(function: ast.FunctionDef) -> set[str]:
    called = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _name(node.func) in ASKING]
    given = [argument for node in called for argument in node.args]
    found = {_pattern(node) for node in given if isinstance(node, ast.Constant | ast.JoinedStr)}
    found |= {_pattern(one) for node in given if isinstance(node, ast.IfExp) for one in (node.body, node.orelse)}
    if any(isinstance(node, ast.Name) for node in given):
        listed = [node for node in ast.walk(function) if isinstance(node, ast.Tuple | ast.List)]
        found |= {_pattern(one) for node in listed for one in node.elts if isinstance(one, ast.Constant)}
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _pattern(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z]+" for part in node.values)
    return re.escape(str(node.value)) if isinstance(node, ast.Constant) else ""


PATTERNS = asked() | {re.escape(name) for row in methods.rows() for name in row.rules}
"""What the program names itself, and what it asks for by the row of a purchase's method."""


@pytest.mark.parametrize("name", sorted({rule.name for rule in statutes.statute()}))
def test_every_statutory_row_is_asked_for_by_the_program(name):
    assert any(re.fullmatch(pattern, name) for pattern in PATTERNS)


def test_every_statutory_row_is_for_a_method_that_is_carried_out():
    assert [rule.id for rule in statutes.statute() if rule.methods and CARRIED_OUT not in rule.methods] == []


@pytest.mark.parametrize("column", [field.name for field in fields(Rule)])
def test_every_column_of_a_statutory_row_is_read(column):
    """In the program or its pages, by more than what only makes rows."""
    python = (node for path, tree in TREES.items() if path.name != "entries.py" for node in ast.walk(tree))
    loaded = any(
        isinstance(n, ast.Attribute) and n.attr == column and _name(n.value) in ("self", "rule", "r", "low")
        for n in python
    )
    pages = (path.read_text(encoding="utf-8") for path in (ROOT / "app/web/templates/data").glob("*.html"))
    assert loaded or any(re.search(rf"\brule\.{column}\b", page) for page in pages)


def test_every_row_has_the_columns_of_a_rule_and_no_other():
    rows = json.loads(statutes.STATUTE_FILE.read_text(encoding="utf-8"))["rules"]
    assert {frozenset(row) for row in rows} == {frozenset(field.name for field in fields(Rule))}


def test_rows_that_decide_nothing_stand_apart_and_say_what_they_wait_for():
    kept = json.loads(WAITING.read_text(encoding="utf-8"))
    assert "the program reads none of these rows" in kept["note"]
    assert all(row["waits_for"] and row["id"] and row["source"] for row in kept["rules"])
    shipped = {rule.id for rule in statutes.statute()}
    assert not shipped & {row["id"] for row in kept["rules"]}
    assert not any(WAITING.name in path.read_text(encoding="utf-8") for path in TREES)


def terms_read() -> set[str]:
    """The names by which the program reads ``Tender.terms``."""
    found = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="terms"), attr="get"), args=[ast.Constant() as name, *_]
                ):
                    found.add(name.value)
                case ast.Subscript(value=ast.Attribute(attr="terms"), slice=ast.Constant() as name):
                    found.add(name.value)
    return found


def test_every_term_that_documents_may_leave_out_is_read_and_asked_for_by_their_form():
    form = json.loads((ROOT / "forms/prepare_documents.ui.json").read_text(encoding="utf-8"))
    by_name = {name for name in OPTIONAL if name.startswith("low_price_of")}
    assert terms_read() | by_name == set(OPTIONAL)
    assert set(OPTIONAL) <= {field.get("name") for field in form["fields"]}


@pytest.mark.parametrize("setting", [field.name for field in fields(Config)])
def test_every_setting_is_read(setting):
    trees = [*TREES.values(), ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))]
    assert any(isinstance(n, ast.Attribute) and n.attr == setting for tree in trees for n in ast.walk(tree))
