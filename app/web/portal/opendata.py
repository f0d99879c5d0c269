"""Open data: release and record packages (OCDS 1.1.5), page by page, as they are."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, render_template, url_for
from sqlalchemy import select

from app.foundation.checkpoints import signed
from app.foundation.journal import JournalCheckpoint
from app.procurement import disclosure
from app.procurement.disclosure import NothingPublished
from app.web import current
from app.web.portal import blueprint

SIZE = 100
"""Releases or records of one package."""


@blueprint.get("/open-data")
def open_data() -> str:
    """Say what there is, in what form, under what licence."""
    session = current.session()
    _, total = disclosure.latest(session, size=1)
    processes = disclosure.processes(session)
    return render_template(
        "portal/open_data.html",
        total=total,
        processes=processes[-50:][::-1],
        process_count=len(processes),
        pages=_pages(total),
        record_pages=_pages(len(processes)),
        licence=disclosure.LICENCE,
        prefix=current.house().publisher.ocid_prefix,
    )


@blueprint.get("/open-data/releases/<int:page>.json")
def releases(page: int) -> Response:
    """One package of releases, the newest first."""
    found, _ = disclosure.latest(current.session(), page=page, size=SIZE)
    if not found:
        raise NothingPublished
    return _json(disclosure.release_package(current.session(), found, url_for("portal.releases", page=page)))


@blueprint.get("/open-data/records/<int:page>.json")
def records(page: int) -> Response:
    """One package of records, the oldest processes first."""
    session = current.session()
    chosen = disclosure.processes(session)[(page - 1) * SIZE : page * SIZE] if page > 0 else []
    if not chosen:
        raise NothingPublished
    ocids = [process.ocid for process in chosen]
    return _json(disclosure.record_package(session, ocids, url_for("portal.records", page=page)))


@blueprint.get("/open-data/processes/<ocid>.json")
def process(ocid: str) -> Response:
    """The record of one contracting process."""
    session = current.session()
    if not disclosure.of_process(session, ocid):
        raise NothingPublished
    return _json(disclosure.record_package(session, [ocid], url_for("portal.process", ocid=ocid)))


@blueprint.get("/open-data/extension/<name>")
def extension(name: str) -> Response:
    """A file of the extension that says which fields are this publisher's own (OCDS 1.1, extensions)."""
    if name not in disclosure.EXTENSION:
        raise NothingPublished
    return _json(disclosure.EXTENSION[name])


@blueprint.get("/checkpoints.json")
def checkpoints() -> Response:
    """The last checkpoints of the journal with their signatures, the newest first: who keeps one can prove it later."""
    session = current.session()
    rows = select(JournalCheckpoint).where(JournalCheckpoint.signature.is_not(None))
    latest = session.scalars(rows.order_by(JournalCheckpoint.sequence.desc()).limit(SIZE))
    return _json({"checkpoints": [signed(session, row) for row in latest]})


def _pages(total: int) -> int:
    return (total + SIZE - 1) // SIZE


def _json(content: dict[str, Any]) -> Response:
    answer = Response(orjson.dumps(content, option=orjson.OPT_INDENT_2), mimetype="application/json")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
