"""The sealed package: ``bid.json`` and the files in one tar archive, encrypted to the lot's key in age's format.

Both are open formats: with the lot's private key, ``age --decrypt | tar --extract`` opens a bid without this program.
``bid.json`` is canonical JSON (RFC 8785) after ``bid.schema.json`` of ``app.procurement.bids``; it carries a random salt,
so that nobody can try prices until a digest fits. The package is made piece by piece; it never lies readable on a disk.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from io import RawIOBase
from typing import Any, BinaryIO

import pyrage
import rfc8785
from pyrage import x25519

FORMAT = "tenderway-bid/1"
MANIFEST = "bid.json"
_BLOCK = 512
END = bytes(2 * _BLOCK)
"""What ends a tar archive."""


def seal(
    manifest: Mapping[str, Any], files: Iterable[Iterable[bytes]], recipient: str, target: BinaryIO | RawIOBase
) -> None:
    """Seal a manifest and the files it lists, in its order and each in pieces, to a public key (``age1…``)."""
    pieces = _archive(dict(manifest), files)
    pyrage.encrypt_io(_Pieces(pieces), target, [x25519.Recipient.from_str(recipient)])


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def path_of(number: int) -> str:
    """Where the file of that number (from 1) stands in the archive."""
    return f"files/{number:03d}"


def entry(path: str, size: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A file of ``size`` bytes in a tar archive, piece by piece."""
    info = tarfile.TarInfo(path)
    info.size = size
    yield info.tobuf(tarfile.USTAR_FORMAT)
    yield from pieces
    yield bytes(-size % _BLOCK)


def _archive(manifest: dict[str, Any], files: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    written = rfc8785.dumps(manifest)
    yield from entry(MANIFEST, len(written), [written])
    for listed, pieces in zip(manifest["files"], files, strict=True):
        yield from entry(listed["path"], listed["size"], pieces)
    yield END


class _Pieces(RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        taken = min(len(buffer), len(self._rest))
        buffer[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        return taken
