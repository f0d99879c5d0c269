"""Budget lines: those of the buyers that a finance department supervises, and what is bound on them."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.text import Text
from app.identity import organisations
from app.procurement.projects import budgets, commitments, committed
from app.web import current, listing
from app.web.data import blueprint
from app.web.data.words import ACTS, FIELDS, worded


@blueprint.get("/budget")
def budget() -> str | AnyResponse:
    """List the budget lines with what live projects have bound."""
    session, asked = current.session(), listing.asked()
    finance_id = current.actor().organisation_id or ""
    every = budgets.lines_of(session, finance_id)
    years = sorted({line.year for line in every}, reverse=True)
    year = listing.chosen("year", [str(one) for one in years])
    wanted = asked.search.casefold()
    names = {row.id: row.name for row in organisations.by_ids(session, {line.organisation_id for line in every})}
    lines = [
        line
        for line in every
        if (not year or line.year == int(year))
        and wanted in f"{line.code} {line.name_zh} {line.name_en} {names[line.organisation_id].zh}".casefold()
    ]
    if asked.wants_csv:
        header = (Text("Buyer", "采购人"), Text("Year", "年度"), Text("Code", "项目代码"), Text("Name", "项目名称"))
        sums = (Text("Amount (yuan)", "金额（元）"), Text("Bound (yuan)", "已占用（元）"))
        bound = commitments(session, [line.id for line in lines])
        rows = [
            (names[line.organisation_id], line.year, line.code, line.name, line.amount, bound[line.id])
            for line in lines
        ]
        return listing.csv("budget", (*header, *sums), rows)
    shown = lines[asked.offset : asked.offset + asked.size]
    return render_template(
        "data/budget.html",
        rows=listing.Rows(shown, asked.page, asked.size, len(lines)),
        asked=asked,
        year=year,
        years=years,
        names=names,
        bound=commitments(session, [line.id for line in shown]),
        total=sum((line.amount for line in lines), Decimal(0)),
        has_buyers=bool(every)
        or any(one.supervisor_id == finance_id for one in organisations.of_kind(session, "buyer")),
        is_filtered=bool(year or request.args.get("q")),
    )


@blueprint.get("/budget/<line_id>")
def line(line_id: str) -> str:
    """Show a budget line: what is bound on it by which projects, and its history."""
    session = current.session()
    found = budgets.get_line(session, current.actor().organisation_id or "", line_id)
    return render_template(
        "data/line.html",
        line=found,
        buyer=organisations.get(session, found.organisation_id),
        bound=committed(session, found.id),
        projects=budgets.projects_on(session, found.id),
        history=budgets.history_of(session, found.id),
        acts=ACTS,
        fields=FIELDS,
        worded=worded,
    )
