"""No expression hangs or exhausts a node: it ends in its budget, in a syntax error, or in a value, and soon."""

import time
from decimal import Decimal

import pytest

from app import feel

SOON = 10.0
"""Seconds; on an idle machine each takes less than one, but tests run beside others."""

DOUBLED = "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]"


def soon(work):
    started = time.perf_counter()
    try:
        return work()
    finally:
        assert time.perf_counter() - started < SOON


@pytest.mark.parametrize(
    "bomb",
    [
        "for i in 1..10**9 return i",
        "count(for i in 1..10**9 return i)",
        "for i in 1 - 10**30..10**30 return i",
        'for d in date("-999999999-01-01")..date("999999999-12-31") return d',
        "for a in 1..1000, b in 1..1000, c in 1..1000 return a * b * c",
        "some x in 1..10**9 satisfies x < 0",
        "every x in 1..10**9, y in 1..10**9 satisfies true",
        "for i in 1..200000 return partial",
        "for i in 1..200000 return append(partial, i)",
        'for i in 1..60 return if i = 1 then "ab" else partial[-1] + partial[-1]',
        'for i in 1..60 return if i = 1 then "ab" else string join([partial[-1], partial[-1]])',
        "for i in 1..60 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1])",
        'for i in 1..60 return if i = 1 then "ab" else replace(partial[-1], "(.+)", "$1$1")',
        'for i in 1..60 return if i = 1 then {a: "ab"} else {a: string(partial[-1]) + string(partial[-1])}',
        DOUBLED,
        f"string({DOUBLED})",
        f"({DOUBLED}) = ({DOUBLED})",
        f"distinct values({DOUBLED})",
        f"flatten({DOUBLED})",
        f"list contains({DOUBLED}, 2)",
        f"({DOUBLED})[-1] in ({DOUBLED})",
        f"({DOUBLED}) instance of {'list<' * 60}number{'>' * 60}",
        "for i in 1..5000 return [partial[-1]]",
        "{f: function(g, n) g(g, n + 1), r: f(f, 0)}.r",
        "{f: function(g, n) if n = 0 then 1 else g(g, n - 1) + g(g, n - 1), r: f(f, 90)}.r",
        'sort(for i in 1..20000 return "x", function(a, b) count(for j in 1..1000 return j) > 0)',
        "distinct values(for i in 1..190000 return i)",
    ],
)  # fmt: skip
def test_a_bomb_runs_out_of_its_budget(bomb):
    with pytest.raises(feel.BudgetExceeded):
        soon(lambda: feel.compile(bomb).evaluate({}))


@pytest.mark.parametrize("function", ["matches(text, pattern)", 'replace(text, pattern, "")', "split(text, pattern)"])
@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*)*x", "((a*)*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"]
)
def test_a_regular_expression_takes_time_in_proportion(function, pattern):
    text = "a" * 1500 + "!" + "x" * 500
    soon(lambda: feel.compile(function).evaluate({"text": text, "pattern": pattern}))


@pytest.mark.parametrize("pattern", [r"(a*)*\1b", r"(a|aa)+(a|aa)+\1\2!", r"^(.*)(.*)(.*)\3\2\1x$"])
def test_a_pattern_that_refers_back_runs_out_of_its_budget(pattern):
    with pytest.raises(feel.BudgetExceeded):
        soon(lambda: feel.compile("matches(text, pattern)").evaluate({"text": "a" * 300, "pattern": pattern}))


@pytest.mark.parametrize(
    "pattern", ["((a{1000}){1000}){1000}", "(" * 500 + "a" + ")" * 500, "a" * 2000, "(a{0,1000}){0,1000}"]
)
def test_a_pattern_that_is_too_large_is_null(pattern):
    warnings: list[str] = []
    compiled = feel.compile('matches("aaa", pattern)')
    assert soon(lambda: compiled.evaluate({"pattern": pattern}, warnings=warnings)) is None
    assert "is no regular expression" in warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000, "[" * 5000 + "]" * 5000, "-" * 50_000 + "1", "{a: " * 3000 + "1" + "}" * 3000, "not(" * 3000 + "true" + ")" * 3000,
        "if true then " * 3000 + "1", "function(a) " * 3000 + "1", "1" + "[1]" * 5000, "a" + ".b" * 5000, "f" + "()" * 5000, "1 = " * 5000 + "1",
        "1 instance of " + "list<" * 3000 + "number" + ">" * 3000, "[1.." * 3000, "1 in (" * 3000, "x in (1, " * 200,
        "x" * 200_000,
    ],
)  # fmt: skip
def test_a_text_that_is_nested_without_end_is_refused_in_words(text):
    with pytest.raises(feel.FeelSyntaxError):
        soon(lambda: feel.compile(text))


@pytest.mark.parametrize("row", ["1 + " * 20_000 + "1", "true and " * 10_000 + "true", "2 * " * 20_000 + "1"])
def test_a_long_row_of_operators_is_no_nesting(row):
    assert soon(lambda: feel.compile(row).evaluate({})) is not None


@pytest.mark.parametrize(
    "text", ["1.000001 ** 999999999.5", "9 ** 999999999", "exp(10 ** 30)", "log(10 ** 6000)", "10 ** 6144 * 10", '@"P1Y" * 10 ** 6000', '@"P1D" * 10 ** 6000', "substring(\"abc\", 1, 10 ** 6000)", "string(10 ** 6000)", 'date(10 ** 6000, 1, 1)', "round up(10 ** 6000, 6000)", "decimal(1 / 3, 10 ** 50)"]
)  # fmt: skip
def test_very_large_numbers_end_soon(text):
    soon(lambda: feel.compile(text).evaluate({}))


def test_a_budget_can_be_smaller():
    with pytest.raises(feel.BudgetExceeded, match="10 steps"):
        feel.compile("for i in 1..100 return i").evaluate({}, budget=feel.Budget(steps=10))


def test_the_budget_is_enough_for_ordinary_work():
    rows = [{"amount": Decimal(n), "kind": "goods" if n % 2 else "works"} for n in range(5000)]
    total = feel.compile('sum(rows[kind = "goods" and amount > 10].amount)').evaluate({"rows": rows})
    assert total == sum(n for n in range(11, 5000) if n % 2)


def test_a_value_that_holds_itself_does_not_exist():
    assert feel.compile("for i in 1..3 return partial").evaluate({}) == [[], [[]], [[], [[]]]]
