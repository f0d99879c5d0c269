"""Lists read their address carefully and go out as files that no spreadsheet mistakes for formulas."""

import re
from pathlib import Path

import pytest

from app.foundation.text import Text
from app.web import listing
from app.web.listing import Rows

TEMPLATES = Path(listing.__file__).parent / "templates"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ("name", 1, 25)),
        ("sort=-since&page=3&size=50", ("-since", 3, 50)),
        ("sort=since", ("since", 1, 25)),
        ("sort=password&page=-1&size=7", ("name", 1, 25)),
        ("page=99999999999999999999", ("name", 1, 25)),
        ("page=²", ("name", 1, 25)),
    ],
)
def test_what_makes_no_sense_is_taken_as_not_asked(app, query, expected):
    with app.test_request_context(f"/people?{query}"):
        asked = listing.asked(sorts=("name", "-since"))
        assert (asked.sort, asked.page, asked.size) == expected


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(app, cell):
    with app.test_request_context("/"):
        answer = listing.csv("people", (Text("Name", "姓名"),), [(cell,)])
        assert f"'{cell.strip()}" in answer.get_data(as_text=True).replace("\t", "")


def test_figures_stay_figures(app):
    with app.test_request_context("/"):
        assert "-5" in listing.csv("x", ("a",), [(-5,)]).get_data(as_text=True).splitlines()[1]


@pytest.mark.parametrize(("number", "total", "has_more"), [(1, 25, False), (1, 26, True), (2, 50, False)])
def test_a_page_knows_whether_there_is_a_next_one(number, total, has_more):
    assert Rows([], number, 25, total).has_more == has_more


def test_a_link_of_a_list_keeps_what_was_chosen_and_takes_over_nothing_of_the_routing(sign_in):
    page = sign_in("administrator").get("/people?q=e&state=waiting&_external=1&_scheme=javascript&endpoint=x").text
    assert "javascript:" not in page
    assert "/people?q=e&amp;state=waiting" in page or "state=waiting&amp;q=e" in page


TABLE = re.compile(r"<table\b(?![^>]* aria-labelledby=)[^>]*>\s*(.{0,40})", re.DOTALL)


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_every_table_has_a_caption_or_is_named_by_what_stands_above_it(template):
    written = re.sub(r"{%.*?%}", "", template.read_text(encoding="utf-8"))
    begins = [found.group(1) for found in TABLE.finditer(written)]
    assert [words for words in begins if not words.startswith("<caption")] == []
