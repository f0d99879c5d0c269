"""Days and instants in words, in both languages, for texts that don't know who reads them.

Pages say them by their reader's language and nearness (``app.web.words``).
"""

from __future__ import annotations

from datetime import date, datetime

from app.foundation import clock
from app.foundation.text import Text


def day(on: date | None) -> Text:
    """A day as people write it, or a dash where none is set."""
    return Text("–", "–") if on is None else Text(f"{on.day} {on:%B %Y}", f"{on.year}年{on.month}月{on.day}日")


def when(at: datetime) -> Text:
    """An instant as people write it, and by which clock."""
    there = at.astimezone(clock.PLACE)
    on = day(there.date())
    return Text(f"{on.en}, {there:%H:%M} (China time)", f"{on.zh}{there:%H:%M}（北京时间）")
