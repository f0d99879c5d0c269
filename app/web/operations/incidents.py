"""Incidents: listed by what they are and where, tried again one by one or all of one element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.engine import definitions, incidents, instances, unreadable
from app.engine.incidents import Filters, IncidentResolved, NoSuchIncident
from app.engine.records import IncidentRow, InstanceRow
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.web import current, listing, templating
from app.web.answers import redirect
from app.web.notices import notice
from app.web.operations import blueprint
from app.web.operations.acting import Page, reasons, refused
from app.web.operations.words import incident_kind

MOST_AT_ONCE = 200
"""So many are tried again by one press; the rest by the next."""
HEADER = (
    Text("Since", "发生时间"),
    Text("Case", "项目编号"),
    Text("Element", "元素"),
    Text("Kind", "类型"),
    Text("What is wrong", "异常说明"),
)


@blueprint.get("/incidents", endpoint="incidents")
def index() -> str | Response:
    """List open incidents (or those set right), filtered as the address says."""
    session, asked = current.session(), listing.asked(sorts=("-opened",))
    filters = _filters()
    total = incidents.count(session, filters)
    size = listing.EXPORTED if asked.wants_csv else asked.size
    found = incidents.open(session, filters, page=1 if asked.wants_csv else asked.page, size=size)
    cases = _cases(found)
    if asked.wants_csv:
        lines = (
            (one.opened_at.isoformat(), _key(cases, one), one.name, incident_kind(one.kind), one.message)
            for one in found
        )
        return listing.csv(templating.translate("Incidents", "异常"), HEADER, lines)
    return render_template(
        "operations/incidents.html",
        asked=asked,
        filters=filters,
        rows=listing.Rows(found, asked.page, asked.size, total),
        cases=cases,
        kinds=_counted(IncidentRow.kind, filters.resolved),
        elements=_counted(IncidentRow.element_id, filters.resolved),
        processes=_counted(IncidentRow.process_id, filters.resolved),
        names={one.key: one.name for one in definitions.all_latest(session)},
        element_names=_element_names(),
        incident_kind=incident_kind,
    )


def _filters() -> Filters:
    given = request.values
    return Filters(
        process_id=given.get("process") or None,
        element_id=given.get("element") or None,
        kind=given.get("kind") or None,
        resolved=given.get("resolved") == "1",
    )


def _counted(column: Any, resolved: bool) -> list[tuple[str, int]]:
    where = IncidentRow.resolved_at.is_not(None) if resolved else IncidentRow.resolved_at.is_(None)
    rows = current.session().execute(select(column, func.count()).where(where).group_by(column).order_by(column))
    return [(value, number) for value, number in rows]


def _element_names() -> dict[str, Text]:
    rows = current.session().execute(
        select(IncidentRow.element_id, func.max(IncidentRow.name_en), func.max(IncidentRow.name_zh)).group_by(
            IncidentRow.element_id
        )
    )
    return {element_id: Text(en or element_id, zh or en or element_id) for element_id, en, zh in rows}


def _cases(found: Sequence[IncidentRow]) -> dict[str, InstanceRow]:
    ids = {one.instance_id for one in found if one.instance_id}
    return {row.id: row for row in current.session().scalars(select(InstanceRow).where(InstanceRow.id.in_(ids)))}


def _key(cases: dict[str, InstanceRow], incident: IncidentRow) -> str:
    row = cases.get(incident.instance_id or "")
    return (row.business_key or row.id) if row is not None else incident.process_id


@blueprint.route("/incidents/<incident_id>/retry", methods=["GET", "POST"])
def retry(incident_id: str) -> Page | Any:
    """Ask what was set right, then try an incident again."""
    session = current.session()

    def page(problems: Sequence[Refusal] = ()) -> str:
        incident = _incident(incident_id)
        row = instances.get(session, incident.instance_id) if incident.instance_id else None
        why = request.form.get("reasons", "")
        return render_template(
            "operations/retry.html",
            incident=incident,
            row=row,
            why=why,
            problems=problems,
            incident_kind=incident_kind,
        )

    if request.method == "GET":
        return page()
    try:
        why = reasons()
        incidents.retry(current.engine(), session, current.actor(), _incident(incident_id).id, why)
    except Refusal as refusal:
        return refused(refusal, page)
    current.commit()
    after = _incident(incident_id)
    if after.kind == unreadable.KIND:
        _say_read(after)
    elif after.resolved_at is not None:
        notice(Text("The case continues at “%(where)s”.", "流程已在“%(where)s”处继续。").filled(where=after.name))
    else:
        notice(
            Text("It failed again at “%(where)s”.", "“%(where)s”再次失败。").filled(where=after.name),
            after.message,
            tone="bad",
        )
    if after.instance_id is None:
        return redirect("operations.incidents")
    return redirect("operations.show", instance_id=after.instance_id)


def _say_read(incident: IncidentRow) -> None:
    if incident.resolved_at is not None:
        notice(Text("The stored state of the case can be read again.", "流程保存的状态已恢复可读。"))
    else:
        still = Text("The stored state of the case still cannot be read.", "流程保存的状态仍无法读取。")
        notice(still, incident.message, tone="bad")


def _incident(incident_id: str) -> IncidentRow:
    found = current.session().get(IncidentRow, incident_id)
    if found is None:
        raise NoSuchIncident
    return found


@blueprint.route("/incidents/retry", methods=["GET", "POST"])
def retry_all() -> Page | Any:
    """Ask what was set right, then try all incidents of the filters again, each in a transaction of its own."""
    session = current.session()
    filters = _filters()

    def page(problems: Sequence[Refusal] = ()) -> str:
        return render_template(
            "operations/retry_all.html",
            number=incidents.count(session, filters),
            most=MOST_AT_ONCE,
            filters=filters,
            element_names=_element_names(),
            incident_kind=incident_kind,
            why=request.form.get("reasons", ""),
            problems=problems,
        )

    if request.method == "GET":
        return page()
    try:
        why = reasons()
    except Refusal as refusal:
        return refused(refusal, page)
    _say(*_retried([one.id for one in incidents.open(session, filters, size=MOST_AT_ONCE)], why))
    return redirect("operations.incidents", element=filters.element_id, kind=filters.kind, process=filters.process_id)


def _retried(ids: Sequence[str], why: str) -> tuple[int, int]:
    """How many go on, and how many don't: they failed again, or their case is suspended."""
    engine, actor = current.engine(), current.actor()
    going = stuck = 0
    current.session().rollback()
    for incident_id in ids:
        with current.house().sessions() as session:
            try:
                incidents.retry(engine, session, actor, incident_id, why)
            except IncidentResolved:
                continue  # it goes on already: another one's retry, or another person's
            except Refusal:
                stuck += 1
                continue
            after = session.get_one(IncidentRow, incident_id)
            going, stuck = (going + 1, stuck) if after.resolved_at is not None else (going, stuck + 1)
            session.commit()
    return going, stuck


def _say(going: int, stuck: int) -> None:
    gone = Text("%(n)s continue.", "%(n)s项已继续。").filled(n=going)
    if stuck:
        notice(gone, Text("%(n)s are still stuck.", "%(n)s项仍有异常。").filled(n=stuck), tone="soon")
    else:
        notice(gone)
