"""Values as a diagram writes them: a literal, or ``=`` and a FEEL expression, compiled once when the diagram is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import feel
from app.engine.budgets import exceeding
from app.engine.spiff.failures import Failure
from app.foundation.text import Text

UNREADABLE = Text("the expression %(text)s is not FEEL: %(problem)s", "表达式 %(text)s 不是 FEEL：%(problem)s")
_PATH = re.compile(r"=\s*([^\W\d]\w*)(?:\s*\.\s*[^\W\d]\w*)*\s*\Z")


class Source:
    """A literal or an expression. ``error`` says why an expression can't be compiled; then it can't be evaluated."""

    __slots__ = ("error", "expression", "raw", "text", "unknown_function")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = raw.strip()
        self.expression: feel.Expression | None = None
        self.error: Text | None = None
        self.unknown_function: str | None = None
        if self.text.startswith("="):
            try:
                self.expression = feel.compile(" " + self.text[1:])  # the place of a mistake is counted from the “=”
            except feel.FeelSyntaxError as wrong:
                self.error = Text(*wrong.words)
                self.unknown_function = wrong.function if isinstance(wrong, feel.UnknownFunctionName) else None

    @property
    def is_expression(self) -> bool:
        return self.text.startswith("=")

    @property
    def names(self) -> frozenset[str]:
        """The variables it reads."""
        return self.expression.names if self.expression else frozenset()

    @property
    def variable(self) -> str | None:
        """The one variable that the expression is, or a property of it (``a``, ``a.b.c``); None for anything else."""
        found = _PATH.match(self.text)
        return found[1] if found and found[1] in self.names else None

    def doubts(self) -> list[feel.Doubt]:
        """What is known to be wrong with the expression before it is worked out; it is read once more for that."""
        return list(feel.doubts(feel.parse(self.text[1:]))) if self.expression else []

    def evaluate(self, variables: Mapping[str, Any], now: datetime) -> Any:
        """Its value; a literal is its text.

        :raises Failure: when the expression needs more than its budget, or never compiled
        """
        if not self.is_expression:
            return self.raw
        if self.expression is None:
            raise Failure("expression", UNREADABLE.filled(text=self.text, problem=self.error or ""))
        try:
            return self.expression.evaluate(variables, now=now)
        except feel.BudgetExceeded as exceeded:
            raise Failure("expression", exceeding(self.text, exceeded)) from exceeded

    def holds(self, variables: Mapping[str, Any], now: datetime) -> bool:
        """Whether it is true; anything else than true doesn't hold."""
        return self.evaluate(variables, now) is True

    def __repr__(self) -> str:
        return f"Source({self.text!r})"
