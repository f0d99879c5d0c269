"""What stands beside the forms of a whole life is written for people: no amount, day or instant as a machine writes it."""

import re

import pytest

from app.demonstration import lives
from app.engine import tasks

RAW = {
    "an instant": r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d",
    "a day": r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])",
    "an amount": r"CNY|¥\d{4,}|\d{4,}\.\d\d元?(?!\d)|(?<![¥\d,])\d{1,3}(?:,\d{3})+\.\d\d(?![元\d])",
    "the end of a day": r"\b24:00\b",
    "nothing": r"\bNone\b",
}


@pytest.fixture
def said(play, case, monkeypatch):
    """Every fact, note and table cell that was shown beside a form: the form, the language, the words."""
    kept, show = [], tasks.show

    def remembering(*given, **named):
        shown = show(*given, **named)
        cells = [cell for table in shown.tables for row in table["rows"] for cell in row]
        words = [*(fact[1] for fact in (*shown.facts, *shown.notes)), *cells]
        kept.extend(
            (shown.task.element_id, text) for each in words for text in (each if isinstance(each, tuple) else (each,))
        )
        return shown

    monkeypatch.setattr(tasks, "show", remembering)
    for script in lives.WHOLE:
        script(play, case)
    return kept


def test_nothing_raw_stands_beside_the_forms_of_a_whole_life(said):
    assert len({element for element, _ in said}) > 15
    raw = {
        (element, what, found[0])
        for element, text in said
        for what, pattern in RAW.items()
        if (found := re.search(pattern, str(text)))
    }
    assert raw == set()
