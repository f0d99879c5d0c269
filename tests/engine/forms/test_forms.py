"""A form takes what its schema knows, typed, and says in both languages what is wrong beside each field."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.engine import forms

T = {"en": "Label", "zh": "名称"}
SCHEMA = {
    "type": "object",
    "required": ["title", "lots", "agree"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 10},
        "budget": {"type": "number", "minimum": 0, "multipleOf": 0.01},
        "count": {"type": "integer"},
        "notice_on": {"type": "string", "format": "date"},
        "opens_at": {"type": "string", "format": "date-time"},
        "decision": {"type": "string", "enum": ["approve", "return"]},
        "reasons": {"type": "string"},
        "agree": {"type": "boolean", "const": True},
        "tags": {"type": "array", "items": {"type": "string"}},
        "files": {"type": "array", "items": {"type": "string"}},
        "seen": {"type": "string"},
        "lots": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "price": {"type": "number"},
                    "supplier": {"type": "string"},
                    "parts": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"code": {"type": "string"}, "n": {"type": "integer"}},
                        },
                    },
                },
            },
        },
    },
    "if": {"properties": {"decision": {"const": "return"}}, "required": ["decision"]},
    "then": {"required": ["reasons"]},
}
UI = {
    "title": T,
    "submit": T,
    "fields": [
        {"name": "title", "label": {"en": "Title", "zh": "标题"}, "widget": "text"},
        {"name": "budget", "label": {"en": "Budget", "zh": "预算"}, "widget": "money"},
        {"name": "count", "label": T, "widget": "number"},
        {"name": "notice_on", "label": T, "widget": "date"},
        {"name": "opens_at", "label": T, "widget": "datetime"},
        {
            "name": "decision",
            "label": {"en": "Decision", "zh": "决定"},
            "widget": "radio",
            "options": [{"value": "approve", "label": T}, {"value": "return", "label": T}],
        },
        {
            "name": "reasons",
            "label": {"en": "Reasons", "zh": "理由"},
            "widget": "textarea",
            "rule": {"field": "decision", "equals": "return"},
        },
        {"name": "agree", "label": {"en": "I agree", "zh": "我同意"}, "widget": "checkbox"},
        {"name": "tags", "label": T, "widget": "checkboxes", "options_from": "tags"},
        {"name": "files", "label": T, "widget": "files"},
        {"name": "seen", "label": T, "widget": "text", "readonly": True},
        {
            "name": "lots",
            "label": {"en": "Lots", "zh": "采购包"},
            "widget": "table",
            "columns": [
                {"name": "name", "label": {"en": "Lot", "zh": "包名"}, "widget": "text"},
                {"name": "price", "label": T, "widget": "money"},
                {"name": "supplier", "label": T, "widget": "text", "readonly": True},
                {
                    "name": "parts",
                    "label": T,
                    "widget": "table",
                    "columns": [
                        {"name": "code", "label": T, "widget": "text"},
                        {"name": "n", "label": T, "widget": "number"},
                    ],
                },
            ],
        },
    ],
}
WHOLE = {"title": "Lamps", "agree": "on", "lots-0-name": "One"}


def made(schema=SCHEMA, ui=UI):
    return forms.read("toy", json.dumps(schema).encode(), json.dumps(ui).encode())


@pytest.fixture(scope="module")
def form():
    return made()


def wrong(form, posted):
    return {error.field: error.text for error in forms.errors(form, forms.coerce(form, posted))}


def test_texts_become_numbers_days_and_times(form):
    values = forms.coerce(
        form, WHOLE | {"budget": "1,234.50", "count": "3", "notice_on": "2026年3月2日", "opens_at": "2026-03-02 09:30"}
    )
    assert (values["budget"], values["count"], values["notice_on"]) == (Decimal("1234.50"), 3, date(2026, 3, 2))
    assert values["opens_at"] == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_rows_are_read_in_the_order_of_their_numbers_with_gaps(form):
    values = forms.coerce(form, {"lots-10-name": "B", "lots-2-name": "A", "lots-5-name": " ", "lots-5-price": ""})
    assert values["lots"] == [{"name": "A"}, {"name": "B"}]


def test_tables_stand_in_tables(form):
    values = forms.coerce(form, {"lots-0-name": "A", "lots-0-parts-0-code": "x", "lots-0-parts-3-n": "2"})
    assert values["lots"] == [{"name": "A", "parts": [{"code": "x"}, {"n": 2}]}]


def test_a_whole_form_has_no_errors(form):
    assert wrong(form, WHOLE) == {}


def test_what_is_missing_is_said_in_both_languages(form):
    found = wrong(form, {})
    assert found["title"] == ("Fill in “Title”.", "请填写“标题”。")
    assert found["lots"] == ("Add a row under “Lots”.", "请在“采购包”中至少填写一行。")


def test_an_unticked_box_that_must_be_ticked_says_so(form):
    assert wrong(form, {"title": "x", "lots-0-name": "A"})["agree"].en == "Tick “I agree” to continue."


def test_an_error_in_a_row_names_its_cell(form):
    assert list(wrong(form, WHOLE | {"lots-0-price": "cheap"})) == ["lots-0-price"]


def test_an_ambiguous_day_is_refused_with_its_reason(form):
    assert "two ways" in wrong(form, WHOLE | {"notice_on": "2/3/2026"})["notice_on"].en


def test_a_third_decimal_place_is_refused(form):
    assert wrong(form, WHOLE | {"budget": "0.005"})["budget"].en == "“Budget” can have at most 2 decimal places."


def test_a_value_outside_the_choices_is_refused(form):
    assert "decision" in wrong(form, WHOLE | {"decision": "perhaps"})


def test_choices_prepared_by_the_caller_are_kept_to(form):
    values = forms.coerce(form, WHOLE | {"tags": ["a", "b"]})
    options = {"tags": [forms.Option("a", forms.read)]}
    assert [error.field for error in forms.errors(form, values, options=options)] == ["tags"]


def test_a_returned_case_needs_reasons(form):
    assert wrong(form, WHOLE | {"decision": "return"}) == {"reasons": ("Fill in “Reasons”.", "请填写“理由”。")}


def test_a_hidden_field_is_dropped_although_it_was_sent(form):
    assert "reasons" not in forms.coerce(form, WHOLE | {"decision": "approve", "reasons": "smuggled"})


def test_read_only_fields_and_columns_take_nothing_in(form):
    values = forms.coerce(form, WHOLE | {"seen": "x", "lots-0-supplier": "me"})
    assert ("seen" in values, values["lots"]) == (False, [{"name": "One"}])


def test_a_program_s_values_are_whitelisted_and_typed(form):
    taken = forms.take(form, {"title": "x", "evil": 1, "notice_on": "2026-03-02", "lots": [{"name": "A", "evil": 1}]})
    assert taken == {"title": "x", "notice_on": date(2026, 3, 2), "lots": [{"name": "A"}]}


def test_too_long_a_text_says_how_long_it_may_be(form):
    assert wrong(form, WHOLE | {"title": "x" * 11})["title"].zh == "“标题”最多 10 个字。"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"fields": [{"name": "nope", "label": T, "widget": "text"}]}, "isn't in the schema"),
        ({"fields": [{"name": "title", "label": {"en": "x"}, "widget": "text"}]}, "no label in both languages"),
        ({"fields": [{"name": "title", "label": T, "widget": "slider"}]}, "no widget"),
        ({"fields": [{"name": "decision", "label": T, "widget": "radio"}]}, "nothing to choose from"),
        ({"fields": []}, "the required value title has no field"),
    ],
)
def test_a_broken_form_says_what_is_wrong(change, problem):
    with pytest.raises(forms.BrokenForm) as broken:
        made(ui=UI | change)
    assert any(problem in found for found in broken.value.problems)


def test_a_schema_that_is_none_is_refused():
    with pytest.raises(forms.BrokenForm):
        made(schema={"type": "object", "properties": {"title": {"type": "strange"}}})


def test_every_form_of_the_house_can_be_used():
    library = forms.Library(Path(__file__).parents[3] / "forms")
    assert [form_id for form_id in library.ids() if library.get(form_id) is None] == []


def test_a_form_id_cannot_lead_out_of_the_folder():
    assert forms.Library(Path(__file__).parents[3] / "forms").get("../forms/plan") is None
