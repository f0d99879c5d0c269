"""Laws reach people by their names: in what is cited, and in every text of the program, its pages, forms and diagrams."""

import re

import pytest

from app.foundation.text import Text
from app.procurement.breaches.records import GROUNDS
from app.procurement.rules import laws, statutes
from tests import texts

CODES = "|".join(law for law in laws.LAWS if law.isascii() and law != "policy")
CODE = re.compile(rf"(?<![\w/])(?:{CODES}) ?\d+")
NAMELESS = re.compile(r"(?<!》)(?:条例第[一二三四五六七八九十百]+条|[（，、]第[一二三四五六七八九十百]+条)")


@pytest.mark.parametrize("source", ["program", "pages", "forms", "papers"])
def test_no_text_names_a_law_by_its_code_or_an_article_without_its_law(source):
    said = list(texts.SOURCES[source]())
    assert len(said) > 100
    assert [(where, words) for where, words in said if CODE.search(words) or NAMELESS.search(words)] == []


@pytest.mark.parametrize(
    "cited",
    sorted(
        {article for _, article in GROUNDS.values()}
        | {f"{rule.source} {rule.article}" for rule in statutes.RULES if rule.source in laws.LAWS and rule.article.isdigit()}
    ) if hasattr(statutes, "RULES") else sorted({article for _, article in GROUNDS.values()}),
)  # fmt: skip
def test_what_the_rules_rest_on_is_cited_by_name(cited):
    english, chinese = laws.citation(cited)
    assert not CODE.search(english + chinese)
    assert chinese.startswith("《")


@pytest.mark.parametrize(
    ("cited", "en", "zh"),
    [
        ("O87 37(6)", ", article 37(6)", "第三十七条第六项"),
        ("GPL 22(1)", ", article 22(1)", "第二十二条第一项"),
        ("APL 64", "Administrative Penalty Law, article 64", "《中华人民共和国行政处罚法》第六十四条"),
    ],
)
def test_an_item_of_an_article_is_cited_with_its_law(cited, en, zh):
    english, chinese = laws.citation(cited)
    assert english.endswith(en)
    assert chinese.endswith(zh)


def test_a_sentence_keeps_its_full_stop_behind_the_law_it_rests_on():
    said = laws.under(Text("It is so.", "确是如此。"), "GPL 36")
    assert said == (
        "It is so (Government Procurement Law, article 36).",
        "确是如此（《中华人民共和国政府采购法》第三十六条）。",
    )
