"""The how-tos are followed to the letter: their blocks are put where they say, and their commands succeed."""

import json

import pytest

from tests import howto

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def followed(tmp_path):
    """``followed(page)``: the copy in which a how-to was followed, and what its commands printed."""
    return lambda page: (howto.copy(tmp_path), howto.follow(page, tmp_path))


def test_a_page_is_added_as_its_how_to_says(followed):
    folder, printed = followed("add-a-page.md")
    assert "| `GET /buyers/` | `administrator`, `auditor` |" in (folder / "docs/reference/rights.md").read_text(
        encoding="utf-8"
    )
    assert " passed" in printed[-1]


def test_a_rule_is_changed_as_its_how_to_says(followed):
    folder, printed = followed("change-a-rule.md")
    rules = json.loads((folder / "app/procurement/rules/statute.json").read_text(encoding="utf-8"))["rules"]
    assert [row["value"] for row in rules if row["id"] == "T1"] == ["20", "25"]
    assert " passed" in printed[-1]


def test_a_procedure_is_added_as_its_how_to_says(followed):
    folder, printed = followed("add-a-procedure.md")
    assert (folder / "docs/reference/processes/second_opinion.md").exists()
    assert any("2 passed, 0 failed" in said for said in printed)
    assert any("second_opinion, version 1" in said for said in printed)


def test_an_operation_is_added_as_its_how_to_says(followed):
    folder, printed = followed("add-an-operation.md")
    assert "`contracts.remind_supplier`" in (folder / "docs/reference/rights.md").read_text(encoding="utf-8")
    assert all(" passed" in said for said in printed[1:])


@pytest.mark.parametrize("page", ["add-a-page.md", "change-a-rule.md", "add-a-procedure.md", "add-an-operation.md"])
def test_each_step_of_a_how_to_says_where_it_belongs(page):
    text = (howto.PAGES / page).read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(list(howto.steps(page)))
