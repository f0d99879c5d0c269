"""The tokens of a text, what stands next, and the names that are known there.

A name of several words, or with signs in it, is read as one when it is known: a built-in function, a name handed in,
a parameter, an iterator or an entry of a surrounding context. The longest known name wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from app.feel.errors import FeelSyntaxError, UnknownFunctionName, Words
from app.feel.lexer import Token, error, is_word, place, tokens, too_complex

MAX_DEPTH = 80
KEYWORDS = frozenset(
    {
        "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance", "of", "function",
        "true", "false", "null", "external",
    }
)  # fmt: skip
RESERVED = KEYWORDS - {"in", "of", "external"}
_NAME_SIGNS = frozenset("-+*/.'’")
_ENDS_MEMBER = KEYWORDS - {"of", "function", "true", "false", "null", "if", "for", "some", "every"}


class Mark(NamedTuple):
    """A place to go back to."""

    place: int
    depth: int
    scopes: int


@lru_cache(maxsize=10_000)
def _parts_of(name: str) -> tuple[str, ...]:
    """The tokens of a name; none when it can't be written in FEEL. The same names are known in text after text."""
    try:
        return tuple(token.text for token in tokens(name)[:-1] if token.kind != "string")
    except FeelSyntaxError:
        return ()


class Vocabulary:
    """Names of several tokens, found by their first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known; one that can't be written in FEEL stays unknown, and a single word needs no knowing."""
        if is_word(name):
            return
        parts = _parts_of(name)
        if parts:
            known = self._by_first.setdefault(parts[0], [])
            if (parts, name) not in known:
                known.append((parts, name))

    def longest(self, stream: list[Token], index: int) -> tuple[int, str] | None:
        """The longest name that stands at a place, with its number of tokens."""
        best: tuple[int, str] | None = None
        for parts, name in self._by_first.get(stream[index].text, ()):
            size = len(parts)
            if (best is None or size > best[0]) and all(
                token.text == part and token.kind not in ("string", "end")
                for token, part in zip(stream[index : index + size], parts, strict=False)
            ):
                best = (size, name)
        return best


class Stream:
    """Reads a text from left to right; it can go back, but not without end."""

    def __init__(self, text: str, names: Iterable[str], members: Iterable[str]) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.index = 0
        self.depth = 0
        self.scopes = [Vocabulary(names)]
        self.members = Vocabulary(members)
        self._patience = 10 * len(self.tokens) + 1000

    # -- what stands next

    @property
    def next(self) -> Token:
        """The token that stands next."""
        return self.tokens[self.index]

    def at(self, *texts: str) -> bool:
        """Whether one of these words or signs stands next."""
        token = self.tokens[self.index]
        return token.text in texts and token.kind in ("symbol", "name")

    def take(self) -> Token:
        """The next token; the stream moves on."""
        token = self.tokens[self.index]
        self.index += token.kind != "end"
        self._patience -= 1
        if self._patience < 0:
            many = Words("this can be read in too many ways; put parentheses", "此处有多种读法，请加括号")
            raise too_complex(many, self.text, token.start)
        return token

    def accept(self, text: str) -> bool:
        """Take a word or sign if it stands next."""
        if self.at(text):
            self.take()
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take a word or sign that has to stand next."""
        if not self.at(text):
            raise self.wrong(f"expected {text!r}", f"此处应为 {text!r}")
        return self.take()

    def parts(self, end: str) -> Iterator[None]:
        """Once for each part of what commas divide, up to the sign that ends it, which is taken."""
        if not self.accept(end):
            yield
            while self.accept(","):
                yield
            self.expect(end)

    def wrong(self, english: str, chinese: str) -> FeelSyntaxError:
        """The error that something else stands next."""
        token = self.next
        there = repr(self.text[token.start : token.end])
        found = Words("the end", "表达式已结束") if token.kind == "end" else Words(there, f"实际为 {there}")
        return error(Words(f"{english}, found {found.en}", f"{chinese}，{found.zh}"), self.text, token.start)

    def refuse_unknown_function(self, first: Token) -> None:
        """Raise UnknownFunctionName when more words and a parenthesis follow a word that isn't part of a known name."""
        index = self.index
        while self.tokens[index].kind == "name" and self.tokens[index].text not in KEYWORDS:
            index += 1
        if index > self.index and self.tokens[index].text == "(" and self.tokens[index].kind == "symbol":
            name = " ".join(self.text[first.start : self.tokens[index].start].split())
            raise UnknownFunctionName(name, *place(self.text, first.start))

    def mark(self) -> Mark:
        """Where the stream stands."""
        return Mark(self.index, self.depth, len(self.scopes))

    def reset(self, mark: Mark) -> None:
        """Go back to where the stream stood."""
        self.index, self.depth = mark.place, mark.depth
        del self.scopes[mark.scopes :]

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level of nesting."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            deep = Words(f"expressions may be nested {MAX_DEPTH} deep at most", f"表达式嵌套不得超过 {MAX_DEPTH} 层")
            raise too_complex(deep, self.text, self.next.start)
        yield
        self.depth -= 1

    @contextmanager
    def scope(self, *names: str) -> Iterator[None]:
        """A scope in which these names are known, and those learned in it."""
        self.scopes.append(Vocabulary(names))
        yield
        self.scopes.pop()

    # -- names

    def learn(self, name: str) -> None:
        """Make a name known in the present scope, and after a dot."""
        self.scopes[-1].add(name)
        self.members.add(name)

    def known_name(self) -> str | None:
        """The longest name in scope that stands here, taken; None when none does."""
        return self._longest(self.scopes)

    def _longest(self, vocabularies: list[Vocabulary]) -> str | None:
        best: tuple[int, str] | None = None
        for vocabulary in reversed(vocabularies):
            found = vocabulary.longest(self.tokens, self.index)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        if best is None or (best[0] == 1 and best[1] in RESERVED):
            return None
        self.index += best[0]
        return best[1]

    def member_name(self) -> str:
        """The name after a dot: the longest known one, else all words up to the next sign or keyword."""
        known = self._longest([*self.scopes, self.members])
        if known is not None:
            return known
        if self.next.kind != "name":
            raise self.wrong("expected a name after the dot", "点号之后应为名称")
        words = [self.take().text]
        while self.next.kind in ("name", "number") and self.next.text not in _ENDS_MEMBER:
            words.append(self.take().text)
        return " ".join(words)

    def new_name(self, what: Words, end: str = "") -> str:
        """A name that is made here, of all words and signs up to what can't belong to it."""
        start = self.next.start
        while self._belongs_to_name(self.index) and not (end and self.at(end)):
            self.take()
        name = " ".join(self.text[start : self.next.start].split())
        if not name:
            raise self.wrong(f"expected {what.en}", f"此处应为{what.zh}")
        return name

    def _belongs_to_name(self, index: int) -> bool:
        token = self.tokens[index]
        return token.kind in ("name", "number") or (token.kind == "symbol" and token.text in _NAME_SIGNS)

    def name_before_colon(self) -> str | None:
        """The name that a colon follows, both taken; None when no such thing stands here."""
        index = self.index
        while self._belongs_to_name(index):
            index += 1
        colon = self.tokens[index]
        if index == self.index or colon.kind != "symbol" or colon.text != ":":
            return None
        name = " ".join(self.text[self.next.start : colon.start].split())
        self.index = index + 1
        return name
