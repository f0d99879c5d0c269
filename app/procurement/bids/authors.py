"""Who wrote a bid's file, as the file itself says: read once, when the bid is opened, and kept beside it (O87 37(1))."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import documents
from app.foundation.foreign import Unreadable
from app.foundation.foreign.archives import Zip
from app.foundation.foreign.kinds import LARGEST_UNPACKED, MOST_PARTS
from app.foundation.text import Text, text_of
from app.procurement.bids.records import BidFile

OFFICE = "docProps/core.xml"
LARGEST_OFFICE = 100_000
MOST_NAMES = 20
LONGEST_NAME = 100


def described(content: bytes) -> dict[str, Any]:
    """What ``BidFile.described`` keeps: ``authors``, or why it is ``unreadable`` (a Text as JSON). Whatever the bytes are."""
    try:
        names = dict.fromkeys(name.strip()[:LONGEST_NAME] for name in _names(content))
    except Unreadable as unreadable:
        return {"unreadable": unreadable.why.as_json()}
    return {"authors": [name for name in names if name and name.isprintable()][:MOST_NAMES]}


def of_file(session: Session, file: BidFile) -> tuple[set[str], Text | None]:
    """A file's authors, and why they can't be told; one opened by the first release, which kept none, is read here."""
    known = file.described if file.described is not None else described(documents.read(session, file.document_id))
    why = known.get("unreadable")
    return set(known.get("authors", ())), text_of(why) if why else None


def _names(content: bytes) -> Iterator[str]:
    """The names in the description of a PDF or an Office file; none in anything else."""
    if content.startswith(b"%PDF"):
        for name in re.findall(rb"/Author\s{0,20}\(((?:[^()\\]|\\.){0,400}+)\)", content):
            yield name.decode("latin-1")
    elif content.startswith(b"PK"):
        archive = Zip(io.BytesIO(content), largest=LARGEST_UNPACKED, most=MOST_PARTS)
        if OFFICE in archive:
            said = archive.read(OFFICE, LARGEST_OFFICE).decode("utf-8", "replace")
            yield from re.findall(r"<(?:dc:creator|cp:lastModifiedBy)>([^<]{1,400})</", said)
