"""FEEL, the expression language of BPMN and DMN tools (DMN 1.5, chapter 10).

>>> compile("price * 1.13 > limit").evaluate({"price": 100, "limit": 110})
True

An expression is parsed and compiled once; evaluating it never raises but by its budget: a wrong operand gives
null (None) and a warning. No Python is ever generated or run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.feel import compiling, parsing, syntax, types
from app.feel.compiling.paths import LONG_PROPERTIES
from app.feel.doubts import Doubt, ExternalFunction, RangeCompared, UnknownFunction, WrongArguments, doubts, similar
from app.feel.errors import TOO_DEEP, BudgetExceeded, FeelSyntaxError, UnknownFunctionName
from app.feel.evaluation import Budget, Environment, Run
from app.feel.functions import BUILT_IN, EXTENSIONS
from app.feel.temporal import (
    DaysTimeDuration,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    YearsMonthsDuration,
    add_months,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
)
from app.feel.types import Type
from app.feel.values import Function, Range, to_json, to_text

__all__ = [
    "EXTENSIONS",
    "Budget",
    "BudgetExceeded",
    "DaysTimeDuration",
    "Doubt",
    "Environment",
    "Expression",
    "ExternalFunction",
    "FeelSyntaxError",
    "Function",
    "Range",
    "RangeCompared",
    "Run",
    "Type",
    "UnaryTests",
    "UnknownFunction",
    "UnknownFunctionName",
    "WideDate",
    "WideDateTime",
    "WideDuration",
    "WideTime",
    "WrongArguments",
    "YearsMonthsDuration",
    "add_months",
    "built_in_functions",
    "compile",
    "compile_node",
    "compile_unary_tests",
    "doubts",
    "parse",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_temporal",
    "parse_time",
    "parse_unary_tests",
    "similar",
    "syntax",
    "to_json",
    "to_text",
    "types",
]  # fmt: skip

_LONG_BUILT_IN = tuple(name for name in BUILT_IN if " " in name)


def built_in_functions() -> dict[str, tuple[str, ...]]:
    """The built-in functions by name, each with its signatures."""
    return {
        name: tuple(signature.text for signature in function.call.signatures)  # type: ignore[attr-defined]
        for name, function in BUILT_IN.items()
    }


def parse(
    text: str, names: Iterable[str] = (), members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> syntax.Node:
    """Read an expression for ``compile_node``; for hosts that put several expressions together.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    return parsing.parse(text, (*_LONG_BUILT_IN, *names), (*LONG_PROPERTIES, *members), types)


def parse_unary_tests(
    text: str, names: Iterable[str] = (), members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> syntax.Tests:
    """Read unary tests, as a decision table has them in its cells.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    return parsing.parse_unary_tests(text, (*_LONG_BUILT_IN, *names), (*LONG_PROPERTIES, *members), types)


@dataclass(frozen=True)
class _Compiled:
    text: str
    names: frozenset[str]
    closure: compiling.Closure = field(repr=False)

    def _run(
        self,
        variables: Mapping[str, Any],
        now: datetime | None,
        budget: Budget | None,
        warnings: list[str] | None,
    ) -> Any:
        run = Run(budget or _BUDGET, now, warnings)
        try:
            value = self.closure(Environment(variables, None, run))
            run.weigh(value)
            return value
        except RecursionError:
            raise BudgetExceeded("depth", run.budget.depth, "the expression is nested too deeply") from None


_BUDGET = Budget()


class Expression(_Compiled):
    """A compiled expression: ``text`` as written, ``names`` the variables it reads."""

    def evaluate(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        budget: Budget | None = None,
        warnings: list[str] | None = None,
    ) -> Any:
        """The value for these variables.

        :raises BudgetExceeded: when it needs more steps, depth or size than ``budget`` allows
        """
        return self._run(variables, now, budget, warnings)


class UnaryTests(_Compiled):
    """Compiled unary tests, as a decision table has them in its cells."""

    def evaluate(
        self,
        value: Any,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        budget: Budget | None = None,
        warnings: list[str] | None = None,
    ) -> bool | None:
        """Whether ``value`` passes: True, False, or None when that can't be told.

        :raises BudgetExceeded: when it needs more steps, depth or size than ``budget`` allows
        """
        found = self._run({**variables, "?": value}, now, budget, warnings)
        return found if isinstance(found, bool) else None


def compile_node(node: syntax.Node, text: str = "") -> Expression:
    """Compile what was read.

    :raises FeelSyntaxError: when it is nested too deeply
    """
    try:
        return Expression(text, compiling.free_names(node), compiling.compile_node(node))
    except RecursionError:
        raise FeelSyntaxError(TOO_DEEP, 1, 1) from None


def compile(
    text: str,
    names: Iterable[str] | None = None,
    *,
    members: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
) -> Expression:
    """Parse and compile an expression.

    ``names``: variables whose names have several words or signs in them; ``members``: such names of contexts' entries;
    ``types``: types that may be named besides the built-in ones.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    return compile_node(parse(text, names or (), members, types), text)


def compile_unary_tests(
    text: str,
    names: Iterable[str] | None = None,
    *,
    members: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
) -> UnaryTests:
    """Parse and compile unary tests; the arguments are those of ``compile``.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    made = compile_node(parse_unary_tests(text, names or (), members, types), text)
    return UnaryTests(made.text, made.names, made.closure)
