"""What is large of a bid, kept in pieces of a megabyte: the files of a draft, and the sealed package.

None of it is ever whole in memory. A draft's pieces are stored encrypted; the buffer in which they pass is overwritten.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from typing import IO

from sqlalchemy import LargeBinary, delete, insert, select, type_coerce
from sqlalchemy.orm import Session

from app.procurement.bids.records import Bid, BidPiece, DraftFile, DraftPiece
from app.sealer import Sealed

PIECE = 1024 * 1024
"""Bytes of a piece of a draft's file; only the last one of each is shorter."""


def size_of(source: IO[bytes]) -> int:
    """The bytes from where a file stands to its end."""
    start = source.tell()
    end = source.seek(0, os.SEEK_END)
    source.seek(start)
    return end - start


def keep_file(session: Session, file: DraftFile, source: IO[bytes]) -> None:
    """Store the content of a draft's file, read from where ``source`` stands; sets its size and digest."""
    worked_out, size, position, buffer = hashlib.sha256(), 0, 0, bytearray(PIECE)
    with memoryview(buffer) as view:
        while length := _filled(source, view):
            with view[:length] as piece:
                worked_out.update(piece)
                values = {"file_id": file.id, "position": position, "data": piece}
                session.execute(insert(DraftPiece), values)
            size, position = size + length, position + 1
        view[:] = bytes(PIECE)
    file.size, file.digest = size, worked_out.hexdigest()
    session.flush()


def _filled(source: IO[bytes], buffer: memoryview) -> int:
    """Fill a buffer as far as a file goes; how far that is."""
    filled = 0
    while filled < len(buffer) and (more := source.readinto(buffer[filled:])):  # type: ignore[attr-defined]
        filled += more
    return filled


def of_file(session: Session, file_id: str) -> Iterator[bytes]:
    """The content of a draft's file, a piece at a time, for the supplier whose it is."""
    for position in _positions(session, file_id):
        where = (DraftPiece.file_id == file_id, DraftPiece.position == position)
        yield session.scalars(select(DraftPiece.data).where(*where)).one()


def stored_of(session: Session, files: Collection[DraftFile]) -> Iterator[bytes]:
    """The pieces of several files one after the other, as they are stored: encrypted."""
    stored = type_coerce(DraftPiece.data, LargeBinary)
    for file in files:
        for position in _positions(session, file.id):
            where = (DraftPiece.file_id == file.id, DraftPiece.position == position)
            yield bytes(session.scalars(select(stored).where(*where)).one())


def _positions(session: Session, file_id: str) -> list[int]:
    statement = select(DraftPiece.position).where(DraftPiece.file_id == file_id)
    return list(session.scalars(statement.order_by(DraftPiece.position)))


def destroy_files(session: Session, files: Collection[DraftFile]) -> None:
    """Delete what the files of a draft hold."""
    of_these = DraftPiece.file_id.in_([file.id for file in files])
    session.execute(delete(DraftPiece).where(of_these).execution_options(synchronize_session=False))


def keep_sealed(session: Session, bid: Bid, sealed: Sealed) -> None:
    """Store a sealed package."""
    for position, piece in enumerate(sealed.pieces()):
        session.execute(insert(BidPiece), {"bid_id": bid.id, "position": position, "content": piece})


def destroy_sealed(session: Session, bid: Bid) -> None:
    """Delete a sealed package: nobody can open it any more."""
    session.execute(delete(BidPiece).where(BidPiece.bid_id == bid.id).execution_options(synchronize_session=False))
