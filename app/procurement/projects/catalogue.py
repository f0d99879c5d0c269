"""Whether a project is in the centralised catalogue, as its rows propose it and its plan says it, and who then buys (GPL 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.procurement import rules
from app.procurement.projects.applications import ReasonsMissing
from app.procurement.projects.records import Item, Project
from app.procurement.rules import catalogues
from app.procurement.rules.catalogues import CatalogueItem, CentralBody

ANSWERS = {
    "inside": Text("inside: the central procurement body buys it", "目录以内，集中采购机构采购项目"),
    "department": Text("inside: the department buys it", "目录以内，部门集中采购项目"),
    "outside": Text("outside", "目录以外"),
}
"""What a plan can say of the catalogue (IR 3, 4)."""
_BY = {"body": "inside", "department": "department"}


@dataclass(frozen=True)
class Proposal:
    """What the rows say of a project: ``answer`` (None: nothing is proposed), the row of each item that one covers, the
    items of which nobody can tell, and how many rows there are for this budget."""

    answer: str | None
    found: tuple[tuple[Item, CatalogueItem], ...] = ()
    open: tuple[Item, ...] = ()
    rows: int = 0


def propose(session: Session, project: Project, *, on: date | None = None) -> Proposal:
    """What the rows in force on a day (by default today) propose: nothing where there are none, or a code is too broad.

    One item that the central procurement body buys decides for the project: it is entrusted as one (GPL 18).
    """
    law = rules.law(session, project, on=on)
    rows = catalogues.catalogue_of(session, region=law.region, level=law.level, on=law.on)
    if not rows:
        return Proposal(None)
    covering = [(item, _row_of(item, rows, project)) for item in project.items]
    found = tuple((item, row) for item, row in covering if row is not None)
    unclear = tuple(
        item
        for item, row in covering
        if row is None and any(catalogues.may_be_below(each, _code(item)) for each in rows)
    )
    answers = {_BY[row.carried_out_by] for _, row in found}
    answer = "inside" if "inside" in answers else None if unclear else "department" if answers else "outside"
    return Proposal(answer, found, unclear, len(rows))


def _row_of(item: Item, rows: list[CatalogueItem], project: Project) -> CatalogueItem | None:
    """The most specific row that covers an item, where what the project buys of it reaches the row's amount."""
    covering = (row for row in rows if catalogues.covers(row, _code(item)))
    return next((row for row in covering if _bought_of(row, project) >= (row.from_amount or 0)), None)


def _bought_of(row: CatalogueItem, project: Project) -> Decimal:
    return sum((i.quantity * i.unit_price for i in project.items if catalogues.covers(row, _code(i))), Decimal(0))


def _code(item: Item) -> str:
    return item.code.strip().upper()


def problems(session: Session, project: Project, answer: str | None, reasons: str) -> list[Refusal]:
    """What speaks against a plan's answer: another than the rows propose has its reasons.

    Not that the central body buys what the department may: it can be entrusted with anything, and forms of cases that
    began before the rows were known can't say more than inside or outside.
    """
    proposed = propose(session, project).answer
    if proposed in (None, answer) or reasons.strip() or (proposed, answer) == ("department", "inside"):
        return []
    return [ReasonsMissing(field="catalogue_reasons")]


def record(project: Project, answer: str | None, reasons: str) -> None:
    """Keep a plan's answer with the project."""
    project.in_catalogue = None if answer is None else answer != "outside"
    project.by_department, project.catalogue_reasons = answer == "department", reasons


def answer_of(project: Project) -> str | None:
    """What the plan said, one of ``ANSWERS``."""
    if not project.in_catalogue:
        return None if project.in_catalogue is None else "outside"
    return "department" if project.by_department else "inside"


def facts(session: Session, project: Project) -> dict[str, Any]:
    """What the journal keeps of a plan's answer: on which rows the proposal rested, and whether the plan says otherwise."""
    proposal = propose(session, project)
    told: dict[str, Any] = {"centralised": answer_of(project)}
    if proposal.answer is not None:
        told |= {"proposed": proposal.answer, "rows": sorted({row.id for _, row in proposal.found})}
    return told


def central_bodies(session: Session, project: Project) -> list[CentralBody] | None:
    """The bodies one of which must be entrusted: None where the plan doesn't say that one buys, none where no row names one."""
    if answer_of(project) != "inside":
        return None
    law = rules.law(session, project)
    return catalogues.bodies_of(session, region=law.region, level=law.level, on=law.on)
