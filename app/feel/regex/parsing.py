"""Patterns to trees."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.feel.regex import characters as ch

MAX_LENGTH = 1000
MAX_REPEAT = 1000
MAX_DEPTH = 50
_SPACES = frozenset(" \t\n\r")
_LITERAL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", **{char: char for char in "\\|.?*+(){}-[]^$"}}
_QUANTIFIERS = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class InvalidPattern(ValueError):
    """A text that is no regular expression."""


@dataclass(frozen=True)
class Chars:
    """One character of a class."""

    chars: ch.Class


@dataclass(frozen=True)
class Edge:
    """The start (``^``) or end (``$``) of the text, or of a line."""

    sign: str
    lines: bool


@dataclass(frozen=True)
class Back:
    """What a group matched."""

    group: int
    folded: bool


@dataclass(frozen=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Choice:
    """One of several parts, the first that leads to a match."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Group:
    """A part whose place is remembered."""

    index: int
    part: Part


@dataclass(frozen=True)
class Repeat:
    """A part several times, as often as possible or, when reluctant, as seldom."""

    part: Part
    least: int
    most: int | None
    reluctant: bool


Part = Chars | Edge | Back | Sequence | Choice | Group | Repeat


@dataclass
class Tree:
    """A pattern that was read, and how many groups it has."""

    part: Part
    groups: int
    refers_back: bool


def read(pattern: str, flags: str) -> Tree:
    """Read a pattern.

    :raises InvalidPattern: when it is none, is too long, or a flag is unknown
    """
    if not set(flags) <= set("smixq"):
        raise InvalidPattern(f"there are no flags {flags!r}")
    if len(pattern) > MAX_LENGTH:
        raise InvalidPattern(f"a pattern may have {MAX_LENGTH} characters at most")
    if "q" in flags:
        folded = "i" in flags
        return Tree(Sequence(tuple(Chars(ch.single(char, folded)) for char in pattern)), 0, False)
    reader = _Reader(_without_spaces(pattern) if "x" in flags else pattern, flags)
    part = reader.choice()
    if reader.at < len(reader.text):
        raise InvalidPattern("a parenthesis is closed that wasn't opened")
    return Tree(part, reader.groups, reader.refers_back)


def _without_spaces(pattern: str) -> str:
    kept: list[str] = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in _SPACES and not depth:
            continue
        kept.append(char)
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "[]":
            depth = max(depth + (1 if char == "[" else -1), 0)
    return "".join(kept)


@dataclass
class _Reader:
    text: str
    flags: str
    at: int = 0
    groups: int = 0
    depth: int = 0
    refers_back: bool = False
    closed: set[int] = field(default_factory=set)

    @property
    def folded(self) -> bool:
        return "i" in self.flags

    @property
    def next(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> str:
        char = self.next
        if not char:
            raise InvalidPattern("the pattern ends too early")
        self.at += 1
        return char

    def accept(self, text: str) -> bool:
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def choice(self) -> Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InvalidPattern("the pattern is nested too deeply")
        branches = [self.sequence()]
        while self.accept("|"):
            branches.append(self.sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self) -> Part:
        parts: list[Part] = []
        while self.next and self.next not in "|)":
            parts.append(self.quantified(self.atom()))
        return Sequence(tuple(parts))

    def quantified(self, part: Part) -> Part:
        if self.next in _QUANTIFIERS and self.next:
            least, most = _QUANTIFIERS[self.take()]
        elif self.accept("{"):
            least, most = self.counts()
        else:
            return part
        reluctant = self.accept("?")
        if (self.next and self.next in "?*+") or self.next == "{":
            raise InvalidPattern("a quantifier follows a quantifier")
        return Repeat(part, least, most, reluctant)

    def counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at : max(end, self.at)].partition(",")
        if end < 0 or not least.isascii() or not least.isdigit() or (most and not (most.isascii() and most.isdigit())):
            raise InvalidPattern("this is no quantifier")
        self.at = end + 1
        low = int(least[:9])
        high = int(most[:9]) if most else None if comma else low
        if low > MAX_REPEAT or (high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise InvalidPattern(f"a quantifier may count to {MAX_REPEAT} at most, upwards")
        return low, high

    def atom(self) -> Part:
        char = self.take()
        match char:
            case "(":
                return self.group()
            case "[":
                return Chars(self.char_class())
            case ".":
                return Chars((lambda _other: True) if "s" in self.flags else (lambda other: other not in "\n\r"))
            case "^" | "$":
                return Edge(char, "m" in self.flags)
            case "\\":
                return self.escape()
            case "?" | "*" | "+" | "{" | "}" | "]":
                raise InvalidPattern(f"{char!r} has to be escaped here")
        return Chars(ch.single(char, self.folded))

    def group(self) -> Part:
        if self.accept("?:"):
            part = self.choice()
            if not self.accept(")"):
                raise InvalidPattern("a parenthesis isn't closed")
            return part
        self.groups += 1
        index = self.groups
        part = self.choice()
        if not self.accept(")"):
            raise InvalidPattern("a parenthesis isn't closed")
        self.closed.add(index)
        return Group(index, part)

    def escape(self) -> Part:
        if self.next.isascii() and self.next.isdigit():
            return self.back_reference()
        return Chars(self.escaped_class())

    def back_reference(self) -> Part:
        number = int(self.take())
        while self.next.isascii() and self.next.isdigit() and number * 10 + int(self.next) <= self.groups:
            number = number * 10 + int(self.take())
        if number not in self.closed:
            raise InvalidPattern(f"there is no group {number} to refer back to")
        self.refers_back = True
        return Back(number, self.folded)

    def escaped_class(self) -> ch.Class:
        char = self.take()
        if char in _LITERAL_ESCAPES:
            return ch.single(_LITERAL_ESCAPES[char], self.folded)
        if char in "pP":
            return self.property(char == "P")
        found = ch.escaped(char)
        if found is None:
            raise InvalidPattern(f"there is no escape \\{char}")
        return found

    def property(self, negated: bool) -> ch.Class:
        end = self.text.find("}", self.at)
        if not self.accept("{") or end < 0:
            raise InvalidPattern("\\p needs a name in braces")
        name = self.text[self.at : end]
        self.at = end + 1
        found = ch.property_named(name)
        if found is None:
            raise InvalidPattern(f"there is no category or block {name!r}")
        return ch.negated(found) if negated else found

    # -- classes in brackets

    def char_class(self) -> ch.Class:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InvalidPattern("the pattern is nested too deeply")
        negated = self.accept("^")
        classes: list[ch.Class] = []
        excluded: ch.Class | None = None
        while not self.accept("]"):
            if classes and self.accept("-["):
                excluded = self.char_class()
                if not self.accept("]"):
                    raise InvalidPattern("a subtraction has to come last")
                break
            classes.append(self.class_item(first=not classes))
        if not classes:
            raise InvalidPattern("a class has no characters")
        self.depth -= 1
        made = ch.any_of(classes)
        made = ch.negated(made) if negated else made
        return made if excluded is None else ch.but(made, excluded)

    def class_item(self, first: bool) -> ch.Class:
        char = self.take()
        if char == "[":
            raise InvalidPattern("'[' has to be escaped here")
        if char == "\\":
            letter = self.next
            if letter not in _LITERAL_ESCAPES:
                return self.escaped_class()
            self.take()
            char = _LITERAL_ESCAPES[letter]
        elif char == "-" and not first and self.next != "]":
            raise InvalidPattern("'-' has to be escaped here")
        if self.next == "-" and self.at + 1 < len(self.text) and self.text[self.at + 1] not in "][":
            self.take()
            last = self.take()
            if last == "\\":
                last = _LITERAL_ESCAPES.get(self.take(), "")
            if last < char:
                raise InvalidPattern("a range of characters goes backwards")
            return ch.span(char, last, self.folded)
        return ch.single(char, self.folded)
