"""What is wrong with an expression is said before it is null at run time."""

import pytest

from app import feel
from app.feel import external
from app.feel.functions import BUILT_IN
from app.feel.parsing.stream import KEYWORDS


def doubts(text, known=()):
    return list(feel.doubts(feel.parse(text, known), known))


def named(function):
    return [signature for signature in function.call.signatures if not any(p.many for p in signature.parameters)]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_function_called_as_any_of_its_signatures_says_is_not_doubted(name):
    for signature in BUILT_IN[name].call.signatures:
        assert doubts(f"{name}({', '.join(['x'] * len(signature.parameters))})") == []
    for signature in named(BUILT_IN[name]):
        if signature.parameters:
            assert doubts(f"{name}({', '.join(f'{p.name}: x' for p in signature.parameters)})") == []


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_parameter_that_no_signature_has_is_doubted(name):
    assert [type(doubt) for doubt in doubts(f"{name}(no such parameter: 1)")] == [feel.WrongArguments]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_number_of_arguments_that_no_signature_takes_is_doubted(name):
    if any(p.many for signature in BUILT_IN[name].call.signatures for p in signature.parameters):
        pytest.skip("takes any number")
    assert [type(doubt) for doubt in doubts(f"{name}({', '.join('1' * 12)})")] == [feel.WrongArguments]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_name_with_a_slip_is_no_function(name):
    """Where a word of the name is a keyword (``date and timez(x)``), it is a syntax error or a shorter name is unknown."""
    try:
        found = [doubt.name for doubt in doubts(f"{name}z(x)")]
    except feel.FeelSyntaxError as wrong:
        found = [getattr(wrong, "function", wrong.message)]
    if not KEYWORDS & set(name.split()):
        assert found == [f"{name}z"]
    assert found


@pytest.mark.parametrize("name", sorted(name for name in BUILT_IN if len(name) > 3))
def test_what_a_name_with_a_slip_may_mean_is_said(name):
    assert feel.similar(f"{name}z") == name


@pytest.mark.parametrize(
    "text",
    [
        "function(f) f(1)", "{f: function(a) a, x: f(2)}", "for f in [abs] return f(1)", "some f in [abs] satisfies f(1) > 0", "list[item > 2]",
    ],
)  # fmt: skip
def test_what_an_expression_makes_itself_may_be_called(text):
    assert doubts(text) == []


def test_what_is_known_around_an_expression_may_be_called():
    assert doubts("my own(1)", ("my own",)) == []


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("range_", ["(> 100)", "> 100", "[1..3]"])
def test_a_comparison_with_a_range_is_doubted(operator, range_):
    assert doubts(f"a {operator} {range_}") == [feel.RangeCompared(operator)]


def test_a_function_outside_feel_is_doubted_where_nothing_is_lent():
    defined = "function(a) external {java: {}}"
    assert doubts(defined) == [feel.ExternalFunction()]
    with external.lent(lambda _names, _described: feel.compile("abs").evaluate({})):
        assert doubts(defined) == []


def test_a_value_in_a_range_is_not_doubted():
    assert doubts("a in [1..3] and b in (> 100) and [1..3] = c") == []
