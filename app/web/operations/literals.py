"""Values of variables as a person writes and reads them: FEEL literals, of which JSON is a part."""

from __future__ import annotations

from typing import Any

from app import feel
from app.engine import spiff
from app.engine.budgets import exceeding
from app.foundation.errors import Invalid
from app.foundation.text import Text

LONGEST = 100_000
SHOWN = 160


class NoValue(Invalid):
    """The text is no value."""

    text = Text(
        'This is not a value: %(why)s. Enter a text in quotes, a number, true, false, null, @"2026-03-01", [1, 2] or {"a": 1}.',
        '无法识别该值：%(why)s。请填写带引号的文本、数字、true、false、null、@"2026-03-01"、[1, 2]或{"a": 1}。',
    )


class NotWorkedOut(Invalid):
    """A value was asked for, and the text reads variables."""

    text = Text(
        "Enter the value itself: “%(names)s” would be read as a variable. Put text in quotes.",
        "请直接填写值：“%(names)s”会被当作变量读取。文本请加引号。",
    )


def read(text: str, field: str) -> Any:
    """The value that a text says.

    :raises NoValue: :raises NotWorkedOut:
    """
    given = text.strip()
    if not given or len(given) > LONGEST:
        raise NoValue(
            field=field, why=Text("it is empty", "内容为空") if not given else Text("it is too long", "内容过长")
        )
    warnings: list[str] = []
    try:
        expression = feel.compile(given)
        if expression.names:
            raise NotWorkedOut(field=field, names=", ".join(sorted(expression.names)))
        value = spiff.plain(expression.evaluate({}, warnings=warnings))
    except feel.FeelSyntaxError as error:
        raise NoValue(field=field, why=Text(*error.words)) from error
    except spiff.Failure as error:
        raise NoValue(field=field, why=error.message) from error
    except feel.BudgetExceeded as error:
        raise NoValue(field=field, why=exceeding(given, error)) from error
    if warnings:
        raise NoValue(field=field, why=warnings[0])
    return value


def written(value: Any) -> str:
    """A value as a text that ``read`` gives back."""
    return feel.to_text(value)


def shortened(value: Any) -> str:
    """A value as far as a table has room for it."""
    text = written(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
