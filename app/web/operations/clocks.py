"""Clocks that were found apart: what was noticed, and an administrator's word that somebody has looked."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.foundation import doubts
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.web import current, notices
from app.web.answers import redirect
from app.web.operations import blueprint
from app.web.operations.acting import reasons, refused


@blueprint.get("/clocks")
def clocks() -> str:
    """Show the clocks that were found apart and that nobody has looked at."""
    return _page()


@blueprint.post("/clocks/<doubt_id>")
def see_clock(doubt_id: str) -> Response | tuple[str, int]:
    """Say that somebody has looked, and what they found: openings go on."""
    try:
        doubts.see(current.session(), current.actor(), doubt_id=doubt_id, reasons=reasons())
        current.commit()
    except Refusal as refusal:
        return refused(refusal, _page)
    more = Text(
        "Openings that were waiting continue automatically, or in “Incidents”.",
        "待办开标将自动继续，或在“异常”中重试。",
    )
    notices.notice(Text("The check of the clocks has been recorded.", "时钟核查情况已记录。"), more)
    return redirect("operations.clocks")


def _page(problems: Sequence[Refusal] = ()) -> str:
    return render_template(
        "operations/clocks.html",
        doubts=doubts.unseen(current.session()),
        names=doubts.CLOCKS,
        why=request.form.get("reasons", ""),
        problems=problems,
        back=url_for("operations.index"),
    )
