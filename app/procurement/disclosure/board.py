"""The public board: everything the law wants public, as lists that anybody can search (O101 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, func, or_, select, type_coerce
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.foundation.errors import NotFound
from app.foundation.text import Text
from app.identity.organisations import Organisation
from app.procurement import breaches, tenders
from app.procurement.breaches import Breach
from app.procurement.contracts import Contract
from app.procurement.projects import Project
from app.procurement.tenders import Notice, Tender, TenderState

KINDS: dict[str, Text] = {
    "tender": Text("Tender notice", "招标公告"),
    "change": Text("Change", "更正公告"),
    "clarification": Text("Clarification", "澄清公告"),
    "award": Text("Result", "中标公告"),
    "contract": Text("Contract", "合同公告"),
    "failure": Text("Failure", "废标公告"),
    "termination": Text("Termination", "终止公告"),
}
"""The kinds of notices (O101 8)."""
RESULTS = ("award", "failure", "termination")


class NothingPublished(NotFound):
    """Nothing of that address was published."""

    code = "nothing-published"
    text = Text("Nothing was published under this address.", "该地址下没有已发布的信息。")


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
    search: str = "",
    by_deadline: bool = False,
    offset: int = 0,
    limit: int = 25,
) -> Found[Notice]:
    """Published notices, the newest first; ``by_deadline``: those that can still be bid for, the earliest deadline first."""
    query = _notices(now, kinds, open_only, search)
    order = Tender.bid_deadline_at.asc() if by_deadline else Notice.published_at.desc()
    rows = session.scalars(query.order_by(order, Notice.id.desc()).offset(offset).limit(limit)).unique()
    return Found(list(rows), _count(session, query, Notice.id))


def counts(session: Session, *, now: datetime, search: str = "") -> Mapping[str, int]:
    """How many notices of each kind there are; under ``open`` those that can be bid for, under ``""`` all."""
    found = {kind: _count(session, _notices(now, (kind,), False, search), Notice.id) for kind in KINDS}
    return {
        "": sum(found.values()),
        "open": _count(session, _notices(now, ("tender",), True, search), Notice.id),
        **found,
    }


def _notices(now: datetime, kinds: tuple[str, ...], open_only: bool, search: str) -> Select[Notice]:
    query = (
        select(Notice)
        .join(Tender, Tender.id == Notice.tender_id)
        .join(Project, Project.id == Tender.project_id)
        .join(Organisation, Organisation.id == Tender.buyer_id)
        .where(Notice.published_at <= now, Tender.published_at.is_not(None))
        .options(joinedload(Notice.tender).joinedload(Tender.project).joinedload(Project.buyer))
    )
    if kinds:
        query = query.where(Notice.kind.in_(kinds))
    if open_only:
        query = query.where(Tender.state == TenderState.PUBLISHED, Tender.bid_deadline_at > now)
    return _searched(
        query, search, type_coerce(Notice.title, LongText), Project.number, Organisation.name_zh, Organisation.name_en
    )


def notice(session: Session, notice_id: str, now: datetime) -> Notice:
    """A published notice; raises NothingPublished."""
    found = session.get(Notice, notice_id)
    if found is None or found.published_at > now:
        raise NothingPublished
    return found


def tender(session: Session, tender_id: str, now: datetime) -> Tender:
    """A published tender; raises NothingPublished."""
    found = session.get(Tender, tender_id)
    if found is None or not tenders.visible_to(None, found, now):
        raise NothingPublished
    return found


def published_contracts(session: Session, *, search: str = "", offset: int = 0, limit: int = 25) -> Found[Contract]:
    """Published contracts, the newest first (IR 50)."""
    query = (
        select(Contract)
        .join(Organisation, or_(Organisation.id == Contract.supplier_id, Organisation.id == Contract.buyer_id))
        .where(Contract.published_at.is_not(None))
        .distinct()
        .options(joinedload(Contract.buyer), joinedload(Contract.supplier))
    )
    query = _searched(query, search, Contract.title_zh, Contract.title_en, Contract.number, Organisation.name_zh)
    rows = session.scalars(query.order_by(Contract.published_at.desc(), Contract.id.desc()).offset(offset).limit(limit))
    return Found(list(rows.unique()), _count(session, query, Contract.id))


def contract(session: Session, contract_id: str) -> Contract:
    """A published contract; raises NothingPublished."""
    found = session.get(Contract, contract_id)
    if found is None or found.published_at is None:
        raise NothingPublished
    return found


def published_breaches(
    session: Session, *, on: date, search: str = "", offset: int = 0, limit: int = 25
) -> Found[Breach]:
    """The records of serious breaches shown on a day, the newest first (IR 63; how long: ``breaches.public_records``)."""
    query = breaches.public_records(session, on).join(Breach.supplier).options(contains_eager(Breach.supplier))
    query = _searched(query, search, Breach.number, Organisation.name_zh, Organisation.name_en, Organisation.uscc)
    rows = session.scalars(query.order_by(Breach.published_at.desc(), Breach.id.desc()).offset(offset).limit(limit))
    return Found(list(rows.unique()), _count(session, query, Breach.id))


def breach(session: Session, breach_id: str, on: date) -> Breach:
    """A record of a serious breach shown on a day, or one that was set aside; raises NothingPublished."""
    found = session.get(Breach, breach_id)
    if found is None or not (breaches.is_public(session, found, on) or breaches.was_set_aside(found)):
        raise NothingPublished
    return found


def _searched(query: Select[T], search: str, *columns: Any) -> Select[T]:
    """Rows in which every searched word stands somewhere; two Chinese characters are a word like any other."""
    words = search.split()
    conditions = [or_(*(column.ilike(f"%{_plain(word)}%", escape="\\") for column in columns)) for word in words]
    return query.where(and_(*conditions)) if conditions else query


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _count(session: Session, query: Select[Any], column: Any) -> int:
    return (
        session.scalar(select(func.count()).select_from(query.with_only_columns(column).order_by(None).subquery())) or 0
    )
