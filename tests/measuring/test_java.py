"""Java's methods, lent to FEEL: those of the table, and no other."""

import pytest

from app import feel
from app.feel import external
from measuring.conformance import java


@pytest.fixture
def value():
    def work_out(expression, warnings=None):
        with external.lent(java.find_method):
            return feel.compile(expression).evaluate({}, warnings=warnings)

    return work_out


@pytest.fixture
def text(value):
    return lambda expression: feel.to_text(value(expression))


@pytest.mark.parametrize(
    ("expression", "expected"), [("max(3, 4)", "4"), ('valueOf("abc")', "null"), ("cos(0)", "1")]
)  # fmt: skip
def test_external_functions_are_those_of_the_table(text, expression, expected):
    name = expression.partition("(")[0]
    described = {"max": '"java.lang.Math", method signature: "max(int, int)"', "valueOf": '"java.lang.String", method signature: "valueOf(char)"', "cos": '"java.lang.Math", method signature: "cos(double)"'}[name]  # fmt: skip
    parameters = "a, b" if name == "max" else "a"
    assert (
        text(f"{{{name}: function({parameters}) external {{java: {{class: {described}}}}}, r: {expression}}}.r")
        == expected
    )


@pytest.mark.parametrize(
    "described",
    ['{java: {class: "java.lang.System", method signature: "exit(int)"}}', '{java: {class: "java.lang.Math", method signature: "foo(double)"}}', '{pmml: {document: "x", model: "y"}}', "null", "{java: 1}"],
)  # fmt: skip
def test_an_external_function_that_is_not_in_the_table_does_not_exist(value, described):
    warnings: list[str] = []
    assert value(f"(function(a) external {described})(1)", warnings=warnings) is None
    assert warnings


@pytest.mark.parametrize(
    ("expression", "expected"),
    [('format("%05.1f|%s|%-4d|%,d", [3.14159, "x", 7, 1234567])', '"003.1|x|7   |1,234,567"'), ('format("%9999d", 1)', "null"), ('format("%s")', "null")],
)  # fmt: skip
def test_a_formatted_string_is_bounded(text, expression, expected):
    described = '{java: {class: "java.lang.String", method signature: "format(java.lang.String, [Ljava.lang.Object;)"}}'
    assert text(f"{{format: function(f, v) external {described}, r: {expression}}}.r") == expected
