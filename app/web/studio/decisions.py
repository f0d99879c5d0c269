"""A second person decides on what was proposed, and on what is to be retired."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import definitions
from app.engine.definitions import DeploymentRefused
from app.engine.states import DeploymentState
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.web import current, errors, notices
from app.web.answers import redirect, redirect_to
from app.web.studio import blueprint, differences, rehearsals
from app.web.studio.drafts import shown
from app.web.studio.lists import STATES, deployment_of


@blueprint.get("/proposals/<draft_id>")
def proposal(draft_id: str) -> AnyResponse | str:
    """Show what would count from now on, and how it differs from what counts today; lead on from what isn't proposed."""
    found = deployment_of(draft_id)
    if found.state != DeploymentState.PROPOSED:
        is_draft = found.state in (DeploymentState.DRAFT, DeploymentState.REJECTED)
        return redirect("studio.draft" if is_draft else "studio.deployment", draft_id=draft_id)
    return _proposal(draft_id)


def _proposal(draft_id: str, problems: list[Refusal] | None = None, reasons: str = "") -> str:
    session, found = current.session(), deployment_of(draft_id)
    files = definitions.files_of(session, found)
    findings = definitions.check(files, current.engine(), session=session)
    return render_template(
        "studio/proposal.html",
        draft=found,
        findings=[shown(finding) for finding in findings],
        differences=differences.of(_counting(files), files),
        is_own=current.actor().id in (found.saved_by, found.proposed_by),
        problems=problems or (),
        reasons=reasons,
        scenarios=rehearsals.count(files),
        untested=rehearsals.untested(files),
        states=STATES,
    )


def _counting(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files that count today under the same names: those of the latest deployment that has one of them."""
    session = current.session()
    for deployment in definitions.deployments(session, DeploymentState.DEPLOYED):
        there = definitions.files_of(session, deployment)
        if any(name in there for name in files if name.endswith((".bpmn", ".dmn"))):
            return there
    return {}


@blueprint.post("/proposals/<draft_id>")
def decide(draft_id: str) -> AnyResponse | str:
    """Deploy what another person proposed, or give it back with reasons."""
    session, reasons = current.session(), request.form.get("reasons", "")
    approved = request.form.get("decision") == "approve"
    act = definitions.approve if approved else definitions.reject
    try:
        act(current.engine(), session, current.actor(), draft_id, reasons)
    except DeploymentRefused as refused:
        session.rollback()
        return _proposal(draft_id, [refused], reasons)
    except Refusal as refusal:
        session.rollback()
        return _proposal(draft_id, errors.parts_of(refusal), reasons)
    current.commit()
    said = (
        Text(
            "Deployed. New cases use it. Running cases do not change.",
            "已部署。新流程按此执行，在办流程不受影响。",
        )
        if approved
        else Text("The draft has been returned.", "草稿已退回。")
    )
    notices.notice(said, tone="good")
    return redirect_to(url_for("studio.deployment", draft_id=draft_id) if approved else url_for("studio.index"))


@blueprint.get("/deployments/<draft_id>")
def deployment(draft_id: str) -> str:
    """Show a deployment: what it brought, who let it count, and why."""
    session, found = current.session(), deployment_of(draft_id)
    return render_template(
        "studio/deployment.html",
        deployment=found,
        definitions=definitions.of_deployment(session, found.id),
        files={name: len(content) for name, content in definitions.files_of(session, found).items()},
        states=STATES,
    )


@blueprint.post("/deployments/<draft_id>/retire")
def retire(draft_id: str) -> AnyResponse:
    """Start nothing new from a deployment."""
    session = current.session()
    try:
        definitions.retire(current.engine(), session, current.actor(), draft_id, request.form.get("why", ""))
    except Refusal as refusal:
        session.rollback()
        notices.notice(refusal.sentence, tone="bad")
        return redirect("studio.deployment", draft_id=draft_id)
    current.commit()
    notices.notice(Text("Retired. No new cases start from it.", "已停用：不再据此发起新流程。"), tone="good")
    return redirect("studio.deployment", draft_id=draft_id)
