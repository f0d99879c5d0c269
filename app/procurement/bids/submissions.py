"""Submitting: the draft is sealed to the lot's key and gone; replaced, withdrawn or confirmed until the deadline.

The deadline is a rule here, not an event: each act asks ``tenders.open_for_bids`` with the instant at which its request
arrived, under the tender's row lock, whatever a timer has done or not and however long the act waited for that lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, dates, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound
from app.foundation.money import Money
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import mails, projects, tenders
from app.procurement.bids import offers, packages
from app.procurement.bids.completeness import ERROR, gaps_of, requirements_of, whole_or_refused
from app.procurement.bids.drafts import SIGNER, WRITER, DraftMissing, bidding_for, draft_of, last_sequence
from app.procurement.bids.offers import Offer
from app.procurement.bids.receipts import Signer
from app.procurement.bids.records import Bid, BidDraft, BidState, DraftFile
from app.procurement.projects import Lot
from app.procurement.tenders import LotKey, Tender

GONE = (BidState.REPLACED, BidState.WITHDRAWN)
"""States of bids that no longer stand."""


class BidUnknown(NotFound):
    """There is no such bid, or none this person may know of."""

    code = "bid-unknown"
    text = Text("There is no such bid.", "没有该投标文件。")


class BidEnded(Conflict):
    """The bid was replaced or withdrawn in the meantime."""

    code = "bid-ended"
    text = Text("This bid was replaced or withdrawn.", "该投标文件已被替换或者撤回。")


@dataclass(frozen=True)
class Sealed:
    """A draft as it was sealed: ``of`` says of which draft, documents and number it was, so that it fits no other."""

    of: tuple[Any, ...]
    data: bytes


def seal(session: Session, actor: Actor, *, lot_id: str, arrived_at: datetime | None = None) -> Sealed | None:
    """Seal the draft without taking it in, so that nobody waits for this work: ``session`` only reads.

    None where ``submit`` will refuse; it says why.
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
    sealed: Sealed | None = None,
    arrived_at: datetime | None = None,
) -> Bid:
    """Seal the draft and take it in: its files and words are deleted, a bid that stood before is replaced (O87 33, 34).

    It counts from ``arrived_at``, when its request's last byte had reached the server. ``sealed``: what ``seal`` made of
    the draft; sealed anew if the draft has changed since. Raises DeadlinePassed, BidIncomplete, DraftMissing,
    NotRegistered, SupplierExcluded or RoleMissing.
    """
    at = arrivals.arrived(session, arrived_at)
    tender, supplier_id = bidding_for(session, actor, lot_id, lock=True, arrived_at=at, role=SIGNER)
    draft = draft_of(session, lot_id, supplier_id, lock=True)
    if draft is None:
        raise DraftMissing()
    whole_or_refused(session, lot_id, supplier_id, draft)
    sequence = last_sequence(session, lot_id, supplier_id) + 1
    _replace(session, of_supplier(session, lot_id, supplier_id), sequence, at)
    if sealed is None or sealed.of != _identity(tender, draft, sequence):
        sealed = _sealed(session, tender, draft, sequence, at)
    bid = _take_in(session, actor, tender, draft, sequence, sealed.data, at)
    _give_receipt(session, tender, bid, signer, "received", at)
    facts = {"digest": bid.digest, "size": bid.size, "sequence": sequence, "arrived_at": at.isoformat()}
    _journal(session, bid, "bids.submit", facts)
    tell(session, bid, "submitted", once="submit")
    return bid


def _replace(session: Session, before: Bid | None, sequence: int, at: datetime) -> None:
    if before is not None:
        _end(before, BidState.REPLACED, at)
        _journal(session, before, "bids.replace", {"by_sequence": sequence, "arrived_at": at.isoformat()})


def _take_in(
    session: Session, actor: Actor, tender: Tender, draft: BidDraft, sequence: int, sealed: bytes, at: datetime
) -> Bid:
    """The sealed bid in the place of its draft."""
    bid = Bid(
        lot_id=draft.lot_id,
        supplier_id=draft.supplier_id,
        sequence=sequence,
        sealed=sealed,
        digest=packages.digest(sealed),
        size=len(sealed),
        document_version=tender.version,
        account_id=actor.id,
        received_at=at,
    )
    session.add(bid)
    session.delete(draft)
    session.flush()
    return bid


def confirm(session: Session, actor: Actor, *, bid_id: str, signer: Signer, arrived_at: datetime | None = None) -> Bid:
    """Let a sealed bid stand as it is under the changed documents (O87 27); raises DeadlinePassed or BidEnded."""
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
    """Take a bid back before the deadline (O87 34); raises DeadlinePassed or BidEnded."""
    at = arrivals.arrived(session, arrived_at)
    tender, bid = _standing(session, actor, bid_id, at)
    _end(bid, BidState.WITHDRAWN, at)
    _give_receipt(session, tender, bid, signer, "withdrawn", at)
    _journal(session, bid, "bids.withdraw", {"sequence": bid.sequence, "arrived_at": at.isoformat()})
    tell(session, bid, "withdrawn", once="withdraw")
    return bid


def get(session: Session, bid_id: str) -> Bid:
    """A bid; raises BidUnknown."""
    bid = session.get(Bid, bid_id)
    if bid is None:
        raise BidUnknown()
    return bid


def of_lot(session: Session, lot_id: str) -> list[Bid]:
    """The bids for a lot that weren't replaced or withdrawn, in the order they came in."""
    query = select(Bid).where(Bid.lot_id == lot_id, Bid.state.not_in(GONE))
    return list(session.scalars(query.order_by(Bid.received_at, Bid.id)))


def of_supplier(session: Session, lot_id: str, supplier_id: str | None) -> Bid | None:
    """The bid of a supplier for a lot that stands."""
    query = select(Bid).where(Bid.lot_id == lot_id, Bid.supplier_id == supplier_id, Bid.state.not_in(GONE))
    return session.scalars(query).one_or_none()


def all_of_supplier(session: Session, supplier_id: str) -> list[Bid]:
    """Every bid a supplier ever submitted, the newest first."""
    query = select(Bid).where(Bid.supplier_id == supplier_id).order_by(Bid.received_at.desc(), Bid.id.desc())
    return list(session.scalars(query))


def _standing(session: Session, actor: Actor, bid_id: str, arrived_at: datetime) -> tuple[Tender, Bid]:
    """The tender (locked) and the actor's own bid that stands under it."""
    bid = get(session, bid_id)
    if bid.supplier_id != actor.organisation_id:
        raise BidUnknown()
    tender, _ = bidding_for(session, actor, bid.lot_id, lock=True, arrived_at=arrived_at, role=SIGNER)
    session.refresh(bid, with_for_update=True)
    if bid.state != BidState.SEALED:
        raise BidEnded()
    return tender, bid


def _end(bid: Bid, state: BidState, now: datetime) -> None:
    """A bid that no longer stands can't be opened later either: only its digest stays."""
    bid.state, bid.ended_at, bid.sealed = state, now, b""


def _sealed(session: Session, tender: Tender, draft: BidDraft, sequence: int, at: datetime) -> Sealed:
    lot, key = projects.lot(session, draft.lot_id), session.get_one(LotKey, draft.lot_id)
    manifest = _manifest(session, tender, lot, draft, sequence, at)
    return Sealed(_identity(tender, draft, sequence), packages.seal(manifest, _contents(session, draft), key.recipient))


def _identity(tender: Tender, draft: BidDraft, sequence: int) -> tuple[Any, ...]:
    """What a sealed draft depends on; whatever of it changes, it is sealed anew."""
    files = tuple((file.id, file.digest, file.requirement_code) for file in draft.files)
    return draft.id, draft.content, files, tender.version, sequence


def _contents(session: Session, draft: BidDraft) -> Iterator[bytes]:
    """The draft's files one after the other, never all at once in memory."""
    for file in draft.files:
        yield session.scalars(select(DraftFile.data).where(DraftFile.id == file.id)).one()


def _manifest(
    session: Session, tender: Tender, lot: Lot, draft: BidDraft, sequence: int, now: datetime
) -> dict[str, Any]:
    offer = offers.read(draft.content)
    assert offer.price is not None, "a complete draft has a price"
    return {
        "format": packages.FORMAT,
        "lot_id": lot.id,
        "tender_id": tender.id,
        "tender_number": tender.project.number,
        "lot_number": lot.number,
        "document_version": tender.version,
        "supplier_id": draft.supplier_id,
        "supplier_uscc": organisations.get(session, draft.supplier_id).uscc,
        "sequence": sequence,
        "sealed_at": now.isoformat(),
        "salt": secrets.token_hex(16),
        "currency": lot.currency,
        "price": f"{offer.price:.2f}",
        "price_words": Money(offer.price).in_words(),
        "prices": [
            {
                "item_id": item.id,
                "name": item.name,
                "quantity": f"{item.quantity.normalize():f}",
                "unit": item.unit,
                "unit_price": f"{offer.unit_prices[item.id]:.2f}",
            }
            for item in lot.items
        ],
        "responses": [
            {"requirement_id": r.id, "code": r.code, "value": response.value, "deviation": response.deviation}
            for r in requirements_of(tender, lot.id)
            for response in [offer.responses[r.id]]
        ],
        "declarations": [name for name in offers.DECLARATIONS if name in offer.declarations],
        "delivery_days": offer.delivery_days,
        "validity_days": offer.validity_days,
        "sme": offer.sme,
        "domestic": offer.domestic,
        "brand": offer.brand,
        "maker": offer.maker,
        **_shares(offer),
        "files": [
            {
                "path": packages.path_of(number),
                "name": file.name,
                "media_type": file.media_type,
                "requirement_code": file.requirement_code,
                "size": file.size,
                "sha256": file.digest,
            }
            for number, file in enumerate(draft.files, 1)
        ],
    }


def _shares(offer: Offer) -> dict[str, Any]:
    """The partner of a consortium with its share, and the share of domestic products, in percent; what was claimed only."""
    said: dict[str, Any] = {}
    if offer.sme == offers.CONSORTIUM:
        said["partner"] = {
            "name": offer.partner,
            "uscc": offer.partner_uscc,
            "share": None if offer.partner_share is None else f"{offer.partner_share:f}",
        }
    if offer.domestic and offer.domestic_share is not None:
        said["domestic_share"] = f"{offer.domestic_share:f}"
    return said


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
