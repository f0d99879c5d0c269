"""Every test that docs/reference/findings.md names is one that pytest collects."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/findings.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.-]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_the_tests_that_the_findings_name_are_collected(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    collected = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    assert Path(file).name.startswith("test_")
    assert {name for named, name in NAMED if named == file} - collected == set()


def test_each_line_of_the_findings_has_a_row_of_its_own():
    rows = re.findall(r"^- \*\*([A-Z]\d+)\*\*", PAGE, re.M)
    assert len(rows) == len(set(rows))
