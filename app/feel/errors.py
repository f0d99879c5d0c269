"""What can go wrong with an expression: it doesn't parse, or it asks for more than it may use."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The same in English and Simplified Chinese."""

    en: str
    zh: str


TOO_DEEP = Words("this expression is nested too deeply", "该表达式嵌套过深")


class FeelSyntaxError(ValueError):
    """The text is no FEEL expression; ``line`` and ``column`` (from 1) say where it stops being one.

    As a string it is English; ``words`` are the same in both languages.
    """

    def __init__(self, message: Words, line: int, column: int) -> None:
        self.words = Words(
            f"{message.en} (line {line}, column {column})", f"{message.zh}（第 {line} 行第 {column} 列）"
        )
        super().__init__(self.words.en)
        self.message, self.line, self.column = message.en, line, column


class UnknownFunctionName(FeelSyntaxError):
    """Several words before a parenthesis that are no function's name; ``function`` is those words."""

    def __init__(self, function: str, line: int, column: int) -> None:
        message = Words(f"there is no function {function!r}", f"没有函数 {function!r}")
        super().__init__(message, line, column)
        self.function = function


class TooComplex(FeelSyntaxError):
    """The text is nested too deeply or can be read in too many ways; no other reading is looked for."""


class BudgetExceeded(RuntimeError):
    """An evaluation used more than it was given; ``what``: steps, depth or size, ``limit``: how much it was given."""

    def __init__(self, what: str, limit: int, message: str) -> None:
        super().__init__(message)
        self.what, self.limit = what, limit
