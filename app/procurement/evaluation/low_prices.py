"""Abnormally low prices: which are suspect, the supplier's explanation in time, the committee's decision (O87 60; Notice 2/2026)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.foundation import arrivals, clock, dates
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.identity import roles
from app.procurement import experts, mails, projects, rules, tenders
from app.procurement.bids import Bid, BidState
from app.procurement.evaluation import prices
from app.procurement.evaluation.lots import WITH_ITS_CONTENT, bids_in, evaluated_lot, note
from app.procurement.evaluation.records import LowPriceCheck, PriceDoubt
from app.procurement.evaluation.rejections import Fault, reject
from app.procurement.evaluation.reviews import AlreadyReviewed, RowsIncomplete, enough_conform
from app.procurement.projects import Lot, ReasonsMissing
from app.procurement.rules import laws
from app.procurement.tenders import Tender
from app.procurement.tenders.numbers import plain


class CheckUnknown(NotFound):
    """This bid's price wasn't questioned."""

    code = "low-price-check-unknown"
    text = Text("The supplier was not asked to explain this price.", "该投标报价未被要求说明。")


class ExplanationTooLate(RuleBroken):
    """The explanation period has ended."""

    text = Text("The explanation period has ended.", "提交说明的时间已截止。")


class NotYetExplained(Conflict):
    """The supplier still has time to explain."""

    text = Text("A supplier still has time to explain its price.", "尚有供应商在说明时限内。")


class NotProven(RuleBroken):
    """A price that nobody explained isn't proven (O87 60)."""

    text = Text(
        "A price without an explanation is not justified. The bid is invalid.",
        "未提交说明的，不能证明报价合理，应作无效投标处理。",
    )


class NotTheLeader(NotAllowed):
    """The leader records what the committee decided."""

    text = Text("Only the chair of the evaluation committee can record this.", "由评标委员会组长提交。")


@dataclass(frozen=True)
class Decision:
    """What the committee decided about one suspect price."""

    bid_id: str
    accepted: bool
    reason: str


def check_low_prices(session: Session, actor: Actor, *, lot_id: str) -> list[LowPriceCheck]:
    """Look at the prices of all conforming bids; the suspect ones are to be explained in time, and their suppliers told.

    A price is suspect by the formulas in force on the day of the notice, or when the majority of the members doubts it.
    Doing it again gives the same checks.
    """
    lot, tender = evaluated_lot(session, lot_id)
    known = of_lot(session, lot_id)
    if known:
        return known
    conforming = bids_in(session, lot_id, BidState.CONFORMING)
    triggers = _triggers(session, lot, tender, conforming)
    now = clock.now(session)
    due_at = now + timedelta(minutes=_minutes(session, tender))
    checks = [
        LowPriceCheck(bid_id=bid.id, lot_id=lot_id, triggers=triggers[bid.id], asked_at=now, due_at=due_at)
        for bid in conforming
        if bid.id in triggers
    ]
    session.add_all(checks)
    session.flush()
    for check in checks:
        _ask(session, lot, check)
    note(session, actor, lot_id, "evaluation.check_low_prices", {"suspects": [check.bid_id for check in checks]})
    return checks


def _triggers(session: Session, lot: Lot, tender: Tender, bids: Sequence[Bid]) -> dict[str, list[dict[str, Any]]]:
    offered = {bid.id: bid.opened.binding_price for bid in bids if bid.opened is not None}
    rates = prices.low_price_rates(tender, tenders.law_of_notice(session, tender))
    found: dict[str, list[dict[str, Any]]] = {}
    if rates is not None:
        for bid_id, borders in prices.low_prices(offered, limit=lot.price_limit, rates=rates).items():
            found[bid_id] = [
                {"name": name, "border": f"{border:.4f}", "rate": _rate(rates, name)}
                for name, border in borders.items()
            ]
    members = len(experts.serving(experts.of_lot(session, lot.id)))
    for bid_id in offered:
        doubts = list(session.scalars(select(PriceDoubt).where(PriceDoubt.bid_id == bid_id)))
        if len(doubts) * 2 > members:
            found.setdefault(bid_id, []).append({"name": "judgement", "votes": len(doubts)})
    return found


def _rate(rates: prices.LowPriceRates, name: str) -> str:
    by_name = {
        "low_price_of_mean": rates.of_mean,
        "low_price_of_next": rates.of_next,
        "low_price_of_ceiling": rates.of_ceiling,
    }
    return f"{by_name[name]}"


def _minutes(session: Session, tender: Tender) -> int:
    """At least what the rule says; the documents may give more."""
    try:
        least = rules.law(session, tender.project).count("low_price_explanation")
    except rules.NoRule:
        least = 0
    return max(least, int(tender.terms.get("low_price_explanation_minutes", 0)))


def _ask(session: Session, lot: Lot, check: LowPriceCheck) -> None:
    until = dates.when(check.due_at)
    law = laws.citation(rules.law(session, lot.project).article("explanation-asked") or "")
    mails.tell(
        session,
        organisation_id=check.bid.supplier_id,
        roles=("supplier-bidder", "supplier-signer"),
        key=f"low-price:{check.id}",
        page="/inbox",
        subject=Text(f"Explain your price: {lot.name.en}", f"请说明报价合理性：{lot.name.zh}"),
        body=Text(
            f"The evaluation committee asks you to explain your price for “{lot.name.en}” before {until.en}, with evidence "
            f"if needed. If the price is not justified, the bid is invalid ({law.en}).",
            f"评标委员会要求贵单位在{until.zh}前就“{lot.name.zh}”的报价合理性提供书面说明，必要时提交相关证明材料。"
            f"不能证明报价合理性的，按无效投标处理（{law.zh}）。",
        ),
        project=lot.project.number,
    )


def words(triggers: Iterable[dict[str, Any]]) -> Text:
    """What made a price suspect, in words."""
    said = [_words(trigger) for trigger in triggers]
    return Text("; ".join(text.en for text in said), "；".join(text.zh for text in said))


def _words(trigger: dict[str, Any]) -> Text:
    text = prices.TRIGGERS[trigger["name"]]
    if "rate" not in trigger:
        return text
    border = Decimal(trigger["border"])
    filled = text.filled(percent=plain(Decimal(trigger["rate"]) * 100))
    return Text(f"{filled.en} (¥{border:,.2f})", f"{filled.zh}（{border:,.2f}元）")


def of_lot(session: Session, lot_id: str) -> list[LowPriceCheck]:
    """The suspect prices of a lot."""
    statement = select(LowPriceCheck).where(LowPriceCheck.lot_id == lot_id).order_by(LowPriceCheck.id)
    return list(session.scalars(statement.options(joinedload(LowPriceCheck.bid).options(*WITH_ITS_CONTENT))))


def of_bid(session: Session, bid_id: str, *, lock: bool = False) -> LowPriceCheck:
    """The check of one bid's price.

    :raises CheckUnknown:
    """
    statement = select(LowPriceCheck).where(LowPriceCheck.bid_id == bid_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    check = session.scalars(statement).one_or_none()
    if check is None:
        raise CheckUnknown
    return check


def explain(
    session: Session,
    actor: Actor,
    *,
    bid_id: str,
    explanation: str,
    attachments: Sequence[str] = (),
    arrived_at: datetime | None = None,
) -> LowPriceCheck:
    """The supplier explains its price, once and in time.

    :raises ExplanationTooLate:
    :raises AlreadyReviewed:
    :raises CheckUnknown:
    """
    check = of_bid(session, bid_id, lock=True)
    supplier_id = check.bid.supplier_id
    if actor.organisation_id != supplier_id:
        raise CheckUnknown
    roles.require(actor, "supplier-bidder", supplier_id)
    now = arrivals.arrived(session, arrived_at)
    if now >= check.due_at:
        raise ExplanationTooLate(under=projects.law_of_lot(session, check.bid.lot_id))
    if check.explained_at is not None or check.decision:
        raise AlreadyReviewed
    if not explanation.strip():
        raise ReasonsMissing(field="explanation")
    check.explanation, check.attachments = explanation.strip(), list(attachments)
    check.explained_by, check.explained_at = actor.id, now
    session.flush()
    facts = {"bid": bid_id, "arrived_at": now.isoformat()}
    note(session, actor, check.lot_id, "evaluation.explain_price", facts)
    return check


def decide_low_prices(session: Session, actor: Actor, *, lot_id: str, rows: Sequence[Decision]) -> bool:
    """The leader records what the committee decided; an unproven price makes the bid invalid. Says whether enough are left.

    Every suspect price is decided, with its reason, after it was explained or the time for that is over. Raises
    NotProven, NotYetExplained, RowsIncomplete, ReasonsMissing or NotTheLeader.
    """
    evaluated_lot(session, lot_id)
    member = experts.require_member(session, actor, lot_id)
    if experts.of_lot(session, lot_id).leader_id != member.account_id:
        raise NotTheLeader
    checks = {check.bid_id: check for check in of_lot(session, lot_id)}
    _refuse_unready(rows, checks, clock.now(session), projects.law_of_lot(session, lot_id))
    for row in rows:
        check = checks[row.bid_id]
        check.decision, check.reason = ("accepted" if row.accepted else "rejected"), row.reason.strip()
        check.decided_by, check.decided_at = actor.id, clock.now(session)
        if not row.accepted:
            reject(session, check.bid, BidState.INVALID, [Fault("low_price", reason=row.reason.strip())])
    session.flush()
    enough = enough_conform(session, lot_id)
    facts = {"rejected": [row.bid_id for row in rows if not row.accepted], "enough": enough}
    note(session, actor, lot_id, "evaluation.decide_low_prices", facts)
    return enough


def _refuse_unready(rows: Sequence[Decision], checks: dict[str, LowPriceCheck], now: datetime, law: rules.Law) -> None:
    ids = [row.bid_id for row in rows]
    if len(ids) != len(set(ids)) or set(ids) != set(checks):
        raise RowsIncomplete(field="rows")
    for place, row in enumerate(rows):
        check = checks[row.bid_id]
        if check.decision:
            raise AlreadyReviewed
        if check.explained_at is None and now < check.due_at:
            raise NotYetExplained
        if row.accepted and check.explained_at is None:
            raise NotProven(field=f"rows-{place}-result", under=law)
        if not row.reason.strip():
            raise ReasonsMissing(field=f"rows-{place}-reason")
