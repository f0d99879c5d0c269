"""The supplier's draft of a bid: saved as often as they like, its files kept beside it, gone when it is sealed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, documents
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.text import Text
from app.identity import roles
from app.procurement import projects, rules, suppliers, tenders
from app.procurement.bids import completeness, contents, offers
from app.procurement.bids.packages import LARGEST_FILES, MOST_FILES
from app.procurement.bids.records import Bid, BidDraft, DraftFile
from app.procurement.bids.shortfalls import Gap
from app.procurement.tenders import DeadlinePassed, Tender

SNIFFED = 8192
"""Bytes of a file by which its kind is known."""


class FilesTooLarge(Invalid):
    """The bid's files are larger or more than a bid may have."""

    code = "bid-files-too-large"
    text = Text(
        "A bid can have up to 100 files and %(most)s MB in total.",
        "投标文件附件总大小不得超过%(most)s MB，且不超过100个。",
    )


class SealedMeanwhile(Conflict):
    """A page that was opened before the bid was submitted sends what it still has."""

    code = "bid-sealed-meanwhile"
    text = Text(
        "This bid has been submitted since this page was opened. Nothing was saved. Reload the page.",
        "此页面打开后，投标文件已提交。本次内容未保存，请刷新页面。",
    )


class DraftMissing(Conflict):
    """There is nothing to seal."""

    text = Text("There is no draft to submit. It may already have been submitted.", "没有可提交的草稿，可能已经提交。")


class DraftFileUnknown(NotFound):
    """There is no such file in the draft."""

    text = Text("There is no such file in your draft.", "草稿中没有该文件。")


WRITER, SIGNER = "supplier-bidder", "supplier-signer"
"""Who writes a bid, and who binds the supplier by it: sealing, confirming and withdrawing are declarations of the company."""


def bidding_for(
    session: Session,
    actor: Actor,
    lot_id: str,
    *,
    arrived_at: datetime | None,
    lock: bool = False,
    role: str = WRITER,
) -> tuple[Tender, str]:
    """The tender a supplier may work on a bid for, and the supplier's id; ``role``: WRITER, or SIGNER for what binds it.

    What arrived before the deadline is in time, whenever it is decided. Raises NotRegistered, SupplierExcluded,
    RoleMissing or DeadlinePassed.
    """
    registration = suppliers.require_active(session, actor.organisation_id)
    roles.require(actor, role, registration.organisation_id)
    tender = tenders.of_lot(session, lot_id, lock=lock)
    if not tenders.open_for_bids(tender, arrivals.arrived(session, arrived_at)):
        raise DeadlinePassed(under=rules.law(session, tender.project))
    return tender, registration.organisation_id


def draft_of(session: Session, lot_id: str, supplier_id: str | None, *, lock: bool = False) -> BidDraft | None:
    """A supplier's draft for a lot."""
    statement = select(BidDraft).where(BidDraft.lot_id == lot_id, BidDraft.supplier_id == supplier_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def last_sequence(session: Session, lot_id: str, supplier_id: str | None) -> int:
    """How many bids a supplier has submitted for a lot, whatever became of them."""
    statement = select(func.max(Bid.sequence)).where(Bid.lot_id == lot_id, Bid.supplier_id == supplier_id)
    return session.scalar(statement) or 0


def drafts_of(session: Session, supplier_id: str) -> list[BidDraft]:
    """All drafts of a supplier, the newest first."""
    statement = select(BidDraft).where(BidDraft.supplier_id == supplier_id).order_by(BidDraft.saved_at.desc())
    return list(session.scalars(statement))


def save_draft(
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    content: Mapping[str, Any],
    arrived_at: datetime | None = None,
    after: int | None = None,
) -> BidDraft:
    """Keep what was typed (see ``offers.cleaned`` for the keys); keys that aren't given stay as they were.

    ``after``: how many bids had been submitted when the page was opened.

    Whoever writes a bid has taken the documents: they are told of changes from now on.

    :raises SealedMeanwhile: if it were more by now
    """
    tender, supplier_id = bidding_for(session, actor, lot_id, arrived_at=arrived_at)
    tenders.take_documents(session, actor, tender_id=tender.id)
    if after is not None and after < last_sequence(session, lot_id, supplier_id):
        raise SealedMeanwhile
    draft = draft_of(session, lot_id, supplier_id, lock=True)
    if draft is None:
        now = clock.now(session)
        draft = BidDraft(lot_id=lot_id, supplier_id=supplier_id, content={}, account_id=actor.id, saved_at=now)
        session.add(draft)
    items = {item.id for item in projects.lot(session, lot_id).items}
    wanted = {requirement.id for requirement in completeness.requirements_of(tender, lot_id)}
    draft.content = {**draft.content, **offers.cleaned(content, items=items, requirements=wanted)}
    draft.account_id, draft.saved_at = actor.id, clock.now(session)
    session.flush()
    return draft


def add_file(
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    name: str,
    source: bytes | IO[bytes],
    requirement_code: str = "",
    media_type: str = "",
    arrived_at: datetime | None = None,
) -> DraftFile:
    """Attach a file to the draft (to a requirement's code, or to the bid as a whole).

    ``source`` is its content or a binary file that can seek, read from where it stands to its end.

    :raises FilesTooLarge:
    """
    draft = save_draft(session, actor, lot_id=lot_id, content={}, arrived_at=arrived_at)
    used = session.scalar(select(func.sum(DraftFile.size)).where(DraftFile.draft_id == draft.id)) or 0
    content = io.BytesIO(source) if isinstance(source, bytes) else source
    if used + contents.size_of(content) > LARGEST_FILES or len(draft.files) >= MOST_FILES:
        raise FilesTooLarge(field="files", most=LARGEST_FILES // 1024 // 1024)
    plain = documents.plain_name(name)
    start, head = content.tell(), content.read(SNIFFED)
    content.seek(start)
    file = DraftFile(
        draft_id=draft.id,
        name=plain,
        media_type=documents.sniff(head, plain, media_type),
        requirement_code=requirement_code[:40],
        size=0,
        digest="",
    )
    session.add(file)
    session.flush()
    contents.keep_file(session, file, content)
    session.expire(draft, ["files"])
    return file


def remove_file(
    session: Session, actor: Actor, *, lot_id: str, file_id: str, arrived_at: datetime | None = None
) -> None:
    """Take a file out of the draft.

    :raises DraftFileUnknown:
    """
    _, supplier_id = bidding_for(session, actor, lot_id, arrived_at=arrived_at)
    draft = draft_of(session, lot_id, supplier_id, lock=True)
    file = session.get(DraftFile, file_id)
    if draft is None or file is None or file.draft_id != draft.id:
        raise DraftFileUnknown
    contents.destroy_files(session, [file])
    session.delete(file)
    session.flush()
    session.expire(draft, ["files"])


def file_of(session: Session, actor: Actor, file_id: str) -> DraftFile:
    """A file of the actor's own organisation's draft.

    :raises DraftFileUnknown:
    """
    file = session.get(DraftFile, file_id)
    draft = session.get(BidDraft, file.draft_id) if file is not None else None
    if file is None or draft is None or draft.supplier_id != actor.organisation_id:
        raise DraftFileUnknown
    return file


def destroy(session: Session, draft: BidDraft) -> None:
    """Delete a draft with its files."""
    contents.destroy_files(session, draft.files)
    session.delete(draft)
    session.flush()


def gaps(session: Session, actor: Actor, *, lot_id: str) -> list[Gap]:
    """What the actor's draft for a lot still lacks, errors first."""
    supplier_id = actor.organisation_id or ""
    return completeness.gaps_of(session, lot_id, supplier_id, draft_of(session, lot_id, supplier_id))
