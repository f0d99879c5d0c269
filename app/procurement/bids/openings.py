"""The opening: the key is fetched, every bid that counts is opened, read and recorded (O87 39-42)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, documents, doubts, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.money import Money
from app.foundation.text import Text
from app.identity import organisations, roles
from app.keeper import Keeper
from app.procurement import bonds, papers, projects, rules, tenders
from app.procurement.bids import authors, packages, sheets
from app.procurement.bids.completeness import requirements_of
from app.procurement.bids.packages import Package, PackageUnreadable, SealBroken
from app.procurement.bids.records import (
    Bid,
    BidFile,
    BidPrice,
    BidResponse,
    BidState,
    OpenedBid,
    Opening,
)
from app.procurement.bids.submissions import of_lot, of_supplier, tell
from app.procurement.bonds import Bond, BondState
from app.procurement.projects import Lot, LotState
from app.procurement.tenders import Tender, TenderState
from app.sealer.packages import digest


class OpeningNotDue(RuleBroken):
    """Nobody opens a bid before the deadline (O87 33, 39)."""

    text = Text("Bids cannot be opened before the deadline.", "投标截止时间之前不得开标。")


class NotBidding(Conflict):
    """The tender was terminated or never published: there is nothing to open."""

    text = Text("This tender has no bids to open.", "该项目没有可开启的投标文件。")


class OpeningUnknown(NotFound):
    """The lot's bids haven't been opened, or this person may not see it."""

    text = Text("The bids for this lot have not been opened.", "该采购包尚未开标。")


class DocumentsAtFault(Conflict):
    """What was rightly held against the documents isn't cured: the bids stay sealed (O94 16(1))."""

    text = Text(
        "A challenge of the tender documents was upheld and is not cured: no bid is opened.",
        "对招标文件的质疑成立且尚未更正处理，不得开标。",
    )
    statute = "O94 16"


class RecordSigned(Conflict):
    """The opening record is signed."""

    code = "opening-record-signed"
    text = Text("The opening record has already been signed.", "开标记录已签署。")


class ObjectionMissing(Invalid):
    """An objection says what is wrong."""

    text = Text("Enter your question or request.", "请写明疑义或者回避申请的内容。")


@dataclass(frozen=True)
class _Outcome:
    """What became of a bid: its new state, and why if it isn't opened."""

    state: BidState
    reason: str = ""


def open_all(session: Session, actor: Actor, *, lot_id: str, keeper: Keeper) -> Opening:
    """Open a lot's bids at its deadline, once: the opening and its record; asked again, the one there is.

    Bids that weren't confirmed or have no bond count for nothing. With fewer than three left none is opened and no key
    fetched (O87 41): ``enough`` is false. Either way the keeper allows it, by its own clock, and no clock is in doubt. Each bid is opened by itself: what one can't be read for concerns it alone.
    Raises OpeningNotDue, NotBidding, arrivals.StillDeciding while a request that arrived in time is being decided, or the
    keeper's KeyNotDue and KeeperAway; nothing has changed then.
    """
    tender = tenders.of_lot(session, lot_id, lock=True)
    made = opening_of(session, lot_id)
    if made is not None:
        return made
    now = clock.now(session)
    if tender.state not in (TenderState.PUBLISHED, TenderState.CLOSED) or tender.bid_deadline_at is None:
        raise NotBidding
    if now < tender.bid_deadline_at:
        raise OpeningNotDue(under=rules.law(session, tender.project))
    lot = projects.lot(session, lot_id, lock=True)
    if lot.failure_reason:
        raise DocumentsAtFault
    arrivals.require_decided(session, tender.bid_deadline_at)
    doubts.require_none(session)
    keeper.allow(lot_id)
    tender.state, received = TenderState.CLOSED, of_lot(session, lot_id)
    stands = bonds_stand(session, tender, lot_id)
    outcomes = {bid.id: _before_opening(tender, bid, stands[bid.id]) for bid in received}
    counting = [bid for bid in received if outcomes[bid.id].state == BidState.SEALED]
    least = rules.law(session, tender.project).least_offers()
    if len(counting) >= least:
        identity = keeper.release(lot_id)
        for bid in counting:
            outcomes[bid.id] = _open(session, tender, bid, identity, now)
    else:
        outcomes |= {bid.id: _Outcome(BidState.UNOPENED, "few_bids") for bid in counting}
    return _record(session, actor, tender, lot, received, outcomes, stands, least, now)


def sign_opening_record(session: Session, actor: Actor, *, lot_id: str, objections: str = "") -> Opening:
    """The host signs the record; ``objections``: what was raised at the opening and answered (O87 42)."""
    opening, tender = _unsigned(session, lot_id)
    roles.require(actor, "agency-host", tender.agency_id)
    now = clock.now(session)
    if objections.strip():
        _add_objection(opening, None, objections, now)
    opening.signed_by, opening.signed_at = actor.id, now
    session.flush()
    _keep_record(session, actor, tender, opening)
    facts = {"lot": lot_id, "objections": len(opening.objections)}
    journal.write(session, actor, case=tender.project_id, act="bids.sign_opening_record", facts=facts)
    return opening


def _keep_record(session: Session, actor: Actor, tender: Tender, opening: Opening) -> None:
    number = projects.lot(session, opening.lot_id).number
    title = Text(f"Opening record {tender.project.number}-{number}", f"开标记录{tender.project.number}-{number}")
    chinese, english = papers.keep(
        session,
        actor,
        "opening_record",
        sheets.opening_sheet(session, opening),
        case=opening.lot_id,
        title=title,
        kind="opening_record",
    )
    opening.document_zh_id, opening.document_en_id = chinese.id, english.id
    session.flush()


def object_to_opening(session: Session, actor: Actor, *, lot_id: str, words: str) -> Opening:
    """A bidder raises an objection while the record isn't signed (O87 42); it becomes part of the record."""
    opening, tender = _unsigned(session, lot_id)
    bid = of_supplier(session, lot_id, actor.organisation_id)
    if bid is None:
        raise OpeningUnknown
    roles.require(actor, "supplier-bidder", bid.supplier_id)
    if not words.strip():
        raise ObjectionMissing(field="words")
    _add_objection(opening, bid.supplier_id, words, clock.now(session))
    session.flush()
    facts = {"lot": lot_id, "supplier": bid.supplier_id}
    journal.write(session, actor, case=tender.project_id, act="bids.object_to_opening", facts=facts)
    return opening


def invalidate_late_bonds(session: Session, actor: Actor, *, lot_id: str) -> list[Bid]:
    """After a bank statement came in: opened bids whose bond turns out to be late are invalid (O87 63(1))."""
    tender = tenders.of_lot(session, lot_id)
    late, stands = [], bonds_stand(session, tender, lot_id)
    for bid in of_lot(session, lot_id):
        if bid.state == BidState.OPENED and stands[bid.id] == "late":
            bid.state, bid.invalid_reason = BidState.INVALID, "late_bond"
            facts = {"bid": bid.id, "reason": "late_bond"}
            journal.write(session, actor, case=tender.project_id, act="bids.invalidate", facts=facts)
            late.append(bid)
    session.flush()
    return late


def leave_unopened(session: Session, actor: Actor, *, lot_id: str, reason: str) -> None:
    """What is still sealed when its lot ends is never opened (O87 29, O94 16); ``reason`` is a key of REASONS."""
    left = [bid for bid in of_lot(session, lot_id) if bid.state == BidState.SEALED]
    for bid in left:
        bid.state, bid.invalid_reason = BidState.UNOPENED, reason
    session.flush()
    if left:
        case = projects.lot(session, lot_id).project_id
        facts = {"lot": lot_id, "bids": [bid.id for bid in left], "reason": reason}
        journal.write(session, actor, case=case, act="bids.leave_unopened", facts=facts)


def tell_of_failure(session: Session, *, lot_id: str) -> None:
    """Tell every bidder of a lot that failed why it did (GPL 36)."""
    lot = projects.lot(session, lot_id)
    why = projects.failure(lot)
    for bid in of_lot(session, lot_id):
        tell(session, bid, "failure", project=lot.project.number, lot=lot.title, why=why)


def opening_of(session: Session, lot_id: str) -> Opening | None:
    """The opening of a lot."""
    return session.scalars(select(Opening).where(Opening.lot_id == lot_id)).one_or_none()


def bonds_stand(session: Session, tender: Tender, lot_id: str) -> dict[str, str]:
    """How the bond of each bid of a lot stands, a key of BOND_STANDS by the bid's id, all bonds being read at once.

    ``unproved``: asked for, not on any statement so far.
    """
    by_supplier = {bond.supplier_id: bond for bond in bonds.of_lot(session, lot_id)} if tender.bond_percent > 0 else {}
    received = session.execute(select(Bid.id, Bid.supplier_id).where(Bid.lot_id == lot_id))
    return {bid_id: _stands(tender, by_supplier.get(supplier_id)) for bid_id, supplier_id in received}


def _stands(tender: Tender, bond: Bond | None) -> str:
    if tender.bond_percent <= 0:
        return "none_asked"
    if bond is None:
        return "missing"
    if bond.state == BondState.REQUESTED:
        return "unproved"
    return "held" if bonds.arrived_in_time(bond) else "late"


def _before_opening(tender: Tender, bid: Bid, stands: str) -> _Outcome:
    """Whether a bid counts at all. A bond that no statement shows yet isn't held against it: banks book overnight."""
    if not bid.confirmed_for(tender.binding_version):
        return _Outcome(BidState.UNOPENED, "unconfirmed")
    if stands == "missing":
        return _Outcome(BidState.INVALID, "no_bond")
    if stands == "late":
        return _Outcome(BidState.INVALID, "late_bond")
    return _Outcome(BidState.SEALED)


def _open(session: Session, tender: Tender, bid: Bid, identity: str, now: datetime) -> _Outcome:
    sealed = bid.sealed
    if digest(sealed) != bid.digest:
        return _Outcome(BidState.UNDECRYPTABLE, "changed")
    try:
        package = packages.unseal(sealed, identity)
    except SealBroken:
        return _Outcome(BidState.UNDECRYPTABLE, "seal")
    except PackageUnreadable:
        return _Outcome(BidState.INVALID, "content")
    theirs = (bid.lot_id, bid.supplier_id, bid.sequence)
    if tuple(package.manifest[name] for name in ("lot_id", "supplier_id", "sequence")) != theirs:
        return _Outcome(BidState.INVALID, "content")
    _keep(session, tender, bid, package, now)
    return _Outcome(BidState.OPENED)


def _keep(session: Session, tender: Tender, bid: Bid, package: Package, now: datetime) -> None:
    """The opened bid as rows; answers to requirements that a change took away stay in ``content`` alone."""
    said = package.manifest
    opened = OpenedBid(
        bid_id=bid.id,
        price=Decimal(said["price"]),
        currency=said["currency"],
        delivery_days=said["delivery_days"],
        validity_days=said["validity_days"],
        sme=said["sme"],
        domestic=said["domestic"],
        brand=said["brand"],
        content=said,
        opened_at=now,
    )
    session.add(opened)
    session.flush()
    wanted = {requirement.id for requirement in requirements_of(tender, bid.lot_id)}
    items = {item.id for item in projects.lot(session, bid.lot_id).items}
    session.add_all(
        BidResponse(bid_id=bid.id, requirement_id=r["requirement_id"], value=r["value"], deviation=r["deviation"])
        for r in said["responses"]
        if r["requirement_id"] in wanted
    )
    session.add_all(
        BidPrice(bid_id=bid.id, item_id=p["item_id"], unit_price=Decimal(p["unit_price"]))
        for p in said["prices"]
        if p["item_id"] in items
    )
    _keep_files(session, bid, package)
    session.flush()
    session.expire(opened)
    session.expire(bid, ["opened"])


def _keep_files(session: Session, bid: Bid, package: Package) -> None:
    supplier = organisations.get(session, bid.supplier_id)
    bidder = Actor(id=bid.account_id, name=supplier.name.zh, organisation_id=bid.supplier_id)
    for listed in package.manifest["files"]:
        document = documents.add(
            session,
            bidder,
            name=listed["name"],
            source=package.files[listed["path"]],
            case=bid.lot_id,
            kind="bid",
            media_type=listed["media_type"],
        )
        session.add(
            BidFile(
                bid_id=bid.id,
                name=listed["name"],
                requirement_code=listed["requirement_code"],
                document_id=document.id,
                described=authors.described(package.files[listed["path"]]),
            )
        )


def _record(
    session: Session,
    actor: Actor,
    tender: Tender,
    lot: Lot,
    received: list[Bid],
    outcomes: dict[str, _Outcome],
    stands: dict[str, str],
    least: int,
    now: datetime,
) -> Opening:
    for bid in received:
        bid.state, bid.invalid_reason = outcomes[bid.id].state, outcomes[bid.id].reason
    opened = sum(outcome.state == BidState.OPENED for outcome in outcomes.values())
    opening = Opening(
        lot_id=lot.id,
        opened_at=now,
        bid_count=len(received),
        enough=opened >= least,
        rows=[_row(session, bid, stands[bid.id]) for bid in received],
    )
    session.add(opening)
    if opening.enough:
        projects.move_lot(session, lot, LotState.OPENED)
    session.flush()
    facts = {
        "lot": lot.id,
        "bids": {bid.id: {"digest": bid.digest, "state": bid.state, "reason": bid.invalid_reason} for bid in received},
        "enough": opening.enough,
    }
    journal.write(session, actor, case=tender.project_id, act="bids.open", facts=facts)
    if opening.enough:
        for bid in received:
            tell(session, bid, "opening", project=tender.project.number, tender=tender.project.number)
    return opening


def _row(session: Session, bid: Bid, stands: str) -> dict[str, Any]:
    """What is read aloud of a bid (O87 41); of one that wasn't opened, only whose it was and why."""
    supplier = organisations.get(session, bid.supplier_id)
    row: dict[str, Any] = {
        "bid": bid.id,
        "supplier": supplier.name.as_json(),
        "uscc": supplier.uscc,
        "sequence": bid.sequence,
        "received_at": bid.received_at.isoformat(),
        "digest": bid.digest,
        "state": bid.state,
        "reason": bid.invalid_reason,
        "bond": stands,
    }
    opened = session.get(OpenedBid, bid.id)
    if opened is not None:
        row |= {
            "price": f"{opened.price:.2f}",
            "price_words": Money(opened.price, opened.currency).in_words(),
            "currency": opened.currency,
            "delivery_days": opened.delivery_days,
            "validity_days": opened.validity_days,
        }
    return row


def _unsigned(session: Session, lot_id: str) -> tuple[Opening, Tender]:
    statement = select(Opening).where(Opening.lot_id == lot_id).with_for_update()
    opening = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if opening is None:
        raise OpeningUnknown
    if opening.signed_at is not None:
        raise RecordSigned
    return opening, tenders.of_lot(session, lot_id)


def _add_objection(opening: Opening, supplier_id: str | None, words: str, at: datetime) -> None:
    opening.objections = [*opening.objections, {"supplier": supplier_id, "words": words.strip(), "at": at.isoformat()}]
