"""The kinds of files that are taken: one list that the hint beside a field, its ``accept`` and the check at the upload share.

A file is of a kind by its name and by its content. What a browser or a computer would run is of none.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from app.foundation.errors import Invalid
from app.foundation.foreign import jsons, markup
from app.foundation.foreign.archives import Zip
from app.foundation.foreign.reasons import DAMAGED, TOO_LARGE, Unreadable
from app.foundation.text import Text

LARGEST_UNPACKED = 1024 * 1024 * 1024
"""The most bytes that the parts of an office file or an archive unpack to together; they are not unpacked here."""
MOST_PARTS = 5_000
HEAD = 8192


class KindRefused(Invalid):
    """A file of a kind that isn't taken there, or whose content isn't what its name says."""

    text = Text(
        "“%(name)s” cannot be accepted: %(why)s. Accepted files: %(kinds)s.",
        "无法接收“%(name)s”：%(why)s。可接收：%(kinds)s。",
    )


@dataclass(frozen=True)
class Kind:
    """A kind of file: how people call it, what its name ends in, and whether a content is of it.

    ``fits`` takes the file and its first bytes; it says no, or raises Unreadable with what is wrong.
    """

    name: Text
    endings: tuple[str, ...]
    fits: Callable[[IO[bytes], bytes], bool]


def _begins(*marks: bytes) -> Callable[[IO[bytes], bytes], bool]:
    return lambda _file, head: head.startswith(marks)


def _is_pdf(_file: IO[bytes], head: bytes) -> bool:
    return b"%PDF" in head[:1024]


def text_of(piece: bytes, *, is_cut: bool = False) -> str | None:
    """Text in the encodings people use, or None where it is none; with ``is_cut`` its last character may be cut."""
    if b"\0" in piece and not piece.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return piece.decode(encoding)
        except UnicodeDecodeError as error:
            if is_cut and error.start >= len(piece) - 4:
                return piece[: error.start].decode(encoding)
    return None


def _is_text(_file: IO[bytes], head: bytes) -> bool:
    return text_of(head, is_cut=len(head) == HEAD) is not None


def _is_xml(file: IO[bytes], _head: bytes) -> bool:
    markup.check(_whole(file, markup.LARGEST))
    return True


def _is_json(file: IO[bytes], _head: bytes) -> bool:
    jsons.read(_whole(file, jsons.LARGEST))
    return True


def _packed(*parts: str) -> Callable[[IO[bytes], bytes], bool]:
    """A zip that holds one of these parts, and no program."""

    def fits(file: IO[bytes], head: bytes) -> bool:
        if not head.startswith(b"PK"):
            return False
        names = Zip(file, largest=LARGEST_UNPACKED, most=MOST_PARTS).names
        return any(name.startswith(parts) for name in names) and not any(_is_program(name) for name in names)

    return fits


def _is_archive(file: IO[bytes], head: bytes) -> bool:
    """A zip of files that would be taken by themselves, none of them an archive."""
    if not head.startswith(b"PK"):
        return False
    inside = [kind for kind in ATTACHMENTS if kind is not ARCHIVE]
    for name in Zip(file, largest=LARGEST_UNPACKED, most=MOST_PARTS).names:
        if not any(name.lower().endswith(kind.endings) for kind in inside):
            raise Unreadable(Text(f"“{name[-60:]}” in it is not accepted", f"其中的“{name[-60:]}”不可接收"))
    return True


def _is_program(name: str) -> bool:
    return name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".jar"))


def _any(_file: IO[bytes], head: bytes) -> bool:
    return bool(head)


_OLE = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

ARCHIVE = Kind(Text("ZIP archives", "ZIP压缩包"), (".zip",), _is_archive)
XML = Kind(Text("XML", "XML"), (".xml",), _is_xml)
JSON = Kind(Text("JSON", "JSON"), (".json",), _is_json)
TAR = Kind(Text("TAR archives", "TAR归档文件"), (".tar",), _any)
CSV = Kind(Text("CSV", "CSV"), (".csv", ".txt"), _is_text)
SHEET = Kind(Text("Excel", "Excel"), (".xlsx",), _packed("xl/"))
BPMN = Kind(Text("BPMN diagrams", "BPMN流程图"), (".bpmn",), _is_xml)
DMN = Kind(Text("DMN decisions", "DMN决策"), (".dmn",), _is_xml)

ATTACHMENTS = (
    Kind(Text("PDF", "PDF"), (".pdf",), _is_pdf),
    Kind(Text("OFD", "OFD"), (".ofd",), _packed("OFD.xml")),
    Kind(Text("Word", "Word"), (".docx",), _packed("word/")),
    Kind(Text("Word", "Word"), (".doc",), _OLE),
    SHEET,
    Kind(Text("Excel", "Excel"), (".xls",), _OLE),
    Kind(Text("PowerPoint", "PowerPoint"), (".pptx",), _packed("ppt/")),
    Kind(Text("WPS", "WPS"), (".wps", ".et"), _OLE),
    Kind(Text("OpenDocument", "OpenDocument"), (".odt", ".ods"), _packed("mimetype")),
    Kind(Text("PNG", "PNG"), (".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    Kind(Text("JPEG", "JPEG"), (".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    Kind(Text("TIFF", "TIFF"), (".tif", ".tiff"), _begins(b"II*\0", b"MM\0*")),
    Kind(Text("text", "文本"), (".txt", ".csv"), _is_text),
    Kind(Text("drawings (DWG)", "图纸（DWG）"), (".dwg",), _begins(b"AC10")),
    XML,
    ARCHIVE,
)
"""What is taken wherever somebody proves, explains or offers something."""


def accept(kinds: Sequence[Kind]) -> str:
    """The value of a file field's ``accept``."""
    return ",".join(ending for kind in kinds for ending in kind.endings)


def said(kinds: Sequence[Kind]) -> Text:
    """The kinds as a hint says them."""
    names = list(dict.fromkeys(kind.name for kind in kinds))
    return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))


def check(name: str, source: bytes | IO[bytes], kinds: Sequence[Kind], *, field: str | None = None) -> None:
    """Raise KindRefused unless a file is of one of the kinds; the file stands where it stood afterwards."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    start = file.tell()
    try:
        why = _wrong(name, file, kinds)
    finally:
        file.seek(start)
    if why is not None:
        raise KindRefused(field=field, name=name[-80:], why=why, kinds=said(kinds))


def _wrong(name: str, file: IO[bytes], kinds: Sequence[Kind]) -> Text | None:
    """What is wrong with a file; None for one that can be taken."""
    kind = next((kind for kind in kinds if name.lower().endswith(kind.endings)), None)
    if kind is None:
        return Text("files of this kind are not accepted here", "此处不接收该类文件")
    if not name.isprintable():
        return Text("its name contains invalid characters", "文件名含有无法识别的字符")
    head = file.read(HEAD)
    if head.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"#!")):
        return Text("it is a program", "该文件是可执行程序")
    try:
        return None if kind.fits(file, head) else DAMAGED
    except Unreadable as unreadable:
        return unreadable.why


def _whole(file: IO[bytes], largest: int) -> bytes:
    file.seek(0)
    content = file.read(largest + 1)
    if len(content) > largest:
        raise Unreadable(TOO_LARGE)
    return content
