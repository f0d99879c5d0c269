"""What holds for all values: exact arithmetic, texts that give the value back, ranges that agree with comparison."""

import contextlib
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app import feel
from app.feel import temporal
from app.feel.operations import same
from app.feel.regex import InvalidPattern, compile_pattern

numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False, allow_infinity=False)
dates = st.builds(temporal.make_date, st.integers(-999_999_999, 999_999_999), st.integers(1, 12), st.integers(1, 28))
zones = st.sampled_from([None, "Z", "+08:00", "-03:30", "@Asia/Shanghai", "@Europe/Paris"]).map(
    lambda text: text and temporal.zone_named(text)
)
times = st.builds(
    temporal.make_time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999_999_999), zones
)
durations = st.integers(-(10**24), 10**24).map(temporal.make_duration) | st.integers(-(10**10), 10**10).map(
    temporal.YearsMonthsDuration
)
moments = st.builds(temporal.join, dates, times)
atoms = st.none() | st.booleans() | numbers | st.text(max_size=20) | dates | times | durations | moments
values = st.recursive(
    atoms,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=8), parts, max_size=4),
    max_leaves=12,
)


@given(numbers, numbers)
def test_sums_and_differences_are_exact(a, b):
    assert feel.compile("a + b - b").evaluate({"a": a, "b": b}) == a
    assert feel.compile("a + b").evaluate({"a": a, "b": b}) == a + b


@given(numbers, st.integers(-10_000, 10_000).filter(bool))
def test_a_division_has_34_digits(a, b):
    back = feel.compile("a / b * b").evaluate({"a": a, "b": b})
    assert abs(back - a) <= abs(a) * Decimal("1e-33")


@settings(max_examples=300)
@given(values)
def test_a_value_reads_back_from_its_text(value):
    assert same(feel.compile(feel.to_text(value)).evaluate({}), value)


@given(st.dates())
def test_a_date_is_its_own_string(day):
    assert feel.compile("string(date(text))").evaluate({"text": day.isoformat()}) == day.isoformat()


@given(st.datetimes(), st.timedeltas(min_value=timedelta(days=-10_000), max_value=timedelta(days=10_000)))
def test_a_moment_moves_as_pythons_does(moment, length):
    try:
        expected = moment + length
    except OverflowError:
        return
    assert feel.compile("moment + length").evaluate({"moment": moment, "length": length}) == expected


@given(dates, st.integers(-(10**8), 10**8))
def test_a_date_comes_back_when_it_is_moved_and_moved_back(day, days):
    moved = temporal.shift(day, temporal.make_duration(days * temporal.DAY))
    if moved is not None:
        assert temporal.shift(moved, temporal.make_duration(-days * temporal.DAY)) == day
        assert temporal.day_number(moved) - temporal.day_number(day) == days


@given(dates)
def test_a_day_has_one_number(day):
    assert temporal.day_of_number(temporal.day_number(day)) == day


@given(st.integers(-(10**17), 10**17))
def test_what_python_can_hold_is_pythons(number):
    day = temporal.day_of_number(number // 10**6)
    assert day is None or isinstance(day, date) == (1 <= day.year <= 9999)
    duration = temporal.make_duration(number)
    assert isinstance(duration, timedelta) == (number % 1000 == 0)
    clock = temporal.clock_at(number % temporal.DAY, None)
    assert isinstance(clock, time) == (number % 1000 == 0)
    moment = temporal.join(date(2026, 3, 2), clock)
    assert isinstance(moment, datetime) == (number % 1000 == 0)


@given(numbers, numbers, numbers, st.booleans(), st.booleans())
def test_a_range_agrees_with_the_comparisons(point, low, high, low_in, high_in):
    text = f"point in {'[' if low_in else '('}low..high{']' if high_in else ')'}"
    found = feel.compile(text).evaluate({"point": point, "low": low, "high": high})
    inside = (low <= point if low_in else low < point) and (point <= high if high_in else point < high)
    assert found is (inside if low <= high else False)


pieces = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "(a|b)", "(?:ab)", "\\d", "\\w"])
quantifiers = st.sampled_from(["", "*", "+", "?", "*?", "+?", "{2}", "{1,3}"])
patterns = st.lists(st.tuples(pieces, quantifiers), min_size=1, max_size=5).map(
    lambda parts: "".join(a + b for a, b in parts)
)


@settings(max_examples=400)
@given(patterns, st.text(alphabet="ab1 \n", max_size=12))
def test_regular_expressions_find_what_pythons_find(pattern, text):
    ours = compile_pattern(pattern).search(text, 0, lambda _steps: None)
    theirs = re.compile(pattern.replace(".", "[^\r\n]")).search(text)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert (ours.start, ours.end) == theirs.span()
        assert ours.groups[1:] == tuple(
            None if theirs.span(n) == (-1, -1) else theirs.span(n) for n in range(1, len(ours.groups))
        )


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_is_refused(text):
    with contextlib.suppress(InvalidPattern):
        compile_pattern(text).search("abc", 0, lambda _steps: None)


@settings(max_examples=300)
@given(
    st.text(alphabet=st.sampled_from(list("ab1.([{}]),:+-*/<>=\"' @?ifthenelsforinreturnsomeverynotull")), max_size=40)
)
def test_any_text_is_an_expression_or_a_syntax_error(text):
    with contextlib.suppress(feel.FeelSyntaxError):
        feel.compile(text).evaluate({"a": 1, "b": [1, 2]})
