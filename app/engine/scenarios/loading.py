"""Scenario files read and checked: an unknown key anywhere is refused by name."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.engine import bundles, spiff
from app.foundation.foreign import Unreadable, jsons

SUFFIX = bundles.SCENARIO
LARGEST = 32 * 1024 * 1024
"""Bytes of a scenario, which may hold variables as large as a case's."""
_TOP = {"name": str, "definitions": list, "process": str, "clock": str, "services": dict, "steps": list}
_SERVICE = {"returns": (dict, str), "error": dict, "fails": int}
_MESSAGE = {"name": str, "correlationKey": object, "variables": dict}
_STEPS: dict[str, dict[str, Any]] = {
    "start": {"start": dict},
    "complete": {"complete": str, "variables": dict, "where": str},
    "throwError": {"throwError": str, "code": str, "variables": dict, "where": str},
    "advance": {"advance": str},
    "advanceTo": {"advanceTo": str},
    "message": {"message": dict},
    "signal": {"signal": dict},
    "set": {"set": dict},
    "retry": {"retry": str},
    "cancel": {"cancel": bool},
    "reload": {"reload": bool},
    "expect": {"expect": dict},
}
_INNER: dict[str, dict[str, Any]] = {
    "start": {"variables": dict, "message": dict, "expectRefused": bool},
    "message": _MESSAGE | {"expectRefused": bool},
    "signal": {"name": str, "variables": dict},
    "set": {"variables": dict},
    "expect": {
        "state": str,
        "open": list,
        "timers": list,
        "messages": list,
        "incidents": list,
        "variables": dict,
        "completed": list,
        "order": list,
        "times": dict,
        "never": list,
        "calls": dict,
    },
}
_STATES = frozenset({"active", "completed", "cancelled", "incident"})


class BadScenario(ValueError):
    """A scenario that can't be played as it is written; ``step`` is the number of the step, from 1."""

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(message)
        self.step = step


@dataclass(frozen=True)
class Scenario:
    """A scenario as it is played. ``files`` are the definitions by name, ``clock`` where its clock starts."""

    name: str
    files: Mapping[str, bytes]
    process: str
    clock: datetime
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: tuple[Mapping[str, Any], ...] = ()


def find(paths: Iterable[Path]) -> list[Path]:
    """The scenario files among these paths: files themselves, and everything ``*.scenario.json`` under folders."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def read(path: Path) -> Scenario:
    """The scenario in a file; its definitions are relative to it.

    :raises BadScenario: when it isn't JSON, or says something a scenario can't say
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadScenario(f"{path} can't be read: {error.strerror}") from error
    return parse(content, lambda name: _from_folder(path.parent, name), path.name.removesuffix(SUFFIX))


def read_in(files: Mapping[str, bytes], name: str) -> Scenario:
    """The scenario in one of several files; its definitions are others of them, relative to it.

    :raises BadScenario: as ``read`` does
    """
    folder, own = posixpath.split(name)
    return parse(files[name], lambda other: _from_files(files, folder, other), own.removesuffix(SUFFIX))


def parse(written: bytes, definition: Callable[[str], bytes], name: str) -> Scenario:
    """A scenario from its JSON; ``definition`` gives the definitions it names, ``name`` is its own where it says none.

    :raises BadScenario: with the step and the key that is wrong
    """
    try:
        content = jsons.read(written, largest=LARGEST, parse_float=Decimal)
    except Unreadable as error:
        raise BadScenario(f"it is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadScenario("a scenario is one JSON object")
    _keys(content, _TOP, "a scenario")
    for needed in ("definitions", "process", "clock", "steps"):
        if needed not in content:
            raise BadScenario(f"it says no “{needed}”")
    for service in content.get("services", {}).values():
        _keys(service, _SERVICE, "a service")
        if "error" in service:
            _keys(service["error"], {"code": str, "variables": dict, "message": str}, "an error")
    for number, step in enumerate(content["steps"], 1):
        _check_step(step, number)
    return Scenario(
        name=content.get("name") or name,
        files={str(file): definition(str(file)) for file in content["definitions"]},
        process=content["process"],
        clock=_clock(content["clock"]),
        services=content.get("services", {}),
        steps=tuple(content["steps"]),
    )


def main_key(step: Mapping[str, Any]) -> str:
    """What kind of step it is."""
    return next(key for key in step if key in _STEPS)


def _clock(text: str) -> datetime:
    start = spiff.parse_instant(text)
    if start is None or start.tzinfo is None:
        raise BadScenario(
            f"its clock {text!r} is no date and time with a zone; write it like 2026-03-02T09:00:00+08:00"
        )
    return start


def _from_folder(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise BadScenario(f"its definition {name} can't be read: {error.strerror}") from error


def _from_files(files: Mapping[str, bytes], folder: str, name: str) -> bytes:
    found = files.get(posixpath.normpath(posixpath.join(folder, name)))
    if found is None:
        raise BadScenario(f"its definition {name} isn't among the files")
    return found


def _keys(given: Any, known: Mapping[str, Any], where: str, step: int | None = None) -> None:
    if not isinstance(given, dict):
        raise BadScenario(f"{where} must be an object, not {json.dumps(given, default=str)[:60]}", step)
    for key, value in given.items():
        if key not in known:
            raise BadScenario(f"{where} has no key “{key}”; it may have: {', '.join(known)}", step)
        wanted = known[key]
        fits = isinstance(value, wanted) and not (isinstance(value, bool) and wanted is int)
        if not fits:
            raise BadScenario(f"“{key}” of {where} can't be {json.dumps(value, default=str)[:60]}", step)


def _check_step(step: Any, number: int) -> None:
    if not isinstance(step, dict):
        raise BadScenario("a step is an object", number)
    kinds = [key for key in step if key in _STEPS]
    if len(kinds) != 1:
        unknown = [key for key in step if key not in _STEPS and key not in ("variables", "where", "code")]
        if unknown and not kinds:
            raise BadScenario(f"there is no step “{unknown[0]}”; the steps are: {', '.join(_STEPS)}", number)
        raise BadScenario(f"a step does one thing; this one has: {', '.join(step) or 'nothing'}", number)
    kind = kinds[0]
    _keys(step, _STEPS[kind], f"the step {kind}", number)
    if kind in _INNER:
        _keys(step[kind], _INNER[kind], kind, number)
    if kind == "start" and "message" in step[kind]:
        _keys(step[kind]["message"], _MESSAGE, "message", number)
    for named in (step.get("signal"), step.get("message"), step.get("start", {}).get("message")):
        if named is not None and "name" not in named:
            raise BadScenario("it has no name", number)
    if kind == "throwError" and "code" not in step:
        raise BadScenario("throwError needs a code", number)
    if kind == "expect":
        _check_expectation(step["expect"], number)


def _check_expectation(expected: Mapping[str, Any], number: int) -> None:
    if "state" in expected and expected["state"] not in _STATES:
        raise BadScenario(
            f"there is no state “{expected['state']}”; the states are: {', '.join(sorted(_STATES))}", number
        )
    for timer in expected.get("timers", ()):
        _check_timer(timer, number)
    for message in expected.get("messages", ()):
        _keys(message, {"name": str, "correlationKey": object}, "a message", number)
        if "name" not in message:
            raise BadScenario("a message needs its name", number)
    for key in ("open", "incidents", "completed", "order", "never"):
        if not all(isinstance(identity, str) for identity in expected.get(key, ())):
            raise BadScenario(f"“{key}” is a list of element ids", number)
    for key in ("times", "calls"):
        if not all(isinstance(n, int) and not isinstance(n, bool) for n in expected.get(key, {}).values()):
            raise BadScenario(f"“{key}” says a number for each name", number)


def _check_timer(timer: Any, number: int) -> None:
    _keys(timer, {"element": str, "due": str}, "a timer", number)
    if "element" not in timer:
        raise BadScenario("a timer needs its element", number)
    due = spiff.parse_instant(timer["due"]) if "due" in timer else None
    if "due" in timer and (due is None or due.tzinfo is None):
        raise BadScenario(f"the due time {timer['due']!r} is no date and time with a zone", number)
