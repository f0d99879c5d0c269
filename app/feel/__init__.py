"""FEEL, the expression language of BPMN and DMN tools (DMN 1.5, chapter 10).

>>> compile("price * 1.13 > limit").evaluate({"price": 100, "limit": 110})
True

An expression is parsed and compiled once; evaluating it never raises but by its budget: a wrong operand gives
null (None) and a warning. No Python is ever generated or run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.feel import compiling, parser
from app.feel.errors import BudgetExceeded, FeelSyntaxError
from app.feel.evaluation import Budget, Environment, Run
from app.feel.functions import BUILT_IN
from app.feel.values import (
    DaysTimeDuration,
    Function,
    Range,
    YearsMonthsDuration,
    add_months,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
    to_json,
    to_text,
)

__all__ = [
    "Budget", "BudgetExceeded", "DaysTimeDuration", "Expression", "FeelSyntaxError", "Function", "Range", "UnaryTests",
    "YearsMonthsDuration", "add_months", "compile", "compile_unary_tests", "parse_date", "parse_date_time", "parse_duration",
    "parse_temporal", "parse_time", "to_json", "to_text",
]  # fmt: skip

_LONG_BUILT_IN = tuple(name for name in BUILT_IN if " " in name)
_LONG_PROPERTIES = ("time offset", "start included", "end included")


def _environment(
    variables: Mapping[str, Any], now: datetime | None, budget: Budget | None, warnings: list[str] | None
) -> Environment:
    return Environment(variables, None, Run(budget or Budget(), now, warnings))


@dataclass(frozen=True)
class Expression:
    """A compiled expression: ``text`` as written, ``names`` the variables it reads."""

    text: str
    names: frozenset[str]
    closure: compiling.Closure

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
        try:
            return self.closure(_environment(variables, now, budget, warnings))
        except RecursionError:
            raise BudgetExceeded("the expression is nested too deeply") from None


@dataclass(frozen=True)
class UnaryTests:
    """Compiled unary tests, as a decision table has them in its cells."""

    text: str
    names: frozenset[str]
    tests: list[compiling.Test]
    negated: bool

    def evaluate(
        self,
        value: Any,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        budget: Budget | None = None,
        warnings: list[str] | None = None,
    ) -> bool | None:
        """Whether ``value`` passes: True, False, or None when that can't be told."""
        if not self.tests:
            return True
        env = _environment(variables, now, budget, warnings).inner({"?": value})
        outcome = compiling.any_of(self.tests, value, env)
        return outcome if not self.negated or outcome is None else not outcome


def compile(text: str, names: Iterable[str] | None = None) -> Expression:
    """Parse and compile an expression. ``names``: variables whose names have several words or signs in them.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    node = parser.parse(text, (*_LONG_BUILT_IN, *_LONG_PROPERTIES, *(names or ())))
    return Expression(text, compiling.free_names(node), compiling.compile_node(node))


def compile_unary_tests(text: str, names: Iterable[str] | None = None) -> UnaryTests:
    """Parse and compile unary tests.

    :raises FeelSyntaxError: with the place where the text stops making sense
    """
    node = parser.parse_unary_tests(text, (*_LONG_BUILT_IN, *_LONG_PROPERTIES, *(names or ())))
    return UnaryTests(
        text, compiling.free_names(node), [compiling.compile_test(test) for test in node.tests], node.negated
    )
