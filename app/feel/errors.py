"""What can go wrong with an expression: it doesn't parse, or it asks for more than it may use."""

from __future__ import annotations


class FeelSyntaxError(ValueError):
    """The text is no FEEL expression; ``line`` and ``column`` (from 1) say where it stops being one."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message, self.line, self.column = message, line, column


class UnknownFunctionName(FeelSyntaxError):
    """Several words before a parenthesis that are no function's name; ``function`` is those words."""

    def __init__(self, function: str, line: int, column: int) -> None:
        super().__init__(f"there is no function {function!r}", line, column)
        self.function = function


class TooComplex(FeelSyntaxError):
    """The text is nested too deeply or can be read in too many ways; no other reading is looked for."""


class BudgetExceeded(RuntimeError):
    """An evaluation used more than it was given; ``what``: steps, depth or size, ``limit``: how much it was given."""

    def __init__(self, what: str, limit: int, message: str) -> None:
        super().__init__(message)
        self.what, self.limit = what, limit
