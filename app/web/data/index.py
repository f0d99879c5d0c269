"""Where a person's data are: what they may feed, what waits for them, what was settled lately; and an office's first steps."""

from __future__ import annotations

from flask import render_template

from app.web import current
from app.web.data import blueprint
from app.web.data.words import STATES
from app.workflow.feeding import first_steps, kinds


@blueprint.get("")
def index() -> str:
    """Show what the person may enter, what waits for a second person, and what was settled."""
    session, actor = current.session(), current.actor()
    own = [table for table in kinds.TABLES.values() if actor.has_role(table.role)]
    return render_template(
        "data/index.html",
        tables=own,
        has_calendar=actor.has_role("administrator") or actor.has_role("auditor"),
        waiting=kinds.waiting_for(session, actor),
        settled=kinds.waiting_for(session, actor, waiting=False)[:20],
        states=STATES,
        kinds=kinds.KINDS,
        actor=actor,
    )


@blueprint.get("/first-steps", endpoint="first_steps")
def steps() -> str:
    """Show an administrator what the office still lacks before its first notice."""
    return render_template("data/first_steps.html", steps=first_steps.look(current.session(), current.config()))
