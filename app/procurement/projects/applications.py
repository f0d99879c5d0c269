"""The application: what is needed, on which budget line; the buyer's review; the finance department's filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Exact
from app.foundation.errors import Invalid, NotAllowed, RuleBroken
from app.foundation.money import Money
from app.foundation.text import Text
from app.identity import organisations, roles
from app.procurement.projects.lives import GIVEN_UP, lock, next_number
from app.procurement.projects.records import BudgetLine, Item, Lot, Project, ProjectReview, ProjectState

OBJECTS = ("goods", "services", "works")
RELEASING = ("another_procedure", "terminated", "failed")
"""Outcomes of a project that give its budget back."""


class OverBudget(RuleBroken):
    """The items cost more than is left on the budget line (GPL 6, GPL 33)."""

    text = Text(
        "The items add up to ¥%(estimate)s. The balance of this budget line is ¥%(left)s.",
        "采购标的合计%(estimate)s元，该预算项目可用余额为%(left)s元。",
    )
    statute = "GPL 6"


class BudgetLineUnknown(Invalid):
    """There is no such line in this buyer's budget."""

    text = Text("This budget line does not belong to your organisation.", "该预算项目不属于本单位。")


class ItemsMissing(Invalid):
    """An application must say what is bought."""

    text = Text("Enter at least one item.", "请至少填写一项采购标的。")


class ItemInvalid(Invalid):
    """A quantity must be more than nothing, a price not less."""

    text = Text("Item %(position)s has an invalid quantity or unit price.", "第%(position)s项的数量或单价无效。")


class SamePerson(NotAllowed):
    """Who prepared it may not decide on it (GPL 61, N22 32)."""

    text = Text(
        "You prepared this yourself. Someone else must decide on it.",
        "您是本事项的经办人，须由其他人员审核。",
    )
    statute = "N22 32"


class ReasonsMissing(Invalid):
    """Who returns something says why."""

    text = Text("Enter the reasons.", "请填写理由。")


class NoFinanceDepartment(RuleBroken):
    """The buyer has no finance department that supervises it (GPL 13)."""

    text = Text(
        "No finance department is registered as your organisation's supervisor. Ask an administrator to add it.",
        "尚未登记本单位的监管财政部门，请联系系统管理员登记。",
    )
    statute = "GPL 13"


@dataclass(frozen=True)
class NewItem:
    """An item of an application: catalogue code, name, quantity, unit and estimated unit price in yuan."""

    code: str
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        """Quantity times price, rounded to cents."""
        return Money(Decimal(self.quantity) * Decimal(self.unit_price)).amount


def apply(
    session: Session,
    actor: Actor,
    *,
    budget_line_id: str,
    title: Text,
    object: str,
    funds: str,
    need: str,
    items: Sequence[NewItem],
    attachments: Sequence[str] = (),
    project_id: str | None = None,
) -> Project:
    """Apply for a project, or apply again for a returned one (``project_id``).

    :raises OverBudget:
    :raises BudgetLineUnknown:
    :raises ItemsMissing:
    :raises ItemInvalid:
    :raises RoleMissing:
    :raises NotInThisState:
    """
    line = session.get(BudgetLine, budget_line_id, with_for_update=True)
    if line is None or line.organisation_id != actor.organisation_id:
        raise BudgetLineUnknown(field="budget_line")
    roles.require(actor, "buyer-handler", line.organisation_id)
    if object not in OBJECTS:
        raise ValueError(f"unknown object: {object}")
    estimate = _checked_total(items)
    left = line.amount - committed(session, line.id, without=project_id)
    if estimate > left:
        raise OverBudget(field="budget_line", estimate=f"{estimate:,.2f}", left=f"{left:,.2f}")
    if project_id is None:
        project = _opened(session, line)
    else:
        project = lock(session, project_id, states=[ProjectState.RETURNED])
    project.budget_line_id, project.currency = line.id, line.currency
    project.title_zh, project.title_en = title.zh, title.en
    project.object, project.funds, project.need = object, funds, need
    project.attachments, project.estimate = list(attachments), estimate
    project.state, project.applicant_id, project.applied_at = ProjectState.APPLIED, actor.id, clock.now(session)
    _enter_items(session, project, items)
    facts = {"number": project.number, "estimate": str(estimate), "budget_line": line.code, "items": len(items)}
    journal.write(session, actor, case=project.id, act="projects.apply", facts=facts)
    return project


def _opened(session: Session, line: BudgetLine) -> Project:
    buyer = organisations.get(session, line.organisation_id, kind="buyer")
    if buyer.supervisor_id is None:
        raise NoFinanceDepartment
    finance = organisations.get(session, buyer.supervisor_id, kind="finance")
    number = next_number(session, finance.short_code or "P")
    project = Project(number=number, buyer_id=buyer.id, finance_id=finance.id)
    session.add(project)
    return project


def _checked_total(items: Sequence[NewItem]) -> Decimal:
    if not items:
        raise ItemsMissing(field="items")
    for position, item in enumerate(items, 1):
        if item.quantity <= 0 or item.unit_price < 0:
            raise ItemInvalid(field="items", position=position)
    return sum((item.total for item in items), Decimal(0))


def _enter_items(session: Session, project: Project, items: Sequence[NewItem]) -> None:
    session.flush()
    for old in list(project.items):
        session.delete(old)
    session.flush()
    session.expire(project, ["items"])
    for position, item in enumerate(items, 1):
        session.add(
            Item(
                project_id=project.id,
                position=position,
                code=item.code,
                name=item.name,
                quantity=Decimal(item.quantity),
                unit=item.unit,
                unit_price=Decimal(item.unit_price),
            )
        )
    session.flush()
    session.expire(project, ["items"])


def committed(session: Session, budget_line_id: str, *, without: str | None = None) -> Decimal:
    """What live projects bind on a budget line."""
    return commitments(session, [budget_line_id], without=without)[budget_line_id]


def commitments(session: Session, budget_line_ids: Sequence[str], *, without: str | None = None) -> dict[str, Decimal]:
    """What live projects bind on each of some budget lines.

    One that went over to another procedure, failed or was given up binds nothing, and a lot that failed or was
    cancelled frees its part: the procurement is organised anew (GPL 37). A lot with a contract binds what that owes.
    """
    binding = (
        Project.budget_line_id.in_(budget_line_ids),
        Project.outcome.not_in(RELEASING),
        Project.id != (without or ""),
    )
    line = Project.budget_line_id
    estimates = select(line, func.sum(Project.estimate)).where(*binding).group_by(line)
    rest = Lot.budget - func.coalesce(Lot.contracted, Lot.budget)
    left = func.sum(case((Lot.state.in_(GIVEN_UP), Lot.budget), else_=rest))
    unused = select(line, type_coerce(left, Exact(2))).join(Lot.project).where(*binding).group_by(line)
    bound, freed = dict(session.execute(estimates).all()), dict(session.execute(unused).all())
    none = Decimal(0)
    return {each: (bound.get(each) or none) - (freed.get(each) or none) for each in budget_line_ids}


def review(session: Session, actor: Actor, *, project_id: str, decision: str, reasons: str = "") -> ProjectReview:
    """The buyer's own review: ``approve`` or ``return``.

    :raises SamePerson: for the applicant (N22 32)
    """
    project = lock(session, project_id, states=[ProjectState.APPLIED])
    roles.require(actor, "buyer-reviewer", project.buyer_id)
    if actor.id == project.applicant_id:
        raise SamePerson
    passed = _is_pass(decision, "approve", reasons)
    project.state = ProjectState.REVIEWED if passed else ProjectState.RETURNED
    return _decided(session, actor, project, "review", decision, reasons)


def file(session: Session, actor: Actor, *, project_id: str, decision: str, reasons: str = "") -> ProjectReview:
    """The finance department files the application (``file``) or returns it (IR 29)."""
    project = lock(session, project_id, states=[ProjectState.REVIEWED])
    roles.require(actor, "finance-officer", project.finance_id)
    if _is_pass(decision, "file", reasons):
        project.state, project.filed_at = ProjectState.FILED, clock.now(session)
    else:
        project.state = ProjectState.RETURNED
    return _decided(session, actor, project, "filing", decision, reasons)


def _is_pass(decision: str, word: str, reasons: str) -> bool:
    if decision not in (word, "return"):
        raise ValueError(f"unknown decision: {decision}")
    if decision == "return" and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    return decision == word


def _decided(session: Session, actor: Actor, project: Project, kind: str, decision: str, reasons: str) -> ProjectReview:
    record = ProjectReview(
        project_id=project.id,
        kind=kind,
        decision=decision,
        reasons=reasons,
        account_id=actor.id,
        decided_at=clock.now(session),
    )
    session.add(record)
    act = "projects.review" if kind == "review" else "projects.file"
    journal.write(session, actor, case=project.id, act=act, facts={"decision": decision, "reasons": reasons})
    return record
