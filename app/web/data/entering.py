"""Rows by sheet or by hand, their preview, and the second person's decision: the same pages for every table."""

from __future__ import annotations

from flask import Response, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import proposals
from app.foundation.errors import Invalid, Refusal
from app.foundation.foreign import kinds as foreign
from app.foundation.text import Text
from app.web import current, errors, files, language
from app.web.answers import redirect
from app.web.data import blueprint
from app.web.data.words import CHANGES, STATES
from app.web.notices import notice
from app.workflow.feeding import kinds, sheets, tables
from app.workflow.feeding.sheets import Row, Sheet
from app.workflow.feeding.tables import Table

BACK = {
    "budget": "data.budget",
    "calendar": "data.calendar",
    "payments": "bonds.index",
    "law": "data.law",
    "catalogue": "data.catalogue",
    "central_bodies": "data.catalogue",
    "override": "tenders.index",
    "plan": "data.plan",
    "organisations": "people.organisations",
    "people": "people.index",
}
"""The page that shows what a kind of entry changes."""
SHOWN_BY = {"calendar": "data/notice.html", "override": "data/override.html"}
"""What shows a kind of entry that isn't rows of a table."""


class NoFile(Invalid):
    """No file was chosen."""

    code = "no-sheet"
    text = Text("Choose a file.", "请选择文件。")


class CellRefused(Invalid):
    """A field of a row entered by hand."""

    text = Text("%(title)s: %(why)s", "%(title)s：%(why)s")


def table_of(table_id: str) -> Table:
    """The table of an address."""
    if table_id not in kinds.TABLES:
        raise NotFound
    return kinds.TABLES[table_id]


@blueprint.route("/tables/<table_id>/import", methods=["GET", "POST"])
@files.takes_files([foreign.SHEET, foreign.JSON], largest=sheets.MOST_BYTES)
def load(table_id: str) -> str | AnyResponse | tuple[str, int]:
    """Read a sheet, keep its rows and show what each would do."""
    table = table_of(table_id)
    kinds.scope_of(current.actor(), table)
    if request.method == "GET":
        return _loading(table, [])
    session = current.session()
    try:
        file = files.one("file")
        if file is None:
            raise NoFile(field="file")
        sheet = sheets.read(file.stream.read(sheets.MOST_BYTES + 1), table.columns)
        draft = kinds.draft_rows(session, current.actor(), table, sheet, file=(file.filename or "")[:200])
    except Invalid as refusal:
        session.rollback()
        return _loading(table, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    return redirect("data.proposal", proposal_id=draft.id)


def _loading(table: Table, problems: list[Refusal]) -> str:
    return render_template("data/load.html", table=table, problems=problems, back=BACK.get(table.id))


@blueprint.get("/tables/<table_id>/template.xlsx")
def template(table_id: str) -> Response:
    """Send a sheet to fill in."""
    table, spoken = table_of(table_id), language.language()
    examples = list(table.examples(current.session(), kinds.scope_of(current.actor(), table)))
    answer = Response(sheets.template(table.columns, examples, spoken), mimetype=sheets.TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename={table.id}.xlsx"
    return answer


@blueprint.route("/tables/<table_id>/enter", methods=["GET", "POST"])
def enter(table_id: str) -> str | AnyResponse | tuple[str, int]:
    """Enter or change one row by hand."""
    table = table_of(table_id)
    scope = kinds.scope_of(current.actor(), table)
    given = request.args if request.method == "GET" else request.form
    cells = {column.name: given.get(column.name, "").strip() for column in table.columns}
    if request.method == "GET":
        return _entering(table, cells, [])
    session = current.session()
    row = Row(1, cells)
    shown = tables.preview(session, table, scope, [row]).rows[0]
    problems: list[Refusal] = [
        CellRefused(field=name, title=table.column(name).title, why=why) for name, why in shown.problems.items()
    ]
    if not problems and shown.change == tables.Change.UNCHANGED:
        problems = [kinds.NotUsable()]
    if problems:
        return _entering(table, cells, problems), 422
    draft = kinds.draft_rows(session, current.actor(), table, Sheet([row], []), why=request.form.get("why", ""))
    kinds.hand_on(session, current.actor(), draft.id)
    current.commit()
    notice(
        Text("Sent to a second person for confirmation.", "已提交，等待他人复核。"),
        Text("It takes effect when someone else has confirmed it.", "经其他人员复核确认后生效。"),
    )
    return redirect("data.proposal", proposal_id=draft.id)


def _entering(table: Table, cells: dict[str, str], problems: list[Refusal]) -> str:
    return render_template(
        "data/enter.html",
        table=table,
        cells=cells,
        problems=problems,
        back=BACK.get(table.id),
        why=request.form.get("why", ""),
    )


@blueprint.get("/entries/<proposal_id>")
def proposal(proposal_id: str) -> str:
    """Show what was entered, what it would do, and who decides."""
    return _proposal(proposal_id)


def _proposal(proposal_id: str, problems: list[Refusal] | None = None, reasons: str = "") -> str:
    session, actor = current.session(), current.actor()
    found = proposals.get(session, proposal_id)
    kind = kinds.KINDS[found.kind]
    preview, digest = kinds.seen(session, found)
    return render_template(
        "data/proposal.html",
        proposal=found,
        kind=kind,
        table=kinds.TABLES.get(found.kind),
        shown_by=SHOWN_BY.get(found.kind, "data/rows.html"),
        preview=preview,
        digest=digest,
        states=STATES,
        changes=CHANGES,
        is_own=found.proposed_by == actor.id,
        may_decide=actor.has_role(kind.confirmer, found.organisation_id),
        back=BACK.get(found.kind),
        problems=problems or [],
        reasons=reasons,
    )


@blueprint.post("/entries/<proposal_id>")
def decide(proposal_id: str) -> AnyResponse | tuple[str, int]:
    """Hand on, throw away, confirm, give back or withdraw."""
    session, actor, decision = current.session(), current.actor(), request.form.get("decision", "")
    reasons = request.form.get("reasons", "")
    try:
        said = _decided(proposal_id, decision, reasons)
    except Refusal as refusal:
        session.rollback()
        return _proposal(proposal_id, errors.parts_of(refusal), reasons), errors.status_of(type(refusal))
    current.commit()
    notice(said, tone="good")
    if decision == "discard":
        return redirect("data.index")
    assert actor, "an entry is decided by a person"
    return redirect("data.proposal", proposal_id=proposal_id)


def _decided(proposal_id: str, decision: str, reasons: str) -> Text:
    session, actor = current.session(), current.actor()
    if decision == "hand_on":
        kinds.hand_on(session, actor, proposal_id)
        return Text("Sent to a second person for confirmation.", "已提交，等待他人复核。")
    if decision == "discard":
        proposals.discard(session, actor, proposal_id)
        return Text("Discarded. Nothing was entered.", "已放弃，未录入任何内容。")
    if decision == "withdraw":
        proposals.withdraw(session, actor, proposal_id)
        return Text("Withdrawn. Nothing was entered.", "已撤回，未录入任何内容。")
    if decision == "reject":
        kinds.reject(session, actor, proposal_id, reasons)
        return Text("Returned.", "已退回。")
    kinds.confirm(current.engine(), session, actor, proposal_id, digest=request.form.get("seen", ""))
    return Text("Confirmed. It is now in effect.", "已确认，即时生效。")
