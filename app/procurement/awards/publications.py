"""The publication of an award: the notice, a letter to every bidder, and the periods that begin with it (O87 69, IR 43)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.money import Money
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import agreements, bonds, evaluation, experts, mails, papers, projects, rules, tenders
from app.procurement.awards.decisions import GROUNDS, all_of_lot, get
from app.procurement.awards.records import Award, AwardLetter, AwardState
from app.procurement.bids import Bid, BidState
from app.procurement.evaluation import BidResult
from app.procurement.projects import Lot, LotState
from app.procurement.rules import laws
from app.procurement.tenders import Notice, Tender, terms
from app.procurement.tenders.numbers import plain

TOLD = ("supplier-bidder", "supplier-signer", "supplier-admin")
"""Who at a supplier is told of the result."""

REASONS: dict[str, Text] = {
    "score": Text("The total score is lower than the winning bidder's.", "评审得分低于中标人。"),
    "price": Text("The evaluated price is higher than the winning bidder's.", "评标价高于中标人。"),
    "same_brand": laws.under(
        Text("Another bid with the same brand ranked higher", "与排名在前的投标人提供相同品牌产品"), "O87 31"
    ),
}
"""Why a valid bid lost."""

REJECTED = {BidState.UNQUALIFIED: "qualification", BidState.NONCONFORMING: "compliance"}
"""The review that a rejected bid did not pass; any other was invalid."""


def publish(session: Session, actor: Actor, *, lot_id: str) -> Award:
    """Publish the winner: notice with the committee's names, letters to all, the losers' bonds are scheduled for refund.

    The notice period and the query window begin with it. Doing it again changes nothing.

    :raises AwardUnknown:
    """
    award = get(session, lot_id, lock=True)
    if award.state == AwardState.PUBLISHED:
        return award
    lot, tender = projects.lot(session, lot_id, lock=True), tenders.of_lot(session, lot_id)
    now = clock.now(session)
    _start_periods(session, award, local_day(now))
    experts.reveal(session, lot_id)
    notice = _notice(session, award, lot, tender)
    award.state, award.published_at, award.notice_id = AwardState.PUBLISHED, now, notice.id
    projects.move_lot(session, lot, LotState.NOTIFIED)
    _send_letters(session, award, lot, tender)
    bonds.schedule_losers(session, actor, lot_id=lot_id, winner_id=award.supplier_id, from_on=local_day(now))
    session.flush()
    facts = {
        "lot": lot_id,
        "award": award.id,
        "notice": notice.id,
        "winner": award.supplier_id,
        "price": str(award.price),
    }
    journal.write(session, actor, case=lot.project_id, act="awards.publish", facts=facts)
    return award


def _start_periods(session: Session, award: Award, today: date) -> None:
    """The notice period from today, the query window from its end; doubt about the calendar makes them longer."""
    calendar, law = workdays.load(session), projects.law_of_lot(session, award.lot_id, on=today)
    award.notice_ends_on = law.rule("result_notice_period").last_day(calendar, today)
    award.query_until_on = law.rule("query_window").last_day(calendar, award.notice_ends_on)


def _notice(session: Session, award: Award, lot: Lot, tender: Tender) -> Notice:
    kind = (
        Text("Award notice", "中标公告")
        if award.round == 1
        else Text("Correction of the award notice", "中标结果变更公告")
    )
    return tenders.add_notice(
        session,
        tender,
        kind="award",
        lot_id=lot.id,
        title=Text(f"{kind.en}: {lot.title.en}", f"{lot.title.zh}{kind.zh}"),
        content=notice_content(session, award, lot, tender),
        ends_on=award.notice_ends_on,
    )


def notice_content(session: Session, award: Award, lot: Lot, tender: Tender) -> dict[str, Any]:
    """What the notice of a result must say (O87 69, IR 43, N46 13); amounts are texts."""
    winner = organisations.get(session, award.supplier_id)
    newest = tender.versions[-1] if tender.versions else None
    opened = award.bid.opened
    return {
        "number": tender.project.number,
        "title": tender.project.title.as_json(),
        "lot": {"number": lot.number, "name": lot.name.as_json()},
        "buyer": _party(session, tender.buyer_id),
        "agency": _party(session, tender.agency_id),
        "winner": {"name": winner.name.as_json(), "uscc": winner.uscc, "address": winner.address},
        "price": f"{award.price:.2f}",
        "currency": award.currency,
        "items": _items(award, lot),
        "experts": [
            {"name": member.name, "representative": member.is_representative}
            for member in experts.serving(experts.of_lot(session, lot.id))
        ],
        "sme": opened.sme if opened else "none",
        "review_method": tender.review_method,
        "total": f"{session.get_one(BidResult, award.bid_id).total:.2f}",
        "documents": {"version": newest.number, "digest": newest.digest} if newest else None,
        "requirements": [
            {"code": each.code, "text": each.text.as_json()}
            for each in tender.requirements
            if each.lot_id == lot.id and each.kind != "qualification"
        ],
        "agency_fee": _fee(session, tender),
        "notice_ends_on": str(award.notice_ends_on),
        "query_until_on": str(award.query_until_on),
    }


def _party(session: Session, organisation_id: str) -> dict[str, Any]:
    organisation = organisations.get(session, organisation_id)
    return {
        "name": organisation.name.as_json(),
        "address": organisation.address,
        "contact": organisation.contact_name,
        "phone": organisation.contact_phone,
    }


def _fee(session: Session, tender: Tender) -> dict[str, Any]:
    """What the agency is paid, and by whom, as the agency agreement has it (财办库〔2020〕50号)."""
    agreement = agreements.current(session, tender.project_id)
    return {"amount": f"{agreement.fee:.2f}", "currency": agreement.currency, "payer": agreement.fee_payer}


def _items(award: Award, lot: Lot) -> list[dict[str, Any]]:
    """The main items won: name, specification as the brand offered, quantity, the offered unit price (O87 69)."""
    opened = award.bid.opened
    offered = opened.binding_unit_prices if opened else {}
    return [
        {
            "name": item.name,
            "brand": opened.brand if opened else "",
            "quantity": plain(item.quantity),
            "unit": item.unit,
            "unit_price": f"{offered[item.id]:.2f}" if item.id in offered else None,
        }
        for item in lot.items
    ]


def _send_letters(session: Session, award: Award, lot: Lot, tender: Tender) -> None:
    gone = (BidState.REPLACED, BidState.WITHDRAWN)
    statement = select(Bid).where(Bid.lot_id == lot.id, Bid.state.not_in(gone)).order_by(Bid.received_at, Bid.id)
    for bid in session.scalars(statement).all():
        letter = _letter(session, award, tender, bid)
        session.add(letter)
        session.flush()
        _draw(session, letter, bid, lot, tender)
        _mail(session, letter, lot)
        if bid.state in (BidState.RANKED, BidState.CANDIDATE):
            bid.state = BidState.LOST
    session.flush()
    session.expire(award, ["letters"])


def _letter(session: Session, award: Award, tender: Tender, bid: Bid) -> AwardLetter:
    result = session.get(BidResult, bid.id)
    won = bid.id == award.bid_id
    scored = result is not None and tender.review_method == "comprehensive"
    return AwardLetter(
        award=award,
        supplier_id=bid.supplier_id,
        won=won,
        total=result.total if result is not None and scored else None,
        rank=result.rank if result is not None else None,
        reasons=(Text("", "") if won else _why(session, award, tender, bid, result)).as_json(),
        sent_at=clock.now(session),
    )


def _why(session: Session, award: Award, tender: Tender, bid: Bid, result: BidResult | None) -> Text:
    """Why a bid lost: what it was rejected for, or the rule of the method it was ranked by."""
    if result is None:
        said = evaluation.rejections(session, bid.id)
        return Text(" ".join(text.en for text in said), "".join(text.zh for text in said))
    revoked = next((each for each in all_of_lot(session, award.lot_id) if each.bid_id == bid.id), None)
    if revoked is not None:
        return Text(f"Your award was revoked: {revoked.revoked_reason}", f"中标结果已撤销：{revoked.revoked_reason}")
    if result.barred:
        return REASONS[result.barred]
    if result.rank < session.get_one(BidResult, award.bid_id).rank:
        ground = GROUNDS[award.ground]
        return Text(f"Passed over: {ground.en}. {award.reasons}", f"{ground.zh}。{award.reasons}")
    return REASONS["score" if tender.review_method == "comprehensive" else "price"]


def _draw(session: Session, letter: AwardLetter, bid: Bid, lot: Lot, tender: Tender) -> None:
    """The letter as a paper; it belongs to the supplier it is for."""
    content = _paper(session, letter, bid, lot, tender)
    to = content["supplier"]
    kind = "winner" if letter.won else "loser"
    title = {
        "winner": Text("Award letter", "中标通知书"),
        "loser": Text("Result of the procurement", "采购结果通知书"),
    }[kind]
    number = tender.project.number
    chinese, english = papers.keep(
        session,
        Actor(id=SYSTEM.id, name=SYSTEM.name, organisation_id=letter.supplier_id),
        "award_letter",
        {"kind": kind, **content},
        case=lot.id,
        title=Text(f"{title.en} {number}-{lot.number}, {to.en}", f"{title.zh} {number}-{lot.number}（{to.zh}）"),
        kind="award_letter",
    )
    letter.document_zh_id, letter.document_en_id = chinese.id, english.id


def _paper(session: Session, letter: AwardLetter, bid: Bid, lot: Lot, tender: Tender) -> Mapping[str, Any]:
    award, today = letter.award, local_day(letter.sent_at)
    content: dict[str, Any] = {
        "number": f"{tender.project.number}-{lot.number}",
        "supplier": organisations.get(session, letter.supplier_id).name,
        "project": {"title": tender.project.title, "number": tender.project.number},
        "lot": lot.name,
        "issuer": organisations.get(session, tender.agency_id).name,
        "dated_on": today,
    }
    if letter.won:
        law = rules.law(session, tender.project, on=today)
        due_on = law.rule("contract_signing").last_day(workdays.load(session), today)
        days = bid.opened.delivery_days if bid.opened else None
        return content | {
            "received_at": bid.received_at,
            "price": Money(award.price, award.currency),
            "delivery": None if days is None else terms.performance(days),
            "contract_due_on": due_on,
        }
    return content | {
        "winner": organisations.get(session, award.supplier_id).name,
        "score": None if letter.total is None else f"{letter.total:.2f}",
        "rank": letter.rank,
        "rejected": None if letter.rank is not None else REJECTED.get(BidState(bid.state), "invalid"),
        "reasons": Text(**letter.reasons),
        "query_until": award.query_until_on,
    }


def _mail(session: Session, letter: AwardLetter, lot: Lot) -> None:
    until = dates.by(letter.award.query_until_on)
    if letter.won:
        subject = Text(f"Award: {lot.name.en}", f"中标通知：{lot.name.zh}")
        body = Text(
            f"Your organisation is the winning bidder for “{lot.name.en}”. Sign in to read the award letter.",
            f"贵单位已被确定为“{lot.name.zh}”的中标人，中标通知书请登录本平台查看。",
        )
    else:
        subject = Text(f"Result: {lot.name.en}", f"采购结果通知：{lot.name.zh}")
        body = Text(
            f"“{lot.name.en}” was awarded to another bidder. Sign in to see your result and the reasons. You can "
            f"challenge the result {until.en}.",
            f"“{lot.name.zh}”已确定中标人，贵单位未中标。贵单位评审结果及原因请登录本平台查看；对中标结果有异议的，可于{until.zh}提出质疑。",
        )
    mails.tell(
        session,
        organisation_id=letter.supplier_id,
        roles=TOLD,
        key=f"award:{letter.id}",
        page=f"/my-results/{lot.id}",
        subject=subject,
        body=body,
        project=lot.project.number,
    )


def letter_of(session: Session, actor: Actor, lot_id: str) -> AwardLetter | None:
    """What the actor's own organisation was told of a lot's result, if it bid and the result is published."""
    statement = select(AwardLetter).join(Award).where(Award.lot_id == lot_id, Award.revoked_at.is_(None))
    return session.scalars(statement.where(AwardLetter.supplier_id == actor.organisation_id)).one_or_none()


def letters_of(session: Session, supplier_id: str) -> list[AwardLetter]:
    """Every result a supplier was told, the newest first."""
    statement = select(AwardLetter).where(AwardLetter.supplier_id == supplier_id)
    return list(session.scalars(statement.order_by(AwardLetter.id.desc())))
