"""JUEL, the expression language of Camunda 7, to FEEL where both say the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from app import feel

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>&&|\|\||[=!<>]=|[-+*/!<>()?:.,\[\]]))"
)
_WHOLE = re.compile(r"\s*[$#]\{(?P<inner>.*)\}\s*\Z", re.DOTALL)
_WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "div": "/",
}
_CONSTANTS = frozenset({"true", "false", "null"})
_KEYWORDS = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between", "instance", "of", "function"}
)
_COUNTERS = {
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
    "loopCounter": "(loopCounter - 1)",
}  # fmt: skip
"""What multi-instances count; Camunda 7's loopCounter begins at 0."""


_OBJECTS = frozenset(
    {"execution", "task", "caseExecution", "authenticatedUserId", "authenticatedGroups", "planItemInstance", "variables", "dateTimeUtil"}
)  # fmt: skip
"""Names that mean the other engine's own objects, never variables."""
_CONVERTED = re.compile(r'"(true|false|[-+]?\d+(\.\d*)?([eE][-+]?\d+)?)"\Z', re.IGNORECASE)
"""Texts that JUEL makes booleans or numbers of when they are compared with one; FEEL's comparison is null then."""


class Untranslatable(ValueError):
    """The expression says something that has no equal in FEEL; the message names it."""


def is_expression(text: str) -> bool:
    """Whether a text has an expression in it."""
    return "${" in text or "#{" in text


def to_feel(text: str) -> str:
    """``${amount > 5 && !done}`` as ``=amount > 5 and done != true``; a text without an expression stays as it is.

    :raises Untranslatable: when a part of it has no equal in FEEL
    """
    if not is_expression(text):
        return text
    found = _WHOLE.match(text)
    if found is None or is_expression(found["inner"]):
        raise Untranslatable("text and expressions mixed")
    translated = "=" + _Translator(found["inner"]).whole()
    try:
        feel.compile(translated[1:])
    except feel.FeelSyntaxError as wrong:
        raise Untranslatable(str(wrong)) from wrong
    return translated


class _Translator:
    """Recursive descent, from the loosest binding to the tightest; every method gives FEEL text."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.index = 0

    @property
    def next(self) -> tuple[str, str]:
        return self.tokens[self.index] if self.index < len(self.tokens) else ("end", "the end")

    def accept(self, *signs: str) -> str | None:
        kind, text = self.next
        if kind == "sign" and text in signs:
            self.index += 1
            return text
        return None

    def expect(self, sign: str) -> None:
        if self.accept(sign) is None:
            raise Untranslatable(self.next[1])

    def whole(self) -> str:
        found = self.choice()
        if self.next[0] != "end":
            raise Untranslatable(self.next[1])
        return found

    def choice(self) -> str:
        condition = self.either()
        if self.accept("?") is None:
            return condition
        then = self.choice()
        self.expect(":")
        return f"if {condition} then {then} else {self.choice()}"

    def either(self) -> str:
        return self._joined("||", "or", self.both)

    def both(self) -> str:
        return self._joined("&&", "and", self.equality)

    def _joined(self, sign: str, word: str, part: Callable[[], str]) -> str:
        parts = [part()]
        while self.accept(sign):
            parts.append(part())
        return f" {word} ".join(parts)

    def equality(self) -> str:
        left = self.sum()
        sign = self.accept("==", "!=", "<", "<=", ">", ">=")
        if sign is None:
            return left
        right = self.sum()
        if self.accept("==", "!=", "<", "<=", ">", ">="):
            raise Untranslatable("comparisons in a row")
        _refuse_conversion(left, right)
        return f"{_whole(left)} {'=' if sign == '==' else sign} {_whole(right)}"

    def sum(self) -> str:
        found = self.product()
        while sign := self.accept("+", "-"):
            right = self.product()
            if sign == "+" and '"' in (found[0], right[0]):
                raise Untranslatable("“+” with a text, which JUEL takes for a number")
            found = f"{found} {sign} {right}"
        return found

    def product(self) -> str:
        found = self.unary()
        while sign := self.accept("*", "/"):
            found = f"{found} {sign} {self.unary()}"
        return found

    def unary(self) -> str:
        if self.accept("!"):
            return f"{self.unary()} != true"  # null counts as false in JUEL, where FEEL's not(null) is null
        if self.accept("-"):
            return f"-{self.unary()}"
        return self.path()

    def path(self) -> str:
        kind, text = self.next
        if self.accept("("):
            found = f"({self.choice()})"
            self.expect(")")
        elif kind in ("number", "text"):
            self.index += 1
            return text if kind == "number" else _quoted(text)
        elif kind == "name":
            self.index += 1
            found = self._named(text)
        else:
            raise Untranslatable(text)
        return self._members(found)

    def _named(self, name: str) -> str:
        if name in _CONSTANTS:
            return name
        if name in ("empty", "mod", "instanceof") or name in _KEYWORDS:
            raise Untranslatable(name)
        if name == "execution" and [text for _, text in self.tokens[self.index : self.index + 3]] == [
            ".",
            "getVariable",
            "(",
        ]:
            kind, text = self.tokens[self.index + 3] if self.index + 3 < len(self.tokens) else ("end", "")
            if kind == "text" and text[1:-1].isidentifier():
                self.index += 4
                self.expect(")")
                return text[1:-1]
        if self.next == ("sign", "("):
            raise Untranslatable(f"{name}()")
        if name in _OBJECTS:
            raise Untranslatable(f"{name}, an object of the other engine")
        return _COUNTERS.get(name, name)

    def _members(self, found: str) -> str:
        while True:
            if self.accept("."):
                kind, name = self.next
                self.index += 1
                if kind != "name" or name in _KEYWORDS or self.next == ("sign", "("):
                    raise Untranslatable(f".{name}()" if self.next == ("sign", "(") else name)
                found = f"{found}.{name}"
            elif self.accept("["):
                kind, text = self.next
                if kind != "number" or not text.isdigit():
                    raise Untranslatable("an index that is no number")
                self.index += 1
                self.expect("]")
                found = f"{found}[{int(text) + 1}]"
            else:
                return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise Untranslatable(text[at:].strip()[:20])
        kind = match.lastgroup or ""
        word = match[kind]
        found.append(("sign", _WORDS[word]) if kind == "name" and word in _WORDS else (kind, word))
        at = match.end()
    return found


def _quoted(text: str) -> str:
    inner = re.sub(r"\\(.)", r"\1", text[1:-1])
    return '"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _refuse_conversion(left: str, right: str) -> None:
    for text in (left, right):
        if _CONVERTED.match(text):
            raise Untranslatable(f"a comparison with the text {text}, which JUEL also takes for a boolean or a number")


def _whole(text: str) -> str:
    """A negation as the operand of another comparison."""
    return f"({text})" if text.endswith(" != true") else text
