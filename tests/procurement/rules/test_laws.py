"""Laws reach people by their names: in what is cited, and in every text of the program, its pages, forms and diagrams."""

import ast
import json
import re
from pathlib import Path

import pytest

from app.foundation.text import Text
from app.procurement.breaches.records import GROUNDS
from app.procurement.rules import laws, statutes

ROOT = Path(__file__).parents[3]
CODES = "|".join(law for law in laws.LAWS if law.isascii() and law != "policy")
CODE = re.compile(rf"(?<![\w/])(?:{CODES}) ?\d+")
NAMELESS = re.compile(r"(?<!》)(?:条例第[一二三四五六七八九十百]+条|[（，、]第[一二三四五六七八九十百]+条)")


def texts_of_code():
    """Every string literal within a ``Text(…)`` of the program: file, line, words."""
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                for part in (part for argument in node.args for part in ast.walk(argument)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{file.relative_to(ROOT)}:{part.lineno}", part.value


def texts_of_pages():
    """The words of every ``t("…", "…")`` of the pages."""
    for file in sorted((ROOT / "app/web/templates").rglob("*.html")):
        for words in re.findall(r'\bt\("((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"', file.read_text(encoding="utf-8")):
            yield from ((str(file.relative_to(ROOT)), each) for each in words)


def texts_of_forms():
    """Every ``{"en", "zh"}`` of the forms."""
    for file in sorted((ROOT / "forms").rglob("*.json")):
        yield from ((file.name, words) for words in _spoken(json.loads(file.read_text(encoding="utf-8"))))


def _spoken(value):
    if isinstance(value, dict):
        if {"en", "zh"} <= set(value):
            yield from (value["en"], value["zh"])
        for part in value.values():
            yield from _spoken(part)
    elif isinstance(value, list):
        for part in value:
            yield from _spoken(part)


@pytest.mark.parametrize("texts", [texts_of_code, texts_of_pages, texts_of_forms], ids=["program", "pages", "forms"])
def test_no_text_names_a_law_by_its_code_or_an_article_without_its_law(texts):
    said = list(texts())
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
