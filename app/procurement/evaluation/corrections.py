"""Prices that a bid says differently: corrected in the order of the law, and binding once the bidder confirms (O87 51, 59)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, dates
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotFound, RuleBroken
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.identity import organisations, roles
from app.procurement import bids, mails, papers, projects, rules, tenders
from app.procurement.bids import Bid, BidState, PriceCorrection, Reading
from app.procurement.evaluation.lots import bids_in, evaluated_lot, note
from app.procurement.evaluation.rejections import Fault
from app.procurement.projects import Lot
from app.procurement.rules import laws
from app.procurement.tenders.numbers import plain

ANSWERS: dict[str, Text] = {
    "confirmed": Text("confirmed by the bidder", "投标人已确认"),
    "declined": Text("not confirmed by the bidder: the bid is invalid", "投标人不予确认，投标无效"),
    "": Text("not confirmed in time: the bid is invalid", "投标人逾期未确认，投标无效"),
}
"""What became of a correction once its time is over."""


class CorrectionUnknown(NotFound):
    """This bid's price isn't corrected."""

    code = "price-correction-unknown"
    text = Text("This price needs no correction.", "该投标报价无需修正。")


class ConfirmationTooLate(RuleBroken):
    """The time to confirm a corrected price has passed."""

    text = Text("The time to confirm the corrected price has passed.", "确认修正后报价的时间已截止。")


class AlreadyAnswered(Conflict):
    """The bidder answered already."""

    code = "correction-already-answered"
    text = Text("You have answered this already.", "贵单位已答复。")


class CorrectionsOpen(Conflict):
    """A price is to be corrected first, and its bidder to be heard."""

    code = "price-corrections-open"
    text = Text(
        "The price of %(name)s must be corrected and confirmed first, or the time to confirm it must have ended.",
        "%(name)s的报价须先经修正并由投标人确认，或者确认时限届满。",
    )


def correct_prices(session: Session, actor: Actor, *, lot_id: str) -> list[PriceCorrection]:
    """Correct the prices of the qualified bids whose parts disagree, and ask their bidders to confirm in time.

    Doing it again asks nobody twice.
    """
    lot, tender = evaluated_lot(session, lot_id)
    known = {correction.bid_id for correction in of_lot(session, lot_id)}
    now = clock.now(session)
    due_at = now + timedelta(minutes=rules.law(session, tender.project).count("price_confirmation"))
    asked = []
    for bid in bids_in(session, lot_id, BidState.OPENED):
        reading = reading_of(lot, bid)
        if bid.id in known or not reading.needs_confirmation:
            continue
        asked.append((bid, _correction(bid, reading, now, due_at)))
    session.add_all(correction for _, correction in asked)
    session.flush()
    for bid, correction in asked:
        session.expire(bid.opened, ["correction"])
        _ask(session, lot, bid, correction)
    if asked:
        note(session, actor, lot_id, "evaluation.correct_prices", {"bids": [bid.id for bid, _ in asked]})
    return of_lot(session, lot_id)


def reading_of(lot: Lot, bid: Bid) -> Reading:
    """What a bid's price is by the order of the law; of one that doesn't price every item, its total as it is."""
    assert bid.opened is not None, "only opened bids are read"
    offered = {price.item_id: price.unit_price for price in bid.opened.prices}
    quantities = {item.id: item.quantity for item in lot.items}
    complete = offered if set(offered) == set(quantities) else {}
    return bids.read_price(bid.opened.price, unit_prices=complete, quantities=quantities)


def _correction(bid: Bid, reading: Reading, now: datetime, due_at: datetime) -> PriceCorrection:
    return PriceCorrection(
        bid_id=bid.id,
        price=reading.price,
        unit_prices={item: f"{price:.2f}" for item, price in reading.unit_prices.items()},
        corrections=[{"rule": each.rule, **each.text.as_json()} for each in reading.corrections],
        asked_at=now,
        due_at=due_at,
    )


def _ask(session: Session, lot: Lot, bid: Bid, correction: PriceCorrection) -> None:
    until, why = dates.when(correction.due_at), words(correction)
    law = laws.citation(rules.law(session, lot.project).article("confirmation-asked") or "")
    mails.tell(
        session,
        organisation_id=bid.supplier_id,
        roles=("supplier-bidder", "supplier-signer"),
        key=f"price-correction:{bid.id}",
        page="/inbox",
        subject=Text(f"Confirm your corrected price: {lot.name.en}", f"请确认修正后的报价：{lot.name.zh}"),
        body=Text(
            f"Your bid for “{lot.name.en}” states its price in different ways. {why.en} The corrected price is "
            f"¥{correction.price:,.2f}. Confirm it before {until.en}. If you do not confirm it, the bid is invalid ({law.en}).",
            f"贵单位对“{lot.name.zh}”的投标报价前后不一致。{why.zh}修正后的报价为{correction.price:,.2f}元，请在{until.zh}前确认；"
            f"不确认的，投标无效（{law.zh}）。",
        ),
        project=lot.project.number,
    )


def words(correction: PriceCorrection) -> Text:
    """What was corrected, in words."""
    said = [text_of(each) for each in correction.corrections]
    return Text(" ".join(text.en for text in said), "".join(text.zh for text in said))


def of_lot(session: Session, lot_id: str) -> list[PriceCorrection]:
    """The corrected prices of a lot."""
    statement = select(PriceCorrection).join(Bid, Bid.id == PriceCorrection.bid_id).where(Bid.lot_id == lot_id)
    return list(session.scalars(statement.order_by(PriceCorrection.bid_id)))


def of_bid(session: Session, bid_id: str, *, lock: bool = False) -> PriceCorrection:
    """The correction of one bid's price.

    :raises CorrectionUnknown:
    """
    correction = session.get(PriceCorrection, bid_id, with_for_update=lock, populate_existing=lock)
    if correction is None:
        raise CorrectionUnknown
    return correction


def confirm_price(
    session: Session, actor: Actor, *, bid_id: str, confirmed: bool, arrived_at: datetime | None = None
) -> PriceCorrection:
    """The bidder confirms the corrected price, or doesn't, once and in time; a confirmation is drawn, to be sealed.

    :raises ConfirmationTooLate:
    :raises AlreadyAnswered:
    :raises CorrectionUnknown:
    :raises RoleMissing:
    """
    correction = of_bid(session, bid_id, lock=True)
    bid = correction.opened.bid
    if actor.organisation_id != bid.supplier_id:
        raise CorrectionUnknown
    roles.require(actor, "supplier-signer", bid.supplier_id)
    now = arrivals.arrived(session, arrived_at)
    if now >= correction.due_at:
        raise ConfirmationTooLate(under=projects.law_of_lot(session, bid.lot_id))
    if correction.answer:
        raise AlreadyAnswered
    correction.answer = "confirmed" if confirmed else "declined"
    correction.answered_by, correction.answered_at = actor.id, now
    if confirmed:
        _draw(session, actor, bid, correction)
    session.flush()
    facts = {"bid": bid_id, "confirmed": confirmed, "arrived_at": now.isoformat()}
    note(session, actor, bid.lot_id, "evaluation.confirm_price", facts)
    return correction


def _draw(session: Session, actor: Actor, bid: Bid, correction: PriceCorrection) -> None:
    lot, tender = projects.lot(session, bid.lot_id), tenders.of_lot(session, bid.lot_id)
    number = f"{tender.project.number}-{lot.number}"
    chinese, english = papers.keep(
        session,
        actor,
        "price_confirmation",
        {
            "number": number,
            "project": {"title": tender.project.title, "number": tender.project.number},
            "lot": lot.name,
            "buyer": organisations.get(session, tender.buyer_id).name,
            "supplier": organisations.get(session, bid.supplier_id).name,
            "read": Money(correction.opened.price, correction.opened.currency),
            "price": Money(correction.price, correction.opened.currency),
            "corrections": words(correction),
            "rows": rows_of(lot, correction),
            "confirmed_at": correction.answered_at,
        },
        case=bid.lot_id,
        title=Text(f"Confirmation of the corrected price {number}", f"修正后报价确认书{number}"),
        kind="price_confirmation",
    )
    correction.document_zh_id, correction.document_en_id = chinese.id, english.id


def rows_of(lot: Lot, correction: PriceCorrection) -> list[dict[str, Any]]:
    """Item by item: ``item``, ``quantity`` with its unit, the unit price as ``read``, as it counts (``price``), ``amount``."""
    currency = correction.opened.currency
    read = {price.item_id: price.unit_price for price in correction.opened.prices}
    return [
        {
            "item": item.name,
            "quantity": f"{plain(item.quantity)} {item.unit}",
            "read": Money(read[item.id], currency),
            "price": Money(price := Decimal(correction.unit_prices[item.id]), currency),
            "amount": Money(price * item.quantity, currency),
        }
        for item in lot.items
        if item.id in read
    ]


def refuse_open(session: Session, lot: Lot, found: Iterable[Bid]) -> None:
    """Raise CorrectionsOpen while a price of these bids waits to be corrected, or for its bidder within the time."""
    now = clock.now(session)
    for bid in found:
        correction = bid.opened.correction if bid.opened is not None else None
        waits = correction is not None and not correction.answer and now < correction.due_at
        if waits or (correction is None and reading_of(lot, bid).needs_confirmation):
            raise CorrectionsOpen(name=bid.supplier.name, under=rules.law(session, lot.project))


def fault(bid: Bid) -> Fault | None:
    """Why a bid is out whose corrected price its bidder didn't confirm (O87 59)."""
    correction = bid.opened.correction if bid.opened is not None else None
    if correction is None or correction.is_confirmed:
        return None
    return Fault("price_correction", reason=f"{correction.price:,.2f}")
