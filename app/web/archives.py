"""Several documents as one ZIP, written while it is sent: no archive is ever whole in memory or on disk."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo


class _Pipe(io.RawIOBase):
    """Takes what the archive writes, and gives it on piece by piece."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        """It is only written to."""
        return True

    def write(self, piece: object) -> int:
        """Take a piece."""
        taken = bytes(piece)  # type: ignore[call-overload]
        self._waiting.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        """What was written since the last call."""
        pieces, self._waiting = self._waiting, []
        return b"".join(pieces)


Entry = tuple[str, datetime, Callable[[], Iterable[bytes]]]
"""A file of an archive: its name there, the local time it is of, and what gives its pieces."""


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The bytes of an archive; files of one name are numbered. Contents are stored as they are: PDFs are compressed already."""
    pipe, names = _Pipe(), set[str]()
    with ZipFile(pipe, "w", ZIP_STORED) as archive:
        for name, at, pieces in entries:
            unique = _unique(name, names)
            info = ZipInfo(unique, at.timetuple()[:6])
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in pieces():
                    file.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


def _unique(name: str, names: set[str]) -> str:
    """The name, or the name with a number before its ending where it is taken."""
    stem, dot, ending = name.rpartition(".")
    found, number = name, 1
    while found in names:
        number += 1
        found = f"{stem or ending} ({number}){dot}{ending if stem else ''}"
    names.add(found)
    return found
