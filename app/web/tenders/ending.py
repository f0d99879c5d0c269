"""The end of a tender by its buyer, for a major change."""

from __future__ import annotations

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.tenders import Tender, TenderState
from app.web import current, errors, notices
from app.web.answers import redirect
from app.web.tenders import blueprint
from app.web.tenders.heads import head, tender_of
from app.workflow import changes


@blueprint.get("/<tender_id>/terminate")
def terminate(tender_id: str) -> str:
    """Ask for the reasons of a termination."""
    tender = tender_of(tender_id)
    if tender.state != TenderState.PUBLISHED:
        raise tenders.TenderNotOpen(state=tenders.STATE_NAMES[tender.state])
    return _terminating(tender, "", [])


@blueprint.post("/<tender_id>/terminate")
def publish_termination(tender_id: str) -> AnyResponse:
    """The buyer ends a tender for a major change."""
    session, reasons = current.session(), request.form.get("reasons", "")
    try:
        changes.terminate(
            current.engine(),
            session,
            current.actor(),
            tender_id=tender_id,
            reasons=reasons,
            signer=current.house().authority,
        )
        current.commit()
    except Refusal as refusal:
        session.rollback()
        page = _terminating(tender_of(tender_id), reasons, errors.parts_of(refusal))
        return Response(page, errors.status_of(type(refusal)))
    notices.notice(
        Text("The tender has been terminated.", "招标已终止。"),
        Text(
            "The termination notice has been published, bid bonds will be returned and suppliers have been notified.",
            "终止公告已发布，投标保证金进入退还程序，供应商已获通知。",
        ),
    )
    return redirect("tenders.show", tender_id=tender_id)


def _terminating(tender: Tender, reasons: str, problems: list[Refusal]) -> str:
    return render_template(
        "tenders/terminate.html", **head(tender, "tenders.terminate"), reasons=reasons, problems=problems
    )
