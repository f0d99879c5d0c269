"""What can be found in diagrams and decision models: every kind of finding with its words, and the list they are collected in.

A kind is declared beside the check that finds it: ``error(code, text, remedy)``, both as pairs of languages. The
codes are listed in docs/reference/dialect.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from app.foundation.text import Text

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Kind:
    """One kind of finding: what is wrong, and what to draw or write instead."""

    code: str
    level: Level
    text: Text
    remedy: Text


@dataclass(frozen=True)
class Finding:
    """Something wrong (error) or doubtful (warning), in plain words with what to draw instead.

    ``message`` is English, ``zh`` the same in Chinese; ``code`` names its kind; ``remedy`` is what to draw instead by itself.
    """

    file: str
    element_id: str | None
    name: str | None
    level: Level
    message: str
    code: str = ""
    zh: str = ""
    remedy: Text | None = None

    @property
    def text(self) -> Text:
        """The message in both languages."""
        return Text(self.message, self.zh or self.message)


class Subject(Protocol):
    """What a finding of a diagram is about: a node, a flow or a process."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...


KINDS: dict[str, Kind] = {}
"""Every kind by its code."""


def error(code: str, text: Text, remedy: Text) -> Kind:
    """Declare a kind that refuses a file."""
    return _declare(Kind(code, "error", text, remedy))


def warning(code: str, text: Text, remedy: Text) -> Kind:
    """Declare a kind that is shown and let through."""
    return _declare(Kind(code, "warning", text, remedy))


def _declare(kind: Kind) -> Kind:
    assert kind.code not in KINDS, kind.code
    KINDS[kind.code] = kind
    return kind


class Findings:
    """Findings in the order in which they were made, each once."""

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        self._found: dict[Finding, None] = dict.fromkeys(found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def add(self, kind: Kind, file: str, element_id: str | None, name: str | None, /, **facts: object) -> None:
        """Add a finding of a kind, its words filled with ``facts``."""
        self._found.setdefault(made(kind, file, element_id, name, **facts))

    def about(self, kind: Kind, file: str, subject: Subject, /, **facts: object) -> None:
        """Add a finding about a node, flow or process."""
        self.add(kind, file, subject.id, subject.name, **facts)


def made(kind: Kind, file: str, element_id: str | None, name: str | None, /, **facts: object) -> Finding:
    """A finding of a kind, its words filled with ``facts``."""
    text, remedy = kind.text.filled(**facts), kind.remedy.filled(**facts)
    message, chinese = f"{text.en}; {remedy.en}", f"{text.zh}；{remedy.zh}"
    return Finding(file, element_id, name, kind.level, message, kind.code, chinese, remedy)
