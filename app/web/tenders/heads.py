"""What stands above every page of a tender, and the phase it is in."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.tenders import Tender, TenderState
from app.web import current
from app.workflow import cases

PHASES = {
    "": Text("All", "全部"),
    "preparing": Text("In preparation", "编制中"),
    "open": Text("Taking bids", "投标中"),
    "closed": Text("After the deadline", "已截止"),
    "terminated": Text("Terminated", "已终止"),
}
TONES = {"preparing": "draft", "open": "now", "closed": "done", "terminated": "stopped"}


def tender_of(tender_id: str) -> Tender:
    """The tender of an address.

    :raises TenderUnknown:
    """
    return tenders.get(current.session(), tender_id)


def phase_of(tender: Tender) -> str:
    """The phase of a tender now."""
    if tender.published_at is None:
        return "preparing"
    if tender.state == TenderState.TERMINATED:
        return "terminated"
    return "open" if tenders.open_for_bids(tender, current.now()) else "closed"


def head(tender: Tender, endpoint: str) -> dict[str, Any]:
    """What stands above every page of a tender."""
    session, actor, phase = current.session(), current.actor(), phase_of(tender)
    unanswered = sum(question.answer is None for question in tender.questions)
    parts = [
        ("tenders.show", Text("Overview", "概览")),
        ("tenders.versions", Text("Versions", "文件版本")),
        ("tenders.questions", Text("Questions", "询问与答复")),
    ]
    return {
        "tender": tender,
        "project": tender.project,
        "phase": phase,
        "phase_name": PHASES[phase],
        "tone": TONES[phase],
        "parts": [(url_for(name, tender_id=tender.id), words, name == endpoint) for name, words in parts],
        "may_terminate": tender.state == TenderState.PUBLISHED and actor.has_role("buyer-reviewer", tender.buyer_id),
        "may_change": phase == "open" and actor.has_role("agency-officer", tender.agency_id),
        "unanswered": unanswered,
        "case": cases.instance_of(session, tender.project_id),
    }
