"""What an agency may see of its account before a bid deadline: sums only, neither how many, when, nor who (O87 28)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.procurement.bonds.records import Bond, StatementEntry
from app.procurement.projects import Lot
from app.procurement.tenders import Tender


def seen_by_agency(session: Session, agency_id: str, entries: Collection[StatementEntry], now: datetime) -> set[str]:
    """The ids of the entries that may be shown one by one.

    The payment of a bond may once its tender's deadline has passed; one that is for no bond we know of, once every tender
    of the agency has closed that was open when it came, since it may be a bond of any of them.
    """
    is_open = select(Tender.project_id, Tender.published_at).where(
        Tender.agency_id == agency_id,
        Tender.bond_percent > 0,
        Tender.published_at.is_not(None),
        or_(Tender.bid_deadline_at.is_(None), Tender.bid_deadline_at > now),
    )
    still_open = [(project_id, since) for project_id, since in session.execute(is_open) if since is not None]
    of_open = (
        select(Bond.id).join(Lot, Lot.id == Bond.lot_id).where(Lot.project_id.in_([each for each, _ in still_open]))
    )
    secret = set(session.scalars(of_open))
    earliest = min((since for _, since in still_open), default=None)
    return {
        entry.id
        for entry in entries
        if (entry.bond_id not in secret if entry.bond_id else earliest is None or entry.booked_at < earliest)
    }
