"""The words of the law: the articles that steps and rules cite, in Chinese as they were promulgated.

The texts are ``articles.json`` beside this file: the law's key, the article's number, its paragraphs one a line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ARTICLES_FILE = Path(__file__).with_name("articles.json")

_CITED = re.compile(r"(?P<law>\S+) (?P<first>\d+)(?:[–-](?P<last>\d+))?\Z")


@dataclass(frozen=True)
class Article:
    """An article: its law's key and number, and its paragraphs."""

    law: str
    number: int
    paragraphs: tuple[str, ...]

    @property
    def citation(self) -> str:
        """``O87 38``."""
        return f"{self.law} {self.number}"


@cache
def _laws() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(ARTICLES_FILE.read_text(encoding="utf-8"))["laws"]
    return found


def cited(citation: str) -> list[Article]:
    """The articles that a citation names (``O87 38, IR 33``, ``GPL 19–20``); what isn't at hand is left out."""
    return [article for part in citation.split(",") for article in _one(part.strip())]


def _one(part: str) -> list[Article]:
    found = _CITED.match(part)
    if found is None:
        return []
    texts = _laws().get(found["law"], {})
    numbers = range(int(found["first"]), int(found["last"] or found["first"]) + 1)
    return [
        Article(found["law"], number, tuple(texts[str(number)].split("\n")))
        for number in numbers
        if str(number) in texts
    ]
