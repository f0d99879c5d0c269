"""The sealed package: ``bid.json`` and the files in one tar archive, encrypted to the lot's key in age's format.

Both are open formats: with the lot's private key, ``age --decrypt | tar --extract`` opens a bid without this program.
``bid.json`` is canonical JSON (RFC 8785) after ``bid.schema.json`` beside this file; it carries a random salt, so that
nobody can try prices until a digest fits. The package is sealed and opened piece by piece; it never lies readable on a
disk.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import pyrage
import rfc8785
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pyrage import x25519

from app.foundation.foreign import Unreadable, jsons
from app.foundation.foreign.archives import Tar

FORMAT = "tenderway-bid/1"
MANIFEST = "bid.json"
SCHEMA_FILE = Path(__file__).with_name("bid.schema.json")
_BLOCK = 512
END = bytes(2 * _BLOCK)
"""What ends a tar archive."""
LARGEST_FILES = 200 * 1024 * 1024
"""The most bytes of a bid's files together."""
MOST_FILES = 100
"""The most files of a bid."""


class PackageUnreadable(Exception):
    """What came out of the seal is no package of this format."""


class SealBroken(Exception):
    """The seal doesn't open with the lot's key: it was made for another one, or the content was changed."""


@dataclass(frozen=True)
class Package:
    """An opened package: the manifest and the files' contents by their path."""

    manifest: dict[str, Any]
    files: Mapping[str, bytes]


def seal(manifest: Mapping[str, Any], files: Iterable[bytes], recipient: str) -> bytes:
    """Seal a manifest and the files it lists, in its order, to a public key (``age1…``)."""
    pieces = _archive(dict(manifest), files)
    sealed = io.BytesIO()
    pyrage.encrypt_io(_Pieces(pieces), sealed, [x25519.Recipient.from_str(recipient)])
    return sealed.getvalue()


def unseal(sealed: bytes, identity: str) -> Package:
    """Open a sealed package with the private key and check it; raises SealBroken or PackageUnreadable."""
    plain = io.BytesIO()
    try:
        pyrage.decrypt_io(io.BytesIO(sealed), plain, [x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, OSError) as error:
        raise SealBroken(str(error)) from error
    plain.seek(0)
    return _read(plain)


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def path_of(number: int) -> str:
    """Where the file of that number (from 1) stands in the archive."""
    return f"files/{number:03d}"


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of ``bid.json``."""
    found: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return found


def _archive(manifest: dict[str, Any], files: Iterable[bytes]) -> Iterator[bytes]:
    yield from entry(MANIFEST, rfc8785.dumps(manifest))
    for listed, data in zip(manifest["files"], files, strict=True):
        yield from entry(listed["path"], data)
    yield END


def entry(path: str, data: bytes) -> Iterator[bytes]:
    """A file of a tar archive, piece by piece."""
    info = tarfile.TarInfo(path)
    info.size = len(data)
    yield info.tobuf(tarfile.USTAR_FORMAT)
    yield data
    yield bytes(-len(data) % _BLOCK)


class _Pieces(io.RawIOBase):
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


def _read(plain: io.BytesIO) -> Package:
    try:
        members = archive(plain, MANIFEST)
        manifest = jsons.read(members.read(MANIFEST, jsons.LARGEST))
    except Unreadable as unreadable:
        raise PackageUnreadable(f"it isn't an archive with a {MANIFEST}: {unreadable}") from unreadable
    wrong = best_match(Draft202012Validator(schema()).iter_errors(manifest))
    if wrong is not None:
        raise PackageUnreadable(f"{MANIFEST}, {wrong.json_path}: {wrong.message[:300]}")
    files: dict[str, bytes] = {}
    for listed in manifest["files"]:
        data = members.read(listed["path"]) if listed["path"] in members else None
        if data is None or (len(data), digest(data)) != (listed["size"], listed["sha256"]):
            raise PackageUnreadable(f"{listed['path']} isn't the file that {MANIFEST} lists")
        files[listed["path"]] = data
    return Package(manifest, files)


def archive(source: IO[bytes], manifest: str) -> Tar:
    """An archive of ours that somebody hands in: its manifest and the files beside it, and nothing else; raises Unreadable."""
    named = rf"{re.escape(manifest)}|files/[0-9]{{3}}"
    return Tar(source, named=named, largest=LARGEST_FILES + jsons.LARGEST, most=MOST_FILES + 1)
