"""Syntax to closures. A compiled expression is a tree of small functions of the environment: nothing is parsed or
looked up by type twice, and nothing but FEEL can happen in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.feel import operations as op
from app.feel import syntax as s
from app.feel.errors import BudgetExceeded
from app.feel.evaluation import Environment
from app.feel.functions import BUILT_IN
from app.feel.values import Function, Range, YearsMonthsDuration, number, to_text

Closure = Callable[[Environment], Any]


def compile_node(node: s.Node) -> Closure:
    """The closure that works a node out."""
    return _COMPILERS[type(node)](node)


def free_names(node: s.Node, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names an expression reads from outside (the first part of each path)."""
    match node:
        case s.Name(name=name):
            return frozenset() if name in bound or name in BUILT_IN or name == "?" else frozenset({name})
        case s.ContextNode(entries=entries):
            found: frozenset[str] = frozenset()
            for key, value in entries:
                found |= free_names(value, bound)
                bound |= {key}
            return found
        case s.For(iterators=iterators, result=body) | s.Quantified(iterators=iterators, condition=body):
            found = frozenset()
            for name, source, end in iterators:
                found |= free_names(source, bound) | (free_names(end, bound) if end else frozenset())
                bound |= {name}
            return found | free_names(body, bound | {"partial"})
        case s.FunctionNode(parameters=parameters, body=body):
            return free_names(body, bound | set(parameters))
        case s.Filter(source=source, condition=condition):
            return free_names(source, bound) | free_names(condition, bound | {"item"})
    found = frozenset()
    for child in _children(node):
        found |= free_names(child, bound)
    return found


def _children(node: s.Node) -> list[s.Node]:
    found: list[s.Node] = []
    for value in vars(node).values():
        parts = value if isinstance(value, tuple) else (value,)
        for part in parts:
            if isinstance(part, tuple):
                part = part[-1]
            if isinstance(part, s.Node) and not isinstance(part, s.TypeNode):
                found.append(part)
    return found


# -- leaves


def _literal(node: s.Literal) -> Closure:
    value = node.value
    return lambda env: value


def _name(node: s.Name) -> Closure:
    name = node.name
    built_in = BUILT_IN.get(name)

    def read(env: Environment) -> Any:
        scope: Environment | None = env
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        if built_in is None:
            env.run.warn(f"there is no variable {name!r}")
        return built_in

    return read


def _path(node: s.Path) -> Closure:
    source, name = compile_node(node.source), node.name

    def read(env: Environment) -> Any:
        return step_into(source(env), name, env)

    return read


def step_into(value: Any, name: str, env: Environment) -> Any:
    """What ``value.name`` is: a context's entry, a list's entries, or a property of a date, duration or range."""
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
    elif isinstance(value, list | tuple):
        env.run.step(len(value))
        return [step_into(item, name, env) for item in value]
    else:
        found = _property(value, name)
        if found is not None:
            return found
    if value is not None:
        env.run.warn(f"{op.kind(value)} has no {name!r}")
    return None


_DATE_PARTS = ("year", "month", "day")
_TIME_PARTS = ("hour", "minute", "second")


def _property(value: Any, name: str) -> Any:
    match value:
        case date() | time():
            return _moment_property(value, name)
        case timedelta():
            return _duration_property(value, name)
        case YearsMonthsDuration():
            years, months = divmod(abs(value.months), 12)
            sign = -1 if value.months < 0 else 1
            return {"years": Decimal(sign * years), "months": Decimal(sign * months)}.get(name)
        case Range():
            return {
                "start": value.low,
                "end": value.high,
                "start included": value.low_included,
                "end included": value.high_included,
            }.get(name)
    return None


def _moment_property(value: date | time, name: str) -> Any:
    if isinstance(value, date) and name in _DATE_PARTS:
        return Decimal(getattr(value, name))
    if isinstance(value, date) and name == "weekday":
        return Decimal(value.isoweekday())
    if isinstance(value, datetime | time):
        if name in _TIME_PARTS:
            return Decimal(getattr(value, name))
        if name == "time offset":
            offset = value.utcoffset()
            return None if offset is None else op.DaysTimeDuration.of(offset)
        if name == "timezone":
            return getattr(value.tzinfo, "key", None)
    return None


def _duration_property(value: timedelta, name: str) -> Any:
    sign, length = (-1, -value) if value < timedelta(0) else (1, value)
    minutes, seconds = divmod(length.seconds, 60)
    parts = {"days": length.days, "hours": minutes // 60, "minutes": minutes % 60, "seconds": seconds}
    return Decimal(sign * parts[name]) if name in parts else None


# -- operators


def _arithmetic(node: s.Arithmetic) -> Closure:
    left, right, operation, sign = (
        compile_node(node.left),
        compile_node(node.right),
        op.ARITHMETIC[node.operator],
        node.operator,
    )

    def work(env: Environment) -> Any:
        env.run.step()
        a, b = left(env), right(env)
        if sign == "+" and isinstance(a, str) and isinstance(b, str):
            env.run.sized(len(a) + len(b))
        result = operation(a, b)
        if result is None:
            env.run.warn(f"{op.kind(a)} {sign} {op.kind(b)} has no value")
        return result

    return work


def _comparison(node: s.Comparison) -> Closure:
    left, right, sign = compile_node(node.left), compile_node(node.right), node.operator
    compare = op.compare

    def work(env: Environment) -> Any:
        env.run.step()
        a, b = left(env), right(env)
        result = compare(sign, a, b)
        if result is None:
            env.run.warn(f"{op.kind(a)} {sign} {op.kind(b)} can't be compared")
        return result

    return work


def _logic(node: s.Logic) -> Closure:
    left, right, decisive = compile_node(node.left), compile_node(node.right), node.operator == "or"

    def work(env: Environment) -> Any:
        env.run.step()
        a = left(env)
        if a is decisive:
            return decisive
        b = right(env)
        if b is decisive:
            return decisive
        return (not decisive) if isinstance(a, bool) and isinstance(b, bool) else None

    return work


def _negation(node: s.Negation) -> Closure:
    operand = compile_node(node.operand)
    return lambda env: op.negate(operand(env))


def _between(node: s.Between) -> Closure:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)

    def work(env: Environment) -> Any:
        env.run.step()
        point = value(env)
        return op.includes(Range(low(env), high(env), True, True), point) if point is not None else None

    return work


def _in(node: s.In) -> Closure:
    value, tests = compile_node(node.value), [compile_test(test) for test in node.tests]

    def work(env: Environment) -> Any:
        point = value(env)
        return any_of(tests, point, env.inner({"?": point}))

    return work


Test = Callable[[Any, Environment], Any]


def any_of(tests: list[Test], value: Any, env: Environment) -> bool | None:
    """Whether one of the tests holds: True, else None if one is unknown, else False."""
    outcome: bool | None = False
    for test in tests:
        result = test(value, env)
        if result is True:
            return True
        if result is None:
            outcome = None
    return outcome


def compile_test(node: s.Node) -> Test:
    """A unary test as a function of the tested value."""
    if not isinstance(node, s.Test):
        return _membership(compile_node(node), _mentions_value(node))
    operand, sign = compile_node(node.operand), node.operator
    if sign is None:
        return _membership(operand, _mentions_value(node.operand))

    def work(value: Any, env: Environment) -> Any:
        env.run.step()
        return op.compare(sign, value, operand(env))

    return work


def _mentions_value(node: s.Node) -> bool:
    return (isinstance(node, s.Name) and node.name == "?") or any(_mentions_value(child) for child in _children(node))


def _membership(operand: Closure, condition: bool) -> Test:
    def work(value: Any, env: Environment) -> Any:
        env.run.step()
        target = operand(env)
        if condition and isinstance(target, bool | None):
            return target is True
        return within(value, target)

    return work


def within(value: Any, target: Any) -> bool | None:
    """A value against what a test names: a range, a list (of values or ranges), or an equal value."""
    if isinstance(target, Range):
        return op.includes(target, value)
    if isinstance(target, list | tuple) and not isinstance(value, list):
        return any(within(value, item) is True for item in target)
    if isinstance(target, list) and any(isinstance(item, list) for item in target):
        return any(op.equal(value, item) is True for item in target) or op.equal(value, target) is True
    return op.equal(value, target)


def _test(node: s.Test) -> Closure:
    if node.operator is None:
        return compile_node(node.operand)
    operand, sign = compile_node(node.operand), node.operator

    def work(env: Environment) -> Any:
        bound = operand(env)
        if sign in ("<", "<="):
            return Range(None, bound, False, sign == "<=")
        if sign in (">", ">="):
            return Range(bound, None, sign == ">=", False)
        return Range(bound, bound, True, True) if sign == "=" else None

    return work


def _range(node: s.RangeNode) -> Closure:
    assert node.low is not None
    assert node.high is not None
    low, high, low_in, high_in = compile_node(node.low), compile_node(node.high), node.low_included, node.high_included

    def work(env: Environment) -> Any:
        a, b = low(env), high(env)
        if a is not None and b is not None and op.order(a, b) is None:
            env.run.warn(f"no range from {op.kind(a)} to {op.kind(b)}")
            return None
        return Range(a, b, low_in, high_in)

    return work


# -- structures


def _list(node: s.ListNode) -> Closure:
    items = [compile_node(item) for item in node.items]

    def work(env: Environment) -> Any:
        env.run.step(len(items) + 1)
        return [item(env) for item in items]

    return work


def _context(node: s.ContextNode) -> Closure:
    entries = [(key, compile_node(value)) for key, value in node.entries]

    def work(env: Environment) -> Any:
        env.run.step(len(entries) + 1)
        made: dict[str, Any] = {}
        inner = env.inner(made)
        for key, value in entries:
            if key in made:
                env.run.warn(f"the entry {key!r} stands twice")
                return None
            made[key] = value(inner)
        return made

    return work


def _filter(node: s.Filter) -> Closure:
    source, condition = compile_node(node.source), compile_node(node.condition)

    def work(env: Environment) -> Any:
        value = source(env)
        if value is None:
            items: list[Any] = []
        else:
            items = list(value) if isinstance(value, list | tuple) else [value]
        env.run.step(len(items) + 1)
        if not items:
            index = number(condition(env.inner({"item": None})))
            return None if index is not None else []
        chosen = []
        for item in items:
            names = (
                {**item, "item": item}
                if isinstance(item, Mapping) and "item" not in item
                else item
                if isinstance(item, Mapping)
                else {"item": item}
            )
            outcome = condition(env.inner(names))
            position = number(outcome)
            if position is not None:
                return _at(items, position, env)
            if outcome is True:
                chosen.append(item)
        return chosen

    return work


def _at(items: list[Any], position: Decimal, env: Environment) -> Any:
    index = int(position) if position == position.to_integral_value() else 0
    if index == 0 or abs(index) > len(items):
        env.run.warn(f"the list has no item {to_text(position)}")
        return None
    return items[index - 1 if index > 0 else index]


def _if(node: s.If) -> Closure:
    condition, then, otherwise = compile_node(node.condition), compile_node(node.then), compile_node(node.otherwise)

    def work(env: Environment) -> Any:
        env.run.step()
        return then(env) if condition(env) is True else otherwise(env)

    return work


def _sources(iterators: tuple[tuple[str, s.Node, s.Node | None], ...]) -> Callable[[Environment, int], Any]:
    compiled = [(name, compile_node(source), compile_node(end) if end else None) for name, source, end in iterators]

    def walk(env: Environment, level: int = 0) -> Any:
        """Yield an environment for each combination, or None when a source isn't iterable."""
        if level == len(compiled):
            yield env
            return
        name, source, end = compiled[level]
        items = _iterated(source(env), end(env) if end else None, end is not None, env)
        if items is None:
            yield None
            return
        for item in items:
            env.run.step()
            yield from walk(env.inner({name: item}), level + 1)

    return walk


def _iterated(value: Any, end: Any, ranged: bool, env: Environment) -> Any:
    if isinstance(value, Range) and not ranged:
        value, end, ranged = value.low, value.high, True
        # An open end leaves its bound out.
    if not ranged:
        return value if isinstance(value, list | tuple) else None if value is None else [value]
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(end, date):
        step = 1 if end >= value else -1
        return (value + timedelta(days=step * n) for n in range(abs((end - value).days) + 1))
    low, high = number(value), number(end)
    if low is None or high is None or low != low.to_integral_value() or high != high.to_integral_value():
        env.run.warn("a range to iterate over needs whole numbers or dates")
        return None
    direction = 1 if high >= low else -1
    return map(Decimal, range(int(low), int(high) + direction, direction))


def _for(node: s.For) -> Closure:
    walk, result = _sources(node.iterators), compile_node(node.result)

    def work(env: Environment) -> Any:
        partial: list[Any] = []
        for scope in walk(env.inner({"partial": partial}), 0):
            if scope is None:
                return None
            env.run.sized(len(partial))
            partial.append(result(scope))
        return partial

    return work


def _quantified(node: s.Quantified) -> Closure:
    walk, condition, every = _sources(node.iterators), compile_node(node.condition), node.every

    def work(env: Environment) -> Any:
        outcome: bool | None = every
        for scope in walk(env, 0):
            result = None if scope is None else condition(scope)
            if result is (not every):
                return not every
            if not isinstance(result, bool):
                outcome = None
        return outcome

    return work


# -- functions


def _function(node: s.FunctionNode) -> Closure:
    parameters, body = node.parameters, compile_node(node.body)

    def make(env: Environment) -> Function:
        def call(caller: Environment, *values: Any) -> Any:
            return body(env.inner(dict(zip(parameters, values, strict=True))))

        return Function(parameters, call)

    return make


def _call(node: s.Call) -> Closure:
    function = compile_node(node.function)
    positional = [compile_node(argument) for argument in node.positional]
    named = [(name, compile_node(argument)) for name, argument in node.named]

    def work(env: Environment) -> Any:
        target = function(env)
        if not isinstance(target, Function):
            env.run.warn(f"{op.kind(target)} can't be called")
            return None
        if named:
            return invoke_named(target, {name: argument(env) for name, argument in named}, env)
        return invoke(target, [argument(env) for argument in positional], env)

    return work


def invoke(target: Function, values: list[Any], env: Environment) -> Any:
    """Call a function with positional values; None and a warning when they don't fit."""
    run = env.run
    run.step()
    run.depth += 1
    if run.depth > run.budget.depth:
        raise BudgetExceeded(f"functions call each other more than {run.budget.depth} deep")
    try:
        if "*" not in target.parameters and len(values) != len(target.parameters):
            run.warn(f"{target.name} takes {len(target.parameters)} values, not {len(values)}")
            return None
        return target.call(env, *values)
    finally:
        run.depth -= 1


def invoke_named(target: Function, values: dict[str, Any], env: Environment) -> Any:
    """Call a function with named values."""
    by_name = getattr(target.call, "named", None)
    if by_name is not None:
        env.run.step()
        return by_name(env, values)
    if set(values) != set(target.parameters):
        env.run.warn(f"{target.name} has the parameters {', '.join(target.parameters)}")
        return None
    return invoke(target, [values[name] for name in target.parameters], env)


def _instance(node: s.InstanceOf) -> Closure:
    value, wanted = compile_node(node.value), node.type
    return lambda env: conforms(value(env), wanted)


def conforms(value: Any, wanted: s.TypeNode) -> bool:
    """Whether a value is of a type (DMN 1.5, section 10.3.2.9)."""
    if value is None:
        return wanted.name == "Null"
    if wanted.name == "Any":
        return True
    actual = op.kind(value)
    if wanted.name == "list":
        return actual == "list" and (not wanted.parts or all(conforms(item, wanted.parts[0][1]) for item in value))
    if wanted.name == "range":
        return actual == "range" and (
            not wanted.parts
            or all(conforms(end, wanted.parts[0][1]) for end in (value.low, value.high) if end is not None)
        )
    if wanted.name == "context":
        return actual == "context" and all(key in value and conforms(value[key], part) for key, part in wanted.parts)
    return actual == wanted.name


_COMPILERS: dict[type, Callable[[Any], Closure]] = {
    s.Literal: _literal,
    s.Name: _name,
    s.Path: _path,
    s.Filter: _filter,
    s.Call: _call,
    s.Negation: _negation,
    s.Arithmetic: _arithmetic,
    s.Comparison: _comparison,
    s.Logic: _logic,
    s.Between: _between,
    s.In: _in,
    s.Test: _test,
    s.RangeNode: _range,
    s.ListNode: _list,
    s.ContextNode: _context,
    s.If: _if,
    s.For: _for,
    s.Quantified: _quantified,
    s.FunctionNode: _function,
    s.InstanceOf: _instance,
}
