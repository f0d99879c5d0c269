"""Functions: their definitions and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.feel import syntax as s
from app.feel.compiling.nodes import Closure, compile_node, compiles
from app.feel.compiling.statics import known_type
from app.feel.evaluation import Environment, invoke, invoke_named
from app.feel.external import Unknown, find_method
from app.feel.functions import BUILT_IN
from app.feel.types import ANY, FunctionType, coerce
from app.feel.values import Function, kind


@compiles(s.FunctionNode)
def _function(node: s.FunctionNode) -> Closure:
    names, types = tuple(name for name, _ in node.parameters), tuple(kind_ for _, kind_ in node.parameters)
    body, result = compile_node(node.body), node.result
    if node.external:
        return _external(names, body)
    own_type = FunctionType("function", types, result or known_type(node.body))
    untyped = all(wanted is ANY for wanted in types)

    def make(env: Environment) -> Function:
        def call(caller: Environment, *values: Any) -> Any:
            given = values if untyped else _coerced(values, names, types, caller)
            value = body(Environment(dict(zip(names, given, strict=True)), env, caller.run))
            return value if result is None else coerce(value, result)

        return Function(names, call, type=own_type)

    return make


def _coerced(
    values: tuple[Any, ...], names: tuple[str, ...], types: tuple[Any, ...], env: Environment
) -> tuple[Any, ...]:
    """The arguments as their parameters want them; null for one that can't be (DMN 1.5, section 10.3.2.9.4)."""
    given = []
    for name, wanted, value in zip(names, types, values, strict=True):
        env.run.weigh(value)
        made = coerce(value, wanted)
        if made is None and value is not None:
            env.run.warn(f"the parameter {name!r} should be {wanted.name}, not {kind(value)}, or isn't allowed")
        given.append(made)
    return tuple(given)


def _external(names: tuple[str, ...], body: Closure) -> Closure:
    def make(env: Environment) -> Any:
        described = body(env)
        method = described.get("java", described) if isinstance(described, Mapping) else None
        try:
            return find_method(names, method)
        except Unknown as unknown:
            env.run.warn(str(unknown))
            return None

    return make


@compiles(s.Call)
def _call(node: s.Call) -> Closure:
    function = compile_node(node.function)
    built_in = BUILT_IN.get(node.function.name) if isinstance(node.function, s.Name) else None
    positional = [compile_node(argument) for argument in node.positional]
    named = [(name, compile_node(argument)) for name, argument in node.named]

    def work(env: Environment) -> Any:
        target = function(env)
        if not isinstance(target, Function):  # a variable named like a built-in function doesn't hide it from calls
            target = built_in
        if target is None:
            env.run.warn("what is called is no function")
            return None
        if named:
            return invoke_named(target, {name: argument(env) for name, argument in named}, env)
        return invoke(target, [argument(env) for argument in positional], env)

    return work
