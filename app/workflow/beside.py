"""What stands beside a form: gathered so that nothing of it can stop the task.

Whoever gives facts says so with ``@beside``: should one fail, whatever for, a sentence takes its place, and the log has
the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from app.foundation.text import Text

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Fact = tuple[Text, Text]
"""What it is, and what is to be seen."""
Actable = tuple[Text, Text, Text, str]
"""A fact that something can be done about: in which words, and on which page."""

UNKNOWN = Text("Cannot be shown", "无法显示")
FAILED = Text(
    "Part of this page cannot be read. You can continue. The error has been recorded.",
    "此处部分内容无法读取，不影响办理；问题已记录。",
)

PROVIDERS: dict[str, Callable[..., list[Any]]] = {}
"""Every function that gives facts, by its module and name."""


def beside(give: Callable[P, Iterable[T]]) -> Callable[P, list[T | Fact]]:
    """Mark a function as one that gives facts for beside a form."""

    @wraps(give)
    def contained(*arguments: P.args, **named: P.kwargs) -> list[T | Fact]:
        try:
            return list(give(*arguments, **named))
        except DBAPIError:
            raise  # the database is away: then nothing on the page holds
        except Exception:
            log.exception("%s.%s has nothing to show", give.__module__, give.__qualname__)
            return [(UNKNOWN, FAILED)]

    PROVIDERS[f"{give.__module__}.{give.__qualname__}"] = contained
    return contained
