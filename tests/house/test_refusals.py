"""One idiom for what is refused: the name of its class is its code, and a refusal without details is raised as its class."""

import ast
from pathlib import Path

import pytest

from app.foundation.errors import spelt

ROOT = Path(__file__).parents[2]


def repeated(source):
    """The lines that say what the name of the class says already, or call a class that is given nothing."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            found += [line.lineno for line in node.body if says(line, spelt(node.name))]
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            found += [] if node.exc.args or node.exc.keywords else [node.lineno]
    return found


def says(line, code):
    """Whether a line of a class gives it this code."""
    named = isinstance(line, ast.Assign) and [ast.unparse(target) for target in line.targets] == ["code"]
    return named and isinstance(line.value, ast.Constant) and line.value.value == code


@pytest.mark.parametrize("source", ["class LotUnknown(NotFound): code = 'lot-unknown'", "raise LotUnknown()"])
def test_what_is_repeated_is_found(source):
    assert repeated(source) == [1]


@pytest.mark.parametrize(
    ("name", "code"), [("LotUnknown", "lot-unknown"), ("NotACandidate", "not-a-candidate"), ("NoFile", "no-file")]
)
def test_a_code_is_the_name_of_its_class(name, code):
    assert spelt(name) == code


def test_no_refusal_repeats_its_name_or_is_called_for_nothing():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for line in repeated(path.read_text(encoding="utf-8"))
    ]
    assert found == []
