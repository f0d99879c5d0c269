"""Files attached to the tender documents: specifications, drawings, bills of quantities, of one lot or of the whole.

They belong to the documents' content by their digests, so that whatever binds the documents (their version's digest, the
journal, the printed paper) binds the files too. Nobody outside buyer, agency and finance reads them before the documents
are published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import documents
from app.foundation.actor import Actor
from app.foundation.documents import Document
from app.foundation.errors import Invalid
from app.foundation.text import Text, text_of
from app.procurement.projects import Lot
from app.procurement.tenders.records import Attachment, DocumentVersion, Tender

ATTACHMENT_KINDS: dict[str, Text] = {
    "specification": Text("specification", "技术规格"),
    "drawing": Text("drawing", "图纸"),
    "bill_of_quantities": Text("bill of quantities", "工程量清单"),
    "other": Text("other", "其他"),
}
"""The kinds of attachments."""


class AttachmentInvalid(Invalid):
    """An attachment names a lot, a kind or a file that there isn't, or that isn't the agency's."""

    text = Text("%(why)s", "%(why)s")


@dataclass(frozen=True)
class NewAttachment:
    """An attachment as it is entered. ``number`` is its own once it has one; ``lot`` a lot's number, None for the whole."""

    kind: str
    title: Text
    document_id: str
    lot: int | None = None
    number: int | None = None


@dataclass(frozen=True)
class Attached:
    """An attachment as it is read: what the content says of it, and its file."""

    number: int
    lot: int | None
    kind: str
    title: Text
    document: Document

    @property
    def what(self) -> Text:
        """Its kind and what it is of, in words."""
        kind = ATTACHMENT_KINDS[self.kind]
        if self.lot is None:
            return Text(f"{kind.en}, all lots", f"{kind.zh}，全部采购包")
        return Text(f"{kind.en}, lot {self.lot}", f"{kind.zh}，采购包{self.lot}")


def enter(
    session: Session, actor: Actor, tender: Tender, lots: Mapping[int, Lot], attachments: Sequence[NewAttachment]
) -> None:
    """Let the tender have these attachments and no others; their files come into its case, not into the public.

    One that is entered again under its number keeps it, whatever its file; a new one takes a number never used before.

    :raises AttachmentInvalid:
    """
    files = _files(session, tender, lots, attachments)
    present = {row.number: row for row in tender.attachments}
    free = max([*present, *_published_numbers(tender), 0])
    for new in attachments:
        row = present.pop(new.number, None) if new.number is not None else None
        if row is None:
            free += 1
            row = Attachment(tender_id=tender.id, number=free)
            session.add(row)
        row.lot_id = None if new.lot is None else lots[new.lot].id
        row.kind, row.title_zh, row.title_en = new.kind, new.title.zh, new.title.en
        row.document = files[new.document_id]
        documents.share(session, actor, files[new.document_id], case=tender.project_id)
    for gone in present.values():
        session.delete(gone)
    session.flush()
    session.expire(tender, ["attachments"])


def _files(
    session: Session, tender: Tender, lots: Mapping[int, Lot], attachments: Sequence[NewAttachment]
) -> dict[str, Document]:
    """The files by id, if each attachment can be taken as it is."""
    wanted = [new.document_id for new in attachments]
    found = {file.id: file for file in session.scalars(select(Document).where(Document.id.in_(wanted)))}
    numbers = [new.number for new in attachments if new.number is not None]
    for place, new in enumerate(attachments):
        file, title = found.get(new.document_id), Text(new.title.en or new.title.zh, new.title.zh)
        if new.lot is not None and new.lot not in lots:
            field, why = "lot", _NO_LOT.filled(title=title, lot=new.lot)
        elif new.kind not in ATTACHMENT_KINDS:
            field, why = "kind", _NO_KIND.filled(title=title)
        elif file is None or not _is_the_agencys(file, tender):
            field, why = "file", _NO_FILE.filled(title=title)
        elif new.number is not None and numbers.count(new.number) > 1:
            field, why = "title_zh", _TWICE.filled(title=title)
        else:
            continue
        raise AttachmentInvalid(field=f"attachments-{place}-{field}", why=why)
    return found


def _is_the_agencys(file: Document, tender: Tender) -> bool:
    """Whether the agency brought a file for this tender: just now, or earlier."""
    is_new = file.access == "private" and file.case_id is None
    return file.organisation_id == tender.agency_id and (is_new or file.case_id == tender.project_id)


_NO_LOT = Text("“%(title)s” is for lot %(lot)s, which does not exist.", "“%(title)s”所属采购包%(lot)s不存在。")
_NO_KIND = Text("Choose a kind for “%(title)s”.", "请选择“%(title)s”的类别。")
_NO_FILE = Text("The file of “%(title)s” no longer exists. Upload it again.", "“%(title)s”的文件已不存在，请重新上传。")
_TWICE = Text("“%(title)s” is entered twice. Remove one of them.", "“%(title)s”重复，请删除其一。")


def _published_numbers(tender: Tender) -> set[int]:
    return {int(number) for version in tender.versions for number in version.content.get("attachments", ())}


def content(tender: Tender) -> dict[str, Any]:
    """What the documents say of their attachments, by number; left out when there are none."""
    numbers = {lot.id: lot.number for lot in tender.project.lots}
    found = {
        str(row.number): {
            "lot": None if row.lot_id is None else numbers[row.lot_id],
            "kind": row.kind,
            "title": row.title.as_json(),
            "file": row.document.name,
            "digest": row.document.digest,
        }
        for row in tender.attachments
    }
    return {"attachments": found} if found else {}


def publish(session: Session, actor: Actor, tender: Tender) -> None:
    """Let everybody read the files of the documents as they now stand."""
    for row in tender.attachments:
        documents.publish(session, row.document, actor)


def of_draft(tender: Tender) -> list[Attached]:
    """The attachments as they now stand."""
    return _attached(
        content(tender), {(row.document.digest, row.document.name): row.document for row in tender.attachments}
    )


def of_version(session: Session, tender: Tender, version: DocumentVersion) -> list[Attached]:
    """The attachments that were published with a version, each with the file of that time."""
    said = version.content.get("attachments", {})
    digests = [each["digest"] for each in said.values()]
    kept = select(Document).where(
        Document.case_id == tender.project_id, Document.access == "public", Document.digest.in_(digests)
    )
    files = {(file.digest, file.name): file for file in session.scalars(kept)} if digests else {}
    return _attached(version.content, files)


def _attached(said: Mapping[str, Any], files: Mapping[tuple[str, str], Document]) -> list[Attached]:
    return [
        Attached(
            number=int(number),
            lot=each["lot"],
            kind=each["kind"],
            title=text_of(each["title"]),
            document=files[each["digest"], each["file"]],
        )
        for number, each in sorted(said.get("attachments", {}).items(), key=lambda one: int(one[0]))
    ]
