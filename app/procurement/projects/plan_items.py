"""The year's procurement plan (IR 29): what a buyer means to buy on each budget line, and which project carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.foundation import journal
from app.foundation.actor import Actor
from app.foundation.database import Base, Exact, new_id
from app.foundation.errors import Conflict, Invalid, RuleBroken
from app.foundation.money import Money
from app.foundation.text import Text
from app.identity import roles
from app.procurement.projects import applications
from app.procurement.projects.applications import OBJECTS, RELEASING, BudgetLineUnknown, NewItem
from app.procurement.projects.records import BudgetLine, Project

CHANGEABLE = ("object", "code", "name", "quantity", "unit", "unit_price", "wanted_on")


class PlanItem(Base):
    """One thing a buyer plans to buy on a budget line; ``project_id``: the project that last took it up."""

    __tablename__ = "plan_item"
    __table_args__ = (UniqueConstraint("budget_line_id", "number"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    budget_line_id: Mapped[str] = mapped_column(String(32), ForeignKey("budget_line.id"))
    number: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal] = mapped_column(Exact(4))
    unit: Mapped[str] = mapped_column(String(40))
    unit_price: Mapped[Decimal] = mapped_column(Exact(2))
    wanted_on: Mapped[date]
    project_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("project.id"), index=True, default=None)

    budget_line: Mapped[BudgetLine] = relationship()
    project: Mapped[Project | None] = relationship()

    @property
    def total(self) -> Decimal:
        """Quantity times price, rounded to cents."""
        return Money(self.quantity * self.unit_price).amount

    @property
    def is_taken(self) -> bool:
        """Whether a live project carries it out."""
        return self.project is not None and self.project.outcome not in RELEASING


class PlanOverBudget(RuleBroken):
    """What is planned on a line comes to more than the line (GPL 6, 33)."""

    text = Text(
        "With this item, the plan for budget line %(line)s adds up to ¥%(sum)s. The line has only ¥%(amount)s.",
        "预算项目%(line)s的采购计划合计%(sum)s元，超过其金额%(amount)s元。",
    )
    statute = "GPL 6"


class PlanItemTaken(Conflict):
    """A project carries this plan item out already."""

    text = Text("Project %(number)s already carries out this plan item.", "项目%(number)s已执行该计划项目。")


class NotOfThisLine(Invalid):
    """A chosen plan item belongs to another budget line."""

    code = "plan-item-of-another-line"
    text = Text("Choose plan items of the chosen budget line.", "请选择所选预算项目下的计划项目。")


class AboveThePlan(RuleBroken):
    """An application for plan items comes to more than was planned for them (IR 29)."""

    text = Text(
        "The items add up to ¥%(estimate)s, but only ¥%(planned)s is planned for them. Change the plan first.",
        "采购标的合计%(estimate)s元，超过采购计划的%(planned)s元，请先调整采购计划。",
    )
    statute = "IR 29"


def enter(
    session: Session,
    actor: Actor,
    *,
    line_id: str,
    number: str,
    object: str,
    item: NewItem,
    wanted_on: date,
) -> PlanItem:
    """Enter a plan item, or change the one of this line and number.

    :raises PlanOverBudget:
    :raises PlanItemTaken:
    :raises BudgetLineUnknown:
    """
    line = session.get(BudgetLine, line_id, with_for_update=True)
    if line is None:
        raise BudgetLineUnknown
    roles.require(actor, "buyer-reviewer", line.organisation_id)
    if object not in OBJECTS:
        raise ValueError(f"unknown object: {object}")
    found = of_number(session, line.id, number)
    if found is not None and found.is_taken:
        raise PlanItemTaken(number=found.project.number if found.project else "")
    _refuse_beyond(session, line, item.total, without=found)
    before = {} if found is None else {name: str(getattr(found, name)) for name in CHANGEABLE}
    entered = found or PlanItem(budget_line_id=line.id, number=number)
    entered.object, entered.code, entered.name, entered.unit = object, item.code, item.name, item.unit
    entered.quantity, entered.unit_price, entered.wanted_on = item.quantity, item.unit_price, wanted_on
    session.add(entered)
    session.flush()
    after = {name: str(getattr(entered, name)) for name in CHANGEABLE}
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    facts = {"line": line.code, "number": number, "changed": changed}
    journal.write(session, actor, case=f"budget:{line.id}", act="plan_items.enter", facts=facts)
    return entered


def _refuse_beyond(session: Session, line: BudgetLine, total: Decimal, *, without: PlanItem | None) -> None:
    planned = total + planned_on(session, line.id, without=without)
    if planned > line.amount:
        raise PlanOverBudget(line=line.code, sum=f"{planned:,.2f}", amount=f"{line.amount:,.2f}", field="unit_price")


def planned_on(session: Session, line_id: str, *, without: PlanItem | None = None) -> Decimal:
    """What the plan on a line comes to."""
    items = session.scalars(select(PlanItem).where(PlanItem.budget_line_id == line_id))
    return sum((item.total for item in items if item is not without), Decimal(0))


def of_number(session: Session, line_id: str, number: str) -> PlanItem | None:
    """The plan item of a line and number."""
    statement = select(PlanItem).where(PlanItem.budget_line_id == line_id, PlanItem.number == number)
    return session.scalars(statement).one_or_none()


def of_buyer(session: Session, buyer_id: str) -> list[PlanItem]:
    """The plan of a buyer, the latest year first, by line and number."""
    statement = select(PlanItem).join(BudgetLine).where(BudgetLine.organisation_id == buyer_id)
    return list(session.scalars(statement.order_by(BudgetLine.year.desc(), BudgetLine.code, PlanItem.number)))


def open_to(session: Session, buyer_id: str, project_id: str | None) -> list[PlanItem]:
    """The plan items of a buyer that no live project (but this one) carries out."""
    return [item for item in of_buyer(session, buyer_id) if not item.is_taken or item.project_id == project_id]


def apply(
    session: Session,
    actor: Actor,
    *,
    budget_line_id: str,
    items: Sequence[NewItem],
    plan_item_ids: Sequence[str] = (),
    project_id: str | None = None,
    **application: Any,
) -> Project:
    """Apply for a project (see ``applications.apply``) that carries plan items out; without items it asks for theirs.

    Raises PlanItemTaken and AboveThePlan too.
    """
    planned = _chosen(session, budget_line_id, plan_item_ids, project_id)
    project = applications.apply(
        session,
        actor,
        budget_line_id=budget_line_id,
        items=items or [NewItem(each.code, each.name, each.quantity, each.unit, each.unit_price) for each in planned],
        project_id=project_id,
        **application,
    )
    _carry_out(session, actor, project, planned)
    return project


def _chosen(session: Session, line_id: str, ids: Sequence[str], project_id: str | None) -> list[PlanItem]:
    """The plan items of a line that an application names, under their locks."""
    statement = select(PlanItem).where(PlanItem.id.in_(ids)).order_by(PlanItem.number).with_for_update()
    found = list(session.scalars(statement)) if ids else []
    if len(found) != len(set(ids)) or any(item.budget_line_id != line_id for item in found):
        raise NotOfThisLine(field="plan_items")
    for item in found:
        if item.is_taken and item.project_id != project_id:
            raise PlanItemTaken(field="plan_items", number=item.project.number if item.project else "")
    return found


def _carry_out(session: Session, actor: Actor, project: Project, items: Sequence[PlanItem]) -> None:
    planned = sum((item.total for item in items), Decimal(0))
    if items and project.estimate > planned:
        raise AboveThePlan(field="items", estimate=f"{project.estimate:,.2f}", planned=f"{planned:,.2f}")
    wanted = {item.id for item in items}
    statement = select(PlanItem).where(or_(PlanItem.project_id == project.id, PlanItem.id.in_(wanted)))
    for item in session.scalars(statement).all():
        item.project = project if item.id in wanted else None
    session.flush()
    if items:
        facts = {"plan_items": [item.number for item in items], "planned": str(planned)}
        journal.write(session, actor, case=project.id, act="plan_items.carry_out", facts=facts)
