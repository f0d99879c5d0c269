"""Budget lines: a finance department enters and changes those of the buyers it supervises; what is bound can't be cut."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import journal
from app.foundation.actor import Actor
from app.foundation.errors import NotFound, RuleBroken
from app.foundation.journal import JournalEntry
from app.foundation.text import Text
from app.identity import organisations, roles
from app.identity.organisations import Organisation
from app.procurement.projects.applications import committed
from app.procurement.projects.records import BudgetLine, Project

FUNDS = {
    "fiscal": Text("General public budget", "一般公共预算资金"),
    "special": Text("Special funds", "专项资金"),
    "own": Text("Own funds", "自有资金"),
}
"""Where a line's money comes from."""

CHANGEABLE = ("name_zh", "name_en", "category", "amount", "funds")


class BudgetLineMissing(NotFound):
    """There is no such budget line, or not one of a buyer this department supervises."""

    text = Text("There is no such budget line.", "没有该预算项目。")


class CutBelowBound(RuleBroken):
    """Live projects have bound more of the line than the new amount (GPL 6)."""

    text = Text(
        "Current projects use ¥%(bound)s of this budget line. You cannot reduce it below that.",
        "在办项目已占用该预算项目%(bound)s元，不得调减至该数额以下。",
    )
    statute = "GPL 6"


def enter_line(
    session: Session,
    actor: Actor,
    *,
    finance_id: str,
    buyer_id: str,
    year: int,
    code: str,
    name: Text,
    category: str,
    amount: Decimal,
    funds: str,
) -> BudgetLine:
    """Enter a budget line, or change the one that this buyer, year and code name.

    :raises CutBelowBound:
    """
    roles.require(actor, "finance-officer", finance_id)
    buyer = organisations.get(session, buyer_id, kind="buyer")
    if buyer.supervisor_id != finance_id:
        raise BudgetLineMissing
    if funds not in FUNDS:
        raise ValueError(f"unknown funds: {funds}")
    line = line_of(session, buyer_id, year, code, lock=True)
    is_new = line is None
    if line is None:
        line = BudgetLine(organisation_id=buyer_id, year=year, code=code)
    elif amount < (bound := committed(session, line.id)):
        raise CutBelowBound(field="amount", bound=f"{bound:,.2f}")
    before = {} if is_new else {name: str(getattr(line, name)) for name in CHANGEABLE}
    line.name_zh, line.name_en, line.category, line.amount, line.funds = name.zh, name.en, category, amount, funds
    session.add(line)
    session.flush()
    after = {name: str(getattr(line, name)) for name in CHANGEABLE}
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    facts = {"buyer": buyer_id, "year": year, "code": code, "changed": changed}
    journal.write(
        session, actor, case=f"budget:{line.id}", act=f"budgets.{'enter' if is_new else 'change'}", facts=facts
    )
    return line


def line_of(session: Session, buyer_id: str, year: int, code: str, *, lock: bool = False) -> BudgetLine | None:
    """The line that a buyer's budget of a year has under a code."""
    statement = select(BudgetLine).where(
        BudgetLine.organisation_id == buyer_id, BudgetLine.year == year, BudgetLine.code == code
    )
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def lines_of(session: Session, finance_id: str, *, year: int | None = None, buyer_id: str = "") -> list[BudgetLine]:
    """The lines of the buyers that a department supervises, the latest year first."""
    statement = (
        select(BudgetLine)
        .join(Organisation, Organisation.id == BudgetLine.organisation_id)
        .where(Organisation.supervisor_id == finance_id)
        .order_by(BudgetLine.year.desc(), Organisation.name_zh, BudgetLine.code)
    )
    if year is not None:
        statement = statement.where(BudgetLine.year == year)
    if buyer_id:
        statement = statement.where(BudgetLine.organisation_id == buyer_id)
    return list(session.scalars(statement))


def get_line(session: Session, finance_id: str, line_id: str) -> BudgetLine:
    """A line of a buyer that this department supervises.

    :raises BudgetLineMissing:
    """
    line = session.get(BudgetLine, line_id)
    if line is None or organisations.get(session, line.organisation_id).supervisor_id != finance_id:
        raise BudgetLineMissing
    return line


def projects_on(session: Session, line_id: str) -> list[Project]:
    """The projects on a line, the latest first."""
    return list(
        session.scalars(select(Project).where(Project.budget_line_id == line_id).order_by(Project.number.desc()))
    )


def history_of(session: Session, line_id: str) -> list[JournalEntry]:
    """What was done with a line, the latest first."""
    return list(reversed(journal.of_case(session, f"budget:{line_id}")))
