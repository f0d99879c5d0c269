"""``in`` and unary tests (DMN 1.5, section 7.3.3 and table 55)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.feel import operations as op
from app.feel import syntax as s
from app.feel.compiling.nodes import Closure, compile_node, compiles
from app.feel.evaluation import Environment
from app.feel.values import Range

UnaryTest = Callable[[Any, Environment], Any]
"""A test as a function of the tested value and a scope that knows it as ``?``."""


@compiles(s.In)
def _in(node: s.In) -> Closure:
    value, tests = compile_node(node.value), [_compile_test(test) for test in node.tests]

    def work(env: Environment) -> Any:
        env.run.step()
        point = value(env)
        return any_of(tests, point, env.inner({"?": point}))

    return work


@compiles(s.Tests)
def _tests(node: s.Tests) -> Closure:
    test = compile_tests(node)

    def work(env: Environment) -> Any:
        scope: Environment | None = env
        while scope is not None and "?" not in scope.names:
            scope = scope.outer
        return test(scope.names["?"] if scope is not None else None, env)

    return work


def compile_tests(node: s.Tests) -> UnaryTest:
    """All tests of a cell as one: True, False, or None when it can't be told."""
    tests = [_compile_test(test) for test in node.tests]
    if not tests:
        return lambda _value, _env: True
    if len(tests) == 1 and not node.negated:
        return tests[0]

    def work(value: Any, env: Environment) -> Any:
        outcome = any_of(tests, value, env)
        return outcome if not node.negated or outcome is None else not outcome

    return work


def any_of(tests: list[UnaryTest], value: Any, env: Environment) -> bool | None:
    """Whether one of the tests holds: True, else None if one is unknown, else False."""
    outcome: bool | None = False
    for test in tests:
        result = test(value, env)
        if result is True:
            return True
        if result is None:
            outcome = None
    return outcome


def _compile_test(node: s.Node) -> UnaryTest:
    if isinstance(node, s.Literal):
        return _equality(node.value)
    if isinstance(node, s.Test):
        operand, compare = compile_node(node.operand), op.COMPARISONS[node.operator]

        def against(value: Any, env: Environment) -> Any:
            env.run.step()
            bound = operand(env)
            env.run.weigh(bound)
            return compare(value, bound)

        return against
    return _membership(compile_node(node), _mentions_value(node))


def _equality(wanted: Any) -> UnaryTest:
    equal, plain = op.equal, type(wanted) is str

    def work(value: Any, env: Environment) -> Any:
        env.run.step()
        return value == wanted if plain and type(value) is str else equal(value, wanted)

    return work


def _mentions_value(node: s.Node) -> bool:
    return (isinstance(node, s.Name) and node.name == "?") or any(map(_mentions_value, s.children(node)))


def _membership(operand: Closure, condition: bool) -> UnaryTest:
    def work(value: Any, env: Environment) -> Any:
        env.run.step()
        target = operand(env)
        env.run.weigh(target)
        if condition and (target is True or target is False or target is None):
            return target
        if target is True and value is not None and not isinstance(value, bool):
            return True  # a condition on other variables than the tested value
        return within(value, target)

    return work


def within(value: Any, target: Any) -> bool | None:
    """A value against what a test names: a range, a list (of values or ranges), or an equal value."""
    if isinstance(target, Range):
        return op.same(value, target) or op.includes(target, value)
    if isinstance(target, list | tuple):
        if any(within(value, item) is True for item in target):
            return True
        return isinstance(value, list) and op.same(value, target)
    return op.equal(value, target)
