"""A draft's own copy: the supplier takes it home before sealing, and begins a replacement from it.

A sealed bid can't be read again by anybody before the deadline, its supplier included; without a copy a replacement
would have to be written anew. It is a tar archive of ``draft.json`` and the files, readable, and the supplier's to keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import orjson
from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.errors import Invalid
from app.foundation.foreign import Unreadable, jsons, kinds
from app.foundation.foreign.archives import Tar
from app.foundation.text import Text
from app.procurement.bids import contents, drafts
from app.procurement.bids.packages import archive as archive_in
from app.procurement.bids.records import BidDraft
from app.sealer import packages

FORMAT = "tenderway-draft/1"
MANIFEST = "draft.json"
LISTED = ("path", "name", "requirement_code")
"""What a manifest says of each file."""


class CopyUnreadable(Invalid):
    """The file isn't a copy of a draft for this lot."""

    code = "draft-copy-unreadable"
    text = Text(
        "This file is not a copy of a draft for this lot (%(why)s).", "该文件不是本采购包的投标草稿副本（%(why)s）。"
    )


def copy_of(session: Session, draft: BidDraft) -> Iterator[bytes]:
    """The archive of a draft, piece by piece; one piece of a file at a time is in memory."""
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
    written = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    yield from packages.entry(MANIFEST, len(written), [written])
    for entry, file in zip(listed, files, strict=True):
        yield from packages.entry(entry["path"], file.size, contents.of_file(session, file.id))
    yield packages.END


def load_copy(
    session: Session, actor: Actor, *, lot_id: str, source: IO[bytes], arrived_at: datetime | None = None
) -> BidDraft:
    """Put a copy's words and files into the draft, over what stands there.

    :raises CopyUnreadable:
    :raises FilesTooLarge:
    """
    manifest, archive = _read(source, lot_id)
    draft = drafts.save_draft(session, actor, lot_id=lot_id, content=manifest["content"], arrived_at=arrived_at)
    for file in list(draft.files):
        drafts.remove_file(session, actor, lot_id=lot_id, file_id=file.id, arrived_at=arrived_at)
    for listed in manifest["files"]:
        drafts.add_file(
            session,
            actor,
            lot_id=lot_id,
            name=listed["name"],
            source=archive.read(listed["path"]),
            requirement_code=listed["requirement_code"],
            arrived_at=arrived_at,
        )
    return draft


def _read(source: IO[bytes], lot_id: str) -> tuple[dict[str, Any], Tar]:
    """A copy's manifest, and its files where they are; whether each may be taken is known before one is read."""
    try:
        archive = archive_in(source, MANIFEST)
        manifest = jsons.read(archive.read(MANIFEST, jsons.LARGEST))
        if not _is_whole(manifest, archive):
            raise Unreadable(Text("a part is missing", "内容不完整"))
        if manifest.get("lot_id") != lot_id:
            raise Unreadable(Text("it belongs to another lot", "属于其他采购包"))
    except Unreadable as unreadable:
        raise CopyUnreadable(field="copy", why=unreadable.why) from unreadable
    for listed in manifest["files"]:
        kinds.check(listed["name"], archive.read(listed["path"]), kinds.ATTACHMENTS, field="copy")
    return manifest, archive


def _is_whole(manifest: Any, archive: Tar) -> bool:
    """Whether a manifest says what one says, and each file that it lists is there."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return False
    files, content = manifest.get("files"), manifest.get("content")
    return (
        isinstance(files, list)
        and isinstance(content, dict)
        and _is_plain(content)
        and all(isinstance(file, dict) and all(isinstance(file.get(name), str) for name in LISTED) for file in files)
        and all(file["path"] in archive and file["path"] != MANIFEST for file in files)
    )


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
