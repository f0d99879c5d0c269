"""Names, paths and filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.feel import syntax as s
from app.feel import temporal as t
from app.feel.compiling.nodes import Closure, compile_node, compiles
from app.feel.evaluation import Environment
from app.feel.functions import BUILT_IN
from app.feel.values import brief, kind, number


@compiles(s.Name)
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


@compiles(s.Path)
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
        return [None if item is None else step_into(item, name, env) for item in value]
    else:
        read = _PROPERTIES.get(kind(value), {}).get(name)
        if read is not None:
            return read(value)
    if value is not None:
        env.run.warn(f"{kind(value)} has no {name!r}")
    return None


def _attribute(name: str) -> Callable[[Any], Decimal]:
    return lambda value: Decimal(getattr(value, name))


def _offset(value: Any) -> Any:
    offset = t.offset_of(value)
    return None if offset is None else t.DaysTimeDuration.of(offset)


def _part(seconds: int, modulus: int | None) -> Callable[[Any], Decimal]:
    """A duration's whole units of so many seconds, less those of the next larger unit."""

    def read(value: Any) -> Decimal:
        length = t.nanoseconds(value)
        units = abs(length) // (seconds * t.SECOND)
        return Decimal((units if modulus is None else units % modulus) * (-1 if length < 0 else 1))

    return read


_OF_DATES = {
    **{name: _attribute(name) for name in ("year", "month", "day")},
    "weekday": lambda value: Decimal(t.weekday(value)),
}
_OF_TIMES: dict[str, Callable[[Any], Any]] = {
    **{name: _attribute(name) for name in ("hour", "minute", "second")},
    "time offset": _offset,
    "timezone": lambda value: getattr(value.tzinfo, "key", None),
}
_PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": dict(_OF_DATES),
    "time": _OF_TIMES,
    "date and time": {**_OF_DATES, **_OF_TIMES},
    "days and time duration": {
        "days": _part(86_400, None),
        "hours": _part(3600, 24),
        "minutes": _part(60, 60),
        "seconds": _part(1, 60),
    },
    "years and months duration": {
        "years": lambda value: Decimal(abs(value.months) // 12 * (-1 if value.months < 0 else 1)),
        "months": lambda value: Decimal(abs(value.months) % 12 * (-1 if value.months < 0 else 1)),
    },
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_included,
        "end included": lambda value: value.high_included,
    },
}
LONG_PROPERTIES = ("time offset", "start included", "end included")


@compiles(s.Filter)
def _filter(node: s.Filter) -> Closure:
    source, condition = compile_node(node.source), compile_node(node.condition)

    def work(env: Environment) -> Any:
        value = source(env)
        items = value if isinstance(value, list | tuple) else [] if value is None else [value]
        env.run.step(len(items) + 1)
        chosen = []
        for item in items or (None,):
            scope = env.inner({"item": item})
            outcome = condition(scope.inner(item) if isinstance(item, Mapping) else scope)
            if outcome is True and items:
                chosen.append(item)
            elif outcome is not True and outcome is not False and outcome is not None:
                return _at(items, outcome, env)
        return chosen

    return work


def _at(items: Any, outcome: Any, env: Environment) -> Any:
    position = number(outcome)
    if position is None:
        env.run.warn(f"a filter needs a boolean or a number, not {kind(outcome)}")
        return None
    index = int(position)
    if index == 0 or abs(index) > len(items):
        env.run.warn(f"the list has no item {brief(position)}")
        return None
    return items[index - 1 if index > 0 else index]
