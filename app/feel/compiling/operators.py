"""Literals, operators and typed values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from app.feel import operations as op
from app.feel import syntax as s
from app.feel.compiling.nodes import Closure, compile_node, compiles
from app.feel.evaluation import Environment
from app.feel.functions.ranges import between
from app.feel.types import coerce
from app.feel.values import Range, kind

_PLAIN_ORDERS = {"<": lt, "<=": le, ">": gt, ">=": ge}
_PLAINLY_ORDERED = frozenset({Decimal, int, str, date})


@compiles(s.Literal)
def _literal(node: s.Literal) -> Closure:
    value = node.value
    return lambda _env: value


@compiles(s.Native)
def _native(node: s.Native) -> Closure:
    return node.closure


@compiles(s.Arithmetic)
def _arithmetic(node: s.Arithmetic) -> Closure:
    first = compile_node(node.first)
    rest = [(sign, op.ARITHMETIC[sign], compile_node(operand)) for sign, operand in node.rest]

    def work(env: Environment) -> Any:
        value = first(env)
        for sign, operation, operand in rest:
            env.run.step()
            other = operand(env)
            if type(value) is str and type(other) is str:
                env.run.sized(len(value) + len(other))
            result = operation(value, other)
            if result is None:
                env.run.warn(f"{kind(value)} {sign} {kind(other)} has no value")
            value = result
        return value

    return work


@compiles(s.Negation)
def _negation(node: s.Negation) -> Closure:
    operand = compile_node(node.operand)

    def work(env: Environment) -> Any:
        value = operand(env)
        result = op.negate(value)
        if result is None:
            env.run.warn(f"{kind(value)} has no opposite")
        return result

    return work


@compiles(s.Comparison)
def _comparison(node: s.Comparison) -> Closure:
    left, right, sign = compile_node(node.left), compile_node(node.right), node.operator
    compare, plain = op.COMPARISONS[sign], _PLAIN_ORDERS.get(sign)

    def work(env: Environment) -> Any:
        env.run.step()
        a, b = left(env), right(env)
        if plain is not None and type(a) is type(b) and type(a) in _PLAINLY_ORDERED:
            if type(a) is str:
                env.run.step(min(len(a), len(b)) >> 10)
            return plain(a, b)
        env.run.weigh(a)
        env.run.weigh(b)
        result = compare(a, b)
        if result is None:
            env.run.warn(f"{kind(a)} {sign} {kind(b)} can't be compared")
        return result

    return work


@compiles(s.Logic)
def _logic(node: s.Logic) -> Closure:
    operands, decisive = [compile_node(operand) for operand in node.operands], node.operator == "or"

    def work(env: Environment) -> Any:
        env.run.step(len(operands))
        known = True
        for operand in operands:
            value = operand(env)
            if value is decisive:
                return decisive
            known = known and value is (not decisive)
        return (not decisive) if known else None

    return work


@compiles(s.Between)
def _between(node: s.Between) -> Closure:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)
    at_least, at_most = op.COMPARISONS[">="], op.COMPARISONS["<="]

    def work(env: Environment) -> Any:
        env.run.step()
        point, bottom, top = value(env), low(env), high(env)
        above, below = at_least(point, bottom), at_most(point, top)
        if above is None or below is None:
            env.run.warn(f"{kind(point)} between {kind(bottom)} and {kind(top)} can't be compared")
            return None
        return above and below

    return work


@compiles(s.Test)
def _test(node: s.Test) -> Closure:
    operand, sign = compile_node(node.operand), node.operator

    def work(env: Environment) -> Any:
        bound = operand(env)
        if sign in ("<", "<="):
            return Range(None, bound, False, sign == "<=", sign)
        if sign in (">", ">="):
            return Range(bound, None, sign == ">=", False, sign)
        return Range(bound, bound, sign == "=", sign == "=", sign)

    return work


@compiles(s.RangeNode)
def _range(node: s.RangeNode) -> Closure:
    low, high, low_in, high_in = compile_node(node.low), compile_node(node.high), node.low_included, node.high_included

    def work(env: Environment) -> Any:
        env.run.step()
        return between(env, low(env), high(env), low_in, high_in)

    return work


@compiles(s.InstanceOf)
def _instance(node: s.InstanceOf) -> Closure:
    value, wanted = compile_node(node.value), node.type

    def work(env: Environment) -> Any:
        found = value(env)
        env.run.weigh(found)
        return wanted.name == "null" if found is None else wanted.holds(found)

    return work


@compiles(s.Typed)
def _typed(node: s.Typed) -> Closure:
    value, wanted, what = compile_node(node.value), node.type, node.what

    def work(env: Environment) -> Any:
        found = value(env)
        if found is None:
            return None
        env.run.weigh(found)
        made = coerce(found, wanted)
        if made is None:
            env.run.warn(f"{what} should be {wanted.name}, not {kind(found)}, or isn't allowed")
        return made

    return work
