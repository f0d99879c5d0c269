"""Range functions (DMN 1.5, tables 79 and 80)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.feel import operations as op
from app.feel import syntax as s
from app.feel.errors import FeelSyntaxError
from app.feel.evaluation import Environment, invoke
from app.feel.functions.signatures import BUILT_IN, built_in
from app.feel.parsing import parse
from app.feel.values import Range, brief, kind

_MAKERS = frozenset({"date", "time", "date and time", "duration"})


@built_in("range", "from: string")
def _range(env: Environment, text: str) -> Any:
    """The range that a text writes with literal ends."""
    try:
        node = parse(text, ("date and time",))
    except FeelSyntaxError as wrong:
        env.run.warn(f"{text!r} is no range: {wrong}")
        return None
    if not isinstance(node, s.RangeNode) or not (_is_literal(node.low) and _is_literal(node.high)):
        env.run.warn(f"{text!r} is no range of literals")
        return None
    return between(env, _worth(env, node.low), _worth(env, node.high), node.low_included, node.high_included)


def _is_literal(node: s.Node) -> bool:
    match node:
        case s.Literal():
            return True
        case s.Negation(operand=s.Literal()):
            return True
        case s.Call(function=s.Name(name=name), positional=(s.Literal(value=str()),), named=()):
            return name in _MAKERS
    return False


def _worth(env: Environment, node: s.Node) -> Any:
    """The value of one of those literals."""
    match node:
        case s.Literal(value=value):
            return value
        case s.Negation(operand=s.Literal(value=value)):
            opposite = op.negate(value)
            if opposite is None:
                env.run.warn(f"{kind(value)} has no opposite")
            return opposite
        case s.Call(function=s.Name(name=name), positional=(s.Literal(value=text),)):
            return invoke(BUILT_IN[name], [text], env)
    raise AssertionError(node)


def between(env: Environment, low: Any, high: Any, low_included: bool, high_included: bool) -> Range | None:
    """The range between two values; None for two nulls, and with a warning where the first does not come first."""
    if low is None and high is None:
        return None
    if low is not None and high is not None and op.order(low, high) in (None, 1):
        env.run.warn(f"there is no range from {brief(low)} to {brief(high)}")
        return None
    return Range(low, high, low_included, high_included)


# -- relations of points and ranges


def _bounds(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value, True, True)


def _less(a: Any, b: Any) -> bool:
    return op.order(a, b) == -1


def _meet(a: Any, b: Any) -> bool:
    return op.order(a, b) == 0


def _before(a: Range, b: Range) -> bool:
    return _less(a.high, b.low) or (_meet(a.high, b.low) and not (a.high_included and b.low_included))


def _starts_within(a: Range, b: Range) -> bool:
    """Whether a doesn't begin before b does."""
    if b.low is None:
        return True
    return _less(b.low, a.low) or (_meet(a.low, b.low) and (b.low_included or not a.low_included))


def _ends_within(a: Range, b: Range) -> bool:
    """Whether a doesn't end after b does."""
    if b.high is None:
        return True
    return _less(a.high, b.high) or (_meet(a.high, b.high) and (b.high_included or not a.high_included))


def _same_start(a: Range, b: Range) -> bool:
    return _starts_within(a, b) and _starts_within(b, a)


def _same_end(a: Range, b: Range) -> bool:
    return _ends_within(a, b) and _ends_within(b, a)


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _overlaps(a, b) and not _starts_within(a, b) and _ends_within(a, b)


def _meets(a: Range, b: Range) -> bool:
    return _meet(a.high, b.low) and a.high_included and b.low_included


def _finishes(a: Range, b: Range) -> bool:
    return _same_end(a, b) and _starts_within(a, b)


def _starts(a: Range, b: Range) -> bool:
    return _same_start(a, b) and _ends_within(a, b)


def _during(a: Range, b: Range) -> bool:
    return _starts_within(a, b) and _ends_within(a, b)


def _point_finishes(a: Range, b: Range) -> bool:
    return _meet(a.high, b.high) and b.high_included


def _point_starts(a: Range, b: Range) -> bool:
    return _meet(a.low, b.low) and b.low_included


_POINTS = "point1: any, point2: any"
_POINT_RANGE = "point: any, range: range"
_RANGE_POINT = "range: range, point: any"
_RANGES = "range1: range, range2: range"

Relation = Callable[[Range, Range], bool]


def _relation(name: str, *signatures: str, holds: Relation, of_point: Relation | None = None) -> None:
    @built_in(name, *signatures)
    def body(_env: Environment, left: Any, right: Any) -> Any:
        a, b = _bounds(left), _bounds(right)
        if not _is_known(a, b):
            return None
        is_range = isinstance(left, Range) and isinstance(right, Range)
        return (holds if is_range or of_point is None else of_point)(a, b)


def _is_known(a: Range, b: Range) -> bool:
    """Whether the ends are there, unless a comparison leaves one open, and can be compared."""
    if any(end is None for ends in (a, b) if ends.operator is None for end in (ends.low, ends.high)):
        return False
    ends = [end for end in (a.low, a.high, b.low, b.high) if end is not None]
    return all(op.order(ends[0], end) is not None for end in ends)


def _turned(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


_relation("before", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES, holds=_before)
_relation("after", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES, holds=_turned(_before))
_relation("meets", _RANGES, holds=_meets)
_relation("met by", _RANGES, holds=_turned(_meets))
_relation("overlaps", _RANGES, holds=_overlaps)
_relation("overlaps before", _RANGES, holds=_overlaps_before)
_relation("overlaps after", _RANGES, holds=_turned(_overlaps_before))
_relation("finishes", _POINT_RANGE, _RANGES, holds=_finishes, of_point=_point_finishes)
_relation("finished by", _RANGE_POINT, _RANGES, holds=_turned(_finishes), of_point=_turned(_point_finishes))
_relation("includes", _RANGE_POINT, _RANGES, holds=_turned(_during))
_relation("during", _POINT_RANGE, _RANGES, holds=_during)
_relation("starts", _POINT_RANGE, _RANGES, holds=_starts, of_point=_point_starts)
_relation("started by", _RANGE_POINT, _RANGES, holds=_turned(_starts), of_point=_turned(_point_starts))
_relation("coincides", _POINTS, _RANGES, holds=lambda a, b: _same_start(a, b) and _same_end(a, b))
