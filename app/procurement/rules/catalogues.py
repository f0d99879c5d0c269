"""The centralised catalogues (集中采购目录) and the central procurement bodies (集中采购机构), as an office enters them.

A row is for a region and a budget level: what the central budget buys follows the State Council's catalogue, local budgets
their province's, which may tell the levels apart (GPL 7, IR 5). Codes are those of the national classification of
procurement items (政府采购品目分类目录): a letter and pairs of digits, each pair below the one before; a row is for all below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from app.foundation import journal
from app.foundation.actor import Actor
from app.foundation.database import Base, Exact, new_id
from app.foundation.text import Text
from app.identity import organisations, roles
from app.identity.organisations import Organisation
from app.procurement.rules import dated
from app.procurement.rules.dated import EntryWrong

CARRIED_OUT_BY = {
    "body": Text("the central procurement body", "集中采购机构采购"),
    "department": Text("the department itself", "部门集中采购"),
}
"""Who buys what is in a catalogue (IR 3)."""
_CODE = re.compile(r"[ABC](\d\d){1,5}\Z")
ITEM_CHANGEABLE = ("name_zh", "name_en", "carried_out_by", "from_amount", "valid_to", "source")
BODY_CHANGEABLE = ("valid_to", "source")


class CatalogueItem(Base):
    """An item of a catalogue. ``level``: of ``organisations.LEVELS``, empty for every local one; ``from_amount``: in yuan, from
    which a purchase of it is centralised (none: any amount)."""

    __tablename__ = "catalogue_item"
    __table_args__ = (UniqueConstraint("code", "jurisdiction", "level", "valid_from"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(12))
    name_zh: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    carried_out_by: Mapped[str] = mapped_column(String(12))
    from_amount: Mapped[Decimal | None] = mapped_column(Exact(2), default=None)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    counts_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))

    @property
    def name(self) -> Text:
        """The item's name in both languages."""
        return Text(self.name_en or self.name_zh, self.name_zh)


class CentralBody(Base):
    """An agency that is the central procurement body of a region and level (GPL 16)."""

    __tablename__ = "central_body"
    __table_args__ = (UniqueConstraint("organisation_id", "jurisdiction", "level", "valid_from"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    jurisdiction: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    counts_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))

    organisation: Mapped[Organisation] = relationship()


@dataclass(frozen=True)
class NewItem:
    """A catalogue's item as somebody enters it."""

    code: str
    name_zh: str
    name_en: str
    carried_out_by: str
    from_amount: Decimal | None
    jurisdiction: str
    level: str
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True)
class NewBody:
    """A central procurement body as somebody enters it."""

    organisation_id: str
    jurisdiction: str
    level: str
    valid_from: date
    valid_to: date | None
    source: str


def find_item(session: Session, new: NewItem, *, lock: bool = False) -> CatalogueItem | None:
    """The kept item that a new one would change."""
    statement = select(CatalogueItem).where(CatalogueItem.code == new.code, *_same(CatalogueItem, new))
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def find_body(session: Session, new: NewBody, *, lock: bool = False) -> CentralBody | None:
    """The kept body that a new one would change."""
    statement = select(CentralBody).where(CentralBody.organisation_id == new.organisation_id, *_same(CentralBody, new))
    return session.scalars(statement.with_for_update(of=CentralBody) if lock else statement).one_or_none()


def _same(table: type[CatalogueItem | CentralBody], new: NewItem | NewBody) -> list[ColumnElement[bool]]:
    return [
        table.jurisdiction == new.jurisdiction,
        table.level == new.level,
        table.valid_from == new.valid_from,
    ]


def item_problems(session: Session, new: NewItem) -> list[EntryWrong]:
    """What speaks against an item, each with its column."""
    found = [*dated.time_problems(session, find_item(session, new), new, ITEM_CHANGEABLE), *_place_problems(new)]
    if not _CODE.match(new.code):
        why = Text(
            "A code has a letter (A goods, B works, C services) and pairs of digits: A02010100.",
            "品目编码由字母（A货物、B工程、C服务）和成对数字组成，例如A02010100。",
        )
        found.append(EntryWrong(field="code", why=why))
    return found


def body_problems(session: Session, new: NewBody) -> list[EntryWrong]:
    """What speaks against a central body, each with its column."""
    return [*dated.time_problems(session, find_body(session, new), new, BODY_CHANGEABLE), *_place_problems(new)]


def _place_problems(new: NewItem | NewBody) -> list[EntryWrong]:
    """The country has one level, the central budget's, and no other place has it (GPL 7)."""
    found = dated.place_problems(new.jurisdiction)
    if not found and (new.jurisdiction == "CN") != (new.level == "central"):
        why = Text(
            "The central level is that of CN, and CN has no other: a region has the levels of its own budgets.",
            "中央级对应的地区为CN；地方的目录和机构应填写其所在地区和地方预算级次。",
        )
        found.append(EntryWrong(field="level", why=why))
    return found


def enter_item(session: Session, actor: Actor, new: NewItem) -> CatalogueItem:
    """Enter an item, change one that doesn't count yet, or end one that does.

    :raises EntryWrong:
    :raises RoleMissing:
    """
    roles.require_one(actor, "system", "administrator")
    if wrong := item_problems(session, new):
        raise wrong[0]
    key = {name: getattr(new, name) for name in ("code", "jurisdiction", "level", "valid_from")}
    known = find_item(session, new, lock=True)
    item, changed = dated.put(
        session, known, lambda counts_from: CatalogueItem(**key, counts_from=counts_from), new, ITEM_CHANGEABLE
    )
    facts = {"code": item.code, "jurisdiction": item.jurisdiction, "level": item.level, "changed": changed}
    facts["counts_from"] = str(item.counts_from)
    journal.write(session, actor, case=f"statute:{item.id}", act="catalogues.enter_item", facts=facts)
    return item


def enter_body(session: Session, actor: Actor, new: NewBody) -> CentralBody:
    """Enter a central body, or end one.

    :raises EntryWrong:
    :raises OrganisationUnknown:
    :raises RoleMissing:
    """
    roles.require_one(actor, "system", "administrator")
    if wrong := body_problems(session, new):
        raise wrong[0]
    agency = organisations.get(session, new.organisation_id, kind="agency")
    key = {name: getattr(new, name) for name in ("organisation_id", "jurisdiction", "level", "valid_from")}
    known = find_body(session, new, lock=True)
    body, changed = dated.put(
        session, known, lambda counts_from: CentralBody(**key, counts_from=counts_from), new, BODY_CHANGEABLE
    )
    facts = {"agency": agency.name.as_json(), "jurisdiction": body.jurisdiction, "level": body.level}
    facts |= {"changed": changed, "counts_from": str(body.counts_from)}
    journal.write(session, actor, case=f"statute:{body.id}", act="catalogues.enter_body", facts=facts)
    return body


def items(session: Session) -> list[CatalogueItem]:
    """Every kept item, by place, level and code."""
    order = (CatalogueItem.jurisdiction, CatalogueItem.level, CatalogueItem.code, CatalogueItem.valid_from)
    return list(session.scalars(select(CatalogueItem).order_by(*order)))


def bodies(session: Session) -> list[CentralBody]:
    """Every kept body, by place and level."""
    order = (CentralBody.jurisdiction, CentralBody.level, CentralBody.valid_from, CentralBody.id)
    return list(session.scalars(select(CentralBody).order_by(*order)))


def catalogue_of(session: Session, *, region: str, level: str, on: date) -> list[CatalogueItem]:
    """The items in force on a day for a budget of a region and level, the most specific first; none for no level."""
    found = session.scalars(select(CatalogueItem).where(*_in_force(CatalogueItem, region, level, on)))
    return sorted(found, key=lambda item: (len(item.jurisdiction), item.level, len(_bare(item.code)), item.valid_from))[
        ::-1
    ]


def bodies_of(session: Session, *, region: str, level: str, on: date) -> list[CentralBody]:
    """The central procurement bodies on a day for a budget of a region and level; none for no level."""
    statement = select(CentralBody).where(*_in_force(CentralBody, region, level, on)).order_by(CentralBody.id)
    return list(session.scalars(statement))


def _in_force(table: type[CatalogueItem | CentralBody], region: str, level: str, on: date) -> list[ColumnElement[bool]]:
    parts = region.split("-")
    places = ["CN"] if level == "central" else ["-".join(parts[:count]) for count in range(1, len(parts) + 1)]
    levels = [level] if level in ("", "central") else [level, ""]
    return [
        table.jurisdiction.in_(places if level else []),
        table.level.in_(levels),
        table.counts_from <= on,
        or_(table.valid_to.is_(None), table.valid_to >= on),
    ]


def covers(item: CatalogueItem, code: str) -> bool:
    """Whether an item of a catalogue is, or is above, what has this code."""
    return bool(_CODE.match(code)) and _bare(code).startswith(_bare(item.code))


def may_be_below(item: CatalogueItem, code: str) -> bool:
    """Whether a code is broader than an item's, or no code at all, so that nobody can tell whether the item is meant."""
    return not covers(item, code) and (not _CODE.match(code) or _bare(item.code).startswith(_bare(code)))


def _bare(code: str) -> str:
    """A code without the pairs of noughts that only fill it up: A02010100 is A020101."""
    while len(code) > 3 and code.endswith("00"):
        code = code[:-2]
    return code
