"""Days and instants as an iCalendar file (RFC 5545), for people to take into their own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar"
LINE = 75
"""The most octets of a line (RFC 5545 3.1)."""


@dataclass(frozen=True)
class Event:
    """Something that happens at an instant, or on a whole day; ``id`` is the same whenever the file is asked for again."""

    id: str
    at: datetime | date
    title: str
    address: str = ""
    reminds: timedelta | None = None


def calendar(events: Iterable[Event], *, now: datetime) -> bytes:
    """The file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tenderway//EN", "METHOD:PUBLISH"]
    for event in events:
        lines += _event(event, now)
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR")).encode()


def _event(event: Event, now: datetime) -> list[str]:
    if isinstance(event.at, datetime):
        when = [f"DTSTART:{_instant(event.at)}", f"DTEND:{_instant(event.at)}"]
    else:
        when = [f"DTSTART;VALUE=DATE:{event.at:%Y%m%d}", f"DTEND;VALUE=DATE:{event.at + timedelta(days=1):%Y%m%d}"]
    title = _escaped(event.title)
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{title}", f"TRIGGER:-PT{_minutes(event)}M", "END:VALARM"]
    return [
        "BEGIN:VEVENT",
        f"UID:{event.id}",
        f"DTSTAMP:{_instant(now)}",
        *when,
        f"SUMMARY:{title}",
        *([f"URL:{event.address}"] if event.address else []),
        "TRANSP:TRANSPARENT",
        *(alarm if event.reminds else []),
        "END:VEVENT",
    ]


def _minutes(event: Event) -> int:
    return int((event.reminds or timedelta(0)).total_seconds() // 60)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> str:
    """A line of at most 75 octets, and its rest on lines that begin with a space; no sign is cut in two."""
    pieces: list[str] = []
    piece = ""
    for sign in line:
        if len((piece + sign).encode()) > LINE - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])
