"""Every form that is shipped draws in both languages, whole."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import render_template_string

from app.engine.forms import Library, Option
from app.foundation.text import Text
from app.web.tasks import entries

FOLDER = Path(__file__).resolve().parents[2] / "forms"
LIBRARY = Library(FOLDER)
PAGE = """{% import "tasks/fields.html" as fields %}{% for field in form.fields %}{{ fields.draw(entry, field, "/up") }}{% endfor %}"""


def sample(field):
    """A value such as a field may have."""
    if field.widget == "table":
        return [{column.name: sample(column) for column in field.columns} for _ in range(2)]
    options = [option.value for option in field.options]
    if field.widget in ("checkboxes", "files") or field.type == "array":
        return options[:1]
    samples = {"number": 1, "integer": 1, "boolean": True}
    formats = {"date": "2026-03-02", "date-time": datetime(2026, 3, 2, tzinfo=UTC)}
    return options[0] if options else formats.get(field.schema.get("format"), samples.get(field.type, "Text"))


def drawn(app, form, language, values):
    options = {
        field.options_from: [Option("x", Text("An option", "选项"))] for field in form.fields if field.options_from
    }
    entry = entries.Entry(form, entries.in_texts(form, values, ZoneInfo("Asia/Shanghai")), options)
    with app.test_request_context(f"/?lang={language}"):
        return render_template_string(PAGE, form=form, entry=entry)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form_id", LIBRARY.ids())
def test_a_form_draws_with_and_without_values(app, form_id, language):
    form = LIBRARY.get(form_id)
    for values in ({}, {field.name: sample(field) for field in form.fields if not field.is_said}):
        page = drawn(app, form, language, values)
        for field in form.fields:
            assert field.widget == "hidden" or field.label.in_(language) in page.replace("&#39;", "'").replace(
                "&amp;", "&"
            )
        if language == "zh":
            assert not re.search(r">(Choose|Add a row|Remove|\\(optional\\))<", page)


@pytest.mark.parametrize("form_id", LIBRARY.ids())
def test_values_that_were_drawn_are_read_back_the_same(form_id):
    form, zone = LIBRARY.get(form_id), ZoneInfo("Asia/Shanghai")
    values = {field.name: sample(field) for field in form.fields if not field.is_said and not field.readonly}
    texts = entries.in_texts(form, values, zone)
    once = entries.values(form, texts, zone)
    again = entries.values(form, entries.in_texts(form, once, zone), zone)
    assert again == once
    assert set(once) <= set(values)
