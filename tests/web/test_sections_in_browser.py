"""The list of a long form's sections in a real Chromium."""

from __future__ import annotations

import json

import pytest

from tests.browser import walking
from tests.web import work
from tests.web.test_work_in_browser import address, house, visit  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def task(house):  # noqa: F811
    """A task whose form has the fields of every kind under four headings."""
    ui = json.loads(work.FORM["work.ui.json"])
    for place in (0, 5, 10):
        ui["fields"].insert(place, {"widget": "heading", "label": work.t(f"Part {place}")})
    work.deploy(house, work.two_steps(), files=work.FORM | {"work.ui.json": json.dumps(ui).encode()})
    return f"/tasks/{work.start(house)[1][0]}"


def test_the_list_of_sections_covers_nothing(visit, task):  # noqa: F811
    page = visit(task)
    assert page.locator(".tw-contents li").count() == 4
    found = walking.covered(page)
    assert not found, "\n".join(found)


def test_a_section_is_reached_by_its_link_and_marked_as_one_types(visit, task):  # noqa: F811
    page = visit(task)
    page.click(".tw-contents a >> nth=0")
    page.fill("#f-title", "Lamps")
    page.wait_for_selector(".tw-contents li:first-child .tw-tag--done", timeout=10_000)
    assert page.url.endswith("#section-0")
