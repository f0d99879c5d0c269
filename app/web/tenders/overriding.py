"""Findings of the check that were misread: how the agency asks the buyer's reviewer to override one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import Refusal
from app.foundation.proposals import Proposal
from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.tenders import Reading, Tender
from app.web import current, errors, notices
from app.web.answers import redirect
from app.web.tenders import blueprint
from app.web.tenders.heads import head, tender_of
from app.workflow import facts
from app.workflow.feeding import overrides


def findings(tender: Tender) -> list[tuple[Text, Text, str | None, Proposal | None]]:
    """What the check finds in a draft: where, what, and of what may have been misread the mark and the waiting request."""
    session = current.session()
    found = tenders.preview(session, tender.project_id)
    shown, asked = facts.of_findings(found), overrides.asked(session, tender)
    may_ask = current.actor().has_role("agency-officer", tender.agency_id)
    marks = {reading.found: mark for mark, reading in tenders.readings(tender, found).items()} if may_ask else {}
    rows = [(fact[0], fact[1], marks.get(each)) for each, fact in zip(found, shown, strict=True)]
    return [(where, what, mark, asked.get(mark) if mark else None) for where, what, mark in rows]


@blueprint.route("/<tender_id>/findings/<mark>", methods=["GET", "POST"])
def override(tender_id: str, mark: str) -> AnyResponse | str:
    """Ask the buyer's reviewer to override a finding of the check."""
    session, tender = current.session(), tender_of(tender_id)
    waiting = overrides.asked(session, tender).get(mark)
    if waiting is not None:
        return redirect("data.proposal", proposal_id=waiting.id)
    found = overrides.readings(session, tender)
    if mark not in found:
        raise overrides.FindingGone
    if request.method == "GET":
        return _overriding(tender, found[mark])
    try:
        return asked_for(tender, found, mark)
    except Refusal as refusal:
        session.rollback()
        page = _overriding(tender_of(tender_id), found[mark], errors.parts_of(refusal))
        return Response(page, errors.status_of(type(refusal)))


def asked_for(
    tender: Tender, found: Mapping[str, Reading], mark: str, entered: dict[str, list[str]] | None = None
) -> AnyResponse:
    session, reasons = current.session(), request.form.get(f"why-{mark}", "")
    made = overrides.ask(
        session, current.actor(), tender=tender, readings=found, mark=mark, reasons=reasons, entered=entered
    )
    current.commit()
    notices.notice(
        Text("The override has been requested.", "已申请认定误报。"),
        Text("The buyer's reviewer finds it in the inbox and decides.", "采购人审核人将在待办中查看并决定。"),
    )
    return redirect("data.proposal", proposal_id=made.id)


def _overriding(tender: Tender, reading: Reading, problems: Sequence[Refusal] = ()) -> str:
    return render_template(
        "tenders/override.html",
        **head(tender, "tenders.override"),
        found=facts.of_findings([reading.found]),
        mark=reading.mark,
        reasons=request.form.get(f"why-{reading.mark}", ""),
        problems=problems,
    )
