"""Opening a sealed package (``app.sealer.packages``) with the lot's private key, and checking what comes out."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import pyrage
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pyrage import x25519

from app.foundation.foreign import Unreadable, jsons
from app.foundation.foreign.archives import Tar
from app.sealer.packages import MANIFEST, digest

SCHEMA_FILE = Path(__file__).with_name("bid.schema.json")
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


def unseal(sealed: bytes, identity: str) -> Package:
    """Open a sealed package with the private key and check it.

    :raises SealBroken:
    :raises PackageUnreadable:
    """
    plain = io.BytesIO()
    try:
        pyrage.decrypt_io(io.BytesIO(sealed), plain, [x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, OSError) as error:
        raise SealBroken(str(error)) from error
    plain.seek(0)
    return _read(plain)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of ``bid.json``."""
    found: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return found


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
    """An archive of ours that somebody hands in: its manifest and the files beside it, and nothing else.

    :raises Unreadable:
    """
    named = rf"{re.escape(manifest)}|files/[0-9]{{3}}"
    return Tar(source, named=named, largest=LARGEST_FILES + jsons.LARGEST, most=MOST_FILES + 1)
