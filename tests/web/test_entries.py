"""What a person typed stays as typed: rows, choices, ids and words of the server, drafts."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from app.engine import forms
from app.engine.forms import Option, read
from app.foundation.text import Text
from app.web.tasks import entries
from tests.web import work

T = {"en": "Label", "zh": "名称"}
ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = {"bid_id": "hidden", "supplier": "text", "factor_id": "hidden", "factor": "text", "points": "number"}
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "budget": {"type": "number"},
        "opens_at": {"type": "string", "format": "date-time"},
        "agreed": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "lots": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "scores": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in COLUMNS} | {"points": {"type": "number"}},
            },
        },
    },
}
UI = {
    "title": T,
    "fields": [
        {"name": "title", "label": T, "widget": "text"},
        {"name": "budget", "label": T, "widget": "money"},
        {"name": "opens_at", "label": T, "widget": "datetime"},
        {"name": "agreed", "label": T, "widget": "checkbox"},
        {"name": "tags", "label": T, "widget": "checkboxes", "options": [{"value": "a", "label": T}]},
        {
            "name": "lots",
            "label": T,
            "widget": "table",
            "rows": "free",
            "columns": [{"name": "name", "label": T, "widget": "text"}],
        },
        {
            "name": "scores",
            "label": T,
            "widget": "table",
            "rows": "fixed",
            "matrix": {
                "columns_by": "bid_id",
                "columns_head": "supplier",
                "rows_by": "factor_id",
                "rows_head": "factor",
            },
            "columns": [
                {"name": name, "label": T, "widget": widget, "readonly": widget == "text"}
                for name, widget in COLUMNS.items()
            ],
        },
    ],
}
SCORES = [
    {"bid_id": bid, "supplier": f"Supplier {bid}", "factor_id": factor, "factor": f"Factor {factor}"}
    for bid in ("b1", "b2")
    for factor in ("f1", "f2")
]


@pytest.fixture
def form():
    return forms.read("toy", json.dumps(SCHEMA).encode(), json.dumps(UI).encode())


@pytest.fixture
def prepared(form):
    return entries.in_texts(form, {"scores": SCORES}, ZONE)


def test_values_are_written_as_a_person_would_type_them(form):
    values = {"budget": Decimal("1234.5"), "opens_at": datetime(2026, 3, 2, 1, 30, tzinfo=UTC), "agreed": True}
    texts = entries.in_texts(form, values | {"tags": ["a", "b"]}, ZONE)
    assert (texts["budget"], texts["opens_at"], texts["agreed"]) == ("1,234.50", "2026-03-02T09:30", "true")
    assert texts.getlist("tags") == ["a", "b"]


def test_a_time_from_the_process_is_written_in_the_place_zone(form):
    assert entries.in_texts(form, {"opens_at": "2026-03-02T01:30:00+00:00"}, ZONE)["opens_at"] == "2026-03-02T09:30"


def test_a_day_is_written_as_iso(form):
    assert entries.written(form.fields[0], date(2026, 3, 2), ZONE) == "2026-03-02"


def test_what_is_not_of_the_form_is_left_behind(form):
    texts = entries.posted(form, MultiDict({"title": "x", "csrf_token": "t", "admin": "yes"}))
    assert ("csrf_token" in texts, "admin" in texts) == (False, False)


def test_free_rows_are_numbered_anew_and_blank_ones_left_out(form):
    texts = entries.posted(form, MultiDict({"lots-2-name": "b", "lots-0-name": " ", "lots-7-name": "c"}))
    assert [texts["lots-0-name"], texts["lots-1-name"], "lots-2-name" in texts] == ["b", "c", False]


def test_what_cannot_be_read_stays_as_it_was_typed(form):
    assert entries.posted(form, MultiDict({"budget": "about 5"}))["budget"] == "about 5"


def test_a_free_table_shows_a_first_row_to_fill_in(form):
    entry = entries.Entry(form, MultiDict())
    assert [row.prefix for row in entry.rows(form.fields[5])] == ["lots-0-"]


def test_a_row_is_added_and_removed_without_a_script(form):
    typed = MultiDict({"lots-0-name": "a", "lots-3-name": "b"})
    fewer = entries.posted(form, entries.without_row(form, typed, "lots-0"))
    more = entries.with_row(form, fewer, "lots")
    assert (fewer["lots-0-name"], more["lots-1-name"]) == ("b", "")


def test_the_first_row_asked_for_is_the_second_shown(form):
    entry = entries.Entry(form, entries.with_row(form, MultiDict(), "lots"))
    assert len(entry.rows(form.fields[5])) == 2


def test_rows_of_a_fixed_table_can_be_neither_added_nor_removed(form, prepared):
    assert entries.with_row(form, prepared, "scores") == prepared
    assert entries.without_row(form, prepared, "scores-0") == prepared


def test_a_fixed_row_keeps_the_servers_ids_whatever_was_posted(form, prepared):
    typed = {"scores-0-bid_id": "forged", "scores-0-factor_id": "f1", "scores-0-points": "9"}
    texts = entries.laid_over(form, prepared, entries.posted(form, MultiDict(typed)))
    assert (texts["scores-0-bid_id"], texts["scores-0-supplier"]) == ("b1", "Supplier b1")
    assert "9" not in [texts.get(f"scores-{row}-points") for row in range(4)]


def test_typed_cells_find_their_row_by_its_ids_when_rows_have_moved(form):
    moved = entries.in_texts(form, {"scores": SCORES[::-1]}, ZONE)
    typed = {"scores-0-bid_id": "b1", "scores-0-factor_id": "f1", "scores-0-points": "9"}
    texts = entries.laid_over(form, moved, entries.posted(form, MultiDict(typed)))
    assert [texts.get(f"scores-{row}-points") for row in range(4)] == [None, None, None, "9"]


def test_what_was_emptied_is_empty_in_the_draft_too(form):
    prepared = entries.in_texts(form, {"title": "as prepared"}, ZONE)
    draft = json.loads(json.dumps(entries.kept(entries.posted(form, MultiDict({"title": ""})))))
    assert entries.laid_over(form, prepared, entries.posted(form, draft)).get("title", "") == ""


def test_a_matrix_has_the_bids_in_columns_and_the_factors_in_rows(form, prepared):
    entry = entries.Entry(form, prepared)
    table = form.fields[6]
    columns = entry.columns(table)
    assert [(column.key, column.head) for column in columns] == [("b1", "Supplier b1"), ("b2", "Supplier b2")]
    assert [[row.number for row in column.cells] for column in columns] == [[0, 1], [2, 3]]
    assert [row.number for row in entry.lines(table)] == [0, 1]


def test_a_matrix_shows_a_gap_where_a_bid_has_no_such_row(form):
    entry = entries.Entry(form, entries.in_texts(form, {"scores": SCORES[:3]}, ZONE))
    columns = entry.columns(form.fields[6])
    assert [[row is None for row in column.cells] for column in columns] == [[False, False], [False, True]]


def test_a_matrix_says_how_far_it_is_filled_in_and_what_its_columns_come_to():
    schema, ui = (work.FORM[f"work.{kind}.json"] for kind in ("schema", "ui"))
    form = read("work", schema, ui)
    scores = [
        row | {"points": points, "most": 5} for row, points in zip(work.SCORES, ("1.5", "2", "x", ""), strict=True)
    ]
    entry = entries.Entry(form, entries.in_texts(form, {"scores": scores}, UTC))
    matrix = form.field(("scores",))
    assert [(column.filled, column.wanted) for column in entry.columns(matrix)] == [(2, 2), (1, 2)]
    assert [(column.sum, column.most) for column in entry.columns(matrix)] == [(Decimal("3.5"), 10), (0, 10)]


def test_points_in_steps_are_chosen_unless_others_were_typed():
    form = read("work", *(work.FORM[f"work.{kind}.json"] for kind in ("schema", "ui")))
    scores = [row | {"points": points} for row, points in zip(work.SCORES, ("14", "", "", "10.5"), strict=True)]
    steps = {"f1": [Option(step, Text(step, step)) for step in ("0", "14")], "f2": [Option("0", Text("0", "0"))]}
    entry = entries.Entry(form, entries.in_texts(form, {"scores": scores}, UTC), steps)
    points = form.field(("scores", 0, "points"))
    chosen = [[option.value for option in entry.steps(points, f"scores-{row}-")] for row in range(4)]
    assert chosen == [["0", "14"], ["0"], ["0", "14"], []]
