"""A draft's own copy: the supplier takes it home before sealing, and begins a replacement from it.

A sealed bid can't be read again by anybody before the deadline, its supplier included; without a copy a replacement
would have to be written anew. It is a tar archive of ``draft.json`` and the files, readable, and the supplier's to keep.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.procurement.bids import drafts, packages
from app.procurement.bids.records import BidDraft, DraftFile

FORMAT = "tenderway-draft/1"
MANIFEST = "draft.json"


class CopyUnreadable(Invalid):
    """The file isn't a copy of a draft for this lot."""

    code = "draft-copy-unreadable"
    text = Text("This isn't a copy of a draft for this lot (%(why)s).", "该文件不是本采购包的投标草稿副本（%(why)s）。")


def copy_of(session: Session, draft: BidDraft) -> Iterator[bytes]:
    """The archive of a draft, piece by piece; one file at a time is in memory."""
    files = list(draft.files)
    listed = [
        {"path": packages.path_of(number), "name": file.name, "requirement_code": file.requirement_code}
        for number, file in enumerate(files, 1)
    ]
    manifest = {
        "format": FORMAT,
        "lot_id": draft.lot_id,
        "saved_at": draft.saved_at.isoformat(),
        "content": draft.content,
        "files": listed,
    }
    yield from packages.entry(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    for entry, file in zip(listed, files, strict=True):
        data = session.scalars(select(DraftFile.data).where(DraftFile.id == file.id)).one()
        yield from packages.entry(entry["path"], data)
    yield packages.END


def load_copy(
    session: Session, actor: Actor, *, lot_id: str, source: IO[bytes], arrived_at: datetime | None = None
) -> BidDraft:
    """Put a copy's words and files into the draft, over what stands there; raises CopyUnreadable or FilesTooLarge."""
    manifest, contents = _read(source.read(drafts.LARGEST_FILES + 4 * 1024 * 1024), lot_id)
    draft = drafts.save_draft(session, actor, lot_id=lot_id, content=manifest["content"], arrived_at=arrived_at)
    for file in list(draft.files):
        drafts.remove_file(session, actor, lot_id=lot_id, file_id=file.id, arrived_at=arrived_at)
    for listed in manifest["files"]:
        drafts.add_file(
            session,
            actor,
            lot_id=lot_id,
            name=listed["name"],
            source=contents[listed["path"]],
            requirement_code=listed["requirement_code"],
            arrived_at=arrived_at,
        )
    return draft


def _read(data: bytes, lot_id: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            contents = {member.name: packages.content(archive, member) for member in archive if member.isfile()}
        manifest = json.loads(contents.pop(MANIFEST))
        named = [(str(f["path"]), str(f["name"]), str(f["requirement_code"])) for f in manifest["files"]]
        fits = manifest["format"] == FORMAT and isinstance(manifest["content"], dict)
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise CopyUnreadable(field="copy", why=Text("it can't be read", "无法读取")) from error
    if not fits or not _is_plain(manifest["content"]) or any(path not in contents for path, _, _ in named):
        raise CopyUnreadable(field="copy", why=Text("a part is missing", "内容不完整"))
    if manifest.get("lot_id") != lot_id:
        raise CopyUnreadable(field="copy", why=Text("it is of another lot", "属于其他采购包"))
    return manifest, contents


def _is_plain(content: dict[str, Any]) -> bool:
    """Whether the parts that hold more than one value are what they should be."""
    prices, responses = content.get("prices", {}), content.get("responses", {})
    declarations = content.get("declarations", [])
    return (
        isinstance(prices, dict)
        and isinstance(declarations, list)
        and isinstance(responses, dict)
        and all(isinstance(response, dict) for response in responses.values())
    )
