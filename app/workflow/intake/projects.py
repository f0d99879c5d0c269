"""The forms of a project: the application, its review and its filing, the plan and the method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.engine.acts import IntakeContext, Value
from app.foundation import workdays
from app.foundation.money import in_figures
from app.foundation.text import Text
from app.foundation.workdays import Sense, local_day
from app.procurement import projects, rules
from app.procurement.projects import BudgetLine, PlanItem, Project, ProjectState, plan_items
from app.procurement.rules import laws, methods
from app.procurement.tenders.numbers import plain
from app.workflow import catalogues, facts, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS
from app.workflow.values import (
    BUDGET,
    BUYER,
    FINANCE,
    GROUNDS,
    IN_CATALOGUE,
    METHOD,
    METHOD_PROPOSAL,
    NUMBER,
    OBJECT,
    PROCUREMENT_LIMIT,
    PROJECT,
    THRESHOLD,
)

# -- the application


@ACTS.act(
    "projects.apply",
    name=Text("Apply for the project", "提交项目申请"),
    form="apply",
    needs=[PROJECT.optional()],
    gives=[PROJECT, NUMBER, BUYER, FINANCE],
    states=[standings.project(standings.ABSENT, ProjectState.RETURNED, leaves=[ProjectState.APPLIED])],
)
def _apply(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    project = plan_items.apply(
        context.session,
        context.actor,
        budget_line_id=values["budget_line"],
        title=Text(values.get("title_en") or values["title"], values["title"]),
        object=values["object"],
        funds=values["funds"],
        need=values["need"],
        items=[
            projects.NewItem(
                row["code"], row["name"], Decimal(row["quantity"]), row["unit"], Decimal(row["unit_price"])
            )
            for row in values.get("items") or ()
        ],
        plan_item_ids=values.get("plan_items") or (),
        attachments=values.get("attachments") or (),
        project_id=context.variables.get("project_id"),
    )
    context.instance.business_key = project.number
    return {
        "project_id": project.id,
        "project_number": project.number,
        "buyer_id": project.buyer_id,
        "finance_id": project.finance_id,
    }


@ACTS.prepares("apply")
def _prepare_apply(context: IntakeContext) -> Mapping[str, Any]:
    project_id = context.variables.get("project_id")
    statement = (
        select(BudgetLine)
        .where(
            BudgetLine.organisation_id == context.actor.organisation_id,
            BudgetLine.year >= local_day(context.now).year,
        )
        .order_by(BudgetLine.year, BudgetLine.code)
    )
    lines = context.session.scalars(statement).all()
    bound = projects.commitments(context.session, [line.id for line in lines], without=project_id)
    choices = []
    for line in lines:
        left = line.amount - bound[line.id]
        choices.append(
            (
                line.id,
                Text(
                    f"{line.code} {line.name.en}: {in_figures(left, line.currency)} left",
                    f"{line.code} {line.name.zh}：余额{left:,.2f}元",
                ),
            )
        )
    planned = plan_items.open_to(context.session, context.actor.organisation_id or "", project_id)
    prepared: dict[str, Any] = {
        "options": {"budget_lines": choices, "plan_items": [_planned(item) for item in planned]}
    }
    if project_id:
        project = projects.get(context.session, project_id)
        carried_out = [item.id for item in planned if item.project_id == project_id]
        prepared |= {
            "values": {**_as_applied(project), "plan_items": carried_out},
            "notes": facts.of_returns(context.session, project)[-1:],
        }
    return prepared


def _planned(item: PlanItem) -> tuple[str, Text]:
    """A plan item as a choice."""
    line, quantity = item.budget_line, plain(item.quantity)
    return item.id, Text(
        f"{line.code} {item.number}: {item.name}, {quantity} {item.unit}, {in_figures(item.total, line.currency)}",
        f"{line.code} {item.number}：{item.name}，{quantity}{item.unit}，{item.total:,.2f}元",
    )


def _as_applied(project: Project) -> Mapping[str, Any]:
    """The application as it stands, for whoever corrects it."""
    return {
        "title": project.title_zh,
        "title_en": project.title_en,
        "object": project.object,
        "budget_line": project.budget_line_id,
        "funds": project.funds,
        "need": project.need,
        "items": [
            {
                "code": item.code,
                "name": item.name,
                "quantity": item.quantity.normalize(),
                "unit": item.unit,
                "unit_price": item.unit_price,
            }
            for item in project.items
        ],
        "attachments": list(project.attachments),
    }


def _project(context: IntakeContext) -> Project:
    return projects.get(context.session, context.variables["project_id"])


@ACTS.prepares("review_application", "file_application")
def _prepare_review(context: IntakeContext) -> Mapping[str, Any]:
    project = _project(context)
    shown = [
        *facts.of_project(context.session, project),
        (Text("Applied for by", "申请人"), facts.person(context.session, project.applicant_id or "")),
        *facts.of_returns(context.session, project),
    ]
    return {"facts": shown, "documents": list(project.attachments)}


@ACTS.act(
    "projects.review",
    name=Text("Review the application", "审核项目申请"),
    form="review_application",
    needs=[PROJECT],
    gives=[Value("review_decision", label=Text("Decision of the review", "审核意见"))],
    states=[standings.project(ProjectState.APPLIED, leaves=[ProjectState.REVIEWED, ProjectState.RETURNED])],
)
def _review(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    projects.review(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {"review_decision": values["decision"]}


@ACTS.act(
    "projects.file",
    name=Text("File the application", "备案项目申请"),
    form="file_application",
    needs=[PROJECT],
    gives=[Value("filing_decision", label=Text("Decision of the filing", "备案意见"))],
    states=[standings.project(ProjectState.REVIEWED, leaves=[ProjectState.FILED, ProjectState.RETURNED])],
)
def _file(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    projects.file(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {"filing_decision": values["decision"]}


# -- the plan


@ACTS.act(
    "projects.plan",
    name=Text("Plan the procurement", "编制采购实施计划"),
    form="plan",
    needs=[PROJECT],
    gives=[OBJECT, BUDGET, PROCUREMENT_LIMIT, IN_CATALOGUE, GROUNDS, THRESHOLD],
    states=[standings.project(ProjectState.FILED, ProjectState.PLANNED, leaves=[ProjectState.PLANNED])],
)
def _plan(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    project = projects.plan(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        review_method=values["review_method"],
        grounds=values["grounds"],
        notice_on=values["notice_on"],
        lots=[
            projects.PlannedLot(
                row["number"],
                Text(row.get("name_en") or row["name"], row["name"]),
                Decimal(row["budget"]),
                None if row.get("ceiling") is None else Decimal(row["ceiling"]),
                row["sme_mode"],
                row.get("sme_reason") or "",
            )
            for row in values["lots"]
        ],
        items={row["item_id"]: row["lot"] for row in values["items"]},
        contract_plan=values["contract_plan"],
        survey=values.get("survey") or "",
        survey_respondents=values.get("survey_respondents"),
        risk_plan=values.get("risk_plan") or "",
        centralised=values.get("catalogue") or None,
        catalogue_reasons=values.get("catalogue_reasons") or "",
        core_item_ids=[row["item_id"] for row in values["items"] if row.get("is_core")],
        intention=_intention(values),
    )
    limit, threshold = projects.procurement_limit(context.session, project), _law(context, project).threshold
    return {
        "object": project.object,
        "budget": project.estimate,
        "procurement_limit": None if limit is None else limit.value,
        "in_catalogue": project.in_catalogue,
        "grounds": project.grounds,
        THRESHOLD.name: threshold.value,
    }


def _intention(values: Mapping[str, Any]) -> projects.Intention | None:
    if not values.get("intention"):
        return None
    told = (values.get(f"intention_{name}") for name in ("on", "address", "reasons"))
    on, address, reasons = told
    return projects.Intention(values["intention"], on, address or "", reasons or "")


@ACTS.prepares("plan")
def _prepare_plan(context: IntakeContext) -> Mapping[str, Any]:
    project = _project(context)
    lots, lot_of = projects.propose_lots(context.session, project)
    rows = [
        {
            "number": lot.number,
            "name": lot.name.zh,
            "name_en": lot.name.en,
            "budget": lot.budget,
            "ceiling": lot.ceiling,
            "sme_mode": lot.sme_mode,
        }
        for lot in lots
    ]
    items = [
        {
            "item_id": item.id,
            "item": f"{item.code} {item.name} {item.quantity.normalize():f} {item.unit}",
            "lot": lot_of[item.id],
            "is_core": sum(other == lot_of[item.id] for other in lot_of.values()) == 1,
        }
        for item in project.items
    ]
    today = local_day(context.now)
    tomorrow = workdays.load(context.session).next_working_day(today + workdays.ONE_DAY)
    values = {
        "review_method": "comprehensive",
        "grounds": "none",
        "notice_on": Sense.DUTY.last_day(tomorrow),
        "lots": rows,
        "items": items,
        **catalogues.proposed(context.session, project),
    }
    limits = [
        facts.of_rule(_law(context, project).threshold),
        _limit(context, project),
        *(
            facts.of_rule(_law(context, project).rule(name))
            for name in ("sme_reservation_limit", "survey_limit", "intention_period")
        ),
    ]
    proposal = catalogues.of_proposal(context.session, project)
    return {
        "values": values,
        "facts": [*facts.of_project(context.session, project), *limits, *proposal],
        "documents": list(project.attachments),
    }


def _limit(context: IntakeContext, project: Project) -> Fact:
    """From which amount the law applies, or that nobody has entered it for the region."""
    rule = projects.procurement_limit(context.session, project)
    if rule is not None:
        return facts.of_rule(rule)
    return (
        Text("Government procurement from", "分散采购限额标准"),
        Text("the limit of your region has not been entered", "尚未录入本地区限额标准"),
    )


def _law(context: IntakeContext, project: Project) -> rules.Law:
    return rules.law(context.session, project)


# -- the method


@ACTS.act(
    "projects.confirm_method",
    name=Text("Choose the method", "确定采购方式"),
    form="confirm_method",
    needs=[PROJECT, METHOD_PROPOSAL, BUDGET, THRESHOLD],
    gives=[METHOD],
    states=[standings.project(ProjectState.PLANNED)],
)
def _confirm_method(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    proposal, method = context.variables["method_proposal"], values["method"]
    as_proposed = proposal["method"] == method
    projects.record_method(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        method=method,
        legal_ground=proposal["legal_ground"] if as_proposed else "",
        approval_needed=_needs_approval(context, method),
        approval=values.get("approval") or "",
        reasons=values.get("reasons") or "",
        proposed=proposal["method"],
    )
    return {"method": method}


def _needs_approval(context: IntakeContext, method: str) -> bool:
    """From the main method's threshold on, any other one needs the finance department's approval (GPL 27)."""
    main = _law(context, _project(context)).main
    above = Decimal(context.variables["budget"]) >= Decimal(context.variables[THRESHOLD.name])
    return above and method not in (main.id, projects.OUTSIDE)


@ACTS.prepares("confirm_method")
def _prepare_method(context: IntakeContext) -> Mapping[str, Any]:
    project, proposal = _project(context), context.variables["method_proposal"]
    named = {**methods.names(), projects.OUTSIDE: Text("Not government procurement", "不属于政府采购")}
    nothing = Text("nothing: the method is yours to decide", "无法建议，请自行确定")
    method = facts.named(named, proposal["method"]) if proposal["method"] else nothing
    approval = Text("needed", "须报批") if proposal.get("approval_needed") else Text("not needed", "无须报批")
    shown = [
        (Text("Proposed by the decision table", "决策表建议"), method),
        (Text("Legal ground", "法律依据"), laws.citation(proposal["legal_ground"])),
        (Text("Approval by the finance department", "财政部门批准"), approval),
        facts.of_rule(_law(context, project).threshold),
        _limit(context, project),
        *facts.of_project(context.session, project),
        *facts.of_plan(context.session, project),
    ]
    return {
        "values": {"method": proposal["method"]} if proposal["method"] else {},
        "notes": _undecided(proposal, _law(context, project).main.within),
        "facts": shown,
    }


@beside
def _undecided(proposal: Mapping[str, Any], main: Text) -> Iterable[Fact]:
    """What a person has to find out where the data can't say whether the law applies."""
    if proposal["method"] is not None:
        return
    yield (
        Text("Does the law apply?", "是否适用政府采购法"),
        Text(
            f"The amount is below the {main.en} threshold, and the limit of your region or its centralised catalogue is "
            "not known here. Look them up: below the limit and outside the catalogue this is not government procurement "
            "(Government Procurement Law, article 2).",
            f"项目金额低于{main.zh}数额标准，本平台尚无本地区限额标准或者不能确定是否属于集中采购目录，请查明：未达到限额标准且不在"
            "集中采购目录以内的，不属于政府采购（《中华人民共和国政府采购法》第二条）。",
        ),
    )
