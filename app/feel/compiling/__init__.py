"""Syntax to closures. A compiled expression is a tree of small functions of the environment: nothing is parsed or
looked up by type twice, and nothing but FEEL can happen in it."""

from __future__ import annotations

from app.feel.compiling import calls, operators, paths, structures, tests
from app.feel.compiling.nodes import Closure, compile_node
from app.feel.compiling.statics import free_names
from app.feel.compiling.tests import UnaryTest, any_of, compile_tests, within
from app.feel.evaluation import invoke, invoke_named

__all__ = [
    "Closure", "UnaryTest", "any_of", "calls", "compile_node", "compile_tests", "free_names", "invoke", "invoke_named", "operators",
    "paths", "structures", "tests", "within",
]  # fmt: skip
