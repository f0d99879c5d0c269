"""List functions (DMN 1.5, tables 75 and 78)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from app.feel import operations as op
from app.feel.evaluation import Environment, invoke
from app.feel.functions.signatures import built_in
from app.feel.values import DECIMAL128, Function, number

_ONE_OR_MANY = ("list: list", "*c: any")
"""An aggregate's signatures: one list, or the items themselves."""


def _items(values: tuple[Any, ...]) -> list[Any]:
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


@built_in("list contains", "list: list, element: any")
def _list_contains(env: Environment, items: list[Any], element: Any) -> Any:
    env.run.weigh(items)
    return any(op.same(item, element) for item in items)


@built_in("count", "list: list")
def _count(_env: Environment, items: list[Any]) -> Any:
    return Decimal(len(items))


# -- aggregates


def _extreme(name: str, wanted: int) -> None:
    @built_in(name, *_ONE_OR_MANY)
    def body(_env: Environment, *values: Any) -> Any:
        items = _items(values)
        if not items or op.order(items[0], items[0]) is None:
            return None
        best = items[0]
        for item in items[1:]:
            sign = op.order(item, best)
            if sign is None:
                return None
            if sign == wanted:
                best = item
        return best


_extreme("min", -1)
_extreme("max", 1)


def _over_numbers(name: str, result: Callable[[list[Decimal]], Any], *, of_none: Any = None) -> None:
    @built_in(name, *_ONE_OR_MANY)
    def body(_env: Environment, *values: Any) -> Any:
        numbers = [number(item) for item in _items(values)]
        if not numbers:
            return of_none
        try:
            return None if None in numbers else result(numbers)  # type: ignore[arg-type]
        except ArithmeticError:
            return None


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
    """The deviation of a sample."""
    if len(numbers) < 2:
        return None
    mean = _mean(numbers)
    squares = _sum([DECIMAL128.power(DECIMAL128.subtract(item, mean), 2) for item in numbers])
    return DECIMAL128.sqrt(DECIMAL128.divide(squares, Decimal(len(numbers) - 1)))


def _mode(numbers: list[Decimal]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for item in numbers:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return sorted(item for item, times in counts.items() if times == most)


_over_numbers("sum", _sum)
_over_numbers("product", _product)
_over_numbers("mean", _mean)
_over_numbers("median", _median)
_over_numbers("stddev", _deviation)
_over_numbers("mode", _mode, of_none=[])


def _quantifier(name: str, decisive: bool) -> None:
    @built_in(name, *_ONE_OR_MANY)
    def body(_env: Environment, *values: Any) -> Any:
        items = _items(values)
        if any(item is not None and not isinstance(item, bool) for item in items):
            return None
        if decisive in items:
            return decisive
        return None if None in items else not decisive


_quantifier("all", False)
_quantifier("any", True)


# -- parts


def _index(items: list[Any], position: Any) -> int | None:
    """A position from 1, or from -1 at the end, as Python's index; None outside the list."""
    place = int(position)
    if place == 0 or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@built_in("sublist", "list: list, start position: number, length?: number")
def _sublist(_env: Environment, items: list[Any], start: Any, length: Any = None) -> Any:
    index, size = _index(items, start), None if length is None else int(length)
    if index is None or (size is not None and size < 1):
        return None
    return items[index:] if size is None else items[index : index + size]


@built_in("append", "list: list, *item: any")
def _append(env: Environment, items: list[Any], *more: Any) -> Any:
    env.run.sized(len(items) + len(more))
    return [*items, *more]


@built_in("concatenate", "*list: list")
def _concatenate(env: Environment, *lists: list[Any]) -> Any:
    env.run.sized(sum(map(len, lists)))
    return [item for items in lists for item in items]


@built_in("insert before", "list: list, position: number, newItem: any")
def _insert_before(env: Environment, items: list[Any], position: Any, item: Any) -> Any:
    index = _index(items, position)
    if index is None:
        return None
    env.run.sized(len(items) + 1)
    return [*items[:index], item, *items[index:]]


@built_in("remove", "list: list, position: number")
def _remove(_env: Environment, items: list[Any], position: Any) -> Any:
    index = _index(items, position)
    return None if index is None else [*items[:index], *items[index + 1 :]]


@built_in("list replace", "list: list, position: number, newItem: any", "list: list, match: function, newItem: any")
def _list_replace(env: Environment, items: list[Any], where: Any, item: Any) -> Any:
    if isinstance(where, Function):
        chosen = [invoke(where, [old, item], env) for old in items]
        if any(not isinstance(choice, bool) for choice in chosen):
            return None
        return [item if choice else old for old, choice in zip(items, chosen, strict=True)]
    index = _index(items, where)
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


@built_in("reverse", "list: list")
def _reverse(_env: Environment, items: list[Any]) -> Any:
    return items[::-1]


@built_in("index of", "list: list, match: any")
def _index_of(env: Environment, items: list[Any], match: Any) -> Any:
    env.run.weigh(items)
    return [Decimal(index) for index, item in enumerate(items, 1) if op.same(item, match)]


def _distinct(env: Environment, items: list[Any]) -> list[Any]:
    each = env.run.weigh(items) // (4 * len(items) + 1) + 1
    kept: list[Any] = []
    for item in items:
        env.run.step(len(kept) * each // 4 + 1)
        if not any(op.same(item, other) for other in kept):
            kept.append(item)
    return kept


@built_in("distinct values", "list: list")
def _distinct_values(env: Environment, items: list[Any]) -> Any:
    return _distinct(env, items)


@built_in("union", "*list: list")
def _union(env: Environment, *lists: list[Any]) -> Any:
    return _distinct(env, _concatenate(env, *lists))


@built_in("duplicate values", "list: list")
def _duplicates(env: Environment, items: list[Any]) -> Any:
    each = env.run.weigh(items) // (4 * len(items) + 1) + 1
    repeated = []
    for item in _distinct(env, items):
        env.run.step(len(items) * each // 4 + 1)
        if sum(op.same(item, other) for other in items) > 1:
            repeated.append(item)
    return repeated


@built_in("flatten", "list: list")
def _flatten(env: Environment, items: list[Any]) -> Any:
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


@built_in("sort", "list: list, precedes?: function")
def _sort(env: Environment, items: list[Any], precedes: Function | None = None) -> Any:
    if precedes is None:
        if any(op.order(items[0], item) is None for item in items):
            return None
        return sorted(items, key=cmp_to_key(lambda a, b: op.order(a, b) or 0))

    def compare(a: Any, b: Any) -> int:
        if invoke(precedes, [a, b], env) is True:
            return -1
        return 1 if invoke(precedes, [b, a], env) is True else 0

    return sorted(items, key=cmp_to_key(compare))
