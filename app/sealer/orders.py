"""How a bid travels to who seals it: an order, then the stored pieces of its files, each with its length before it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any

import orjson

_LENGTH = struct.Struct(">I")
LARGEST = 16 * 1024 * 1024
"""The most bytes of one part: more than a draft's words and more than a piece of a file."""


@dataclass(frozen=True)
class Order:
    """What is to be sealed to whom.

    ``key`` opens the draft: ``content``, its words as they are stored, and the pieces that follow. ``facts`` is what is
    known of the bid without reading it, for its manifest: with ``items``, ``requirements``, ``declarations`` and ``files``.
    """

    key: bytes
    recipient: str
    content: str
    facts: Mapping[str, Any]

    def packed(self) -> bytes:
        """As it is sent."""
        return orjson.dumps({**asdict(self), "key": self.key.hex()})

    @classmethod
    def unpacked(cls, data: bytes) -> Order:
        """As it came."""
        said = orjson.loads(data)
        return cls(bytes.fromhex(said["key"]), said["recipient"], said["content"], said["facts"])


def framed(part: bytes) -> bytes:
    """A part with its length."""
    return _LENGTH.pack(len(part)) + part


def parts(source: IO[bytes]) -> Iterator[bytes]:
    """The parts that come, until nothing does."""
    while head := source.read(_LENGTH.size):
        (length,) = _LENGTH.unpack(head)
        part = source.read(length) if length <= LARGEST else b""
        if len(part) < length:
            raise EOFError("a part is too long, or broke off")
        yield part
