"""Archives of strangers: tar, and zip with all that is a zip inside (DOCX, XLSX, ODS, OFD).

Only the parts that matter of both formats are read, by ourselves: plain files under plain names. Links, devices, sparse
and extended members, encrypted or doubled ones, and what claims to be larger than it may be are refused before a byte of
them is unpacked (POSIX.1-1988 ustar; PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).
"""

from __future__ import annotations

import io
import re
import stat
import struct
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from app.foundation.foreign.reasons import DAMAGED, TOO_LARGE, TOO_MANY, Unreadable
from app.foundation.text import Text

PIECE = 256 * 1024
"""Bytes that are read at a time."""
LARGEST_DIRECTORY = 2 * 1024 * 1024
"""The most bytes of a zip's central directory."""
MOST_RATIO = 200
"""How many times its packed size an honest member of some size may unpack to (a white scan reaches about 100)."""
SMALL = 1024 * 1024
"""Bytes below which the ratio says nothing."""

ODD_NAME = Text("a file in it has a name that is not accepted", "其中有文件名不符合要求的文件")
ODD_MEMBER = Text("it contains something other than plain files", "其中含有普通文件以外的内容")
DOUBLED = Text("two files in it have the same name", "其中有重名文件")
ENCRYPTED = Text("it is protected by a password", "文件已加密")
PACKED = Text("its compression is not supported", "压缩方式不受支持")
BOMB = Text("it unpacks to far more than allowed", "解压后大小异常")


@dataclass(frozen=True)
class _Span:
    """Where a member's bytes lie, as they are stored, and how many they are once unpacked."""

    offset: int
    stored: int
    size: int
    is_deflated: bool = False
    check: int = 0


class Tar:
    """A tar archive of plain files. ``source`` is seekable and stays open as long as it is read.

    ``named`` fits the whole name of every member that may be in it; ``largest`` bounds their sizes together, ``most``
    their number.

    :raises Unreadable: at once, if there is anything else in it
    """

    def __init__(self, source: IO[bytes], *, named: str, largest: int, most: int) -> None:
        self._source = source
        self._members: dict[str, _Span] = {}
        end, total = _length(source), 0
        for name, span in self._spans():
            total += span.size
            if total > largest:
                raise Unreadable(TOO_LARGE)
            if len(self._members) >= most:
                raise Unreadable(TOO_MANY)
            if not re.fullmatch(named, name):
                raise Unreadable(ODD_NAME)
            if name in self._members:
                raise Unreadable(DOUBLED)
            if span.offset + span.size > end:
                raise Unreadable(DAMAGED)
            self._members[name] = span

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def read(self, name: str, largest: int | None = None) -> bytes:
        """A member's content.

        :raises Unreadable: if it isn't there or larger than ``largest`` bytes
        """
        span = self._members.get(name)
        if span is None:
            raise Unreadable(DAMAGED)
        if largest is not None and span.size > largest:
            raise Unreadable(TOO_LARGE)
        return _exactly(self._source, span.offset, span.size)

    def _spans(self) -> Iterator[tuple[str, _Span]]:
        offset = 0
        while True:
            block = _exactly(self._source, offset, tarfile.BLOCKSIZE)
            if not any(block):
                return
            try:
                header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
            except (tarfile.TarError, ValueError) as error:
                raise Unreadable(DAMAGED) from error
            if header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or not 0 <= header.size < 1 << 40:
                raise Unreadable(ODD_MEMBER)
            start = offset + tarfile.BLOCKSIZE
            yield header.name, _Span(start, header.size, header.size)
            offset = start + header.size + -header.size % tarfile.BLOCKSIZE


class Zip:
    """A zip archive; only its directory is read until a member is asked for.

    ``largest`` bounds what all members unpack to together, ``most`` their number.

    :raises Unreadable: at once, if a member isn't a plain file that one could unpack
    """

    def __init__(self, source: IO[bytes], *, largest: int, most: int) -> None:
        self._source = source
        self._members: dict[str, _Span] = {}
        count, size, offset = _zip_end(source)
        if count > most or size > LARGEST_DIRECTORY:
            raise Unreadable(TOO_MANY)
        directory, total = _exactly(source, offset, size), 0
        for name, span in _entries(directory, count):
            total += span.size
            if total > largest or (span.size > SMALL and span.size > span.stored * MOST_RATIO):
                raise Unreadable(BOMB)
            if name in self._members:
                raise Unreadable(DOUBLED)
            self._members[name] = span

    @property
    def names(self) -> list[str]:
        """The names of its files, in the directory's order."""
        return list(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def read(self, name: str, largest: int) -> bytes:
        """What a member unpacks to.

        :raises Unreadable: if it isn't there, is damaged or larger than ``largest`` bytes
        """
        span = self._members.get(name)
        if span is None:
            raise Unreadable(DAMAGED)
        if span.size > largest:
            raise Unreadable(TOO_LARGE)
        content = b"".join(self._pieces(span))
        if len(content) != span.size or zlib.crc32(content) != span.check:
            raise Unreadable(DAMAGED)
        return content

    def _pieces(self, span: _Span) -> Iterator[bytes]:
        """The unpacked bytes, never more than were promised."""
        head = _exactly(self._source, span.offset, 30)
        if head[:4] != b"PK\3\4":
            raise Unreadable(DAMAGED)
        name_length, extra_length = struct.unpack("<HH", head[26:30])
        at, left = span.offset + 30 + name_length + extra_length, span.stored
        unpacker, given = zlib.decompressobj(-zlib.MAX_WBITS), 0
        while left:
            packed = _exactly(self._source, at, min(PIECE, left))
            at, left = at + len(packed), left - len(packed)
            try:
                piece = unpacker.decompress(packed, span.size - given + 1) if span.is_deflated else packed
            except zlib.error as error:
                raise Unreadable(DAMAGED) from error
            given += len(piece)
            if given > span.size:
                raise Unreadable(BOMB)
            yield piece


def _zip_end(source: IO[bytes]) -> tuple[int, int, int]:
    """Number of members, size and place of the central directory."""
    end = _length(source)
    tail = _exactly(source, max(0, end - 65_557), min(end, 65_557))
    found = tail.rfind(b"PK\5\6")
    if found < 0 or len(tail) - found < 22:
        raise Unreadable(DAMAGED)
    disk, first, here, count, size, offset, _ = struct.unpack("<HHHHIIH", tail[found + 4 : found + 22])
    if disk or first or here != count or count == 0xFFFF or offset == 0xFFFFFFFF or offset + size > end:
        raise Unreadable(DAMAGED)
    return count, size, offset


def _entries(directory: bytes, count: int) -> Iterator[tuple[str, _Span]]:
    """The files of a central directory; folders are passed over."""
    at = 0
    for _ in range(count):
        head = directory[at : at + 46]
        if len(head) < 46 or head[:4] != b"PK\1\2":
            raise Unreadable(DAMAGED)
        made_by, _, flags, method, _, _, check, stored, size = struct.unpack("<HHHHHHIII", head[4:28])
        lengths, attributes, offset = struct.unpack("<HHH", head[28:34]), *struct.unpack("<II", head[38:46])
        name = directory[at + 46 : at + 46 + lengths[0]]
        at += 46 + sum(lengths)
        if flags & 0x2041:  # encrypted, strongly encrypted, or with its directory masked
            raise Unreadable(ENCRYPTED)
        if method not in (0, 8) or (method == 0 and stored != size):
            raise Unreadable(PACKED)
        if stored > size + size // 1000 + 64:  # packing never makes so much more of it
            raise Unreadable(BOMB)
        mode = attributes >> 16 if made_by >> 8 == 3 else 0
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Unreadable(ODD_MEMBER)
        plain = _plain(name, bool(flags & 0x800))
        if not plain.endswith("/"):
            yield plain, _Span(offset, stored, size, method == 8, check)


def _plain(raw: bytes, is_utf8: bool) -> str:
    """A member's name: relative, within the archive, of characters one can see."""
    try:
        name = raw.decode("utf-8" if is_utf8 or raw.isascii() else "gb18030")
    except UnicodeDecodeError as error:
        raise Unreadable(ODD_NAME) from error
    parts = name.rstrip("/").split("/")
    if not name.isprintable() or "\\" in name or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        raise Unreadable(ODD_NAME)
    return name


def _length(source: IO[bytes]) -> int:
    return source.seek(0, io.SEEK_END)


def _exactly(source: IO[bytes], offset: int, size: int) -> bytes:
    """So many bytes from there.

    :raises Unreadable: where the file ends before
    """
    source.seek(offset)
    content = source.read(size)
    while len(content) < size and (more := source.read(size - len(content))):
        content += more
    if len(content) != size:
        raise Unreadable(DAMAGED)
    return content
