"""Builders for tests from the opening on: opened bids as rows, an expert pool, a committee, its reviews and scores."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.identity import accounts, grants
from app.procurement import awards, evaluation, experts, projects
from app.procurement.bids import Bid, BidResponse, BidState, OpenedBid, Opening
from app.procurement.bonds import Bond, BondState
from app.procurement.projects import LotState

KEEPER = Actor(id="keeper", name="Keeper", groups=frozenset({"finance-officer"}))
PRICES = ("500000.00", "520000.00", "540000.00", "560000.00")


def open_bids(session, tender, supplier_ids, prices=PRICES, **options):
    """Opened bids of the tender's first lot, one for each price; ``options`` are columns of OpenedBid, by position."""
    lot = tender.project.lots[0]
    now = clock.now(session)
    bids = []
    for place, (supplier_id, price) in enumerate(zip(supplier_ids, prices, strict=False)):
        bid = Bid(
            lot_id=lot.id,
            supplier_id=supplier_id,
            sequence=1,
            state=BidState.OPENED,
            digest="0" * 64,
            size=6,
            document_version=1,
            account_id=f"bidder_{place}",
            received_at=now,
        )
        session.add(bid)
        session.flush()
        columns = {"content": {}, "delivery_days": 30, "validity_days": 90}
        columns |= {name: values[place] for name, values in options.items() if values[place] is not None}
        session.add(OpenedBid(bid_id=bid.id, price=Decimal(price), opened_at=now, **columns))
        session.flush()
        for requirement in tender.requirements:
            session.add(BidResponse(bid_id=bid.id, requirement_id=requirement.id, value=f"响应{requirement.code}"))
        session.add(
            Bond(
                lot_id=lot.id,
                supplier_id=supplier_id,
                reference=f"RF{place}{lot.id[-12:]}",
                kind="transfer",
                amount=Decimal(12000),
                state=BondState.HELD,
                requested_at=now,
                arrived_at=now,
                payer_account=f"account-{place}",
            )
        )
        bids.append(bid)
    session.add(Opening(lot_id=lot.id, opened_at=now, bid_count=len(bids), enough=len(bids) >= 3, rows=[]))
    projects.move_lot(session, lot, LotState.OPENED)
    session.flush()
    session.expire_all()
    return bids


def new_expert(session, number, *, specialities=("A0232",), senior_since=None, **options):
    """An expert of the pool with an account and the role."""
    account = accounts.create(
        session, SYSTEM, login=f"expert{number}", name=f"专家{number}", email=f"expert{number}@example.com"
    )
    grants.grant(session, SYSTEM, account_id=account.id, role="expert")
    return experts.enter(
        session,
        KEEPER,
        account_id=account.id,
        specialities=specialities,
        senior_since=senior_since or date(2000 + number, 1, 1),
        **options,
    )


def as_actor(session, member_or_expert):
    """The person behind a member or an expert."""
    return grants.actor_of(session, accounts.get(session, member_or_expert.account_id))


def seat_committee(session, town, lot_id, *, representative=None, seats=5, specialities=("A0232",)):
    """A complete committee: criteria, draw, everybody accepts. Gives the members as actors, in order."""
    experts.appoint_representative(session, town.reviewer, lot_id=lot_id, account_id=representative)
    experts.set_criteria(session, town.officer, lot_id=lot_id, seats=seats, specialities=specialities)
    for member in experts.draw(session, SYSTEM, lot_id=lot_id):
        experts.answer(session, as_actor(session, member), lot_id=lot_id, decision="accept")
    assert experts.seat(session, SYSTEM, lot_id=lot_id) == 0
    return [as_actor(session, member) for member in experts.serving(experts.of_lot(session, lot_id))]


def qualify(session, town, lot_id, *, missed=()):
    """The agency's qualification review: ``missed`` are bid ids that meet no condition of the documents."""
    rows = [
        evaluation.Row(*cell.key, met=cell.bid.id not in missed, reason="未提供证明" if cell.bid.id in missed else "")
        for cell in evaluation.qualification_cells(session, lot_id)
    ]
    return evaluation.review_qualification(session, town.officer, lot_id=lot_id, rows=rows)


def conform(session, member, lot_id, *, missed=(), **options):
    """One member's conformity review: ``missed`` are bid ids this member finds wanting in every requirement."""
    rows = [
        evaluation.Row(*cell.key, met=cell.bid.id not in missed, reason="不满足" if cell.bid.id in missed else "")
        for cell in evaluation.conformity_cells(session, lot_id)
    ]
    evaluation.record_conformity(session, member, lot_id=lot_id, rows=rows, **options)


def review(session, town, lot_id, members):
    """Everything up to the scores, without an objection: gives whether enough bids conform."""
    qualify(session, town, lot_id)
    for member in members:
        conform(session, member, lot_id)
    return evaluation.settle_conformity(session, SYSTEM, lot_id=lot_id)


def score(session, member, lot_id, given=None):
    """One member's scores: ``given(bid, factor)`` says the points (all of them, when it says nothing)."""
    rows = []
    for bid in evaluation.bids_in(session, lot_id, BidState.CONFORMING):
        for factor in evaluation.scored_factors(session, lot_id):
            points = given(bid, factor) if given else None
            rows.append(evaluation.Points(bid.id, factor.id, factor.points if points is None else Decimal(points)))
    return evaluation.enter_scores(session, member, lot_id=lot_id, rows=rows)


def evaluate(session, town, lot_id, members, given=None):
    """The whole evaluation up to the delivered report."""
    review(session, town, lot_id, members)
    for member in members:
        score(session, member, lot_id, given)
    evaluation.total(session, SYSTEM, lot_id=lot_id)
    for member in members:
        evaluation.sign_report(session, member, lot_id=lot_id, decision="agree")
    return evaluation.deliver(session, SYSTEM, lot_id=lot_id)


def award(session, town, lot_id, members, given=None):
    """The whole course up to the published award of the first candidate."""
    evaluate(session, town, lot_id, members, given)
    first = evaluation.candidates(session, lot_id)[0]
    awards.confirm(session, town.reviewer, lot_id=lot_id, bid_id=first.bid_id)
    return awards.publish(session, SYSTEM, lot_id=lot_id)
