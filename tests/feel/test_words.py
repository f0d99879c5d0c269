"""What is wrong with an expression is said in both languages."""

import re

import pytest

from app import feel

WRONG = (
    "1 +", "(1", "[1, 2", "a b(", "{a: 1", "{a 1}", "if a then", "for in [1] return 1", "some x", "]", "1 < 2 < 3 <", "@1", '"open',
    "/* open", "a.", "a.1", "1e99999", "f(1, a: 2)", "f(a: 1, a: 2)", "function(1) 2", "a instance of 1", "context<1>", "[1..", "1..2",
    "a instance of context<x>", "(" * 400, "1" * 100_001, "in (1)", "§", "x in (1) + 2", "then", "every", "a between 1", "null null",
    "+".join(["1"] * 5000) + " +", "for x in", "[1..2", "a[", "function(", "a" + ".b" * 300, "not a test list(1) 2",
)  # fmt: skip


def refusal(text):
    try:
        feel.compile(text)
    except feel.FeelSyntaxError as wrong:
        return wrong.words
    return None


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:20])
def test_a_syntax_error_is_said_in_both_languages(text):
    words = refusal(text)
    if words is None:
        return
    assert re.search(r"[\u4e00-\u9fff]", words.zh)
    assert not re.search(r"\b(expected|found|the|an?|must|may|line)\b", re.sub(r"'[^']*'", "", words.zh))


def test_most_of_these_texts_are_refused():
    assert sum(refusal(text) is not None for text in WRONG) > 30


def test_the_place_is_said_in_both_languages():
    assert refusal("1 +\n*") == (
        "expected a value, found '*' (line 2, column 1)",
        "此处应为值，实际为 '*'（第 2 行第 1 列）",
    )
