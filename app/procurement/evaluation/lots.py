"""The lot under evaluation, its bids, and the journal of its evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.foundation import journal
from app.foundation.actor import Actor
from app.procurement import projects, tenders
from app.procurement.bids import Bid, BidState, OpenedBid
from app.procurement.projects import STATE_NAMES, Lot, LotState, NotInThisState
from app.procurement.tenders import Tender

WITH_ITS_CONTENT = (
    joinedload(Bid.supplier),
    selectinload(Bid.opened).options(
        selectinload(OpenedBid.responses), selectinload(OpenedBid.files), joinedload(OpenedBid.correction)
    ),
)
"""With which a bid is read where its content is looked at."""


def bids_in(session: Session, lot_id: str, *states: BidState) -> list[Bid]:
    """The bids of a lot in any of ``states``, in the order they came."""
    statement = select(Bid).where(Bid.lot_id == lot_id, Bid.state.in_(states)).options(*WITH_ITS_CONTENT)
    return list(session.scalars(statement.order_by(Bid.received_at, Bid.id)))


def opened_bids(session: Session, lot_id: str) -> list[Bid]:
    """The bids whose content was read at the opening, whatever became of them, in the order they came."""
    statement = select(Bid).join(Bid.opened).where(Bid.lot_id == lot_id).options(*WITH_ITS_CONTENT)
    return list(session.scalars(statement.order_by(Bid.received_at, Bid.id)))


def evaluated_lot(session: Session, lot_id: str) -> tuple[Lot, Tender]:
    """A lot under evaluation, locked, with its tender.

    :raises NotInThisState:
    """
    lot = projects.lot(session, lot_id, lock=True)
    if lot.state != LotState.EVALUATING:
        raise NotInThisState(state=STATE_NAMES[lot.state])
    return lot, tenders.of_lot(session, lot_id)


def note(session: Session, actor: Actor, lot_id: str, act: str, facts: Mapping[str, Any]) -> None:
    """Journal under the evaluation's own case, which only those who may see an evaluation read (O87 66)."""
    journal.write(session, actor, case=f"evaluation:{lot_id}", act=act, facts={"lot": lot_id, **facts})
