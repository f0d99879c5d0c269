"""What only a demonstration has: the bar on every page that turns its clock, for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.foundation.text import Text
from app.procurement.projects import Project
from app.procurement.tenders import Tender
from app.web import current
from app.web.notices import notice
from app.web.permissions import allows
from app.web.shell import local_address

if TYPE_CHECKING:
    from app.demonstration.turning import Turn, Turning, Waited

blueprint = Blueprint("demonstration", __name__, url_prefix="/demonstration")

PATIENCE = 1.5
"""Seconds that a turn may take before its progress is shown instead of its end."""


@dataclass(frozen=True)
class Bar:
    """What the bar shows: the time, and what is waited for next."""

    now: datetime
    next: Waited | None


@blueprint.record_once
def _install(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["clock_bar"] = bar


def turning() -> Turning:
    """What turns the clock of this application; only where there is a demonstration is it loaded."""
    from app.demonstration.turning import Turning

    found: Turning = current_app.extensions.setdefault("tenderway-turning", Turning(current.house()))
    return found


def bar() -> Bar | None:
    """The bar of a page, or None where the clock can't be turned; an answer that may not ask the database has none."""
    from app.foundation.clock import KeptClock

    if not current.config().demonstration or not isinstance(current.house().engine.clock, KeptClock):
        return None
    if "clock_bar" not in g:
        from app.demonstration.turning import waited_for

        g.clock_bar = Bar(current.now(), waited_for(current.engine(), current.session(), current.now()))
    found: Bar = g.clock_bar
    return found


@blueprint.get("/clock")
def clock() -> str | Response:
    """Show how far the clock has been turned, and when it is done what that caused."""
    turn = turning().last
    if turn is not None and turn.is_over and "back" in request.args:
        return _back(turn)
    over = turn if turn is not None and turn.is_over else None
    happened = [(each, _place_of(each.instance_id, each.number)) for each in (over.happened if over else [])]
    return render_template("demonstration/turn.html", turn=turn, happened=happened)


def _place_of(instance_id: str, number: str | None) -> str | None:
    """Where a case can be looked at by who asks: its page, or its tender on the portal."""
    if allows("cases.show", instance_id=instance_id):
        return url_for("cases.show", instance_id=instance_id)
    query = select(Tender.id).join(Project, Project.id == Tender.project_id)
    tender_id = current.session().scalar(query.where(Project.number == number, Tender.published_at.is_not(None)))
    return url_for("portal.tender", tender_id=tender_id) if tender_id else None


@blueprint.post("/clock")
def turn() -> Response:
    """Turn the clock by a step; go back when it is done, or to its progress when that takes longer."""
    begun = turning().begin(request.form.get("by", ""))
    if begun.ended.wait(PATIENCE):
        return _back(begun)
    back = local_address(request.form.get("back")) or url_for("shell.home")
    return redirect(url_for("demonstration.clock", back=back), code=303)


def _back(turn: Turn) -> Response:
    """Back to where the clock was turned, with what that caused."""
    from app.web.templating import when

    if turn.failed:
        notice(
            Text("The clock couldn't be turned to the end.", "时钟未能调整到位。"),
            Text("What was done stays done. Try again.", "已完成的事项不受影响，请重试。"),
            tone="bad",
        )
    else:
        caused = Text(
            f"{', '.join(each.en for each in turn.caused)}.", f"{'，'.join(each.zh for each in turn.caused)}。"
        )
        nothing = Text("Nothing was due until then.", "期间没有到期事项。")
        link = (url_for("demonstration.clock"), Text("See each", "查看明细")) if turn.happened else None
        title = Text("It is %(at)s.", "现在是%(at)s。").filled(at=when(turn.until, "long"))
        notice(title, caused if turn.caused else nothing, link=link)
    return redirect(local_address(request.values.get("back")) or url_for("shell.home"), code=303)
