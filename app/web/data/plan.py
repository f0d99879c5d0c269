"""A buyer's procurement plan: what it means to buy on each budget line, and which project carries it out."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.text import Text
from app.procurement.projects import plan_items
from app.web import current, listing
from app.web.data import blueprint
from app.workflow import facts


@blueprint.get("/plan")
def plan() -> str | AnyResponse:
    """List the plan items of the person's organisation."""
    asked = listing.asked()
    every = plan_items.of_buyer(current.session(), current.actor().organisation_id or "")
    years = sorted({item.budget_line.year for item in every}, reverse=True)
    year = listing.chosen("year", [str(one) for one in years])
    wanted = asked.search.casefold()
    found = [
        item
        for item in every
        if (not year or item.budget_line.year == int(year))
        and wanted in f"{item.budget_line.code} {item.number} {item.name} {item.code}".casefold()
    ]
    if asked.wants_csv:
        header = (Text("Year", "年度"), Text("Budget line", "预算项目"), Text("Plan number", "计划编号"),
                  Text("Category", "采购类别"), Text("Catalogue code", "品目编码"), Text("Item", "名称"),
                  Text("Quantity", "数量"), Text("Unit", "单位"), Text("Unit price (yuan)", "预算单价（元）"),
                  Text("Procurement begins", "计划采购日期"), Text("Project", "项目"))  # fmt: skip
        lines = (
            (i.budget_line.year, i.budget_line.code, i.number, facts.OBJECTS[i.object], i.code, i.name, i.quantity,
             i.unit, i.unit_price, i.wanted_on, i.project.number if i.project and i.is_taken else "")
            for i in found
        )  # fmt: skip
        return listing.csv("plan", header, lines)
    return render_template(
        "data/plan.html",
        rows=listing.Rows(found[asked.offset : asked.offset + asked.size], asked.page, asked.size, len(found)),
        asked=asked,
        year=year,
        years=years,
        total=sum((item.total for item in found), Decimal(0)),
        is_filtered=bool(year or asked.search),
    )
