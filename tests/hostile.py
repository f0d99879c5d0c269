"""Files that somebody sends to do harm, by their names."""

from __future__ import annotations

import io
import json
import stat
import struct
import tarfile
import zipfile
import zlib


def tar(*members: tarfile.TarInfo | tuple[str, bytes]) -> bytes:
    """A tar archive of members: headers alone, or names with their contents."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return file.getvalue()


def odd(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """The header of a member that isn't a plain file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def sparse(size: int) -> bytes:
    """A GNU sparse member that claims to be so large and holds nothing."""
    header = bytearray(odd("draft.json", b"S").tobuf(tarfile.GNU_FORMAT))
    header[386:398], header[398:410] = b"%011o\0" % 0, b"%011o\0" % 0
    header[483:495] = b"%011o\0" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def packed(*members: tuple[str, bytes], mode: int = 0, **fields: int) -> bytes:
    """A zip archive; ``fields`` overwrite ``flags`` and ``method`` in every header."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr, info.create_system = mode << 16, 3
            archive.writestr(info, content)
    content = bytearray(file.getvalue())
    for field, (local, central) in {"flags": (6, 8), "method": (8, 10)}.items():
        if field in fields:
            for mark, place in ((b"PK\3\4", local), (b"PK\1\2", central)):
                at = -1
                while (at := content.find(mark, at + 1)) >= 0:
                    content[at + place : at + place + 2] = struct.pack("<H", fields[field])
    return bytes(content)


def corrupt(member: str = "docProps/core.xml") -> bytes:
    """A zip whose one member doesn't unpack."""
    content = bytearray(packed((member, b"<x><dc:creator>Li</dc:creator></x>" * 50)))
    at = content.find(member.encode()) + len(member)
    content[at : at + 8] = b"\xff" * 8
    return bytes(content)


def endless(promised: int = 100) -> bytes:
    """A zip whose member promises a hundred bytes and unpacks to fifty million."""
    content = bytearray(packed(("docProps/core.xml", bytes(50_000_000))))
    at = content.find(b"PK\1\2")
    content[at + 24 : at + 28] = struct.pack("<I", promised)
    return bytes(content)


def crowded(count: int = 60_000) -> bytes:
    """A zip with a directory of so many members."""
    name = b"a" * 20
    one = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(one) * count, 0, 0)
    return one * count + end


BOMB = zlib.compress(bytes(1000))
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><a>&i;</a>"
).encode()

JSONS = {
    "200,000 brackets": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a lone surrogate": rb'{"format": "tenderway-draft/1", "lot_id": "\ud800"}',
    "NUL": rb'{"format": "a\u0000b"}',
    "a huge number": b'{"size": ' + b"9" * 100_000 + b"}",
    "a number without end": b'{"size": 1e999999999}',
    "a number that is none": b'{"size": NaN}',
    "a doubled name": b'{"format": 1, "format": 2}',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "a million lists": b"[" + b"[]," * 1_000_000 + b"[]]",
}
XMLS = {
    "deep XML": b"<a>" * 100_000 + b"</a>" * 100_000,
    "many elements": b"<a>" + b"<b/>" * 400_000 + b"</a>",
    "many attributes": b"<a>" + (b"<b " + b" ".join(b'x%d=""' % n for n in range(500)) + b"/>") * 1000 + b"</a>",
    "an entity bomb": ENTITIES,
    "an entity from elsewhere": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "an unknown encoding": b'<?xml version="1.0" encoding="x-nothing"?><a/>',
    "XML with NUL": b"<a>\0</a>",
}
ZIPS = {
    "a zip bomb": packed(("word/document.xml", bytes(300_000_000))),
    "a zip that lies": endless(),
    "a crowded zip": crowded(),
    "a nested zip": packed(("inner.zip", packed(("a.txt", b"x")))),
    "a locked zip": packed(("word/document.xml", b"<a/>"), ("docProps/core.xml", b"<a/>"), flags=1),
    "a zip of another method": packed(("word/document.xml", b"<a/>"), ("docProps/core.xml", b"<a/>"), method=99),
    "a zip with a link": packed(("word/document.xml", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777),
    "a zip with a device": packed(("word/document.xml", b""), mode=stat.S_IFCHR | 0o666),
    "a zip with an absolute path": packed(("/etc/word/document.xml", b"x")),
    "a zip that climbs": packed(("word/../../etc/passwd", b"x")),
    "a zip with NUL in a name": packed(("word/a\x01b.xml", b"x")),
    "a zip cut off": packed(("word/document.xml", b"<a/>"))[:-30],
}
TARS = {
    "a sparse tar": sparse(3_100_000_000),
    "a tar with a link": tar(odd("draft.json", tarfile.SYMTYPE, "/etc/passwd")),
    "a tar with a hard link": tar(odd("draft.json", tarfile.LNKTYPE, "files/001")),
    "a tar with a device": tar(odd("draft.json", tarfile.CHRTYPE)),
    "a tar with a pipe": tar(odd("draft.json", tarfile.FIFOTYPE)),
    "a tar with a folder": tar(odd("files", tarfile.DIRTYPE)),
    "a tar with an absolute path": tar(("/draft.json", b"{}")),
    "a tar that climbs": tar(("../draft.json", b"{}")),
    "a tar with something else": tar(("draft.json", b"{}"), ("files/more", b"x")),
    "a tar with two of a name": tar(("draft.json", b"{}"), ("draft.json", b"{}")),
    "a tar that claims too much": tar(("draft.json", b"{}"))[:124]
    + b"77777777777\0"
    + tar(("draft.json", b"{}"))[136:],
    "a tar cut off": tar(("draft.json", b"{}" + b" " * 2000))[:1500],
    "a tar with an extended header": tar(("a" * 300, b"{}")),
    **{f"a tar with {name}": tar(("draft.json", content)) for name, content in JSONS.items()},
    "a tar with a list for a manifest": tar(("draft.json", b"[1, 2]")),
    "a tar with wrong files": tar(("draft.json", json.dumps({"format": "tenderway-draft/1", "files": 5}).encode())),
}
PROGRAMS = {
    "setup.exe": b"MZ\x90\0" + bytes(100),
    "bid.pdf": b"MZ\x90\0" + bytes(100),
    "run.sh": b"#!/bin/sh\nrm -rf /\n",
    "page.html": b"<script>alert(1)</script>",
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "bid.png": b"GIF89a",
    "bid.docx": b"not a zip at all",
    "bid.docx ": b"PK\3\4",
    "noending": b"hello",
    "list.txt": b"\0\1\2\3" * 100,
}
