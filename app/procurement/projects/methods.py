"""The method of a procurement: chosen over what the decision table proposes, approved where the law asks for it (GPL 27)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.foundation import journal
from app.foundation.actor import Actor
from app.foundation.errors import RuleBroken
from app.foundation.text import Text
from app.identity import roles
from app.procurement import rules
from app.procurement.projects.applications import ReasonsMissing
from app.procurement.projects.lives import lock
from app.procurement.projects.plans import warnings
from app.procurement.projects.records import Project, ProjectState


class ApprovalMissing(RuleBroken):
    """From the main method's threshold on another method is approved before it is used (GPL 27, IR 23)."""

    text = Text(
        "This amount needs %(main)s. For another method enter the document number of the finance department's approval.",
        "达到%(main)s数额标准，采用其他采购方式的，应当在采购活动开始前获得财政部门批准，请填写批准文号。",
    )
    statute = "GPL 27, IR 23"


class LawApplies(RuleBroken):
    """What is in the catalogue or reaches the limit is government procurement (GPL 2)."""

    text = Text(
        "This is government procurement: it is in the centralised catalogue, or its amount reaches the limit of the region.",
        "该项目属于集中采购目录以内或者达到限额标准，应当适用政府采购法。",
    )
    statute = "GPL 2"


OUTSIDE = "outside"
"""The method of what is no government procurement: below the limit and outside the centralised catalogue (GPL 2)."""


def record_method(
    session: Session,
    actor: Actor,
    *,
    project_id: str,
    method: str,
    legal_ground: str = "",
    approval_needed: bool = False,
    approval: str = "",
    reasons: str = "",
    proposed: str | None = None,
) -> Project:
    """Record the method of procurement, its legal ground and whether the finance department must approve (GPL 27).

    ``proposed`` is what the decision table proposed; another method needs reasons, and so does ``OUTSIDE`` where nothing
    was proposed. ``approval``: the document number of the approval, where one is needed.

    :raises ReasonsMissing:
    :raises ApprovalMissing:
    :raises LawApplies:
    :raises RoleMissing:
    :raises NotInThisState:
    """
    project = lock(session, project_id, states=[ProjectState.PLANNED])
    roles.require(actor, "buyer-handler", project.buyer_id)
    is_own = proposed != method and (proposed is not None or method == OUTSIDE)
    if is_own and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    if method == OUTSIDE and law_applies(session, project):
        raise LawApplies(field="method")
    if approval_needed and not approval.strip():
        raise ApprovalMissing(field="approval", main=rules.law(session, project).main.one)
    project.method, project.legal_ground = method, legal_ground
    project.approval_needed, project.method_reasons = approval_needed, reasons
    project.approval = approval.strip() if approval_needed else ""
    facts = {
        "method": method,
        "legal_ground": legal_ground,
        "approval_needed": approval_needed,
        "approval": project.approval,
        "warnings": [warning.code for warning in warnings(session, project.id)],
    }
    journal.write(session, actor, case=project.id, act="projects.record_method", facts=facts)
    return project


def procurement_limit(session: Session, project: Project) -> rules.Rule | None:
    """From which amount the law applies in the project's region, outside the catalogue; None where nobody entered it."""
    try:
        return rules.law(session, project).rule("procurement_limit")
    except rules.NoRule:
        return None


def law_applies(session: Session, project: Project) -> bool:
    """Whether it is certain that a project is government procurement (GPL 2)."""
    certain = procurement_limit(session, project) or rules.law(session, project).threshold
    return bool(project.in_catalogue) or project.estimate >= certain.value
