"""What expressions are worth."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app import feel

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def value(text, **variables):
    return feel.compile(text).evaluate(variables, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", "0.3"), ("1 / 3 * 3 = 1", "false"), ("2 ** 10", "1024"), ("-2 ** 2", "4"), ("10 - 2 - 3", "5"), ("7 / 0", "null"),
        ('"a" + "b"', '"ab"'), ('"a" + 1', "null"), ("1 = \"1\"", "null"), ("null = null", "true"),
        ("true and null", "null"), ("false and null", "false"), ("true or null", "true"), ("null or false", "null"),
        ("if 1 > 2 then \"x\" else \"y\"", '"y"'), ("if null then 1 else 2", "2"),
        ("for x in [1,2,3] return x * x", "[1, 4, 9]"), ("for x in 3..1 return x", "[3, 2, 1]"), ("for i in 1..3 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6]"),
        ("some x in [1,2] satisfies x > 1", "true"), ("every x in [1,2] satisfies x > 1", "false"), ("for x in [1,2], y in [10,20] return x + y", "[11, 21, 12, 22]"),
        ("[1,2,3][2]", "2"), ("[1,2,3][-1]", "3"), ("[1,2,3][item > 1]", "[2, 3]"), ("[{a: 1}, {a: 2}][a > 1].a", "[2]"), ("{a: 1, b: a + 1}.b", "2"),
        ("5 in [1..10]", "true"), ("5 in (5..10]", "false"), ("5 in (1, 3, 5)", "true"), ("5 in (> 6, < 5)", "false"), ("5 between 1 and 5", "true"),
        ("1 in ]1..5]", "false"),
        ('string length("你好")', "2"), ('contains("采购文件", "文件")', "true"), ('substring("foobar", 3, 3)', '"oba"'), ('split("a;b;c", ";")', '["a", "b", "c"]'),
        ('replace("abcd", "(ab)|(a)", "[1=$1]")', '"[1=ab]cd"'), ('matches("foobar", "^fo*b")', "true"),
        ("sum([1, 2, 3])", "6"), ("sum(1, 2)", "3"), ("max([])", "null"), ("mean([1,2,3,4])", "2.5"), ("median([8, 2, 5])", "5"), ("mode([6, 3, 9, 6, 6])", "[6]"),
        ("decimal(1/3, 2)", "0.33"), ("round half up(5.5, 0)", "6"), ("floor(-1.5)", "-2"), ("modulo(-12, 5)", "3"), ("sqrt(16)", "4"),
        ("sort([3,1,2], function(a, b) a > b)", "[3, 2, 1]"), ("count([1, null])", "2"), ("distinct values([1,2,1])", "[1, 2]"), ("flatten([[1,[2]],3])", "[1, 2, 3]"),
        ('@"2026-01-31" + @"P1M"', '@"2026-02-28"'), ('@"2026-03-02" - @"2026-03-01"', '@"P1D"'), ('date("2026-03-02").weekday', "1"), ('duration("PT90M")', '@"PT1H30M"'),
        ('@"2026-03-02T09:00:00+08:00" = @"2026-03-02T01:00:00Z"', "true"), ("today()", '@"2026-03-02"'), ('day of week(@"2026-03-02")', '"Monday"'),
        ('get value({a: {b: 1}}, ["a", "b"])', "1"), ("context put({a: 1}, \"b\", 2)", "{a: 1, b: 2}"), ("(function(x) x + 1)(2)", "3"), ("substring(string: \"abc\", start position: 2)", '"bc"'),
        ("before(1, 10)", "true"), ("overlaps([1..5], [3..8])", "true"), ("[1..5] instance of range<number>", "true"), ("[1, 2] instance of list<number>", "true"), ("not(true)", "false"),
        ('{"typename": 1, "": 2}.typename', "1"), ("/* a comment */ 1 // one", "1"), ('years and months duration(@"2025-12-31", @"2026-03-30")', '@"P2M"'),
    ],
)  # fmt: skip
def test_an_expression_has_its_value(text, expected):
    assert feel.to_text(value(text)) == expected


def test_a_name_of_several_words_is_read_as_one_when_it_is_known():
    assert feel.compile("unit price * 2", names=["unit price"]).evaluate({"unit price": 3}) == 6


def test_an_entry_of_several_words_is_known_to_those_after_it():
    assert value("{unit price: 3, total: unit price * 2}.total") == 6


def test_a_missing_variable_is_null_with_a_warning():
    warnings: list[str] = []
    assert feel.compile("nothing").evaluate({}, warnings=warnings) is None
    assert warnings == ["there is no variable 'nothing'"]


def test_the_names_an_expression_reads_are_known():
    expression = feel.compile("a.b + sum(for x in list return x * factor) + (function(y) y + z)(1)")
    assert expression.names == {"a", "list", "factor", "z"}


@pytest.mark.parametrize(
    ("tests", "tested", "holds"),
    [
        ("-", 1, True), ("> 5", 6, True), ("[1..5]", 5, True), ('"a","b"', "b", True), ('not("a","b")', "c", True), ("not(1)", 1, False),
        ("? > 2 and ? < 4", 3, True), ("date(\"2026-03-02\")", datetime(2026, 3, 2).date(), True), ("null", None, True), ("< 5", None, None),
    ],
)  # fmt: skip
def test_unary_tests_hold_or_not(tests, tested, holds):
    assert feel.compile_unary_tests(tests).evaluate(tested, {}) is holds


@pytest.mark.parametrize(
    ("text", "place"),
    [("1 +", (1, 4)), ("a b", (1, 3)), ('"open', (1, 1)), ("[1,\n 2", (2, 3)), ("if 1 then 2", (1, 12)), ("#", (1, 1))],
)
def test_a_syntax_error_says_where(text, place):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize(
    "bomb",
    [
        "count(for x in 1..100000000 return x)", "for x in 1..1000, y in 1..1000, z in 1..1000 return 1", "every x in 1..99999999 satisfies true",
        "{f: function(g, n) g(g, n + 1), r: f(f, 0)}.r",
        "for i in 1..60 return if i = 1 then \"ab\" else string join([partial[-1], partial[-1]])",
    ],
)  # fmt: skip
def test_a_bomb_runs_out_of_its_budget(bomb):
    with pytest.raises(feel.BudgetExceeded):
        value(bomb)


def test_a_number_beyond_all_bounds_is_null():
    assert value("9 ** 999999999") is None


def test_deep_nesting_is_refused_in_words():
    with pytest.raises(feel.FeelSyntaxError, match="nested"):
        feel.compile("(" * 5000 + "1" + ")" * 5000)


def test_numbers_keep_their_digits():
    assert value("12345678901234567890.12 + 0.01") == Decimal("12345678901234567890.13")
