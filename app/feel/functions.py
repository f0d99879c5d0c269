"""The built-in functions (DMN 1.5, section 10.3.4). ``BUILT_IN`` is the registry: name to Function.

Each function takes the environment and its values; a wrong value gives None. A function with several signatures lists
them all; named arguments choose by their names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
)
from functools import cmp_to_key
from typing import Any

from app.feel import operations as op
from app.feel import values as v
from app.feel.evaluation import Environment
from app.feel.values import DECIMAL128, DaysTimeDuration, Function, Range, YearsMonthsDuration, number

BUILT_IN: dict[str, Function] = {}
Body = Callable[..., Any]


class _Signatures:
    """A function's signatures: positional calls choose by number of values, named ones by names."""

    def __init__(self, name: str, body: Body, signatures: tuple[tuple[str, ...], ...]) -> None:
        self.name, self.body, self.signatures = name, body, signatures

    def __call__(self, env: Environment, *values: Any) -> Any:
        if not any(len(signature) == len(values) or signature[-1:] == ("*",) for signature in self.signatures):
            env.run.warn(f"{self.name} doesn't take {len(values)} values")
            return None
        return self._done(env, self.body(env, *values))

    def named(self, env: Environment, values: dict[str, Any]) -> Any:
        """Call with named values."""
        for signature in self.signatures:
            if set(values) == set(signature):
                return self._done(env, self.body(env, *(values[name] for name in signature)))
        env.run.warn(f"{self.name} has no parameters {', '.join(values)}")
        return None

    def _done(self, env: Environment, result: Any) -> Any:
        if result is None:
            env.run.warn(f"{self.name} has no value here")
        return result


def built_in(name: str, *signatures: str) -> Callable[[Body], Body]:
    """Register a built-in; each signature is its parameters' names, comma-separated, ``*`` last for any number."""

    def register(body: Body) -> Body:
        shapes = tuple(tuple(part.strip() for part in signature.split(",") if part.strip()) for signature in signatures)
        BUILT_IN[name] = Function(("*",), _Signatures(name, body, shapes), name)
        return body

    return register


def _whole(value: Any) -> int | None:
    as_number = number(value)
    return int(as_number) if as_number is not None and as_number == as_number.to_integral_value() else None


def _items(values: tuple[Any, ...]) -> list[Any] | None:
    """The list an aggregate works on: its one list argument, or its arguments."""
    if len(values) == 1:
        return values[0] if isinstance(values[0], list) else None if values[0] is None else [values[0]]
    return list(values)


# -- booleans


@built_in("not", "negand")
def _not(env: Environment, negand: Any) -> Any:
    return not negand if isinstance(negand, bool) else None


@built_in("is", "value1, value2")
def _is(env: Environment, left: Any, right: Any) -> Any:
    if op.kind(left) != op.kind(right):
        return False
    if isinstance(left, datetime | time):
        return left == right and str(left.tzinfo) == str(right.tzinfo)
    return op.equal(left, right) is True


# -- conversion


@built_in("string", "from")
def _string(env: Environment, value: Any) -> Any:
    return v.plain_text(value)


@built_in("number", "from", "from, grouping separator, decimal separator")
def _number(env: Environment, text: Any, grouping: Any = None, point: Any = None) -> Any:
    if not isinstance(text, str):
        return number(text)
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping is not None and grouping == point)
    ):
        return None
    if grouping:
        text = text.replace(grouping, "")
    if point and point != ".":
        if "." in text:
            return None
        text = text.replace(point, ".")
    return v.number_from(text) if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text) else None


@built_in("date", "from", "year, month, day")
def _date(env: Environment, *parts: Any) -> Any:
    if len(parts) == 3:
        numbers = [_whole(part) for part in parts]
        try:
            return None if None in numbers else date(*numbers)  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            return None
    value = parts[0]
    if isinstance(value, str):
        return v.parse_date(value)
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


@built_in("time", "from", "hour, minute, second", "hour, minute, second, offset")
def _time(env: Environment, *parts: Any) -> Any:
    if len(parts) == 1:
        value = parts[0]
        if isinstance(value, str):
            return v.parse_time(value)
        if isinstance(value, datetime):
            return value.timetz()
        if isinstance(value, date):
            return time(tzinfo=v._zone("Z"))
        return value if isinstance(value, time) else None
    hour, minute, second = _whole(parts[0]), _whole(parts[1]), number(parts[2])
    offset = parts[3] if len(parts) == 4 else None
    if hour is None or minute is None or second is None or not (offset is None or isinstance(offset, timedelta)):
        return None
    from datetime import timezone

    try:
        return time(
            hour,
            minute,
            int(second),
            int(second % 1 * 1_000_000),
            tzinfo=timezone(offset) if offset is not None else None,
        )
    except ValueError:
        return None


@built_in(
    "date and time",
    "from",
    "date, time",
    "year, month, day, hour, minute, second",
    "year, month, day, hour, minute, second, offset",
)
def _date_and_time(env: Environment, *parts: Any) -> Any:
    if len(parts) == 1:
        value = parts[0]
        if isinstance(value, str):
            return v.parse_date_time(value)
        return (
            value
            if isinstance(value, datetime)
            else datetime.combine(value, time())
            if isinstance(value, date)
            else None
        )
    if len(parts) == 2:
        day, clock = parts
        if not isinstance(day, date) or not isinstance(clock, time):
            return None
        return datetime.combine(day, clock)
    day, clock = _date(env, *parts[:3]), _time(env, *parts[3:])
    return datetime.combine(day, clock) if day is not None and clock is not None else None


@built_in("duration", "from")
def _duration(env: Environment, value: Any) -> Any:
    if isinstance(value, timedelta | YearsMonthsDuration):
        return value
    return v.parse_duration(value) if isinstance(value, str) else None


@built_in("years and months duration", "from, to")
def _years_and_months(env: Environment, start: Any, end: Any) -> Any:
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    a = start if isinstance(start, datetime) else datetime.combine(start, time())
    b = end if isinstance(end, datetime) else datetime.combine(end, time())
    a, b = a.replace(tzinfo=None), b.replace(tzinfo=None)
    months = (b.year - a.year) * 12 + b.month - a.month
    rest = ((b.day, b.time()) > (a.day, a.time())) - ((b.day, b.time()) < (a.day, a.time()))
    if months > 0 and rest < 0:
        months -= 1
    elif months < 0 and rest > 0:
        months += 1
    return YearsMonthsDuration(months)


# -- strings


@built_in("string length", "string")
def _string_length(env: Environment, text: Any) -> Any:
    return Decimal(len(text)) if isinstance(text, str) else None


@built_in("substring", "string, start position", "string, start position, length")
def _substring(env: Environment, text: Any, start: Any, length: Any = ...) -> Any:
    begin = _whole(start)
    size = None if length is ... else _whole(length)
    if not isinstance(text, str) or not begin or (length is not ... and size is None):
        return None
    index = begin - 1 if begin > 0 else len(text) + begin
    if index < 0:
        return None
    return text[index:] if size is None else text[index : index + max(size, 0)]


@built_in("upper case", "string")
def _upper(env: Environment, text: Any) -> Any:
    return text.upper() if isinstance(text, str) else None


@built_in("lower case", "string")
def _lower(env: Environment, text: Any) -> Any:
    return text.lower() if isinstance(text, str) else None


@built_in("trim", "string")
def _trim(env: Environment, text: Any) -> Any:
    return text.strip() if isinstance(text, str) else None


def _two_strings(name: str, result: Callable[[str, str], Any]) -> None:
    @built_in(name, "string, match")
    def body(env: Environment, text: Any, match: Any) -> Any:
        return result(text, match) if isinstance(text, str) and isinstance(match, str) else None


_two_strings("substring before", lambda text, match: text[: max(text.find(match), 0)])
_two_strings("substring after", lambda text, match: text[text.find(match) + len(match) :] if match in text else "")
_two_strings("contains", lambda text, match: match in text)
_two_strings("starts with", lambda text, match: text.startswith(match))
_two_strings("ends with", lambda text, match: text.endswith(match))

_REGEX_INPUT = 10_000
_NESTED_REPEAT = re.compile(r"\([^()]*[*+}][^()]*\)[*+{]")


def _regex(pattern: Any, flags: Any) -> re.Pattern[str] | None:
    """An XPath regular expression as Python's; None when it is none, or could backtrack without end."""
    if not isinstance(pattern, str) or not (flags is None or isinstance(flags, str)) or len(pattern) > 1000:
        return None
    known = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}
    mode = 0
    for flag in flags or "":
        if flag == "q":
            pattern = re.escape(pattern)
        elif flag in known:
            mode |= known[flag]
        else:
            return None
    if _NESTED_REPEAT.search(pattern):
        return None
    try:
        return re.compile(pattern, mode)
    except (re.error, OverflowError):
        return None


@built_in("matches", "input, pattern", "input, pattern, flags")
def _matches(env: Environment, text: Any, pattern: Any, flags: Any = None) -> Any:
    regex = _regex(pattern, flags)
    return (
        None
        if regex is None or not isinstance(text, str) or len(text) > _REGEX_INPUT
        else regex.search(text) is not None
    )


@built_in("replace", "input, pattern, replacement", "input, pattern, replacement, flags")
def _replace(env: Environment, text: Any, pattern: Any, replacement: Any, flags: Any = None) -> Any:
    regex = _regex(pattern, flags)
    if regex is None or not isinstance(text, str) or not isinstance(replacement, str) or len(text) > _REGEX_INPUT:
        return None
    template = re.sub(r"\$(\d+)", r"\\g<\1>", replacement.replace("\\", "\\\\"))
    try:
        result = regex.sub(template, text)
    except (re.error, IndexError):
        return None
    env.run.sized(len(result))
    return result


@built_in("split", "string, delimiter")
def _split(env: Environment, text: Any, delimiter: Any) -> Any:
    regex = _regex(delimiter, None)
    return regex.split(text) if regex is not None and isinstance(text, str) and len(text) <= _REGEX_INPUT else None


@built_in("string join", "list", "list, delimiter")
def _string_join(env: Environment, items: Any, delimiter: Any = "") -> Any:
    if (
        not isinstance(items, list)
        or any(item is not None and not isinstance(item, str) for item in items)
        or not (delimiter is None or isinstance(delimiter, str))
    ):
        return None
    text = (delimiter or "").join(item for item in items if item is not None)
    env.run.sized(len(text))
    return text


# -- lists


@built_in("list contains", "list, element")
def _list_contains(env: Environment, items: Any, element: Any) -> Any:
    return any(op.equal(item, element) is True for item in items) if isinstance(items, list) else None


@built_in("count", "list")
def _count(env: Environment, items: Any) -> Any:
    return Decimal(len(items)) if isinstance(items, list) else None


def _extreme(name: str, wanted: int) -> None:
    @built_in(name, "list", "*")
    def body(env: Environment, *values: Any) -> Any:
        items = _items(values)
        if not items:
            return None
        best = items[0]
        for item in items[1:]:
            sign = op.order(item, best)
            if sign is None:
                return None
            if sign == wanted:
                best = item
        return best if op.order(best, best) is not None else None


_extreme("min", -1)
_extreme("max", 1)


def _numbers(values: tuple[Any, ...]) -> list[Decimal] | None:
    items = _items(values)
    if items is None:
        return None
    numbers = [number(item) for item in items]
    return None if None in numbers else numbers  # type: ignore[return-value]


def _over_numbers(name: str, result: Callable[[list[Decimal]], Any]) -> None:
    @built_in(name, "list", "*")
    def body(env: Environment, *values: Any) -> Any:
        numbers = _numbers(values)
        if numbers is None or (not numbers and name != "mode"):
            return None
        env.run.step(len(numbers))
        return result(numbers)


def _sum(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for item in numbers:
        total = DECIMAL128.add(total, item)
    return total


def _product(numbers: list[Decimal]) -> Decimal:
    total = Decimal(1)
    for item in numbers:
        total = DECIMAL128.multiply(total, item)
    return total


def _mean(numbers: list[Decimal]) -> Decimal:
    return DECIMAL128.divide(_sum(numbers), Decimal(len(numbers)))


def _median(numbers: list[Decimal]) -> Decimal:
    ordered, middle = sorted(numbers), len(numbers) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1 : middle + 1])


def _deviation(numbers: list[Decimal]) -> Decimal | None:
    if len(numbers) < 2:
        return None
    mean = _mean(numbers)
    squares = _sum([DECIMAL128.power(DECIMAL128.subtract(item, mean), 2) for item in numbers])
    return DECIMAL128.sqrt(DECIMAL128.divide(squares, Decimal(len(numbers) - 1)))


def _mode(numbers: list[Decimal]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for item in numbers:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, times in counts.items() if times == most)


for _name, _result in (
    ("sum", _sum),
    ("product", _product),
    ("mean", _mean),
    ("median", _median),
    ("stddev", _deviation),
    ("mode", _mode),
):
    _over_numbers(_name, _result)


def _quantifier(name: str, decisive: bool) -> None:
    @built_in(name, "list", "*")
    def body(env: Environment, *values: Any) -> Any:
        items = _items(values)
        if items is None:
            return None
        if any(item is decisive for item in items):
            return decisive
        return (not decisive) if all(isinstance(item, bool) for item in items) else None


_quantifier("all", False)
_quantifier("any", True)


@built_in("sublist", "list, start position", "list, start position, length")
def _sublist(env: Environment, items: Any, start: Any, length: Any = ...) -> Any:
    begin, size = _whole(start), None if length is ... else _whole(length)
    if not isinstance(items, list) or not begin or abs(begin) > len(items) or (length is not ... and size is None):
        return None
    index = begin - 1 if begin > 0 else len(items) + begin
    return items[index:] if size is None else items[index : index + max(size, 0)]


@built_in("append", "list, *")
def _append(env: Environment, items: Any, *more: Any) -> Any:
    if not isinstance(items, list):
        items = [] if items is None else [items]
    env.run.sized(len(items) + len(more))
    return [*items, *more]


@built_in("concatenate", "*")
def _concatenate(env: Environment, *lists: Any) -> Any:
    if any(not isinstance(items, list) for items in lists):
        return None
    env.run.sized(sum(map(len, lists)))
    return [item for items in lists for item in items]


@built_in("insert before", "list, position, newItem")
def _insert_before(env: Environment, items: Any, position: Any, item: Any) -> Any:
    place = _whole(position)
    if not isinstance(items, list) or not place or abs(place) > len(items):
        return None
    index = place - 1 if place > 0 else len(items) + place
    return [*items[:index], item, *items[index:]]


@built_in("remove", "list, position")
def _remove(env: Environment, items: Any, position: Any) -> Any:
    place = _whole(position)
    if not isinstance(items, list) or not place or abs(place) > len(items):
        return None
    index = place - 1 if place > 0 else len(items) + place
    return [*items[:index], *items[index + 1 :]]


@built_in("list replace", "list, position, newItem", "list, match, newItem")
def _list_replace(env: Environment, items: Any, where: Any, item: Any) -> Any:
    if not isinstance(items, list):
        return None
    if isinstance(where, Function):
        from app.feel.compiling import invoke

        chosen = [invoke(where, [old, item], env) for old in items]
        if any(not isinstance(choice, bool) for choice in chosen):
            return None
        return [item if choice else old for old, choice in zip(items, chosen, strict=True)]
    place = _whole(where)
    if not place or abs(place) > len(items):
        return None
    index = place - 1 if place > 0 else len(items) + place
    return [*items[:index], item, *items[index + 1 :]]


@built_in("reverse", "list")
def _reverse(env: Environment, items: Any) -> Any:
    return items[::-1] if isinstance(items, list) else None


@built_in("index of", "list, match")
def _index_of(env: Environment, items: Any, match: Any) -> Any:
    if not isinstance(items, list):
        return None
    return [Decimal(index) for index, item in enumerate(items, 1) if op.equal(item, match) is True]


def _distinct(env: Environment, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        env.run.step(len(kept) + 1)
        if not any(op.equal(item, other) is True for other in kept):
            kept.append(item)
    return kept


@built_in("distinct values", "list")
def _distinct_values(env: Environment, items: Any) -> Any:
    return _distinct(env, items) if isinstance(items, list) else None


@built_in("union", "*")
def _union(env: Environment, *lists: Any) -> Any:
    joined = _concatenate(env, *lists)
    return None if joined is None else _distinct(env, joined)


@built_in("duplicate values", "list")
def _duplicates(env: Environment, items: Any) -> Any:
    if not isinstance(items, list):
        return None
    return [item for item in _distinct(env, items) if sum(op.equal(item, other) is True for other in items) > 1]


@built_in("flatten", "list")
def _flatten(env: Environment, items: Any) -> Any:
    if not isinstance(items, list):
        return None
    flat: list[Any] = []
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            env.run.step()
            if isinstance(item, list):
                stack.append(iter(item))
                break
            flat.append(item)
        else:
            stack.pop()
    return flat


@built_in("partition", "list, size")
def _partition(env: Environment, items: Any, size: Any) -> Any:
    length = _whole(size)
    if not isinstance(items, list) or not length or length < 1:
        return None
    return [items[index : index + length] for index in range(0, len(items), length)]


@built_in("sort", "list", "list, precedes")
def _sort(env: Environment, items: Any, precedes: Any = None) -> Any:
    from app.feel.compiling import invoke

    if not isinstance(items, list):
        return None
    if precedes is None:
        if any(op.order(items[0], item) is None for item in items):
            return None
        return sorted(items, key=cmp_to_key(lambda a, b: op.order(a, b) or 0))
    if not isinstance(precedes, Function):
        return None
    return sorted(
        items,
        key=cmp_to_key(
            lambda a, b: (
                -1 if invoke(precedes, [a, b], env) is True else 1 if invoke(precedes, [b, a], env) is True else 0
            )
        ),
    )


# -- numbers


def _rounded(value: Any, scale: Any, rounding: str) -> Decimal | None:
    amount, places = number(value), _whole(scale)
    if amount is None or places is None or not -6111 <= places <= 6176:
        return None
    try:
        result = (
            amount.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=DECIMAL128)
            if places >= 0
            else _rough(amount, places, rounding)
        )
    except InvalidOperation:
        return amount
    return result


def _rough(amount: Decimal, places: int, rounding: str) -> Decimal:
    return amount.scaleb(places).to_integral_value(rounding).scaleb(-places)


@built_in("decimal", "n, scale")
def _decimal(env: Environment, value: Any, scale: Any) -> Any:
    return _rounded(value, scale, ROUND_HALF_EVEN)


def _rounding(name: str, rounding: str, optional: bool) -> None:
    @built_in(name, *(("n",) if optional else ()), "n, scale")
    def body(env: Environment, value: Any, scale: Any = 0) -> Any:
        return _rounded(value, scale, rounding)


for _name, _rule, _optional in (
    ("floor", ROUND_FLOOR, True), ("ceiling", ROUND_CEILING, True), ("round up", ROUND_UP, False), ("round down", ROUND_DOWN, False),
    ("round half up", ROUND_HALF_UP, False), ("round half down", ROUND_HALF_DOWN, False),
):  # fmt: skip
    _rounding(_name, _rule, _optional)


@built_in("abs", "n")
def _abs(env: Environment, value: Any) -> Any:
    if isinstance(value, timedelta):
        return DaysTimeDuration.of(abs(value))
    if isinstance(value, YearsMonthsDuration):
        return YearsMonthsDuration(abs(value.months))
    amount = number(value)
    return None if amount is None else abs(amount)


@built_in("modulo", "dividend, divisor")
def _modulo(env: Environment, dividend: Any, divisor: Any) -> Any:
    a, b = number(dividend), number(divisor)
    if a is None or b is None or not b:
        return None
    try:
        quotient = DECIMAL128.divide(a, b).to_integral_value(ROUND_FLOOR)
        return DECIMAL128.subtract(a, DECIMAL128.multiply(b, quotient))
    except InvalidOperation:
        return None


def _of_number(name: str, result: Callable[[Decimal], Any]) -> None:
    @built_in(name, "number")
    def body(env: Environment, value: Any) -> Any:
        amount = number(value)
        try:
            return None if amount is None else result(amount)
        except (InvalidOperation, ArithmeticError):
            return None


_of_number("sqrt", lambda n: DECIMAL128.sqrt(n) if n >= 0 else None)
_of_number("log", lambda n: DECIMAL128.ln(n) if n > 0 else None)
_of_number("exp", lambda n: DECIMAL128.exp(n))
_of_number("odd", lambda n: n % 2 != 0 if n == n.to_integral_value() else None)
_of_number("even", lambda n: n % 2 == 0 if n == n.to_integral_value() else None)


# -- days and times


@built_in("now", "")
def _now(env: Environment) -> Any:
    return env.run.now


@built_in("today", "")
def _today(env: Environment) -> Any:
    return env.run.now.date() if env.run.now else None


def _of_date(name: str, result: Callable[[date], Any]) -> None:
    @built_in(name, "date")
    def body(env: Environment, value: Any) -> Any:
        return result(value) if isinstance(value, date) else None


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_of_date("day of week", lambda day: _DAYS[day.weekday()])
_of_date("month of year", lambda day: _MONTHS[day.month - 1])
_of_date("day of year", lambda day: Decimal(day.timetuple().tm_yday))
_of_date("week of year", lambda day: Decimal(day.isocalendar().week))


# -- contexts


@built_in("get value", "m, key", "context, keys")
def _get_value(env: Environment, context: Any, key: Any) -> Any:
    for part in key if isinstance(key, list) else [key]:
        if not isinstance(context, Mapping) or not isinstance(part, str):
            return None
        context = context.get(part)
    return context


@built_in("get entries", "m")
def _get_entries(env: Environment, context: Any) -> Any:
    return [{"key": key, "value": value} for key, value in context.items()] if isinstance(context, Mapping) else None


@built_in("context", "entries")
def _context(env: Environment, entries: Any) -> Any:
    made: dict[str, Any] = {}
    for entry in entries if isinstance(entries, list) else [entries]:
        if (
            not isinstance(entry, Mapping)
            or not isinstance(entry.get("key"), str)
            or "value" not in entry
            or entry["key"] in made
        ):
            return None
        made[entry["key"]] = entry["value"]
    return made


@built_in("context put", "context, key, value", "context, keys, value")
def _context_put(env: Environment, context: Any, key: Any, value: Any) -> Any:
    keys = key if isinstance(key, list) else [key]
    if not isinstance(context, Mapping) or not keys or not all(isinstance(part, str) for part in keys):
        return None
    if len(keys) > 1:
        inner = _context_put(env, context.get(keys[0]), keys[1:], value)
        return None if inner is None else {**context, keys[0]: inner}
    return {**context, keys[0]: value}


@built_in("context merge", "contexts")
def _context_merge(env: Environment, contexts: Any) -> Any:
    if not isinstance(contexts, list) or any(not isinstance(context, Mapping) for context in contexts):
        return None
    return {key: value for context in contexts for key, value in context.items()}


# -- ranges (DMN 1.5, table 78)


@built_in("range", "from")
def _range(env: Environment, text: Any) -> Any:
    if not isinstance(text, str):
        return None
    from app.feel import compiling, parser
    from app.feel.errors import FeelSyntaxError

    try:
        value = compiling.compile_node(parser.parse(text))(env)
    except FeelSyntaxError:
        return None
    return value if isinstance(value, Range) else None


def _bounds(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value, True, True)


def _less(a: Any, b: Any) -> bool:
    return op.order(a, b) == -1


def _same(a: Any, b: Any) -> bool:
    return op.order(a, b) == 0


def _before(a: Range, b: Range) -> bool:
    return _less(a.high, b.low) or (_same(a.high, b.low) and not (a.high_included and b.low_included))


def _starts_within(a: Range, b: Range) -> bool:
    """Whether a doesn't begin before b does."""
    return _less(b.low, a.low) or (_same(a.low, b.low) and (b.low_included or not a.low_included))


def _ends_within(a: Range, b: Range) -> bool:
    return _less(a.high, b.high) or (_same(a.high, b.high) and (b.high_included or not a.high_included))


def _same_start(a: Range, b: Range) -> bool:
    return _same(a.low, b.low) and a.low_included == b.low_included


def _same_end(a: Range, b: Range) -> bool:
    return _same(a.high, b.high) and a.high_included == b.high_included


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


_RELATIONS: dict[str, Callable[[Range, Range], bool]] = {
    "before": _before,
    "after": lambda a, b: _before(b, a),
    "meets": lambda a, b: _same(a.high, b.low) and a.high_included and b.low_included,
    "met by": lambda a, b: _same(a.low, b.high) and a.low_included and b.high_included,
    "overlaps": _overlaps,
    "overlaps before": lambda a, b: (
        (_overlaps(a, b) and not _starts_within(a, b) and _ends_within(a, b) and not _same_end(a, b))
        or (_overlaps(a, b) and not _starts_within(a, b) and _same_end(a, b))
    ),
    "overlaps after": lambda a, b: _overlaps(a, b) and not _ends_within(a, b) and _starts_within(a, b),
    "finishes": lambda a, b: _same_end(a, b) and _starts_within(a, b),
    "finished by": lambda a, b: _same_end(a, b) and _starts_within(b, a),
    "includes": lambda a, b: _starts_within(b, a) and _ends_within(b, a),
    "during": lambda a, b: _starts_within(a, b) and _ends_within(a, b),
    "starts": lambda a, b: _same_start(a, b) and _ends_within(a, b),
    "started by": lambda a, b: _same_start(a, b) and _ends_within(b, a),
    "coincides": lambda a, b: _same_start(a, b) and _same_end(a, b),
}


def _relation(name: str, holds: Callable[[Range, Range], bool]) -> None:
    @built_in(name, "point1, point2", "point, range", "range, point", "range1, range2")
    def body(env: Environment, left: Any, right: Any) -> Any:
        a, b = _bounds(left), _bounds(right)
        ends = [end for end in (a.low, a.high, b.low, b.high) if end is not None]
        if not ends or any(op.order(ends[0], end) is None for end in ends):
            return None
        if name in ("finishes", "starts") and not isinstance(left, Range):
            edge, included = (b.high, b.high_included) if name == "finishes" else (b.low, b.low_included)
            return _same(left, edge) and included
        if name in ("finished by", "started by") and not isinstance(right, Range):
            edge, included = (a.high, a.high_included) if name == "finished by" else (a.low, a.low_included)
            return _same(right, edge) and included
        return holds(a, b)


for _name, _holds in _RELATIONS.items():
    _relation(_name, _holds)
