"""The public board: everything the law wants public, as lists that anybody can search (O101 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.foundation.errors import NotFound
from app.foundation.text import Text
from app.foundation.workdays import local_day, start_of
from app.identity.organisations import Organisation
from app.procurement import breaches, tenders
from app.procurement.awards import Award, AwardState
from app.procurement.breaches import Breach
from app.procurement.contracts import Contract
from app.procurement.disclosure.searching import Wanted, narrowed, searched
from app.procurement.projects import Lot, Project
from app.procurement.tenders import Notice, Tender, TenderState

KINDS: dict[str, Text] = {
    "tender": Text("Tender notice", "招标公告"),
    "change": Text("Correction notice", "更正公告"),
    "clarification": Text("Clarification notice", "澄清公告"),
    "award": Text("Award notice", "中标公告"),
    "contract": Text("Contract notice", "合同公告"),
    "failure": Text("Failed-tender notice", "废标公告"),
    "termination": Text("Termination notice", "终止公告"),
}
"""The kinds of notices (O101 8)."""
EVERYTHING = Wanted()
RESULTS = ("award", "failure", "termination")


class NothingPublished(NotFound):
    """Nothing of that address was published."""

    text = Text("Nothing has been published at this address.", "该地址下没有已发布的信息。")


T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """One page of a list and how many there are."""

    rows: list[T]
    total: int


def notices(
    session: Session,
    *,
    now: datetime,
    kinds: tuple[str, ...] = (),
    open_only: bool = False,
    wanted: Wanted = EVERYTHING,
    by_deadline: bool = False,
    offset: int = 0,
    limit: int = 25,
) -> Found[Notice]:
    """Published notices, the newest first; ``by_deadline``: those that can still be bid for, the earliest deadline first."""
    statement = _notices(now, kinds, open_only, wanted)
    order = Tender.bid_deadline_at.asc() if by_deadline else Notice.published_at.desc()
    rows = session.scalars(statement.order_by(order, Notice.id.desc()).offset(offset).limit(limit)).unique()
    return Found(list(rows), _count(session, statement, Notice.id))


def counts(session: Session, *, now: datetime, wanted: Wanted = EVERYTHING) -> Mapping[str, int]:
    """How many notices of each kind there are; under ``open`` those that can be bid for, under ``""`` all."""
    each = _notices(now, (), False, wanted).with_only_columns(Notice.kind, func.count()).group_by(Notice.kind)
    found = dict.fromkeys(KINDS, 0) | dict(session.execute(each).all())
    return {"": sum(found.values()), "open": open_for_bids(session, now=now, wanted=wanted), **found}


def open_for_bids(session: Session, *, now: datetime, wanted: Wanted = EVERYTHING) -> int:
    """How many tenders can be bid for."""
    return _count(session, _notices(now, ("tender",), True, wanted), Notice.id)


@dataclass(frozen=True)
class Year:
    """What a calendar year has come to so far: the lots awarded, their budgets and their prices."""

    awarded: int
    budget: Decimal
    price: Decimal

    @property
    def saved(self) -> Decimal:
        """By how much the prices stayed under the budgets."""
        return self.budget - self.price


def this_year(session: Session, now: datetime, currency: str) -> Year:
    """The awards published since the first of January, in one currency; those that were revoked don't count."""
    first = start_of(local_day(now).replace(month=1, day=1))
    row = session.execute(
        select(func.count(), func.sum(Lot.budget), func.sum(Award.price))
        .select_from(Award)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Award.state == AwardState.PUBLISHED, Award.published_at.between(first, now), Award.currency == currency)
    ).one()
    return Year(row[0], row[1] or Decimal(0), row[2] or Decimal(0))


def _notices(now: datetime, kinds: tuple[str, ...], open_only: bool, wanted: Wanted) -> Select[Notice]:
    statement = (
        select(Notice)
        .join(Tender, Tender.id == Notice.tender_id)
        .join(Project, Project.id == Tender.project_id)
        .join(Organisation, Organisation.id == Tender.buyer_id)
        .where(Notice.published_at <= now, Tender.published_at.is_not(None))
        .options(
            joinedload(Notice.tender)
            .joinedload(Tender.project)
            .options(joinedload(Project.buyer), joinedload(Project.lots))
        )
    )
    if kinds:
        statement = statement.where(Notice.kind.in_(kinds))
    if open_only:
        statement = statement.where(Tender.state == TenderState.PUBLISHED, Tender.bid_deadline_at > now)
    return narrowed(statement, wanted)


def notice(session: Session, notice_id: str, now: datetime) -> Notice:
    """A published notice.

    :raises NothingPublished:
    """
    found = session.get(Notice, notice_id)
    if found is None or found.published_at > now:
        raise NothingPublished
    return found


def tender(session: Session, tender_id: str, now: datetime) -> Tender:
    """A published tender.

    :raises NothingPublished:
    """
    found = session.get(Tender, tender_id)
    if found is None or not tenders.visible_to(None, found, now):
        raise NothingPublished
    return found


def published_contracts(session: Session, *, search: str = "", offset: int = 0, limit: int = 25) -> Found[Contract]:
    """Published contracts, the newest first (IR 50)."""
    statement = (
        select(Contract)
        .join(Organisation, or_(Organisation.id == Contract.supplier_id, Organisation.id == Contract.buyer_id))
        .where(Contract.published_at.is_not(None))
        .distinct()
        .options(joinedload(Contract.buyer), joinedload(Contract.supplier))
    )
    statement = searched(
        statement,
        search,
        Contract.title_zh,
        Contract.title_en,
        Contract.number,
        Organisation.name_zh,
        Organisation.name_en,
    )
    rows = session.scalars(
        statement.order_by(Contract.published_at.desc(), Contract.id.desc()).offset(offset).limit(limit)
    )
    return Found(list(rows.unique()), _count(session, statement, Contract.id))


def contract(session: Session, contract_id: str) -> Contract:
    """A published contract.

    :raises NothingPublished:
    """
    found = session.get(Contract, contract_id)
    if found is None or found.published_at is None:
        raise NothingPublished
    return found


def published_breaches(
    session: Session, *, on: date, search: str = "", offset: int = 0, limit: int = 25
) -> Found[Breach]:
    """The records of serious breaches shown on a day, the newest first (IR 63; how long: ``breaches.public_records``)."""
    statement = breaches.public_records(on).join(Breach.supplier).options(contains_eager(Breach.supplier))
    statement = searched(
        statement, search, Breach.number, Organisation.name_zh, Organisation.name_en, Organisation.uscc
    )
    rows = session.scalars(statement.order_by(Breach.published_at.desc(), Breach.id.desc()).offset(offset).limit(limit))
    return Found(list(rows.unique()), _count(session, statement, Breach.id))


def breach(session: Session, breach_id: str, on: date) -> Breach:
    """A record of a serious breach shown on a day, or one that was set aside.

    :raises NothingPublished:
    """
    found = session.get(Breach, breach_id)
    if found is None or not (breaches.is_public(session, found, on) or breaches.was_set_aside(found)):
        raise NothingPublished
    return found


def _count(session: Session, statement: Select[Any], column: Any) -> int:
    return (
        session.scalar(select(func.count()).select_from(statement.with_only_columns(column).order_by(None).subquery()))
        or 0
    )
