"""The registry of compilers: one for each shape of syntax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from app.feel import syntax as s
from app.feel.evaluation import Environment

Closure = Callable[[Environment], Any]
_Node = TypeVar("_Node", bound=s.Node)
_COMPILERS: dict[type[s.Node], Callable[[Any], Closure]] = {}


def compile_node(node: s.Node) -> Closure:
    """The closure that works a node out."""
    return _COMPILERS[type(node)](node)


def compiles(shape: type[_Node]) -> Callable[[Callable[[_Node], Closure]], Callable[[_Node], Closure]]:
    """Register the compiler of a shape."""

    def register(compiler: Callable[[_Node], Closure]) -> Callable[[_Node], Closure]:
        _COMPILERS[shape] = compiler
        return compiler

    return register
