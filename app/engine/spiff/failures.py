"""What can go wrong, by who has to hear of it.

``BpmnError`` is a business error and travels through the diagram. ``Failure`` becomes an incident at one element.
``Abort`` must reach the caller, whose transaction rolls back. The rest tell a caller that the call makes no sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.foundation.text import Text


class BpmnError(Exception):
    """A business error with a code, caught by error events of the diagram and by nothing else."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class Failure(Exception):
    """One element can't go on: it becomes an incident there, and the rest of the instance goes on."""

    def __init__(self, kind: str, message: Text, retries_left: int = 0) -> None:
        super().__init__(message.en)
        self.kind = kind
        self.message = message
        self.retries_left = retries_left


class Abort(Exception):
    """Nothing of this step may stand: never caught by the engine, so that the caller's transaction rolls back."""


class NoSuchToken(Exception):
    """No token of that id waits for what was reported."""


class NoSuchStart(Exception):
    """The process has no start event of that kind."""


class UnknownSnapshot(Exception):
    """A snapshot that is damaged, or written by a version of the engine or for a diagram that this one doesn't know.

    ``why`` and ``remedy`` are whole sentences for administrators.
    """

    def __init__(self, why: Text, remedy: Text) -> None:
        super().__init__(why.en)
        self.why = why
        self.remedy = remedy
