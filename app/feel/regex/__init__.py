"""Regular expressions as XPath has them (F&O 3.1, section 5.6), which is what FEEL's functions take.

Matching takes time in proportion to pattern and text: nothing is tried twice at one place. Patterns that refer back to
a group can't be bounded so; every step they take is counted, as all steps are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.feel.regex.matching import Program, assemble, run_at
from app.feel.regex.parsing import InvalidPattern, read

__all__ = ["InvalidPattern", "Match", "Pattern", "compile_pattern"]

Steps = Callable[[int], None]


@dataclass(frozen=True)
class Match:
    """Where a pattern and its groups matched; group 0 is the whole, a group that took no part is None."""

    groups: tuple[tuple[int, int] | None, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.groups[0][0] if self.groups[0] else 0

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.groups[0][1] if self.groups[0] else 0


class Pattern:
    """A compiled regular expression."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.groups = program.groups

    def search(self, text: str, start: int, step: Steps) -> Match | None:
        """The first match that begins at ``start`` or later. ``step`` is told how many steps were taken."""
        failed: set[object] = set()
        for begin in range(start, len(text) + 1):
            saved = run_at(self._program, text, begin, failed, step)
            if saved is not None:
                pairs = zip(saved[::2], saved[1::2], strict=True)
                return Match(tuple((a, b) if a is not None and b is not None else None for a, b in pairs))
        return None

    def matches(self, text: str, step: Steps) -> Iterator[Match]:
        """All matches from left to right that don't overlap."""
        at = 0
        while (found := self.search(text, at, step)) is not None:
            yield found
            at = found.end if found.end > found.start else found.end + 1
            if at > len(text):
                return


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str = "") -> Pattern:
    """Compile a pattern with the flags s, m, i, x and q.

    :raises InvalidPattern: when it is no regular expression, or too large
    """
    return Pattern(assemble(read(pattern, flags)))
