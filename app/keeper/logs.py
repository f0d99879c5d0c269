"""The keeper's log: one JSON object a line, each carrying the hash of the one before, only ever appended to.

``hash`` = SHA-256 over the canonical JSON (RFC 8785) of everything else in the line. A line is on the disk before
the act it tells of is answered.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import rfc8785

GENESIS = "0" * 64


class Log:
    """A log in a file, or in memory without one. ``sequence`` and ``head`` are its last line's number and hash.

    Opening a file reads it whole and raises LogBroken when its chain doesn't hold; a last line that was cut off while
    it was being written (its act was never answered) is put aside as ``<file>.torn``.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path, self.sequence, self.head = path, 0, GENESIS
        self.lines: list[dict[str, Any]] = []
        self._hashes = [GENESIS]
        if path is not None and path.exists():
            _put_torn_line_aside(path)
            for line in read(path):
                self._follow(line)

    def write(self, at: datetime, act: str, **facts: Any) -> dict[str, Any]:
        """Append what was done, durably; returns the line."""
        line: dict[str, Any] = {
            "sequence": self.sequence + 1,
            "at": at.isoformat(),
            "act": act,
            **facts,
            "previous": self.head,
        }
        line["hash"] = digest(line)
        if self.path is None:
            self.lines.append(line)
        else:
            _append(self.path, orjson.dumps(line) + b"\n")
        self._follow(line)
        return line

    def holds(self, sequence: int, hash: str) -> bool:
        """Whether the line of that number is there with that hash (0 and GENESIS: before the first)."""
        return sequence < len(self._hashes) and self._hashes[sequence] == hash

    def _follow(self, line: dict[str, Any]) -> None:
        wrong = fault(line, self.sequence, self.head)
        if wrong:
            raise LogBroken(wrong)
        self.sequence, self.head = line["sequence"], line["hash"]
        self._hashes.append(self.head)


class LogBroken(Exception):
    """The log was changed, cut or added to by somebody else."""


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log file.

    :raises LogBroken: for one that can't be read
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise LogBroken(f"line {number} can't be read") from error


def fault(line: dict[str, Any], sequence: int, previous: str) -> str | None:
    """What is wrong with a line that should follow the one of that number and hash, or None."""
    number = line.get("sequence")
    if number != sequence + 1:
        return f"line {sequence + 1} is missing"
    if line.get("previous") != previous:
        return f"line {number} doesn't follow the line before it"
    if line.get("hash") != digest(line):
        return f"line {number} was changed after it was written"
    return None


def verify(path: Path) -> int:
    """Check a whole log file; returns the number of lines.

    :raises LogBroken:
    """
    sequence, previous = 0, GENESIS
    for line in read(path):
        wrong = fault(line, sequence, previous)
        if wrong:
            raise LogBroken(wrong)
        sequence, previous = line["sequence"], line["hash"]
    return sequence


def digest(line: dict[str, Any]) -> str:
    """The hash a line must carry."""
    return hashlib.sha256(rfc8785.dumps({name: value for name, value in line.items() if name != "hash"})).hexdigest()


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_torn_line_aside(path: Path) -> None:
    whole = path.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end == len(whole):
        return
    path.with_name(path.name + ".torn").write_bytes(whole[end:])
    with path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
