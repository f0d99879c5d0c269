"""The sections of a long form: a list at its side that says how far each is, by the rules that the form is sent by."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import pytest

from app.engine.forms import Library, read
from app.foundation.text import Text
from app.web.tasks import entries, sections
from tests.web import work

FORMS = Library(Path(entries.__file__).parents[3] / "forms")
WHOLE = {"title": "网络", "object": "services", "budget_line": "1", "funds": "fiscal", "need": "运行"}
TEXT = {"type": "string"}


def entry_of(form, values, problems=()):
    wrong = dict.fromkeys(problems, Text("wrong", "有误"))
    return entries.Entry(form, entries.in_texts(form, values, UTC), {}, wrong)


@pytest.fixture
def long_form():
    """Three sections: a text that is needed, a decision that may need reasons, a text that may be left out."""
    fields = [
        {"widget": "heading", "label": work.t("One")},
        {"name": "title", "widget": "text", "label": work.t("Title")},
        {"widget": "heading", "label": work.t("Two")},
        {"name": "decision", "widget": "text", "label": work.t("Decision")},
        {"name": "reasons", "widget": "text", "label": work.t("Reasons")},
        {"widget": "heading", "label": work.t("Three")},
        {"name": "note", "widget": "text", "label": work.t("Note")},
    ]
    schema = work.SCHEMA | {
        "required": ["title", "decision"],
        "properties": {"title": TEXT, "decision": TEXT, "reasons": TEXT, "note": TEXT},
    }
    ui = {"title": work.t("Long"), "fields": fields}
    return read("long", json.dumps(schema).encode(), json.dumps(ui).encode())


def states(form, values, problems=()):
    return [
        (each.problems, each.is_entered, each.is_lacking) for each in sections.of(entry_of(form, values, problems), UTC)
    ]


def test_a_section_is_complete_when_nothing_that_it_needs_is_missing(long_form):
    assert states(long_form, {"title": "x"}) == [(0, True, False), (0, False, True), (0, False, False)]


def test_what_a_condition_asks_for_is_missing_too(long_form):
    [_, two, _] = states(long_form, {"title": "x", "decision": "return"})
    assert two == (0, True, True)


def test_what_was_refused_is_counted_where_it_stands(long_form):
    assert [found[0] for found in states(long_form, {}, ["title", "decision", "reasons"])] == [1, 2, 0]


def test_a_form_with_few_headings_has_no_list():
    form = read("work", *(work.FORM[f"work.{kind}.json"] for kind in ("schema", "ui")))
    assert sections.of(entry_of(form, {}), UTC) == []


@pytest.mark.parametrize("form_id", [form_id for form_id in FORMS.ids() if len(FORMS.get(form_id).fields) > 8])
def test_every_long_form_is_divided_and_no_field_stands_outside(form_id):
    form = FORMS.get(form_id)
    found = sections.of(entry_of(form, {}), UTC)
    within = [name for section in found for name in section.names]
    assert within == [field.name for field in form.fields if not field.is_said]


def test_short_fields_that_follow_each_other_make_one_block(long_form):
    form = FORMS.get("prepare_documents")
    runs = [[field.name for _, field in block] for is_short, block in sections.blocks(form) if is_short]
    assert ["bond_percent", "validity_days", "bid_deadline_at"] in runs


@pytest.fixture
def task(app, town, long_form):
    """A task with the long form."""
    made = app.extensions["tenderway"]
    ui = {"title": work.t("Long"), "fields": _drawn(long_form)}
    files = {"work.schema.json": json.dumps(long_form.schema).encode(), "work.ui.json": json.dumps(ui).encode()}
    work.deploy(made, work.two_steps(), files=files)
    return work.start(made)[1][0]


def _drawn(form):
    named = ({"name": each.name, "widget": each.widget, "label": each.label.as_json()} for each in form.fields)
    return [{key: value for key, value in each.items() if value} for each in named]


def test_the_page_lists_its_sections_with_links_to_their_headings(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    assert '<a href="#section-2">Two</a>' in page
    assert '<h2 class="tw-heading" id="section-2" tabindex="-1">Two</h2>' in page


def test_each_saved_draft_says_how_far_the_sections_are(sign_in, task):
    client = sign_in("buyer-handler")
    data = work.fields(client.get(f"/tasks/{task}")) | {"title": "typing"}
    said = client.post(f"/tasks/{task}/draft", data=data).json["parts"]["sections"]
    assert (said.count("Complete"), said.count("To do"), said.count("Optional")) == (1, 1, 1)


def test_a_refused_form_counts_the_problems_of_each_section(sign_in, task):
    assert "1 problem<" in work.send(sign_in("buyer-handler"), task, title="x").text
