"""Every export is whole: as many rows as its page counts, also when the session's use is written down meanwhile."""

import csv
import io
from datetime import timedelta

import pytest
from flask import template_rendered

from app.identity import roles
from app.web import listing, permissions
from tests.web import deals

NOT_LISTS = {"figures.index", "inbox.index"}
"""Pages whose rows aren't counted as a list's; test_figures.py and test_inbox.py count their exports."""


def lists(app):
    """Every endpoint with an address of its own that needs nothing but a search."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in NOT_LISTS:
            yield rule.endpoint, rule.rule


def role_for(endpoint):
    """Somebody who may see a page."""
    rule = permissions.RULES[endpoint]
    return next((role for role in roles.ROLES if not rule.roles or role in rule.roles), None)


def page_total(app, client, address):
    """How many rows the list of a page counts; None where it isn't a list."""
    found = []

    def note(sender, template, context, **_):
        found.extend(value.total for value in context.values() if isinstance(value, listing.Rows))

    with template_rendered.connected_to(note, app):
        client.get(address)
    return found[0] if found else None


@pytest.fixture
def contract_id(app, town, virtual_clock):
    return deals.concluded(app.extensions["tenderway"], town, virtual_clock)


def test_every_export_has_as_many_rows_as_its_page_counts(app, sign_in, contract_id, virtual_clock):
    wrong, compared = [], {}
    for endpoint, address in lists(app):
        client = sign_in(role_for(endpoint)) if role_for(endpoint) else app.test_client()
        virtual_clock.turn(timedelta(minutes=10))  # so that the session's use is due to be written down
        answer = client.get(address, query_string={"format": "csv"})
        if answer.mimetype != "text/csv":
            continue
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
        total = page_total(app, client, address)
        compared[endpoint] = total
        if len(rows) - 1 != total or any(len(row) != len(rows[0]) for row in rows):
            wrong.append((endpoint, len(rows) - 1, total))
    assert wrong == []
    assert len(compared) >= 12
    assert compared["contracts.index"] == 1
