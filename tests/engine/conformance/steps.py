"""The steps of a scenario, by name."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]


def begin(**variables: Any) -> Step:
    """Start the process."""
    return {"start": {"variables": variables}}


def done(task: str, where: str | None = None, /, **variables: Any) -> Step:
    """Complete an open task."""
    return {"complete": task, "variables": variables} | ({"where": where} if where else {})


def expect(**held: Any) -> Step:
    """What must hold now."""
    return {"expect": held}


def advance(duration: str) -> Step:
    """Turn the clock."""
    return {"advance": duration}


def send(name: str, key: Any = None, /, *, refused: bool = False, **variables: Any) -> Step:
    """A message from outside."""
    content = {"name": name, "variables": variables} | ({"correlationKey": key} if key is not None else {})
    return {"message": content | ({"expectRefused": True} if refused else {})}


def signalled(name: str, /, **variables: Any) -> Step:
    """A signal from outside."""
    return {"signal": {"name": name, "variables": variables}}


def fail(task: str, code: str, /, **variables: Any) -> Step:
    """The person at a task reports a business error."""
    return {"throwError": task, "code": code, "variables": variables}


def assign(**variables: Any) -> Step:
    """An administrator sets variables."""
    return {"set": {"variables": variables}}


def again(task: str) -> Step:
    """Retry an incident."""
    return {"retry": task}


COMPLETED = {"state": "completed"}
