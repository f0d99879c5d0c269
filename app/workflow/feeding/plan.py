"""Plan items by sheet or by hand: a buyer's plan for the year, entered by its handler and confirmed by its reviewer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.columns import Column
from app.foundation.money import Money
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement.projects import BudgetLine, NewItem, budgets, plan_items
from app.workflow import facts
from app.workflow.feeding.tables import Known, Scope, Table, Values

TYPED = ("object", "code", "name", "quantity", "unit", "unit_price", "wanted_on")


def _line(session: Session, scope: Scope, values: Values) -> BudgetLine | None:
    return budgets.line_of(session, scope.organisation_id or "", values["year"], values["line"])


def _find(session: Session, scope: Scope, values: Values) -> Known | None:
    line = _line(session, scope, values)
    found = None if line is None else plan_items.of_number(session, line.id, values["number"])
    return None if found is None else Known(found, {name: getattr(found, name) for name in TYPED})


def _check(session: Session, scope: Scope, values: Values, known: Known | None) -> Iterator[tuple[str, Text]]:
    if _line(session, scope, values) is None:
        yield (
            "line",
            Text("Your organisation has no budget line of this year and code.", "本单位没有该年度、该代码的预算项目。"),
        )
    if values.get("quantity") == 0:
        yield "quantity", Text("Above zero.", "应大于零。")
    if "quantity" in values and values["quantity"] != round(values["quantity"], 4):
        yield "quantity", Text("At most four decimals.", "最多四位小数。")
    yield from _beyond(session, scope, values, known)
    if known is not None and known.record.is_taken:
        yield "number", plan_items.PlanItemTaken(number=known.record.project.number).sentence


def _beyond(session: Session, scope: Scope, values: Values, known: Known | None) -> Iterator[tuple[str, Text]]:
    """Whether the line is too small for this row alone; what a sheet's rows come to together is seen when they count."""
    line = _line(session, scope, values)
    if line is None or "quantity" not in values or "unit_price" not in values:
        return
    total = Money(values["quantity"] * values["unit_price"]).amount
    planned = total + plan_items.planned_on(session, line.id, without=known.record if known else None)
    if planned > line.amount:
        over = plan_items.PlanOverBudget(line=line.code, sum=f"{planned:,.2f}", amount=f"{line.amount:,.2f}")
        yield "unit_price", over.sentence


def _enter(session: Session, actor: Actor, scope: Scope, values: Values, _known: Known | None) -> object:
    line = _line(session, scope, values)
    assert line is not None, "the preview found the line"
    item = NewItem(values["code"], values["name"], values["quantity"], values["unit"], values["unit_price"])
    return plan_items.enter(
        session,
        actor,
        line_id=line.id,
        number=values["number"],
        object=values["object"],
        item=item,
        wanted_on=values["wanted_on"],
    )


def _examples(session: Session, scope: Scope) -> list[tuple[str, ...]]:
    """A row for each of the buyer's budget lines, to be filled in."""
    year = local_day(clock.now(session)).year
    lines = select(BudgetLine).where(BudgetLine.organisation_id == scope.organisation_id, BudgetLine.year >= year)
    found = [(str(line.year), line.code) for line in session.scalars(lines.order_by(BudgetLine.year, BudgetLine.code))]
    return [
        (*line, "1", facts.OBJECTS["goods"].zh, "A02320100", "超声诊断设备", "2", "台", "300000.00", f"{line[0]}-09-01")
        for line in found[:20] or [(str(year), f"{year}-A02-001")]
    ]


PLAN = Table(
    id="plan",
    name=Text("Procurement plan", "采购计划"),
    lead=Text(
        "What your organisation means to buy on each budget line. An application takes plan items up.",
        "本单位各预算项目下的采购计划，采购申请据以执行。",
    ),
    role="buyer-handler",
    confirmer="buyer-reviewer",
    columns=(
        Column("year", Text("Year", "年度"), "number", longest=8),
        Column("line", Text("Budget line", "预算项目代码"), longest=40),
        Column("number", Text("Plan number", "计划编号"), longest=40),
        Column("object", Text("Category", "采购类别"), "choice", choices=facts.OBJECTS),
        Column("code", Text("Catalogue code", "品目编码"), longest=40),
        Column("name", Text("Item", "名称"), longest=300),
        Column("quantity", Text("Quantity", "数量"), "decimal", longest=20),
        Column("unit", Text("Unit", "单位"), longest=40),
        Column("unit_price", Text("Unit price (yuan)", "预算单价（元）"), "amount", longest=30),
        Column("wanted_on", Text("Procurement begins", "计划采购日期"), "day"),
    ),
    key=("year", "line", "number"),
    find=_find,
    check=_check,
    enter=_enter,
    examples=_examples,
    of_organisation=True,
)
"""What buyers enter of their plan."""
