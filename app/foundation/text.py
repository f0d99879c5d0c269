"""A text a person reads, in every language of the house.

Texts are pairs kept where they are used, not keys into a catalogue: a page can't be half translated, and whoever
changes one language sees the other beside it (docs/decisions/0002-texts-are-pairs.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

LANGUAGES = ("en", "zh")
"""English and Simplified Chinese, by the codes used in forms, diagrams and cookies."""


class Text(NamedTuple):
    """The same sentence in English and Simplified Chinese; ``%(name)s`` marks what is filled in later."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """The sentence in ``language`` (``en`` for any language the house doesn't speak)."""
        return self.zh if language == "zh" else self.en

    def filled(self, **values: object) -> Text:
        """The same text with its ``%(name)s`` places filled; a value that is itself a Text goes in by language."""
        return Text(*(getattr(self, lang) % {k: in_language(v, lang) for k, v in values.items()} for lang in LANGUAGES))

    def as_json(self) -> dict[str, str]:
        """``{"en": …, "zh": …}``, as forms and stored records write it."""
        return {"en": self.en, "zh": self.zh}


def text_of(value: Any) -> Text:
    """Read a Text from JSON: an ``{"en", "zh"}`` object, or one string that serves both languages."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Mapping):
        english = str(value.get("en") or value.get("zh") or "")
        return Text(english, str(value.get("zh") or english))
    return Text(str(value), str(value))


def in_language(value: object, language: str) -> object:
    """``value`` itself, or its words in ``language`` when it is a Text."""
    return value.in_(language) if isinstance(value, Text) else value
