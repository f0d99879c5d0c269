"""What a page says about the act before it: kept in the browser's signed cookie until the next page shows it."""

from __future__ import annotations

from typing import Any

import orjson
from flask import flash, get_flashed_messages

from app.foundation.text import Text, text_of

TONES = ("good", "soon", "bad", "plain")


def notice(title: Text, more: Text | None = None, *, tone: str = "good", link: tuple[str, Text] | None = None) -> None:
    """Let the next page say what was done, and what happens next; ``link``: an address and its words."""
    said: dict[str, Any] = {"title": title.as_json()}
    if more is not None:
        said["more"] = more.as_json()
    if link is not None:
        said["link"] = {"url": link[0], "text": link[1].as_json()}
    flash(orjson.dumps(said).decode(), tone)


def waiting() -> list[dict[str, Any]]:
    """The notices for this page: ``tone``, ``title``, ``more`` and ``link`` (``url``, ``text``)."""
    found = []
    flashed: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
    for tone, kept in flashed:
        said = orjson.loads(kept)
        link = said.get("link")
        found.append(
            {
                "tone": tone,
                "title": text_of(said["title"]),
                "more": text_of(said["more"]) if "more" in said else None,
                "link": {"url": link["url"], "text": text_of(link["text"])} if link else None,
            }
        )
    return found
