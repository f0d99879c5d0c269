"""The forms of a project: the application, its review and its filing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.engine.engine import Intake, IntakeContext, Prepare
from app.foundation.text import Text
from app.procurement import projects


def _apply(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    project = projects.apply(
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
            for row in values["items"]
        ],
        attachments=values.get("attachments") or (),
        project_id=context.variables.get("project_id"),
    )
    return {"project_id": project.id, "project_number": project.number}


def _prepare_apply(context: IntakeContext) -> Mapping[str, Any]:
    lines = context.session.scalars(
        select(projects.BudgetLine)
        .where(projects.BudgetLine.organisation_id == context.actor.organisation_id)
        .order_by(projects.BudgetLine.code)
    )
    choices = []
    for line in lines:
        left = f"{line.amount - projects.committed(context.session, line.id, without=context.variables.get('project_id')):,.2f}"
        choices.append(
            (
                line.id,
                Text(
                    f"{line.code} {line.name.en}: {left} {line.currency} left",
                    f"{line.code} {line.name.zh}：余额{left}元",
                ),
            )
        )
    return {"options": {"budget_lines": choices, "budget_line": choices}}


def _review(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    projects.review(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {"review_decision": values["decision"]}


def _file(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    projects.file(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {"filing_decision": values["decision"]}


def _facts_of_project(context: IntakeContext) -> Mapping[str, Any]:
    project = projects.get(context.session, context.variables["project_id"])
    facts = [
        (Text("Project", "项目"), Text(f"{project.number} {project.title_en}", f"{project.number} {project.title_zh}")),
        (Text("Need", "需求"), Text(project.need, project.need)),
        (
            Text("Estimate", "预算金额"),
            Text(f"{project.estimate:,.2f} {project.currency}", f"{project.estimate:,.2f} 元"),
        ),
    ]
    return {"facts": facts}


INTAKE: dict[str, Intake] = {"apply": _apply, "review_application": _review, "file_application": _file}
PREPARE: dict[str, Prepare] = {
    "apply": _prepare_apply,
    "review_application": _facts_of_project,
    "file_application": _facts_of_project,
}
