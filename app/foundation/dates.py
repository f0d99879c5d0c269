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


def when(at: datetime, *, seconds: bool = False) -> Text:
    """An instant as people write it, and by which clock; to the second where a second decides."""
    there = at.astimezone(clock.PLACE)
    on, time = day(there.date()), f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    return Text(f"{on.en}, {time} (China time)", f"{on.zh}{time}（北京时间）")


def by(on: date | None) -> Text:
    """Until when something can still be done, that day itself counted (Civil Code 203)."""
    said = day(on)
    return Text(f"by the end of {said.en}", f"{said.zh}（含当日）前")
