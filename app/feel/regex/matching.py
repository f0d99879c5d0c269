"""Trees to programs, and programs at work on a text: backtracking that never tries a thing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.feel.regex import characters as ch
from app.feel.regex.parsing import Back, Chars, Choice, Edge, Group, InvalidPattern, Part, Repeat, Sequence, Tree

MAX_SIZE = 20_000
_CHUNK = 64

CHAR, SPLIT, JUMP, SAVE, EDGE, BACK, DONE = range(7)


@dataclass
class Program:
    """Instructions as triples: what, and two operands."""

    groups: int
    refers_back: bool
    code: list[tuple[int, Any, Any]] = field(default_factory=list)

    def add(self, what: int, first: Any = None, second: Any = None) -> int:
        """Append an instruction; its place."""
        if len(self.code) >= MAX_SIZE:
            raise InvalidPattern("the pattern is too large")
        self.code.append((what, first, second))
        return len(self.code) - 1


def assemble(tree: Tree) -> Program:
    """The program of a pattern."""
    program = Program(tree.groups, tree.refers_back)
    program.add(SAVE, 0)
    _emit(program, tree.part)
    program.add(SAVE, 1)
    program.add(DONE)
    return program


def _emit(program: Program, part: Part) -> None:
    match part:
        case Chars(chars=chars):
            program.add(CHAR, chars)
        case Edge(sign=sign, lines=lines):
            program.add(EDGE, sign, lines)
        case Back(group=group, folded=folded):
            program.add(BACK, group, folded)
        case Sequence(parts=parts):
            for inner in parts:
                _emit(program, inner)
        case Group(index=index, part=inner):
            program.add(SAVE, 2 * index)
            _emit(program, inner)
            program.add(SAVE, 2 * index + 1)
        case Choice(parts=parts):
            _emit_choice(program, parts)
        case Repeat():
            _emit_repeat(program, part)


def _emit_choice(program: Program, parts: tuple[Part, ...]) -> None:
    jumps = []
    for part in parts[:-1]:
        split = program.add(SPLIT)
        _emit(program, part)
        jumps.append(program.add(JUMP))
        program.code[split] = (SPLIT, split + 1, len(program.code))
    _emit(program, parts[-1])
    for jump in jumps:
        program.code[jump] = (JUMP, len(program.code), None)


def _emit_repeat(program: Program, part: Repeat) -> None:
    for _ in range(part.least):
        _emit(program, part.part)
    if part.most is None:
        split = program.add(SPLIT)
        _emit(program, part.part)
        program.add(JUMP, split)
        program.code[split] = _split(split + 1, len(program.code), part.reluctant)
        return
    splits = []
    for _ in range(part.most - part.least):
        splits.append(program.add(SPLIT))
        _emit(program, part.part)
    for split in splits:
        program.code[split] = _split(split + 1, len(program.code), part.reluctant)


def _split(inside: int, outside: int, reluctant: bool) -> tuple[int, int, int]:
    return (SPLIT, outside, inside) if reluctant else (SPLIT, inside, outside)


Saved = tuple[int | None, ...]


def run_at(  # noqa: C901 - the instructions of one machine: a call for each would cost more than what it does
    program: Program, text: str, begin: int, failed: set[object], step: Callable[[int], None]
) -> Saved | None:
    """Match at one place; where the groups stand, or None.

    ``failed`` remembers what led nowhere; it is good for later places in the same text too.
    """
    code, size = program.code, len(text)
    stack: list[tuple[int, int, Saved]] = [(0, begin, (None,) * (2 * program.groups + 2))]
    taken = 0
    while stack:
        at, position, saved = stack.pop()
        while True:
            key = (at, position, saved) if program.refers_back else (at, position)
            if key in failed:
                break
            failed.add(key)
            taken += 1
            if taken % _CHUNK == 0:
                step(_CHUNK)
            what, first, second = code[at]
            at += 1
            if what == CHAR:
                if position >= size or not first(text[position]):
                    break
                position += 1
            elif what == SPLIT:
                stack.append((second, position, saved))
                at = first
            elif what == JUMP:
                at = first
            elif what == SAVE:
                saved = (*saved[:first], position, *saved[first + 1 :])
            elif what == EDGE:
                if not _edge(first, second, text, position):
                    break
            elif what == BACK:
                length = _back(text, position, saved[2 * first], saved[2 * first + 1], second)
                if length is None:
                    break
                position += length
            else:
                step(taken % _CHUNK)
                return saved
    step(taken % _CHUNK)
    return None


def _edge(sign: str, lines: bool, text: str, position: int) -> bool:
    if sign == "^":
        return position == 0 or (lines and position < len(text) and text[position - 1] == "\n")
    return position == len(text) or (lines and text[position] == "\n")


def _back(text: str, position: int, start: int | None, end: int | None, folded: bool) -> int | None:
    if start is None or end is None:
        return 0
    wanted, found = text[start:end], text[position : position + end - start]
    if wanted == found:
        return end - start
    if not folded or len(found) < len(wanted):
        return None
    equal = all(not ch.either(a).isdisjoint(ch.either(b)) for a, b in zip(wanted, found, strict=True))
    return end - start if equal else None
