"""The procurement plan: lots, ceilings, reservations, the survey, and the method with its legal ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Invalid, Refusal, RuleBroken, Several
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement import rules
from app.procurement.projects import catalogue, intentions
from app.procurement.projects.intentions import Intention
from app.procurement.projects.lives import get, lock
from app.procurement.projects.records import BudgetLine, Item, Lot, Project, ProjectState


class LotsOverBudget(RuleBroken):
    """The lots' budgets come to more than the project's budget (Sichuan's typical error 5; GPL 6)."""

    text = Text(
        "The lots add up to ¥%(sum)s. The project budget is ¥%(budget)s.",
        "各采购包预算合计%(sum)s元，超过项目预算%(budget)s元。",
    )
    statute = "GPL 6"


class CeilingOverBudget(RuleBroken):
    """A ceiling price lies above the lot's budget (O87 12)."""

    text = Text("The ceiling of lot %(lot)s is above its budget.", "采购包%(lot)s的最高限价超过其预算。")


class LotItemsOverBudget(RuleBroken):
    """A lot's items are estimated higher than the lot's budget."""

    text = Text(
        "The items of lot %(lot)s are estimated at ¥%(sum)s, above its budget.",
        "采购包%(lot)s的标的预计金额%(sum)s元超过其预算。",
    )
    statute = "GPL 6"


class LotsInvalid(Invalid):
    """Lots must be numbered once each, and every item belongs to exactly one of them (N22 17)."""

    text = Text("%(why)s", "%(why)s")
    statute = "N22 17"


class NoticeDayPassed(Invalid):
    """The wanted notice day lies in the past."""

    text = Text("The planned date of the tender notice has passed.", "拟定的公告日期已过。")


class SurveyMissing(RuleBroken):
    """A demand survey is a duty from this amount on (N22 11)."""

    text = Text(
        "Projects of ¥%(limit)s or more need market research. Describe it.",
        "%(limit)s元以上项目应当开展需求调查，请填写。",
    )
    statute = "N22 11"


@dataclass(frozen=True)
class PlannedLot:
    """A lot as it is planned; ``sme_mode`` is ``none`` or ``reserved``."""

    number: int
    name: Text
    budget: Decimal
    ceiling: Decimal | None = None
    sme_mode: str = "none"
    sme_reason: str = ""


@dataclass(frozen=True)
class Warning:
    """Something a person should look at before going on; it doesn't stop the act."""

    code: str
    text: Text
    statute: str


def propose_lots(session: Session, project: Project) -> tuple[list[PlannedLot], dict[str, int]]:
    """Lots to start the plan from, and the lot number of each item id: one lot for each class of the catalogue.

    The class is the catalogue code's first three characters; what is bought together by its nature stays together
    (N22 17). A lot below the limit is proposed as reserved for smaller enterprises (N46 7).
    """
    classes = list(dict.fromkeys(item.code[:3] for item in project.items))
    items = {item.id: classes.index(item.code[:3]) + 1 for item in project.items}
    limit = rules.law(session, project).value("sme_reservation_limit")
    mode = "reserved" if project.estimate <= limit else "none"
    lots = []
    for number in range(1, len(classes) + 1):
        inside = [item for item in project.items if items[item.id] == number]
        name = project.title if len(classes) == 1 else Text(inside[0].name, inside[0].name)
        budget = sum((_value(item) for item in inside), Decimal(0))
        lots.append(PlannedLot(number, name, budget, budget, mode))
    return lots, items


def plan(
    session: Session,
    actor: Actor,
    *,
    project_id: str,
    review_method: str,
    grounds: str,
    notice_on: date,
    lots: Sequence[PlannedLot],
    items: Mapping[str, int],
    contract_plan: str,
    survey: str = "",
    survey_respondents: int | None = None,
    risk_plan: str = "",
    centralised: str | None = None,
    catalogue_reasons: str = "",
    intention: Intention | None = None,
    core_item_ids: Sequence[str] = (),
) -> Project:
    """Plan a filed project: its lots, and the lot number of each item id. Planning again replaces the lots.

    ``centralised``: one of ``catalogue.ANSWERS``; another than the catalogue's rows propose needs its reasons.
    Raises the refusals of this module (several as Several), RoleMissing or NotInThisState.
    """
    project = lock(session, project_id, states=[ProjectState.FILED, ProjectState.PLANNED])
    roles.require(actor, "buyer-handler", project.buyer_id)
    problems = [
        *_lot_problems(project, lots, items),
        *_budget_problems(rules.law(session, project), project, lots, items),
        *_plan_problems(session, project, notice_on, survey),
        *catalogue.problems(session, project, centralised, catalogue_reasons),
        *intentions.problems(session, project, intention, notice_on),
    ]
    if problems:
        raise problems[0] if len(problems) == 1 else Several(problems)
    _replace_lots(session, project, lots, items, core_item_ids)
    project.review_method, project.grounds, project.notice_on = review_method, grounds, notice_on
    project.survey_respondents = survey_respondents
    catalogue.record(project, centralised, catalogue_reasons)
    intentions.record(project, intention)
    project.survey, project.contract_plan, project.risk_plan = survey, contract_plan, risk_plan
    project.state, project.planner_id, project.planned_at = ProjectState.PLANNED, actor.id, clock.now(session)
    project.method = None
    facts = {"lots": [str(lot.budget) for lot in lots], "review_method": review_method, "notice_on": str(notice_on)}
    facts |= catalogue.facts(session, project) | intentions.facts(project)
    journal.write(session, actor, case=project.id, act="projects.plan", facts=facts)
    return project


def _lot_problems(project: Project, lots: Sequence[PlannedLot], items: Mapping[str, int]) -> list[Refusal]:
    numbers = [lot.number for lot in lots]
    whys = []
    if not lots or len(set(numbers)) < len(numbers):
        whys.append(Text("Use each lot number once, without gaps.", "采购包编号不得缺少或重复。"))
    if {item.id for item in project.items} != set(items):
        whys.append(Text("Put every item of the project into exactly one lot.", "每项采购标的须且仅须归入一个采购包。"))
    if set(items.values()) - set(numbers):
        whys.append(Text("An item is in a lot that does not exist.", "有标的归入了不存在的采购包。"))
    empty = set(numbers) - set(items.values())
    if empty:
        whys.append(Text(f"Lot {min(empty)} has no items.", f"采购包{min(empty)}没有采购标的。"))
    return [LotsInvalid(field="lots", why=why) for why in whys]


def _budget_problems(
    law: rules.Law, project: Project, lots: Sequence[PlannedLot], items: Mapping[str, int]
) -> list[Refusal]:
    problems: list[Refusal] = []
    total = sum((lot.budget for lot in lots), Decimal(0))
    if total > project.estimate:
        problems.append(LotsOverBudget(field="lots", sum=f"{total:,.2f}", budget=f"{project.estimate:,.2f}"))
    for lot in lots:
        if lot.ceiling is not None and lot.ceiling > lot.budget:
            problems.append(CeilingOverBudget(field="lots", lot=lot.number, under=law))
        value = sum((_value(item) for item in project.items if items.get(item.id) == lot.number), Decimal(0))
        if value > lot.budget:
            problems.append(LotItemsOverBudget(field="lots", lot=lot.number, sum=f"{value:,.2f}"))
    return problems


def _value(item: Item) -> Decimal:
    return (item.quantity * item.unit_price).quantize(Decimal("0.01"))


def _plan_problems(session: Session, project: Project, notice_on: date, survey: str) -> list[Refusal]:
    problems: list[Refusal] = []
    today = local_day(clock.now(session))
    if notice_on < today:
        problems.append(NoticeDayPassed(field="notice_on"))
    limit = rules.law(session, project).value("survey_limit")
    if project.estimate >= limit and not survey.strip():
        problems.append(SurveyMissing(field="survey", limit=f"{limit:,.0f}"))
    return problems


def _replace_lots(
    session: Session,
    project: Project,
    lots: Sequence[PlannedLot],
    items: Mapping[str, int],
    core_item_ids: Sequence[str],
) -> None:
    for item in project.items:
        item.lot_id = None
    session.flush()
    for old in list(project.lots):
        session.delete(old)
    session.flush()
    session.expire(project, ["lots"])
    by_number = {}
    for planned in lots:
        by_number[planned.number] = lot = Lot(
            project_id=project.id,
            number=planned.number,
            name_zh=planned.name.zh,
            name_en=planned.name.en,
            budget=planned.budget,
            ceiling=planned.ceiling,
            currency=project.currency,
            sme_mode=planned.sme_mode,
            sme_reason=planned.sme_reason,
        )
        session.add(lot)
    session.flush()
    for item in project.items:
        item.lot_id = by_number[items[item.id]].id
        item.is_core = item.id in core_item_ids
    session.flush()
    session.expire(project, ["lots"])
    for lot in by_number.values():
        session.expire(lot.project, ["items"])


def warnings(session: Session, project_id: str) -> list[Warning]:
    """What a person should look at in a plan: splitting (IR 28), a survey of too few (N22 10), reservations for smaller
    enterprises (N46 7-8), an intention that comes too late."""
    project = get(session, project_id)
    return [
        *_splitting(session, project),
        *_survey(session, project),
        *_reservations(session, project),
        *_core_products(session, project),
        *_intention(session, project),
    ]


def _splitting(session: Session, project: Project) -> list[Warning]:
    """Several purchases of one kind on one budget line, by other methods than the main one, together above its threshold."""
    law = rules.law(session, project)
    line = session.get_one(BudgetLine, project.budget_line_id)
    categories = {item.code[:3] for item in project.items}
    siblings = session.scalars(
        select(Project)
        .join(BudgetLine, Project.budget_line_id == BudgetLine.id)
        .where(
            Project.buyer_id == project.buyer_id,
            BudgetLine.year == line.year,
            BudgetLine.category == line.category,
            Project.id != project.id,
            Project.method.is_not(None),
            Project.method != law.main.id,
        )
    )
    similar = [other for other in siblings if categories & {item.code[:3] for item in other.items}]
    if not similar or project.method == law.main.id:
        return []
    total = project.estimate + sum((other.estimate for other in similar), Decimal(0))
    if total <= law.threshold.value:
        return []
    main = law.main.within
    numbers = ", ".join(other.number for other in similar)
    text = Text(
        f"With {numbers} this adds up to ¥{total:,.2f} for one kind of purchase in one year, above the {main.en} threshold.",
        f"与{numbers}合计，同一年度同类采购达{total:,.2f}元，超过{main.zh}数额标准。",
    )
    return [Warning("splitting", text, "IR 28")]


def _reservations(session: Session, project: Project) -> list[Warning]:
    limit = rules.law(session, project).value("sme_reservation_limit")
    open_lots = [lot for lot in project.lots if lot.sme_mode == "none" and not lot.sme_reason]
    if not open_lots:
        return []
    if project.estimate > limit:
        return _reserved_share(session, project)
    text = Text(
        f"Purchases of up to ¥{limit:,.0f} that suit small and medium enterprises must be reserved for them. Give a reason if this lot is not.",
        f"{limit:,.0f}元以下且适宜由中小企业提供的，应当专门面向中小企业采购；不预留的须说明原因。",
    )
    return [Warning("sme-reservation", text, "N46 7")]


def _reserved_share(session: Session, project: Project) -> list[Warning]:
    """Above the limit a share of the budget is reserved, of what suits smaller enterprises (N46 8)."""
    share = rules.law(session, project).value("sme_reservation_share")
    suited = [lot for lot in project.lots if not lot.sme_reason]
    budget = sum((lot.budget for lot in suited), Decimal(0))
    reserved = sum((lot.budget for lot in suited if lot.sme_mode == "reserved"), Decimal(0))
    if reserved >= budget * share:
        return []
    percent = f"{(share * 100).normalize():f}%"
    text = Text(
        f"At least {percent} of the budget for what suits small and medium enterprises must be reserved for them. Reserve lots, or give the reason for each lot that does not suit them.",
        f"适宜由中小企业提供的部分，应当预留其预算总额的{percent}以上专门面向中小企业采购；不适宜的采购包须说明原因。",
    )
    return [Warning("sme-reserved-share", text, "N46 8")]


def _survey(session: Session, project: Project) -> list[Warning]:
    if not project.survey.strip():
        return []
    rule = rules.law(session, project).rule("survey_respondents")
    if (project.survey_respondents or 0) >= rule.count:
        return []
    text = Text(
        f"The market research should ask at least {rule.count} companies or others. Enter how many were asked.",
        f"需求调查对象一般不少于{rule.count}个，并应当具有代表性，请填写调查对象个数。",
    )
    return [Warning("survey-respondents", text, rule.citation)]


def _intention(session: Session, project: Project) -> list[Warning]:
    """The day by which the intention had to be public lay in the past when the plan was made, and the plan doesn't say
    when it was published, or why none is due."""
    if project.notice_on is None or project.planned_at is None or project.intention:
        return []
    rule = intentions.period(session, project, on=project.notice_on)
    last = rule.first_day(workdays.load(session), project.notice_on)
    if last >= local_day(project.planned_at):
        return []
    on, wanted = dates.day(last), dates.day(project.notice_on)
    text = Text(
        f"For a notice on {wanted.en} the intention had to be published by {on.en}, which had passed when this was "
        "planned, and the plan does not say when it was published. Say so there, choose a later day for the notice, or say "
        "why none is due.",
        f"拟于{wanted.zh}发布招标公告，采购意向应当不晚于{on.zh}公开，编制计划时该日期已过，且采购计划未填写公开情况。请填写公开日期、推迟公告日期，或者说明无须公开的理由。",
    )
    return [Warning("intention", text, rule.citation)]


def _core_products(session: Session, project: Project) -> list[Warning]:
    article = rules.law(session, project).article("core-product")
    if project.object != "goods" or article is None:
        return []
    open_lots = [lot.number for lot in project.lots if len(lot.items) > 1 and not any(i.is_core for i in lot.items)]
    return [
        Warning(
            "core-product",
            Text(
                f"Lot {number} has several products. Choose the core product.",
                f"采购包{number}为非单一产品采购，请确定核心产品。",
            ),
            article,
        )
        for number in open_lots
    ]
