"""Submitting: the draft is sealed to the lot's key and gone; replaced, withdrawn or confirmed until the deadline.

The deadline is a rule here, not an event: each act asks ``tenders.open_for_bids`` with the instant at which its request
arrived, under the tender's row lock, whatever a timer has done or not and however long the act waited for that lock.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text as LongText
from sqlalchemy import select, type_coerce
from sqlalchemy.orm import Session

from app import sealer
from app.foundation import arrivals, ciphered, clock, dates, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import mails, projects, tenders
from app.procurement.bids import contents, offers
from app.procurement.bids.completeness import gaps_of, requirements_of, whole_or_refused
from app.procurement.bids.drafts import SIGNER, WRITER, DraftMissing, bidding_for, destroy, draft_of, last_sequence
from app.procurement.bids.receipts import Signer
from app.procurement.bids.records import Bid, BidDraft, BidState
from app.procurement.bids.shortfalls import ERROR
from app.procurement.projects import Lot
from app.procurement.tenders import LotKey, Tender
from app.sealer import Order, Sealed
from app.sealer.packages import path_of

GONE = (BidState.REPLACED, BidState.WITHDRAWN)
"""States of bids that no longer stand."""


class BidUnknown(NotFound):
    """There is no such bid, or none this person may know of."""

    text = Text("There is no such bid.", "没有该投标文件。")


class BidEnded(Conflict):
    """The bid was replaced or withdrawn in the meantime."""

    text = Text("This bid was replaced or withdrawn.", "该投标文件已被替换或者撤回。")


@dataclass(frozen=True)
class SealedDraft:
    """A draft as it was sealed: ``of`` says of which draft, documents and number it was, so that it fits no other."""

    of: tuple[Any, ...]
    package: Sealed

    def close(self) -> None:
        """Let it go; who had it sealed does that."""
        self.package.close()


def seal(session: Session, actor: Actor, *, lot_id: str, arrived_at: datetime | None = None) -> SealedDraft | None:
    """Seal the draft without taking it in, so that nobody waits for this work: ``session`` only reads.

    None where ``submit`` will refuse; it says why.

    :raises SealingFailed:
    """
    supplier_id = actor.organisation_id or ""
    draft = draft_of(session, lot_id, supplier_id)
    if (
        draft is None
        or not actor.has_role(SIGNER, supplier_id)
        or any(gap.severity == ERROR for gap in gaps_of(session, lot_id, supplier_id, draft))
    ):
        return None
    tender, at = tenders.of_lot(session, lot_id), arrivals.arrived(session, arrived_at)
    if not tenders.open_for_bids(tender, at):
        return None
    return _sealed(session, tender, draft, last_sequence(session, lot_id, supplier_id) + 1, at)


def submit(
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    signer: Signer,
    sealed: SealedDraft | None = None,
    arrived_at: datetime | None = None,
) -> Bid:
    """Seal the draft and take it in: its files and words are deleted, a bid that stood before is replaced (O87 33, 34).

    It counts from ``arrived_at``, when its request's last byte had reached the server. ``sealed``: what ``seal`` made of
    the draft; sealed anew if the draft has changed since. Raises DeadlinePassed, BidIncomplete, DraftMissing,
    NotRegistered, SupplierExcluded, RoleMissing or SealingFailed.
    """
    at = arrivals.arrived(session, arrived_at)
    tender, supplier_id = bidding_for(session, actor, lot_id, lock=True, arrived_at=at, role=SIGNER)
    draft = draft_of(session, lot_id, supplier_id, lock=True)
    if draft is None:
        raise DraftMissing
    whole_or_refused(session, lot_id, supplier_id, draft)
    sequence = last_sequence(session, lot_id, supplier_id) + 1
    _replace(session, of_supplier(session, lot_id, supplier_id), sequence, at)
    if sealed is not None and sealed.of == _identity(session, tender, draft, sequence):
        bid = _take_in(session, actor, tender, draft, sequence, sealed.package, at)
    else:
        with closing(_sealed(session, tender, draft, sequence, at)) as anew:
            bid = _take_in(session, actor, tender, draft, sequence, anew.package, at)
    _give_receipt(session, tender, bid, signer, "received", at)
    facts = {"digest": bid.digest, "size": bid.size, "sequence": sequence, "arrived_at": at.isoformat()}
    _journal(session, bid, "bids.submit", facts)
    tell(session, bid, "submitted", once="submit")
    return bid


def _replace(session: Session, before: Bid | None, sequence: int, at: datetime) -> None:
    if before is not None:
        _end(session, before, BidState.REPLACED, at)
        _journal(session, before, "bids.replace", {"by_sequence": sequence, "arrived_at": at.isoformat()})


def _take_in(
    session: Session, actor: Actor, tender: Tender, draft: BidDraft, sequence: int, sealed: Sealed, at: datetime
) -> Bid:
    """The sealed bid in the place of its draft."""
    bid = Bid(
        lot_id=draft.lot_id,
        supplier_id=draft.supplier_id,
        sequence=sequence,
        digest=sealed.digest,
        size=sealed.size,
        document_version=tender.version,
        account_id=actor.id,
        received_at=at,
    )
    session.add(bid)
    destroy(session, draft)
    contents.keep_sealed(session, bid, sealed)
    return bid


def confirm(session: Session, actor: Actor, *, bid_id: str, signer: Signer, arrived_at: datetime | None = None) -> Bid:
    """Let a sealed bid stand as it is under the changed documents (O87 27).

    :raises DeadlinePassed:
    :raises BidEnded:
    """
    at = arrivals.arrived(session, arrived_at)
    tender, bid = _standing(session, actor, bid_id, at)
    if bid.document_version < tender.version:
        bid.document_version = tender.version
        _give_receipt(session, tender, bid, signer, "confirmed", at)
        facts = {"document_version": tender.version, "arrived_at": at.isoformat()}
        _journal(session, bid, "bids.confirm", facts)
        tell(session, bid, "confirmed", once=f"confirm:{tender.version}")
    return bid


def withdraw(session: Session, actor: Actor, *, bid_id: str, signer: Signer, arrived_at: datetime | None = None) -> Bid:
    """Take a bid back before the deadline (O87 34).

    :raises DeadlinePassed:
    :raises BidEnded:
    """
    at = arrivals.arrived(session, arrived_at)
    tender, bid = _standing(session, actor, bid_id, at)
    _end(session, bid, BidState.WITHDRAWN, at)
    _give_receipt(session, tender, bid, signer, "withdrawn", at)
    _journal(session, bid, "bids.withdraw", {"sequence": bid.sequence, "arrived_at": at.isoformat()})
    tell(session, bid, "withdrawn", once="withdraw")
    return bid


def get(session: Session, bid_id: str) -> Bid:
    """A bid.

    :raises BidUnknown:
    """
    bid = session.get(Bid, bid_id)
    if bid is None:
        raise BidUnknown
    return bid


def of_lot(session: Session, lot_id: str) -> list[Bid]:
    """The bids for a lot that weren't replaced or withdrawn, in the order they came in."""
    statement = select(Bid).where(Bid.lot_id == lot_id, Bid.state.not_in(GONE))
    return list(session.scalars(statement.order_by(Bid.received_at, Bid.id)))


def of_supplier(session: Session, lot_id: str, supplier_id: str | None) -> Bid | None:
    """The bid of a supplier for a lot that stands."""
    statement = select(Bid).where(Bid.lot_id == lot_id, Bid.supplier_id == supplier_id, Bid.state.not_in(GONE))
    return session.scalars(statement).one_or_none()


def all_of_supplier(session: Session, supplier_id: str) -> list[Bid]:
    """Every bid a supplier ever submitted, the newest first."""
    statement = select(Bid).where(Bid.supplier_id == supplier_id).order_by(Bid.received_at.desc(), Bid.id.desc())
    return list(session.scalars(statement))


def _standing(session: Session, actor: Actor, bid_id: str, arrived_at: datetime) -> tuple[Tender, Bid]:
    """The tender (locked) and the actor's own bid that stands under it."""
    bid = get(session, bid_id)
    if bid.supplier_id != actor.organisation_id:
        raise BidUnknown
    tender, _ = bidding_for(session, actor, bid.lot_id, lock=True, arrived_at=arrived_at, role=SIGNER)
    session.refresh(bid, with_for_update=True)
    if bid.state != BidState.SEALED:
        raise BidEnded
    return tender, bid


def _end(session: Session, bid: Bid, state: BidState, now: datetime) -> None:
    """A bid that no longer stands can't be opened later either: only its digest stays."""
    bid.state, bid.ended_at = state, now
    contents.destroy_sealed(session, bid)


def _sealed(session: Session, tender: Tender, draft: BidDraft, sequence: int, at: datetime) -> SealedDraft:
    """Have the draft sealed by a process of its own, which is given what is stored: nothing of it is read here."""
    order = Order(
        key=ciphered.key_of(session.get_bind().dialect),
        recipient=session.get_one(LotKey, draft.lot_id).recipient,
        content=_stored(session, draft),
        facts=_facts(session, tender, projects.lot(session, draft.lot_id), draft, sequence, at),
    )
    return SealedDraft(
        _identity(session, tender, draft, sequence), sealer.seal(order, contents.stored_of(session, draft.files))
    )


def _stored(session: Session, draft: BidDraft) -> str:
    """The words of a draft as they are stored: encrypted, each time anew."""
    return session.scalars(select(type_coerce(BidDraft.content, LongText)).where(BidDraft.id == draft.id)).one()


def _identity(session: Session, tender: Tender, draft: BidDraft, sequence: int) -> tuple[Any, ...]:
    """What a sealed draft depends on; whatever of it changes, it is sealed anew."""
    files = tuple((file.id, file.digest, file.requirement_code) for file in draft.files)
    return draft.id, _stored(session, draft), files, tender.version, sequence


def _facts(session: Session, tender: Tender, lot: Lot, draft: BidDraft, sequence: int, now: datetime) -> dict[str, Any]:
    """What is known of a bid without reading it (see ``Order``)."""
    return {
        "lot_id": lot.id,
        "tender_id": tender.id,
        "tender_number": tender.project.number,
        "lot_number": lot.number,
        "document_version": tender.version,
        "supplier_id": draft.supplier_id,
        "supplier_uscc": organisations.get(session, draft.supplier_id).uscc,
        "sequence": sequence,
        "sealed_at": now.isoformat(),
        "currency": lot.currency,
        "items": [
            {"id": item.id, "name": item.name, "quantity": f"{item.quantity.normalize():f}", "unit": item.unit}
            for item in lot.items
        ],
        "requirements": [{"id": r.id, "code": r.code} for r in requirements_of(tender, lot.id)],
        "declarations": list(offers.DECLARATIONS),
        "files": [
            {
                "path": path_of(number),
                "name": file.name,
                "media_type": file.media_type,
                "requirement_code": file.requirement_code,
                "size": file.size,
                "sha256": file.digest,
            }
            for number, file in enumerate(draft.files, 1)
        ],
    }


def _give_receipt(session: Session, tender: Tender, bid: Bid, signer: Signer, act: str, now: datetime) -> None:
    """The signed receipt of an act: what was taken in, of whom, when, sealed to which key."""
    lot, supplier = projects.lot(session, bid.lot_id), organisations.get(session, bid.supplier_id)
    bid.receipt = signer.sign(
        {
            "act": act,
            "at": now.isoformat(),
            "bid": bid.id,
            "sequence": bid.sequence,
            "received_at": bid.received_at.isoformat(),
            "decided_at": clock.now(session).isoformat(),
            "sha256": bid.digest,
            "size": bid.size,
            "sealed_to": session.get_one(LotKey, bid.lot_id).recipient,
            "document_version": bid.document_version,
            "bid_deadline_at": tender.bid_deadline_at.isoformat() if tender.bid_deadline_at else None,
            "tender": {"number": tender.project.number, "title": tender.project.title.as_json(), "lot": lot.number},
            "supplier": {"uscc": supplier.uscc, "name": supplier.name.as_json()},
        }
    )
    session.flush()


def _journal(session: Session, bid: Bid, act: str, facts: dict[str, object]) -> None:
    """Under the bid's own case and without a name: who reads a project's journal mustn't know who takes part (O87 28)."""
    anonymous = Actor(id="supplier", name="Supplier")
    journal.write(session, anonymous, case=f"bid:{bid.id}", act=act, facts={"bid": bid.id, **facts})


MAILS: dict[str, tuple[Text, Text]] = {
    "submitted": (
        Text("Bid receipt: we have received your sealed bid", "投标文件签收通知"),
        Text(
            "Your bid was sealed and received on %(at)s. Its SHA-256 is %(digest)s. The signed receipt is in “My bids”.",
            "贵单位递交的投标文件已于%(at)s加密签收。文件摘要（SHA-256）：%(digest)s。签收回执请在“我的投标”中查看。",
        ),
    ),
    "confirmed": (
        Text("Bid confirmed", "投标文件确认通知"),
        Text(
            "Your bid with the SHA-256 %(digest)s remains valid under the corrected tender documents, as you confirmed.",
            "贵单位已确认，文件摘要（SHA-256）为%(digest)s的投标文件在更正后的招标文件下继续有效。",
        ),
    ),
    "withdrawn": (
        Text("Bid withdrawn", "投标文件撤回通知"),
        Text(
            "Your bid with the SHA-256 %(digest)s was withdrawn. Its content has been destroyed.",
            "贵单位文件摘要（SHA-256）为%(digest)s的投标文件已撤回，其内容已销毁。",
        ),
    ),
    "opening": (
        Text("Bids opened", "开标通知"),
        Text(
            "The bids of %(tender)s were opened. The opening record is in “My bids”. You can raise questions and requests "
            "for recusal there until it is signed.",
            "%(tender)s已开标。开标记录请在“我的投标”中查看；如有疑义或者需申请回避，请在开标记录签署前提出。",
        ),
    ),
    "failure": (
        Text("Failed tender", "废标通知"),
        Text(
            "%(lot)s failed: %(why)s. The failed-tender notice is published on this service. If you paid a bid bond, it will be returned.",
            "“%(lot)s”已废标：%(why)s。废标公告已在本平台发布，已交纳的投标保证金将予退还。",
        ),
    ),
}
"""What bidders are told of their bid by mail: subject and body of each event."""


def tell(session: Session, bid: Bid, event: str, *, once: str = "", project: str = "", **details: object) -> None:
    """A mail to the writers and signers of a bid's supplier of an ``event`` of MAILS, one for each ``once``.

    Before the opening it names no project: a mail that can't be sent is read by others.
    """
    subject, body = MAILS[event]
    mails.tell(
        session,
        organisation_id=bid.supplier_id,
        roles=[WRITER, SIGNER],
        key=f"bid:{bid.id}:{once or event}",
        page=f"/supplier/bids/{bid.id}",
        subject=subject,
        body=body.filled(at=dates.when(bid.received_at, seconds=True), digest=bid.digest, **details),
        project=project,
    )
