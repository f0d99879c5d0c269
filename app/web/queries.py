"""Queries (质疑): a supplier raises one, those concerned read it, and everybody sees how long there is still time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents, repeats
from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import projects, queries, tenders
from app.procurement.queries import Point, lists
from app.web import current, errors, files, listing, notices
from app.web.answers import redirect_to
from app.workflow import queries as raising

blueprint = Blueprint("queries", __name__)

MOST_POINTS = 10
MOST_FILES = 10


class TooManyFiles(Invalid):
    """A query carries only so many files."""

    text = Text("Attach at most %(most)s files.", "最多上传%(most)s个文件。")


@blueprint.get("/queries")
def index() -> str:
    """List the queries of one's company, or of the tenders one's organisation works with."""
    session, actor = current.session(), current.actor()
    asked = listing.asked()
    state = listing.chosen("state", lists.STATES)
    found, total = lists.find(session, actor, state=state, offset=asked.offset, limit=asked.limit)
    names = {query.supplier_id: organisations.get(session, query.supplier_id).name for query in found}
    lots = {query.lot_id: projects.lot(session, query.lot_id) for query in found}
    return render_template(
        "queries/index.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        state=state,
        states={"": Text("All", "全部"), **lists.STATES},
        counts=lists.counts(session, actor),
        names=names,
        lots=lots,
        scopes=queries.SCOPES,
        outcomes=queries.OUTCOMES,
    )


@blueprint.get("/queries/<query_id>")
def show(query_id: str) -> str:
    """Show a query and its answer."""
    session, actor = current.session(), current.actor()
    query = queries.get(session, query_id)
    mine = actor.organisation_id == query.supplier_id
    told_only = not mine and actor.organisation_id in query.told
    lot = projects.lot(session, query.lot_id)
    return render_template(
        "queries/show.html",
        query=query,
        lot=lot,
        project=lot.project,
        supplier=None if told_only else organisations.get(session, query.supplier_id).name,
        points=[] if told_only else query.points,
        files=[] if told_only else [documents.get(session, document_id) for document_id in query.attachments],
        scopes=queries.SCOPES,
        outcomes=queries.OUTCOMES,
        is_own=mine,
    )


@blueprint.get("/lots/<lot_id>/query")
def write(lot_id: str) -> str:
    """Show the form of a query: what may be queried now, and until when."""
    return _writing(lot_id, {"scope": request.args.get("scope", ""), "contact": ""}, [{}], [])


@blueprint.post("/lots/<lot_id>/query")
@files.takes_files(many=True)
def send(lot_id: str) -> AnyResponse | str:
    """Add a point to the form, or raise the query."""
    session, actor = current.session(), current.actor()
    given = {name: request.form.get(name, "") for name in ("scope", "contact")}
    points = _points()
    if "_more" in request.form:
        return _writing(lot_id, given, [*points, {}][:MOST_POINTS], [])
    key = request.form.get("_key", "")
    answered = repeats.earlier(session, actor, key)
    if answered is not None:
        return redirect_to(answered)
    try:
        query = raising.raise_query(
            current.engine(),
            session,
            actor,
            lot_id=lot_id,
            scope=given["scope"] if given["scope"] in queries.SCOPES else "result",
            points=[Point(p["matter"], p["facts"], p["request"], p["law"]) for p in points],
            contact=given["contact"],
            attachments=_attach(lot_id),
            arrived_at=current.arrived_at(),
        )
        place = url_for("queries.show", query_id=query.id)
        repeats.answer(session, actor, key, place)
        current.commit()
    except Refusal as refusal:
        session.rollback()
        page = _writing(lot_id, given, points or [{}], errors.parts_of(refusal))
        return Response(page, errors.status_of(type(refusal)))
    notices.notice(
        Text("Challenge %(number)s has been received.", "质疑已收到，编号%(number)s。").filled(number=query.number),
        Text(
            "It will be answered by %(on)s. The contract cannot be signed until then.",
            "将于%(on)s前答复；答复前暂停签订合同。",
        ).filled(on=query.answer_due_on),
    )
    return redirect_to(place)


def _points() -> list[dict[str, str]]:
    """The points that were typed; wholly empty ones are left out, unless all are."""
    names = ("matter", "facts", "request", "law")
    typed = [
        {name: request.form.get(f"{name}-{number}", "").strip() for name in names} for number in range(MOST_POINTS)
    ]
    return [point for point in typed if any(point.values())]


def _attach(lot_id: str) -> list[str]:
    """Keep the files that came with the query, for the parties of the procurement and the company itself."""
    attached = files.given("files")
    if len(attached) > MOST_FILES:
        raise TooManyFiles(field="files", most=MOST_FILES)
    return [
        documents.add(
            current.session(),
            current.actor(),
            name=file.filename or "",
            media_type=file.mimetype,
            source=file.stream,
            case=lot_id,
            kind="query",
        ).id
        for file in attached
    ]


def _writing(lot_id: str, given: Mapping[str, str], points: list[dict[str, str]], problems: list[Refusal]) -> str:
    session, actor = current.session(), current.actor()
    lot = projects.lot(session, lot_id)
    windows: list[Any] = queries.open_scopes(session, tenders.supplier_of(session, actor), lot_id)
    return render_template(
        "queries/write.html",
        lot=lot,
        project=lot.project,
        windows=windows,
        scopes=queries.SCOPES,
        values=given,
        points=points,
        problems=problems,
        most=MOST_POINTS,
        key=request.form.get("_key") or repeats.new_key(),
    )
