"""Lists, contexts, conditions and iterations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from app.feel import syntax as s
from app.feel import temporal as t
from app.feel.compiling.nodes import Closure, compile_node, compiles
from app.feel.evaluation import Environment
from app.feel.values import Range, brief, kind, number


@compiles(s.ListNode)
def _list(node: s.ListNode) -> Closure:
    items = [compile_node(item) for item in node.items]

    def work(env: Environment) -> Any:
        env.run.step(len(items) + 1)
        return [item(env) for item in items]

    return work


@compiles(s.ContextNode)
def _context(node: s.ContextNode) -> Closure:
    entries = [(key, compile_node(value)) for key, value in node.entries]
    result = compile_node(node.result) if node.result is not None else None
    repeated = sorted({key for key, _ in entries if sum(key == other for other, _ in entries) > 1})

    def work(env: Environment) -> Any:
        env.run.step(len(entries) + 1)
        if repeated:
            env.run.warn(f"the entry {repeated[0]!r} stands twice")
            return None
        made: dict[str, Any] = {}
        inner = env.inner(made)
        for key, value in entries:
            made[key] = value(inner)
        return made if result is None else result(inner)

    return work


@compiles(s.If)
def _if(node: s.If) -> Closure:
    condition, then, otherwise = compile_node(node.condition), compile_node(node.then), compile_node(node.otherwise)

    def work(env: Environment) -> Any:
        env.run.step()
        outcome = condition(env)
        if outcome is True:
            return then(env)
        if outcome is not False and outcome is not None:
            env.run.warn(f"a condition has to be a boolean, not {kind(outcome)}")
            return None
        return otherwise(env)

    return work


# -- iterations


class _NotIterable(Exception):
    """A source that can't be gone through."""


Walk = Callable[[Environment], Iterator[Environment]]


def _walk(iterations: tuple[s.Iteration, ...]) -> Walk:
    """Goes through all combinations, the last iterator fastest; each gives a scope."""
    compiled = [
        (iteration.name, compile_node(iteration.source), compile_node(iteration.end) if iteration.end else None)
        for iteration in iterations
    ]

    def walk(env: Environment, level: int = 0) -> Iterator[Environment]:
        if level == len(compiled):
            yield env
            return
        name, source, end = compiled[level]
        for item in _items(source(env), end(env), env) if end is not None else _sequence(source(env), env):
            env.run.step()
            yield from walk(env.inner({name: item}), level + 1)

    return walk


def _sequence(value: Any, env: Environment) -> Iterable[Any]:
    if isinstance(value, Range):
        low, high = value.low, value.high
        items = _items(low, high, env)
        return _within(items, None if value.low_included else low, None if value.high_included else high)
    if value is None:
        env.run.warn("there is nothing to go through: null")
        raise _NotIterable
    return value if isinstance(value, list | tuple) else [value]


def _within(items: Iterable[Any], *excluded: Any) -> Iterable[Any]:
    return (item for item in items if item not in excluded)


def _items(low: Any, high: Any, env: Environment) -> Iterable[Any]:
    """Whole numbers or days from one to the other, up or down."""
    if t.is_date(low) and t.is_date(high):
        first, last = t.day_number(low), t.day_number(high)
        return _days(_count(first, last), env)
    start, end = number(low), number(high)
    if start is None or end is None or start != start.to_integral_value() or end != end.to_integral_value():
        env.run.warn(f"only whole numbers and dates can be counted, not from {brief(low)} to {brief(high)}")
        raise _NotIterable
    return map(Decimal, _count(int(start), int(end)))


def _days(numbers: range, env: Environment) -> Iterator[Any]:
    for found in numbers:
        env.run.step(4)  # a day takes longer to make than a number
        yield t.day_of_number(found)


def _count(first: int, last: int) -> range:
    step = 1 if last >= first else -1
    return range(first, last + step, step)


def _keeps_partial(node: s.Node) -> bool:
    """Whether a result may hold on to ``partial`` itself, not only to some of its items."""
    if isinstance(node, s.Filter) and isinstance(node.source, s.Name):
        return _keeps_partial(node.condition)
    return (isinstance(node, s.Name) and node.name == "partial") or any(map(_keeps_partial, s.children(node)))


@compiles(s.For)
def _for(node: s.For) -> Closure:
    walk, result, kept = _walk(node.iterators), compile_node(node.result), _keeps_partial(node.result)

    def work(env: Environment) -> Any:
        made: list[Any] = []
        names = {"partial": made}
        size = env.run.budget.size
        try:
            for scope in walk(env.inner(names)):
                if len(made) >= size:
                    env.run.sized(len(made) + 1)
                if kept:
                    env.run.step(len(made) >> 5)
                    names["partial"] = made.copy()
                made.append(result(scope))
        except _NotIterable:
            return None
        return made

    return work


@compiles(s.Quantified)
def _quantified(node: s.Quantified) -> Closure:
    walk, condition, decisive = _walk(node.iterators), compile_node(node.condition), not node.every

    def work(env: Environment) -> Any:
        known = True
        try:
            for scope in walk(env):
                outcome = condition(scope)
                if outcome is decisive:
                    return decisive
                if outcome is None:
                    known = False
                elif outcome is not (not decisive):
                    env.run.warn(f"what is to be satisfied has to be a boolean, not {kind(outcome)}")
                    return None
        except _NotIterable:
            return None
        return (not decisive) if known else None

    return work
