"""How a text is read (DMN 1.5, section 10.3.1.2)."""

import pytest

from app import feel


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("-2 ** 2", "4"), ("2 ** 3 ** 2", "64"), ("10 - 2 - 3", "5"), ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("10 + 20 / -5 - 3", "3"),
        ("true or false and false", "true"), ("1 < 2 and 2 < 3", "true"), ("5 in [1..10] and true", "true"), ("1 + 1 = 2", "true"),
        ("-[1, 2][1]", "-1"), ("-(function(a) a)(10)", "-10"), ("{a: {b: [1, {c: 2}]}}.a.b[2].c", "2"), ("1 instance of number and true", "true"),
        ("if 1 = 1 then 2 else 3 + 4", "2"), ("(if 1 = 1 then 2 else 3) + 4", "6"), ("for x in [1] return x + 1", "[2]"), ("1 between 0 and 2 and true", "true"),
    ],
)  # fmt: skip
def test_operators_bind_as_the_grammar_says(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (".872", "0.872"), ("1.23e4", "12300"), ("1.23E-4", "0.000123"), ('"a\\u0041\\U01F40E"', '"aA🐎"'), ('"\\s\\d"', '"\\\\s\\\\d"'), ('"a\\tb\\n"', '"a\\tb\\n"'),
        ('"\\uD83D\\uDCA9"', '"💩"'), ('"\\""', '"\\""'), ("null", "null"), ("[]", "[]"), ("{}", "{}"), ("1 /* one */ + // two\n 2", "3"), ("1\u00a0+\u20032", "3"),
        ('@"2026-03-02"', '@"2026-03-02"'), ("[1..10[", "[1..10)"), ("]1..10]", "(1..10]"), ("(1..10)", "(1..10)"), ("[1..10[.end included", "false"), ("(< 5)", "(<5)"),
    ],
)  # fmt: skip
def test_literals_are_what_they_say(text, expression, expected):
    assert text(expression) == expected


def test_a_name_of_several_words_is_read_as_one_when_it_is_known():
    assert feel.compile("unit price * 2", names=["unit price"]).evaluate({"unit price": 3}) == 6


def test_the_longest_known_name_wins():
    compiled = feel.compile("net price-list", names=["net price", "price", "net price-list"])
    assert compiled.evaluate({"net price": 1, "net price-list": 2}) == 2


def test_an_unknown_name_with_a_sign_is_an_operation():
    assert feel.compile("a-b").evaluate({"a": 3, "b": 1}) == 2


@pytest.mark.parametrize(
    "name", ["days in weekend", "is factor", "and so on", "if needed", "PV+2", "it's 5", "价格 总计", "🐎 2"]
)
def test_a_known_name_may_have_keywords_and_signs(name):
    assert feel.compile(f"[{name}][1]", names=[name]).evaluate({name: 7}) == 7


def test_an_entry_of_several_words_is_known_to_those_after_it(value):
    assert value("{unit price: 3, total: unit price * 2}.total") == 6


def test_what_follows_a_dot_may_have_several_words_that_nobody_knows():
    assert feel.compile("order.unit price * 2").evaluate({"order": {"unit price": 3}}) == 6


def test_members_with_signs_are_known_in_paths_and_filters():
    compiled = feel.compile("rows[unit-price > 1].unit-price", members=["unit-price"])
    assert compiled.evaluate({"rows": [{"unit-price": 1}, {"unit-price": 2}]}) == [2]


def test_parameters_and_iterators_may_have_several_words(value):
    assert value("(function(net price, tax rate) net price * tax rate)(tax rate: 2, net price: 3)") == 6
    assert value("for my item in [1, 2] return my item + 1") == [2, 3]


def test_a_variable_hides_the_built_in_function_of_its_name(value):
    assert value("max(1, 2)", max=feel.Function(("a", "b"), lambda _env, _a, _b: 42)) == 42


def test_the_names_an_expression_reads_are_known():
    expression = feel.compile("a.b + sum(for x in list return x * factor) + (function(y) y + z)(1) + {c: 1, d: c}.d")
    assert expression.names == {"a", "list", "factor", "z"}


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("1 +", (1, 4)), ("a b", (1, 3)), ('"open', (1, 1)), ("[1,\n 2", (2, 3)), ("if 1 then 2", (1, 12)), ("#", (1, 1)), ("1 /* no end", (1, 3)), ("for in x return 1", (1, 5)),
        ('@"foo"', (1, 1)), ("f(1, a: 2)", (1, 2)), ("1 instance of nothing", (1, 15)), ("{a 1}", (1, 5)), ("function(a b", (1, 13)), ("", (1, 1)), ("1e99999", (1, 1)), ("1..2", (1, 2)), ("[1,]", (1, 4)), ("{a: 1,}", (1, 7)), ("f(1,)", (1, 5)),
    ],
)  # fmt: skip
def test_a_syntax_error_says_where(expression, place):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(expression)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize(
    ("tests", "tested", "holds"),
    [
        ("-", 1, True), ("> 5", 6, True), ("[1..5]", 5, True), ("(1..5)", 5, False), ('"a","b"', "b", True), ('"a","b"', "c", False), ('not("a","b")', "c", True), ("not(1)", 1, False),
        ("? > 2 and ? < 4", 3, True), ("null", None, True), ("< 5", None, None), ("= 3", 3, True), ("!= 3", 3, False), ("< 5, > 10", 12, True), ("not(< 5)", 6, True),
        ("[1..3],[5..7]", 6, True), ("limit", 7, True), ("> limit", 8, True), ("list", 2, True), ("not(list)", 2, False), ("limit > 5", "x", True), ("true", False, False), ("true", None, False),
        ('starts with(?, "a")', "abc", True), ("not(?)", False, True), ("1 + 1", 2, True), ("null, > 5", None, True), ('{a: 1}', {"a": 1}, True),
    ],
)  # fmt: skip
def test_unary_tests_hold_or_not(tests, tested, holds):
    assert feel.compile_unary_tests(tests).evaluate(tested, {"limit": 7, "list": [1, 2]}) is holds


def test_a_syntax_error_in_a_test_says_where():
    with pytest.raises(feel.FeelSyntaxError, match="line 1, column 4"):
        feel.compile_unary_tests("1, ")
