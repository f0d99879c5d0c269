"""The built-in functions, table by table (DMN 1.5, section 10.3.4)."""

import pytest


def cases(*pairs):
    return pytest.mark.parametrize(("expression", "expected"), pairs)


@cases(
    ('date("2017-01-01")', '@"2017-01-01"'), ('date("998-12-31")', "null"), ('date("01211-12-31")', "null"), ("date(2017, 2, 30)", "null"), ("date(2017, 12, 31)", '@"2017-12-31"'), ('date(@"2017-08-14T14:25:00Z")', '@"2017-08-14"'),
    ('string(date("-999999999-12-31"))', '"-999999999-12-31"'), ('date("9999999999-12-25")', "null"), ("date(year: 2017, month: 8, day: 30)", '@"2017-08-30"'), ("date([])", "null"), ('date and time("2012-12-24")', '@"2012-12-24T00:00:00"'),
    ('date and time("2011-12-03T10:15:30+01:00@Europe/Paris")', "null"), ('date and time("2017-12-31T13:20:00@xyz/abc")', "null"), ('date and time("2017-12-31T13:20:00+19:00")', "null"), ('date and time("2017-12-31T24:00:01")', "null"),
    ('date and time(@"2017-08-10T10:20:00@Europe/Paris", @"23:59:01")', '@"2017-08-10T23:59:01"'), ('date and time(2012, 12, 24, 23, 59, 0)', '@"2012-12-24T23:59:00"'), ('date and time(2012, 12, 24, 23, 59, 0, @"PT1H")', '@"2012-12-24T23:59:00+01:00"'),
    ('date and time(2012, 12, 24, 23, 59, 0, "Asia/Shanghai")', '@"2012-12-24T23:59:00@Asia/Shanghai"'), ('time("23:59:00.123456789")', '@"23:59:00.123456789"'), ('time(11, 59, 45.3, @"-PT2H")', '@"11:59:45.3-02:00"'), ("time(11, 59, 45, null)", '@"11:59:45"'),
    ('time(@"2017-08-10")', '@"00:00:00Z"'), ('time("7:00:00")', "null"), ("time(25, 0, 0)", "null"), ('duration("PT90M")', '@"PT1H30M"'), ('duration("P1Y27M")', '@"P3Y3M"'), ('duration("PT1000M0.999999999S")', '@"PT16H40M0.999999999S"'), ('duration("P1Y1D")', "null"),
    ('duration("P")', "null"), ('duration("PT")', "null"), ('years and months duration(@"2011-12-22", @"2013-08-24")', '@"P1Y8M"'), ('years and months duration(@"2013-08-24", @"2011-12-22")', '@"-P1Y8M"'), ('years and months duration(@"2015-01-31", @"2015-02-28")', '@"P0M"'),
    ('number("1.000.000,01", ".", ",")', "1000000.01"), ('number("1,000", ",", null)', "1000"), ('number("1,000", ",", ",")', "null"), ('number("1e3")', "1000"), ('number("foo")', "null"), ("string(1.10)", '"1.1"'), ("string(null)", "null"),
    ('string([1, "a", null])', '"[1, \\"a\\", null]"'), ('string({a: "x"})', '"{a: \\"x\\"}"'), ('string(@"P1DT2H")', '"P1DT2H"'), ("string(10 ** 50)", '"1E+50"'),
)  # fmt: skip
def test_conversion(text, expression, expected):
    assert text(expression) == expected


@cases(("not(true)", "false"), ("not(negand: false)", "true"), ('is(@"23:00:50Z", @"23:00:50+00:00")', "true"), ('is(@"23:00:50@Etc/GMT", @"23:00:50Z")', "false"), ('is(@"P0Y", @"P0D")', "false"), ("is(value1: 1)", "false"), ("is(1, 1.0)", "true"))  # fmt: skip
def test_booleans(text, expression, expected):
    assert text(expression) == expected


@cases(
    ('string length("你好🐎")', "3"), ("string length(null)", "null"), ('substring("foobar", 3, 3)', '"oba"'), ('substring("foobar", -2, 1)', '"a"'), ('substring("foobar", 3, 3.8)', '"oba"'), ('substring("foobar", 0)', "null"), ('substring("foobar", 7)', "null"),
    ('substring("foobar", 1, 0)', "null"), ('substring(string: "abc", start position: 2)', '"bc"'), ('upper case("aBc4")', '"ABC4"'), ('lower case("aBc4")', '"abc4"'), ('substring before("foobar", "bar")', '"foo"'), ('substring before("foobar", "xyz")', '""'),
    ('substring after("foobar", "ob")', '"ar"'), ('substring after("", "a")', '""'), ('contains("采购文件", "文件")', "true"), ('contains(["foobar"], "of")', "false"), ('starts with("foobar", "fo")', "true"), ('ends with("foobar", "r")', "true"),
    ('string join(["a", null, "c"], "_")', '"a_c"'), ('string join(["a", "b"])', '"ab"'), ("string join([])", '""'), ("string join([1])", "null"), ('split("a;b;c;;", ";")', '["a", "b", "c", "", ""]'), ('split("John Doe", "\\s")', '["John", "Doe"]'),
)  # fmt: skip
def test_strings(text, expression, expected):
    assert text(expression) == expected


@cases(
    ("list contains([1, null], null)", "true"), ("count([1, null])", "2"), ("count([])", "0"), ("count(null)", "null"), ("min([3, 1, 2])", "1"), ('max("a", "b")', '"b"'), ("max([])", "null"), ('min([1, "a"])', "null"), ("sum(1, 2)", "3"), ("sum([])", "null"),
    ("mean([1, 2, 3, 4])", "2.5"), ("mean([1, null])", "null"), ("median([8, 2, 5])", "5"), ("median([6, 1, 2, 3])", "2.5"), ("stddev([47])", "null"), ("decimal(stddev([2, 4, 7, 5]), 8)", "2.081666"), ("mode([6, 3, 9, 6, 6])", "[6]"), ("mode([])", "[]"), ("product(2, 3, 4)", "24"),
    ("all([true, false, null])", "false"), ("all([true, null])", "null"), ("all([])", "true"), ("all([true, 1])", "null"), ("any([false, true, null])", "true"), ("any([])", "false"), ("any([false, null])", "null"), ("sublist([4, 5, 6], 1, 2)", "[4, 5]"),
    ("sublist([4, 5, 6], -2)", "[5, 6]"), ("sublist([4, 5, 6], 4)", "null"), ("append([1], 2, 3)", "[1, 2, 3]"), ("append(1, 2)", "[1, 2]"), ("concatenate([1], [2], 3)", "[1, 2, 3]"), ("insert before([1, 3], 2, 2)", "[1, 2, 3]"), ("insert before([1, 3], 4, 2)", "null"),
    ("remove([1, 2, 3], -1)", "[1, 2]"), ("reverse([1, 2, 3])", "[3, 2, 1]"), ("index of([1, 2, 3, 2], 2)", "[2, 4]"), ("index of([1, null], null)", "[2]"), ("union([1, 2], [2, 3])", "[1, 2, 3]"), ("distinct values([1, 2, 1.0])", "[1, 2]"),
    ("duplicate values([1, 2, 3, 2, 3])", "[2, 3]"), ("flatten([[1, [2]], 3])", "[1, 2, 3]"), ("sort([3, 1, 2])", "[1, 2, 3]"), ("sort([3, 1, 2], function(a, b) a > b)", "[3, 2, 1]"), ("sort([])", "[]"), ('sort([1, "a"])', "null"),
    ("list replace([2, 4, 7, 8], 3, 6)", "[2, 4, 6, 8]"), ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"), ("list replace([1], 2, 6)", "null"), ("list replace([1], function(a) true, 6)", "null"),
)  # fmt: skip
def test_lists(text, expression, expected):
    assert text(expression) == expected


@cases(
    ("decimal(1 / 3, 2)", "0.33"), ("decimal(1.5, 0)", "2"), ("decimal(2.5, 0)", "2"), ("decimal(125, -1)", "120"), ("decimal(1 / 3, 2.5)", "0.33"), ("floor(-1.5)", "-2"), ("floor(-1.56, 1)", "-1.6"), ("ceiling(-1.56, 1)", "-1.5"), ("round up(-5.5, 0)", "-6"),
    ("round down(1.126, 2)", "1.12"), ("round half up(2.5, 0)", "3"), ("round half down(2.5, 0)", "2"), ("round half up(-2.5, 0)", "-3"), ("round up(5.5, 6177)", "null"), ("round up(5.5, 6176)", "5.5"), ("abs(-1.5)", "1.5"), ('abs(@"-P1D")', '@"P1D"'), ('abs(@"-P1Y")', '@"P1Y"'),
    ("modulo(-12, 5)", "3"), ("modulo(12, -5)", "-3"), ("modulo(-10.1, 4.5)", "3.4"), ("modulo(1, 0)", "null"), ("sqrt(16)", "4"), ("sqrt(-1)", "null"), ("decimal(log(10), 8)", "2.30258509"), ("log(0)", "null"), ("decimal(exp(5), 6)", "148.413159"), ("odd(5)", "true"), ("odd(5.5)", "false"), ("even(-2)", "true"),
)  # fmt: skip
def test_numbers(text, expression, expected):
    assert text(expression) == expected


@cases(
    ("now()", '@"2026-03-02T04:00:00Z"'), ("today()", '@"2026-03-02"'), ("now(1)", "null"), ('day of week(@"2026-03-02")', '"Monday"'), ('month of year(@"2019-09-17")', '"September"'), ('day of year(@"2019-09-17")', "260"), ('week of year(@"2003-12-29")', "1"),
    ('week of year(@"2005-01-01")', "53"), ('day of week("2019-09-17")', "null"), ('day of week(@"-0044-03-15")', '"Thursday"'),
)  # fmt: skip
def test_dates(text, expression, expected):
    assert text(expression) == expected


@cases(
    ('get value({a: 1}, "a")', "1"), ('get value({a: {b: 1}}, ["a", "b"])', "1"), ('get value({a: 1}, "b")', "null"), ("get entries({a: 1})", '[{key: "a", value: 1}]'), ('context([{key: "a", value: 1}])', "{a: 1}"), ('context({key: "a", value: null})', "{a: null}"),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"), ('context([{key: "a"}])', "null"), ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"), ('context put({x: 1, y: {a: 0}}, ["y", "a"], 2)', "{x: 1, y: {a: 2}}"), ('context put({}, ["a", "b"], 1)', "null"),
    ('context put({}, [], 1)', "null"), ("context merge([{a: 1, b: 2}, {a: 3}])", "{a: 3, b: 2}"), ("context merge([{a: 1}, 2])", "null"),
)  # fmt: skip
def test_contexts(text, expression, expected):
    assert text(expression) == expected


@cases(
    ("before(1, 10)", "true"), ("before(1, (1..10])", "true"), ("before([1..5), 5)", "true"), ("after(10, [1..5])", "true"), ("meets([1..5], [5..10])", "true"), ("meets([1..5), [5..10])", "false"), ("met by([5..10], [1..5])", "true"), ("overlaps([1..5], [3..8])", "true"),
    ("overlaps([1..5), [5..8])", "false"), ("overlaps before([1..5], [3..8])", "true"), ("overlaps before([1..5], [1..5])", "false"), ("overlaps after([3..8], [1..5])", "true"), ("finishes(5, [1..5])", "true"), ("finishes(5, [1..5))", "false"), ("finished by([1..5], 5)", "true"),
    ("finishes([3..5], [1..5])", "true"), ("includes([1..10], 5)", "true"), ("includes([1..10], [1..10))", "true"), ("during(5, [1..10])", "true"), ("during([1..10], [1..10))", "false"), ("starts(1, [1..5])", "true"), ("starts([1..3], [1..5])", "true"), ("started by([1..5], 1)", "true"),
    ("coincides(5, 5)", "true"), ("coincides([1..5], [1..5))", "false"), ("before(5, (> 4))", "false"), ("during(5, (> 4))", "true"), ("includes((< 10), [1..3])", "true"), ('before(1, "a")', "null"), ("before(null, 1)", "null"), ("meets(1, [1..2])", "null"), ("during([1..2], 1)", "null"),
    ('range("[18..21)")', "[18..21)"), ('range("[date(\\"1970-01-01\\")..@\\"1970-01-02\\"]")', '[@"1970-01-01"..@"1970-01-02"]'), ('range("[1..x]")', "null"), ('range("[3..1]")', "null"), ('range("[null..null]")', "null"), ('range(">= 10")', "null"),
)  # fmt: skip
def test_ranges(text, expression, expected):
    assert text(expression) == expected


@cases(
    ('matches("foobar", "^fo*b")', "true"), ('matches("Mary\\rJones", "Mary.Jones")', "false"), ('matches("Mary\\nJones", "Mary.Jones", "s")', "true"), ('matches("\\nabcd\\ndefg\\n", "^$", "m")', "true"), ('matches("\\u212A", "k", "i")', "true"), ('matches("O", "[A-Z-[OI]]", "i")', "false"),
    ('matches("q", "[^Q]", "i")', "false"), ('matches("aA", "(a)\\1", "i")', "true"), ('matches("h", "(.)\\2")', "null"), ('matches("abcd", "(asd)[\\1]")', "null"), ('matches("hello world", "\\p{ IsBasicLatin}+", "x")', "true"), ('matches("a", "\\p{Lu}", "i")', "false"), ('matches("采购", "^\\p{IsCJKUnifiedIdeographs}+$")', "true"),
    ('matches("a.c", "a.c", "q")', "true"), ('matches("abc", "a.c", "q")', "false"), ('matches("a", "a", "z")', "null"), ('matches("aaa", "^a{2}$")', "false"), ('matches("aaa", "^a{2,}$")', "true"), ('matches("abab", "^(?:ab)+$")', "true"), ('matches("x", "[")', "null"), ('matches("x", "a**")', "null"),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '"[1=ab][2=]cd"'), ('replace("abracadabra", "a.*?a", "*")', '"*c*bra"'), ('replace("AAAA", "A+?", "b")', '"bbbb"'), ('replace("abc", "b", "\\\\$0")', '"a$0c"'), ('replace("abc", "b", "$")', "null"), ('replace("abc", "x*", "-")', "null"),
    ('replace("a", "(a)", "$12")', '"a2"'), ('replace("darted", "^(.*?)d(.*)$", "$1c$2")', '"carted"'), ('replace("a.b", ".", "-", "q")', '"a-b"'), ('split("a1b22c", "\\d+")', '["a", "b", "c"]'), ('split("abc", "x*")', "null"),
)  # fmt: skip
def test_regular_expressions_are_those_of_xpath(text, expression, expected):
    assert text(expression) == expected


def test_nothing_outside_feel_is_called(value):
    described, warnings = '{java: {class: "java.lang.Math", method signature: "cos(double)"}}', []
    assert value(f"(function(a) external {described})(0)", warnings=warnings) is None
    assert warnings == [
        "a function is defined in FEEL; nothing outside it can be called",
        "what is called is no function",
    ]


@cases(
    ("is defined(1)", "true"), ("is defined(nothing)", "false"), ("get or else(null, 3)", "3"), ("get or else(2, 3)", "2"), ("is empty([])", "true"), ("is empty([1])", "false"), ('is blank(" ")', "true"), ('is blank("a")', "false"),
    ('trim("  a b ")', '"a b"'), ('extract("a1b22", "[0-9]+")', '["1", "22"]'), ('extract("a", "[")', "null"), ('to base64("采购")', '"6YeH6LSt"'), ("string length(uuid())", "36"), ("uuid() = uuid()", "false"),
    ("partition([1, 2, 3], 2)", "[[1, 2], [3]]"), ("partition([1], 0)", "null"), ("last index of([1, 2, 1], 1)", "3"), ('last index of("abab", "b")', "4"), ("last index of([1], 2)", "null"), ('put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    ("put all({a: 1}, {a: 2})", "{a: 2}"), ('last day of month(@"2024-02-03")', '@"2024-02-29"'), ('string join(["a", "b"], ", ", "(", ")")', '"(a, b)"'),
    ('to json({a: 1.10, b: [null, true], c: "x\\"y", d: @"2026-01-31"})', '"{\\"a\\":1.1,\\"b\\":[null,true],\\"c\\":\\"x\\\\\\"y\\",\\"d\\":\\"2026-01-31\\"}"'), ('from json("{\\"a\\": [0.1, 2]}").a', "[0.1, 2]"),
    ('from json("[")', "null"), ('from json("NaN")', "null"), ('from json(to json({a: [1, {b: "ü"}]}))', '{a: [1, {b: "ü"}]}'),
)  # fmt: skip
def test_extensions(text, expression, expected):
    assert text(expression) == expected


@cases(
    ('date and time("2017-12-31T24:00:00")', '@"2018-01-01T00:00:00"'), ('@"2017-12-31T24:00:00"', '@"2018-01-01T00:00:00"'), ('date and time("2024-02-28T24:00:00.000+01:00")', '@"2024-02-29T00:00:00+01:00"'), ('@"2017-11-30T24:00:00@Asia/Shanghai"', '@"2017-12-01T00:00:00@Asia/Shanghai"'),
    ('date and time("2017-12-31T24:00:00.1")', "null"), ('date and time("2017-12-31T24:01:00")', "null"), ('date and time("999999999-12-31T24:00:00")', "null"), ('time("24:00:01")', "null"),
)  # fmt: skip
def test_twenty_four_hours_are_the_midnight_at_the_end_of_the_day(text, expression, expected):
    assert text(expression) == expected


@cases(
    ('years and months duration(@"2011-08-25T15:59:59@Europe/Paris", @"2015-08-25T15:20:59+02:00")', '@"P4Y"'), ('years and months duration(@"2014-12-31T23:59:59", @"2016-12-31T00:00:01")', '@"P2Y"'),
    ('years and months duration(@"2016-12-31T00:00:01", @"2014-12-31T23:59:59")', '@"-P2Y"'), ('years and months duration(@"2016-08-25T15:20:59+02:00", @"2017-08-10T10:20:00@Europe/Paris")', '@"P11M"'), ('years and months duration(@"2017-12-31T13:00:00", @"2017-12-31T12:00:00")', '@"P0M"'),
)  # fmt: skip
def test_years_and_months_are_counted_from_day_to_day(text, expression, expected):
    assert text(expression) == expected
