"""What expressions are worth: logic, comparison, arithmetic (DMN 1.5, sections 10.3.2.3 and 10.3.2.9 to 10.3.2.13)."""

from decimal import Decimal

import pytest

from app import feel
from app.feel.functions import BUILT_IN

KNOWN = {True: "true", False: "false", None: "null"}
AND = {(True, True): True, (True, False): False, (True, None): None, (False, False): False, (False, None): False, (None, None): None}  # fmt: skip
OR = {(True, True): True, (True, False): True, (True, None): True, (False, False): False, (False, None): None, (None, None): None}  # fmt: skip


@pytest.mark.parametrize(("operator", "table"), [("and", AND), ("or", OR)])
def test_logic_has_three_values(value, operator, table):
    for (a, b), expected in table.items():
        assert value(f"{KNOWN[a]} {operator} {KNOWN[b]}") is expected
        assert value(f"{KNOWN[b]} {operator} {KNOWN[a]}") is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true and 1", "null"), ('false and "x"', "false"), ("1 or true", "true"), ("not(null)", "null"), ('not("a")', "null"),
        ("if null then 1 else 2", "2"), ('if "x" then 1 else 2', "null"), ("some x in [1, null] satisfies x > 1", "null"), ("some x in [2, null] satisfies x > 1", "true"),
        ("every x in [2, null] satisfies x > 1", "null"), ("every x in [0, null] satisfies x > 1", "false"), ("some x in [] satisfies true", "false"), ("every x in [] satisfies false", "true"),
    ],
)  # fmt: skip
def test_what_is_no_boolean_is_unknown(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 = 1.0", "true"), ("-0 = 0", "true"), ('1 = "1"', "null"), ("null = null", "true"), ("null != 1", "true"), ("1 = null", "false"), ("[1] = 1", "null"), ("[1, [2]] = [1, [2]]", "true"),
        ("[1, 2] = [2, 1]", "false"), ("{a: 1, b: 2} = {b: 2.0, a: 1}", "true"), ("{a: 1} = {b: 1}", "false"), ('"a" < "b"', "true"), ("true < false", "null"), ("null < 1", "null"),
        ('@"2020-01-01" = @"2020-01-01T00:00:00"', "null"), ('@"P1D" = @"PT24H"', "true"), ('@"P1Y" = @"P12M"', "true"), ('@"P1Y" = @"P365D"', "null"), ('@"P1Y" < @"P13M"', "true"),
        ('@"2002-04-02T12:00:00-01:00" = @"2002-04-02T17:00:00+04:00"', "true"), ('@"2018-10-08T00:00:00+02:00" = @"2018-10-08T00:00:00@Europe/Paris"', "true"),
        ('@"10:30:00.0001" = @"10:30:00.0002"', "true"), ('@"10:30:00.0001" < @"10:30:00.0002"', "true"), ('@"10:30:00" = @"10:30:00Z"', "false"), ('@"10:30:00" < @"10:30:00Z"', "null"),
        ("[1..3] = [1..3]", "true"), ("[1..3] = [1..3)", "false"), ("(< 10) = (null..10)", "false"), ("(= 10) = [10..10]", "false"),
    ],
)  # fmt: skip
def test_values_of_one_type_are_compared(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("5 in [1..10]", "true"), ("5 in (5..10]", "false"), ("1 in ]1..5]", "false"), ("5 in (1, 3, 5)", "true"), ("5 in (> 6, < 5)", "false"), ("5 in <= 10", "true"), ("1 in !=2", "true"),
        ("1 in [1, 2, 3]", "true"), ("1 in []", "false"), ("[1, 2] in [[1, 2], [3]]", "true"), ("[1, 2] in [1, 2]", "true"), ("1 in [[1..3], 7]", "true"), ("null in [1, null]", "true"),
        ("null in [1..3]", "null"), ('"b" in ["a".."d"]', "true"), ("[1..3] in [[1..3], [2..4]]", "true"), ('"x" in [1..3]', "null"), ("1 in [3..1]", "false"), ("2 in (null..3)", "null"),
        ("5 between 1 and 5", "true"), ("5 between 6 and 1", "false"), ("1 between 0 and null", "null"), ('@"2020-02-01" between @"2020-01-01" and @"2020-03-01"', "true"),
    ],
)  # fmt: skip
def test_membership_asks_ranges_lists_and_tests(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0.1 + 0.2", "0.3"), ("1 / 3 * 3 = 1", "false"), ("2 ** 10", "1024"), ("2 ** -3", "0.125"), ("7 / 0", "null"), ("0 / 0", "null"), ("1 + null", "null"), ('"a" + "b" + "c"', '"abc"'),
        ('"a" + 1', "null"), ('"a" - "b"', "null"), ("[1] + [2]", "null"), ("-true", "null"), ("10 ** 6144 * 10", "null"), ("12345678901234567890.12 + 0.01", "12345678901234567890.13"),
    ],
)  # fmt: skip
def test_numbers_are_decimal(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', '@"2026-02-28"'), ('@"P1M" + @"2026-01-31"', '@"2026-02-28"'), ('@"2024-02-29" - @"P1Y"', '@"2023-02-28"'), ('@"2021-01-01" + @"PT36H"', '@"2021-01-02"'),
        ('@"2021-01-01" - @"PT1S"', '@"2020-12-31"'), ('@"10:15:00" + @"PT20H"', '@"06:15:00"'), ('@"10:15:00" + @"P1Y"', "null"), ('@"2026-03-02" - @"2026-03-01"', '@"P1D"'),
        ('@"2021-01-02" - @"2021-01-01T00:00:00Z"', '@"P1D"'), ('@"2021-01-02" - @"2021-01-01T00:00:00"', "null"), ('@"10:00:00Z" - @"09:00:00+01:00"', '@"PT2H"'), ('@"2021-01-02" - @"10:00:00"', "null"),
        ('@"2021-01-02T00:00:00Z" - @"2021-01-01T00:00:00@Europe/Paris"', '@"P1DT1H"'), ('@"2021-03-27T12:00:00@Europe/Paris" + @"P1D"', '@"2021-03-28T13:00:00@Europe/Paris"'),
        ('@"2021-03-27T12:00:00@Europe/Paris" + @"P1M"', '@"2021-04-27T12:00:00@Europe/Paris"'), ('@"P1D" * 2.5', '@"P2DT12H"'), ('3 * @"P1Y"', '@"P3Y"'), ('@"P1Y" * 1.55', '@"P1Y6M"'), ('@"P1D" / 3', '@"PT8H"'),
        ('@"P1D" / @"PT1H"', "24"), ('@"P1Y" / @"P1M"', "12"), ('@"P1Y" / @"P1D"', "null"), ('@"P1D" * @"P1D"', "null"), ('@"P1D" / 0', "null"), ('@"P1D" - @"PT1H"', '@"PT23H"'), ('@"P1Y" + @"P1D"', "null"),
        ('-@"P1D"', '@"-P1D"'), ('-@"2021-01-01"', "null"), ('@"P1D" - @"2021-01-01"', "null"), ('@"9999-12-31" + @"P1D"', '@"10000-01-01"'), ('@"10000-01-01" - @"P1D"', '@"9999-12-31"'),
        ('@"0001-01-01" - @"P1D"', '@"0000-12-31"'), ('@"999999999-12-31" + @"P1D"', "null"), ('@"2021-01-01T00:00:00.000000001" + @"PT1S"', '@"2021-01-01T00:00:01.000000001"'),
    ],
)  # fmt: skip
def test_dates_and_durations_are_calculated_with(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[1, 2, 3][2]", "2"), ("[1, 2, 3][-1]", "3"), ("[1, 2, 3][0]", "null"), ("[1, 2, 3][4]", "null"), ("[1, 2, 3][item > 1]", "[2, 3]"), ("[1, 2, 3][item >= 2][1]", "2"), ("5[1]", "5"), ("5[item > 6]", "[]"),
        ("[{a: 1}, {a: 2}][a > 1].a", "[2]"), ("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]"), ('[1, 2]["a"]', "null"), ("null[1]", "null"), ("[][1]", "null"), ("[1, 2][true]", "[1, 2]"),
        ("[{x: 1}, {x: null}, {}][x = null]", "[{x: null}, {}]"), ("[{b: [1]}, {b: [2, 3]}].b", "[[1], [2, 3]]"), ("{a: 1}.b", "null"), ("null.a", "null"), ("{a: 1, a: 2}", "null"), ('{"": 20}', '{"": 20}'),
        ("for x in [1, 2, 3] return x * x", "[1, 4, 9]"), ("for x in 3..1 return x", "[3, 2, 1]"), ("for x in [1..3] return x", "[1, 2, 3]"), ("for x in (1..4) return x", "[2, 3]"), ("for x in 5 return x", "[5]"),
        ("for x in null return x", "null"), ("for i in 1..3 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6]"), ("for x in [1, 2], y in [10, 20] return x + y", "[11, 21, 12, 22]"),
        ("for i in 1..3, j in 1..i return i * j", "[1, 2, 4, 3, 6, 9]"), ('for d in @"2020-02-28"..@"2020-03-01" return d.day', "[28, 29, 1]"), ('for x in "a".."c" return x', "null"), ("for i in [3..1] return i", "null"),
    ],
)  # fmt: skip
def test_lists_and_contexts_are_gone_through(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('@"2026-03-02".weekday', "1"), ('@"2026-03-02T10:30:01".second', "1"), ('@"2026-03-02".hour', "null"), ('@"10:00:00+05:00".time offset', '@"PT5H"'), ('@"10:00:00".time offset', "null"),
        ('@"2018-12-10T10:30:00@Etc/UTC".timezone', '"Etc/UTC"'), ('@"P1Y2M".months', "2"), ('@"P1Y2M".days', "null"), ('@"-PT90M".minutes', "-30"), ('@"P1DT2H".days', "1"), ("[1..10).end included", "false"), ("(< 10).start", "null"),
        ('@"12345-03-02".year', "12345"), ('@"-0044-03-15".weekday', "4"),
    ],
)  # fmt: skip
def test_values_have_properties(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(function(x) x + 1)(2)", "3"), ("(function(a, b) a - b)(b: 1, a: 3)", "2"), ("(function(a) a)(1, 2)", "null"), ("(function(a) a)(b: 1)", "null"), ("(function(a: number, b: string) a)(1, 2)", "1"), ("(function(a: number, b: string) b)(1, 2)", "null"),
        ("(function(a: number) a)([1])", "1"), ("(function(a: list<number>) a)(1)", "[1]"), ('(function(a: date and time) a)(@"2020-01-01")', '@"2020-01-01T00:00:00Z"'), ("null()", "null"), ('"abs"(-1)', "null"), ("nothing()", "null"),
        ("(function(a) function(b) a + b)(1)(2)", "3"), ("{f: function(n) if n = 0 then 1 else n * 2, r: f(3)}.r", "6"), ("(function(f) f(-1))(abs)", "1"),
    ],
)  # fmt: skip
def test_functions_are_values(text, expression, expected):
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("null instance of Any", False), ("1 instance of Any", True), ("1 instance of number", True), ('"a" instance of number', False), ("[1, 2] instance of list<number>", True), ('[1, "a"] instance of list<number>', False),
        ("[] instance of list<string>", True), ("1 instance of list<number>", False), ("[1..5] instance of range<number>", True), ("(< 5) instance of range<number>", True), ("[1..5] instance of range<string>", False),
        ("{a: null} instance of context<a: string>", True), ("{a: 1} instance of context<a: number, b: string>", False), ("{a: 1, b: 2} instance of context<a: number>", True), ('@"P1D" instance of days and time duration', True),
        ("(function(a: string) a) instance of function<string> -> Any", True), ("(function(a: string) a) instance of function<number> -> Any", False), ("(function() 123) instance of function<> -> string", False),
        ("(function(a: Any) 1) instance of function<number> -> number", True), ("abs instance of function<number> -> Any", True), ("abs instance of function<number, number> -> Any", False), ("[[1]] instance of list<list<number>>", True),
    ],
)  # fmt: skip
def test_instance_of_asks_for_the_type(value, expression, holds):
    assert value(expression) is holds


def test_types_of_ones_own_can_be_named():
    from app.feel import types as t

    own = {"price list": t.ListType("price list", t.BUILT_IN_TYPES["number"])}
    assert feel.compile("x instance of price list", types=own).evaluate({"x": [Decimal(1)]}) is True


def test_a_missing_variable_is_null_with_a_warning():
    warnings: list[str] = []
    assert feel.compile("nothing").evaluate({}, warnings=warnings) is None
    assert warnings == ["there is no variable 'nothing'"]


@pytest.mark.parametrize(
    ("expression", "warning"),
    [
        ('1 + "a"', "number + string has no value"), ('1 < "a"', "number < string can't be compared"), ("[1][2]", "the list has no item 2"), ("{a: 1}.b", "context has no 'b'"), ("abs(\"x\")", "abs doesn't take (string)"),
        ("substring(text: \"a\")", "substring doesn't take (text: string)"), ("(function(a) a)()", "function takes 1 values, not 0"), ('-"a"', "string has no opposite"),
    ],
)  # fmt: skip
def test_null_comes_with_its_reason(value, expression, warning):
    warnings: list[str] = []
    assert value(expression, warnings=warnings) is None
    assert warnings[0] == warning


def test_python_numbers_are_numbers(value):
    assert value("a + b + c", a=1, b=0.5, c=Decimal("0.25")) == Decimal("1.75")
    assert value("x + 1", x=float("inf")) is None
    assert value("x + 1", x=True) is None


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_variable_named_like_a_function_is_read_and_does_not_hide_the_function(value, name):
    assert name in feel.compile(f"{name} >= 2", [name]).names
    assert value(f"{name} >= 2", **{name: Decimal(2)}) is True
    call = f"count([{name}, count([1])])"
    assert value(call, **{name: Decimal(2), "count": Decimal(7)}) == 2


def test_a_variable_that_holds_a_function_is_called_instead_of_the_built_in_one(value):
    assert value("{abs: function(n) n, made: abs(-3)}.made") == -3
