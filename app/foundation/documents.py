"""Documents: files that belong to a case, stored under the SHA-256 of their content in the database.

Content commits with the act it belongs to, is the same for all nodes, and is read and written in chunks, so that a large
file needs no large memory. The same content is stored once and never changed or deleted (docs/decisions/0006).
"""

from __future__ import annotations

import hashlib
import io
import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

import filetype
from sqlalchemy import BigInteger, Index, LargeBinary, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import NotFound
from app.foundation.text import Text

CHUNK = 1024 * 1024
"""Bytes of one chunk; only a content's last one is shorter."""

ACCESS = ("public", "case", "private")
"""Who may read a document: everybody, the parties of its case, the organisation that brought it."""

UNKNOWN = "application/octet-stream"

_CONTAINERS = {
    "application/zip": (
        "application/vnd.openxmlformats",
        "application/vnd.oasis",
        "application/epub",
        "application/ofd",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-"),
}
"""What a general container may hold by its name: an office file whose kind the first bytes don't tell."""


class Document(Base):
    """A file. ``media_type`` is what its first bytes say; ``organisation_id`` is whose person brought it."""

    __tablename__ = "document"
    __table_args__ = (Index(None, "case_id", "created_at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    access: Mapped[str] = mapped_column(String(10))
    organisation_id: Mapped[str | None] = mapped_column(String(32))
    created_by: Mapped[str] = mapped_column(String(64), index=True)
    created_by_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def ending(self) -> str:
        """What stands behind the last dot of the name, at most four characters (``pdf``, ``docx``)."""
        return self.name.rpartition(".")[2][:4].lower() if "." in self.name else ""

    @property
    def is_as_named(self) -> bool:
        """Whether the content is of the kind that the name's ending promises (an unknown ending promises nothing)."""
        promised = mimetypes.guess_type(self.name)[0]
        return promised is None or _family(promised) == _family(self.media_type)


class DocumentChunk(Base):
    """A piece of a content, by the content's SHA-256 and its place from 0; an empty content has one empty chunk."""

    __tablename__ = "document_chunk"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class NoSuchDocument(NotFound):
    """There is no document of that id."""

    text = Text("There is no such document.", "没有该文件。")


def add(
    session: Session,
    actor: Actor,
    *,
    name: str,
    source: bytes | IO[bytes],
    case: str | None,
    kind: str,
    access: str = "case",
    media_type: str = "",
) -> Document:
    """Keep a file: ``source`` is its content or a binary file, read from where it stands to its end.

    The declared ``media_type`` counts only for text, whose kind no byte tells. What others can read is journalled
    in its case with its digest.
    """
    if access not in ACCESS:
        raise ValueError(f"access {access!r} is none of {ACCESS}")
    with _seekable(source) as file:
        start = file.tell()
        head = file.read(8192)
        file.seek(start)
        digest, size = _measured(file)
        if session.get(DocumentChunk, (digest, 0)) is None:
            file.seek(start)
            _store(session, digest, file)
    document = Document(
        id=new_id(),
        case_id=case,
        kind=kind,
        name=plain_name(name),
        media_type=sniff(head, name, media_type),
        size=size,
        digest=digest,
        access=access,
        organisation_id=actor.organisation_id,
        created_by=actor.id,
        created_by_name=actor.name,
        created_at=clock.now(session),
    )
    session.add(document)
    session.flush()
    if access != "private":
        _note(session, actor, document, "documents.add")
    return document


def get(session: Session, document_id: str) -> Document:
    """A document by its id.

    :raises NoSuchDocument:
    """
    found = session.get(Document, document_id)
    if found is None:
        raise NoSuchDocument
    return found


def several(session: Session, document_ids: Sequence[str]) -> list[Document]:
    """The documents of these ids, in their order, in one statement.

    :raises NoSuchDocument: if one isn't there
    """
    if not document_ids:
        return []
    found = {each.id: each for each in session.scalars(select(Document).where(Document.id.in_(document_ids)))}
    if not found.keys() >= set(document_ids):
        raise NoSuchDocument
    return [found[document_id] for document_id in document_ids]


def read(session: Session, document_id: str) -> bytes:
    """The whole content. For what may be large, take ``chunks``."""
    return b"".join(chunks(session, document_id))


def chunks(session: Session, document_id: str) -> Iterator[bytes]:
    """The content, a chunk at a time (for an answer that takes long, read each by ``chunk`` in its own transaction)."""
    document = get(session, document_id)
    for position in range(length(document)):
        yield chunk(session, document.digest, position)


def length(document: Document) -> int:
    """The number of the document's chunks."""
    return max(1, -(-document.size // CHUNK))


def chunk(session: Session, digest: str, position: int) -> bytes:
    """One chunk of a content. As contents never change, each may be read in a transaction of its own."""
    return session.scalars(
        select(DocumentChunk.content).where(DocumentChunk.digest == digest, DocumentChunk.position == position)
    ).one()


def share(session: Session, actor: Actor, document: Document, *, case: str) -> None:
    """Hand a private document in: from now on the parties of the case may read it. Again changes nothing."""
    if document.access != "private":
        return
    document.access, document.case_id = "case", case
    session.flush()
    _note(session, actor, document, "documents.share")


def publish(session: Session, document: Document, actor: Actor | None = None) -> None:
    """Let everybody read a document. Again changes nothing."""
    if document.access == "public":
        return
    document.access = "public"
    session.flush()
    _note(session, actor or SYSTEM, document, "documents.publish")


def damaged(session: Session) -> Iterator[str]:
    """The digests of contents that aren't what they were when they were stored; nothing when all hold."""
    for digest in session.scalars(select(Document.digest).distinct().order_by(Document.digest)).all():
        positions = session.scalars(
            select(DocumentChunk.position).where(DocumentChunk.digest == digest).order_by(DocumentChunk.position)
        ).all()
        worked_out = hashlib.sha256()
        for position in positions:
            worked_out.update(chunk(session, digest, position))
        if not positions or worked_out.hexdigest() != digest:
            yield digest


def sniff(head: bytes, name: str, declared: str = "") -> str:
    """The media type that the first bytes show; for text, which they don't, the declared one or the name's."""
    found = filetype.guess(head) if head else None
    named = mimetypes.guess_type(name)[0] or ""
    if found is not None:
        seen = str(found.mime)
        return named if named.startswith(_CONTAINERS.get(seen, ("\0",))) else seen
    if not _is_text(head):
        return UNKNOWN
    return next((given for given in (declared.split(";")[0].strip().lower(), named) if _says_text(given)), "text/plain")


def _says_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("/json", "+json", "/xml", "+xml"))


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # a character may be cut at the end
            return False
    return b"\0" not in head


def _family(media_type: str) -> str:
    return "text" if _says_text(media_type) else _SAME.get(media_type, media_type)


_SAME = {
    "image/jpg": "image/jpeg",
    "application/x-zip-compressed": "application/zip",
    "application/x-rar-compressed": "application/rar",
    "application/x-rar": "application/rar",
    "application/vnd.rar": "application/rar",
    "audio/x-wav": "audio/wav",
    "video/x-msvideo": "video/avi",
}
"""Several names of one type."""


def plain_name(name: str) -> str:
    """A file's own name: no folders, no control characters, at most 255 characters, its ending kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(character for character in last if character.isprintable()).strip(" .") or "file"
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= 255:
        return clean
    return clean[:255] if not dot or len(ending) > 20 else f"{stem[: 254 - len(ending)]}.{ending}"


@contextmanager
def _seekable(source: bytes | IO[bytes]) -> Iterator[IO[bytes]]:
    """The source as a file that can be read twice; the caller's own stays open."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif source.seekable():
        yield source
    else:
        with SpooledTemporaryFile(max_size=8 * CHUNK) as spooled:
            while piece := source.read(CHUNK):
                spooled.write(piece)
            spooled.seek(0)
            yield spooled


def _measured(file: IO[bytes]) -> tuple[str, int]:
    worked_out, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        worked_out.update(piece)
        size += len(piece)
    return worked_out.hexdigest(), size


def _store(session: Session, digest: str, file: IO[bytes]) -> None:
    """Write the chunks. Who stores the same content at the same moment waits for us, and then finds it there."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(DocumentChunk).on_conflict_do_nothing()
    position = 0
    while (piece := _full(file)) or position == 0:
        session.execute(insert, {"digest": digest, "position": position, "content": piece})
        position += 1


def _full(file: IO[bytes]) -> bytes:
    """The next chunk, whole even when the file gives less at a time."""
    piece = file.read(CHUNK)
    while 0 < len(piece) < CHUNK and (more := file.read(CHUNK - len(piece))):
        piece += more
    return piece


def _note(session: Session, actor: Actor, document: Document, act: str) -> None:
    if document.case_id is None:
        return
    facts = {
        "document": document.id,
        "name": document.name,
        "kind": document.kind,
        "digest": document.digest,
        "access": document.access,
    }
    journal.write(session, actor, case=document.case_id, act=act, facts=facts)
