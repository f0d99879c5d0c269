"""Text to tokens. Names are single words here; the parser joins the words of a name that has several."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.feel.errors import FeelSyntaxError, TooComplex, Words

MAX_LENGTH = 100_000

# Grammar rules 28 and 29 (name start char, name part char) and 61 (white space) of DMN 1.5, section 10.3.1.2.
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f\u2040"
_SPACE = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"

_TOKEN = re.compile(
    rf"""(?P<space>[{_SPACE}]+|//[^\n]*|/\*.*?\*/)
      | (?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.(?!\.)\d+)(?:[eE][+-]?\d+)?)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<name>[{_START}][{_PART}]*|\?)
      | (?P<symbol>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>(){{}}\[\],.:;@'’&%$#!|~^])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(rf"[{_START}][{_PART}]*\Z")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Token:
    """``kind`` is number, string, name, symbol or end; ``text`` its value, ``start``/``end`` where it stands."""

    kind: str
    text: str
    start: int
    end: int


def is_word(text: str) -> bool:
    """Whether a text is one word that needs no known names to be read as a name."""
    return _WORD.match(text) is not None


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position."""
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def error(message: Words, text: str, at: int) -> FeelSyntaxError:
    """A syntax error at a position of the text."""
    return FeelSyntaxError(message, *place(text, at))


def too_complex(message: Words, text: str, at: int) -> TooComplex:
    """The error that a text asks for too much."""
    return TooComplex(message, *place(text, at))


def tokens(text: str) -> list[Token]:
    """All tokens of the text, the last of kind ``end``.

    :raises FeelSyntaxError: at the first character that begins no token
    """
    if len(text) > MAX_LENGTH:
        most = Words(f"an expression may have {MAX_LENGTH} characters at most", f"表达式不得超过 {MAX_LENGTH} 个字符")
        raise error(most, text, MAX_LENGTH)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or (text.startswith("/*", at) and match.lastgroup == "symbol"):
            raise error(_unreadable(text, at), text, at)
        kind = match.lastgroup or ""
        if kind == "string":
            found.append(Token(kind, _unescape(match.group()[1:-1]), at, match.end()))
        elif kind != "space":
            found.append(Token(kind, match.group(), at, match.end()))
        at = match.end()
    return [*found, Token("end", "", len(text), len(text))]


def _unreadable(text: str, at: int) -> Words:
    if text[at] == '"':
        return Words("this string has no end", "该字符串没有结束引号")
    if text[at] == "/":
        return Words("this comment has no end", "该注释没有结束符")
    return Words(f"{text[at]!r} has no meaning here", f"此处的 {text[at]!r} 无法识别")


def _unescape(raw: str) -> str:
    """The text that a string literal stands for; an escape that FEEL doesn't know stays as it is."""
    if "\\" not in raw:
        return raw

    def replaced(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            point = int(code[1:], 16)
            return chr(point) if point <= 0x10FFFF else match.group()
        return _PLAIN.get(code, "\\" + code)

    text = _ESCAPE.sub(replaced, raw)
    # Two surrogate escapes are one character, as JSON writes it.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _SURROGATE.search(text) else text
