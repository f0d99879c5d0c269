"""A method is a row: no program, template or paper of ``app`` names one, so that another method is another row.

What may hold a method's name: the rows themselves, the words of the law (``articles.json``), the statutory data, whose rows say
for which methods they are, and the demonstration with what measures the program by it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.procurement.rules import methods

APP = Path(methods.__file__).parents[2]
APART = ("demonstration", "bench", "load")
"""What plays or measures one procedure, and so names it."""
READ = {".py", ".html", ".typ", ".xml", ".txt", ".jinja", ".json"}
DATA = {"rules/methods.json", "rules/statute.json", "rules/articles.json"}
PLAIN_WORDS = frozenset({"inquiry", "negotiation", "consultation"})
"""Ids that are English words as well: only as a code, in quotation marks, do they name a method."""


def files():
    for file in sorted(APP.rglob("*")):
        parts = file.relative_to(APP).parts
        is_read = file.suffix in READ and parts[0] not in APART and "dist" not in parts
        if is_read and "/".join(parts[-2:]) not in DATA:
            yield file


def patterns():
    """A method's id as a code, and its names as a person reads them; ``Open tenders`` are those that take bids now."""
    for row in methods.rows():
        word = re.escape(row.id)
        yield rf"""["']{word}["']""" if row.id in PLAIN_WORDS else rf"(?<![\w-]){word}(?![a-z])(?!_threshold)"
        yield rf"(?i)\b{re.escape(row.name.en)}\b" if " " in row.name.en else rf"\b{row.name.en}\b(?=[\"'])"
        yield re.escape(row.name.zh)


@pytest.mark.parametrize("pattern", sorted(set(patterns())))
def test_no_program_template_or_paper_names_a_method(pattern):
    found = [
        f"{file.relative_to(APP)}:{number}"
        for file in files()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []
