"""The forms of the entrusting agreement: the buyer's proposal and the two signatures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import agreements, projects, rules
from app.procurement.agreements import Agreement, AgreementState, AgreementUnknown
from app.procurement.projects import ProjectState
from app.workflow import catalogues, drawing, facts, sealing, standings
from app.workflow.beside import Fact
from app.workflow.declaring import ACTS, partners
from app.workflow.values import AGENCY, PROJECT

USUAL_TERM = timedelta(days=365)
"""How long an agreement is proposed to run: a year holds a whole procurement."""


@ACTS.act(
    "agreements.propose",
    name=Text("Choose the agency", "选择代理机构"),
    form="choose_agency",
    needs=[PROJECT],
    gives=[AGENCY],
    states=[standings.project(ProjectState.PLANNED)],
)
def _propose(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    project = projects.get(context.session, context.variables["project_id"])
    agreement = agreements.propose(
        context.session,
        context.actor,
        project_id=project.id,
        agency_id=values["agency"],
        scope=values["scope"],
        powers=values["powers"],
        term_until=values["term_until"],
        fee=Decimal(values["fee"]),
        fee_payer=values["fee_payer"],
    )
    drawing.agreement(context.session, context.actor, agreement, project)
    return {"agency_id": agreement.agency_id}


@ACTS.prepares("choose_agency")
def _prepare_proposal(context: IntakeContext) -> Mapping[str, Any]:
    project = projects.get(context.session, context.variables["project_id"])
    bodies = projects.central_bodies(context.session, project)
    agencies = [(agency.id, agency.name) for agency in organisations.of_kind(context.session, "agency")]
    method = rules.law(context.session, project).method
    values: dict[str, Any] = {
        "scope": f"{project.title_zh}{method.name.zh}的采购代理事宜",
        "powers": list(agreements.POWERS),
        "term_until": local_day(context.now) + USUAL_TERM,
        "fee": Decimal("0.00"),
        "fee_payer": "buyer",
    }
    shown = [*facts.of_project(context.session, project), *facts.of_timetable(context.session, project.id)]
    notes: list[Fact] = catalogues.who_buys(bodies)
    if bodies:
        values["agency"] = bodies[0].organisation_id
    last = _last(context)
    if last is not None:
        values |= {"scope": last.scope, "powers": list(last.powers), "fee": last.fee, "fee_payer": last.fee_payer}
        notes += [(Text("Declined by the agency", "采购代理机构谢绝理由"), facts.same(last.decline_reasons))]
    return {"values": values, "options": {"agencies": agencies}, "facts": shown, "notes": notes}


def _last(context: IntakeContext) -> Agreement | None:
    """The agreement that was declined before, if any."""
    try:
        found = agreements.current(context.session, context.variables["project_id"])
    except AgreementUnknown:
        return None
    return found if found.state == AgreementState.DECLINED else None


@ACTS.act(
    "agreements.sign_for_agency",
    name=Text("Sign the agreement as agency", "采购代理机构签署委托代理协议"),
    form="sign_agreement_agency",
    needs=[PROJECT],
    gives=[Value("agreement_decision", label=Text("Decision of the agency", "采购代理机构意见"))],
)
def _sign_for_agency(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    agreement = agreements.current(context.session, context.variables["project_id"])
    if values["decision"] == "decline":
        agreements.decline(
            context.session, context.actor, agreement_id=agreement.id, reasons=values.get("reasons") or ""
        )
    else:
        _sign(context, agreement)
    return {"agreement_decision": values["decision"]}


@ACTS.act(
    "agreements.sign_for_buyer",
    name=Text("Sign the agreement as buyer", "采购人签署委托代理协议"),
    form="sign_agreement_buyer",
    needs=[PROJECT],
    states=[standings.project(ProjectState.PLANNED, leaves=[ProjectState.ENTRUSTED])],
)
def _sign_for_buyer(context: IntakeContext, _values: dict[str, Any]) -> Mapping[str, Any]:
    agreement = agreements.current(context.session, context.variables["project_id"])
    _sign(context, agreement)
    return {}


def _sign(context: IntakeContext, agreement: Agreement) -> None:
    agreements.sign(context.session, context.actor, agreement_id=agreement.id)
    project, chinese = projects.get(context.session, agreement.project_id), agreement.document_zh_id
    drawing.agreement(context.session, context.actor, agreement, project)
    agreement.document_zh_id = chinese  # the parties seal the one file; only its translation says anew who did
    sealing.agreement(context.session, context.actor, partners(context).authority, agreement)


@ACTS.prepares("sign_agreement_agency", "sign_agreement_buyer")
def _prepare_signature(context: IntakeContext) -> Mapping[str, Any]:
    project = projects.get(context.session, context.variables["project_id"])
    agreement = agreements.current(context.session, project.id)
    return {
        "facts": [*facts.of_agreement(context.session, agreement), *facts.of_project(context.session, project)],
        "documents": [id for id in (agreement.document_zh_id, agreement.document_en_id) if id],
    }
