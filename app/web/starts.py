"""Starting something new: the procedures a person may begin."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.engine import tasks
from app.engine.projection import name_of
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import repeats
from app.foundation.text import Text
from app.web import current, notices
from app.workflow import starts

blueprint = Blueprint("starts", __name__, url_prefix="/start")


@blueprint.get("")
def index() -> str:
    """List the procedures the person may start."""
    engine, session = current.engine(), current.session()
    offered = [
        (definition, _first_step(definition.key, definition.deployment_id))
        for definition in starts.offered(engine, session, current.actor())
    ]
    return render_template("starts/index.html", offered=offered, new_key=repeats.new_key)


@blueprint.post("/<process_id>")
def start(process_id: str) -> Response:
    """Start a procedure and go to its first task; the same form sent again starts nothing more."""
    engine, session, actor = current.engine(), current.session(), current.actor()
    key = request.form.get("_key", "")
    if key and (answered := repeats.earlier(session, actor, key)) is not None:
        return redirect(answered)
    row = starts.start(engine, session, actor, process_id)
    place = _first_task(row) or url_for("cases.show", instance_id=row.id)
    if key:
        repeats.answer(session, actor, key, place)
    current.commit()
    notices.notice(Text("The case has been started.", "流程已发起。"))
    return redirect(place)


@blueprint.post("/discard/<instance_id>")
def discard(instance_id: str) -> Response:
    """Discard a case of which nothing was sent yet."""
    starts.discard(current.engine(), current.session(), current.actor(), instance_id)
    current.commit()
    notices.notice(Text("The draft has been discarded. No one else has seen it.", "草稿已放弃，未提交给任何人。"))
    return redirect(url_for("inbox.index"))


def _first_task(row: InstanceRow) -> str | None:
    """The first open task of a case that is for the person who started it."""
    session, actor = current.session(), current.actor()
    waiting = session.scalars(select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id).order_by(OpenTaskRow.id))
    mine = next((task for task in waiting if tasks.may(actor, task)), None)
    return None if mine is None else url_for("tasks.show", task_id=mine.id)


def _first_step(process_id: str, deployment_id: str) -> Text | None:
    """What a procedure begins with: the name of the first task after its start."""
    process = current.engine().package(current.session(), deployment_id).diagrams.processes[process_id]
    begin, seen = process.body.none_start, set()
    while begin is not None and begin.id not in seen:
        seen.add(begin.id)
        if begin.is_activity:
            return name_of(begin, begin.id)
        begin = process.nodes.get(begin.outgoing[0].target) if begin.outgoing else None
    return None
