"""The words of the law stand beside each step that rests on them."""

import json
import re
from pathlib import Path

import pytest

from app.procurement.rules import cited

ROOT = Path(__file__).parents[3]


def citations():
    for diagram in sorted(ROOT.glob("processes/*.bpmn")):
        yield from re.findall(r'name="law" value="([^"]+)"', diagram.read_text())
    for form in sorted(ROOT.glob("forms/*.ui.json")):
        yield json.loads(form.read_text()).get("law") or "GPL 1"


def test_an_article_is_quoted_as_it_stands():
    (article,) = cited("O87 33")
    assert article.paragraphs[0].startswith("投标人应当在招标文件要求提交投标文件的截止时间前")


def test_several_articles_are_quoted_one_after_the_other():
    assert [article.citation for article in cited("O87 38, IR 33")] == ["O87 38", "IR 33"]
    assert [article.citation for article in cited("GPL 19–20")] == ["GPL 19", "GPL 20"]


def test_what_is_no_article_at_hand_is_left_out():
    assert cited("policy, XYZ 4, GPL 999") == []


@pytest.mark.parametrize("citation", sorted(set(citations())))
def test_every_article_that_a_step_or_a_form_rests_on_is_at_hand(citation):
    assert cited(citation)
