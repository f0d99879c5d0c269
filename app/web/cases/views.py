"""The pages of cases: the list, a case, its diagram and where it stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request

from app.engine import charts, definitions, instances
from app.engine.charts import Chart
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation.text import Text
from app.web import current, listing, sharing, templating, visibility
from app.web.cases import finding, pictures, showing, steps
from app.workflow import cases, stages

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

STATES = {
    "active": Text("Under way", "进行中"),
    "suspended": Text("Suspended", "已暂停"),
    "completed": Text("Completed", "已完成"),
    "cancelled": Text("Cancelled", "已撤销"),
}
SORTS = ("-started", "moved", "key")
HEADER = (
    Text("Case", "项目编号"),
    Text("Title", "项目名称"),
    Text("Procedure", "流程"),
    Text("State", "状态"),
    Text("Stage", "阶段"),
    Text("Open tasks", "待办任务"),
    Text("Started", "发起时间"),
    Text("Last activity", "最近进展"),
)


@blueprint.get("")
def index() -> str | Response:
    """List the cases the person sees, filtered as the address says."""
    asked = listing.asked(sorts=SORTS)
    wanted = finding.Wanted(
        search=asked.search,
        state=listing.chosen("state", STATES),
        process_id=request.args.get("process", ""),
        stage=request.args.get("stage", ""),
        is_mine=request.args.get("mine") == "1",
    )
    names = {definition.key: definition.name for definition in definitions.all_latest(current.session())}
    if asked.wants_csv:
        return listing.csv(templating.translate("Cases", "项目"), HEADER, _exported(wanted, asked, names))
    found = finding.page(wanted, asked)
    return render_template(
        "cases/index.html",
        asked=asked,
        rows=listing.Rows(found, asked.page, asked.size, finding.count(wanted)),
        wanted=wanted,
        states=STATES,
        names=names,
        processes=finding.processes(),
        stages=stages.NAMES,
        stage_name=stages.name,
    )


def _exported(wanted: finding.Wanted, asked: listing.Asked, names: dict[str, Text]) -> Iterator[list[Any]]:
    zone = current.zone()
    for case in finding.page(wanted, asked):
        row = case.row
        yield [
            row.business_key or row.id,
            case.title,
            names.get(row.process_id, row.process_id),
            STATES[row.state],
            _joined([stages.name(stage) for stage in case.stages]),
            case.open_tasks,
            f"{row.started_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{row.moved_at.astimezone(zone):%Y-%m-%d %H:%M}",
        ]


def _joined(names: list[Text]) -> Text:
    return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))


@blueprint.get("/<instance_id>")
def show(instance_id: str) -> str:
    """Show a case: whole to its parties, to others their own part of it."""
    session, actor = current.session(), current.actor()
    row = instances.get(session, instance_id)
    extent = visibility.extent(session, actor, row)
    chart = charts.of_instance(current.engine(), session, row)
    project = cases.project_of(session, row)
    waiting = showing.open_tasks(row)
    shown = showing.common(row, chart, project, waiting) | {
        "extent": extent,
        "states": STATES,
        "stage_name": stages.name,
    }
    if extent != visibility.WHOLE:
        return render_template("cases/part.html", **shown, **showing.own_part(row, project, waiting))
    process_id = _process(chart, row, waiting)
    part = listing.chosen("part", showing.PARTS) or ("diagram" if "process" in request.args else "")
    whole = showing.whole(row, chart, project, waiting, part)
    return render_template(
        "cases/show.html", **shown, **whole, part=part, parts=showing.PARTS, process_id=process_id, chart=chart
    )


@blueprint.get("/<instance_id>/diagram")
def diagram(instance_id: str) -> Response:
    """The diagram of a case's process, or of one that it calls."""
    row, chart = _whole(instance_id)
    content = charts.xml(current.engine(), current.session(), chart, _process(chart, row))
    return sharing.repeats_nothing(Response(content, mimetype="application/xml"))


@blueprint.get("/<instance_id>/state")
def state(instance_id: str) -> Response:
    """Where a case stands in a diagram, for the monitor."""
    row, chart = _whole(instance_id)
    content = orjson.dumps(pictures.state(row, chart, _process(chart, row)))  # jsonify would sort the stages
    return Response(content, mimetype="application/json")


@blueprint.get("/<instance_id>/steps")
def in_words(instance_id: str) -> str:
    """Show a case's diagram as a list of its steps, with where each leads and how it stands."""
    row, chart = _whole(instance_id)
    waiting = showing.open_tasks(row)
    process_id = _process(chart, row, waiting)
    shown = showing.common(row, chart, cases.project_of(current.session(), row), waiting)
    found = steps.of(row, chart, process_id)
    return render_template("cases/steps.html", **shown, steps=found, process_id=process_id, chart=chart)


def _whole(instance_id: str) -> tuple[InstanceRow, Chart]:
    """A case for whoever sees it whole: a diagram's tokens tell more than outsiders may know.

    :raises visibility.CaseHidden:
    """
    session = current.session()
    row = instances.get(session, instance_id)
    if visibility.extent(session, current.actor(), row) != visibility.WHOLE:
        raise visibility.CaseHidden
    return row, charts.of_instance(current.engine(), session, row)


def _process(chart: Chart, row: InstanceRow, waiting: Sequence[OpenTaskRow] = ()) -> str:
    """The process whose diagram is asked for; of none, the one in which all ``waiting`` tasks stand, else the case's own."""
    wanted = request.args.get("process", "")
    standing = {task.process_id for task in waiting} & chart.processes.keys()
    if wanted in chart.processes:
        return wanted
    return standing.pop() if len(standing) == 1 else row.process_id
