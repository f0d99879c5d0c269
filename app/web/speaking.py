"""What a page says in the other language than its own is marked with that language, wherever it stands (WCAG 2.2, 3.1.2).

Names of people, files and goods are in the language in which somebody typed them. The skeleton of the pages passes its
body through here, so that no template has to think of it. A field says the language of what it holds, or the one that its
name asks for (``title_zh``); what is typed into it later its script says (small.js).
"""

from __future__ import annotations

import html
import re

from markupsafe import Markup, escape

from app.web import words

_PARTS = re.compile(r"""(<!--.*?-->|<[A-Za-z/](?:"[^"]*"|'[^']*'|[^'">])*>)""", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_LANGUAGE = re.compile(r"\slang=")
_KEPT = frozenset(["script", "style", "textarea", "option", "title", "pre", "code", "kbd", "svg", "template"])
"""Elements whose text is no prose, or can't hold another element."""
_VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


_TYPED = re.compile(r"""^<(?:textarea|option)\b|^<input\b(?!.*?\stype="(?!text"|search"))""", re.DOTALL)
"""The tags of fields that hold words, and of what a list lets one choose."""
_VALUE = re.compile(r"""\svalue="([^"]*)\"""")
_ASKED = re.compile(r"""\sname="[^"]*_(en|zh)\"""")
_TAGS = {"en": "en", "zh": "zh-Hans"}


def marked(language: str, markup: str) -> Markup:
    """The markup with every text that isn't in the language of the page (``en`` or ``zh``) in a ``span`` with its tag."""
    made: list[str] = []
    kept, depth = "", 0
    parts = _PARTS.split(markup)
    for part, after in zip(parts, [*parts[1:], ""], strict=True):
        tag = _TAG.match(part)
        if tag is None:
            made.append(part if kept else _spoken(language, part))
            continue
        made.append(part if kept else _field(language, part, after))
        closes, name = bool(tag[1]), tag[2].lower()
        if kept:
            depth += (name == kept) * (-1 if closes else 1)
            kept = kept if depth else ""
        elif not closes and name not in _VOID and (name in _KEPT or _LANGUAGE.search(part)):
            kept, depth = name, 1
    return Markup("".join(made))


def _field(language: str, tag: str, after: str) -> str:
    """The tag of a field with its language; any other tag as it is."""
    if not _TYPED.match(tag) or _LANGUAGE.search(tag):
        return tag
    asked, value = _ASKED.search(tag), _VALUE.search(tag) if tag.startswith("<input") else None
    text = after if not tag.startswith("<input") else value[1] if value else ""
    spoken = _TAGS[asked[1]] if asked else words.spoken_in(language, html.unescape(text))
    return f'{tag[:-1]} lang="{spoken}">' if spoken else tag


def _spoken(language: str, text: str) -> str:
    if not text.strip():
        return text
    pieces = list(words.by_language(language, html.unescape(text)))
    if not any(tag for _, tag in pieces):
        return text
    return "".join(f'<span lang="{tag}">{escape(piece)}</span>' if tag else str(escape(piece)) for piece, tag in pieces)
