"""Text to tokens. Names are single words here; the parser joins the words of a name that has several."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.feel.errors import FeelSyntaxError

MAX_LENGTH = 100_000

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.(?!\.)\d+)(?:[eE][+-]?\d+)?)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d][\w]*|\?)
      | (?P<symbol>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>(){}\[\],.:;@'])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "/": "/"}


@dataclass(frozen=True)
class Token:
    """``kind`` is number, string, name, symbol or end; ``text`` its value, ``start``/``end`` where it stands."""

    kind: str
    text: str
    start: int
    end: int


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position."""
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def error(message: str, text: str, at: int) -> FeelSyntaxError:
    """A syntax error at a position of the text."""
    return FeelSyntaxError(message, *place(text, at))


def tokens(text: str) -> list[Token]:
    """All tokens of the text, the last of kind ``end``.

    :raises FeelSyntaxError: at the first character that begins no token
    """
    if len(text) > MAX_LENGTH:
        raise error(f"an expression may have {MAX_LENGTH} characters at most", text, MAX_LENGTH)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise error("this string has no end" if text[at] == '"' else f"{text[at]!r} has no meaning here", text, at)
        kind = match.lastgroup or ""
        if kind == "string":
            found.append(Token(kind, _unescape(match.group()[1:-1]), at, match.end()))
        elif kind != "space":
            found.append(Token(kind, match.group(), at, match.end()))
        at = match.end()
    return [*found, Token("end", "", len(text), len(text))]


def _unescape(raw: str) -> str:
    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU" and len(code) > 1:
            return chr(int(code[1:], 16))
        return _PLAIN.get(code, "\\" + code)

    text = _ESCAPE.sub(replace, raw) if "\\" in raw else raw
    # Two surrogate escapes are one character, as JSON writes it.
    return (
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if re.search("[\ud800-\udfff]", text)
        else text
    )
