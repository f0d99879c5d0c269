"""What can be said about conditions without running anything: that two never hold together, that one of several always does.

Only plain comparisons are understood. Everything else may hold or not, alone or together.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations
from typing import Any

from app import feel
from app.engine.spiff.sources import Source
from app.feel import syntax as s

Shape = tuple[Any, ...]
"""An expression without its places: nested tuples that are equal when the expressions say the same."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def never_together(one: Source, other: Source) -> bool:
    """Whether two conditions can't both be true."""
    left, right = _node(one), _node(other)
    return left is not None and right is not None and _exclude(left, right)


def one_always_holds(conditions: Iterable[Source]) -> bool:
    """Whether at least one of the conditions is true, whatever the variables are (null included)."""
    nodes = [node for node in map(_node, conditions) if node is not None]
    if any(isinstance(node, s.Literal) and node.value is True for node in nodes):
        return True
    return any(_complement(a, b) for a, b in combinations(nodes, 2))


def _node(source: Source) -> s.Node | None:
    return feel.parse(source.text[1:]) if source.expression is not None else None


def _shape(node: Any) -> Shape:
    if isinstance(node, s.Node):
        return (type(node).__name__, *(_shape(value) for name, value in vars(node).items() if name != "at"))
    if isinstance(node, tuple):
        return tuple(_shape(part) for part in node)
    return (type(node).__name__, node)


def _negated(node: s.Node) -> s.Node | None:
    """What ``not(…)`` negates; None when it is no negation."""
    if (
        isinstance(node, s.Call)
        and isinstance(node.function, s.Name)
        and node.function.name == "not"
        and len(node.positional) == 1
    ):
        return node.positional[0]
    return None


def _exclude(a: s.Node, b: s.Node) -> bool:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, s.Logic):
            parts = [_exclude(part, other) for part in one.operands]
            if any(parts) if one.operator == "and" else all(parts):
                return True
        negated = _negated(one)
        if negated is not None and _shape(negated) == _shape(other):
            return True
    return _compared_apart(a, b)


def _compared_apart(a: s.Node, b: s.Node) -> bool:
    one, other = _comparison(a), _comparison(b)
    if one is None or other is None or one[0] != other[0]:
        return False
    (_, operator, left), (_, second, right) = one, other
    if {operator, second} == {"=", "!="}:
        return _shape(left) == _shape(right)
    if operator == second == "=":
        return bool(type(left) is type(right) and left != right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _ranges_apart(operator, left, second, right)
    return False


def _ranges_apart(operator: str, bound: Decimal, second: str, other: Decimal) -> bool:
    if operator in (">", ">=") or second in ("<", "<="):
        operator, bound, second, other = second, other, operator, bound
    upper, lower = operator in ("<", "<=", "="), second in (">", ">=", "=")
    if not upper or not lower:
        return False
    return bound < other or (bound == other and (operator == "<" or second == ">"))


def _comparison(node: s.Node) -> tuple[Shape, str, Any] | None:
    """What is compared, how, and with which literal. A bare name is compared with true."""
    if isinstance(node, s.Comparison):
        if isinstance(node.right, s.Literal):
            return _shape(node.left), node.operator, node.right.value
        if isinstance(node.left, s.Literal):
            return _shape(node.right), _MIRRORED[node.operator], node.left.value
        return None
    if isinstance(node, s.Name | s.Path):
        return _shape(node), "=", True
    return None


def _complement(a: s.Node, b: s.Node) -> bool:
    """Whether one is ``x = y`` and the other ``x != y``: of these one holds even when x is null."""
    one, other = _equality(a), _equality(b)
    return one is not None and other is not None and one[0] != other[0] and one[1] == other[1]


def _equality(node: s.Node) -> tuple[bool, frozenset[Shape]] | None:
    negated = _negated(node)
    if negated is not None:
        found = _equality(negated)
        return (not found[0], found[1]) if found is not None else None
    if isinstance(node, s.Comparison) and node.operator in ("=", "!="):
        return node.operator == "=", frozenset({_shape(node.left), _shape(node.right)})
    return None
