"""The inbox: what waits for a person, what is late or due first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.engine import definitions, inbox
from app.engine.inbox import Facet, Filters
from app.engine.records import OpenTaskRow
from app.foundation.text import Text
from app.web import current, holders, listing, templating
from app.workflow import cases, matters, stages

blueprint = Blueprint("inbox", __name__)

LISTS = ("all", "mine", "group", "late", "other")
ORDERS = {"due": "due", "since": "oldest", "-since": "newest"}


@blueprint.get("/inbox")
def index() -> str | Response:
    """Show the tasks that wait for the person, filtered as the address says."""
    session, actor = current.session(), current.actor()
    asked = listing.asked(sorts=("due", "since"))
    shown = listing.chosen("show", LISTS, "all")
    filters = _filters(asked, shown)
    if asked.wants_csv:
        return listing.csv(templating.translate("Inbox", "待办"), HEADER, _exported(filters))
    page = inbox.inbox(session, actor, filters, asked.page, asked.size)
    others = matters.waiting(session, actor, current.now())
    return render_template(
        "inbox/index.html",
        asked=asked,
        shown=shown,
        page=page,
        counts=inbox.counts(session, actor, current.now()),
        groups=_grouped(inbox.facets(session, actor)),
        matters=others if shown == "other" or (shown == "all" and not filters.narrows and asked.page == 1) else [],
        other=matters.count(session, actor, current.now()),
        is_filtered=filters.narrows or shown != "all",
        projects=cases.projects_of(session, (row.business_key for row in page.rows)),
        holdings=holders.of_tasks(session, page.rows),
        stage_name=stages.name,
    )


def _filters(asked: listing.Asked, shown: str) -> Filters:
    search = asked.search or None
    return Filters(
        whose="all" if shown == "late" else shown,
        due_before=current.now() if shown == "late" else None,
        process_id=request.args.get("process") or None,
        stage=request.args.get("stage") or None,
        search=search,
        keys=cases.numbers_named(current.session(), search) if search else (),
        order=ORDERS.get(asked.sort, "due"),
    )


def _grouped(facets: list[Facet]) -> list[dict[str, Any]]:
    """The filters by process, and within the chosen process (or the only one) by stage."""
    names = {definition.key: definition.name for definition in definitions.all_latest(current.session())}
    chosen = request.args.get("process") or None
    totals: dict[str, int] = {}
    for facet in facets:
        totals[facet.process_id] = totals.get(facet.process_id, 0) + facet.count
    groups: list[dict[str, Any]] = []
    if len(totals) > 1 or chosen:
        groups.append(
            {
                "label": Text("By procedure", "按流程筛选"),
                "options": [_option("process", None, Text("All procedures", "全部流程"), None)]
                + [_option("process", key, names.get(key, Text(key, key)), count) for key, count in totals.items()],
            }
        )
    within = [facet for facet in facets if facet.stage and chosen in (None, facet.process_id)]
    order = {stage: place for place, stage in enumerate(stages.NAMES)}
    counted: dict[str, int] = {}
    for facet in sorted(within, key=lambda facet: order.get(facet.stage or "", len(order))):
        counted[facet.stage or ""] = counted.get(facet.stage or "", 0) + facet.count
    if len(counted) > 1 or request.args.get("stage"):
        groups.append(
            {
                "label": Text("By stage", "按阶段筛选"),
                "options": [_option("stage", None, Text("All stages", "全部阶段"), None)]
                + [_option("stage", stage, stages.name(stage), count) for stage, count in counted.items()],
            }
        )
    return groups


def _option(name: str, value: str | None, words: Text, count: int | None) -> dict[str, Any]:
    changes: dict[str, Any] = {name: value, "page": None}
    if name == "process":
        changes["stage"] = None
    return {
        "url": templating.with_query(**changes),
        "name": words,
        "count": count,
        "is_current": (request.args.get(name) or None) == value,
    }


HEADER = (
    Text("Task", "任务"),
    Text("Case", "项目编号"),
    Text("Title", "项目名称"),
    Text("Stage", "阶段"),
    Text("Since", "到达时间"),
    Text("Due", "期限"),
    Text("With", "办理人"),
)


def _exported(filters: Filters) -> Iterator[list[Any]]:
    """All tasks of the list as rows of a table, a thousand at a time."""
    session, actor, number = current.session(), current.actor(), 1
    while True:
        page = inbox.inbox(session, actor, replace(filters), number, 1_000)
        projects = cases.projects_of(session, (row.business_key for row in page.rows))
        for row in page.rows:
            project = projects.get(row.business_key or "")
            yield _line(row, project.title if project else None)
        if not page.has_more or number * 1_000 >= listing.EXPORTED:
            return
        number += 1


def _line(row: OpenTaskRow, title: Text | None) -> list[Any]:
    zone = current.zone()
    return [
        row.name,
        row.business_key,
        title,
        stages.name(row.stage) if row.stage else None,
        f"{row.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
        f"{row.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.due_at else None,
        row.claimed_by_name,
    ]
