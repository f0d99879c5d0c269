"""What notices are searched for on the public board: words, and filters by place, object, method, buyer, amount and day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, type_coerce
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Session

from app.foundation.workdays import start_of
from app.identity.organisations import Organisation
from app.procurement.awards import Award
from app.procurement.contracts import Contract
from app.procurement.projects import Project
from app.procurement.tenders import Notice, Tender

T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty narrows nothing.

    ``search``: words that must all stand somewhere: in the title, the number, the buyer's name, or the name of the supplier
    that won. ``buyer``: an organisation's id; ``region``, ``object``, ``method``: codes. ``least`` and ``most``: the price where
    one is published, else the budget, in the project's currency. ``since`` and ``until``: days of publication, both included.
    """

    search: str = ""
    buyer: str = ""
    region: str = ""
    object: str = ""
    method: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: of everything published, what there is."""

    buyers: list[Organisation]
    regions: list[str]
    objects: list[str]
    methods: list[str]


def narrowed(statement: Select[T], wanted: Wanted) -> Select[T]:
    """Only the notices that are wanted; the query joins Notice, Tender, Project and the buyer's Organisation."""
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (Tender.buyer_id, wanted.buyer),
        (Organisation.region, wanted.region),
        (Project.object, wanted.object),
        (Tender.method, wanted.method),
    ):
        conditions += [column == value] if value else []
    conditions += [_amount() >= wanted.least] if wanted.least is not None else []
    conditions += [_amount() <= wanted.most] if wanted.most is not None else []
    conditions += [Notice.published_at >= start_of(wanted.since)] if wanted.since else []
    conditions += [Notice.published_at < start_of(wanted.until + timedelta(days=1))] if wanted.until else []
    names = (type_coerce(Notice.title, LongText), Project.number, Organisation.name_zh, Organisation.name_en)
    return searched(statement.where(*conditions), wanted.search, *names, also=_won_by)


def choices(session: Session, now: datetime) -> Choices:
    """The buyers, regions, objects and methods of the tenders that were published."""
    rows = session.execute(
        select(Organisation, Project.object, Tender.method)
        .join(Tender, Tender.buyer_id == Organisation.id)
        .join(Project, Project.id == Tender.project_id)
        .where(Tender.published_at <= now)
        .distinct()
    ).all()
    buyers = {buyer.id: buyer for buyer, _, _ in rows}
    return Choices(
        sorted(buyers.values(), key=lambda buyer: buyer.name_zh),
        sorted({buyer.region for buyer in buyers.values()}),
        sorted({object_ for _, object_, _ in rows}),
        sorted({method for _, _, method in rows}),
    )


def searched(
    statement: Select[T], search: str, *columns: Any, also: Callable[[str], ColumnElement[bool]] | None = None
) -> Select[T]:
    """Rows in which every searched word stands somewhere; two Chinese characters are a word like any other.

    ``also`` says of a pattern where else a word may stand.
    """
    conditions = []
    for word in search.split():
        pattern = f"%{_plain(word)}%"
        conditions.append(or_(_like(pattern, *columns), *([also(pattern)] if also else [])))
    return statement.where(and_(*conditions)) if conditions else statement


def _won_by(pattern: str) -> ColumnElement[bool]:
    """Whether the notice tells of a supplier of that name: the award's winner, or the contract's supplier."""
    named = _like(pattern, Organisation.name_zh, Organisation.name_en, Organisation.uscc)
    won = (
        select(Award.id)
        .join(Organisation, Organisation.id == Award.supplier_id)
        .where(Award.notice_id == Notice.id, named)
    )
    signed = (
        select(Contract.id)
        .join(Organisation, Organisation.id == Contract.supplier_id)
        .where(Contract.lot_id == Notice.lot_id, Notice.kind == "contract", Contract.published_at.is_not(None), named)
    )
    return or_(won.correlate(Notice).exists(), signed.correlate(Notice).exists())


def _amount() -> ColumnElement[Decimal]:
    """The price that a notice publishes, else the project's budget."""
    won = select(Award.price).where(Award.notice_id == Notice.id).correlate(Notice).scalar_subquery()
    signed = (
        select(Contract.price)
        .where(Contract.lot_id == Notice.lot_id, Notice.kind == "contract")
        .correlate(Notice)
        .scalar_subquery()
    )
    return func.coalesce(won, signed, Project.estimate, type_=Project.estimate.type)


def _like(pattern: str, *columns: Any) -> ColumnElement[bool]:
    return or_(*(column.ilike(pattern, escape="\\") for column in columns))


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
