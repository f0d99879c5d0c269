"""String functions (DMN 1.5, table 74)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.evaluation import Environment
from app.feel.functions.signatures import built_in
from app.feel.regex import InvalidPattern, Match, Pattern, compile_pattern

_PLACE = re.compile(r"\\(.)|\$(\d+)|([\\$])", re.DOTALL)


@built_in("string length", "string: string")
def _string_length(_env: Environment, text: str) -> Any:
    return Decimal(len(text))


@built_in("substring", "string: string, start position: number, length?: number")
def _substring(_env: Environment, text: str, start: Any, length: Any = None) -> Any:
    begin, size = int(start), None if length is None else int(length)
    if begin == 0 or abs(begin) > len(text) or (size is not None and size < 1):
        return None
    index = begin - 1 if begin > 0 else len(text) + begin
    return text[index:] if size is None else text[index : index + size]


@built_in("upper case", "string: string")
def _upper(_env: Environment, text: str) -> Any:
    return text.upper()


@built_in("lower case", "string: string")
def _lower(_env: Environment, text: str) -> Any:
    return text.lower()


def _two_strings(name: str, result: Callable[[str, str], Any]) -> None:
    @built_in(name, "string: string, match: string")
    def body(_env: Environment, text: str, match: str) -> Any:
        return result(text, match)


_two_strings("substring before", lambda text, match: text[: max(text.find(match), 0)])
_two_strings("substring after", lambda text, match: text[text.find(match) + len(match) :] if match in text else "")
_two_strings("contains", lambda text, match: match in text)
_two_strings("starts with", lambda text, match: text.startswith(match))
_two_strings("ends with", lambda text, match: text.endswith(match))


@built_in(
    "string join",
    "list: list, delimiter?: string or null",
    "list: list, delimiter: string or null, prefix: string or null, suffix: string or null",  # an extension, as Camunda 8
)
def _string_join(
    env: Environment,
    items: list[Any],
    delimiter: str | None = None,
    prefix: str | None = None,
    suffix: str | None = None,
) -> Any:
    if any(item is not None and not isinstance(item, str) for item in items):
        return None
    present = [item for item in items if item is not None]
    env.run.sized(sum(map(len, present)) + len(delimiter or "") * len(present))
    return (prefix or "") + (delimiter or "").join(present) + (suffix or "")


# -- regular expressions


def _pattern(env: Environment, pattern: str, flags: str | None) -> Pattern | None:
    try:
        return compile_pattern(pattern, flags or "")
    except InvalidPattern as invalid:
        env.run.warn(f"{pattern!r} is no regular expression: {invalid}")
        return None


@built_in("matches", "input: string, pattern: string, flags?: string or null")
def _matches(env: Environment, text: str, pattern: str, flags: str | None = None) -> Any:
    regex = _pattern(env, pattern, flags)
    return None if regex is None else regex.search(text, 0, env.run.step) is not None


@built_in("replace", "input: string, pattern: string, replacement: string, flags?: string or null")
def _replace(env: Environment, text: str, pattern: str, replacement: str, flags: str | None = None) -> Any:
    regex = _pattern(env, pattern, flags)
    if regex is None:
        return None
    template = [replacement] if "q" in (flags or "") else _template(replacement, regex.groups)
    if template is None:
        env.run.warn(f"{replacement!r} is no replacement: \\ and $ have to be escaped")
        return None
    parts: list[str] = []
    at = size = 0
    if regex.search("", 0, env.run.step) is not None:
        env.run.warn(f"{pattern!r} matches an empty text, which can't be replaced")
        return None
    for found in regex.matches(text, env.run.step):
        made = "".join(part if isinstance(part, str) else _group(text, found, part) for part in template)
        size += len(made)
        env.run.sized(size)
        parts += (text[at : found.start], made)
        at = found.end
    return "".join(parts) + text[at:]


def _template(replacement: str, groups: int) -> list[str | int] | None:
    """The texts and group numbers of a replacement; None when it is none (F&O 3.1, section 5.6.4)."""
    parts: list[str | int] = []
    at = 0
    for found in _PLACE.finditer(replacement):
        escaped, digits, wrong = found.groups()
        parts.append(replacement[at : found.start()])
        at = found.end()
        if wrong or (escaped and escaped not in "\\$"):
            return None
        if escaped:
            parts.append(escaped)
            continue
        used = len(digits)
        while used > 1 and int(digits[:used]) > groups:
            used -= 1
        parts += (int(digits[:used]), digits[used:])
    return [*parts, replacement[at:]]


def _group(text: str, found: Match, number: int) -> str:
    where = found.groups[number] if number < len(found.groups) else None
    return "" if where is None else text[where[0] : where[1]]


def find_all(env: Environment, text: str, pattern: str) -> list[str] | None:
    """Every match of a regular expression in a text, in order; None where the pattern is none."""
    regex = _pattern(env, pattern, None)
    return None if regex is None else [text[found.start : found.end] for found in regex.matches(text, env.run.step)]


@built_in("split", "string: string, delimiter: string")
def _split(env: Environment, text: str, delimiter: str) -> Any:
    regex = _pattern(env, delimiter, None)
    if regex is None:
        return None
    parts: list[str] = []
    at = 0
    if regex.search("", 0, env.run.step) is not None:
        env.run.warn(f"{delimiter!r} matches an empty text, where nothing can be split")
        return None
    for found in regex.matches(text, env.run.step):
        parts.append(text[at : found.start])
        at = found.end
    return [*parts, text[at:]]
