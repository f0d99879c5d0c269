"""Budget lines by sheet or by hand: a finance department's, for the buyers it supervises."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.columns import Column
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity.organisations import Organisation
from app.procurement.projects import budgets, committed
from app.workflow.feeding.tables import Known, Scope, Table, Values

YEARS = range(2000, 2101)


def _buyer(session: Session, scope: Scope, named: str) -> Organisation | None:
    statement = select(Organisation).where(
        Organisation.kind == "buyer",
        Organisation.supervisor_id == scope.organisation_id,
        (Organisation.uscc == named.upper()) | (Organisation.name_zh == named),
    )
    found = list(session.scalars(statement.limit(2)))
    return found[0] if len(found) == 1 else None


def _find(session: Session, scope: Scope, values: Values) -> Known | None:
    buyer = _buyer(session, scope, values["buyer"])
    line = None if buyer is None else budgets.line_of(session, buyer.id, values["year"], values["code"])
    if line is None:
        return None
    return Known(line, {name: getattr(line, name) for name in budgets.CHANGEABLE})


def _identify(session: Session, scope: Scope, values: Values) -> tuple[str, int, str] | None:
    buyer = _buyer(session, scope, values["buyer"])
    return None if buyer is None else (buyer.id, values["year"], values["code"])


def _check(session: Session, scope: Scope, values: Values, known: Known | None) -> Iterator[tuple[str, Text]]:
    if _buyer(session, scope, values["buyer"]) is None:
        yield (
            "buyer",
            Text("No buyer that you supervise has this code or name.", "所监管的采购人中没有该代码或者名称。"),
        )
    if values["year"] not in YEARS:
        yield "year", Text("This is not a year.", "不是有效年度。")
    if known is not None and "amount" in values:
        bound = committed(session, known.record.id)
        if values["amount"] < bound:
            yield "amount", budgets.CutBelowBound(bound=f"{bound:,.2f}").sentence


def _enter(session: Session, actor: Actor, scope: Scope, values: Values, _known: Known | None) -> object:
    buyer = _buyer(session, scope, values["buyer"])
    assert buyer is not None, "the preview found the buyer"
    assert scope.organisation_id is not None, "a department enters its own buyers' lines"
    return budgets.enter_line(
        session,
        actor,
        finance_id=scope.organisation_id,
        buyer_id=buyer.id,
        year=values["year"],
        code=values["code"],
        name=Text(values["name_en"], values["name_zh"]),
        category=values["category"],
        amount=values["amount"],
        funds=values["funds"],
    )


def _examples(session: Session, scope: Scope) -> list[tuple[str, ...]]:
    """A line for each buyer of the department, to be filled in."""
    year = str(local_day(clock.now(session)).year)
    buyers = select(Organisation).where(
        Organisation.kind == "buyer", Organisation.supervisor_id == scope.organisation_id
    )
    found = session.scalars(buyers.order_by(Organisation.name_zh).limit(20))
    names = [buyer.name_zh for buyer in found] or ["市第一人民医院"]
    funds = budgets.FUNDS["fiscal"].zh
    return [(name, year, f"{year}-A02-001", "医疗设备购置", "", "A02", "1200000.00", funds) for name in names]


BUDGET = Table(
    id="budget",
    name=Text("Budget lines", "预算项目"),
    lead=Text(
        "What the buyers you supervise may spend. Applications cannot exceed these lines.",
        "所监管采购人的政府采购预算项目，采购申请以此为限。",
    ),
    role="finance-officer",
    columns=(
        Column(
            "buyer",
            Text("Buyer", "采购人"),
            hint=Text("Its unified social credit code or Chinese name", "统一社会信用代码或者单位名称"),
        ),
        Column("year", Text("Year", "年度"), "number", longest=8),
        Column("code", Text("Code", "项目代码"), longest=40),
        Column("name_zh", Text("Chinese name", "项目名称")),
        Column("name_en", Text("English name", "英文名称"), required=False),
        Column("category", Text("Category", "预算科目"), longest=40),
        Column("amount", Text("Amount (yuan)", "金额（元）"), "amount", longest=30),
        Column("funds", Text("Funds", "资金性质"), "choice", choices=budgets.FUNDS, default="fiscal"),
    ),
    key=("buyer", "year", "code"),
    find=_find,
    check=_check,
    enter=_enter,
    identify=_identify,
    examples=_examples,
    of_organisation=True,
)
"""What finance departments enter."""
